"""A simulated value with its interval, by asking the same question of parts of the cohort.

The interval is the uncertainty of the simulation, not of the published study: the statistic is computed on the whole
sample and on ten interleaved parts, whose spread gives the standard error of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PARTS = 10


@dataclass(frozen=True)
class Estimate:
    """A simulated value and its 95% Monte Carlo interval."""

    value: float
    low: float
    high: float


def estimate(statistic: Callable[..., float], *arrays: NDArray) -> Estimate:
    """Return the statistic of arrays of equal length (or of arms of their own length), with its interval."""
    value = float(statistic(*arrays))
    parts = [float(statistic(*(array[part::PARTS] for array in arrays))) for part in range(PARTS)]
    known = np.array([part for part in parts if np.isfinite(part)])
    error = known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else np.inf
    return Estimate(value, value - 1.96 * float(error), value + 1.96 * float(error))


def mean(values: NDArray) -> Estimate:
    """Return the mean with its interval; of a mask, the share."""
    return estimate(lambda x: np.mean(x) if x.size else np.nan, np.asarray(values, float))


def centile(values: NDArray, percent: float) -> Estimate:
    """Return a centile with its interval."""
    return estimate(lambda x: np.percentile(x, percent) if x.size else np.nan, np.asarray(values, float))


def rank_correlation(a: NDArray, b: NDArray) -> Estimate:
    """Return Spearman's correlation: indices are skewed, so ranks are compared."""
    return estimate(_spearman, np.asarray(a, float), np.asarray(b, float))


def _spearman(a: NDArray, b: NDArray) -> float:
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _ranks(values: NDArray) -> NDArray[np.float64]:
    """Ranks from 1, ties at their middle; scipy's own would cost a second of importing."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2.0)[place]


def area_under_curve(score: NDArray, ill: NDArray) -> Estimate:
    """Return the chance that an ill child scores above a well one."""
    return estimate(_auc, np.asarray(score, float), np.asarray(ill, bool))


def _auc(score: NDArray, ill: NDArray) -> float:
    ranks, many = _ranks(score), int(ill.sum())
    if many in (0, ill.size):
        return np.nan
    return float((ranks[ill].sum() - many * (many + 1) / 2) / (many * (ill.size - many)))
