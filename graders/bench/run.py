"""The benchmark: every way by turns, several rounds, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from flysolo.content import exercises
from flysolo.files import write_whole
from flysolo.places import content_root
from graders.bench import otter, ways
from graders.workers import cores


@dataclass
class Figures:
    """What one way cost, round by round: seconds a hand-in by the clock, and of processor time."""

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


WAYS: dict[str, tuple[str, Callable]] = {
    "stock": ("stock nbgrader, a kernel each", ways.stock),
    "otter": ("otter-grader, local mode", ways.otter_local),
    "converter": ("nbgrader's converter, our marking", ways.converter),
    "direct": ("mark, one process", ways.direct),
    "every_core": ("mark, all cores", ways.every_core),
    "floor": ("the marking function alone", ways.floor),
    "replies": ("reply pages (HTML)", ways.replies),
}


def run_bench(hand_ins: int, rounds: int, json_file: Path | None) -> dict:
    """Measure, print, and write the figures where asked; returns them."""
    exercise = exercises(content_root())[0]
    # nbgrader calls alembic by name, and this may run without the environment being activated
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    hand_ins = max(hand_ins, rounds * (ways.CONVERTER + 2), (rounds + 1) * ways.STOCK)
    with tempfile.TemporaryDirectory(prefix="fly-solo-bench-") as folder, _quiet_kernels():
        found = measure(exercise, hand_ins, rounds, Path(folder))
    _print(found)
    if json_file:
        write_whole(json_file, json.dumps(found, indent=1) + "\n")
    return found


def measure(exercise: str, hand_ins: int, rounds: int, folder: Path) -> dict:
    """Every way by turns; the figures as plain data."""
    names = [name for name in WAYS if name != "otter" or otter.is_there()]
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), transient=True) as bar:
        task = bar.add_task("making hand-ins", total=(rounds + 1) * len(names))
        ground = ways.prepare(exercise, hand_ins, rounds, folder)
        figures = {name: Figures(name) for name in names}
        for number in range(rounds + 1):
            for name in names:
                bar.update(task, description=f"round {number}: {name}")
                wall, cpu = _one(WAYS[name][1], ground, number)
                if number:
                    figures[name].wall.append(wall)
                    figures[name].cpu.append(cpu)
                bar.advance(task)
        bar.update(task, description="memory")
        peak, (cells, differ) = ways.peak_worker_mib(ground), ways.compared(ground)
    ratio = _ratios(figures["stock"].cpu, figures["direct"].cpu)
    return {
        "ratio_to_stock_per_core": round(ratio["median"], 1),
        "ratio_to_stock_p10_p90": [round(ratio["p10"], 1), round(ratio["p90"], 1)],
        "ratio_to_stock_by_the_clock": round(_ratios(figures["stock"].wall, figures["direct"].wall)["median"], 1),
        "replies_per_second_per_core": round(1 / statistics.median(figures["replies"].cpu), 1),
        "hand_ins_per_second_all_cores": round(1 / statistics.median(figures["every_core"].wall), 1),
        "peak_mib_per_worker": round(peak, 1),
        "marks_compared_with_stock": cells,
        "marks_that_differ": differ,
        "ways": {name: _summary(each) for name, each in figures.items()},
        "exercise": exercise,
        "hand_ins": hand_ins,
        "rounds": rounds,
        "machine": machine(),
    }


def _one(way: Callable, ground: ways.Ground, number: int) -> tuple[float, float]:
    if way is ways.floor:
        ways.floor(ground, number)
    wall, cpu = time.perf_counter(), _cpu()
    count = way(ground, number)
    return (time.perf_counter() - wall) / count, (_cpu() - cpu) / count


def _cpu() -> float:
    """Processor time of this process and of every one it started and saw end."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _ratios(slow: list[float], fast: list[float]) -> dict[str, float]:
    return _spread([each / other for each, other in zip(slow, fast, strict=True)])


def _spread(values: list[float]) -> dict[str, float]:
    """Median, and the range in which four rounds of five lie."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return dict.fromkeys(("median", "p10", "p90"), ordered[0])
    tenths = statistics.quantiles(ordered, n=10, method="inclusive")
    return {"median": statistics.median(ordered), "p10": tenths[0], "p90": tenths[-1]}


def _summary(each: Figures) -> dict:
    both = {"wall_seconds": each.wall, "cpu_seconds": each.cpu}
    return {name: {key: round(value, 6) for key, value in _spread(values).items()} for name, values in both.items()}


def machine() -> dict:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0.0
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "cores": cores(),
        "memory_gib": round(memory, 1),
        "load": round(load, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "nbgrader": version("nbgrader"),
        "otter-grader": version("otter-grader") if otter.is_there() else None,
    }


@contextlib.contextmanager
def _quiet_kernels() -> Iterator[None]:
    """Keep what kernels say while they start out of the table; faults come up as exceptions."""
    import warnings

    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere, warnings.catch_warnings():  # noqa: PTH123 - a device, not a path
        warnings.simplefilter("ignore")
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _print(found: dict) -> None:
    console = Console()
    here = found["machine"]
    table = Table("", "CPU ms", "p10–p90", "clock ms", "per s, core", "× stock", box=None, pad_edge=False)
    stock = found["ways"]["stock"]["cpu_seconds"]["median"]
    for name, each in found["ways"].items():
        cpu, wall = each["cpu_seconds"], each["wall_seconds"]
        table.add_row(
            WAYS[name][0],
            f"{cpu['median'] * 1000:.1f}",
            f"{cpu['p10'] * 1000:.1f}–{cpu['p90'] * 1000:.1f}",
            f"{wall['median'] * 1000:.1f}",
            f"{1 / cpu['median']:.1f}" if cpu["median"] else "",
            f"{stock / cpu['median']:.1f}" if cpu["median"] and name != "replies" else "",
        )
    console.print(table)
    low, high = found["ratio_to_stock_p10_p90"]
    console.print(
        f"\n{found['ratio_to_stock_per_core']:.1f} × stock nbgrader's throughput per core (median of "
        f"{found['rounds']} rounds by turns; p10–p90 {low:.1f}–{high:.1f}; by the clock "
        f"{found['ratio_to_stock_by_the_clock']:.1f} ×).\n"
        f"{found['hand_ins_per_second_all_cores']:.1f} hand-ins a second on all cores; "
        f"{found['replies_per_second_per_core']:.1f} replies a second and core; "
        f"at most {found['peak_mib_per_worker']:.0f} MiB a worker.\n"
        f"{found['marks_compared_with_stock']} marks compared with stock nbgrader's, "
        f"{found['marks_that_differ']} differ.\n"
        f"Machine: {here['cores']} cores, {here['memory_gib']} GiB, load {here['load']}, {here['system']}, "
        f"Python {here['python']}, nbgrader {here['nbgrader']}; {found['hand_ins']} hand-ins of {found['exercise']}.",
        highlight=False,
        markup=False,
    )
    if not otter.is_there():
        console.print(otter.HOW_TO_GET, highlight=False, markup=False)
