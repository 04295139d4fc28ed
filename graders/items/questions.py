"""How each question and each family behaves: how hard it is, and whether it goes with the other families."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.items import lines
from graders.items.grid import FEEDS, Asked, Grid
from graders.items.measures import correlation, fisher, rounded, wilson


def question_rows(grid: Grid) -> list[dict[str, Any]]:
    """One row a question: its mean score, and how it goes with the other families' score of the same kind.

    A question is held against other families only: those of its own family share a child with it.
    """
    return [_question(grid, column, asked) for column, asked in enumerate(grid.asked)]


def _question(grid: Grid, column: int, asked: Asked) -> dict[str, Any]:
    kind, place = asked.question.kind, grid.members.index(asked.member)
    rest = grid.rest(FEEDS.get(kind, "reasoning"), place)
    row = {
        "exercise": asked.member.exercise,
        "family": asked.member.family.id,
        "question": asked.question.id,
        "kind": kind,
    } | _figures(grid.score[:, column], rest)
    answered = sum(column == each for _, each in grid.chosen)
    if asked.is_contested:
        return row | {"answered": answered, "reading": "contested: its answers carry no mark"}
    return row | {"answered": max(answered, row["n"]), "reading": _reading(row, lined=kind != "probability")}


def family_rows(grid: Grid) -> list[dict[str, Any]]:
    """One row a family and number: Decision and Reasoning, each held against the same number of the other families."""
    return [
        {"exercise": member.exercise, "family": member.family.id, "title": member.title, "index": index}
        | (found := _figures(getattr(grid, index)[:, column], grid.rest(index, column)))
        | {"reading": _reading(found)}
        for column, member in enumerate(grid.members)
        for index in ("decision", "reasoning")
    ]


def _figures(scores: np.ndarray, rest: np.ndarray) -> dict[str, Any]:
    """Mean and item-total with counts and intervals; None below the counts from which on they are told."""
    there = scores[~np.isnan(scores)]
    n, (r, both) = len(there), correlation(scores, rest)
    told, held = n >= lines.FEW_ANSWERS, both >= lines.FEW_FOR_CORRELATION
    mean = float(there.mean()) if told else None
    return {
        "n": n,
        "mean": rounded(mean),
        "interval": wilson(mean, n) if told else None,
        "item_total_n": both,
        "item_total": rounded(r) if held else None,
        "item_total_interval": fisher(r, both) if held else None,
    }


def _reading(row: dict[str, Any], *, lined: bool = True) -> str:
    """What the lines of the learning design make of one row; a question is dropped only when no luck explains it."""
    if row["mean"] is None:
        return lines.TOO_FEW
    said = []
    if lined and row["mean"] > lines.EASY:
        said.append("nearly everyone has it")
    if lined and row["mean"] < lines.HARD:
        said.append("few have it")
    if row["item_total_n"] < lines.FEW_FOR_CORRELATION:
        said.append(f"item-total: {lines.TOO_FEW}")
    elif row["item_total"] is None:
        said.append("nothing varies")
    elif row["item_total"] < 0:
        surely = row["item_total_interval"][1] < lines.KEEP
        said.append("drop: goes against the other cases" if surely else "look: may go against the other cases")
    elif row["item_total"] < lines.LOOK:
        said.append("look: hardly goes with the other cases")
    elif row["item_total"] < lines.KEEP:
        said.append("look: goes little with the other cases")
    return "; ".join(said) or "keep"
