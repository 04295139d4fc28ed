"""A finding's numbers in readable words, with units.

The library keeps numbers as their source gives them (a mean with its spread, counts, an interval). What a key is
called, which unit it has and whether it is a share of people is said once, in ``number_words.yaml`` beside the
findings, so that an author adds words without touching code. A share is shown as a percentage to the last digit that
was recorded: nothing is rounded here, so a card never claims less or more than the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_SUFFIXES = {
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
_UNITS = {
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
_COMPARISONS = {"ge": "at or above", "gt": "above", "le": "at or below", "lt": "below"}
_HEADS = ("value", "mean", "median", "md", "fraction", "numerator", "of", "before", "r")
_SPREADS = {
    "sd": "SD",
    "sem": "SEM",
    "se": "SE",
    "spread": "spread, SD or SEM not said,",
    "ci95": "95% CI",
    "ci97": "97% CI",
    "ci95_lower": "95% CI from",
    "iqr": "IQR",
    "range": "range",
    "quartiles": "quartiles",
    "p5": "5th percentile",
    "p95": "95th percentile",
    "p97_5": "97.5th percentile",
}
_OWN_SCALE = frozenset({"sd", "sem", "se", "spread"})
_PLAIN_PARTS = frozenset({"n", "of", "numerator", "denominator", "p", "k", "studies", "trials"})


@dataclass(frozen=True)
class NumberWords:
    """What number keys are called; the content of ``number_words.yaml``.

    Attributes
    ----------
    labels : whole keys that need their own words
    parts : pieces of keys (``ahi``, ``npv``) and the words for them
    units : keys whose unit is not in their name
    shares : keys whose numbers between 0 and 1 are shares, shown as percentages
    ratios : keys, or pieces of keys, whose numbers between 0 and 1 are no shares (correlations, p values, indices)
    apart : keys whose pair of numbers is two values, not a span
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
        pieces = re.split(r"_", _without_unit(key))
        return " ".join(word for piece in pieces if (word := self._part(piece)))

    def _part(self, piece: str) -> str:
        if piece in self.parts:
            return self.parts[piece]
        if piece.lower() in self.parts:
            return self.parts[piece.lower()]
        if compared := re.fullmatch(r"(ge|gt|le|lt)(\d.*)?", piece):
            return f"{_COMPARISONS[compared[1]]} {compared[2] or ''}".strip()
        return piece

    def unit(self, key: str) -> str | None:
        """Unit of a key: listed, or the end of its name."""
        if key in self.units:
            return self.units[key] or None
        return next((unit for end, unit in _SUFFIXES.items() if key.endswith(f"_{end}")), None)

    def kind(self, key: str) -> str | None:
        """``share``, ``ratio`` or None for a key; a whole key is stronger than its pieces."""
        if key in self.shares:
            return "share"
        if key in self.ratios or self.unit(key):
            return "ratio"
        pieces = {piece.lower() for piece in key.split("_")}
        if pieces & {each.lower() for each in self.ratios if "_" not in each}:
            return "ratio"
        return "share" if pieces & {each.lower() for each in self.shares if "_" not in each} else None


@dataclass(frozen=True)
class _Context:
    words: NumberWords
    cite: Callable[[str], str]
    unit: str | None = None
    kind: str | None = None
    key: str = ""

    def under(self, key: str) -> _Context:
        """The context below ``key``: unit and kind are inherited until a key says otherwise."""
        kind = self.words.kind(key) or self.kind
        return _Context(self.words, self.cite, self.words.unit(key) or self.unit, kind, key)


def in_words(
    numbers: Mapping[str, Any], words: NumberWords, cite: Callable[[str], str] = str
) -> list[tuple[str, str]]:
    """Rows (label, text) for a finding's numbers; ``cite`` names a source that stands among them."""
    context = _Context(words, cite)
    rows = []
    for key, value in numbers.items():
        label = words.label(key)
        rows.append((label[:1].upper() + label[1:], _text(value, context.under(key))))
    return rows


