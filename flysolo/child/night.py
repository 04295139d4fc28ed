"""One night, simulated once as epochs and events; everything else is read from it and so cannot contradict it.

A night is made of 30-second epochs. Stage and posture run their course; in each epoch the airway's excess pressure
plus a wandering noise says whether flow is enough, limited, or so low that an event happens, and how low. Central
pauses, spontaneous arousals and artefact dips have their own chances. No apnea-hypopnea index is ever drawn.

Random numbers are drawn per block of `BLOCK` children, from the seed and the block's number alone, and the same amount
whatever the children are. So a night is the same however the work is cut up, and two versions of a child (before and
after a change) can be put through the same night: that is what makes the monotone laws testable.

What it leaves out: no feedback of events on sleep stages, at most one breathing event in 30 seconds, no cardiac events,
no deep bradycardia, no infants.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from flysolo.child.airway import N3, REM, WAKE, excess_cmh2o, remaining_flow
from flysolo.child.children import Children
from flysolo.child.parameters import P
from flysolo.child.sleep import Draws, postures, stages
from flysolo.models import checked_number
from flysolo.problems import InputError

BLOCK = 250
EPOCH_SECONDS = 30
OBSTRUCTIVE, CENTRAL, MIXED, SPONTANEOUS_AROUSAL, DIP = range(5)
KINDS = ("obstructive", "central", "mixed", "spontaneous arousal", "dip")


@dataclass(frozen=True, eq=False)
class Events:
    """Flat arrays of equal length, sorted by (child, start_s).

    `child` int32; `start_s`, `duration_s` s from lights out; `kind` int8 (see `KINDS`); `remaining_flow` share of the
    wanted flow (0 to 1); `desaturation_percent` points below baseline; `arousal` bool; `stage`, `posture` int8.
    """

    child: NDArray[np.int32]
    start_s: NDArray[np.float32]
    duration_s: NDArray[np.float32]
    kind: NDArray[np.int8]
    remaining_flow: NDArray[np.float32]
    desaturation_percent: NDArray[np.float32]
    arousal: NDArray[np.bool_]
    stage: NDArray[np.int8]
    posture: NDArray[np.int8]

    def __len__(self) -> int:
        return self.child.size

    def where(self, mask: NDArray) -> Events:
        """Return the events where the mask is true."""
        return Events(**{f.name: getattr(self, f.name)[mask] for f in fields(self)})


@dataclass(frozen=True, eq=False)
class Night:
    """A night of n children: arrays (n, epochs) by 30-second epoch, arrays (n,) by child, and the events.

    `stage` 0 wake, 1 N1, 2 N2, 3 N3, 4 REM; `posture` 0 supine, 1 side, 2 prone; `flow_limited`; `mouth_open`;
    `effort_cmh2o` swing of effort; `co2_mmhg` end-tidal; `heart_rate_bpm`.
    """

    children_n: int
    hours: float
    stage: NDArray[np.int8]
    posture: NDArray[np.int8]
    mouth_open: NDArray[np.bool_]
    flow_limited: NDArray[np.bool_]
    effort_cmh2o: NDArray[np.float32]
    co2_mmhg: NDArray[np.float32]
    heart_rate_bpm: NDArray[np.float32]
    baseline_spo2: NDArray[np.float32]
    breaths_per_min: NDArray[np.float32]
    events: Events
    epoch_seconds: int = EPOCH_SECONDS

    def child(self, index: int) -> Night:
        """Return the night of one child as a night of its own."""
        if not 0 <= index < self.children_n:
            rule = f"a whole number from 0 to {self.children_n - 1}"
            raise InputError("index", index, rule, "Choose a child of this night.")
        events = self.events.where(self.events.child == index)
        events = Events(**{**vars(events), "child": np.zeros(len(events), np.int32)})
        rows = slice(index, index + 1)
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return Night(children_n=1, hours=self.hours, events=events, **arrays)


_ARRAYS = tuple(f.name for f in fields(Night) if f.name not in ("children_n", "hours", "events", "epoch_seconds"))


def simulate(children: Children, seed: int, *, hours: float = 8.0) -> Night:
    """Return one night of these children, 0.5 to 14 hours from lights out; the same seed gives the same night."""
    hours = checked_number("hours", hours, 0.5, 14.0, "h")
    if len(children) == 0:
        raise InputError("children", "none", "at least one child", "Draw or build children first.")
    starts = range(0, len(children), BLOCK)
    return joined([simulate_block(children.take(slice(s, s + BLOCK)), seed, s // BLOCK, hours) for s in starts])


def joined(nights: list[Night]) -> Night:
    """Put nights of equal length behind each other."""
    if len(nights) == 1:
        return nights[0]
    offsets = np.cumsum([0] + [night.children_n for night in nights])
    events = {f.name: np.concatenate([getattr(n.events, f.name) for n in nights]) for f in fields(Events)}
    events["child"] = np.concatenate(
        [n.events.child + np.int32(o) for n, o in zip(nights, offsets[:-1], strict=True)]
    ).astype(np.int32)
    arrays = {name: np.concatenate([getattr(n, name) for n in nights]) for name in _ARRAYS}
    return Night(children_n=int(offsets[-1]), hours=nights[0].hours, events=Events(**events), **arrays)


def simulate_block(children: Children, seed: int, block: int, hours: float) -> Night:
    """Return the night of up to `BLOCK` children; block number and seed decide every random number."""
    n, epochs = len(children), int(round(hours * 3600 / EPOCH_SECONDS))
    draw = Draws(seed, block, n, epochs)
    stage = stages(draw, epochs)
    posture, mouth_open = postures(children, draw, stage)
    wander = excess_cmh2o(children)[np.arange(n)[:, None], stage, posture, mouth_open.astype(np.int8)]
    wander = wander + (children.night_sd_cmh2o * draw.child_normal[:, 0]).astype(np.float32)[:, None]
    if children.cpap_cmh2o.any():
        mask_on = np.arange(epochs)[None, :] < (children.cpap_share * epochs)[:, None]
        wander = wander - (children.cpap_cmh2o.astype(np.float32)[:, None] * mask_on)
    excess = wander + np.float32(P.noise_cmh2o) * draw.logistic("obstruct")
    asleep = stage != WAKE
    excess = np.where(_stray(children, draw), np.maximum(excess, np.float32(P.stray_excess_cmh2o)), excess)
    obstructed = (excess > 0) & asleep
    central = _central(children, draw, stage) & asleep & ~obstructed
    breathing = obstructed | central
    quiet = ~breathing
    quiet[:, 1:] &= ~breathing[:, :-1]
    aroused = quiet & asleep & (draw.uniform("arousal") < (children.arousals_per_h / 120.0).astype(np.float32)[:, None])
    dipped = quiet & asleep & (draw.uniform("dip") < (children.dips_per_h / 120.0).astype(np.float32)[:, None])
    limited = (excess > -P.flow_limited_band_cmh2o) & asleep
    events = _events(children, draw, stage, posture, excess, obstructed, central, aroused, dipped)
    load = np.clip(excess + np.float32(P.flow_limited_band_cmh2o), 0, 40) * asleep
    return Night(
        children_n=n,
        hours=hours,
        stage=stage,
        posture=posture,
        mouth_open=mouth_open,
        flow_limited=limited,
        effort_cmh2o=(np.float32(P.quiet_effort_cmh2o) + load).astype(np.float32),
        co2_mmhg=_co2(children, stage, load),
        heart_rate_bpm=_heart_rate(children, stage, events),
        baseline_spo2=children.baseline_spo2_percent.astype(np.float32),
        breaths_per_min=children.breaths_per_min.astype(np.float32),
        events=events,
    )


def _stray(children: Children, draw: Draws) -> NDArray[np.bool_]:
    """Epochs in which any throat gives way for a moment: after a sigh, a turn, with the chin down."""
    rate = P.stray_per_h * (np.minimum(children.age_years, 16.0) / 6.0) ** -P.stray_fall
    return draw.uniform("stray") < (rate / 120.0).astype(np.float32)[:, None]


def _central(children: Children, draw: Draws, stage: NDArray) -> NDArray:
    """Pauses without effort: each child's own rate, raised by loop gain, more of them in light sleep and REM."""
    gain = np.exp(P.central_per_loop_gain * (children.loop_gain - P.loop_gain_reference))
    by_stage = np.array([0.0, 1.5, 0.9, 0.5, 1.7], np.float32)
    chance = (children.central_per_h * gain / 120.0).astype(np.float32)[:, None] * by_stage[stage]
    return draw.uniform("central") < chance


