"""A row of the calibration table: a published table, its quantities, and what the model makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from flysolo.child.targets.estimate import Estimate


@dataclass(frozen=True)
class Quantity:
    """One number of a table: published, the interval it may lie in, and simulated with its interval.

    `echo`: true by construction, because the published number or direction was put in.
    """

    name: str
    published: float
    low: float
    high: float
    simulated: Estimate
    echo: bool = False

    @property
    def inside(self) -> bool:
        """Whether the simulated value lies in the published interval or stated tolerance."""
        return bool(self.low <= self.simulated.value <= self.high)


@dataclass(frozen=True)
class Row:
    """One published table: inside when all of its quantities are; None when it is not simulated."""

    id: str
    name: str
    source: str
    split: str
    tolerance: str
    quantities: tuple[Quantity, ...] = ()
    note: str = ""
    recalled: bool = False
    echo: bool = False

    @property
    def inside(self) -> bool | None:
        """True or False, or None when the model does not simulate the table."""
        return all(q.inside for q in self.quantities) if self.quantities else None


@dataclass(frozen=True)
class Target:
    """How a table is measured: a function of world and published numbers that yields quantities."""

    measure: Callable[..., Iterator[Quantity]] | None
    note: str = ""
    echo: bool = False
    tolerance: str = ""


TARGETS: dict[str, Target] = {}


@dataclass
class _Registration:
    ids: tuple[str, ...]
    note: str = ""
    echo: bool = False
    tolerance: str = ""
    extra: dict = field(default_factory=dict)

    def __call__(self, function):
        for each in self.ids:
            TARGETS[each] = Target(function, self.note, self.echo, self.tolerance)
        return function


def target(*ids: str, note: str = "", echo: bool = False, tolerance: str = "") -> _Registration:
    """Register how a table is measured.

    `echo`: the published number is itself an input of the model, so agreement shows no more than that it arrived.
    `note` says why a table lies outside, or how the study was copied. `tolerance` where the table states none.
    """
    return _Registration(ids, note, echo, tolerance)


def not_simulated(target_id: str, reason: str) -> None:
    """Register a table that the model says nothing about, with the reason."""
    TARGETS[target_id] = Target(None, reason)


def near(name: str, published: float, simulated: Estimate, tolerance: float) -> Quantity:
    """A quantity that may lie `tolerance` to either side."""
    return Quantity(name, published, published - tolerance, published + tolerance, simulated)


def around(name: str, published: float, simulated: Estimate, share: float) -> Quantity:
    """A quantity that may lie a share of itself to either side."""
    return near(name, published, simulated, abs(published) * share)


def mean_of(name: str, middle_and_sd: list[float], n: int, simulated: Estimate) -> Quantity:
    """A mean that may lie two standard errors to either side, from the printed SD and n."""
    middle, sd = middle_and_sd
    return near(name, middle, simulated, 2.0 * sd / n**0.5)


def echoed(quantity: Quantity) -> Quantity:
    """Mark a quantity as true by construction."""
    return replace(quantity, echo=True)


def within(name: str, published: float, simulated: Estimate, low: float, high: float) -> Quantity:
    """A quantity with a printed interval."""
    return Quantity(name, published, low, high, simulated)
