"""Figures and their intervals, as plain functions of arrays; None where the data do not hold a figure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.items.lines import RESAMPLES, SEED, Z

Interval = tuple[float, float] | None


def wilson(mean: float, n: int) -> Interval:
    """95 % interval of a share (Wilson's score interval), which holds for small counts and near 0 and 1.

    For scores with parts of a point it is on the wide side, since they vary less than yes-or-no does.
    """
    if n == 0:
        return None
    middle = mean + Z**2 / (2 * n)
    half = Z * np.sqrt(mean * (1 - mean) / n + Z**2 / (4 * n**2))
    return _pair((middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n))


def _pair(low: float, high: float) -> tuple[float, float]:
    return round(float(low), 4) + 0.0, round(float(high), 4) + 0.0


def correlation(one: np.ndarray, two: np.ndarray) -> tuple[float | None, int]:
    """Pearson's correlation over the people who have both, and how many they are; None where nothing varies."""
    both = ~(np.isnan(one) | np.isnan(two))
    one, two = one[both], two[both]
    if one.size < 3 or np.ptp(one) < 1e-9 or np.ptp(two) < 1e-9:
        return None, int(both.sum())
    return float(np.corrcoef(one, two)[0, 1]), int(both.sum())


def fisher(r: float | None, n: int) -> Interval:
    """95 % interval of a correlation, by Fisher's transformation."""
    if r is None or n < 4:
        return None
    middle, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), Z / np.sqrt(n - 3)
    return _pair(np.tanh(middle - half), np.tanh(middle + half))


def alpha(scores: np.ndarray) -> float | None:
    """Cronbach's alpha of (people, families): k / (k − 1) · (1 − sum of variances / variance of sums).

    The family is the unit: questions inside one share a child, so counting them apart would flatter the figure.
    """
    people, count = scores.shape
    if people < 2 or count < 2:
        return None
    total = scores.sum(axis=1).var(ddof=1)
    if total < 1e-12:
        return None
    return float(count / (count - 1) * (1 - scores.var(axis=0, ddof=1).sum() / total))


def standard_error(scores: np.ndarray) -> float | None:
    """Standard error of measurement of one person's mean over the families: SD · √(1 − alpha)."""
    found = alpha(scores)
    if found is None:
        return None
    return float(scores.mean(axis=1).std(ddof=1) * np.sqrt(1 - np.clip(found, 0, 1)))


def bootstrap(rows: np.ndarray, figure: Callable[[np.ndarray], float | None], resamples: int = RESAMPLES) -> Interval:
    """95 % interval of a figure, by drawing whole people (rows) again and again; the same data give the same one."""
    if len(rows) < 2:
        return None
    rng = np.random.default_rng(SEED)
    drawn = (figure(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(resamples))
    found = [value for value in drawn if value is not None and not np.isnan(value)]
    return _pair(*np.percentile(found, (2.5, 97.5))) if found else None


def mean_or_none(values: np.ndarray) -> float | None:
    """Mean of what is there; None when nothing is."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None


def rounded(value: float | None) -> float | None:
    """Four digits, without a minus before zero."""
    return None if value is None or np.isnan(value) else round(float(value), 4) + 0.0
