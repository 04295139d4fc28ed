"""The lines of a round of solo sets as named settings: one place, read by readiness and by scripted learners alike.

The lines are provisional. They were chosen so that invented rule-users stay below and invented principle-users above;
before anyone is told a decision, mentors have to set them together and publish how (learning design 6e).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from flysolo.files import read_toml
from flysolo.problems import ContentError, Problem, nearest
from flysolo.schema.course import Solo
from graders.summary import Summary

SETTINGS_FILE = "readiness.toml"
#: How a round is made up stands in the course file, which both sides read.
_OF_THE_COURSE = ("sets", "families_per_set", "days_apart")


class SoloFigures(NamedTuple):
    """What a sitting came to: floats for one mentee, arrays for many scripted ones.

    ``gap`` is stated confidence minus accuracy; ``confident_not_supported`` and ``safety_misses`` count cases.
    """

    decision: Any
    reasoning: Any
    pair: Any
    gap: Any
    confident_not_supported: Any
    safety_misses: Any


@dataclass(frozen=True)
class SoloCriteria:
    """The provisional lines over three solo sets taken together.

    Attributes
    ----------
    sets, families_per_set : three sets of eight families, so that one lucky day decides nothing
    days_apart : days between sets, at least; what was only memorized has faded by then
    families : families that the lines below are about
    decision, reasoning, pair : lowest Decision score, Reasoning score and share of whole pairs
    gap : highest over-confidence; doubting oneself never counts against anyone
    confident_not_supported : most cases acted on with confidence that the findings did not support
    safety_misses : most urgent things passed over; the missed kind is taken again and cleared
    justifications, justification_mean : written reasons read by two mentors, and their lowest mean of 3

    What a mentee knows by an estimate of learning (knowledge tracing) has no field here on purpose: such an estimate
    may pace practice, and memorized answers satisfy it.
    """

    sets: int = 3
    families_per_set: int = 8
    days_apart: int = 7
    decision: float = 0.72
    reasoning: float = 0.66
    pair: float = 0.58
    gap: float = 0.15
    confident_not_supported: int = 3
    safety_misses: int = 1
    justifications: int = 4
    justification_mean: float = 2.0

    @property
    def families(self) -> int:
        """Families in all sets together."""
        return self.sets * self.families_per_set

    def parts(self, figures: SoloFigures) -> dict[str, Any]:
        """Whether each line is met, by name; justifications are read by people and are not among them."""
        return {
            "decision": figures.decision >= self.decision,
            "reasoning": figures.reasoning >= self.reasoning,
            "pair": figures.pair >= self.pair,
            "gap": figures.gap <= self.gap,
            "confident_not_supported": figures.confident_not_supported <= self.confident_not_supported,
            "safety_misses": figures.safety_misses <= self.safety_misses,
        }

    def meets(self, figures: SoloFigures) -> Any:
        """Whether every machine-marked line is met."""
        met: Any = True
        for part in self.parts(figures).values():
            met = part & met
        return met

    def settings(self) -> dict[str, float]:
        """The lines by name, to be printed beside whatever was decided with them."""
        return asdict(self)


def figures_of(summary: Summary) -> SoloFigures | None:
    """The figures of a marked set; None while a part of it has no answer at all."""
    pair = summary.parts.get("twin")
    if summary.decision is None or summary.reasoning is None or summary.gap is None or pair is None:
        return None
    return SoloFigures(
        decision=summary.decision,
        reasoning=summary.reasoning,
        pair=pair[0],
        gap=summary.gap,
        confident_not_supported=len(summary.confident_not_supported),
        safety_misses=len(summary.safety_misses),
    )


def criteria_in(folder: Path | None, solo: Solo) -> SoloCriteria:
    """The lines as a mentor's course has them: the provisional ones, changed by its ``readiness.toml`` if it has one.

    The file holds one table, ``[lines]``, with any of the names above. Raises ContentError with every problem in it.
    """
    made = SoloCriteria(sets=solo.sets, families_per_set=solo.families_per_set, days_apart=solo.days_apart)
    if folder is None or not (folder / SETTINGS_FILE).exists():
        return made
    data = read_toml(folder / SETTINGS_FILE, SETTINGS_FILE)
    lines = data.get("lines", {})
    problems = [_unknown(name, ["lines"]) for name in data if name != "lines"]
    problems += [problem for name, value in lines.items() for problem in _problems(made, name, value)]
    if problems:
        raise ContentError(problems)
    return replace(made, **lines)


def _problems(made: SoloCriteria, name: str, value: object) -> list[Problem]:
    known = [each.name for each in fields(made) if each.name not in _OF_THE_COURSE]
    if name in _OF_THE_COURSE:
        rule = "how a round is made up stands under [solo] in curriculum/course.toml, which mentees' folders read too"
        return [Problem(SETTINGS_FILE, f"lines.{name}", str(value), rule, "take it out here, and change it there")]
    if name not in known:
        return [_unknown(f"lines.{name}", known)]
    whole = isinstance(getattr(made, name), int)
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and value >= 0
    if not fits:
        rule = "a line is a whole number from 0 on" if whole else "a line is a number from 0 on"
        return [Problem(SETTINGS_FILE, f"lines.{name}", repr(value), rule, "write a number, then open the page again")]
    return []


def _unknown(name: str, known: list[str]) -> Problem:
    step = f"use one of: {', '.join(known)}.{nearest(name.removeprefix('lines.'), known)}"
    return Problem(SETTINGS_FILE, name, "no such line", "the file changes lines by their names", step)
