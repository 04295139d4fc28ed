"""A study with two nights: children let in by the first, measured again on the second, treated or not.

How it is made: children of a referred clinic (`flysolo.child.populations`), each with a closing pressure that differs
from night to night; the expected events of such a night (`expected_events_per_h`) are counted with chance over the
hours of sleep. A treatment takes away a share of every child's events, the same for all.

`cut_off` and all nights are in obstructive events an hour, before any scoring rule. What it leaves out stands with the
instrument (`before_after.LEAVES_OUT`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import poisson

from flysolo.child.airway import expected_events_per_h
from flysolo.child.children import Children
from flysolo.child.populations import draw
from flysolo.models import checked_number

HOURS_ASLEEP = 7.5
MOST = 1000
_NIGHTS_FOR_AVERAGE = 8


@dataclass(frozen=True, eq=False)
class Group:
    """Children let in: events an hour on the first and second night, and over many nights without treatment."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    average: NDArray[np.float64]
    cut_off: float

    def __len__(self) -> int:
        return self.first.size

    @property
    def change(self) -> float:
        """Mean second night less mean first night."""
        return float(self.second.mean() - self.first.mean())

    @property
    def below_percent(self) -> float:
        """How many of 100 stand below the line on the second night."""
        return 100.0 * float((self.second < self.cut_off).mean())


@dataclass(frozen=True, eq=False)
class Study:
    """The groups of one study; `control` is None when there was none."""

    seen: int
    treated: Group
    control: Group | None

    def difference(self) -> tuple[float, float, float] | None:
        """How much more the treated changed than the control group, with a 95% interval (normal approximation)."""
        if self.control is None or min(len(self.treated), len(self.control)) < 2:
            return None
        changes = [group.second - group.first for group in (self.treated, self.control)]
        middle = float(changes[0].mean() - changes[1].mean())
        half = 1.96 * float(np.sqrt(sum(each.var(ddof=1) / each.size for each in changes)))
        return middle, middle - half, middle + half


def study(
    *, cut_off: float, scatter: float, effect_percent: float, with_control: bool, children: int, seed: int
) -> Study:
    """Measure children of a clinic, let in those at or above the cut-off, treat some or all, and measure again.

    `cut_off` 0 to 40 events/h; `scatter` 0 to 3 times the model's night-to-night spread (at 0 nothing is left to
    chance, counting included); `effect_percent` 0 to 90; `children` 10 to 1000 measured once. One seed, one study.
    """
    checked_number("cut_off", cut_off, 0.0, 40.0, "events/h")
    checked_number("scatter", scatter, 0.0, 3.0, "times")
    left = 1.0 - checked_number("effect_percent", effect_percent, 0.0, 90.0, "%") / 100.0
    clinic = _clinic(int(seed), int(checked_number("children", children, 10, MOST, "children")))
    n = len(clinic)
    # Drawn for the largest clinic, so that more children, or a control group, leave everybody's nights as they were.
    rng = np.random.default_rng([int(seed), 4])
    nights, chance, arm = rng.standard_normal((2, MOST))[:, :n], rng.random((2, MOST))[:, :n], rng.random(MOST)[:n]
    first = _counted(_rate(clinic, scatter * nights[0]), chance[0], scatter)
    let_in = first >= cut_off
    treated = _one_of_each_pair(first, let_in, arm) if with_control else let_in
    second = _counted(_rate(clinic, scatter * nights[1]) * np.where(treated, left, 1.0), chance[1], scatter)
    average = _average(int(seed), n, round(float(scatter), 3))

    def group(mask: NDArray) -> Group:
        return Group(first[mask], second[mask], average[mask], float(cut_off))

    return Study(n, group(treated), group(let_in & ~treated) if with_control else None)


def _one_of_each_pair(first: NDArray, let_in: NDArray, arm: NDArray) -> NDArray[np.bool_]:
    """Draw who is treated: of two children with like first nights, one by lot, so that the groups start alike."""
    order = np.flatnonzero(let_in)[np.argsort(first[let_in], kind="stable")]
    odd = np.arange(order.size) % 2 == 1
    second_of_pair = np.repeat(arm[order[::2]] < 0.5, 2)[: order.size]
    treated = np.zeros(first.size, bool)
    treated[order[odd == second_of_pair]] = True
    return treated


@lru_cache(maxsize=8)
def _clinic(seed: int, children: int) -> Children:
    return draw("referred", children, seed)


def _rate(clinic: Children, z: NDArray | float) -> NDArray[np.float64]:
    """Expected events an hour on a night that lies z spreads from each child's usual night."""
    return expected_events_per_h(clinic.replace(throat_cmh2o=clinic.throat_cmh2o + clinic.night_sd_cmh2o * z))


@lru_cache(maxsize=32)
def _average(seed: int, children: int, scatter: float) -> NDArray[np.float64]:
    """Average over many nights; evenly spaced nights instead of drawn ones, so that a few are enough."""
    clinic = _clinic(seed, children)
    spaced = ndtri((np.arange(_NIGHTS_FOR_AVERAGE) + 0.5) / _NIGHTS_FOR_AVERAGE)
    return np.mean([_rate(clinic, scatter * z) for z in (spaced if scatter else [0.0])], axis=0)


def _counted(rate: NDArray, chance: NDArray, scatter: float) -> NDArray[np.float64]:
    """Events counted in one night: Poisson around the expected number, by the child's own chance."""
    return poisson.ppf(chance, rate * HOURS_ASLEEP) / HOURS_ASLEEP if scatter else rate
