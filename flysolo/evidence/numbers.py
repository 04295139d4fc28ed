"""A finding's numbers in readable words, with units.

The library keeps numbers as their source gives them: a mean with its spread, counts, an interval. A share is shown as
a percentage to the last digit recorded; nothing is rounded, so a card never claims less or more than the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flysolo.evidence.number_words import NumberWords, written_unit

_HEADS = {"value": "", "mean": "mean ", "median": "median ", "md": "mean difference ", "r": "r = "}
_SPREADS = {
    "sd": "SD",
    "sem": "SEM",
    "se": "SE",
    "spread": "±",
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
_AFTERWORDS = {"spread": ", SD or SEM not said"}
_COUNTS = frozenset({"n", "of", "numerator", "denominator", "p", "k", "studies", "trials", "fraction"})


@dataclass(frozen=True)
class _Context:
    """What is known about a number from the keys above it."""

    words: NumberWords
    cite: Callable[[str], str]
    unit: str | None = None
    kind: str | None = None
    key: str = ""

    def under(self, key: str) -> _Context:
        kind = self.words.kind(key) or self.kind
        return replace(self, unit=self.unit or self.words.unit(key), kind=kind, key=key)

    def quantity(self, value: Any) -> str:
        """A value with its unit."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str):
            return _readable(value)
        return self.number(value) if self._is_share(value) else f"{self.number(value)}{self.unit_after()}"

    def number(self, value: Any) -> str:
        """A value without its unit; a share carries its percent sign."""
        if self._is_share(value):
            return f"{(Decimal(str(value)) * 100).normalize():f}".replace("-", "−") + "%"
        return _plain(value)

    def span(self, value: Any) -> str:
        """One number, or two as a span."""
        if not isinstance(value, list):
            return self.number(value)
        joint = " to " if len(value) == 2 and self.key not in self.words.apart else ", "
        return joint.join(self.number(each) for each in value)

    def unit_after(self) -> str:
        return "" if not self.unit else self.unit if self.unit.startswith("%") else f" {self.unit}"

    def _is_share(self, value: Any) -> bool:
        return self.kind == "share" and isinstance(value, int | float) and abs(value) <= 1


