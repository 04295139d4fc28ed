"""From a recorder's signals to the channels that rules read: names recognized, rates and units brought to one form.

Every change is told in a sentence, and nothing is guessed twice: a channel is taken by its label, or by the label that
the mentor names. What cannot be brought to the form is refused with its name and the rule.

What it leaves out: belts' calibration, artefact rejection, and reading arousals from EEG (they come as annotations).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from flysolo.child.channels import KINDS, Mark
from flysolo.child.edf_header import Signal, refusal
from flysolo.problems import nearest

# What recorders call them, as words; the first channel whose pattern is found in a label takes it.
PATTERNS: Mapping[str, str] = {
    "etco2": r"\bet ?co2\b|end.?tidal|^co2 ?(trend|et)",
    "spo2": r"\bspo2|\bsao2|\bsat\b|\bosat\b",
    "heart_rate": r"\bhr\b|heart ?rate|pulse ?rate|^pulse$|^pr$",
    "chest": r"chest|thor",
    "abdomen": r"abdo|\babd\b",
    "thermistor": r"therm|oronasal|^air ?flow$",
    "flow": r"nasal|cannula|ptaf|\bnpt?\b|^flow$",
    "position": r"\bpos(ition)?\b|^body",
    "arousal": r"^eeg fast share$",
}
LEAST_RATE_HZ = {"flow": 8.0, "thermistor": 8.0, "chest": 8.0, "abdomen": 8.0}
LOST_SPO2_PERCENT = 30.0  # below it an oximeter has lost the finger
MOST_LOST_SHARE = 0.2  # assumed: a night with more of its saturation lost is recorded again
KPA_TO_MMHG = 7.50062
AROUSAL_MARK_LEVEL = 3.0


def recognized(file: str, signals: tuple[Signal, ...], labels: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """Place of the signal for each channel that the file has, and what to say about the choice."""
    places, notes = {}, []
    have = [signal.label for signal in signals]
    for name, label in labels.items():
        if name not in KINDS:
            step = f"Name a channel.{nearest(name, KINDS)}"
            raise refusal(file, "labels", name, f"one of: {', '.join(KINDS)}", step)
        if label not in have:
            step = f"Choose a label of the file.{nearest(label, have)}"
            raise refusal(file, f"channel {name}", f"no signal labeled {label!r}", f"one of: {', '.join(have)}", step)
        places[name] = have.index(label)
    for place, label in enumerate(have):
        name = _name_of(label)
        if name is None or place in places.values() or name in labels:
            continue
        if name in places:
            notes.append(f"{label!r} was left out: {have[places[name]]!r} already stands for {name}.")
        else:
            places[name] = place
    if not places:
        step = "Name the labels yourself (labels={'flow': ...}), or load a recording of breathing or saturation."
        known = "; ".join(kind.label for kind in KINDS.values())
        raise refusal(file, "channels", ", ".join(have) or "none", f"at least one channel such as: {known}", step)
    return places, notes


def _name_of(label: str) -> str | None:
    exact = {kind.label.lower(): kind.name for kind in KINDS.values()}
    if label.lower() in exact:
        return exact[label.lower()]
    words = re.sub(r"[_\-.]+", " ", label.lower()).strip()
    return next((name for name, pattern in PATTERNS.items() if re.search(pattern, words)), None)


def in_form(
    file: str, name: str, signal: Signal, samples: NDArray[np.float64], rate_hz: float
) -> tuple[NDArray[np.float32], list[str]]:
    """Bring one signal to its channel's unit and rate, with what was changed in sentences."""
    if not np.isfinite(samples).all():
        step = "Export the file again."
        raise refusal(file, f"channel {name} ({signal.label})", "values that are no numbers", "finite values", step)
    if name not in ("position", "arousal") and samples.min() == samples.max():
        found, rule = f"{samples[0]:g} all night", "a signal that moves"
        raise refusal(file, f"channel {name} ({signal.label})", found, rule, "Check the sensor, or leave it out.")
    samples, notes = _in_unit(file, name, signal, samples)
    wanted = KINDS[name].rate_hz
    if rate_hz < LEAST_RATE_HZ.get(name, 0.1):
        rule = f"at least {LEAST_RATE_HZ.get(name, 0.1):g} Hz"
        raise refusal(file, f"channel {name} ({signal.label})", f"{rate_hz:g} Hz", rule, "Export it at a higher rate.")
    if rate_hz != wanted:
        notes.append(f"{name} ({signal.label}) came at {rate_hz:g} Hz and was resampled to {wanted:g} Hz.")
        samples = _resampled(name, samples, rate_hz, wanted)
    return samples.astype(np.float32), notes


