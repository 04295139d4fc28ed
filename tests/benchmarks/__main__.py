"""Print the measures: ``uv run python -m tests.benchmarks [saves notebooks loop pages child …] [--json FILE]``."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from tests.benchmarks import child, instruments  # noqa: F401  (they add their measures)
from tests.benchmarks.measures import MEASURES, Row, as_json


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Which: {', '.join(MEASURES)}; all when none is named.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows there as well.")] = None,
) -> None:
    """Measure and print; each table ends with the command that prints it again."""
    rows: list[Row] = []
    table = Table("Measure", "Median", "95th centile", "Unit", "n", box=None, pad_edge=False)
    for name in names or MEASURES:
        for each in MEASURES[name]():
            rows.append(each)
            table.add_row(each.measure, f"{each.median:g}", f"{each.p95:g}", each.unit, str(each.n))
    memory = psutil.virtual_memory().total / 2**30
    console = Console(width=120)
    console.print(table)
    console.print(
        f"{psutil.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"
    )
    console.print(f"Again: uv run python -m tests.benchmarks {' '.join(names or [])}".rstrip())
    if json_file:
        json_file.write_text(as_json(rows), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
