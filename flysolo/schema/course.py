"""The course as ``curriculum/course.toml`` holds it: modules in order, what they need, what they are for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words


class Competency(Strict):
    """One unit of work that a mentee is entrusted with (an EPA)."""

    id: Annotated[str, Field(pattern=r"^E[1-9]$")]
    text: Words
    limits: str = ""


class Module(Strict):
    """One module: a lesson, and an exercise of the same id where there is one."""

    id: Slug
    title: Words
    question: Words
    minutes: Annotated[int, Field(ge=5, le=180)]
    needs: tuple[Slug, ...] = ()
    competencies: tuple[str, ...] = ()
    status: Literal["draft", "open"] = "draft"
    instrument: Slug | None = None


class Solo(Strict):
    """The solo sets: cases from a bank of their own, worked without hints, when the mentee chooses.

    Attributes
    ----------
    exercise : id of the bank, in ``exercises/`` and ``graders/keys/``
    sets, families_per_set : how many sets make one round, and how many cases each holds (a saved set holds at most 12)
    days_apart : days from handing in one set to opening the next; what was only memorized has faded by then
    written_per_set : written reasons that a set asks for, as far as the bank has them
    needs : modules whose exercise is handed in before the first set, or "any" when the mentee is free to begin
    talk_before_round : the round that opens only after a talk with the mentor
    """

    exercise: Slug = "solo"
    title: Words
    question: Words
    sets: Annotated[int, Field(ge=1, le=6)] = 3
    families_per_set: Annotated[int, Field(ge=2, le=12)] = 8
    days_apart: Annotated[int, Field(ge=1, le=60)] = 7
    written_per_set: Annotated[int, Field(ge=0, le=12)] = 2
    needs: Literal["any"] | tuple[Slug, ...] = "any"
    talk_before_round: Annotated[int, Field(ge=2)] = 3

    @property
    def families(self) -> int:
        """Families in one round."""
        return self.sets * self.families_per_set


class CourseFile(Strict):
    """The whole course."""

    format: Literal[1]
    title: Words
    clinical_review: Literal["awaiting", "signed"]
    reply_promise_days: Annotated[int, Field(ge=1, le=14)] = 2
    recall_days: tuple[int, ...] = (2, 7, 21)
    competencies: tuple[Competency, ...]
    solo: Solo | None = None
    modules: tuple[Module, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _solo_apart(self) -> CourseFile:
        if self.solo and self.solo.exercise in {module.id for module in self.modules}:
            raise ValueError("the solo bank has an id of its own, not that of a module")
        return self
