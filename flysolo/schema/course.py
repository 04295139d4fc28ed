"""The course as ``curriculum/course.toml`` holds it: modules in order, what they need, what they are for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

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


class CourseFile(Strict):
    """The whole course."""

    format: Literal[1]
    title: Words
    clinical_review: Literal["awaiting", "signed"]
    reply_promise_days: Annotated[int, Field(ge=1, le=14)] = 2
    recall_days: tuple[int, ...] = (2, 7, 21)
    competencies: tuple[Competency, ...]
    modules: tuple[Module, ...] = Field(min_length=1)