def unclassified(numbers: Mapping[str, Any], words: NumberWords) -> list[str]:
    """Paths of numbers between 0 and 1 of which nobody said whether they are shares.

    0.43 shown bare where 43% is meant misleads, and so does a correlation of 0.43 shown as 43%.
    """
    context = _Context(words, str)
    return [path for key, value in numbers.items() for path in _unclassified(value, context.under(key), key)]


def _unclassified(value: Any, context: _Context, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        statistic = _is_statistic(value)
        for key, inner in value.items():
            if key in _PLAIN_PARTS or key == "fraction" or (statistic and ("unit" in value or key in _OWN_SCALE)):
                continue
            inside = statistic and (key in _HEADS or key in _SPREADS)
            yield from _unclassified(inner, context if inside else context.under(key), f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _unclassified(inner, context, path)
    elif isinstance(value, float) and 0 < abs(value) < 1 and context.kind is None and context.unit is None:
        yield path


def _without_unit(key: str) -> str:
    return next((key[: -len(end) - 1] for end in _SUFFIXES if key.endswith(f"_{end}")), key)


def _text(value: Any, context: _Context) -> str:
    if isinstance(value, Mapping):
        return _statistic(value, context) if _is_statistic(value) else _group(value, context)
    if isinstance(value, list):
        return _list(value, context)
    return _quantity(value, context)


def _is_statistic(value: Mapping[str, Any]) -> bool:
    heads = any(head in value and not isinstance(value[head], Mapping) for head in _HEADS)
    return heads or ("unit" in value and bool(set(value) & set(_SPREADS)))


def _group(group: Mapping[str, Any], context: _Context) -> str:
    parts = []
    for key, value in group.items():
        if key == "n" and not isinstance(value, Mapping | list):
            parts.append(f"n = {_plain(value)}")
        elif key == "p":
            parts.append(_p_value(value))
        else:
            parts.append(f"{context.words.label(key)} {_text(value, context.under(key))}")
    return "; ".join(parts)


def _statistic(value: Mapping[str, Any], context: _Context) -> str:
    """One estimate with what belongs to it: ``mean 1.5 cm³ (SD 0.8; n = 18)``."""
    if "unit" in value:
        unit = str(value["unit"])
        context = _Context(context.words, context.cite, _UNITS.get(unit, unit), "ratio", context.key)
    head, told = _head(value, context)
    details = [
        f"{name} {_span(value[key], context)}" for key, name in _SPREADS.items() if key in value and key not in told
    ]
    told |= {"unit", *_SPREADS}
    details += [text for key, inner in value.items() if key not in told and (text := _detail(key, inner, context))]
    if not head:
        head, details = details[0].removeprefix("range ") + _unit_after(context.unit), details[1:]
    return f"{head} ({'; '.join(details)})" if details else head


def _head(value: Mapping[str, Any], context: _Context) -> tuple[str, set[str]]:
    if "before" in value:
        return _before_after(value, context)
    if "of" in value:
        share = f" ({_number(value['fraction'], 'share')})" if "fraction" in value else ""
        return f"{_plain(value.get('n'))} of {_plain(value['of'])}{share}", {"n", "of", "fraction"}
    if "value" in value:
        return _quantity(value["value"], context), {"value"}
    for key, name in (("mean", "mean "), ("median", "median "), ("md", "mean difference "), ("r", "r = ")):
        if key in value:
            return f"{name}{_quantity(value[key], context)}", {key}
    if "fraction" in value:
        return _number(value["fraction"], "share"), {"fraction"}
    if "numerator" in value:
        count = f" of {_plain(value['denominator'])}" if "denominator" in value else ""
        return f"{_plain(value['numerator'])}{count}", {"numerator", "denominator"}
    return "", set()


def _before_after(value: Mapping[str, Any], context: _Context) -> tuple[str, set[str]]:
    told = {"before", "after"}
    halves = []
    for time in ("before", "after"):
        spread = [
            f"{name} {_span(value[f'{time}_{key}'], context)}"
            for key, name in _SPREADS.items()
            if f"{time}_{key}" in value
        ]
        told |= {f"{time}_{key}" for key in _SPREADS}
        halves.append(f"{_quantity(value[time], context)} {time}" + (f" ({', '.join(spread)})" if spread else ""))
    text = ", ".join(halves)
    if "md" in value:
        interval = f" (95% CI {_span(value['md_ci95'], context)})" if "md_ci95" in value else ""
        text += f"; mean difference {_number(value['md'])}{interval}"
    return text, told | {"md", "md_ci95"}


def _detail(key: str, value: Any, context: _Context) -> str:
    """What stands beside an estimate: how many, how sure, how defined."""
    if key == "derived":
        return "our arithmetic" if value is True else ""
    if key == "fdr_adjusted":
        return "adjusted for many tests" if value else ""
    if key == "n":
        return f"n = {_plain(value)}"
    if key == "numerator":
        return _plain(value)
    if key == "p":
        return _p_value(value)
    if key in ("k", "studies", "trials"):
        return f"{_plain(value)} {'trials' if key == 'trials' else 'studies'}"
    if key == "source":
        return context.cite(str(value))
    if key in ("definition", "comment"):
        return _readable(str(value))
    return f"{context.words.label(key)} {_text(value, _Context(context.words, context.cite).under(key))}"


def _span(value: Any, context: _Context) -> str:
    kind = context.kind if context.kind == "share" else None
    if isinstance(value, list):
        joint = " to " if len(value) == 2 and context.key not in context.words.apart else ", "
        return joint.join(_number(each, kind) for each in value)
    return _number(value, kind)


def _list(values: list[Any], context: _Context) -> str:
    if any(isinstance(each, Mapping) for each in values):
        return "; ".join(_text(each, context) for each in values)
    if not any(isinstance(each, int | float) for each in values):
        return ", ".join(_readable(str(each)) for each in values)
    kind = context.kind if context.kind == "share" else None
    shown = [_number(each, kind) for each in values]
    unit = _unit_after(context.unit) if kind is None else ""
    if "median_iqr" in context.key or context.key in context.words.apart and len(values) == 3 and not kind:
        return f"{shown[0]}{unit} (IQR {shown[1]} to {shown[2]})"
    if len(values) == 2 and context.key not in context.words.apart and _ascending(values):
        return f"{shown[0]} to {shown[1]}{unit}"
    return f"{', '.join(shown)}{unit}"


def _ascending(values: list[Any]) -> bool:
    return not all(isinstance(each, int | float) for each in values) or values[0] <= values[1]


def _quantity(value: Any, context: _Context) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _readable(value)
    if context.kind == "share" and isinstance(value, float) and abs(value) <= 1:
        return _number(value, "share")
    return f"{_number(value)}{_unit_after(context.unit)}"


def _number(value: Any, kind: str | None = None) -> str:
    if isinstance(value, str):
        return _readable(value)
    if kind == "share" and abs(value) <= 1:
        return f"{Decimal(str(value)) * 100:f}".rstrip("0").rstrip(".").replace("-", "−") + "%" if value else "0%"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}".replace("-", "−")
    return _readable(str(value)) if isinstance(value, str) else str(value).replace("-", "−")


def _unit_after(unit: str | None) -> str:
    if not unit:
        return ""
    return unit if unit.startswith("%") else f" {unit}"


def _p_value(value: Any) -> str:
    text = str(value)
    return f"p {text[0]} {text[1:]}" if text[:1] in "<>" else f"p = {text}"


def _readable(text: str) -> str:
    """A recorded phrase with proper signs; ``12/17`` is a count of people."""
    if counts := re.fullmatch(r"(\d+)/(\d+)", text):
        return f"{counts[1]} of {counts[2]}"
    text = text.replace(">=", "≥").replace("<=", "≤").replace("^4", "⁴").replace("^2", "²")
    return re.sub(r"^([<>])(?=\d)", r"\1 ", text)