def _events(children, draw, stage, posture, excess, obstructed, central, aroused, dipped) -> Events:
    """Give every marked epoch its event: when, how long, how deep, with or without arousal."""
    epochs = stage.shape[1]
    who, epoch = np.nonzero(obstructed | central | aroused | dipped)
    at = (who, epoch)
    wake_u = draw.uniform("wake")[at]
    kind = np.where(obstructed[at], OBSTRUCTIVE, np.where(central[at], CENTRAL, np.where(aroused[at], 3, DIP)))
    kind = np.where((kind == OBSTRUCTIVE) & (draw.uniform("mixed")[at] < P.mixed_share), MIXED, kind).astype(np.int8)
    breathing = kind <= MIXED
    staged = stage[at]
    following = np.minimum(epoch + 1, epochs - 1)
    room = ~(obstructed | central)[who, following] & (stage[who, following] != WAKE) & (epoch < epochs - 1)
    seconds = _seconds(children, who, staged, kind, draw.normal_at("length", at), room)
    left = np.where(kind == CENTRAL, 0.05, remaining_flow(excess[at])).astype(np.float32)
    left = np.where(breathing, left, 1.0).astype(np.float32)
    depth = _desaturation(children, who, kind, seconds, left, draw.normal_at("depth", at), wake_u, staged)
    arousal = np.where(breathing, wake_u < _arousal_chance(children, who, kind, seconds, staged), kind == 3)
    start = epoch * EPOCH_SECONDS + draw.uniform("when")[at] * np.maximum(
        EPOCH_SECONDS - 2.0 - np.minimum(seconds, 28.0), 0.0
    )
    return Events(
        child=who.astype(np.int32),
        start_s=start.astype(np.float32),
        duration_s=seconds,
        kind=kind,
        remaining_flow=left,
        desaturation_percent=depth,
        arousal=arousal.astype(bool),
        stage=staged,
        posture=posture[at],
    )


