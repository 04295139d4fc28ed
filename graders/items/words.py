"""Figures as they are printed, the same in the terminal and on the page."""

from __future__ import annotations

from typing import Any

from graders.items import lines

KINDS = {
    "decision": "Decision",
    "key_features": "Needs next",
    "reason": "Reason",
    "twin": "The twin",
    "new_information": "New finding",
    "evidence": "What the study can support",
    "safety": "Safety",
    "probability": "Probability",
}
INDEX = {"decision": "Decision", "reasoning": "Reasoning"}
NOTHING = "–"

HOW_TO_READ = (
    "Mean: the mean score of a question, from 0 to 1, over those who answered it. A reason or twin counts together "
    "with its decision, as in marking.",
    "Item-total: the correlation of the score with the same people's score on all other cases. Its own case is left "
    "out, since questions of one case share a child.",
    "Decision and Reasoning are never averaged. Alpha and the standard error take the case as the unit, and use only "
    "people who answered every case of the set.",
    "Intervals are 95 %: Wilson's for shares, Fisher's for correlations, and drawing whole people again for the rest.",
    "A suspect key: an option that the key does not support goes with good answers elsewhere, more than the keyed one "
    "does. It is a reason to read the key again, not proof.",
)


def number(value: float | None, *, signed: bool = False) -> str:
    """A figure with two digits; a dash where there is none."""
    if value is None:
        return NOTHING
    value = round(value, 2) + 0.0  # no minus before zero
    return f"{value:+.2f}" if signed else f"{value:.2f}"


def interval(pair: tuple[float, float] | None, *, signed: bool = False) -> str:
    """A 95 % interval as it is read aloud."""
    return f"{number(pair[0], signed=signed)} to {number(pair[1], signed=signed)}" if pair else NOTHING


def both(value: float | None, pair: tuple[float, float] | None, *, signed: bool = False) -> str:
    """A figure and its interval in one cell."""
    if value is None:
        return NOTHING
    return f"{number(value, signed=signed)} ({interval(pair, signed=signed)})" if pair else number(value, signed=signed)


def counted(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{count} {one if count == 1 else many}"


def heading(found: dict[str, Any]) -> str:
    """What the analysis rests on, in one sentence."""
    people = counted(found["people"], "person", "people")
    hand_ins = counted(found["hand_ins"], "hand-in", "hand-ins")
    cases = counted(len(found["titles"]), "case", "cases")
    if not found["hand_ins"]:
        return "Nobody has handed in yet. What can be said before anybody answers stands below."
    return f"{hand_ins} from {people}, over {cases}."


def unread(found: dict[str, Any]) -> str:
    """What could not be read; the desk names it, this page names nobody."""
    count = found["unread"]
    if not count:
        return ""
    said = counted(count, "hand-in could not be read and is left out", "hand-ins could not be read and are left out")
    return f"{said}. The desk says which, and why."


def few() -> str:
    """From which counts on something is said."""
    return (
        f"“{lines.TOO_FEW}” stands where there are fewer than {lines.FEW_ANSWERS} answers (means, patterns), "
        f"{lines.FEW_FOR_KEYS} (keys), {lines.FEW_FOR_CORRELATION} (item-total), {lines.FEW_ATTEMPTS} (options nobody "
        f"takes), {lines.FEW_PEOPLE} people (alpha), {lines.FEW_IN_A_SPAN} answers in each span (drift) or "
        f"{lines.FEW_PAIRS} double marks (agreement)."
    )


def agreed(found: dict[str, Any]) -> str:
    """Agreement of two mentors, in one sentence."""
    row = found["agreement"]
    start = f"{counted(row['n'], 'written reason has', 'written reasons have')} two marks: " if row["n"] else ""
    if row.get("kappa") is None:
        return f"{start}{row['reading']}."
    return (
        f"{start}weighted kappa {both(row['kappa'], row['kappa_interval'])}, "
        f"intraclass correlation {both(row['icc'], row['icc_interval'])}, "
        f"same mark {100 * row['same']:.0f} %; {row['reading']}."
    )
