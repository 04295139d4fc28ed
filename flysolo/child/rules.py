"""Scoring rule sets: what counts as an event, kept apart from the night that is scored.

The same night gives different indices under different rules, and a mentee can only see that when the rules are data
of their own. `RULES` holds them by id, in the order of rules.toml; nothing in the simulator reads them.

Sources: each set names its findings; a number that no finding gives is listed in `assumed_for_teaching` with the
reason. What the sets leave out: infants' rules, events during wake, periodic breathing, effort-related arousals,
and every exception of a laboratory's manual.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from flysolo.problems import InputError, nearest

SIGNS = frozenset({"desaturation", "arousal"})
_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class Rules:
    """One way to count breathing events in a night.

    Attributes
    ----------
    id, title, era, ages : words for people; `ages` says for whom the set is meant
    event_seconds : least length of an obstructive event, in seconds (0 = only breaths count)
    min_breaths : least length in whole breaths of this child, or None (both lengths must be met)
    apnea_fall, hypopnea_fall : fall of flow as a share of the flow before, 0..1
    hypopnea_needs : which signs make a fall of flow a hypopnea; either is enough, none when empty
    desaturation_percent : fall of saturation, in percentage points, that counts as a sign
    central_seconds : length from which a central apnea counts without a sign
    central_short_needs : signs that make a shorter central apnea (of `min_breaths`) count; empty = it never counts
    counts_central : whether central events belong to the apnea-hypopnea index
    uses_eeg : stages and arousals are known; without them, recording time stands for sleep time
    uses_co2 : carbon dioxide is recorded
    oximetry_only : only the oximeter is read
    co2_line_mmhg : line above which sleep time is summed, or None
    source : finding ids
    assumed_for_teaching : field name -> why its value is an assumption
    """

    id: str
    title: str
    era: str
    ages: str
    event_seconds: float
    apnea_fall: float
    hypopnea_fall: float
    hypopnea_needs: frozenset[str]
    desaturation_percent: float
    central_seconds: float
    central_short_needs: frozenset[str]
    counts_central: bool
    uses_eeg: bool
    uses_co2: bool
    oximetry_only: bool
    source: tuple[str, ...]
    min_breaths: int | None = None
    co2_line_mmhg: float | None = None
    assumed_for_teaching: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        _share(self.id, "apnea_fall", self.apnea_fall)
        _share(self.id, "hypopnea_fall", self.hypopnea_fall)
        if self.apnea_fall < self.hypopnea_fall:
            raise _refusal(self.id, "apnea_fall", self.apnea_fall, "no smaller than hypopnea_fall")
        _within(self.id, "event_seconds", self.event_seconds, 0.0, 120.0)
        _within(self.id, "central_seconds", self.central_seconds, 0.0, 120.0)
        _within(self.id, "desaturation_percent", self.desaturation_percent, 1.0, 20.0)
        if self.min_breaths is not None:
            _within(self.id, "min_breaths", self.min_breaths, 1, 20)
        for name in ("hypopnea_needs", "central_short_needs"):
            strange = getattr(self, name) - SIGNS
            if strange:
                rule = f"any of {', '.join(sorted(SIGNS))}"
                raise _refusal(self.id, name, ", ".join(sorted(map(str, strange))), rule)
            if "arousal" in getattr(self, name) and not self.uses_eeg:
                raise _refusal(self.id, name, "arousal", "no arousal where uses_eeg is false: an EEG shows it")
        if self.uses_co2 and self.co2_line_mmhg is None:
            raise _refusal(self.id, "co2_line_mmhg", "nothing", "a line in mmHg where uses_co2 is true")

    def words(self) -> str:
        """The set in one paragraph for a page: lengths, falls, signs, and what is assumed."""
        length = f"{self.min_breaths} breaths" if self.min_breaths else ""
        if self.event_seconds:
            length = " and ".join(filter(None, [length, f"{self.event_seconds:g} s"]))
        if self.oximetry_only:
            return f"{self.title}: dips of saturation by {self.desaturation_percent:g} points or more."
        saying = {
            "desaturation": f"a fall of saturation by {self.desaturation_percent:g} points",
            "arousal": "an arousal",
        }
        signs = [words for sign, words in saying.items() if sign in self.hypopnea_needs]
        needs = f", with {' or '.join(signs)}" if signs else ""
        return (
            f"{self.title}: flow down by {100 * self.hypopnea_fall:g}% or more for at least {length}{needs}; "
            f"by {100 * self.apnea_fall:g}% it is an apnea."
        )


def load_rules(path: Path = _FILE) -> dict[str, Rules]:
    """Read rule sets from a file; a field that is missing or unknown is named, never filled in."""
    with path.open("rb") as stream:
        try:
            tables = tomllib.load(stream)
        except tomllib.TOMLDecodeError as error:
            raise InputError("whole file", error, "a TOML file", "Mend that line.", file=path.name) from None
    return {name: _rules(name, dict(table)) for name, table in tables.items()}


def rules_by_id(rule_id: str) -> Rules:
    """Return one rule set by its id, offering the nearest name for any other."""
    if rule_id in RULES:
        return RULES[rule_id]
    step = f"Choose an id from the list.{nearest(str(rule_id), RULES)}"
    raise InputError("rules", repr(rule_id), f"one of: {', '.join(RULES)}", step)


def _rules(name: str, table: dict) -> Rules:
    table["source"] = tuple(table.pop("finding_ids", ()))
    known = {each.name for each in fields(Rules)} - {"id"}
    needed = known - {"min_breaths", "co2_line_mmhg", "assumed_for_teaching"}
    for key in sorted(set(table) - known):
        raise _refusal(name, key, "a field that no rule set has", f"one of: {', '.join(sorted(known))}")
    for key in sorted(needed - set(table)):
        raise _refusal(name, key, "nothing", "a value in every rule set")
    for key in ("hypopnea_needs", "central_short_needs"):
        table[key] = frozenset(table[key])
    assumed = table.pop("assumed_for_teaching", {})
    for key in sorted(set(assumed) - known):
        raise _refusal(name, f"assumed_for_teaching.{key}", "a field that no rule set has", "the name of a field")
    return Rules(id=name, assumed_for_teaching=MappingProxyType(assumed), **table)


def _share(rule_id: str, name: str, value: float) -> None:
    _within(rule_id, name, value, 0.05, 1.0)


def _within(rule_id: str, name: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not (number and low <= value <= high):
        raise _refusal(rule_id, name, value, f"a number from {low:g} to {high:g}")


def _refusal(rule_id: str, name: str, found: object, rule: str) -> InputError:
    return InputError(f"{rule_id}.{name}", found, rule, "Mend that field of the rule set.", file="rules.toml")


RULES: Mapping[str, Rules] = MappingProxyType(load_rules())
