"""What one saturation trace says by itself: dips, their rate, and a score in the manner of McGill's.

A dip is a fall that also recovers: the depth of a low point is counted against the lower of the two highs beside it,
within a window. So no dip is counted twice, a deeper need never counts more dips, and a slow drift is no dip.

What it leaves out: clusters of dips, rejection of movement artefact, and every device's own averaging. How the
published indices' devices counted was not read; agreement with another program is measured, not assumed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from flysolo.problems import InputError

DIP_WINDOW_S = 181  # 90 s to either side, assumed: no event of a child is longer
LEAST_DIP_PERCENT = 1.0  # one step of an oximeter's display
STABLE_BASELINE_PERCENT = 95.0  # oxi-mcgill-definition
DIPS_FOR_A_GRADE = 3  # oxi-mcgill-definition


@dataclass(frozen=True)
class Dips:
    """Low points of a trace: when, how deep below their surroundings, how low."""

    time_s: NDArray[np.float64]
    depth_percent: NDArray[np.float64]
    lowest_percent: NDArray[np.float64]

    def at_least(self, depth_percent: float) -> int:
        """Number of dips of this depth or more."""
        return int(np.count_nonzero(self.depth_percent >= depth_percent - 1e-6))

    def where(self, mask: NDArray[np.bool_]) -> Dips:
        """The dips for which the mask is true."""
        return Dips(self.time_s[mask], self.depth_percent[mask], self.lowest_percent[mask])


def dips(spo2_percent: NDArray) -> Dips:
    """Find every dip of at least one point in a trace of one value a second, (seconds,) in percent."""
    trace = -np.asarray(spo2_percent, dtype=float)
    if trace.ndim != 1 or not len(trace) or not np.isfinite(trace).all():
        raise InputError(
            "channel spo2", "no clean trace", "one finite value a second", "Cut gaps out.", file="recording"
        )
    if len(trace) < 3:
        return Dips(np.empty(0), np.empty(0), np.empty(0))
    with warnings.catch_warnings():
        # a low plateau longer than the window has depth 0, which is right
        warnings.filterwarnings("ignore", message="some peaks have a prominence of 0")
        places, seen = find_peaks(trace, prominence=LEAST_DIP_PERCENT - 1e-6, wlen=DIP_WINDOW_S)
    return Dips(places.astype(float), seen["prominences"], -trace[places])


def mcgill_style_score(spo2_percent: NDArray, found: Dips | None = None) -> int | None:
    """Grade a trace 1 to 4 in the manner of the McGill score, or None where the confirmed text does not reach.

    Grade 1 is read (oxi-mcgill-definition): fewer than three dips below 90% and a stable baseline above 95%; it means
    "normal or inconclusive", never simply normal. Grades 2, 3 and 4 (three dips below 90, 85, 80%) are assumed for
    teaching: the definition was not read, and clusters are left out. The median stands for the baseline. From 3 years.
    """
    found = dips(spo2_percent) if found is None else found
    for grade, line in ((4, 80.0), (3, 85.0), (2, 90.0)):
        if np.count_nonzero(found.lowest_percent < line) >= DIPS_FOR_A_GRADE:
            return grade
    return 1 if np.median(spo2_percent) > STABLE_BASELINE_PERCENT else None
