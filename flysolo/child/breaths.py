"""The breath train of one night: when each breath begins, how much air it moves, how hard it is pulled.

Everything a channel shows is decided here once for each breath, and the channels only draw it. So flow, effort and
paradox of one breath can never disagree.

What it leaves out: sighs, swallowing, snoring, periodic breathing, crescendo and decrescendo of central events,
coughing, and gradual onset of an event (a breath is inside or outside it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OBSTRUCTIVE, CENTRAL, MIXED, SPONTANEOUS_AROUSAL, ARTEFACT_DIP = range(5)
WAKE, REM = 0, 4
BREATHING_KINDS = (OBSTRUCTIVE, CENTRAL, MIXED)

# Assumed for teaching, all of them: no finding gives breath-to-breath spread, the growth of effort within an event or
# the phase between chest and belly as numbers for children.
LENGTH_SPREAD = np.array([0.12, 0.06, 0.04, 0.025, 0.08], np.float32)  # of a breath's length, by stage
SIZE_SPREAD = np.array([0.12, 0.05, 0.04, 0.03, 0.08], np.float32)  # of a breath's size, by stage
RECOVERY_SIZE = np.array([1.35, 1.2], np.float32)  # the first breaths after an obstructive event
EFFORT_GROWTH = 1.5  # effort at the end of an obstructive event is 1 + this
LIMITED_SIZE = 0.92
EFFORT_MOST = 2.5  # the strip is drawn no taller than this many quiet breaths, before growth within an event
PARADOX_EVENT, PARADOX_LIMITED, PARADOX_QUIET = 0.45, 0.15, 0.03  # lag of belly on chest, as a share of the breath
BELT_SPREAD = 0.06  # how much the belly's share of a breath differs from the chest's, breath by breath (SD)
MIXED_CENTRAL_SHARE = 0.5


@dataclass(frozen=True)
class OneNight:
    """One child's rows of a night and one child's events, in seconds from the start."""

    seconds: float
    epoch_seconds: float
    breaths_per_min: float
    stage: NDArray[np.int8]
    posture: NDArray[np.int8]
    flow_limited: NDArray[np.bool_]
    co2_mmhg: NDArray
    effort_cmh2o: NDArray
    heart_rate_bpm: NDArray
    baseline_spo2_percent: float
    start_s: NDArray
    duration_s: NDArray
    kind: NDArray[np.int8]
    remaining_flow: NDArray
    desaturation_percent: NDArray
    arousal: NDArray[np.bool_]

    def epoch_at(self, time_s: NDArray) -> NDArray[np.intp]:
        """Number of the epoch in which each time lies."""
        return np.minimum((time_s / self.epoch_seconds).astype(np.intp), len(self.stage) - 1)


@dataclass(frozen=True)
class Breaths:
    """One row per breath; `flat` 0 round, 1 flattened; sizes against a quiet breath; `belly` against the chest."""

    onset_s: NDArray[np.float64]
    length_s: NDArray[np.float64]
    size: NDArray[np.float32]
    effort: NDArray[np.float32]
    flat: NDArray[np.int8]
    paradox: NDArray[np.float32]
    belly: NDArray[np.float32]


def breath_train(night: OneNight, rng: np.random.Generator) -> Breaths:
    """Draw every breath of the night, once."""
    onset, length, stage = _timing(night, rng)
    middle = onset + length / 2
    epoch = night.epoch_at(middle)
    spread = rng.standard_normal(len(onset), dtype=np.float32)
    limited = night.flow_limited[epoch]
    size = np.where(limited, np.float32(LIMITED_SIZE), np.float32(1)) * np.exp(SIZE_SPREAD[stage] * spread)
    quiet_cmh2o = max(float(night.effort_cmh2o.min()), 0.1)
    effort = np.minimum(night.effort_cmh2o[epoch] / quiet_cmh2o, EFFORT_MOST).astype(np.float32)
    paradox = np.where(limited, np.float32(PARADOX_LIMITED), np.float32(PARADOX_QUIET))
    flat = limited.astype(np.int8)
    _lay_events(night, middle, spread, size, effort, flat, paradox)
    belly = 1 + np.float32(BELT_SPREAD) * rng.standard_normal(len(onset), dtype=np.float32)
    return Breaths(onset, length, size, effort, flat, paradox, belly)


def _timing(night: OneNight, rng: np.random.Generator) -> tuple[NDArray, NDArray, NDArray]:
    """Onsets and lengths that fill the night; the stage that sets a breath's spread is read at its expected time."""
    mean_s = 60.0 / night.breaths_per_min
    count = int(1.02 * night.seconds / mean_s) + 60
    stage = night.stage[night.epoch_at(np.arange(count) * mean_s)]
    drawn = np.clip(rng.standard_normal(count), -3, 3)  # 3 SD: no breath of half or twice the length by chance alone
    length = mean_s * np.maximum(1 + LENGTH_SPREAD[stage] * drawn, 0.5)
    onset = np.concatenate([[0.0], np.cumsum(length[:-1])])
    kept = onset < night.seconds
    return onset[kept], length[kept], stage[kept]


def _lay_events(night: OneNight, middle_s, spread, size, effort, flat, paradox) -> None:
    """Write the events into the breaths whose middle they hold (in place)."""
    breathing = np.isin(night.kind, BREATHING_KINDS)
    start, duration = night.start_s[breathing], night.duration_s[breathing]
    if not len(start):
        return
    kind, remaining = night.kind[breathing], night.remaining_flow[breathing].astype(np.float32)
    event = np.searchsorted(start, middle_s, side="right") - 1
    through = (middle_s - start[event]) / duration[event]
    inside = (event >= 0) & (through < 1)
    at, event, through = np.flatnonzero(inside), event[inside], through[inside].astype(np.float32)
    size[at] = remaining[event] * np.exp(0.03 * spread[at])
    without_effort = (kind[event] == CENTRAL) | ((kind[event] == MIXED) & (through < MIXED_CENTRAL_SHARE))
    effort[at] = np.where(without_effort, remaining[event], effort[at] * (1 + EFFORT_GROWTH * through))
    flat[at] = np.where(without_effort, 0, 1)
    paradox[at] = np.where(without_effort, 0, PARADOX_EVENT * np.minimum(1, 1.3 * (1 - remaining[event])))
    _recovery(start + duration, kind, middle_s, inside, size)


def _recovery(end_s, kind, middle_s, inside, size) -> None:
    """Make the first breaths after an obstructive or mixed event larger, unless the next event has begun."""
    first = np.searchsorted(middle_s, end_s[kind != CENTRAL])
    for number, larger in enumerate(RECOVERY_SIZE):
        breath = first + number
        breath = breath[breath < len(size)]
        breath = breath[~inside[breath]]
        size[breath] = np.maximum(size[breath], larger)
