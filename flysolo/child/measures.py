"""What the channels show before any rule is applied: where flow is low, how deep, how long, what came with it.

Measuring once and judging by many rules makes "same night, different rules" cheap, and makes every rule set judge the
same stretches: a stretch is where flow is down by three tenths or more, for all rules. So a stricter set can only drop
stretches, never split one into two.

How it reads: the size of breathing is the highest inspiratory flow within one breath's width, so a run of n missed
breaths is low for exactly n breaths. The size before is a high percentile of the last two minutes. The oximeter's
delay is found from the night itself. Nothing here looks at the simulator's events or marks.

What it leaves out: drifting zero of the flow channel, lost sensors, snoring, belts calibrated against each other,
changes of breathing rate within a night (one breath's width is used all night).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from flysolo.child.channels import Recording
from flysolo.problems import InputError

GRID_HZ = 4.0
LEAST_RATE_HZ = 8.0  # of a channel that shows single breaths

# Assumed for teaching, unless a finding is named.
STRETCH_FALL = 0.3  # the smallest fall of any rule set in use
BEFORE_S, BEFORE_PERCENTILE = 120, 80
NADIR_WINDOW_S = 30.0  # def-chat-rules-differ
DELAYS_S = np.arange(5, 31)
AROUSAL_LEVEL, AROUSAL_LEAST_S, AROUSAL_NEAR_S = 2.0, 3.0, 5.0
NO_EFFORT = 0.25  # of the effort before
CENTRAL_SHARE, MIXED_SHARE = 0.75, 0.3  # of the stretch without effort
FLAT_TOP = 0.74  # mean over peak of inspiratory flow: a round breath has 0.64, a square one 1
PEAK_OF_BREATH = 0.2  # where in a breath flow peaks

OBSTRUCTIVE, CENTRAL, MIXED = range(3)


@dataclass(frozen=True)
class Stretches:
    """One row per stretch of low flow; times in seconds, `first` and `last` on the grid."""

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    desaturation_percent: NDArray[np.float64]
    arousal: NDArray[np.bool_]
    kind: NDArray[np.int8]


class Measures:
    """The rule-free readings of one recording; each is worked out when first asked for, and kept."""

    def __init__(self, recording: Recording):
        self.recording = recording
        self.seconds = recording.seconds
        self.size = int(self.seconds * GRID_HZ)

    @cached_property
    def breath_s(self) -> float:
        """Middle length of a breath in this night, in seconds."""
        onsets, _ = self._inspirations
        lengths = np.diff(onsets) / self.recording.rates_hz[self._flow_name]
        lengths = lengths[(lengths > 1.0) & (lengths < 10.0)]
        if len(lengths) < 20:
            found = f"{len(lengths)} breaths in {self.seconds / 60:.0f} minutes"
            step = "Check that this channel holds the flow of one sleeping child, zero between breaths."
            raise InputError(f"channel {self._flow_name}", found, "at least 20 breaths", step, file="recording")
        return float(np.median(lengths))

    def size_ratio(self, name: str) -> NDArray[np.float32]:
        """Size of breathing against the size before, on the grid: 1 as before, 0 none."""
        if name not in self._ratios:
            self._ratios[name] = _against_before(self._breath_size(name))
        return self._ratios[name]

    @cached_property
    def stretches(self) -> Stretches:
        """Every stretch of low flow with what came with it."""
        first, last = runs(self.size_ratio(self._flow_name) <= 1 - STRETCH_FALL)
        kept = last - first >= GRID_HZ
        first, last = first[kept], last[kept]
        shift = (0.5 - PEAK_OF_BREATH) * self.breath_s  # from the widened peak to the onset of the first missed breath
        start, end = first / GRID_HZ + shift, last / GRID_HZ + shift
        return Stretches(first, last, start, end, self._falls(start, end), self._wakes(end), self._kinds(first, last))

    def longest_s(self, name: str, fall: float) -> NDArray[np.float64]:
        """For each stretch, the longest time within it for which breathing is down by `fall` or more, in seconds."""
        first, last = runs(self.size_ratio(name) <= 1 - fall + 1e-6)
        longest = np.zeros(len(self.stretches.first))
        if len(first) and len(longest):
            middle = (first + last) // 2
            owner = np.searchsorted(self.stretches.first, middle, side="right") - 1
            inside = (owner >= 0) & (middle < self.stretches.last[owner])
            np.maximum.at(longest, owner[inside], (last - first)[inside] / GRID_HZ)
        return longest

    @cached_property
    def spo2(self) -> NDArray[np.float64]:
        """Saturation, one value a second."""
        return per_second(self.recording, "spo2")

    @cached_property
    def arousals(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Start and length of every arousal, in seconds: fast activity doubled for three seconds or more."""
        level, rate = self.recording.channel("arousal"), self.recording.rates_hz["arousal"]
        quiet = ndimage.percentile_filter(level[:: max(int(rate), 1)], 40, size=121, mode="nearest")
        quiet = np.repeat(quiet, max(int(rate), 1))[: len(level)]
        first, last = runs(level > AROUSAL_LEVEL * quiet)
        long = (last - first) / rate >= AROUSAL_LEAST_S
        return first[long] / rate, (last - first)[long] / rate

    @cached_property
    def limited_breaths(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Onset and length in seconds of every breath whose flow is flat on top."""
        flow, rate = self._flow, self.recording.rates_hz[self._flow_name]
        up, down = (edge[:-1] for edge in self._inspirations)  # the last one may be cut off by the end
        cuts = np.stack([up, down], axis=1).ravel()
        mean = np.add.reduceat(flow, cuts)[::2] / np.maximum(down - up, 1)
        peak = np.maximum.reduceat(flow, cuts)[::2]
        length = np.diff(self._inspirations[0]) / rate
        flat = (mean / np.maximum(peak, 1e-9) > FLAT_TOP) & (length < 2.5 * self.breath_s)
        return up[flat] / rate, length[flat]

    @cached_property
    def _ratios(self) -> dict[str, NDArray[np.float32]]:
        return {}

    @cached_property
    def _flow_name(self) -> str:
        return "flow" if "flow" in self.recording.channels else "thermistor"

    @cached_property
    def _flow(self) -> NDArray[np.float32]:
        flow = self.recording.channel(self._flow_name)
        return flow - np.median(flow[::16])

    @cached_property
    def _inspirations(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """First sample of each breathing-in and of what follows it: flow above a fifth of its usual peak."""
        above = self._flow > 0.2 * np.percentile(self._flow[::16], 95)
        return runs(above)

    def _breath_size(self, name: str) -> NDArray[np.float32]:
        """Swing of belts, or highest flow, within one breath's width, on the grid."""
        rate = self.recording.rates_hz[name]
        if rate < LEAST_RATE_HZ:
            rule = f"at least {LEAST_RATE_HZ:g} Hz, to see single breaths"
            raise InputError(f"channel {name}", f"{rate:g} Hz", rule, "Record it faster.", file="recording")
        samples = self._flow if name == self._flow_name else self.recording.channel(name)
        cuts = np.ceil(np.arange(self.size) * (rate / GRID_HZ)).astype(np.intp)
        width = max(int(round(self.breath_s * GRID_HZ)), 3)
        highest = ndimage.maximum_filter1d(np.maximum.reduceat(samples, cuts), width)
        if name in ("chest", "abdomen"):
            highest = highest - ndimage.minimum_filter1d(np.minimum.reduceat(samples, cuts), width)
        return np.maximum(highest, 0)

    def _falls(self, start_s: NDArray, end_s: NDArray) -> NDArray[np.float64]:
        """Largest fall of saturation of each stretch: after the oximeter's delay, before the next stretch's fall."""
        if not len(start_s) or "spo2" not in self.recording.channels:
            return np.zeros(len(start_s))
        delay = self._oximeter_delay_s(start_s, end_s)
        begin = start_s + delay - 3
        stop = np.minimum(end_s + NADIR_WINDOW_S, np.append(start_s[1:], np.inf) + delay + 1)
        widest = int(min(np.max(stop - begin), 200)) + 1
        at = np.clip(np.rint(begin)[:, None] + np.arange(widest), 0, len(self.spo2) - 1).astype(np.intp)
        seen = self.spo2[np.minimum(at, np.clip(np.rint(stop), 0, len(self.spo2) - 1).astype(np.intp)[:, None])]
        return np.max(np.maximum.accumulate(seen, axis=1) - seen, axis=1)

    def _oximeter_delay_s(self, start_s: NDArray, end_s: NDArray) -> float:
        """The delay at which saturation falls most while flow is low; the middle of the range where none stands out."""
        falling = -np.diff(self.spo2, prepend=self.spo2[0])
        total = np.concatenate([[0.0], np.cumsum(falling)])
        begin = np.clip(start_s[:, None] + DELAYS_S, 0, len(falling)).astype(np.intp)
        stop = np.clip(end_s[:, None] + DELAYS_S, 0, len(falling)).astype(np.intp)
        fallen = (total[stop] - total[begin]).sum(axis=0)
        return float(DELAYS_S[np.argmax(fallen)]) if fallen.max() > 0 else float(np.median(DELAYS_S))

    def _wakes(self, end_s: NDArray) -> NDArray[np.bool_]:
        """Whether an arousal begins within five seconds of each end."""
        if "arousal" not in self.recording.channels or not len(self.arousals[0]):
            return np.zeros(len(end_s), bool)
        begins = self.arousals[0]
        following = np.searchsorted(begins, end_s - AROUSAL_NEAR_S)
        near = begins[np.minimum(following, len(begins) - 1)]
        return (following < len(begins)) & (near <= end_s + AROUSAL_NEAR_S)

    def _kinds(self, first: NDArray, last: NDArray) -> NDArray[np.int8]:
        """Central where belts stand still, mixed where they do so for a part, obstructive where they go on."""
        belts = [name for name in ("chest", "abdomen") if name in self.recording.channels]
        still = np.max([self.size_ratio(name) for name in belts], axis=0) < NO_EFFORT
        total = np.concatenate([[0], np.cumsum(still)])
        still_s = (total[last] - total[first]) / GRID_HZ
        still_s += np.where(still_s > 0, self.breath_s, 0)  # a belt's swing is read over a breath, half at either end
        share = still_s * GRID_HZ / np.maximum(last - first, 1)
        return np.select([share >= CENTRAL_SHARE, share >= MIXED_SHARE], [CENTRAL, MIXED], OBSTRUCTIVE).astype(np.int8)


def per_second(recording: Recording, name: str) -> NDArray[np.float64]:
    """A slow channel at one value a second: the mean of each second."""
    samples, rate = recording.channel(name), recording.rates_hz[name]
    if rate == 1:
        return samples.astype(float)
    if rate < 1:
        found, rule = f"{rate:g} Hz", "at least one value a second"
        raise InputError(f"channel {name}", found, rule, "Record it faster.", file="recording")
    cuts = np.ceil(np.arange(int(len(samples) / rate)) * rate).astype(np.intp)
    return np.add.reduceat(samples.astype(float), cuts) / np.diff(cuts, append=len(samples))


def runs(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First place of every run of true, and the place after its last."""
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if mask[0]:
        edges = np.concatenate([[0], edges])
    if mask[-1]:
        edges = np.concatenate([edges, [len(mask)]])
    return edges[::2], edges[1::2]


def _against_before(size: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide by a high percentile of the last two minutes, taken once a second."""
    step = int(GRID_HZ)
    seconds = size[::step]
    before = ndimage.percentile_filter(
        seconds, BEFORE_PERCENTILE, size=BEFORE_S + 1, origin=BEFORE_S // 2, mode="nearest"
    )
    before = np.repeat(np.maximum(before, 1e-6), step)[: len(size)]
    return (size / before).astype(np.float32)
