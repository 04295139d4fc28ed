"""Many nights: the same work in one process, in several, or on a Dask cluster, with the same result to the last bit.

A night depends on the seed and the number of its block of children alone, so blocks may be computed anywhere and put
together in order. Only reports come back; the nights themselves are forgotten, which keeps memory small.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from flysolo.child.children import Children
from flysolo.child.night import BLOCK, simulate_block
from flysolo.child.parameters import P, changed
from flysolo.child.rules import RULES, Rules
from flysolo.child.summary import summarize
from flysolo.models import checked_number
from flysolo.problems import InputError

BLOCKS_PER_TASK = 4
Report = dict[str, NDArray]


def reports(
    children: Children,
    seed: int,
    rules: str | Rules = "child-2012",
    *,
    hours: float = 8.0,
    workers: int | str = 1,
) -> Report:
    """Return the report of one night of these children: arrays of shape (n,), as `summarize` gives them.

    `workers` 1 computes here; another number uses that many processes; "dask" starts a local cluster for the call; any
    other text is the address of a running Dask scheduler. The result is the same.
    """
    if len(children) == 0:
        raise InputError("children", "none", "at least one child", "Draw or build children first.")
    hours = checked_number("hours", hours, 0.5, 14.0, "h")
    scoring = rules if isinstance(rules, Rules) else _rules(rules)
    scoring = replace(scoring, assumed_for_teaching={})  # words for people; a read-only mapping cannot be sent
    size = BLOCK * BLOCKS_PER_TASK
    tasks = [
        (children.take(slice(start, start + size)).arrays(), seed, start // BLOCK, scoring, hours, dict(vars(P)))
        for start in range(0, len(children), size)
    ]
    with _mapper(workers, len(tasks)) as run:
        parts = list(run(_task, tasks))
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _rules(name: str) -> Rules:
    if name not in RULES:
        raise InputError("rules", repr(name), "one of: " + ", ".join(RULES), "Choose a rule set from the list.")
    return RULES[name]


def _task(task: tuple) -> Report:
    """Compute some blocks; the numbers in use travel along, so that a worker never computes with others."""
    arrays, seed, first, rules, hours, numbers = task
    with changed(**numbers):
        everyone = Children(**arrays)
        parts = [
            summarize(simulate_block(everyone.take(slice(s, s + BLOCK)), seed, first + s // BLOCK, hours), rules)
            for s in range(0, len(everyone), BLOCK)
        ]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


@contextmanager
def _mapper(workers: int | str, tasks: int):
    if isinstance(workers, str):
        yield from _dask(workers)
    elif isinstance(workers, bool) or workers < 1:
        raise InputError("workers", workers, "a number from 1, “dask”, or a scheduler's address", "Give for example 2.")
    elif workers == 1 or tasks == 1:
        yield map
    else:
        yield _pool(int(workers)).map


@cache
def _pool(workers: int) -> ProcessPoolExecutor:
    """One set of processes for the whole run: starting them costs more than a small cohort."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _dask(address: str):
    from distributed import Client, LocalCluster

    if address == "dask":
        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield lambda function, tasks: client.gather(client.map(function, tasks, pure=False))
        return
    try:
        client = Client(address, timeout="3s")
    except (OSError, ValueError) as error:
        rule = "the address of a Dask scheduler that runs"
        raise InputError("workers", address, rule, f"Start it, or use workers=2. ({error})") from None
    with client:
        yield lambda function, tasks: client.gather(client.map(function, tasks, pure=False))
