"""From a simulated night to the channels a recorder would write.

The night is decided elsewhere, as epochs and events; here it is only drawn, so the strips cannot contradict the
summary. Breaths come from a train decided once (`breaths.py`) and are painted by table look-up, which keeps a whole
night of nine channels within tens of milliseconds.

Shapes: an unlimited breath is round, a flow-limited one flat on top (phys-starling-upstream: flow follows the nose's
pressure and no longer the pull). Effort goes on and chest and belly part in obstructive events and stops in central
ones. Saturation falls in a straight line with a delay, reaching its lowest point within the 30 seconds after the
event that one trial searched (def-chat-rules-differ), and heart rate rises after it (direction:
phys-arousal-hr-response).

What it leaves out: snoring, ECG and EEG waves (the arousal channel is a trend of fast activity), movement artefact,
lost sensors, drift, mouth leak, the heart's own ripple in the flow, the curve of hemoglobin within a single dip, and
loss of end-tidal carbon dioxide during apneas. Numbers marked assumed stand in for what was not found.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from flysolo.child.breaths import (
    ARTEFACT_DIP,
    BREATHING_KINDS,
    SPONTANEOUS_AROUSAL,
    OneNight,
    breath_train,
)
from flysolo.child.channels import KINDS, Mark, Recording
from flysolo.child.painting import paint
from flysolo.problems import InputError, nearest

EVENT_NAMES = ("Obstructive event", "Central event", "Mixed event", "Arousal", "Artefact")

# Assumed for teaching; a finding stands beside what it supports.
SPO2_DELAY_S = (12.0, 20.0)  # one per child; the lowest point lies inside the published 30 s window
SPO2_RECOVERY_S = 20.0
SPO2_WANDER_PERCENT = 0.3  # within-night wander below one point
HEART_RISE_BPM = (5.0, 15.0)  # upper bound held by phys-hr-modest-in-hypoxaemia
AROUSAL_S = (4.0, 12.0)


def render(
    night, child_index: int, seed: int, *, rates: Mapping[str, float] | None = None, averaging_s: float = 0.0
) -> Recording:
    """Draw one child's night as nine channels; the same night, child and seed give the same samples, bit by bit.

    Parameters
    ----------
    night : a simulated `Night`; ages as the night's children
    child_index : row of the night, 0..children_n - 1
    seed : whole number from 0; decides breath spread, delays and noise, never an event
    rates : channel -> samples per second, whole numbers 1..256, for those that should differ from `KINDS`
    averaging_s : moving mean of the oximeter, 0..30 s (oxi-averaging-time: a slower device shows fewer dips)

    Errors
    ------
    InputError for a child that is not there, an unknown channel, a rate or an averaging time out of range.
    """
    rates_hz = _checked_rates(rates or {})
    if not (isinstance(seed, int | np.integer) and seed >= 0):
        raise InputError("seed", seed, "a whole number from 0", "Give the seed shown with the night.")
    if not 0 <= averaging_s <= 30:
        raise InputError("averaging_s", averaging_s, "a number of seconds from 0 to 30", "Give another averaging time.")
    one = one_night(night, child_index)
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([int(seed), int(child_index)])))
    channels = paint(breath_train(one, rng), one.seconds, rates_hz, rng)
    channels["spo2"] = _spo2(one, rates_hz["spo2"], averaging_s, rng)
    channels["etco2"] = _etco2(one, rates_hz["etco2"], rng)
    channels["heart_rate"] = _heart_rate(one, rates_hz["heart_rate"], rng)
    channels["position"] = one.posture[one.epoch_at(_times(one, rates_hz["position"]))].astype(np.float32)
    channels["arousal"] = _arousal(one, rates_hz["arousal"], rng)
    return Recording(channels, rates_hz, one.stage.copy(), one.epoch_seconds)


def one_night(night, child_index: int) -> OneNight:
    """Take one child's rows and events out of a night of many."""
    if not (isinstance(child_index, int | np.integer) and 0 <= child_index < night.children_n):
        rule = f"a whole number from 0 to {night.children_n - 1}"
        raise InputError("child_index", child_index, rule, "Choose a child of this night.")
    events = night.events
    first, last = np.searchsorted(events.child, [child_index, child_index + 1])
    own = slice(first, last)
    seconds = float(night.stage.shape[1] * night.epoch_seconds)
    if seconds <= 0:
        raise InputError("night", "no epochs", "at least one epoch", "Simulate a night of some hours.")
    return OneNight(
        seconds=seconds,
        epoch_seconds=float(night.epoch_seconds),
        breaths_per_min=float(night.breaths_per_min[child_index]),
        stage=night.stage[child_index],
        posture=night.posture[child_index],
        flow_limited=night.flow_limited[child_index],
        co2_mmhg=night.co2_mmhg[child_index],
        effort_cmh2o=night.effort_cmh2o[child_index],
        heart_rate_bpm=night.heart_rate_bpm[child_index],
        baseline_spo2_percent=float(night.baseline_spo2[child_index]),
        start_s=events.start_s[own],
        duration_s=events.duration_s[own],
        kind=events.kind[own],
        remaining_flow=events.remaining_flow[own],
        desaturation_percent=events.desaturation_percent[own],
        arousal=events.arousal[own],
    )


