"""The solo sets as the home page lists them: where the present set stands, and when the next one opens."""

from __future__ import annotations

from dataclasses import dataclass, field

from flysolo.answers import Book
from flysolo.content import exercises, load_course, module
from flysolo.course import Course
from flysolo.deliver import unsent_questions
from flysolo.progress import ExerciseState, exercise_state
from flysolo.replies import readiness_of
from flysolo.schema.course import Module
from flysolo.server import mail
from flysolo.server.parcels import parcels
from flysolo.solo import given, opened
from flysolo.solo_gate import Gate, gate_of, name_of


@dataclass(frozen=True)
class SoloRow:
    """Where the solo sets stand; ``fault`` is set when their files cannot be read.

    Attributes
    ----------
    name : the present set as it is called, "" before the first one
    cases : progress in the present set
    handed_in : whether the present set was handed in whole
    changed_since : whether something was added after the last hand-in
    """

    module: Module
    fault: bool = False
    name: str = ""
    cases: ExerciseState | None = None
    gate: Gate | None = None
    next_name: str = ""
    handed_in: bool = False
    changed_since: bool = False
    unsent: int = 0
    has_readiness: bool = False
    book: Book | None = None
    back: list[mail.Back] = field(default_factory=list)


def solo_row(course: Course) -> SoloRow | None:
    """The solo sets of this course folder; None while the bank is too small for a round."""
    solo = load_course().solo
    if solo is None or solo.exercise not in exercises():
        return None
    bank = module(solo.exercise)
    try:
        return _row(course, bank)
    except ValueError:  # the bank, the answers or a reply cannot be read; the page of the sets says why
        return SoloRow(bank, fault=True)


def _row(course: Course, bank: Module) -> SoloRow:
    solo, book = load_course().solo, course.answers(bank.id).read()
    sets, found = opened(book), gate_of(course, bank.id)
    present = [each for each in given(bank.id, book) if sets and each.id in sets[-1].families]
    made = parcels(course, bank.id, "hand-in")
    last = made[-1].order[0] if made else 0
    return SoloRow(
        module=bank,
        name=name_of(solo, sets[-1].number) if sets else "",
        cases=exercise_state(present, book.header.seed, book) if sets else None,
        gate=found,
        next_name=name_of(solo, found.number),
        handed_in=found.handed_in,
        changed_since=any(event.n > last for event in book.events if event.do in ("save", "commit")),
        unsent=unsent_questions(course, bank.id, book),
        has_readiness=readiness_of(course, bank.id) is not None,
        book=book,
        back=mail.came_back(course, bank),
    )
