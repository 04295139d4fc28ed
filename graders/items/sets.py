"""How far a set of families would say the same again: alpha and standard error of both numbers, family by family."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.items import lines
from graders.items.grid import Grid
from graders.items.measures import alpha, bootstrap, correlation, rounded, standard_error


def set_rows(grid: Grid) -> list[dict[str, Any]]:
    """One row a set and number; a set is an exercise, or all of them together."""
    sets = [(exercise, grid.columns(exercise)) for exercise in grid.exercises()]
    if len(sets) > 1:
        sets.append(("all together", list(range(len(grid.members)))))
    return [_row(name, index, getattr(grid, index)[:, columns]) for name, columns in sets for index in INDICES]


INDICES = ("decision", "reasoning")


def _row(name: str, index: str, scores: np.ndarray) -> dict[str, Any]:
    whole, left_out = complete(scores)
    people, families = whole.shape
    told = people >= lines.FEW_PEOPLE and families >= lines.FEW_FAMILIES
    return {
        "set": name,
        "index": index,
        "people": people,
        "families": families,
        "families_left_out": left_out,
        "mean": rounded(float(whole.mean())) if told else None,
        "alpha": rounded(alpha(whole)) if told else None,
        "alpha_interval": bootstrap(whole, alpha) if told else None,
        "sem": rounded(standard_error(whole)) if told else None,
        "sem_interval": bootstrap(whole, standard_error) if told else None,
        "reading": "" if told else lines.TOO_FEW,
    }


def complete(scores: np.ndarray) -> tuple[np.ndarray, int]:
    """Scores of everybody who answered all families that at least half answered, and how many families that leaves out.

    A guess in place of a gap would make people look more alike or more different than they are.
    """
    if not scores.size:
        return scores, scores.shape[1]
    sat = ~np.isnan(scores)
    here = sat[sat.any(axis=1)]
    kept = here.mean(axis=0) >= 0.5 if len(here) else np.zeros(scores.shape[1], bool)
    chosen = scores[:, kept]
    return chosen[~np.isnan(chosen).any(axis=1)], int((~kept).sum())


def check_rows(grid: Grid) -> list[dict[str, Any]]:
    """Two checks of the whole bank: that reasons are not decisions over again, and that new information is balanced."""
    return [_same_again(grid), _balance(grid)]


def _same_again(grid: Grid) -> dict[str, Any]:
    """Correlation of people's decisions and reasons, each taken by itself, set right for what neither measures well."""
    tables = [_alone(grid, kind) for kind in ("decision", "reason")]
    pairs = complete(np.concatenate(tables, axis=1))[0] if grid.people else np.empty((0, 0))
    half = pairs.shape[1] // 2
    row = {"check": "decisions and reasons, correlation after correction", "n": len(pairs), "value": None}
    if len(pairs) < lines.FEW_PEOPLE or pairs.shape[1] != 2 * len(grid.members) or half < lines.FEW_FAMILIES:
        return row | {"interval": None, "reading": lines.TOO_FEW}

    def corrected(people: np.ndarray) -> float | None:
        one, two = people[:, :half], people[:, half:]
        r, _ = correlation(one.mean(axis=1), two.mean(axis=1))
        both = (alpha(one) or 0, alpha(two) or 0)
        return None if r is None or min(both) <= 0 else min(r / np.sqrt(both[0] * both[1]), 1.0)

    value = corrected(pairs)
    if value is None:
        return row | {"interval": None, "reading": "cannot be corrected: one of the two hardly differs between people"}
    reading = "they differ" if value < lines.SAME_AGAIN else "look: reasons may only repeat decisions"
    return row | {"value": rounded(value), "interval": bootstrap(pairs, corrected), "reading": reading}


def _alone(grid: Grid, kind: str) -> np.ndarray:
    columns = [grid.of_kind(member, kind) for member in grid.members]
    return grid.supported[:, [column for column in columns if column is not None]]


def _balance(grid: Grid) -> dict[str, Any]:
    """How new information is keyed; a direction that is keyed much more often than the others can be learned."""
    keyed = [_direction(each) for each in grid.asked if each.question.kind == "new_information"]
    counts = {direction: keyed.count(direction) for direction in ("less", "same", "more")}
    said = ", ".join(f"{direction} {count}" for direction, count in counts.items())
    share = max(counts.values()) / len(keyed) if keyed else 0.0
    reading = "balanced" if share <= 1 / 3 + lines.CONSTANT_MARGIN else "look: one direction is keyed too often"
    few = len(keyed) < lines.FEW_FAMILIES
    return {
        "check": f"directions of new information ({said})",
        "n": len(keyed),
        "value": rounded(share),
        "interval": None,
        "reading": lines.TOO_FEW if few else reading,
    }


def _direction(asked) -> str:
    return next(option for option, standing in asked.standing().items() if standing == "supported")
