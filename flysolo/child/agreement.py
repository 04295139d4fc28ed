"""How far two scorers of the same nights agree: night by night, and event by event.

Two ways of counting can share a mean and still part on single nights, so the limits within which 95% of differences
lie stand beside the intraclass correlation. ICC is the single-rater, absolute-agreement form, so a constant
difference counts against it; its interval is the usual one from the F distribution.

What it leaves out: kappa over 30-second epochs, and any statement about which of the two is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import f

from flysolo.child.channels import Recording
from flysolo.models import checked_array
from flysolo.problems import InputError

LEAST_NIGHTS = 5


@dataclass(frozen=True)
class Agreement:
    """Agreement of two counts over `nights`: ICC with its 95% interval, mean difference, 95% limits."""

    nights: int
    icc: float
    icc_low: float
    icc_high: float
    mean_difference: float
    lower_limit: float
    upper_limit: float


@dataclass(frozen=True)
class EventMatch:
    """Which of two lists' events overlap: how many of the first were found, how many of the second are true to it."""

    first: int
    second: int
    recall: float
    precision: float


def agreement(ours: ArrayLike, theirs: ArrayLike) -> Agreement:
    """Compare two indices of the same nights, (nights,) each, in events per hour; differences are ours less theirs."""
    a = checked_array("ours", ours, 0, 1000, "events per hour")
    b = checked_array("theirs", theirs, 0, 1000, "events per hour")
    if a.shape != b.shape or a.ndim != 1 or a.size < LEAST_NIGHTS:
        rule = f"two rows of equal length, at least {LEAST_NIGHTS} nights"
        raise InputError("nights", f"{a.shape} and {b.shape}", rule, "Score the same nights by both.")
    icc, low, high = _icc(np.stack([a, b], axis=1))
    difference = a - b
    spread = float(1.96 * difference.std(ddof=1))
    mean = float(difference.mean())
    return Agreement(a.size, icc, low, high, mean, mean - spread, mean + spread)


def _icc(ratings: NDArray[np.float64]) -> tuple[float, float, float]:
    """ICC(A,1) of ratings (nights, raters) with its 95% interval, by two-way analysis of variance.

    By hand because importing a statistics library for three numbers takes longer than scoring a hundred nights; a test
    holds it to that library's result.
    """
    n, k = ratings.shape
    mean, by_night, by_rater = ratings.mean(), ratings.mean(axis=1), ratings.mean(axis=0)
    nights = k * np.sum((by_night - mean) ** 2) / (n - 1)
    raters = n * np.sum((by_rater - mean) ** 2) / (k - 1)
    rest = np.sum((ratings - by_night[:, None] - by_rater + mean) ** 2) / ((n - 1) * (k - 1))
    if nights == 0:
        raise InputError("nights", "all alike", "nights that differ", "Compare nights of more than one kind.")
    if rest == 0 and raters == 0:
        return 1.0, 1.0, 1.0
    icc = (nights - rest) / (nights + (k - 1) * rest + k * (raters - rest) / n)
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    freedom = (a * raters + b * rest) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1)))
    above, below = f.ppf(0.975, n - 1, freedom), f.ppf(0.975, freedom, n - 1)
    shared = k * raters + (k * n - k - n) * rest
    low = n * (nights - above * rest) / (above * shared + n * nights)
    high = n * (below * nights - rest) / (shared + n * below * nights)
    return float(icc), float(low), float(high)


def match_events(
    first_start_s: ArrayLike, first_s: ArrayLike, second_start_s: ArrayLike, second_s: ArrayLike
) -> EventMatch:
    """Match two lists of events: a pair matches when it shares at least half of the shorter one."""
    a0, b0 = np.asarray(first_start_s, float)[:, None], np.asarray(second_start_s, float)[None, :]
    a1, b1 = a0 + np.asarray(first_s, float)[:, None], b0 + np.asarray(second_s, float)[None, :]
    shared = np.minimum(a1, b1) - np.maximum(a0, b0)
    matched = shared >= 0.5 * np.minimum(a1 - a0, b1 - b0)
    recall = float(matched.any(axis=1).mean()) if a0.size else 1.0
    precision = float(matched.any(axis=0).mean()) if b0.size else 1.0
    return EventMatch(a0.size, b0.size, recall, precision)


def psgscoring_index(recording: Recording, arousals: tuple[ArrayLike, ArrayLike]) -> dict[str, float]:
    """Score a night with the independent program psgscoring, if it is installed; not needed by anything else.

    Its breath-by-breath profile is used (`aasm_v3_breath`: adult length of ten seconds, 30% and 3% or arousal), because
    its usual one asks for irregular breathing around a hypopnea, which painted breaths do not have. It is given the
    nose's channel as pressure, which is how it expects it, and the arousals, which it would read from an EEG.
    """
    import mne
    import psgscoring

    flow = recording.channel("flow").astype(float)
    rate = recording.rates_hz["flow"]
    rows = {"Nasal Pressure": flow * np.abs(flow)}
    rows |= {"Thermistor": recording.channel("thermistor")}
    rows |= {"Thorax": recording.channel("chest"), "Abdomen": recording.channel("abdomen")}
    rows |= {"SpO2": np.repeat(recording.channel("spo2"), int(rate / recording.rates_hz["spo2"]))}
    raw = mne.io.RawArray(np.stack(list(rows.values())).astype(float), mne.create_info(list(rows), rate, "misc"))
    marked = [{"onset_s": float(start), "duration_s": float(length)} for start, length in zip(*arousals, strict=True)]
    stages = [("W", "N1", "N2", "N3", "R")[stage] for stage in recording.stage]
    said = psgscoring.run_pneumo_analysis(raw, stages, scoring_profile="aasm_v3_breath", arousal_events=marked)
    events, saturation = said["respiratory"]["summary"], said["spo2"]["summary"]
    return {"ahi": events["ahi_total"], "odi3": saturation["odi_3pct"], "odi4": saturation["odi_4pct"]}
