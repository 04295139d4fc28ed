"""What the mentor's side must remember between two markings of one exercise of one mentee.

Two things have no place in nbgrader's gradebook: which words a mentor's mark was given to, and which answers had
already been explained in a reply. Without the first, an old mark would stand silently for new words; without the
second, an answer read off a reply would count like one's own.
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


class Explained(Strict):
    """An answer whose key a reply has shown: later answers to that wording are kept, not marked."""

    fingerprint: str
    n: int


class Journal(Strict):
    """Memory of one exercise of one mentee.

    Attributes
    ----------
    words : where each justification stands
    explained : answers whose keys a reply has shown
    sent, sent_at : fingerprint of what the last reply rested on, and when it went out
    """

    format: int = 1
    words: dict[str, WordsMarked] = {}
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
