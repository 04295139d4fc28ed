"""What the mentor's side must remember between two markings of one exercise of one mentee.

Three things have no place in nbgrader's gradebook: from what a marking was made, to which words a mentor's mark was
given, and which answers had already been explained in a reply. Without the first, a run that was cut off would look
finished; without the second, an old mark would stand silently for new words; without the third, an answer read off a
reply would count like one's own.

The journal is written last, after the gradebook and the marked notebook. It alone says that a marking is done.
"""

from __future__ import annotations

import hashlib

from flysolo.files import read_json, write_whole
from flysolo.schema.base import Strict, parse
from graders.mentor import MentorCourse


class WordsMarked(Strict):
    """Where one justification stands: words as last seen, and the words and mark of the last reading.

    Attributes
    ----------
    seen : fingerprint of the words at the last marking run
    marked : fingerprint of the words that the mentor's mark was given to, or ""
    """

    seen: str
    marked: str = ""


class Pending(Strict):
    """What a marking is about to say of a mark by hand, noted before the gradebook is written.

    A run that is cut off right after that finds in the gradebook what it wrote itself, and must not take it for
    something that the mentor did meanwhile.
    """

    marked: str
    manual: float
    waits: bool


class Explained(Strict):
    """An answer whose key a reply has shown: later answers to that wording are kept, not marked."""

    fingerprint: str
    n: int


class Journal(Strict):
    """Memory of one exercise of one mentee.

    Attributes
    ----------
    marked : fingerprint of what the last finished marking was made from; "" when there is none
    notebook : SHA-256 of the marked notebook, "" when nbgrader itself wrote it after this
    words : where each justification stands
    pending : what the marking under way is about to say of marks by hand; empty while none is
    explained : answers whose keys a reply has shown
    sent, sent_at : fingerprint of what the last reply rested on, and when it went out
    """

    format: int = 1
    marked: str = ""
    notebook: str = ""
    words: dict[str, WordsMarked] = {}
    pending: dict[str, Pending] = {}
    explained: dict[str, Explained] = {}
    sent: str = ""
    sent_at: str = ""


def _path(course: MentorCourse, mentee: str, exercise: str):
    return course.folder / "journal" / mentee / f"{exercise}.json"


def read_journal(course: MentorCourse, mentee: str, exercise: str) -> Journal:
    """The journal as it stands; an absent one is empty."""
    path = _path(course, mentee, exercise)
    name = f"journal/{mentee}/{exercise}.json"
    return parse(Journal, read_json(path, name), name) if path.exists() else Journal()


def write_journal(course: MentorCourse, mentee: str, exercise: str, journal: Journal) -> None:
    """Keep the journal, whole or not at all; nothing is written when nothing changed."""
    if journal != read_journal(course, mentee, exercise):
        write_whole(_path(course, mentee, exercise), journal.model_dump_json(indent=1) + "\n")


def digest(text: str) -> str:
    """Fingerprint of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
