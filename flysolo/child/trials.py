"""Trials: one population, drawn into arms, with a night before and a night after.

The night before is the one that let the children in, so an untreated arm gets better by itself as far as selection on
one night makes it. Each arm lives through the same time; only the treatment differs.

What it leaves out: drop-out, crossing over, and people who know which arm they are in (except where a treatment says
that families report less).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flysolo.child.children import Children
from flysolo.child.cluster import Report, reports
from flysolo.child.populations import Population, draw_with_baseline, population
from flysolo.child.treatment import Treatment, natural_course, treatment
from flysolo.models import checked_number
from flysolo.problems import InputError


@dataclass(frozen=True, eq=False)
class Arm:
    """One arm: the children and their report before, and both after."""

    name: str
    children: Children
    before: Report
    children_after: Children
    after: Report

    def __len__(self) -> int:
        return len(self.children)

    def change(self, key: str = "oahi") -> NDArray[np.float64]:
        """After minus before, one value per child."""
        return self.after[key] - self.before[key]


def run_trial(
    who: str | Population,
    arms: dict[str, str | Treatment],
    n_per_arm: int,
    seed: int,
    *,
    years: float = 0.6,
    rules: str | None = None,
    workers: int | str = 1,
) -> dict[str, Arm]:
    """Return arms by name, `n_per_arm` children each; treatment comes first, then `years` of natural course.

    Nights are scored by `rules`, or by the rules of the population's entry criteria.
    """
    if not arms:
        raise InputError("arms", "none", "at least one arm", 'Name arms, such as {"surgery": "adenotonsillectomy"}.')
    n = int(checked_number("n_per_arm", n_per_arm, 1, 100_000, "children"))
    wanted = population(who)
    scoring = rules or wanted.rules
    sample = draw_with_baseline(wanted, n * len(arms), seed)
    before = sample.baseline
    if not before or scoring != wanted.rules:
        before = reports(sample.children, seed + 1, scoring, workers=workers)
    result = {}
    for place, (name, chosen) in enumerate(arms.items()):
        rows = slice(place * n, (place + 1) * n)
        children = sample.children.take(rows)
        own = seed + 1000 * (place + 1)
        after = natural_course(treatment(chosen)(children, own), own, years)
        result[name] = Arm(
            name=name,
            children=children,
            before={key: values[rows] for key, values in before.items()},
            children_after=after,
            after=reports(after, own + 7, scoring, workers=workers),
        )
    return result


def difference(trial: dict[str, Arm], treated: str, control: str, key: str = "oahi") -> tuple[float, float, float]:
    """Return the difference of mean changes, treated less control, with its 95% interval."""
    for name in (treated, control):
        if name not in trial:
            raise InputError("arm", repr(name), "one of: " + ", ".join(trial), "Name an arm of this trial.")
    a, b = trial[treated].change(key), trial[control].change(key)
    middle = float(a.mean() - b.mean())
    half = 1.96 * float(np.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size))
    return middle, middle - half, middle + half
