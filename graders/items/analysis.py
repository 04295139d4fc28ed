"""The whole item analysis as plain data: pure, without names, the same for the same answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from flysolo.content import exercises, load_families
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from graders.items import lines
from graders.items.agreement import agreement
from graders.items.constants import constant_rows
from graders.items.drift import drift_rows
from graders.items.gather import Sheet
from graders.items.grid import Member, make_grid
from graders.items.options import option_rows
from graders.items.patterns import pattern_rows
from graders.items.questions import family_rows, question_rows
from graders.items.sets import check_rows, set_rows
from graders.keys import load_key
from graders.marking import MARKING_VERSION
from graders.mentor import keys_folder

CAUTION = "Figures are about questions, never about a person. Small groups move them a lot: read the interval first."


def analyze(
    sheets: list[Sheet], double: np.ndarray, *, unread: int = 0, problems: list[Problem] | None = None
) -> dict[str, Any]:
    """Everything there is to say about the questions.

    Parameters
    ----------
    double : first and second mark of every double-marked reason, (answers, 2)
    unread : hand-ins that could not be read
    problems : what else stood in the way
    """
    grid, stood = make_grid(sheets), list(problems or ())
    try:
        agreed = agreement(double)
    except ContentError as error:
        stood += error.problems
        agreed = {"n": len(double), "reading": "not computed"}
    options, questions, drift = option_rows(grid), question_rows(grid), drift_rows(grid)
    checks = check_rows(grid)
    families, constants = family_rows(grid), constant_rows(grid.members or whole_bank())
    return {
        "format": 1,
        "marking_version": MARKING_VERSION,
        "caution": CAUTION,
        "lines": stated_lines(),
        "people": len(grid.people),
        "hand_ins": len(sheets),
        "unread": unread,
        "titles": {f"{member.exercise}/{member.family.id}": member.title for member in grid.members},
        "look": look(options, questions, families, drift, constants, checks),
        "sets": set_rows(grid),
        "checks": checks,
        "families": families,
        "questions": questions,
        "options": options,
        "constants": constants,
        "patterns": pattern_rows(sheets),
        "drift": drift,
        "agreement": agreed,
        "problems": [str(problem) for problem in stood],
    }


def whole_bank() -> tuple[Member, ...]:
    """Every family of the open course, for what can be said before anybody answers."""
    return tuple(
        Member(exercise, family, load_key(exercise, family.id, keys_folder()))
        for exercise in exercises(content_root())
        for family in load_families(exercise, content_root())
    )


def stated_lines() -> dict[str, float]:
    """The counts and lines that everything is held against."""
    return {name.lower(): value for name, value in vars(lines).items() if name.isupper() and name != "TOO_FEW"}


def look(options, questions, families, drift, constants, checks) -> list[dict[str, str]]:
    """What wants a look, the most urgent first: suspect keys, leaks, questions, families, options, fixed answers."""
    found = [_item(row, "the key is suspect", _suspect(row)) for row in options if row["suspect"]]
    found += [_item(row, "over the months", _said(row)) for row in drift if _wants(row)]
    found += [_item(row, "beside the other cases", _said(row)) for row in questions if _wants(row)]
    found += [
        _item(row, f"{row['index'].capitalize()} of the whole case", _said(row)) for row in families if _wants(row)
    ]
    found += [
        _item(row, "options nobody takes", ", ".join(row["nobody_takes"])) for row in options if row["nobody_takes"]
    ]
    found += [{"where": "the bank", "what": row["check"], "said": _said(row)} for row in checks if _wants(row)]
    return found + [
        {"where": row["kind"].replace("_", " "), "what": "one fixed answer earns too much", "said": row["answer"]}
        for row in constants
        if not row["holds"]
    ]


def _wants(row: dict[str, Any]) -> bool:
    return any(word in row["reading"] for word in ("look:", "drop:"))


def _said(row: dict[str, Any]) -> str:
    return row["reading"].replace("look: ", "").replace("drop: ", "drop it, it ")


def _suspect(row: dict[str, Any]) -> str:
    return (
        f"“{row['suspect']}” is taken by those who do well elsewhere: suspend the question, read its key again, and "
        "return the credit if the key does not hold"
    )


def _item(row: dict[str, Any], what: str, said: str) -> dict[str, str]:
    where = f"{row['exercise']}/{row['family']}" + (f", {row['question']}" if "question" in row else "")
    return {"where": where, "what": what, "said": said}
