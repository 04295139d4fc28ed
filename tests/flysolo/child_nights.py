"""Nights made by hand for the tests of channels and scorer: every event is where the test put it.

They keep the shape of `flysolo.child.night.Night` and need no simulator, so that a scorer's test cannot be met by a
simulator's error.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

OBSTRUCTIVE, CENTRAL, MIXED, AROUSAL, DIP = range(5)
EPOCH_S = 30


def night_of(rows, *, hours=1.0, breaths_per_min=18.0, stage=2, flow_limited=False, co2_mmhg=41.0, baseline_spo2=97.5):
    """One child asleep with these events: (start_s, duration_s, kind, remaining flow, desaturation, arousal)."""
    epochs = int(hours * 3600 / EPOCH_S)
    table = np.array(sorted(rows), dtype=float).reshape(-1, 6)
    shape = (1, epochs)
    stages = np.broadcast_to(np.asarray(stage, np.int8), shape).copy()
    epoch = np.minimum((table[:, 0] // EPOCH_S).astype(int), epochs - 1)
    events = SimpleNamespace(
        child=np.zeros(len(table), np.int32),
        start_s=table[:, 0].astype(np.float32),
        duration_s=table[:, 1].astype(np.float32),
        kind=table[:, 2].astype(np.int8),
        remaining_flow=table[:, 3].astype(np.float32),
        desaturation_percent=table[:, 4].astype(np.float32),
        arousal=table[:, 5].astype(bool),
        stage=stages[0, epoch],
        posture=np.zeros(len(table), np.int8),
    )
    return SimpleNamespace(
        children_n=1,
        hours=hours,
        epoch_seconds=EPOCH_S,
        stage=stages,
        posture=np.zeros(shape, np.int8),
        mouth_open=np.zeros(shape, bool),
        flow_limited=np.broadcast_to(np.asarray(flow_limited, bool), shape).copy(),
        effort_cmh2o=np.full(shape, 3.0, np.float32),
        co2_mmhg=np.broadcast_to(np.asarray(co2_mmhg, np.float32), shape).copy(),
        heart_rate_bpm=np.full(shape, 80.0, np.float32),
        baseline_spo2=np.array([baseline_spo2], np.float32),
        breaths_per_min=np.array([breaths_per_min], np.float32),
        events=events,
    )


def random_rows(rng, *, hours, per_h, central_share=0.15):
    """Events at about this rate, no two within twelve seconds of each other, of every kind and depth."""
    rows, at = [], 120.0
    while True:
        at += 12.0 + rng.exponential(max(3600.0 / per_h - 30.0, 2.0))
        length = float(np.clip(rng.lognormal(np.log(14), 0.35), 7.0, 40.0))
        if at + length > hours * 3600 - 60:
            return rows
        draw = rng.random()
        kind = CENTRAL if draw < central_share else MIXED if draw < central_share + 0.05 else OBSTRUCTIVE
        remaining = 0.03 if kind != OBSTRUCTIVE or rng.random() < 0.3 else rng.uniform(0.15, 0.6)
        depth = float(np.clip(rng.normal(0.35 * length, 1.5), 0.0, 25.0))
        rows.append((at, length, kind, remaining, depth, rng.random() < 0.5))
        at += length


def random_night(seed, *, hours=2.0, per_h=12.0, breaths_per_min=18.0):
    """A night of random events, by seed."""
    rng = np.random.default_rng(seed)
    rows = random_rows(rng, hours=hours, per_h=per_h)
    return night_of(rows, hours=hours, breaths_per_min=breaths_per_min)