def _resampled(name: str, samples: NDArray, rate_hz: float, wanted_hz: float) -> NDArray:
    """Filtered to the new rate; a code (position) is taken as it stood, since a filter would invent codes."""
    length = int(len(samples) / rate_hz * wanted_hz)
    if name == "position":
        return samples[np.minimum((np.arange(length) * (rate_hz / wanted_hz)).astype(np.intp), len(samples) - 1)]
    ratio = (Fraction(wanted_hz) / Fraction(rate_hz).limit_denominator(1000)).limit_denominator(2000)
    return resample_poly(samples, ratio.numerator, ratio.denominator, padtype="line")[:length]


def _in_unit(file: str, name: str, signal: Signal, samples: NDArray) -> tuple[NDArray, list[str]]:
    where, unit = f"channel {name} ({signal.label})", signal.unit.strip().lower()
    if name == "spo2":
        return _saturation(file, where, samples)
    if name == "etco2" and unit == "kpa":
        return samples * KPA_TO_MMHG, [f"{name} ({signal.label}) came in kPa and was turned into mmHg."]
    if name == "etco2" and unit not in ("mmhg", "torr", "mm hg"):
        raise refusal(file, where, f"unit {signal.unit!r}", "mmHg or kPa", "Export it in mmHg.")
    return samples, []


def _saturation(file: str, where: str, samples: NDArray) -> tuple[NDArray, list[str]]:
    """Percent; where the finger was lost, the value before stands, and the time is told."""
    lost = (samples < LOST_SPO2_PERCENT) | (samples > 100.5)
    share = float(lost.mean())
    if share > MOST_LOST_SHARE:
        rule = f"saturation in percent, no more than {MOST_LOST_SHARE:.0%} of it lost"
        raise refusal(file, where, f"{share:.0%} outside 30 to 100", rule, "Check unit and sensor; record again.")
    if not lost.any():
        return np.minimum(samples, 100.0), []
    before = np.maximum.accumulate(np.where(lost, -1, np.arange(len(samples))))
    before = np.where(before < 0, np.flatnonzero(~lost)[0], before)
    note = f"spo2 was lost for {share:.1%} of the night; the value before was kept there."
    return np.minimum(samples[before], 100.0), [note]


def stages_from(marks: list[Mark], seconds: float, epoch_s: float) -> NDArray[np.int8] | None:
    """Stages from annotations ("Sleep stage N2"), -1 where nobody staged; None when no epoch is staged."""
    names = {"w": 0, "1": 1, "n1": 1, "2": 2, "n2": 2, "3": 3, "n3": 3, "4": 3, "n4": 3, "r": 4}
    stage = np.full(int(seconds // epoch_s), -1, np.int8)
    for mark in marks:
        first = round(mark.start_s / epoch_s)
        last = max(round((mark.start_s + max(mark.duration_s, 0)) / epoch_s), first + 1)
        code = mark.text.lower().removeprefix("sleep stage").strip()
        if mark.text.lower().startswith("sleep stage") and code in names and first >= 0:
            stage[first:last] = names[code]
    return stage if (stage >= 0).any() else None


def arousals_from(marks: list[Mark], seconds: float) -> NDArray[np.float32] | None:
    """The arousal channel painted from annotations, for a night whose arousals a person marked."""
    rate = KINDS["arousal"].rate_hz
    woken = [mark for mark in marks if "arousal" in mark.text.lower()]
    if not woken:
        return None
    level = np.ones(int(seconds * rate), np.float32)
    for mark in woken:
        level[max(int(mark.start_s * rate), 0) : int((mark.start_s + max(mark.duration_s, 3.0)) * rate) + 1] = (
            AROUSAL_MARK_LEVEL
        )
    return level
