"""What the virtual child costs: nights, a cohort, a trial, in seconds and megabytes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from flysolo.child import populations
from flysolo.child.cluster import reports
from flysolo.child.night import simulate
from flysolo.child.trials import run_trial
from tests.benchmarks.measures import MEASURES, Row, row

COHORT, ARM = 10_000, 5_000


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def child() -> list[Row]:
    """One night, a cohort of 10,000 in one and in two processes, a trial of two arms of 5,000."""
    one = populations.draw("referred", 1, 1)
    nights = [1000 * _seconds(lambda: simulate(one, 1)) for _ in range(30)]
    cohort = populations.draw("referred", COHORT, 1)
    reports(cohort.take(slice(0, 2000)), 1, workers=2)  # starts the processes
    alone = _seconds(lambda: reports(cohort, 1))
    together = _seconds(lambda: reports(cohort, 1, workers=2))
    arms = {"surgery": "adenotonsillectomy", "waiting": "waiting"}
    trial = _seconds(lambda: run_trial("chat", arms, ARM, 1, workers=2))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        row("one child's night, events", "ms", nights),
        row(f"{COHORT:,} children, one night, 1 process", "s", [alone]),
        row(f"{COHORT:,} children, one night, 2 processes", "s", [together]),
        row(f"trial, 2 x {ARM:,}, before and after", "s", [trial]),
        row("most memory of this process", "MB", [own]),
    ]


MEASURES["child"] = child
