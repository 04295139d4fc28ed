"""A case family: one mechanism story seen from several sides, with numbers drawn afresh for each mentee.

A family file holds what a mentee may see before answering. It never says which option is supported: that is the key,
which lives on the mentor's side under the same family and question ids.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words

Kind = Literal[
    "key_features",
    "decision",
    "reason",
    "confidence",
    "twin",
    "new_information",
    "probability",
    "justification",
    "evidence",
    "safety",
]

#: Kinds whose options the course fixes, so that every case asks them in the same words.
FIXED_OPTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "confidence": (
        ("guess", "It is a guess"),
        ("discuss", "I would discuss it with a colleague first"),
        ("act", "I would act on it"),
    ),
    "new_information": (
        ("less", "Less likely"),
        ("same", "No different"),
        ("more", "More likely"),
    ),
}


class Option(Strict):
    """One thing a mentee can choose."""

    id: Slug
    text: Words


class Question(Strict):
    """One question of a family; ``id`` is stable for ever, since marks and gradebook rows carry it."""

    id: Slug
    kind: Kind
    ask: Words
    help: str = ""
    options: tuple[Option, ...] = ()
    limit: Annotated[int, Field(ge=1, le=6)] | None = None
    information: str = ""
    hypothesis: str = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Question:
        ids = [option.id for option in self.options]
        if len(ids) != len(set(ids)):
            raise ValueError("each option id stands once in a question")
        if self.kind in FIXED_OPTIONS and self.options:
            raise ValueError(f"a {self.kind} question has fixed options; leave them out")
        wanted = {
            "decision": (5, 5),
            "reason": (5, 5),
            "key_features": (8, 12),
            "justification": (4, 12),
            "evidence": (3, 10),
            "safety": (2, 6),
        }
        low, high = wanted.get(self.kind, (0, 0))
        if not low <= len(ids) <= high:
            raise ValueError(f"a {self.kind} question has {low if low == high else f'{low} to {high}'} options")
        if self.kind == "key_features" and self.limit is None:
            raise ValueError("a key_features question says how many may be chosen (limit)")
        if self.kind == "new_information" and not (self.information and self.hypothesis):
            raise ValueError("a new_information question has information and a hypothesis")
        return self


class Draw(Strict):
    """How one number or word of the story is drawn: a stepped range, or one of a list."""

    low: float | None = None
    high: float | None = None
    step: float = 1
    one_of: tuple[str, ...] = ()
    unit: str = ""

    @model_validator(mode="after")
    def _one_way_to_draw(self) -> Draw:
        ranged = self.low is not None and self.high is not None
        if ranged == bool(self.one_of):
            raise ValueError("a draw has either low and high, or one_of")
        if ranged and not (self.low < self.high and self.step > 0):
            raise ValueError("a draw has low < high and a step above zero")
        return self


class Finding(Strict):
    """One row of the case's findings, as a clinician would note it."""

    label: Words
    text: Words


class Twin(Strict):
    """The same child with exactly one feature altered; whether that flips the decision is the key's business."""

    change: Words
    altered: Finding


class Family(Strict):
    """A case family as its file holds it."""

    format: Literal[1]
    id: Slug
    title: Words
    module: Slug
    competencies: tuple[Annotated[str, Field(pattern=r"^E[1-9]$")], ...] = Field(min_length=1)
    story: Words
    findings: tuple[Finding, ...] = Field(min_length=3)
    draws: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Draw] = Field(min_length=1)
    questions: tuple[Question, ...] = Field(min_length=5)
    twin: Twin

    @model_validator(mode="after")
    def _hangs_together(self) -> Family:
        ids = [question.id for question in self.questions]
        if len(ids) != len(set(ids)):
            raise ValueError("each question id stands once in a family")
        kinds = [question.kind for question in self.questions]
        for needed in ("key_features", "decision", "reason", "confidence", "twin", "new_information"):
            if kinds.count(needed) != 1:
                raise ValueError(f"a family has exactly one {needed} question")
        if not kinds.index("decision") < kinds.index("reason") < kinds.index("confidence") < kinds.index("twin"):
            raise ValueError("decision, reason, confidence and twin are asked in that order")
        if not any(finding.label == self.twin.altered.label for finding in self.findings):
            raise ValueError(f"the twin alters one row of the findings; no row is called “{self.twin.altered.label}”")
        return self

    @property
    def base_questions(self) -> tuple[Question, ...]:
        """Questions asked before the twin is shown."""
        kinds = [question.kind for question in self.questions]
        return self.questions[: kinds.index("twin")]

    def question(self, question_id: str) -> Question:
        """The question with that id; KeyError if there is none."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def options_of(self, question: Question) -> tuple[Option, ...]:
        """Options in the author's order: the question's own, the course's fixed ones, or the decision's for a twin."""
        if question.kind in FIXED_OPTIONS:
            return tuple(Option(id=key, text=text) for key, text in FIXED_OPTIONS[question.kind])
        if question.kind == "twin":
            return next(q for q in self.questions if q.kind == "decision").options
        return question.options

    @cached_property
    def fingerprint(self) -> str:
        """Short hash of the whole wording: an answer given to other words is shown, never marked."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
