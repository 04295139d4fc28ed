"""Which options are taken, how often, and by whom; an option that good answers elsewhere go with may be the key."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.items import lines
from graders.items.grid import Asked, Grid, undrawn
from graders.items.measures import correlation, rounded


def option_rows(grid: Grid) -> list[dict[str, Any]]:
    """One entry a question with options: its options with counts, and whether its key is suspect.

    Below a stated number of answers nothing is counted out: the counts would be one or two people's answers.
    """
    return [
        _entry(grid, column, asked) for column, asked in enumerate(grid.asked) if asked.question.kind != "probability"
    ]


def _entry(grid: Grid, column: int, asked: Asked) -> dict[str, Any]:
    answered = [row for row in range(len(grid.people)) if (row, column) in grid.chosen]
    rest = grid.rest("reasoning", grid.members.index(asked.member))
    texts = {option.id: option.text for option in asked.member.family.options_of(asked.question)}
    options = []
    for option, standing in asked.standing().items():
        took = np.full(len(grid.people), np.nan)
        took[answered] = [option in grid.chosen[row, column] for row in answered]
        r, both = correlation(took, rest)
        options.append(
            {
                "option": option,
                "text": undrawn(texts[option]),
                "standing": standing,
                "taken": int(np.nansum(took)) if len(answered) >= lines.FEW_ANSWERS else None,
                "r": rounded(r) if both >= lines.FEW_FOR_KEYS else None,
                "r_n": both,
            }
        )
    n = len(answered)
    return {
        "exercise": asked.member.exercise,
        "family": asked.member.family.id,
        "question": asked.question.id,
        "kind": asked.question.kind,
        "n": n,
        "options": options,
        "nobody_takes": _nobody_takes(options, n),
        "suspect": "" if asked.is_contested else suspect(options),
        "reading": _reading(options, n),
    }


def _nobody_takes(options: list[dict[str, Any]], n: int) -> list[str]:
    """Options that draw nobody, said only after enough answers."""
    if n < lines.FEW_ATTEMPTS:
        return []
    return [each["option"] for each in options if not each["taken"] and each["standing"] in ("", "harmful")]


def suspect(options: list[dict[str, Any]]) -> str:
    """The unkeyed option that better answers elsewhere go with, and more so than with the keyed one; "" for none.

    Its own correlation must pass one standard error and its lead one and a half, or small groups would alarm at random.
    Scripted learners on real cases, 60 of them, then show nine swapped keys of ten and hardly ever a sound one.
    """
    keyed = [each["r"] for each in options if each["standing"] == "supported" and each["r"] is not None]
    others = [each for each in options if each["standing"] in ("", "harmful") and each["r"] is not None]
    if not others:
        return ""
    best = max(others, key=lambda each: each["r"])
    against = min(keyed, default=0.0)
    error = 1 / np.sqrt(max(best["r_n"] - 3, 1))
    fires = best["r"] >= max(lines.SUSPECT, error) and best["r"] - against > lines.LEAD * error
    return best["option"] if fires else ""


def _reading(options: list[dict[str, Any]], n: int) -> str:
    compared = max((each["r_n"] for each in options), default=0)
    if n < lines.FEW_ANSWERS:
        return lines.TOO_FEW
    said = []
    if n < lines.FEW_ATTEMPTS:
        said.append(f"options nobody takes: {lines.TOO_FEW}")
    if compared < lines.FEW_FOR_KEYS:
        said.append(f"key: {lines.TOO_FEW}")
    return "; ".join(said)
