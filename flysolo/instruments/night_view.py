"""A night from above and its strip, as the instruments that show one night share them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flysolo.child.airway import SUPINE
from flysolo.child.channels import Recording
from flysolo.child.night import CENTRAL, DIP, MIXED, OBSTRUCTIVE, SPONTANEOUS_AROUSAL, Night, simulate
from flysolo.child.waveform import render
from flysolo.instruments import invented
from flysolo.ui.figure import plain
from flysolo.ui.strip import Lane

HOURS = 8.0
STAGE_ROWS = {0: 5, 4: 4, 1: 3, 2: 2, 3: 1}  # wake on top, REM below it, then light to deep
STAGE_NAMES = ("wake", "N1", "N2", "N3", "REM")
ROW_NAMES = ("N3", "N2", "N1", "REM", "wake")  # from the lowest row up
#: What a picture of a night names in its key: look -> words.
EVENT_LOOKS = (
    ("teal box", "obstructive event"),
    ("brown box", "central event"),
    ("plum box", "arousal without an event"),
    ("wash box", "on the back"),
    ("sand box", "the strip below"),
)
_LOOK = {OBSTRUCTIVE: "teal", MIXED: "teal", CENTRAL: "brown", SPONTANEOUS_AROUSAL: "plum"}
_ROW = {"teal": (-0.15, -1.15), "brown": (-0.45, -1.15), "plum": (-0.8, -1.15)}
#: Heights of the picture: stages 0.5 to 5.5, events -1.2 to 0, saturation -5 to -1.6 (70 to 100 %).
_SPO2 = (70.0, 100.0, -5.2, -1.6)
_EVERY_S = 10
_GAIN_EVERY = 61  # samples looked at for the gain; no whole number of breaths, so that every part of a breath is seen


@dataclass(frozen=True, eq=False)
class Shown:
    """One invented child's night: as simulated, and as recorded."""

    night: Night
    recording: Recording


@lru_cache(maxsize=8)
def shown(child: str, seed: int) -> Shown:
    """Simulate and record one night; kept, because turning pages asks for the same night again and again."""
    night = simulate(invented.child(child), seed, hours=HOURS)
    return Shown(night, render(night, 0, seed))


def lanes(recording: Recording) -> list[Lane]:
    """The rows of the strip, top to bottom."""
    wave, rate = recording.channels, recording.rates_hz
    row = np.array([STAGE_ROWS[stage] - 1 for stage in range(5)], dtype=np.float32)
    stage = np.repeat(row[recording.stage], int(recording.epoch_seconds))
    return [
        Lane("Stage", "Stage", "", stage, 1.0, -0.4, 4.4, words=ROW_NAMES, spoken=True),
        Lane("EEG, fast", "EEG", "", wave["arousal"], rate["arousal"], 0.0, 4.5),
        _wave("Flow", wave["flow"], rate["flow"]),
        _wave("Chest", wave["chest"], rate["chest"]),
        _wave("Belly", wave["abdomen"], rate["abdomen"]),
        Lane("Saturation", "SpO2", "%", wave["spo2"], rate["spo2"], 80.0, 100.0, spoken=True, tall=True),
        Lane("CO2", "CO2", "mmHg", wave["etco2"], rate["etco2"], 30.0, 60.0, spoken=True),
        Lane("Heart rate", "Heart", "/min", wave["heart_rate"], rate["heart_rate"], 50.0, 130.0, spoken=True),
    ]


def _wave(label: str, samples: NDArray, rate_hz: float) -> Lane:
    """A lane whose gain is set once for the night, as on a recorder: all but the largest breaths fit."""
    low, high = np.percentile(samples[::_GAIN_EVERY], [0.2, 99.5])
    room = 0.15 * (high - low) + 0.1
    return Lane(label, label, "", samples, rate_hz, float(low - room), float(high + room), tall=True)


def overview_marks(one: Shown, from_s: float, to_s: float) -> list[dict]:
    """Marks of a whole night from above: stages, back, events, saturation, and the stretch that the strip shows."""
    night, hours = one.night, one.night.hours
    edges = np.repeat(np.arange(night.stage.shape[1] + 1), 2)[1:-1] * night.epoch_seconds / 3600.0
    stage = np.repeat([STAGE_ROWS[int(each)] for each in night.stage[0]], 2)
    spo2 = _lowest(one.recording.channels["spo2"], _EVERY_S)
    hour = (np.arange(spo2.size) + 0.5) * _EVERY_S / 3600.0
    strip = {
        "kind": "boxes",
        "look": "sand",
        "from": [from_s / 3600],
        "to": [to_s / 3600],
        "top": 5.6,
        "bottom": -5.2,
        "least": 5,
    }
    return [
        strip,
        _runs(night.posture[0] == SUPINE, night.epoch_seconds),
        *({"kind": "across", "look": "ink", "y": y, "from": 0, "to": hours} for y in (0.2, -1.35)),
        {"kind": "line", "look": "ink", "x": plain(edges, 4), "y": plain(stage, 1)},
        *_event_boxes(one.night),
        {"kind": "line", "look": "ink", "x": plain(hour), "y": plain(spo2_row(spo2))},
    ]


def overview_axes(hours: float) -> tuple[dict, dict]:
    """The axes that `overview_marks` is drawn on."""
    rows = [[row, STAGE_NAMES[stage]] for stage, row in STAGE_ROWS.items()]
    saturation = [[float(spo2_row(value)), f"{value:g} %"] for value in (80, 90, 100)]
    x = {"low": 0, "high": hours, "ticks": [[h, f"{h:g} h"] for h in range(int(hours) + 1)]}
    return x, {"low": -5.3, "high": 5.7, "ticks": [*rows, [-0.65, "events"], *saturation]}


def spo2_row(percent: NDArray | float) -> NDArray:
    """Height of a saturation in the picture; below 70 % it stays at the foot."""
    low, high, foot, top = _SPO2
    return foot + (np.clip(percent, low, high) - low) / (high - low) * (top - foot)


def _event_boxes(night: Night) -> list[dict]:
    events = night.events
    drawn = []
    for look, (top, bottom) in _ROW.items():
        kinds = [kind for kind, name in _LOOK.items() if name == look]
        mine = np.isin(events.kind, kinds) & (events.kind != DIP)
        start, end = events.start_s[mine] / 3600.0, (events.start_s + events.duration_s)[mine] / 3600.0
        box = {"kind": "boxes", "look": look, "top": top, "bottom": bottom}
        drawn.append(box | {"from": plain(start, 4), "to": plain(end, 4)})
    return drawn


def _runs(mask: NDArray[np.bool_], epoch_s: float) -> dict:
    """Stretches on the back as a bar under the stages."""
    edge = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    start, end = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    box = {"kind": "boxes", "look": "wash", "top": 0.55, "bottom": 0.22}
    return box | {"from": plain(start * epoch_s / 3600, 4), "to": plain(end * epoch_s / 3600, 4)}


def _lowest(samples: NDArray, every: int) -> NDArray:
    """Lowest value of each stretch, so that no dip is lost from above."""
    whole = samples[: samples.size // every * every]
    return whole.reshape(-1, every).min(axis=1)