def in_words(numbers: Mapping[str, Any], words: NumberWords, cite: Callable[[str], str] = str) -> list[tuple[str, str]]:
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
            if key in _COUNTS or (statistic and ("unit" in value or key in ("sd", "sem", "se", "spread"))):
                continue
            inside = statistic and (key in _HEADS or key in _SPREADS or key in ("before", "after"))
            yield from _unclassified(inner, context if inside else context.under(key), f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _unclassified(inner, context, path)
    elif isinstance(value, float) and 0 < abs(value) < 1 and context.kind is None and context.unit is None:
        yield path


def _is_statistic(value: Mapping[str, Any]) -> bool:
    heads = (*_HEADS, "fraction", "numerator", "of", "before")
    headed = any(head in value and not isinstance(value[head], Mapping) for head in heads)
    return headed or ("unit" in value and bool(set(value) & set(_SPREADS)))


def _text(value: Any, context: _Context) -> str:
    if isinstance(value, Mapping):
        return _statistic(value, context) if _is_statistic(value) else _group(value, context)
    return _list(value, context) if isinstance(value, list) else context.quantity(value)


def _group(group: Mapping[str, Any], context: _Context) -> str:
    parts = []
    for key, value in group.items():
        if key == "n" and not isinstance(value, Mapping | list):
            parts.append(f"n = {_plain(value)}")
        elif key == "p":
            parts.append(_p_value(value))
        else:
            label = context.words.label(key)
            joint = " " if label.endswith("=") else ": "
            parts.append(f"{label}{joint}{_text(value, context.under(key))}")
    return "; ".join(parts)


def _statistic(value: Mapping[str, Any], context: _Context) -> str:
    """One estimate with what belongs to it: ``mean 1.5 cm³ (SD 0.8; n = 18)``."""
    if "unit" in value:
        context = replace(context, unit=written_unit(str(value["unit"])), kind="ratio")
    if "before" in value:
        head, told = _before_after(value, context)
    else:
        head, told = _head(value, context)
    details = [
        f"{name} {context.span(value[key])}{_AFTERWORDS.get(key, '')}" for key, name in _SPREADS.items() if key in value
    ]
    told |= {"unit", *_SPREADS}
    details += [text for key, inner in value.items() if key not in told and (text := _detail(key, inner, context))]
    if not head:
        head, details = details[0].removeprefix("range ") + context.unit_after(), details[1:]
    if details and head.endswith(")"):
        return f"{head[:-1]}; {'; '.join(details)})"
    return f"{head} ({'; '.join(details)})" if details else head


def _head(value: Mapping[str, Any], context: _Context) -> tuple[str, set[str]]:
    """The estimate itself, and the keys it has used up."""
    counted = f"{_plain(value['numerator'])} of {_plain(value['denominator'])}" if "denominator" in value else ""
    for key, name in _HEADS.items():
        if key in value:
            told = {key, "numerator", "denominator"} if counted else {key}
            return f"{name}{context.quantity(value[key])}" + (f" ({counted})" if counted else ""), told
    share = replace(context, kind="share")
    if "of" in value:
        after = f" ({share.number(value['fraction'])})" if "fraction" in value else ""
        return f"{_plain(value.get('n'))} of {_plain(value['of'])}{after}", {"n", "of", "fraction"}
    if "fraction" in value:
        return share.number(value["fraction"]), {"fraction"}
    return counted, {"numerator", "denominator"} if counted else set()


def _before_after(value: Mapping[str, Any], context: _Context) -> tuple[str, set[str]]:
    halves = []
    for time in ("before", "after"):
        spread = [
            f"{name} {context.span(value[f'{time}_{key}'])}"
            for key, name in _SPREADS.items()
            if f"{time}_{key}" in value
        ]
        halves.append(f"{context.quantity(value[time])} {time}" + (f" ({', '.join(spread)})" if spread else ""))
    text = ", ".join(halves)
    if "md" in value:
        text += f", mean difference {context.number(value['md'])}"
        text += f" (95% CI {context.span(value['md_ci95'])})" if "md_ci95" in value else ""
    used = {f"{time}_{key}" for time in ("before", "after") for key in _SPREADS}
    return text, used | {"before", "after", "md", "md_ci95"}


def _detail(key: str, value: Any, context: _Context) -> str:
    """What stands beside an estimate: how many, how sure, how defined."""
    match key:
        case "derived":
            return "our arithmetic" if value is True else ""
        case "fdr_adjusted":
            return "adjusted for many tests" if value else ""
        case "n":
            return f"n = {_plain(value)}"
        case "numerator":
            return f"{_plain(value)} people"
        case "p":
            return _p_value(value)
        case "k" | "studies" | "trials":
            return f"{_plain(value)} {'trials' if key == 'trials' else 'studies'}"
        case "source":
            return context.cite(str(value))
        case "definition" | "comment":
            return _readable(str(value))
    return f"{context.words.label(key)} {_text(value, _Context(context.words, context.cite).under(key))}"


def _list(values: list[Any], context: _Context) -> str:
    if any(isinstance(each, Mapping) for each in values):
        return "; ".join(_text(each, context) for each in values)
    numeric = [each for each in values if isinstance(each, int | float)]
    if not numeric:
        return ", ".join(_readable(str(each)) for each in values)
    shown = [context.number(each) for each in values]
    unit = "" if shown[0].endswith("%") else context.unit_after()
    if len(values) == 3 and (context.key.endswith("median_iqr") or context.key in context.words.apart):
        return f"{shown[0]}{unit} (IQR {shown[1]} to {shown[2]})"
    ascending = len(numeric) < len(values) or values == sorted(values)
    joint = " to " if len(values) == 2 and ascending and context.key not in context.words.apart else ", "
    return f"{joint.join(shown)}{unit}"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _readable(value)
    large = isinstance(value, int) and abs(value) >= 10_000
    return (f"{value:,}" if large else str(value)).replace("-", "−")


def _p_value(value: Any) -> str:
    text = str(value)
    return f"p {text[0]} {text[1:]}" if text[:1] in ("<", ">") else f"p = {text}"


def _readable(text: str) -> str:
    """A recorded phrase with proper signs; ``12/17`` is a count of people."""
    if counts := re.fullmatch(r"(\d+)/(\d+)", text):
        return f"{counts[1]} of {counts[2]}"
    text = text.replace(">=", "≥").replace("<=", "≤").replace("^4", "⁴").replace("^2", "²")
    return re.sub(r"^([<>])(?=\d)", r"\1 ", text)
