"""What a mentor did about an item of the desk, and when: the desk's memory, and where reply times come from.

nbgrader's gradebook has no column for times, and a talk on the phone leaves no mark at all.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flysolo.schema.base import Slug, Strict
from graders import jsonl
from graders.mentor import MentorCourse

Kind = Literal["safety", "reason", "words"]


class Handled(Strict):
    """One item that a mentor has seen to.

    Attributes
    ----------
    event : number of the answer in the mentee's answers; another answer makes another item
    arrived_at, at : when it came and when it was seen to, in UTC
    how : "talked", "wrote", "marked" or "set aside"
    """

    kind: Kind
    mentee: Slug
    exercise: Slug
    family: Slug
    question: Slug
    event: Annotated[int, Field(ge=1)]
    arrived_at: str
    at: str
    how: Literal["talked", "wrote", "marked", "set aside"]

    @property
    def item(self) -> tuple[str, str, str, str, int]:
        """What was seen to."""
        return (self.kind, self.mentee, self.exercise, self.family, self.event)


def _path(course: MentorCourse):
    return course.folder / "desk" / "handled.jsonl"


def handled(course: MentorCourse) -> list[Handled]:
    """Everything that was seen to, oldest first; a line that cannot be read is left where it is and skipped."""
    return jsonl.read(_path(course), Handled)


def note_handled(course: MentorCourse, entry: Handled) -> None:
    """Add one entry, whole or not at all; what stands there is copied as it is."""
    jsonl.append(_path(course), entry)
