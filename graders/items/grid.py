"""Marked answers as arrays of people by questions and people by families; what is missing is NaN, never 0."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from flysolo.draws import fields, fill
from flysolo.schema.family import Family, Question
from graders.items.gather import Sheet
from graders.keys import ChoiceKey, FeatureKey, Key, ListKey
from graders.summary import summarize

#: Which of the two numbers a kind of question feeds; the others stand apart.
FEEDS = {
    "decision": "decision",
    "key_features": "decision",
    "reason": "reasoning",
    "twin": "reasoning",
    "new_information": "reasoning",
    "evidence": "reasoning",
}
SCORED = (*FEEDS, "safety", "probability")


@dataclass(frozen=True)
class Member:
    """One family of one exercise, with its key."""

    exercise: str
    family: Family
    key: Key

    @property
    def title(self) -> str:
        """Its title, with dots where each mentee meets another name or number."""
        return undrawn(self.family.title)


@dataclass(frozen=True)
class Asked:
    """One question of one family."""

    member: Member
    question: Question

    @property
    def is_contested(self) -> bool:
        """Whether its answers carry no mark because the key is contested."""
        return self.member.key.status == "contested" and self.question.kind in ("decision", "twin", "key_features")

    def standing(self) -> dict[str, str]:
        """For each option, in the author's order, how the key has it."""
        found = self.member.key.of(self.question.id)
        named: dict[str, str] = {}
        if isinstance(found, ChoiceKey):
            named = {each: "acceptable" for each in found.acceptable} | {found.supported: "supported"}
        elif isinstance(found, FeatureKey):
            named = {each: "supported" for each in found.hits} | {each: "harmful" for each in found.harmful}
        elif isinstance(found, ListKey):
            named = {each: "supported" for each in found.can}
        return {option.id: named.get(option.id, "") for option in self.member.family.options_of(self.question)}


@dataclass(frozen=True)
class Grid:
    """Everybody's answers.

    Attributes
    ----------
    score : (people, questions)
    chosen : for each (person, question) that holds an answer, the ids of what was chosen
    supported : (people, questions), 1 or 0, each answer taken by itself
    decision, reasoning : (people, families), the two numbers of one family alone
    months : (people, families), "" where unknown
    """

    people: tuple[str, ...]
    members: tuple[Member, ...]
    asked: tuple[Asked, ...]
    score: np.ndarray
    supported: np.ndarray
    chosen: dict[tuple[int, int], tuple[str, ...]]
    decision: np.ndarray
    reasoning: np.ndarray
    months: np.ndarray

    def exercises(self) -> list[str]:
        """Exercises in the order in which they were met."""
        return list(dict.fromkeys(member.exercise for member in self.members))

    def columns(self, exercise: str) -> list[int]:
        """Where the families of one exercise stand."""
        return [column for column, member in enumerate(self.members) if member.exercise == exercise]

    def of_kind(self, member: Member, kind: str) -> int | None:
        """Where the question of one kind of a family stands."""
        found = (n for n, each in enumerate(self.asked) if each.member == member and each.question.kind == kind)
        return next(found, None)

    def rest(self, index: str, column: int) -> np.ndarray:
        """How each person did on all other families, from their means, so that who sat which does not matter."""
        others = np.delete(getattr(self, index), column, axis=1)
        if not others.size:
            return np.full(len(self.people), np.nan)
        return _row_means(others - _column_means(others))


def _row_means(values: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # a row of nothing is NaN, as wanted
        return np.nanmean(values, axis=1)


def _column_means(values: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        return np.nanmean(values, axis=0)


def undrawn(text: str) -> str:
    """A text with dots where numbers and names are drawn anew for each mentee."""
    return fill(text, dict.fromkeys(fields(text), "…"))


def make_grid(sheets: list[Sheet]) -> Grid:
    """Bring marked answers together, in an order that does not depend on the order in which they came."""
    people = tuple(sorted({sheet.who for sheet in sheets}))
    members = _members(sheets)
    asked = tuple(
        Asked(member, question) for member in members for question in member.family.questions if question.kind in SCORED
    )
    shape, by_family = (len(people), len(asked)), (len(people), len(members))
    grid = Grid(
        people=people,
        members=members,
        asked=asked,
        score=np.full(shape, np.nan),
        supported=np.full(shape, np.nan),
        chosen={},
        decision=np.full(by_family, np.nan),
        reasoning=np.full(by_family, np.nan),
        months=np.full(by_family, "", dtype="U7"),
    )
    for sheet in sheets:
        _enter(grid, sheet)
    return grid


def _members(sheets: list[Sheet]) -> tuple[Member, ...]:
    found: dict[tuple[str, str], Member] = {}
    for sheet in sorted(sheets, key=lambda sheet: (sheet.exercise, sheet.who)):
        for case, key in zip(sheet.cases, sheet.keys, strict=True):
            found.setdefault((sheet.exercise, case.family.id), Member(sheet.exercise, case.family, key))
    return tuple(found.values())


def _enter(grid: Grid, sheet: Sheet) -> None:
    """Write one sheet into its row."""
    row = grid.people.index(sheet.who)
    marks = {(mark.family, mark.question): mark for mark in sheet.marks}
    for column, each in enumerate(grid.asked):
        mark = marks.get((each.member.family.id, each.question.id))
        if each.member.exercise != sheet.exercise or mark is None or not mark.is_answered:
            continue
        if mark.score is not None:
            grid.score[row, column] = mark.score
        if mark.supported is not None:
            grid.supported[row, column] = mark.supported
        if mark.chosen:
            grid.chosen[row, column] = tuple(option for option, _ in mark.chosen)
    for column, member in enumerate(grid.members):
        if member.exercise == sheet.exercise:
            found = summarize([mark for mark in sheet.marks if mark.family == member.family.id])
            grid.decision[row, column] = np.nan if found.decision is None else found.decision
            grid.reasoning[row, column] = np.nan if found.reasoning is None else found.reasoning
            grid.months[row, column] = sheet.months.get(member.family.id, "")
