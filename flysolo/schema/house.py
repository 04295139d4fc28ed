"""Two pages the whole course shares: who sees what, and when to phone somebody today."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words
from flysolo.schema.lesson import FindingIds


class Sight(Strict):
    """One kind of thing a mentee makes, and who sees it."""

    what: Words
    who: Literal["mentor", "shared", "nobody"]
    words: str = ""


class Privacy(Strict):
    """Who sees what, as ``curriculum/privacy.toml`` holds it; ``exception`` is said before everything else."""

    format: Literal[1]
    exception: Words
    rows: tuple[Sight, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _says_all_three(self) -> Privacy:
        missing = {"mentor", "shared", "nobody"} - {row.who for row in self.rows}
        if missing:
            raise ValueError(f"the page says what each of the three see; nothing is said of “{sorted(missing)[0]}”")
        return self


class SafetyRow(Strict):
    """One thing that is seen or told, and what it calls for.

    ``course_rule`` says what the course decided where the findings do not decide; it awaits clinical review.
    """

    id: Slug
    when: Words
    do: Words
    speed: Literal["now", "today", "week"]
    findings: FindingIds = ()
    course_rule: str = ""

    @model_validator(mode="after")
    def _rests_on_something(self) -> SafetyRow:
        if not self.findings and not self.course_rule:
            raise ValueError("a safety line rests on findings, or says in course_rule what the course decided")
        return self


class Safety(Strict):
    """When to phone, as ``curriculum/safety.toml`` holds it."""

    format: Literal[1]
    first: Words
    rows: tuple[SafetyRow, ...] = Field(min_length=3)
    say: tuple[Words, ...] = Field(min_length=3)
    numbers: Words
