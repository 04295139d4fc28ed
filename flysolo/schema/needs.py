"""The private needs assessment: one short case for each module, asked in three tiers.

Its answers lie beside its questions, as in practice: it is private, worked out on the mentee's own computer, and no
case of it is ever scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words
from flysolo.schema.lesson import FindingIds
from flysolo.schema.words import WordedOption

TIERS = ("decision", "reason", "confidence")


class NeedsQuestion(Strict):
    """The decision or the reason of one case; every option has words of its own."""

    ask: Words
    options: tuple[WordedOption, ...] = Field(min_length=4, max_length=5)
    supported: Slug

    @model_validator(mode="after")
    def _hangs_together(self) -> NeedsQuestion:
        ids = [option.id for option in self.options]
        if len(ids) != len(set(ids)):
            raise ValueError("each option id stands once in a question")
        if self.supported not in ids:
            raise ValueError(f"supported names one of the options, not “{self.supported}”")
        return self

    def option(self, option_id: str) -> WordedOption:
        """The option with that id; KeyError if there is none."""
        return {option.id: option for option in self.options}[option_id]


class NeedsCase(Strict):
    """One invented child: what would you do, why, and how sure are you?

    Attributes
    ----------
    module : module of the course that this case looks into
    safety : whether the case bears on a child's safety; such a module is never said to be held and done with
    """

    id: Slug
    module: Slug
    title: Words
    story: Words
    decision: NeedsQuestion
    reason: NeedsQuestion
    findings: FindingIds = Field(min_length=1)
    safety: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """Short hash of the wording: an answer given to other words is kept, and asked again."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]

    def ordered(self, tier: str) -> Iterator[WordedOption]:
        """Options in an order that no author chose, the same each time, so that no place gives anything away."""
        key = lambda option: hashlib.sha256(f"{self.id} {tier} {option.id}".encode()).digest()  # noqa: E731
        return iter(sorted(getattr(self, tier).options, key=key))


class Needs(Strict):
    """The whole assessment, as ``needs.toml`` holds it; a case more adds no code."""

    format: Literal[1]
    module: Slug
    cases: tuple[NeedsCase, ...] = Field(min_length=6, max_length=20)

    @model_validator(mode="after")
    def _each_once(self) -> Needs:
        for name in ("id", "module"):
            found = [getattr(case, name) for case in self.cases]
            twice = sorted({each for each in found if found.count(each) > 1})
            if twice:
                raise ValueError(f"each case has a {name} of its own; “{twice[0]}” stands twice")
        if not any(case.safety for case in self.cases):
            raise ValueError("at least one case bears on a child's safety")
        return self

    def case(self, case_id: str) -> NeedsCase:
        """The case with that id; KeyError if there is none."""
        return {case.id: case for case in self.cases}[case_id]
