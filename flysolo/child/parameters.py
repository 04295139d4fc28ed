"""Every number of the virtual child, read from parameters.toml: value, unit, valid ages, where it comes from.

One file holds them all, so "one parameter set" can be seen to be true. A number is either published, and names its
finding, or assumed, and says why; `fitted = true` marks those that were moved while the model was held to the fit set
of the calibration table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import SimpleNamespace

from flysolo.problems import InputError, nearest


@dataclass(frozen=True)
class Number:
    """One number of the model with its unit, the ages it is meant for, its basis and what it leaves out."""

    name: str
    value: float
    unit: str
    ages: str
    basis: str
    why: str
    finding: str | None = None
    fitted: bool = False
    leaves_out: str = ""


@cache
def numbers() -> dict[str, Number]:
    """All numbers by name, in the order of the file."""
    text = resources.files("flysolo.child").joinpath("parameters.toml").read_text(encoding="utf-8")
    found = {}
    for name, row in tomllib.loads(text).items():
        finding = row.get("finding")
        found[name] = Number(
            name,
            float(row["value"]),
            row["unit"],
            row["ages"],
            "published" if finding else "assumed",
            row["why"],
            finding,
            row.get("fitted", False),
            row.get("leaves_out", ""),
        )
    return found


#: The values alone, for formulas: ``P.pcrit_per_tonsil_cmh2o``.
P = SimpleNamespace(**{name: number.value for name, number in numbers().items()})


@contextmanager
def changed(**values: float) -> Iterator[None]:
    """Compute with other values inside the block: how a fit, or a "what if", is tried in one process."""
    for name in values:
        if name not in numbers():
            raise InputError(name, "no such number", "a name in parameters.toml", nearest(name, numbers()).strip())
    before = {name: getattr(P, name) for name in values}
    P.__dict__.update(values)
    try:
        yield
    finally:
        P.__dict__.update(before)
