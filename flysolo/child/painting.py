"""Flow, warmth, chest and belly painted from a breath train.

Each breath is a table of 256 steps, stretched to its length and scaled to its size: look-up instead of sines keeps a
night of four channels at 32 values a second within some twenty milliseconds. Buffers are used again for the same
reason: fresh memory for a million values costs more than the arithmetic on them.

Shapes are assumed for teaching: a round breath is half a sine, a flow-limited one the same with its top cut off
(phys-starling-upstream says why flow stops following the pull), and warmth is smoother, later and too kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from flysolo.child.breaths import Breaths

BREATHING_CHANNELS = ("flow", "thermistor", "chest", "abdomen")
SENSOR_NOISE = 0.012  # of a quiet breath's peak
NOISE_BLOCK = 2**17
INSPIRED_SHARE = 0.4  # as in the floppy tube

_STEPS = 256


def _flow_tables() -> NDArray[np.float32]:
    """Flow through one breath in 256 steps: row 0 round, row 1 flat on top; both peak at 1."""
    x = (np.arange(_STEPS) + 0.5) / _STEPS
    up = np.sin(np.pi * np.clip(x / INSPIRED_SHARE, 0, 1))
    down = -0.67 * np.sin(np.pi * np.clip((x - INSPIRED_SHARE) / (1 - INSPIRED_SHARE), 0, 1))
    breathing_in = x < INSPIRED_SHARE
    flat = np.minimum(up, 0.5) / 0.5
    return np.stack([np.where(breathing_in, up, down), np.where(breathing_in, flat, down)]).astype(np.float32).ravel()


def _volume_table() -> NDArray[np.float32]:
    """Movement of chest or belly through one breath: out to 1 while breathing in, back to 0 while breathing out."""
    x = (np.arange(_STEPS) + 0.5) / _STEPS
    rising = (1 - np.cos(np.pi * np.clip(x / INSPIRED_SHARE, 0, 1))) / 2
    falling = (1 + np.cos(np.pi * np.clip((x - INSPIRED_SHARE) / (1 - INSPIRED_SHARE), 0, 1))) / 2
    return np.where(x < INSPIRED_SHARE, rising, falling).astype(np.float32)


_FLOW, _VOLUME = _flow_tables(), _volume_table()
_WARMTH = np.sin(2 * np.pi * (np.arange(_STEPS) / _STEPS - 0.06)).astype(np.float32)


class _Grid:
    """Which breath and which step of it each sample shows, at one rate.

    Steps are kept as bytes: they wrap round the breath by themselves, and small arrays are what makes this quick.
    """

    def __init__(self, breaths: Breaths, samples: int, rate_hz: float):
        first = np.minimum(np.ceil(breaths.onset_s * rate_hz).astype(np.intp), samples)
        self.counts = np.diff(first, append=samples)
        speed = (_STEPS / (breaths.length_s * rate_hz)).astype(np.float32)
        within = np.arange(samples, dtype=np.float32)  # whole numbers below 2**24 are exact
        within -= self.spread(first.astype(np.float32))
        within *= self.spread(speed)
        within += self.spread(((first - breaths.onset_s * rate_hz) * speed).astype(np.float32))
        self.step = np.minimum(within, _STEPS - 1, out=within).astype(np.uint8)

    def spread(self, per_breath: NDArray) -> NDArray:
        """One value per breath, at every sample."""
        return np.repeat(per_breath, self.counts)

    def paint(self, table: NDArray[np.float32], step: NDArray, size: NDArray) -> NDArray[np.float32]:
        """A table's value at each sample's step, scaled by each breath's size."""
        painted = np.take(table, step, mode="clip")
        painted *= self.spread(size)
        return painted


def paint(
    breaths: Breaths, seconds: float, rates_hz: Mapping[str, float], rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """Paint the four breathing channels; they share one block of noise, each reading it from another place."""
    samples = {name: round(seconds * rates_hz[name]) for name in BREATHING_CHANNELS}
    noise = np.float32(SENSOR_NOISE) * rng.standard_normal(NOISE_BLOCK + 8192, dtype=np.float32)
    grids = {rate: _Grid(breaths, round(seconds * rate), rate) for rate in {rates_hz[name] for name in samples}}
    painted = {}
    for number, name in enumerate(BREATHING_CHANNELS):
        painted[name] = _PAINT[name](grids[rates_hz[name]], breaths)
        _add_noise(painted[name], noise[1021 * number :][:NOISE_BLOCK])
    return painted


def _add_noise(signal: NDArray[np.float32], noise: NDArray[np.float32]) -> None:
    for begin in range(0, len(signal), len(noise)):
        block = signal[begin : begin + len(noise)]
        block += noise[: len(block)]


def _paint_flow(grid: _Grid, breaths: Breaths) -> NDArray[np.float32]:
    row = grid.spread(breaths.flat.astype(np.uint16) * _STEPS)
    row += grid.step
    return grid.paint(_FLOW, row, breaths.size)


def _paint_thermistor(grid: _Grid, breaths: Breaths) -> NDArray[np.float32]:
    """Warmth follows flow, late and too kindly: partial loss of flow is shown smaller than it is (size assumed)."""
    size = breaths.size + 0.8 * np.clip(breaths.size - 0.1, 0, None) * np.clip(1 - breaths.size, 0, None)
    return grid.paint(_WARMTH, grid.step, size)


def _paint_chest(grid: _Grid, breaths: Breaths) -> NDArray[np.float32]:
    return grid.paint(_VOLUME, grid.step, breaths.effort)


def _paint_abdomen(grid: _Grid, breaths: Breaths) -> NDArray[np.float32]:
    lag = grid.spread((breaths.paradox * _STEPS).astype(np.uint8))
    return grid.paint(_VOLUME, grid.step - lag, breaths.effort * breaths.belly)


_PAINT: dict[str, Callable[[_Grid, Breaths], NDArray[np.float32]]] = {
    "flow": _paint_flow,
    "thermistor": _paint_thermistor,
    "chest": _paint_chest,
    "abdomen": _paint_abdomen,
}
