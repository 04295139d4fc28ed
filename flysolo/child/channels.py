"""A recording of one night: named channels with units and rates, stages, and marks.

Waveform, scorer and EDF meet here and only here: the scorer reads a `Recording` and cannot tell an invented child's
from a mentor's imported one. Channel names say what is measured; units and rates travel with the samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from flysolo.problems import InputError, nearest

STAGES = ("W", "N1", "N2", "N3", "R")
POSTURES = ("supine", "side", "prone")


@dataclass(frozen=True)
class ChannelKind:
    """What a channel of that name holds: its EDF label, unit, usual rate and the values it can take.

    `low` and `high` bound the stored values (EDF keeps 65,536 steps between them); `needed_by` says in plain words
    who misses the channel.
    """

    name: str
    label: str
    unit: str
    rate_hz: float
    low: float
    high: float
    meaning: str


# Labels follow the wording of EDF+ polysomnograms (signal type, then place). Rates: flow and effort 32 Hz as one trial
# recorded them (sig-chat-montage); the slow channels are trends, kept at one value a second.
KINDS: Mapping[str, ChannelKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ChannelKind("flow", "Resp Nasal", "a.u.", 32, -4, 4, "flow at the nose; a quiet breath peaks near 1"),
            ChannelKind("thermistor", "Resp Thermal", "a.u.", 32, -4, 4, "flow at nose and mouth as warmth"),
            ChannelKind("chest", "Effort Thorax", "a.u.", 32, -8, 8, "movement of the chest"),
            ChannelKind("abdomen", "Effort Abdomen", "a.u.", 32, -8, 8, "movement of the belly"),
            ChannelKind("spo2", "SaO2 SpO2", "%", 1, 30, 100, "saturation from the oximeter"),
            ChannelKind("etco2", "EtCO2 Trend", "mmHg", 1, 0, 120, "carbon dioxide at the end of the breath"),
            ChannelKind("heart_rate", "HR Pulse", "bpm", 1, 0, 255, "heart rate"),
            ChannelKind("position", "Pos Body", "code", 1, 0, 3, "0 supine, 1 side, 2 prone"),
            ChannelKind("arousal", "EEG Fast share", "a.u.", 4, 0, 10, "fast EEG activity against the minute before"),
        )
    }
)


@dataclass(frozen=True)
class Mark:
    """Something noted at a time of the night, by a person or a machine."""

    start_s: float
    duration_s: float
    text: str


@dataclass(frozen=True)
class Recording:
    """One night as it would come from the recorder.

    Attributes
    ----------
    channels : name -> samples, one-dimensional; names are keys of `KINDS`
    rates_hz : name -> samples per second
    stage : (epochs,) int8, index into `STAGES`, or -1 where nobody staged; None when no stages came with the night
    epoch_seconds : length of one epoch of `stage`
    marks : what came with the recording (never read by the scorer)
    notes : what was changed on the way in, in sentences (a resampled channel, a missing stage)
    """

    channels: Mapping[str, NDArray[np.float32]]
    rates_hz: Mapping[str, float]
    stage: NDArray[np.int8] | None
    epoch_seconds: float = 30.0
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.channels:
            raise InputError("channels", "none", "at least one channel", "Load a recording that holds signals.")
        for name, samples in self.channels.items():
            _check_channel(name, np.asarray(samples), self.rates_hz.get(name))
        units = {name: self.units.get(name, KINDS[name].unit) for name in self.channels}
        object.__setattr__(self, "units", MappingProxyType(units))
        object.__setattr__(self, "channels", MappingProxyType(dict(self.channels)))
        object.__setattr__(self, "rates_hz", MappingProxyType(dict(self.rates_hz)))

    @property
    def seconds(self) -> float:
        """Length of the night: that of its shortest channel, so every channel covers it."""
        return min(len(samples) / self.rates_hz[name] for name, samples in self.channels.items())

    def channel(self, name: str) -> NDArray[np.float32]:
        """Return the samples of one channel, or say which channels there are."""
        if name in self.channels:
            return self.channels[name]
        have = ", ".join(self.channels)
        step = f"Load a recording with that channel, or choose rules that do without it.{nearest(name, self.channels)}"
        raise InputError(f"channel {name}", f"only {have}", "the channel that the rules read", step, file="recording")

    def time_s(self, name: str) -> NDArray[np.float64]:
        """Times of a channel's samples from the start of the night, in seconds."""
        return np.arange(len(self.channel(name))) / self.rates_hz[name]

    def between(self, name: str, start_s: float, end_s: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Times and samples of one channel from `start_s` up to `end_s`, for a strip."""
        rate = self.rates_hz.get(name, 1.0)
        samples = self.channel(name)
        first, last = (int(np.clip(np.ceil(at * rate), 0, len(samples))) for at in (start_s, end_s))
        return np.arange(first, last) / rate, samples[first:last]


def _check_channel(name: str, samples: np.ndarray, rate_hz: float | None) -> None:
    where = f"channel {name}"
    if name not in KINDS:
        step = f"Name it as one of the known channels.{nearest(name, KINDS)}"
        raise InputError(where, "a name that no rule reads", f"one of: {', '.join(KINDS)}", step, file="recording")
    if rate_hz is None or not np.isfinite(rate_hz) or not 0 < rate_hz <= 2000:
        raise InputError(
            where, f"rate {rate_hz}", "a rate above 0 and up to 2000 Hz", "Give its rate.", file="recording"
        )
    if samples.ndim != 1 or not len(samples):
        found = f"samples of shape {samples.shape}"
        raise InputError(where, found, "one row of samples, not empty", "Load the whole night.", file="recording")
    if samples.dtype.kind not in "iuf":
        raise InputError(where, f"type {samples.dtype}", "plain numbers", "Give numbers.", file="recording")
    # one pass over the samples: a sum is finite only when every sample is
    if not np.isfinite(np.sum(samples, dtype=np.float64)):
        at_s = float(np.flatnonzero(~np.isfinite(samples))[0]) / rate_hz
        raise InputError(
            where, f"no number at {at_s:.1f} s", "a finite number everywhere", "Cut the gap out.", file="recording"
        )
