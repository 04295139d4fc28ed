"""Nights out to EDF+ and in from EDF or EDF+, so that other readers and real recorders can take part.

Out: nine channels with standard labels, stages and events as annotations, and a header that names nobody. In: a
mentor's own de-identified recording, brought to the same channels; every change on the way in is told in
`Recording.notes`, and a header that may name a person is refused before a single sample is read.

What it leaves out: BDF, recordings with gaps (EDF+D), video, EEG reading, free-text annotations (they may name a
person, so only stages and breathing events are kept).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib
from numpy.typing import NDArray

from flysolo.child.channels import KINDS, STAGES, Mark, Recording
from flysolo.child.edf_channels import arousals_from, in_form, recognized, stages_from
from flysolo.child.edf_header import (
    ANNOTATIONS,
    ANONYMOUS_DATE,
    DATE,
    FIXED,
    NOBODY,
    PATIENT,
    RECORDING,
    EdfHeader,
    count_of_signals,
    read_header,
    refusal,
)
from flysolo.child.rules import Rules
from flysolo.child.scorer import check_channels

LEAST_NIGHT_S = 600.0  # less is no night: two minutes of breathing before each event are needed
EQUIPMENT = "Fly_Solo_invented_night"
_DIGITAL_LOW, _DIGITAL_HIGH = -32768, 32767
_EVENT_WORDS = ("apnea", "apnoea", "hypopnea", "hypopnoea", "arousal", "desaturation", "obstructive event")


def write_edf(recording: Recording, path: Path, *, marks: Iterable[Mark] = ()) -> Path:
    """Write a night as EDF+ with its stages and these marks as annotations; return the path.

    Values are kept in 65,536 steps between the bounds of each channel (`KINDS`, widened where the night exceeds them),
    so they come back within half a step. The header holds X for every person and the day 1 January 1985, the day that
    stands for none.
    """
    names = list(recording.channels)
    seconds = int(recording.seconds)
    _check_whole_rates(recording, path)
    with pyedflib.EdfWriter(str(path), len(names), file_type=pyedflib.FILETYPE_EDFPLUS) as writer:
        writer.setStartdatetime(datetime(1985, 1, 1))
        writer.setEquipment(EQUIPMENT)
        bounds = [_bounds(name, recording.channel(name)) for name in names]
        writer.setSignalHeaders([_signal_header(recording, n, b) for n, b in zip(names, bounds, strict=True)])
        digital = [_digital(recording, n, seconds, b) for n, b in zip(names, bounds, strict=True)]
        writer.writeSamples(digital, digital=True)
        for mark in sorted([*_stage_marks(recording), *marks], key=lambda each: each.start_s):
            writer.writeAnnotation(mark.start_s, mark.duration_s, mark.text)
    return path


def read_edf(path: Path, *, labels: Mapping[str, str] | None = None, rules: Rules | None = None) -> Recording:
    """Read a de-identified night from EDF or EDF+.

    Parameters
    ----------
    path : the file
    labels : channel -> label in the file, for those that are not recognized by themselves
    rules : refuse the night at once when these rules read a channel that it does not have

    Errors
    ------
    ContentError naming file, channel and rule: not EDF, cut off, empty, with gaps, with a person in its header, too
    slow, in another unit, flat, or without a channel that the rules read.
    """
    path = Path(path)
    header = read_header(path)
    if header.seconds < LEAST_NIGHT_S:
        found = f"{header.seconds:g} s"
        raise refusal(path.name, "length of the night", found, "at least ten minutes", "Load the whole night.")
    places, notes = recognized(path.name, header.signals, labels or {})
    try:
        signals, marks, left_out = _read_body(path, header, places)
    except OSError as error:
        said = str(error).splitlines()[0].rpartition(": ")[2]  # what stands before it is the file's path
        step = "Export the file again as EDF+, or write a clean copy with flysolo.child.edf.without_identity."
        raise refusal(path.name, "", said, "a file that follows EDF+ to the letter", step) from None
    channels = {}
    for name, samples in signals.items():
        signal = header.signals[places[name]]
        rate = signal.samples_per_record / header.record_s
        channels[name], said = in_form(path.name, name, signal, samples, rate)
        notes += said
    if left_out:
        notes.append(f"{left_out} annotations were left behind: free text may name a person.")
    recording = _recording(channels, marks, header.seconds, notes)
    if rules is not None:
        check_channels(recording, rules, file=path.name)
    return recording


def without_identity(source: Path, target: Path) -> Path:
    """Write a copy whose header names nobody and no day; annotations and samples are copied as they are."""
    data = bytearray(Path(source).read_bytes())
    count_of_signals(Path(source).name, bytes(data[:FIXED]))
    data[PATIENT] = NOBODY.ljust(80).encode()
    data[RECORDING] = b"Startdate 01-JAN-1985 X X X".ljust(80)
    data[DATE] = ANONYMOUS_DATE.encode()
    Path(target).write_bytes(data)
    return Path(target)


def step_of(recording: Recording, name: str) -> float:
    """The size of one stored step of a channel; a value comes back within half of it."""
    low, high = _bounds(name, recording.channel(name))
    return (high - low) / (_DIGITAL_HIGH - _DIGITAL_LOW)


def _recording(channels: dict, marks: list[Mark], seconds: float, notes: list[str]) -> Recording:
    if "arousal" not in channels and (level := arousals_from(marks, seconds)) is not None:
        channels["arousal"] = level
        notes.append("The arousal channel was painted from the arousals that came as annotations.")
    stage = stages_from(marks, seconds, 30.0)
    if stage is None:
        notes.append("No sleep stages came with the night: only rules without an EEG can score it.")
    rates = {name: KINDS[name].rate_hz for name in channels}
    breathing = tuple(mark for mark in marks if not mark.text.lower().startswith("sleep stage"))
    return Recording(channels, rates, stage, 30.0, breathing, tuple(notes))


def _read_body(path: Path, header: EdfHeader, places: dict[str, int]) -> tuple[dict, list[Mark], int]:
    """Samples of the chosen signals, the marks that are kept, and how many were not."""
    # the library leaves the annotations of EDF+ out of its numbering
    names_left_out = (ANNOTATIONS,) if header.plus else ()
    plain = [place for place, signal in enumerate(header.signals) if signal.label not in names_left_out]
    with pyedflib.EdfReader(str(path), annotations_mode=pyedflib.READ_ALL_ANNOTATIONS) as reader:
        signals = {name: reader.readSignal(plain.index(place)) for name, place in places.items()}
        rows = zip(*reader.readAnnotations(), strict=True)
        every = [Mark(float(start), max(float(length), 0.0), str(text)) for start, length, text in rows]
    kept = [mark for mark in every if _is_kept(mark.text)]
    return signals, kept, len(every) - len(kept)


def _is_kept(text: str) -> bool:
    lower = text.lower()
    return lower.startswith("sleep stage") or any(word in lower for word in _EVENT_WORDS)


def _check_whole_rates(recording: Recording, path: Path) -> None:
    for name, rate in recording.rates_hz.items():
        if name in recording.channels and rate != int(rate):
            step = "Render or resample the channel at a whole number of samples a second."
            raise refusal(path.name, f"channel {name}", f"{rate:g} Hz", "a whole rate, for records of a second", step)


def _bounds(name: str, samples: NDArray) -> tuple[float, float]:
    low = min(KINDS[name].low, float(np.floor(samples.min())))
    high = max(KINDS[name].high, float(np.ceil(samples.max())))
    return low, high


def _signal_header(recording: Recording, name: str, bounds: tuple[float, float]) -> dict:
    return {
        "label": KINDS[name].label,
        "dimension": recording.units[name],
        "sample_frequency": int(recording.rates_hz[name]),
        "physical_min": bounds[0],
        "physical_max": bounds[1],
        "digital_min": _DIGITAL_LOW,
        "digital_max": _DIGITAL_HIGH,
        "transducer": "",
        "prefilter": "",
    }


def _digital(recording: Recording, name: str, seconds: int, bounds: tuple[float, float]) -> NDArray[np.int32]:
    samples = recording.channel(name)[: seconds * int(recording.rates_hz[name])].astype(float)
    share = (samples - bounds[0]) / (bounds[1] - bounds[0])
    return np.rint(share * (_DIGITAL_HIGH - _DIGITAL_LOW) + _DIGITAL_LOW).astype(np.int32)


def _stage_marks(recording: Recording) -> list[Mark]:
    if recording.stage is None:
        return []
    length = recording.epoch_seconds
    texts = [f"Sleep stage {STAGES[code]}" if code >= 0 else "Sleep stage ?" for code in recording.stage]
    return [Mark(number * length, length, text) for number, text in enumerate(texts)]
