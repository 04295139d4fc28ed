"""Many people read the same night: each sees flow, sign and effort with errors of his own.

An epoch is called by what a reader sees in it: nothing, obstructive apnea, hypopnea, or central apnea. Nobody is the
truth; agreement is measured against what most readers called. What it leaves out: readers trained together, epochs
that are harder for everyone, mixed apneas as a class of their own, and where in an epoch an event begins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flysolo.child.night import CENTRAL, EPOCH_SECONDS, MIXED, Night
from flysolo.child.parameters import P

NONE, OBSTRUCTIVE_APNEA, HYPOPNEA, CENTRAL_APNEA = range(4)


def read_epochs(night: Night, readers: int, seed: int) -> NDArray[np.int8]:
    """Return what each reader calls each epoch of sleep: shape (epochs asleep, readers), codes 0 to 3."""
    rng = np.random.default_rng(seed)
    breathing = night.events.where(night.events.kind <= MIXED)
    asleep = night.stage > 0
    epoch = np.minimum((breathing.start_s // EPOCH_SECONDS).astype(int), night.stage.shape[1] - 1)
    flow = np.full(night.stage.shape, 1.0)
    flow[breathing.child, epoch] = breathing.remaining_flow
    # quiet epochs are not flat: limited flow looks a little like an event
    flow = np.where(night.flow_limited & (flow == 1.0), P.reader_limited_flow, flow)
    sign = np.zeros(night.stage.shape)
    sign[breathing.child, epoch] = np.maximum(breathing.desaturation_percent / 3.0, 1.3 * breathing.arousal)
    central = np.zeros(night.stage.shape, bool)
    central[breathing.child, epoch] = breathing.kind == CENTRAL
    place = np.nonzero(asleep)
    shape = (place[0].size, readers)
    seen_flow = flow[place][:, None] + P.reader_flow_error * rng.standard_normal(shape)
    seen_sign = sign[place][:, None] + P.reader_sign_error * rng.standard_normal(shape)
    seen_effort = np.where(central[place], P.reader_central_effort, 1.0)[
        :, None
    ] + P.reader_effort_error * rng.standard_normal(shape)
    called = np.where((seen_flow < 0.7) & (seen_sign > 1.0), HYPOPNEA, NONE)
    apnea = seen_flow < 0.2
    called = np.where(apnea, np.where(seen_effort > 0, OBSTRUCTIVE_APNEA, CENTRAL_APNEA), called)
    return called.astype(np.int8)
