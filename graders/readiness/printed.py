"""The lines and their table for a terminal, and the measuring of that table."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from flysolo.content import load_course
from flysolo.places import content_root
from flysolo.schema.course import Solo
from graders.readiness.card import PROVISIONAL
from graders.readiness.characteristics import characteristics, store
from graders.readiness.criteria import SETTINGS_FILE, criteria_in


def measured(runs: int, seed: int) -> Path:
    """Let the scripted learners sit their rounds and store what readiness shows of it; returns the file."""
    from graders.learners.report import measure
    from graders.learners.run import simulate

    return store(measure(simulate(runs, seed)))


def show(folder: Path | None) -> None:
    """Print the lines as they hold in a mentor's course (without one: as they are set), and the stored table."""
    solo = load_course(content_root()).solo or Solo(title="Solo sets", question="Solo?")
    criteria = criteria_in(folder, solo)
    console = Console(highlight=False, markup=False)
    console.print(f"The lines. A mentor's course changes them in {SETTINGS_FILE}, under [lines].")
    lines = Table("Line", "Setting", box=None, pad_edge=False)
    for name, value in criteria.settings().items():
        lines.add_row(name, str(value))
    console.print(lines)
    console.print(PROVISIONAL)
    found = characteristics(criteria)
    if found is None:
        console.print("No table is stored. Next: python -m graders readiness --measure")
        return
    console.print(found.caption)
    table = Table("Scripted learner", "First round", "In two", "By decisions alone", box=None, pad_edge=False)
    for row in found.rows:
        table.add_row(row.learner, row.first_round, row.in_two, row.decision_alone)
    console.print(table)
    console.print(found.note)