def event_marks(night, child_index: int) -> tuple[Mark, ...]:
    """The simulator's own events as marks: what happened, before any rule is applied."""
    one = one_night(night, child_index)
    rows = zip(one.start_s, one.duration_s, one.kind, strict=True)
    return tuple(Mark(float(start), float(length), EVENT_NAMES[kind]) for start, length, kind in rows)


def _checked_rates(rates: Mapping[str, float]) -> dict[str, float]:
    for name, rate in rates.items():
        if name not in KINDS:
            raise InputError("rates", name, f"one of: {', '.join(KINDS)}", f"Name a channel.{nearest(name, KINDS)}")
        if rate not in range(1, 257):
            raise InputError(f"rates[{name}]", rate, "a whole number from 1 to 256 Hz", "Give another rate.")
    return {name: float(rates.get(name, kind.rate_hz)) for name, kind in KINDS.items()}


def _times(one: OneNight, rate_hz: float) -> NDArray[np.float64]:
    return np.arange(round(one.seconds * rate_hz)) / rate_hz


def _spo2(one: OneNight, rate_hz: float, averaging_s: float, rng) -> NDArray[np.float32]:
    """Baseline less one dip per event: down from start to end, both late, and up again before the next fall begins.

    A dip is as deep as the event's `desaturation_percent`, whatever stands before it. Where events crowd, recovery is
    hurried to make room; a real oximeter would show a saturation that no longer recovers.
    """
    delay = rng.uniform(*SPO2_DELAY_S)
    time = _times(one, rate_hz)
    falling = np.isin(one.kind, (*BREATHING_KINDS, ARTEFACT_DIP)) & (one.desaturation_percent > 0)
    start, depth = one.start_s[falling] + delay, one.desaturation_percent[falling]
    lowest = start + np.maximum(one.duration_s[falling], 2.0)
    back = np.minimum(lowest + SPO2_RECOVERY_S, np.append(start[1:], np.inf))
    knots = np.maximum.accumulate(np.stack([start, lowest, back], axis=1).ravel())
    levels = np.stack([np.zeros_like(depth), depth, np.zeros_like(depth)], axis=1).ravel()
    dip = np.interp(time, knots, levels, left=0, right=0) if len(depth) else 0.0
    phases = rng.uniform(0, 2 * np.pi, 2)
    wander = SPO2_WANDER_PERCENT * (np.sin(time / 900 + phases[0]) + np.sin(time / 2300 + phases[1])) / 2
    spo2 = np.clip(one.baseline_spo2_percent + wander - dip, KINDS["spo2"].low, 100.0)
    width = round(averaging_s * rate_hz)
    if width > 1:
        padded = np.pad(spo2, (width - 1, 0), mode="edge")
        spo2 = np.convolve(padded, np.full(width, 1 / width), mode="valid")
    return np.round(spo2, 1).astype(np.float32)


def _etco2(one: OneNight, rate_hz: float, rng) -> NDArray[np.float32]:
    """End-tidal carbon dioxide as a trend between the middles of epochs; sustained partial closing raises it."""
    time = _times(one, rate_hz)
    middles = (np.arange(len(one.stage)) + 0.5) * one.epoch_seconds
    trend = np.interp(time, middles, one.co2_mmhg)
    return (trend + 0.25 * rng.standard_normal(len(time))).astype(np.float32)


def _heart_rate(one: OneNight, rate_hz: float, rng) -> NDArray[np.float32]:
    """Heart rate of the epoch with a rise after each event, larger with an arousal (size assumed)."""
    time = _times(one, rate_hz)
    base = np.interp(time, (np.arange(len(one.stage)) + 0.5) * one.epoch_seconds, one.heart_rate_bpm)
    counted = one.kind != ARTEFACT_DIP
    end, woke = (one.start_s + one.duration_s)[counted], one.arousal[counted] | (one.kind[counted] > 2)
    if len(end):
        order = np.argsort(end, kind="stable")
        low, high = HEART_RISE_BPM
        size = rng.uniform(low, (low + high) / 2, len(end)) + np.where(woke, (high - low) / 2, 0)
        size = size[order]
        knots = np.maximum.accumulate((end[order, None] + [0.0, 4.0, 15.0]).ravel())
        rise = np.stack([np.zeros_like(size), size, np.zeros_like(size)], axis=1).ravel()
        base = base + np.interp(time, knots, rise, left=0, right=0)
    return (base + 0.8 * rng.standard_normal(len(time))).astype(np.float32)


def _arousal(one: OneNight, rate_hz: float, rng) -> NDArray[np.float32]:
    """Fast EEG activity: near 1 in quiet sleep, near 3 in an arousal, which begins as its event ends."""
    time = _times(one, rate_hz)
    level = 1 + 0.12 * rng.standard_normal(len(time), dtype=np.float32)
    woke = one.arousal & np.isin(one.kind, BREATHING_KINDS) | (one.kind == SPONTANEOUS_AROUSAL)
    ends = np.where(one.kind == SPONTANEOUS_AROUSAL, one.start_s, one.start_s + one.duration_s - 0.5)[woke]
    drawn = rng.uniform(*AROUSAL_S, len(ends))
    if len(ends):
        ends = np.sort(ends)
        room = np.diff(ends, append=np.inf)
        length = np.minimum(drawn, np.maximum(room - 1.5, 0))
        before = np.searchsorted(ends, time, side="right") - 1
        level[(before >= 0) & (time < ends[before] + length[before])] += 2
    return np.clip(level, 0, KINDS["arousal"].high)
