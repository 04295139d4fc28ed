"""A note to the marker where written words look like a list of terms, or where everything was linked.

It takes nothing away and gives nothing: words are read by a person. A list of every mechanism there is can look like
knowledge on a tired evening, so the marker is told before reading.
"""

from __future__ import annotations

import re

from flysolo.answers import Value
from flysolo.schema.family import Question

#: Little words that a sentence cannot do without; a row of terms has next to none.
_JOINTS = frozenset(
    re.findall(
        r"\w+",
        """a an the this that these those it its he she they his her their is are was were be been has have had does did
        do not no so because but and or if when while then than as at by for from in into of on to with without would
        could should may can will more less only also who which what how why there here i we you my our""",
    )
)
#: Shortest text worth a look, in words, and the share of little words below which it reads as a list.
FEWEST, SHARE = 8, 0.15

LINKED = "Every link of the list is ticked: look in the words for the ones that carry the decision."
LISTED = "The words read as a row of terms: look for the sentence that joins two of them."


def stuffed(question: Question, value: Value) -> str:
    """What the marker is told before reading one written reason; "" when nothing stands out."""
    notes = []
    if len(question.options) > 1 and set(value.picks or ()) >= {option.id for option in question.options}:
        notes.append(LINKED)
    if any(_is_list(text) for text in (value.because, value.change_mind) if text):
        notes.append(LISTED)
    return " ".join(notes)


def _is_list(text: str) -> bool:
    """Whether words follow one another with hardly anything between them that makes a sentence.

    Only where the text is written in English letters: in another script little words are not known here.
    """
    words = re.findall(r"[a-z\u2019']+", text.lower())
    if len(words) < FEWEST or not text.isascii():
        return False
    return sum(word in _JOINTS for word in words) < SHARE * len(words)
