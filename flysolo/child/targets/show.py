"""The command's body: compute the table, print it, write it."""

from __future__ import annotations

import json
import math
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flysolo.child.targets.also import also as further
from flysolo.child.targets.calibration import published, table
from flysolo.child.targets.picture import draw
from flysolo.child.targets.rows import Quantity, Row
from flysolo.child.targets.world import World
from flysolo.files import write_whole

WORDS = {True: "inside", False: "outside", None: "not simulated"}


def run(
    seed: int = 1,
    *,
    n: int = 3000,
    json_file: Path | None = None,
    also_file: Path | None = None,
    picture_file: Path | None = None,
    workers: int | str = 2,
    console: Console | None = None,
) -> list[Row]:
    """Compute the calibration table, print it, and write what was asked for; returns the rows."""
    extra = published(also_file) if also_file else []
    world = World(seed, n, workers)
    rows = table(world=world) + further(extra, world)
    console = console or Console(width=150)
    console.print(as_table(rows))
    for line in summary(rows):
        console.print(line, markup=False, highlight=False)
    console.print(f"Seed {seed}, {n} children in a usual cohort.", markup=False, highlight=False)
    if json_file:
        write_whole(json_file, json.dumps([as_dict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
    if picture_file:
        draw(rows, picture_file)
    return rows


def summary(rows: list[Row]) -> list[str]:
    """How many tables lie inside, the fitted and the held-back apart."""
    lines = []
    for split, title in (("fit", "Used for fitting"), ("held", "Held back"), ("also", "Further tables")):
        part = [row for row in rows if row.split == split]
        if part:
            counts = {word: sum(row.inside is state for row in part) for state, word in WORDS.items()}
            lines.append(
                f"{title}: " + ", ".join(f"{count} {word}" for word, count in counts.items()) + f" of {len(part)}"
            )
    own = [row for row in rows if row.split != "also"]
    inside = [row for row in own if row.inside]
    echoes = sum(row.echo for row in inside)
    lines.append(f"All: {len(inside)} inside of {len(own)}; {echoes} of those inside echo an input.")
    return lines


def as_table(rows: list[Row]) -> Table:
    """The table for a terminal: one line per quantity."""
    shown = Table(
        "Table", "Quantity", "Published", "May lie in", "Simulated (95%)", "", "Source", box=None, pad_edge=False
    )
    for row in rows:
        if not row.quantities:
            shown.add_row(f"{row.id} ({row.split})", row.name, "", "", "", WORDS[None], f"{row.source}: {row.note}")
        for place, quantity in enumerate(row.quantities):
            name = f"{row.id} ({row.split})" if place == 0 else ""
            source = row.source + (", recalled" if row.recalled else "") if place == 0 else ""
            shown.add_row(name, quantity.name, *_cells(quantity), _word(row, quantity), source)
        if row.inside is False and row.note:
            shown.add_row("", f"[dim]{row.note}[/dim]")
    return shown


def _word(row: Row, quantity: Quantity) -> str:
    return WORDS[quantity.inside] + (", echo" if row.echo or quantity.echo else "")


def _cells(quantity: Quantity) -> tuple[str, str, str]:
    simulated = quantity.simulated
    return (
        f"{quantity.published:.3g}",
        f"{quantity.low:.3g} to {quantity.high:.3g}",
        f"{simulated.value:.3g} ({simulated.low:.3g} to {simulated.high:.3g})",
    )


def as_dict(row: Row) -> dict:
    """A row as plain data: `published` and `simulated` by quantity, `inside` true, false or null."""
    return {
        "id": row.id,
        "name": row.name,
        "source": row.source,
        "split": row.split,
        "published": {
            q.name: {"value": q.published, "low": _finite(q.low), "high": _finite(q.high)} for q in row.quantities
        },
        "simulated": {
            q.name: {
                "value": _finite(q.simulated.value),
                "low": _finite(q.simulated.low),
                "high": _finite(q.simulated.high),
            }
            for q in row.quantities
        },
        "quantities_inside": {q.name: q.inside for q in row.quantities},
        "quantities_echo": {q.name: row.echo or q.echo for q in row.quantities},
        "inside": row.inside,
        "status": WORDS[row.inside],
        "tolerance": row.tolerance,
        "note": row.note,
        "recalled": row.recalled,
        "echo": row.echo,
    }


def _finite(value: float) -> float | None:
    """JSON knows no infinity: an open end is null."""
    return float(value) if math.isfinite(value) else None