def _seconds(children, who, staged, kind, z, room) -> NDArray[np.float32]:
    """Length of events: longer with age, with a high arousal threshold and in REM; never below two breaths."""
    age = np.minimum(children.age_years, 20.0)[who]
    middle = P.event_seconds * (age / 8.0) ** P.event_seconds_per_age
    middle = middle * (children.arousal_threshold_cmh2o[who] / P.arousal_threshold_cmh2o) ** 0.3
    spread = np.where(staged == REM, P.event_spread_rem, P.event_spread)
    seconds = middle * np.where(staged == REM, P.event_rem_factor, 1.0) * np.exp(spread * z)
    seconds = np.where(kind == CENTRAL, P.central_seconds * np.exp(0.25 * z), seconds)
    seconds = np.where(kind == SPONTANEOUS_AROUSAL, 6.0 * np.exp(0.3 * z), seconds)
    seconds = np.where(kind == DIP, 12.0 * np.exp(0.3 * z), seconds)
    shortest = np.where(kind <= MIXED, np.maximum(120.0 / children.breaths_per_min[who], 5.0), 3.0)
    return np.clip(seconds, shortest, np.where(room, 56.0, 27.0)).astype(np.float32)


def _desaturation(children, who, kind, seconds, left, z, u, staged) -> NDArray[np.float32]:
    """Points of saturation lost: time without air beyond a lead, by the slope for this child's oxygen store."""
    slope = P.desaturation_percent_per_s * children.lung_reserve[who] ** -P.desaturation_per_reserve
    short = np.maximum(seconds - P.desaturation_lead_s, 0.0) * (1.0 - left) * np.where(staged == REM, 1.2, 1.0)
    raw = slope * short * np.exp(P.desaturation_spread * z)
    # blood gives up its store along a curve, and long events are mostly partial: depth levels off
    depth = P.desaturation_level_percent * -np.expm1(-raw / P.desaturation_level_percent)
    # restless sleepers dip more often and deeper
    more = (children.dips_per_h[who] / P.dips_middle_per_h) ** P.dip_depth_per_rate
    dip = P.dip_least_percent - P.dip_depth_percent * more * np.log1p(-u)
    return np.clip(np.where(kind == DIP, dip, np.where(kind == 3, 0.0, depth)), 0.0, 45.0).astype(np.float32)


def _arousal_chance(children, who, kind, seconds, staged) -> NDArray:
    """Chance that an event ends in an arousal: effort built up over the event against the child's threshold."""
    effort = P.quiet_effort_cmh2o + P.effort_per_s_cmh2o * seconds
    threshold = children.arousal_threshold_cmh2o[who] * np.where(staged == N3, 1.4, 1.0)
    chance = 1.0 / (1.0 + np.exp(-(effort - threshold) / P.arousal_width_cmh2o))
    return np.where(kind == CENTRAL, P.central_arousal_share, chance)


def _co2(children, stage, load) -> NDArray[np.float32]:
    """End-tidal carbon dioxide: the child's baseline, REM a little higher, more while flow stays limited."""
    kernel = np.ones(10, np.float32) / 10
    smooth = np.cumsum(load, axis=1, dtype=np.float32)
    smooth[:, 10:] = smooth[:, 10:] - smooth[:, :-10].copy()
    smooth *= kernel[0]
    level = children.baseline_co2_mmhg.astype(np.float32)[:, None] + np.where(stage == REM, 0.7, 0.0).astype(np.float32)
    return level + np.float32(P.co2_per_load_mmhg) * smooth - np.where(stage == WAKE, 3.0, 0.0).astype(np.float32)


def heart_rise_bpm(events: Events) -> NDArray[np.float32]:
    """Beats per minute that an event adds after its end: more with an arousal and with a fall of saturation."""
    breathing = events.kind <= MIXED
    rise = P.heart_rise_event_bpm * breathing + P.heart_rise_arousal_bpm * events.arousal
    rise = rise + P.heart_rise_per_percent_bpm * np.minimum(events.desaturation_percent, 15.0) * breathing
    return rise.astype(np.float32)


def _heart_rate(children, stage, events) -> NDArray[np.float32]:
    """Epoch means: each child's rate, higher awake and in REM, with the rise after events spread over the epoch."""
    by_stage = np.array([8.0, 1.0, 0.0, -2.0, 3.0], np.float32)
    rate = children.heart_rate_bpm.astype(np.float32)[:, None] + by_stage[stage]
    epoch = ((events.start_s + events.duration_s) // EPOCH_SECONDS).astype(int).clip(0, stage.shape[1] - 1)
    np.add.at(rate, (events.child, epoch), heart_rise_bpm(events) * np.float32(0.3))
    return rate
