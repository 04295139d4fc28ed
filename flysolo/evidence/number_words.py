"""What the keys of a finding's numbers are called, which unit they have, and which of them are shares of people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

# The longest ending that fits gives the unit, so the order matters.
_ENDINGS = {
    "ml_s_cmH2O": "mL/s per cmH₂O",
    "Pa_per_cm3_s": "Pa·s/cm³",
    "percent_per_s": "percentage points per second",
    "s_per_h": "seconds per hour",
    "cmH2O": "cmH₂O",
    "mmHg": "mmHg",
    "cm3": "cm³",
    "mm3": "mm³",
    "mm2": "mm²",
    "mm": "mm",
    "deg": "degrees",
    "percent": "%",
    "pct": "%",
    "per_h": "per hour",
    "months": "months",
    "y": "years",
    "s": "seconds",
}
_WRITTEN = {
    "events/h": "events per hour",
    "/h": "per hour",
    "y": "years",
    "deg": "degrees",
    "cmH2O": "cmH₂O",
    "cmH2O/L/s": "cmH₂O/L/s",
    "Pa s/cm3": "Pa·s/cm³",
    "kPa s/L": "kPa·s/L",
    "cm3/s": "cm³/s",
    "cm3": "cm³",
    "h/night": "hours per night",
    "h/week": "hours per week",
    "min": "minutes",
    "min/night": "minutes per night",
    "DCS": "points on the Decisional Conflict Scale",
    "% TST": "% of sleep time",
}
_COMPARED = {"ge": "at or above", "gt": "above", "le": "at or below", "lt": "below"}


def written_unit(unit: str) -> str:
    """A unit as the library files write it, in words."""
    return _WRITTEN.get(unit, unit)


def _ending(key: str) -> str | None:
    return next((end for end in _ENDINGS if key.endswith(f"_{end}")), None)


@dataclass(frozen=True)
class NumberWords:
    """The content of ``number_words.json``.

    Attributes
    ----------
    labels : whole keys in words
    parts : pieces of keys (``ahi``, ``bmi``) in words
    units : units of keys whose name does not end in one; "" says that the ending is no unit
    shares : keys, or pieces of keys, whose numbers between 0 and 1 are shares, shown as percentages
    ratios : keys, or pieces of keys, whose numbers between 0 and 1 are no shares (correlations, p values, indices)
    apart : keys whose list of numbers is separate values, not a span
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    ratios: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()

    def label(self, key: str) -> str:
        """Words for a key: its own, or those of its pieces in order."""
        if key in self.labels:
            return self.labels[key]
        if key.startswith("n_"):
            return f"How many, {self.label(key[2:])}"
        if key.endswith("_n"):
            return f"{self.label(key[:-2])}, how many"
        ending = _ending(key)
        stem = key[: -len(ending) - 1] if ending else key
        return " ".join(self._part(piece) for piece in stem.split("_"))

    def _part(self, piece: str) -> str:
        if piece in self.parts or piece.lower() in self.parts:
            return self.parts.get(piece) or self.parts[piece.lower()]
        if compared := re.fullmatch(r"(ge|gt|le|lt)(\d.*)?", piece):
            return f"{_COMPARED[compared[1]]} {compared[2] or ''}".strip()
        if age := re.fullmatch(r"(\d[\d-]*)(\+?)(y|mo)", piece):
            unit = "years" if age[3] == "y" else "months"
            return f"{age[1].replace('-', ' to ')} {unit}{' and over' if age[2] else ''}"
        return piece

    def unit(self, key: str) -> str | None:
        """Unit of a key: listed, or the end of its name."""
        if key in self.units:
            return self.units[key] or None
        ending = _ending(key)
        return _ENDINGS[ending] if ending else None

    def kind(self, key: str) -> str | None:
        """``share``, ``ratio`` or None for a key; what is said of the whole key beats what its pieces say."""
        if key in self.shares:
            return "share"
        if key in self.ratios or self.unit(key):
            return "ratio"
        pieces = {piece.lower() for piece in key.split("_")}
        if pieces & self._ratio_pieces:
            return "ratio"
        return "share" if pieces & self._share_pieces else None

    @cached_property
    def _ratio_pieces(self) -> frozenset[str]:
        return frozenset(each.lower() for each in self.ratios if "_" not in each)

    @cached_property
    def _share_pieces(self) -> frozenset[str]:
        return frozenset(each.lower() for each in self.shares if "_" not in each)
