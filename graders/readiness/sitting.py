"""Everything that readiness rests on, gathered as values: marks of solo cases, days, and what mentors noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flysolo.content import load_course, module
from flysolo.places import content_root
from flysolo.schema.course import Solo
from flysolo.solo import bank_of, opened, round_of, unseen
from graders.build import grade_id
from graders.desk_gradebook import words_rows
from graders.marking import Mark
from graders.mentor import MentorCourse
from graders.readiness.sat import SatSet, sat_sets
from graders.readiness.talks import Retaken, Talk, retaken, talks
from graders.second_marks import second_marks
from graders.submission import Submission, read_submission


@dataclass(frozen=True)
class Reason:
    """One written reason: the mark of the mentor, None while it waits, and those of other mentors."""

    family: str
    first: float | None
    seconds: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        """Mean over everybody who read it; None while nobody has."""
        marks = ([] if self.first is None else [self.first]) + list(self.seconds)
        return sum(marks) / len(marks) if marks else None

    @property
    def is_read_twice(self) -> bool:
        """Whether two mentors have marked it."""
        return self.first is not None and bool(self.seconds)


@dataclass(frozen=True)
class Sitting:
    """What one mentee's solo sets came to, over all rounds.

    Attributes
    ----------
    sets : sets that were handed in whole
    marks : marks of the cases of those sets, and of no other answer
    safety_cases : families in which the decision is a matter of safety
    about : module that each family is about, by id, and its title by module
    prepared : families whose rote rule a case of a module had taken apart before the set came
    unseen : families of the bank that this mentee has not been given
    """

    course: str
    mentee: str
    solo: Solo
    sets: tuple[SatSet, ...] = ()
    marks: tuple[Mark, ...] = ()
    safety_cases: frozenset[str] = frozenset()
    about: tuple[tuple[str, str], ...] = ()
    prepared: frozenset[str] = frozenset()
    reasons: tuple[Reason, ...] = ()
    talks: tuple[Talk, ...] = ()
    retaken: tuple[Retaken, ...] = ()
    unseen: int = 0
    notes: tuple[str, ...] = ()

    @property
    def round(self) -> int:
        """The round that the newest set belongs to."""
        return round_of(self.solo, self.sets[-1].number) if self.sets else 1

    def sets_of(self, number: int) -> tuple[SatSet, ...]:
        """Sets of one round."""
        return tuple(each for each in self.sets if round_of(self.solo, each.number) == number)

    def marks_of(self, sets: Iterable[SatSet]) -> list[Mark]:
        """Marks of the cases of some sets."""
        families = {name for each in sets for name in each.families}
        return [mark for mark in self.marks if mark.family in families]


def gather(course: MentorCourse, mentee: str) -> Sitting | None:
    """What this mentee's solo sets came to; None where none were handed in, not even in part.

    Raises ContentError when the hand-in, a case or a key cannot be read.
    """
    solo = load_course(content_root()).solo
    if solo is None or not course.kept_hand_ins(mentee, solo.exercise):
        return None
    submission = read_submission(course, mentee, solo.exercise, course.submitted(mentee, solo.exercise))
    sets = sat_sets(course, mentee, solo.exercise)
    families = {name for each in sets for name in each.families}
    marks = tuple(mark for mark in submission.marks() if mark.family in families)
    return Sitting(
        course=course.card.course,
        mentee=mentee,
        solo=solo,
        sets=sets,
        marks=marks,
        safety_cases=submission.safety_cases,
        about=_about(submission),
        prepared=_prepared(course, mentee, submission, sets),
        reasons=_reasons(course, mentee, solo.exercise, marks),
        talks=talks(course, mentee),
        retaken=retaken(course, mentee),
        unseen=unseen(solo, opened(submission.book)),
        notes=tuple(submission.notes()),
    )


def _about(submission: Submission) -> tuple[tuple[str, str], ...]:
    return tuple((case.family.id, module(case.family.module, content_root()).title) for case in submission.cases)


def _prepared(course: MentorCourse, mentee: str, submission: Submission, sets: tuple[SatSet, ...]) -> frozenset[str]:
    """Solo cases whose rote rule was met before: what a case of a module took apart may be remembered, not thought."""
    rules = {key.family: set(key.rules) for key in submission.keys}
    met = _rules_met(course, mentee, submission.exercise)
    return frozenset(
        name
        for each in sets
        for name in each.families
        if rules.get(name, set()) & {rule for rule, at in met.items() if at <= each.arrived_at}
    )


def _rules_met(course: MentorCourse, mentee: str, bank: str) -> dict[str, str]:
    """Rote rules of every case of a module that this mentee handed in, with the first arrival."""
    found: dict[str, str] = {}
    for exercise in course.exercises_of(mentee):
        hand_ins = [] if exercise == bank else [kept.record for kept in course.kept_hand_ins(mentee, exercise)]
        if hand_ins:
            submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
            answered = {event.item for event in submission.book.events if event.do == "save"}
            first = min(record.arrived_at for record in hand_ins)
            for key in submission.keys:
                for rule in key.rules if key.family in answered else ():
                    found[rule] = min(found.get(rule, first), first)
    return found


def _reasons(course: MentorCourse, mentee: str, exercise: str, marks: Iterable[Mark]) -> tuple[Reason, ...]:
    """Written reasons of the sets, with every mark that people gave to the words that stand there now."""
    rows, own = words_rows(course), course.card.mentor.casefold()
    given = [each for each in second_marks(course)[0] if each.by.casefold() != own]
    found = []
    for mark in marks:
        if mark.kind == "justification" and mark.is_answered:
            row = rows.get((mentee, exercise, grade_id(mark.family, mark.question)))
            first = row.score if row and not row.waits else None
            place = (mentee, exercise, mark.family, mark.question)
            seconds = (each.mark for each in given if each.place == place and each.event in (0, mark.event))
            found.append(Reason(mark.family, first, tuple(seconds)))
    return tuple(found)


def bank_size(solo: Solo) -> int:
    """How many families the bank holds."""
    return len(bank_of(solo))
