"""Whether a family gets easier over the months while the others do not: then its answers may be passed around."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.items import lines
from graders.items.grid import Grid
from graders.items.measures import bootstrap, mean_or_none, rounded, wilson

SPAN = 3


def drift_rows(grid: Grid) -> list[dict[str, Any]]:
    """One row a family: its mean by month, and its change over the last three months beside that of the others."""
    return [_row(grid, column) for column in range(len(grid.members))]


def _row(grid: Grid, column: int) -> dict[str, Any]:
    member = grid.members[column]
    months = [month for month in sorted(set(grid.months[:, column])) if month]
    return {
        "exercise": member.exercise,
        "family": member.family.id,
        "months": [_month(grid, column, month) for month in months],
    } | _change(grid, column, months)


def _month(grid: Grid, column: int, month: str) -> dict[str, Any]:
    scores = grid.reasoning[grid.months[:, column] == month, column]
    n, mean = int((~np.isnan(scores)).sum()), mean_or_none(scores)
    told = n >= lines.FEW_IN_A_SPAN
    return {
        "month": month,
        "n": n,
        "mean": rounded(mean) if told else None,
        "interval": wilson(mean, n) if told else None,
    }


def number(month: str) -> int:
    """Months counted through, so that they can be subtracted."""
    return int(month[:4]) * 12 + int(month[5:7])


def _change(grid: Grid, column: int, months: list[str]) -> dict[str, Any]:
    """Last three months against the three before them, here and over all other families."""
    last = number(months[-1]) if months else 0
    spans = np.array([[number(month) if month else -1 for month in row] for row in grid.months]).reshape(
        grid.months.shape
    )
    late = (spans > last - SPAN) & (spans <= last)
    early = (spans > last - 2 * SPAN) & (spans <= last - SPAN)
    # a row holds one person's scores of all families, late ones first, so that whole people can be drawn
    rows = np.concatenate([np.where(late, grid.reasoning, np.nan), np.where(early, grid.reasoning, np.nan)], axis=1)
    counts = [int((~np.isnan(rows[:, place])).sum()) for place in (column, column + len(grid.members))]
    found = {"n_late": counts[0], "n_early": counts[1]}
    if min(counts) < lines.FEW_IN_A_SPAN:
        return found | {"change": None, "elsewhere": None, "beyond": None, "interval": None, "reading": lines.TOO_FEW}
    here, elsewhere = _own(rows, column), _elsewhere(rows, column)
    beyond = here if elsewhere is None else here - elsewhere
    leaks = here >= lines.LEAK and beyond >= lines.LEAK
    return found | {
        "change": rounded(here),
        "elsewhere": rounded(elsewhere),
        "beyond": rounded(beyond),
        "interval": bootstrap(rows, lambda drawn: _beyond(drawn, column)),
        "reading": "look: easier, and the others are not" if leaks else "steady",
    }


def _own(rows: np.ndarray, column: int) -> float | None:
    late, early = mean_or_none(rows[:, column]), mean_or_none(rows[:, column + rows.shape[1] // 2])
    return None if late is None or early is None else late - early


def _elsewhere(rows: np.ndarray, column: int) -> float | None:
    """Mean change of the other families that have answers in both spans."""
    families = rows.shape[1] // 2
    changes = [_own(rows, other) for other in range(families) if other != column]
    there = [change for change in changes if change is not None]
    return float(np.mean(there)) if there else None


def _beyond(rows: np.ndarray, column: int) -> float | None:
    here, elsewhere = _own(rows, column), _elsewhere(rows, column)
    return None if here is None else here - (elsewhere or 0.0)
