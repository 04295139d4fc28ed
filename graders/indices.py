"""Decision and Reasoning as weighted means of their parts, each with the standard error that few cases leave.

The case family is the unit: questions of one family are about one child and hang together, so the error comes from
leaving out one family at a time (jackknife), not from counting questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from graders.marks import Mark

#: Fewest families from which an error is worth saying.
FEWEST = 4
#: What an answer is held to be worth, by family: rows of (family, kind, score).
Row = tuple[str, str, float]


class Index(NamedTuple):
    """A number and its standard error; None where the answers do not hold it."""

    value: float | None
    error: float | None


def rows(marks: Iterable[Mark], blanks_count: bool) -> list[Row]:
    """Scored answers; with ``blanks_count`` an open question is worth 0, for a set that is sat whole."""
    found = []
    for mark in marks:
        if mark.score is not None:
            found.append((mark.family, mark.kind, mark.score))
        elif blanks_count and mark.kind != "justification" and mark.state in ("not answered", "answered"):
            found.append((mark.family, mark.kind, 0.0))
    return found


def with_evidence(marks: Sequence[Mark], blanks_count: bool) -> list[Mark]:
    """The same marks, with what a study can support in place of new information in the families that ask it."""
    asked = {mark.family for mark in marks if mark.kind == "evidence" and (blanks_count or mark.score is not None)}
    kept = [mark for mark in marks if not (mark.kind == "new_information" and mark.family in asked)]
    as_new = {"kind": "new_information"}
    return [
        mark.model_copy(update=as_new) if mark.kind == "evidence" and mark.family in asked else mark for mark in kept
    ]


def weighted(found: Iterable[Row], weights: dict[str, float]) -> float | None:
    """The weighted mean of the means of each kind; None while a kind has no answer."""
    scores: dict[str, list[float]] = {}
    for _, kind, score in found:
        scores.setdefault(kind, []).append(score)
    if not all(kind in scores for kind in weights):
        return None
    return sum(weight * round(fmean(scores[kind]), 4) for kind, weight in weights.items())


def index(found: Sequence[Row], weights: dict[str, float]) -> Index:
    """An index and its standard error, by leaving out one family at a time."""
    value = weighted(found, weights)
    if value is None:
        return Index(None, None)
    families = list(dict.fromkeys(family for family, kind, _ in found if kind in weights))
    left = [weighted([row for row in found if row[0] != family], weights) for family in families]
    if len(families) < FEWEST or None in left:
        return Index(round(value, 4), None)
    middle, n = fmean(left), len(left)
    return Index(round(value, 4), round(sqrt((n - 1) / n * sum((each - middle) ** 2 for each in left)), 4))
