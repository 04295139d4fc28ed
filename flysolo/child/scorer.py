"""Scoring a night by rules: events are found in the channels, and nothing else is looked at.

`score` judges the stretches that `measures.py` found; `score_by` judges them by several rule sets, which is the whole
of "same night, different rules". A stretch counts when it is an apnea, a central apnea or a hypopnea of the set; the
three are joined by "or", so raising any need can only take events away.

What it leaves out: effort-related arousals, periodic breathing, infants' rules, and a human scorer's doubt
(def-scorer-agreement: trained scorers agree only moderately on hypopneas). It is not for reporting a patient's study.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flysolo.child.channels import Mark, Recording
from flysolo.child.measures import CENTRAL, NADIR_WINDOW_S, Measures, Stretches, per_second
from flysolo.child.oximetry import dips, mcgill_style_score
from flysolo.child.rules import Rules
from flysolo.problems import ContentError, Problem

KINDS = ("Obstructive apnea", "Central apnea", "Mixed apnea", "Hypopnea", "Central hypopnea")
OBSTRUCTIVE_APNEA, CENTRAL_APNEA, MIXED_APNEA, HYPOPNEA, CENTRAL_HYPOPNEA = range(5)


@dataclass(frozen=True, eq=False)
class ScoredNight:
    """Events and indices of one night by one rule set.

    Events are arrays of equal length in order of time: `start_s`, `duration_s`, `kind` (index into `KINDS`),
    `desaturation_percent`, `arousal`. Indices are events per hour of sleep, or of recording where the rules use no EEG;
    `nan` (`None` for the score) says that the set does not measure it or the channel was not recorded.
    """

    rules: Rules
    start_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]
    kind: NDArray[np.int8]
    desaturation_percent: NDArray[np.float64]
    arousal: NDArray[np.bool_]
    recording_h: float
    sleep_h: float
    ahi: float
    obstructive_ahi: float
    central_ahi: float
    odi3: float
    odi4: float
    mcgill_style: int | None
    mean_spo2_percent: float
    lowest_spo2_percent: float
    below_90_percent_of_time: float
    flow_limited_min: float
    above_co2_line_min: float
    arousals_per_h: float

    @property
    def hours(self) -> float:
        """The time that events are divided by."""
        return self.sleep_h if self.rules.uses_eeg else self.recording_h

    def marks(self) -> tuple[Mark, ...]:
        """The events as marks, for a strip or an EDF+ file."""
        rows = zip(self.start_s, self.duration_s, self.kind, strict=True)
        return tuple(Mark(float(start), float(length), KINDS[kind]) for start, length, kind in rows)

    def row(self) -> dict[str, float | int | str | None]:
        """The indices as one plain row of a table."""
        skipped = {"rules", "start_s", "duration_s", "kind", "desaturation_percent", "arousal"}
        return {"rules": self.rules.id} | {name: value for name, value in vars(self).items() if name not in skipped}


def score(recording: Recording, rules: Rules) -> ScoredNight:
    """Find and count the events of one night by one rule set."""
    return score_measured(Measures(recording), rules)


def score_by(recording: Recording, rule_sets: Iterable[Rules]) -> list[ScoredNight]:
    """Score the same night by several rule sets, in their order; the channels are read once."""
    measures = Measures(recording)
    return [score_measured(measures, rules) for rules in rule_sets]


def score_measured(measures: Measures, rules: Rules) -> ScoredNight:
    """Score a night whose channels have been read."""
    recording = measures.recording
    check_channels(recording, rules)
    asleep = _asleep(recording, rules, measures.seconds)
    recording_h = measures.seconds / 3600
    sleep_h = float(asleep.sum()) / 3600 if rules.uses_eeg else float("nan")
    hours = sleep_h if rules.uses_eeg else recording_h
    found = None if rules.oximetry_only else _events(measures, rules, asleep)
    return ScoredNight(
        rules=rules,
        **_event_arrays(measures, found),
        recording_h=recording_h,
        sleep_h=sleep_h,
        **_event_indices(found, rules, hours),
        **_oximetry(measures, asleep, hours),
        flow_limited_min=_limited_min(measures, rules, asleep),
        above_co2_line_min=_above_line_min(recording, rules, asleep),
        arousals_per_h=_arousals_per_h(measures, rules, asleep, hours),
    )


def check_channels(recording: Recording, rules: Rules, *, file: str = "recording") -> None:
    """Refuse at once, for all that is missing, naming channel and rule set."""
    either = [("spo2",)]
    if not rules.oximetry_only:
        either += [("flow", "thermistor"), ("chest", "abdomen")]
    if rules.uses_eeg:
        either += [("arousal",)]
    if rules.uses_co2:
        either += [("etco2",)]
    problems = []
    for names in either:
        if not any(name in recording.channels for name in names):
            have = ", ".join(recording.channels)
            rule = f"rules {rules.id} read it"
            step = "Load a recording with that channel, or choose rules that do without it."
            problems.append(Problem(file, f"channel {' or '.join(names)}", f"only {have}", rule, step))
    if rules.uses_eeg and (recording.stage is None or not (recording.stage > 0).any()):
        found = "no stages" if recording.stage is None else "no epoch of sleep"
        rule = f"rules {rules.id} count events in sleep"
        step = "Load a staged night with sleep in it, or choose rules without an EEG."
        problems.append(Problem(file, "stages", found, rule, step))
    if problems:
        raise ContentError(problems)


def _asleep(recording: Recording, rules: Rules, seconds: float) -> NDArray[np.bool_]:
    """For each second, whether it counts: sleep by the stages, or the whole recording without an EEG."""
    if not rules.uses_eeg:
        return np.ones(int(seconds), bool)
    epoch = (np.arange(int(seconds)) / recording.epoch_seconds).astype(np.intp)
    sleeping = np.append(recording.stage > 0, False)
    return sleeping[np.minimum(epoch, len(recording.stage))]


def _counts(asleep: NDArray[np.bool_], time_s: NDArray) -> NDArray[np.bool_]:
    return asleep[np.clip(time_s.astype(np.intp), 0, len(asleep) - 1)] if len(time_s) else np.zeros(0, bool)


@dataclass(frozen=True)
class _Found:
    place: NDArray[np.intp]
    kind: NDArray[np.int8]


def _events(measures: Measures, rules: Rules, asleep: NDArray[np.bool_]) -> _Found:
    """Which stretches count, and as what."""
    seen = measures.stretches
    channels = measures.recording.channels
    apnea_s = measures.longest_s("thermistor" if "thermistor" in channels else "flow", rules.apnea_fall)
    low_s = measures.longest_s("flow" if "flow" in channels else "thermistor", rules.hypopnea_fall)
    central = seen.kind == CENTRAL
    apnea = _long_enough(apnea_s, measures.breath_s, rules)
    short_sign = _signs(seen, rules.central_short_needs, rules) & bool(rules.central_short_needs)
    central_apnea = central & apnea & ((apnea_s >= rules.central_seconds) | short_sign)
    signs = _signs(seen, rules.hypopnea_needs, rules) if rules.hypopnea_needs else np.ones(len(central), bool)
    hypopnea = _long_enough(low_s, measures.breath_s, rules) & signs
    counted = (apnea & ~central) | central_apnea | hypopnea
    counted &= _counts(asleep, (seen.start_s + seen.end_s) / 2)
    kind = np.where(apnea, seen.kind, np.where(central, CENTRAL_HYPOPNEA, HYPOPNEA))  # the first three kinds agree
    place = np.flatnonzero(counted)
    return _Found(place, kind[place].astype(np.int8))


def _long_enough(length_s: NDArray, breath_s: float, rules: Rules) -> NDArray[np.bool_]:
    """Seconds and breaths both; breaths are whole, so a length is rounded to the nearest breath."""
    long = (length_s >= rules.event_seconds) & (length_s > 0)
    return long & (np.rint(length_s / breath_s) >= (rules.min_breaths or 0))


def _signs(seen: Stretches, needs: frozenset[str], rules: Rules) -> NDArray[np.bool_]:
    sign = np.zeros(len(seen.first), bool)
    if "desaturation" in needs:
        sign |= seen.desaturation_percent >= rules.desaturation_percent - 1e-6
    if "arousal" in needs:
        sign |= seen.arousal
    return sign


def _event_arrays(measures: Measures, found: _Found | None) -> dict[str, NDArray]:
    if found is None:
        empty = np.empty(0)
        kinds, woken = np.empty(0, np.int8), np.empty(0, bool)
        return dict(start_s=empty, duration_s=empty, kind=kinds, desaturation_percent=empty, arousal=woken)
    seen, place = measures.stretches, found.place
    return dict(
        start_s=seen.start_s[place],
        duration_s=(seen.end_s - seen.start_s)[place],
        kind=found.kind,
        desaturation_percent=seen.desaturation_percent[place],
        arousal=seen.arousal[place],
    )


def _event_indices(found: _Found | None, rules: Rules, hours: float) -> dict[str, float]:
    if found is None:
        nothing = float("nan")
        return dict(ahi=nothing, obstructive_ahi=nothing, central_ahi=nothing)
    central = int(np.isin(found.kind, (CENTRAL_APNEA, CENTRAL_HYPOPNEA)).sum())
    obstructive = len(found.kind) - central
    counted = obstructive + (central if rules.counts_central else 0)
    return dict(ahi=counted / hours, obstructive_ahi=obstructive / hours, central_ahi=central / hours)


def _oximetry(measures: Measures, asleep: NDArray[np.bool_], hours: float) -> dict:
    spo2 = measures.spo2[: len(asleep)]
    counted = asleep[: len(spo2)]
    found = dips(spo2)
    # a low point shows the sleep of up to the window before it: the oximeter is late
    since = np.flatnonzero(counted)[np.maximum(np.cumsum(counted) - 1, 0)]
    found = found.where(found.time_s - since[found.time_s.astype(np.intp)] <= NADIR_WINDOW_S)
    seen = spo2[counted]
    return dict(
        odi3=found.at_least(3.0) / hours,
        odi4=found.at_least(4.0) / hours,
        mcgill_style=mcgill_style_score(seen, found),
        mean_spo2_percent=float(seen.mean()),
        lowest_spo2_percent=float(seen.min()),
        below_90_percent_of_time=100 * float((seen < 90).mean()),
    )


def _limited_min(measures: Measures, rules: Rules, asleep: NDArray[np.bool_]) -> float:
    if rules.oximetry_only or "flow" not in measures.recording.channels:
        return float("nan")
    onset, length = measures.limited_breaths
    return float(length[_counts(asleep, onset)].sum()) / 60


def _above_line_min(recording: Recording, rules: Rules, asleep: NDArray[np.bool_]) -> float:
    if not rules.uses_co2:
        return float("nan")
    above = per_second(recording, "etco2")[: len(asleep)] > rules.co2_line_mmhg
    return float((above & asleep[: len(above)]).sum()) / 60


def _arousals_per_h(measures: Measures, rules: Rules, asleep: NDArray[np.bool_], hours: float) -> float:
    if not rules.uses_eeg:
        return float("nan")
    return float(_counts(asleep, measures.arousals[0]).sum()) / hours
