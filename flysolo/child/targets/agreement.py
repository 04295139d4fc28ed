"""How far two or more readers agree: intraclass correlation and kappa."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def intraclass(ratings: NDArray) -> float:
    """Return the two-way random, absolute, single-rater intraclass correlation of ratings of shape (n, raters)."""
    ratings = np.asarray(ratings, float)
    n, k = ratings.shape
    rows, columns, whole = ratings.mean(1), ratings.mean(0), ratings.mean()
    between = k * ((rows - whole) ** 2).sum() / (n - 1)
    raters = n * ((columns - whole) ** 2).sum() / (k - 1)
    rest = ((ratings - rows[:, None] - columns[None, :] + whole) ** 2).sum() / ((n - 1) * (k - 1))
    return float((between - rest) / (between + (k - 1) * rest + k * (raters - rest) / n))


def kappa(a: NDArray, b: NDArray) -> float:
    """Return Cohen's kappa of two sets of grades, unweighted."""
    grades = np.union1d(a, b)
    same = float(np.mean(a == b))
    chance = float(sum(np.mean(a == g) * np.mean(b == g) for g in grades))
    return (same - chance) / (1.0 - chance)
