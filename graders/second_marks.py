"""Second marks on written reasons: given without names and without the first mark in sight, one a line of the notes.

First marks are those of the gradebook. The last line of one reader on one answer counts, and a mark given to earlier
words says nothing of the present ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from flysolo.files import read_text
from flysolo.problems import Problem
from flysolo.schema.base import Slug, Strict
from graders import jsonl
from graders.build import JUSTIFICATION_POINTS
from graders.mentor import MentorCourse

SECOND_MARKS = "second-marks.jsonl"


class SecondMark(Strict):
    """A second mark on one written reason, who gave it when, and the number of the answer that was read."""

    mentee: Slug
    exercise: Slug
    family: Slug
    question: Slug
    event: Annotated[int, Field(ge=0)] = 0
    mark: Annotated[int, Field(ge=0, le=JUSTIFICATION_POINTS)]
    by: Annotated[str, Field(min_length=1, max_length=80)]
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Whose words these are, and where they stand."""
        return (self.mentee, self.exercise, self.family, self.question)


def path(course: MentorCourse) -> Path:
    """Where second marks are kept."""
    return course.folder / "desk" / SECOND_MARKS


def add(course: MentorCourse, mark: SecondMark) -> None:
    """Keep one second mark, whole or not at all."""
    jsonl.append(path(course), mark)


def second_marks(course: MentorCourse) -> tuple[list[SecondMark], list[Problem]]:
    """Second marks that can be read, and what stands in the way of the others."""
    name = f"desk/{SECOND_MARKS}"
    found: dict[tuple[str, ...], SecondMark] = {}
    problems = []
    text = read_text(path(course), name) if path(course).exists() else ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            each = SecondMark.model_validate_json(line)
        except ValidationError as error:
            # the line itself is not repeated: it names a mentee
            field = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the line"
            problems.append(_unreadable(name, number, field))
            continue
        found[*each.place, each.by.casefold()] = each
    return list(found.values()), problems


def _unreadable(name: str, number: int, field: str) -> Problem:
    return Problem(
        name,
        f"line {number}, {field}",
        "no second mark that can be read",
        "a line holds mentee, exercise, family, question, mark (0 to 3), by and at",
        "correct the line or take it out; the other lines are used",
    )
