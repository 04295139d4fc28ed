"""Small models of airway, night and chance: what every one of them is built from.

A model is only as honest as its numbers, so each number here carries a `Basis`: the finding it was published in, or
the plain word "assumption" with one sentence of reasoning. A lesson makes its dials from `Parameter` objects and its
"what is measured, what is assumed" table from `Constant` objects, so page and model cannot drift apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np

from flysolo.problems import InputError, nearest

PA_PER_CMH2O = 98.0665
CM3_PER_L = 1000.0


@dataclass(frozen=True)
class Basis:
    """Where a number comes from: one published finding, or an assumption that says so.

    `related` names findings that inform an assumption (a direction, an order of size) without measuring its value;
    they never turn it into a published number.
    """

    kind: Literal["published", "assumption"]
    text: str
    finding_id: str | None = None
    related: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "published") != (self.finding_id is not None):
            raise ValueError(f"A published basis names one finding, an assumption names none: {self}")


def published(finding_id: str, text: str, *, related: tuple[str, ...] = ()) -> Basis:
    """Say which finding a number was read in, and how it is used here."""
    return Basis("published", text, finding_id, related)


def assumed(text: str, *, related: tuple[str, ...] = ()) -> Basis:
    """Say that a number is an assumption, and why this one was chosen."""
    return Basis("assumption", text, None, related)


@dataclass(frozen=True)
class Constant:
    """A fixed number inside a model, with its unit and basis."""

    value: float
    unit: str
    basis: Basis


@dataclass(frozen=True)
class Parameter:
    """One dial of a model: a number with its range, or a choice among named states.

    `low`, `high` and `step` are None for a choice; `choices` is empty for a number. The range is the allowed range,
    not only the drawn one: a value outside it is refused wherever it comes from.
    """

    label: str
    unit: str
    low: float | None
    high: float | None
    step: float | None
    default: float | str
    basis: Basis
    valid_ages: str
    choices: tuple[str, ...] = ()
    hint: str = ""

    @property
    def basis_text(self) -> str:
        """The basis in words, opening with its kind so that an assumption is never read as a measurement."""
        return f"{self.basis.kind.capitalize()}: {self.basis.text}"

    @property
    def finding_id(self) -> str | None:
        """The finding that published the default, or None for an assumption."""
        return self.basis.finding_id

    def checked(self, field: str, value: object) -> float | str:
        """Return one value that this dial can stand at, or refuse it in four parts."""
        if self.choices:
            return checked_choice(field, value, self.choices)
        return checked_number(field, value, self.low, self.high, self.unit, self.hint)

    def checked_array(self, field: str, values: object) -> np.ndarray:
        """Return an array of values that this dial can stand at, or refuse the first that it cannot."""
        return checked_array(field, values, self.low, self.high, self.unit, self.hint)


def checked_number(field: str, value: object, low: float, high: float, unit: str, hint: str = "") -> float:
    """Return a finite number inside its range; nothing is rounded, clipped or filled in."""
    rule = f"a number from {low:g} to {high:g} {unit}".rstrip()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InputError(field, _shown(value), rule, f"Give a plain number.{hint and ' ' + hint}")
    number = float(value)
    if not (math.isfinite(number) and low <= number <= high):
        raise InputError(field, _shown(number), rule, f"Give a value inside the range.{hint and ' ' + hint}")
    return number


def checked_array(field: str, values: object, low: float, high: float, unit: str, hint: str = "") -> np.ndarray:
    """Return finite numbers inside their range as an array; one number out of place refuses them all."""
    rule = f"numbers from {low:g} to {high:g} {unit}".rstrip()
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise InputError(field, _shown(values), rule, f"Give plain numbers.{hint and ' ' + hint}")
    array = array.astype(float)
    inside = (array >= low) & (array <= high)  # NaN compares false, so it is outside
    if not inside.all():
        first = array[~inside].flat[0]
        raise InputError(field, _shown(float(first)), rule, f"Give values inside the range.{hint and ' ' + hint}")
    return array


def checked_choice(field: str, value: object, choices: Iterable[str]) -> str:
    """Return one of the named states; the nearest valid name is offered for any other."""
    choices = tuple(choices)
    if isinstance(value, str) and value in choices:
        return value
    by_lower_case = {choice.lower(): choice for choice in choices}
    meant = by_lower_case.get(str(value).strip().lower(), str(value))
    rule = "one of: " + ", ".join(choices)
    raise InputError(field, _shown(value), rule, f"Choose a name from the list.{nearest(meant, choices)}")


def cmh2o_s_per_l_from_pa_s_per_cm3(resistance_pa_s_per_cm3: float) -> float:
    """Convert a rhinomanometric resistance to the unit that sleep physiology uses.

    Nasal resistance is printed in Pa·s/cm³ (the same size as kPa·s/L), upper airway resistance in cmH2O/(L/s).
    One Pa·s/cm³ is 1000 Pa for each L/s, and 98.0665 Pa are 1 cmH2O, so the factor is 10.197.
    """
    value = checked_number("resistance_pa_s_per_cm3", resistance_pa_s_per_cm3, 0.0, 10.0, "Pa·s/cm³")
    return value * CM3_PER_L / PA_PER_CMH2O


def _shown(value: object, longest: int = 60) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"
