"""The answers that an item analysis rests on: every hand-in of a mentor's course, marked, without names."""

from __future__ import annotations

from dataclasses import dataclass, field

from flysolo.content import Case
from graders.keys import Key
from graders.marking import Mark
from graders.mentor import MentorCourse


@dataclass(frozen=True)
class Sheet:
    """One person's marked answers to one exercise.

    Attributes
    ----------
    who : tells people apart, and is never printed
    months : for each family, the month (``2026-03``) in which its answers first came in
    """

    who: str
    exercise: str
    cases: tuple[Case, ...]
    keys: tuple[Key, ...]
    marks: tuple[Mark, ...]
    months: dict[str, str] = field(default_factory=dict)


def gather(course: MentorCourse) -> tuple[list[Sheet], int]:
    """Everything that was handed in and can be read, and how much cannot; the desk says which and why."""
    from graders.desk_items import Work, load_work

    def months(work: Work) -> dict[str, str]:
        # the mentor's clock, since a mentee's may be set to anything
        last: dict[str, int] = {}
        for mark in work.marks:
            if mark.score is not None:
                last[mark.family] = max(last.get(mark.family, 0), mark.event)
        return {family: work.arrived(event)[:7] for family, event in last.items()}

    sheets, unread = [], 0
    for mentee in course.mentees():
        for exercise in course.exercises_of(mentee):
            try:
                work = load_work(course, mentee, exercise)
            except (ValueError, OSError):
                unread += 1
                continue
            if work:
                taken = work.submission
                sheets.append(Sheet(mentee, exercise, taken.cases, taken.keys, tuple(work.marks), months(work)))
    return sheets, unread
