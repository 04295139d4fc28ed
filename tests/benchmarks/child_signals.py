"""Timings of channels, scorer and EDF, and agreement with an independent scorer.

``uv run python -m tests.benchmarks.child_signals`` prints timings;
``uv run --with psgscoring python -m tests.benchmarks.child_signals --nights 50`` also scores that many nights with
psgscoring (some fifteen seconds a night) and prints how far the two agree.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flysolo.child.agreement import Agreement, agreement, psgscoring_index
from flysolo.child.edf import read_edf, write_edf
from flysolo.child.measures import Measures
from flysolo.child.night import simulate
from flysolo.child.populations import draw
from flysolo.child.rules import RULES
from flysolo.child.scorer import score, score_by, score_measured
from flysolo.child.waveform import render
from tests.benchmarks.measures import Row, row

ADULT_RULE = "adult-2012-recommended"  # the rule that psgscoring's profile comes closest to


def timings(times: int = 21) -> Iterator[Row]:
    """One eight-hour night of nine channels: drawn, scored, written and read."""
    night = simulate(draw("referred", 20, 5), 7)
    children = iter(range(10**6))
    yield row("one night, nine channels drawn", "ms", _took(lambda: render(night, next(children) % 20, 3), times))
    work = _took(lambda: render(night, next(children) % 20, 3), times, time.process_time)
    yield row("the same, processor time (waiting on a busy machine left out)", "ms", work)
    recording = render(night, 1, 3)
    yield row("one night scored by one rule set", "ms", _took(lambda: score(recording, RULES["child-2012"]), times))
    words = f"the same night scored by all {len(RULES)} rule sets"
    yield row(words, "ms", _took(lambda: score_by(recording, RULES.values()), times))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.edf"
        yield row("one night written as EDF+", "ms", _took(lambda: write_edf(recording, path), 5))
        yield row("one night read from EDF+", "ms", _took(lambda: read_edf(path), 5))


def crosscheck(nights: int) -> dict[str, Agreement]:
    """Score the same nights here and by psgscoring, and compare index by index."""
    night = simulate(draw("referred", nights, 5), 7)
    ours, theirs = [], []
    for child in range(nights):
        measures = Measures(render(night, child, 3))
        ours.append(score_measured(measures, RULES[ADULT_RULE]).row())
        theirs.append(psgscoring_index(measures.recording, measures.arousals))
    names = ("ahi", "odi3", "odi4")
    return {name: agreement([each[name] for each in ours], [each[name] for each in theirs]) for name in names}


def _took(what: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    what()
    taken = []
    for _ in range(times):
        began = clock()
        what()
        taken.append((clock() - began) * 1000)
    return taken


def main(nights: Annotated[int, typer.Option(help="Nights to cross-check with psgscoring; 0 for none.")] = 0) -> None:
    """Print timings, and agreement where nights are asked for."""
    console = Console(width=120)
    table = Table("Measure", "Median", "95th centile", "Unit", "n", box=None, pad_edge=False)
    for each in timings():
        table.add_row(each.measure, f"{each.median:g}", f"{each.p95:g}", each.unit, str(each.n))
    console.print(table)
    if nights:
        table = Table("Index", "Nights", "ICC (95%)", "Mean difference", "95% limits", box=None, pad_edge=False)
        for name, seen in crosscheck(nights).items():
            icc = f"{seen.icc:.3f} ({seen.icc_low:.3f} to {seen.icc_high:.3f})"
            limits = f"{seen.lower_limit:.2f} to {seen.upper_limit:.2f}"
            table.add_row(name, str(seen.nights), icc, f"{seen.mean_difference:.2f}", limits)
        console.print(table)


if __name__ == "__main__":
    typer.run(main)
