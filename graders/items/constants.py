"""What one fixed answer earns, by kind of question: a property of the cases and their keys, whoever answers them.

Places are tried over many invented copies of each case, since every mentee meets the options in another order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from flysolo.answers import Value
from flysolo.content import Case
from flysolo.draws import seed_for
from flysolo.schema.family import FIXED_OPTIONS, Question
from graders.items.grid import SCORED, Member
from graders.items.lines import CONSTANT_MARGIN
from graders.items.measures import rounded
from graders.markers import MARKERS
from graders.marks import Mark

COPIES = 40
Scores = dict[str, list[float]]


def constant_rows(members: tuple[Member, ...]) -> list[dict[str, Any]]:
    """One row a kind: what the best fixed answer earns, what chance earns, and whether the first stays near it."""
    found: dict[str, Scores] = defaultdict(lambda: defaultdict(list))
    chance: dict[str, list[float]] = defaultdict(list)
    for member in members:
        for question in member.family.questions:
            if question.kind in SCORED:
                chance[question.kind].append(_chance(member, question))
                for answer, score in _fixed(member, question):
                    found[question.kind][answer].append(score)
    return [_row(kind, found[kind], chance[kind]) for kind in SCORED if kind in found]


def _row(kind: str, scores: Scores, chance: list[float]) -> dict[str, Any]:
    means = {answer: float(np.mean(values)) for answer, values in scores.items()}
    best = max(means, key=lambda answer: (round(means[answer], 9), answer))
    by_chance = float(np.mean(chance))
    return {
        "kind": kind,
        "questions": len(chance),
        "answer": best,
        "earns": rounded(means[best]),
        "chance": rounded(by_chance),
        "holds": means[best] <= by_chance + CONSTANT_MARGIN,
    }


def _fixed(member: Member, question: Question) -> Iterator[tuple[str, float]]:
    """Every fixed answer to one question, with its score; an answer by place stands once for each copy."""
    ids = [option.id for option in member.family.options_of(question)]
    score = _scorer(member, question)
    match question.kind:
        case "new_information":
            for direction, words in FIXED_OPTIONS["new_information"]:
                yield f"always “{words}”", score((direction,), None)
        case "probability":
            for percent in range(0, 101, 5):
                yield f"always {percent} %", score((), percent)
        case "evidence":
            yield "every statement", score(tuple(ids), None)
        case "key_features":
            yield "every one", score(tuple(ids), None)
            yield from _by_place(member, question, score, question.limit or 3)
        case _:
            yield from _by_place(member, question, score, 1)


def _by_place(member: Member, question: Question, score: Callable, count: int) -> Iterator[tuple[str, float]]:
    for copy in range(COPIES):
        case = Case(member.family, seed_for("constant-answers", f"copy-{copy}", member.exercise))
        ids = [option for option, _ in case.options(question)]
        for start in range(len(ids) - count + 1):
            said = f"always place {start + 1}" + (f" to {start + count}" if count > 1 else "")
            yield said, score(tuple(ids[start : start + count]), None)


def _scorer(member: Member, question: Question) -> Callable[[tuple[str, ...], float | None], float]:
    """The marking of one answer to ``question``, as mentees' answers are marked; remembered, since few differ."""
    case, key = Case(member.family, "0" * 16), member.key.of(question.id)
    known: dict[tuple, float] = {}

    def score(ids: tuple[str, ...], percent: float | None) -> float:
        place = (frozenset(ids), percent)
        if place not in known:
            blank = Mark(
                family=member.family.id,
                question=question.id,
                kind=question.kind,
                state="answered",
                points=1,
                chosen=tuple((each, each) for each in ids),
            )
            value = Value(percent=percent)
            before = {"decision": _decision(member, ids, question.kind)}
            known[place] = MARKERS[question.kind](blank, case, question, value, key, before).score or 0.0
        return known[place]

    return score


def _decision(member: Member, ids: tuple[str, ...], kind: str) -> Mark:
    """The decision beside which a reason or twin counts.

    A twin shows the decision's options again, so a fixed answer gives the same one twice. Beside a reason the decision
    is taken to be supported, which is as kind to the fixed answer as can be.
    """
    question = next(each for each in member.family.questions if each.kind == "decision")
    supported = member.key.choice[question.id].supported
    holds = kind != "twin" or ids == (supported,)
    return Mark(
        family=member.family.id, question=question.id, kind="decision", state="answered", points=1, supported=holds
    )


def _chance(member: Member, question: Question) -> float:
    """Mean score of answering at random."""
    score = _scorer(member, question)
    ids = [option.id for option in member.family.options_of(question)]
    if question.kind == "probability":
        return float(np.mean([score((), percent) for percent in range(0, 101, 5)]))
    if question.kind == "evidence":
        subsets = [picked for size in range(len(ids) + 1) for picked in combinations(ids, size)]
        return float(np.mean([score(picked, None) for picked in subsets]))
    if question.kind == "twin":
        return 1 / len(ids) ** 2  # decision and twin are each one of as many
    size = (question.limit or 3) if question.kind == "key_features" else 1
    return float(np.mean([score(picked, None) for picked in combinations(ids, size)]))
