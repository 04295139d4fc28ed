"""Common given names in several languages: what tells “my patient Anna” from “my patient Mallampati”.

A short list on purpose. It only decides where a sentence alone cannot, and every name in it can raise a false alarm.
"""

from __future__ import annotations

_NAMES = """
aaron abdul adam adriana ahmed aisha alex alexander alexandra ali alice alicia alina amanda amelia amir amy ana andrea
andreas andrew angela anita anja anke ann anna anne annika anthony antonia antonio arthur ashley astrid ava
barbara beate beatrice ben benjamin bernd bernhard bianca birgit brandon brian brigitte
camila carina carla carlos carmen carol carolina caroline catherine cecilia charles charlie charlotte chiara chloe
christa christian christina christine christoph christopher claire clara claudia clemens connor cynthia
daniel daniela david deborah dennis diana diego dieter dmitri dominik donna dorothea dylan
edward elena eleanor elias elif elisa elisabeth elizabeth ella ellie emil emilia emily emma eric erik ethan eva
fabian fatima fatma felix fernando fiona florian franziska frida friedrich
gabriel gabriela george georg gerhard giulia greta gustav
hannah hans harry heidi heike heinrich helen helena henrik henry holger
ibrahim ida ines ingrid isaac isabel isabella isabelle
jack jacob jakob james jamie jan jana jane janine jasmin jason javier jennifer jens jeremy jessica joanna johan johanna
johannes john jonas jonathan jorge jose josef joseph joshua juan judith julia julian juliane justin jutta
kai karen karin karl katharina katherine kathrin katie katja kerstin kevin khadija klara klaus konrad kristin kyle
lara laura lauren lea leah lena lennart leo leon leonie liam lilly lina linda lisa logan louis louise luca lucas lucia
lucy luis luisa lukas luke
madison magdalena malik manfred manuel marco margaret maria mariam marie marina mario markus martha martin
martina mary mateo mathilda matthew matthias maximilian maya megan mehmet melanie mia michael michaela michelle miguel
mila milan mohamed mohammed monika moritz mustafa
nadia nadine natalie nathan nicholas nicolas nicole niklas nina noah nora norbert
oliver olivia omar oscar oskar otto
pablo pamela patricia patrick paul paula pauline pedro peter petra philip philipp pia pierre priya
rachel rafael ralf raphael raj rebecca renate ricardo richard robert robin ronja rosa ruth ryan
sabine sabrina samantha samuel sandra sara sarah sascha sean sebastian selin silke silvia simon simone sofia sonja
sophia sophie stefan stefanie stella stephanie stephen steven susan susanne svenja
tanja teresa thea theo theresa thomas thorsten tim timo tobias tom tyler
ulrike ursula uwe
valentina valerie vanessa vera veronika victor victoria viktor vincent
werner wilhelm william wolfgang
yasmin yusuf yvonne
zachary zara zoe
"""
GIVEN_NAMES = frozenset(_NAMES.split())
