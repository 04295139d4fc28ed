"""How decisions and reasons go together, counted over answers: the four patterns, each by how sure people were."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.items import lines
from graders.items.gather import Sheet
from graders.items.measures import bootstrap, rounded

#: Decision supported, reason supported.
PATTERNS = {
    "both supported": (True, True),
    "decision supported, reason not": (True, False),
    "reason supported, decision not": (False, True),
    "neither supported": (False, False),
}


def pattern_rows(sheets: list[Sheet]) -> list[dict[str, Any]]:
    """One entry an exercise and family, and one an exercise over all its families."""
    found = []
    for exercise in sorted({sheet.exercise for sheet in sheets}):
        own = sorted((sheet for sheet in sheets if sheet.exercise == exercise), key=lambda sheet: sheet.who)
        answers = [_answers(sheet) for sheet in own]
        families = list(dict.fromkeys(case.family.id for sheet in own for case in sheet.cases))
        found.append(_entry(exercise, "", answers))
        for family in families:
            found.append(
                _entry(exercise, family, [{family: each[family]} if family in each else {} for each in answers])
            )
    return found


def _answers(sheet: Sheet) -> dict[str, tuple[bool, bool, str]]:
    """Decision, reason and sureness of each case in which both were answered."""
    kinds: dict[str, dict[str, Any]] = {}
    for mark in sheet.marks:
        if mark.state == "answered" and mark.kind in ("decision", "reason", "confidence"):
            kinds.setdefault(mark.family, {})[mark.kind] = mark
    return {
        family: (case["decision"].supported, case["reason"].supported, _sure(case.get("confidence")))
        for family, case in kinds.items()
        if {"decision", "reason"} <= set(case) and None not in (case["decision"].supported, case["reason"].supported)
    }


def _sure(mark) -> str:
    return mark.chosen[0][0] if mark and mark.chosen else ""


def _entry(exercise: str, family: str, people: list[dict[str, tuple[bool, bool, str]]]) -> dict[str, Any]:
    answers = [each for one in people for each in one.values()]
    told = sum(bool(one) for one in people) >= lines.FEW_ANSWERS
    return {
        "exercise": exercise,
        "family": family,
        "n": len(answers),
        "people": sum(bool(one) for one in people),
        "patterns": [_pattern(name, which, people, answers, told) for name, which in PATTERNS.items()],
        "reading": "" if told else lines.TOO_FEW,
    }


def _pattern(name: str, which: tuple[bool, bool], people, answers, told: bool) -> dict[str, Any]:
    """Share of one pattern; its interval draws whole people, since one person's answers hang together."""
    row = {"pattern": name, "share": None, "interval": None, "act": None}
    if not told:
        return row
    here = [each for each in answers if each[:2] == which]
    counts = np.array([[sum(a[:2] == which for a in one.values()), len(one)] for one in people if one], float)
    return row | {
        "share": rounded(len(here) / len(answers)),
        "interval": bootstrap(counts, lambda drawn: float(drawn[:, 0].sum() / drawn[:, 1].sum())),
        "act": rounded(sum(sure == "act" for *_, sure in here) / len(answers)),
    }
