"""One hand-in set out for marking: its answers, this mentee's cases and the keys, each checked before use.

The answers say whose they are, but that is only compared: the mentee, the exercise and the seed are taken from where
the hand-in lies, and the seed is made again here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flysolo.answers import Book, read_book
from flysolo.content import Case, load_families
from flysolo.draws import seed_for
from flysolo.files import read_text
from flysolo.handin import ANSWERS
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from graders.contested import course_keys
from graders.fresh import read_anew
from graders.given import draw_notes
from graders.journal import Journal, read_journal
from graders.keys import Key
from graders.marking import MARKING_VERSION, Mark, mark_family, unknown_families
from graders.mentor import MentorCourse


@dataclass(frozen=True)
class Submission:
    """Everything that marking one hand-in needs, and nothing that it can change."""

    mentee: str
    exercise: str
    text: str
    book: Book
    cases: tuple[Case, ...]
    keys: tuple[Key, ...]
    journal: Journal

    def marks(self) -> list[Mark]:
        """Marks of every question of every case, in order."""
        explained = {name: (each.fingerprint, each.n) for name, each in self.journal.explained.items()}
        found: list[Mark] = []
        for case, key in zip(self.cases, self.keys, strict=True):
            found += mark_family(case, key, self.book, explained)
        return found

    def notes(self) -> list[str]:
        """What the mentor ought to know of the answers as a whole."""
        notes = [
            f"Line {line} of the answers could not be read; it is kept as it came." for line, _ in self.book.damaged
        ]
        known = [family.id for family in load_families(self.exercise, content_root())]
        strange = unknown_families(known, self.book)
        notes += [f"It answers a case that this exercise does not have: {name}." for name in strange]
        return notes + draw_notes(self.exercise, self.book)

    @property
    def safety_cases(self) -> frozenset[str]:
        """Families whose key says that the decision is a matter of safety."""
        return frozenset(key.family for key in self.keys if key.safety)

    @property
    def stamp(self) -> str:
        """Fingerprint of all that a marking rests on; another stamp means that it is marked anew.

        What a reply has explained is left out: it bears on later answers alone, and they change the stamp.
        """
        parts = [str(MARKING_VERSION), self.text]
        parts += [case.family.fingerprint for case in self.cases] + [key.model_dump_json() for key in self.keys]
        return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()


def read_submission(course: MentorCourse, mentee: str, exercise: str, folder: Path) -> Submission:
    """The hand-in whose answers lie in ``folder``.

    Raises
    ------
    ContentError
        when the answers are missing, belong to somebody else, or a case or key cannot be read.
    """
    text = read_text(folder / ANSWERS, f"{mentee}/{exercise}/{ANSWERS}")
    book = read_book(text, f"{mentee}/{exercise}/{ANSWERS}")
    seed = seed_for(course.card.course, mentee, exercise)
    wanted = {"kind": "answers", "course": course.card.course, "mentee": mentee, "subject": exercise, "seed": seed}
    for field, value in wanted.items():
        if getattr(book.header, field) != value:
            raise ContentError([_not_theirs(mentee, exercise, field, getattr(book.header, field), value)])
    read_anew(exercise)
    families = load_families(exercise, content_root())
    journal = read_journal(course, mentee, exercise)
    return Submission(
        mentee=mentee,
        exercise=exercise,
        text=text,
        book=_with_explained(course, mentee, exercise, book, journal),
        cases=tuple(Case(family, seed) for family in families),
        keys=course_keys(course, exercise, [family.id for family in families]),
        journal=journal,
    )


def _with_explained(course: MentorCourse, mentee: str, exercise: str, book: Book, journal: Journal) -> Book:
    """The answers with those put back that a reply has explained: they count, and a newer hand-in may leave them out.

    A hand-in holds the answers that stand, not the ones thought better of; what was marked once lies in ``kept/``.
    """
    there = {event.n for event in book.events}
    missing = {each.n for each in journal.explained.values()} - there
    if not missing:
        return book
    found = {
        event.n: event
        for kept in course.kept_hand_ins(mentee, exercise)
        for event in kept.read().book.events
        if event.n in missing and event.do == "save"
    }
    return Book(book.header, tuple(sorted((*book.events, *found.values()), key=lambda event: event.n)), book.damaged)


def _not_theirs(mentee: str, exercise: str, field: str, found: object, wanted: str) -> Problem:
    return Problem(
        f"{mentee}/{exercise}/{ANSWERS}",
        field,
        f"“{found}”",
        f"answers of this hand-in say {field} “{wanted}”",
        "collect the hand-in again from kept/; nothing of it was marked",
    )
