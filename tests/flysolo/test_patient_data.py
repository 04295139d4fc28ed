"""What looks like patient data is noticed before it is saved, and ordinary clinical sentences are left in peace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from flysolo.content import Case, load_families
from flysolo.patient_data import spots, warning
from flysolo.places import content_root

NOTICED = """
my patient Anna Schmidt snores every night
My patient anna has big tonsils
Patient Lukas Brown, seen last week
the patient Sofia was restless
Mrs. Petersen brought her son
Mr Okafor asked about surgery
I spoke with Dr. Weber about this child
Frau Lehmann says he snores
her mother Petra Müller snores too
his father, Thomas Klein, has CPAP
a boy called Jonas stopped breathing
a girl named Emily Carter
Her name is Fatima
name: Daniel Rossi
Schmidt, Anna, 7 years
I saw Oliver Jackson with the same face
Maria de la Cruz had this as well
patient A.S. had the same picture
initials J. D., same history
he was born 12.03.2016
born on 3 May 2016 at term
DOB 4/7/2015
date of birth: 2014-11-30
geb. 12.3.2016
born in 2016
born March 2016
seen on 14/02/2024 in our clinic
on 2024-02-14 the tonsils were out
surgery on 5 June 2023
scan from June 5th, 2023
MRN 4471123
record number 88-1234
chart no. 12345
insurance number A123456789
patient ID: 204417
file #20311
NHS 943 476 5919
her card says K123456789
123-45-6789
call her on 0301 2345678
phone: (555) 123-4567
+49 30 1234567 is the mother's number
tel 555 123 4567
write to anna.schmidt@example.org
lives at 12 Elm Street
the family at 221 Baker Street
Hauptstraße 12, second floor
10 Downing Street
SW1A 2AA
lives in 69117 Heidelberg
""".strip().split("\n")

LEFT_IN_PEACE = """
The child snores nightly and his chest sinks in.
She is 7 years old, tonsils 3+, oAHI 4.2.
Born at 34 weeks, on CPAP for 3 days.
Born in the 36th week.
A boy of 6 with Down syndrome.
Patient Should be referred.
My patient snores.
The patient Mallampati class is IV.
Pierre Robin sequence with a small jaw.
Prader-Willi changes the picture.
Treacher Collins syndrome narrows the airway.
STOP-Bang was made for adults.
The Epworth score is 12 of 24.
Friedman stage III.
The CHAT trial randomized 464 children.
AAP 2012 says to test.
In 2016 the guideline changed.
PMID 23692173 shows it.
doi 10.1056/NEJMoa1215881
NCT00560859 is the trial.
From 2012 to 2016 it rose.
SpO2 92 % for 10 minutes, nadir 84 %.
oAHI 12.5, then 3.1, then 0.8.
Pcrit is -20 in snorers and +1 in OSA.
4 of 5 nights, 9/10 recordings.
Grade 3/4 tonsils, 1/2 of the airway.
A ratio of 1.2.3 means nothing.
I would ask ENT in 2 weeks.
Refer to sleep medicine today, by phone.
I would call the pediatrician today.
Phone the parents tonight.
The mother says he is tired. She works at night.
His mother I would ask about growth.
The father snores too. He has CPAP.
What is called primary snoring need not be treated.
The so-called Bernoulli effect.
A name is not needed here.
The Starling resistor explains it: flow follows upstream pressure.
Müller maneuver awake says little.
Class II division 1, ANB 6.
An angle of 132 degrees.
Monday to Friday he is tired.
In January he had a cold.
In May 2 of 3 nights were quiet.
The girl Should have a study first.
The boy, 7, weighs 24 kg and is 122 cm.
The odds go from 0.05 to 0.17.
Sensitivity 0.78, specificity 0.72, LR+ 2.8.
About 10 to 20 in 1000.
A sample of 1000000 draws.
Kids at 4 m altitude, 760 mmHg.
Wake time 06:30, sleep 20:15.
One night of 540 minutes.
Cochrane found it very uncertain.
Berlin questionnaire is for adults.
Cheyne-Stokes breathing is central.
Ehlers-Danlos makes tissue lax.
Marfan syndrome and a narrow palate.
The twin is silent. His throat holds.
Both children have the same tonsils.
Anna, the invented child, snores.
I would tell the parents: Watch and come back in June.
The mother: Snores every night, loud.
If alarm signs come, call the emergency number.
Because of gravity: supine is worse than lateral.
The family lives near the sea.
They live in 2 rooms with mold.
He lives with 3 brothers.
Record one night with video and number the pauses.
A case number of 12 is small.
The patient is 12 and sleeps 6 h.
Ask how many nights in 14.
""".strip().split("\n")


def test_the_lists_are_long_enough_to_mean_something():
    assert len(NOTICED) >= 40 and len(LEFT_IN_PEACE) >= 60


@pytest.mark.parametrize("sentence", NOTICED)
def test_what_could_point_to_a_person_is_noticed(sentence):
    found = spots(sentence)
    assert found
    assert all(sentence[spot.start :].startswith(spot.text) for spot in found)


@pytest.mark.parametrize("sentence", LEFT_IN_PEACE)
def test_an_ordinary_sentence_is_left_in_peace(sentence):
    assert spots(sentence) == ()


def strings(data: object) -> Iterator[str]:
    """Every text in a parsed file."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from strings(each)


def test_no_text_of_the_keys_raises_the_warning():
    """Anchors, model answers and words of the keys are what good answers look like; a story may name its people."""
    files = list((content_root() / "graders" / "keys").rglob("*.toml"))
    texts = [(path.name, text) for path in files for text in strings(tomllib.loads(Path(path).read_text("utf-8")))]
    assert len(texts) > 5000
    assert [(name, spots(text)) for name, text in texts if spots(text)] == []


def test_the_name_drawn_for_an_invented_child_never_raises_the_warning():
    for family in load_families("01-why-a-throat-stays-open"):
        case = Case(family, "0123456789abcdef")
        name = case.text("{{ name }}")
        words = case.text(family.story).replace(",", " ").split()
        assert spots(f"A child called {name} snores, and his mother says so.", [name, *words]) == ()


def test_the_warning_names_the_spot_and_what_can_be_done():
    said = warning(spots("my patient Anna Schmidt, born 12.03.2016"))
    assert "“Anna Schmidt”" in said and "12.03.2016" in said and "take it out" in said and "invented" in said
    assert warning(()) == ""
    assert "and 2 more" in warning(spots("a@b.org c@d.org e@f.org g@h.org i@j.org k@l.org"))


def test_a_long_text_is_looked_over_at_once():
    """2000 characters is all a box holds; a pattern that backtracks would show here."""
    import time

    begun = time.perf_counter()
    for text in ("1" * 2000, "Anna " * 400, "a.b@" * 500, "0 " * 1000, "patient " * 250, "12.12." * 333, "+1-" * 600):
        spots(text)
    assert time.perf_counter() - begun < 2, "seconds for seven texts, on any machine"
