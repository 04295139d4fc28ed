"""Sleep itself: the night's random numbers, and the course of stages, postures and mouth through it.

Apart from the airway on purpose: stages and postures run alike whatever the throat does, so the same child can be put
through the same night twice. What it leaves out: sleep that events break up, age beyond what events need (deep sleep
does not fall in the teens here), naps, and the first night in a laboratory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from flysolo.child.airway import N1, N2, N3, REM, WAKE
from flysolo.child.children import Children
from flysolo.child.parameters import P
from flysolo.problems import InputError


def _whole(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", seed, "a whole number from 0", "Give a whole number, such as 1.")
    return int(seed)


class Draws:
    """Uniform numbers in a fixed order, child after child, so that nobody's night depends on a neighbor."""

    def __init__(self, seed: int, block: int, n: int, epochs: int):
        sequence = np.random.SeedSequence(_whole(seed), spawn_key=(block,))
        nightly, by_epoch = (np.random.Generator(np.random.SFC64(each)) for each in sequence.spawn(2))
        self.child_normal = nightly.standard_normal((n, 8))
        self._uniform = by_epoch.random((n, len(_PURPOSES), epochs), dtype=np.float32)

    def uniform(self, purpose: str) -> NDArray[np.float32]:
        """Numbers from 0 to below 1, shape (n, epochs), kept for one purpose."""
        return self._uniform[:, _PURPOSES.index(purpose)]

    def logistic(self, purpose: str) -> NDArray[np.float32]:
        """The same numbers as logistic noise of scale 1."""
        u = np.clip(self.uniform(purpose), np.float32(1e-7), np.float32(1 - 1e-7))
        return np.log(u / (1 - u))

    def normal_at(self, purpose: str, at: tuple) -> NDArray[np.float32]:
        """Standard normal numbers at these places only: most epochs hold no event."""
        return ndtri(np.clip(self.uniform(purpose)[at], np.float32(1e-7), np.float32(1 - 1e-7)))


_PURPOSES = ("flicker", "move", "where", "mouth", "obstruct", "central", "arousal", "dip", "length", "depth", "wake")
_PURPOSES += ("when", "mixed", "stray")


def stages(draw: Draws, epochs: int) -> NDArray[np.int8]:
    """Cycles of about 90 minutes: deep sleep early, REM late, short awakenings; shares vary between children."""
    z = draw.child_normal.astype(np.float32)
    cycle = 180.0 * np.exp(0.12 * z[:, 1])
    rem = np.clip(P.rem_share * (1 + P.rem_share_spread * z[:, 2]), 0.02, 0.5)[:, None]
    deep = np.clip(P.n3_share * (1 + P.n3_share_spread * z[:, 3]), 0.02, 0.6)[:, None]
    onset = np.maximum(P.sleep_onset_epochs * np.exp(0.6 * z[:, 4]), 1.0)[:, None]
    since = np.arange(epochs, dtype=np.float32)[None, :] - onset
    along = np.clip(since / np.maximum(epochs - onset, 1.0), 0, 1)
    phase = (since / cycle[:, None]) % 1.0
    rem_now, deep_now = rem * (0.4 + 1.2 * along), deep * (1.7 - 1.4 * along)
    # awakenings and lightenings are laid over the cycle later and take their share of every stage
    rem_now, deep_now = rem_now / (1 - P.n1_flicker), deep_now / (1 - P.n1_flicker)
    light_before = np.maximum(1 - rem_now - deep_now, 0.05) * 0.55
    stage = np.full(phase.shape, N2, np.int8)
    stage[phase < P.n1_share] = N1
    stage[(phase >= light_before) & (phase < light_before + deep_now)] = N3
    stage[phase >= 1 - rem_now] = REM
    u = draw.uniform("flicker")
    stage[u < P.n1_flicker] = N1
    stage[(u > 1 - P.wake_share) | (since < 0)] = WAKE
    return stage


def postures(children: Children, draw: Draws, stage: NDArray) -> tuple[NDArray, NDArray]:
    """Posture and mouth hold until the next move; moves come at random."""
    u, where, mouth = draw.uniform("move"), draw.uniform("where"), draw.uniform("mouth")
    moved = u < P.position_changes_per_h / 120.0 * 1.6  # about four in ten moves end where they began
    moved[:, 0] = True
    last = np.maximum.accumulate(np.where(moved, np.arange(stage.shape[1], dtype=np.int32), 0), axis=1)
    where, mouth = np.take_along_axis(where, last, 1), np.take_along_axis(mouth, last, 1)
    posture = np.where(where < P.supine_share, 0, np.where(where < P.supine_share + P.side_share, 1, 2)).astype(np.int8)
    return posture, mouth < children.mouth_open_share.astype(np.float32)[:, None]
