"""What a report says of a night, by a rule set: indices, saturation, carbon dioxide, stages.

The night is one thing and the rules another: `summarize(night, rules)` reads the same events with any rules, so "same
night, different rules" is one call. All values are arrays of shape (n,), one per child.

What it leaves out: signal quality and the scorer's judgment (see the scorer, which works from channels), clusters of
dips in the McGill-style score (only the depth of dips was read: oxi-mcgill-definition).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flysolo.child.airway import N1, N2, N3, REM, WAKE
from flysolo.child.night import CENTRAL, MIXED, OBSTRUCTIVE, SPONTANEOUS_AROUSAL, Events, Night
from flysolo.child.rules import Rules
from flysolo.problems import InputError

#: Dips below these saturations, at least three of each, make a McGill-style score of 2, 3 and 4.
MCGILL_LINES_PERCENT = (90.0, 85.0, 80.0)
MCGILL_DIPS = 3


def scored(night: Night, rules: Rules) -> dict[str, NDArray[np.bool_]]:
    """Return which events count, as masks: obstructive apnea, hypopnea, central apnea."""
    events = night.events
    breath = 60.0 / night.breaths_per_min[events.child]
    shortest = np.maximum(rules.event_seconds, (rules.min_breaths or 0) * breath)
    obstructive = (events.kind == OBSTRUCTIVE) | (events.kind == MIXED)
    lasting = obstructive & (events.duration_s >= shortest)
    apnea = lasting & (events.remaining_flow <= 1.0 - rules.apnea_fall + 1e-6)
    hypopnea = lasting & ~apnea & (events.remaining_flow <= 1.0 - rules.hypopnea_fall + 1e-6)
    if rules.hypopnea_needs:
        hypopnea &= _with_sign(events, rules.hypopnea_needs, rules.desaturation_percent)
    central = events.kind == CENTRAL
    brief = central & (events.duration_s >= shortest)
    brief &= _with_sign(events, rules.central_short_needs, rules.desaturation_percent)
    central = central & (events.duration_s >= rules.central_seconds) | brief
    return {"apnea": apnea, "hypopnea": hypopnea, "central": central}


def _with_sign(events: Events, signs: frozenset[str], percent: float) -> NDArray[np.bool_]:
    found = np.zeros(len(events), bool)
    if "desaturation" in signs:
        found |= events.desaturation_percent >= percent
    if "arousal" in signs:
        found |= events.arousal
    return found


def summarize(night: Night, rules: Rules) -> dict[str, NDArray]:
    """Return the report of each child as arrays of shape (n,).

    Indices are per hour of sleep, or of recording where the rules know no EEG. `ahi` holds the central events only
    where the rules count them; `oahi` never does. With oximetry alone there is no airflow: airflow indices are NaN.
    """
    if night.children_n == 0 or night.stage.size == 0:
        raise InputError("night", "an empty night", "a night with at least one child and epoch", "Simulate one first.")
    sleep_h = (night.stage != WAKE).sum(axis=1) / (3600 / night.epoch_seconds)
    hours = sleep_h if rules.uses_eeg else np.full(night.children_n, night.hours)
    hours = np.maximum(hours, 1.0 / 120.0)
    report = {"sleep_h": sleep_h, **_oximetry(night, hours)}
    if not rules.oximetry_only:
        report |= _airflow(night, rules, hours)
    if rules.uses_eeg:
        report |= _sleep(night, sleep_h)
    if rules.uses_co2:
        report |= _carbon_dioxide(night)
    return report


def _count(events: Events, mask: NDArray, n: int) -> NDArray[np.float64]:
    return np.bincount(events.child[mask], minlength=n).astype(float)


def _airflow(night: Night, rules: Rules, hours: NDArray) -> dict[str, NDArray]:
    events, n, masks = night.events, night.children_n, scored(night, rules)
    apnea, hypopnea, central = (_count(events, masks[name], n) / hours for name in ("apnea", "hypopnea", "central"))
    oahi = apnea + hypopnea
    return {
        "ahi": oahi + central if rules.counts_central else oahi,
        "oahi": oahi,
        "oai": apnea,
        "hypopnea_index": hypopnea,
        "cai": central,
        "flow_limited_share": _share(night.flow_limited, night.stage != WAKE),
        **(_by_stage(night, masks["apnea"] | masks["hypopnea"]) if rules.uses_eeg else {}),
    }


def _by_stage(night: Night, mask: NDArray) -> dict[str, NDArray]:
    in_rem = night.events.stage == REM
    rem_h = (night.stage == REM).sum(axis=1) / 120.0
    other_h = (night.stage > WAKE).sum(axis=1) / 120.0 - rem_h
    n = night.children_n
    return {
        "rem_oahi": _count(night.events, mask & in_rem, n) / np.maximum(rem_h, 1 / 120),
        "nrem_oahi": _count(night.events, mask & ~in_rem, n) / np.maximum(other_h, 1 / 120),
    }


def _oximetry(night: Night, hours: NDArray) -> dict[str, NDArray]:
    events, n, base = night.events, night.children_n, night.baseline_spo2.astype(float)
    fall = events.desaturation_percent
    low = night.baseline_spo2[events.child] - fall
    deepest = np.zeros(n)
    np.maximum.at(deepest, events.child, fall)
    report = {
        "odi3": _count(events, fall >= 3.0, n) / hours,
        "odi4": _count(events, fall >= 4.0, n) / hours,
        "di90": _count(events, low < 90.0, n) / hours,
        "spo2_median_percent": np.round(base),
        "spo2_min_percent": np.round(base - deepest),
        "spo2_below_90_share": _share_below(night, events, low, 90.0),
        "spo2_at_most_92_share": _share_below(night, events, low, 92.0),
    }
    seconds = (events.duration_s + 15.0) * 0.5 * fall
    lost = np.bincount(events.child, weights=seconds, minlength=n) / (night.hours * 3600.0)
    report["spo2_mean_percent"] = base - lost
    score = np.ones(n, np.int8)
    for line in MCGILL_LINES_PERCENT:
        score += _count(events, low < line, n) >= MCGILL_DIPS
    return report | {"mcgill": score}


def _share_below(night: Night, events: Events, low: NDArray, line: float) -> NDArray:
    """Share of the recording below a line, each dip taken as a triangle that ends 15 s after its event."""
    part = np.clip((line - low) / np.maximum(events.desaturation_percent, 0.1), 0.0, 1.0)
    seconds = np.bincount(events.child, weights=part * (events.duration_s + 15.0), minlength=night.children_n)
    always = np.where(night.baseline_spo2 < line, 1.0, 0.0)
    return np.maximum(np.clip(seconds / (night.hours * 3600.0), 0.0, 1.0), always)


def _sleep(night: Night, sleep_h: NDArray) -> dict[str, NDArray]:
    asleep = np.maximum((night.stage != WAKE).sum(axis=1), 1)
    shares = {
        f"{name}_share": (night.stage == code).sum(axis=1) / asleep
        for name, code in (("n1", N1), ("n2", N2), ("n3", N3), ("rem", REM))
    }
    aroused = _count(night.events, night.events.arousal, night.children_n) / np.maximum(sleep_h, 1 / 120)
    own = night.events.kind == SPONTANEOUS_AROUSAL
    spontaneous = _count(night.events, own, night.children_n) / np.maximum(sleep_h, 1 / 120)
    return {**shares, "arousal_index": aroused, "spontaneous_arousal_index": spontaneous}


def _carbon_dioxide(night: Night) -> dict[str, NDArray]:
    asleep = night.stage != WAKE
    return {
        "co2_above_45_share": _share(night.co2_mmhg > 45.0, asleep),
        "co2_above_50_share": _share(night.co2_mmhg > 50.0, asleep),
        "co2_peak_mmhg": np.where(asleep, night.co2_mmhg, 0).max(axis=1).astype(float),
    }


def _share(mask: NDArray, within: NDArray) -> NDArray[np.float64]:
    return (mask & within).sum(axis=1) / np.maximum(within.sum(axis=1), 1)
