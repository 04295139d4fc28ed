"""The run in print and as JSON: the table, the adversaries, what must happen to the odd ones, the acceptance tests."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from graders.learners.acceptance import acceptance, odd_learners
from graders.learners.cast import ADVERSARIES, CAST, learner
from graders.learners.run import Row, Simulation, real_row, row
from graders.learners.verdict import Verdict
from graders.marking import MARKING_VERSION

COLUMNS = {"typ": "Typ", "all": "All", "d": "D", "r": "R", "pair": "Pair", "gap": "Gap", "miss": "Miss"}
CAUTION = (
    "Invented learners prove the order and show what can be gamed. They do not prove that people answer so; every "
    "figure here gives way to real ones once thirty mentees have sat a set."
)
#: Columns that a terminal needs for an interval beside its mean.
WIDE = 130
COLORS = {"pass": "green", "falls short": "yellow", "needs more families": "cyan"}


def measure(simulation: Simulation) -> dict[str, Any]:
    """Everything found, as plain data; the same seed gives the same bytes."""
    odd = odd_learners(simulation)
    return {
        "format": 1,
        "seed": simulation.seed,
        "runs": simulation.runs,
        "families": simulation.families,
        "marking_version": MARKING_VERSION,
        "caution": CAUTION,
        "solo_criteria": simulation.criteria.settings(),
        "learners": [_data(row(simulation, simulation.sat[each.id])) for each in CAST],
        "adversaries": [_data(row(simulation, simulation.sat[each.id])) for each in ADVERSARIES],
        "real_bank": {
            "families": [f"{each.exercise}/{each.family.id}" for each in simulation.bank],
            "learners": [_data(real_row(simulation, simulation.real[each.id])) for each in CAST],
        },
        "must_happen": [_verdict(each) for each in odd],
        "acceptance": [_verdict(each) for each in acceptance(simulation, odd)],
    }


def _data(found: Row) -> dict[str, Any]:
    cells = {name: {"mean": mean, "interval": half} for name, (mean, half) in found.values.items()}
    return {"id": found.id, "name": found.name, "says": learner(found.id).says, "runs": found.runs, **cells}


def _verdict(found: Verdict) -> dict[str, Any]:
    return {
        "id": found.id,
        "claim": found.claim,
        "status": found.status,
        "figure": found.figure,
        "details": found.details,
    }


def as_json(found: dict[str, Any]) -> str:
    """The findings as text, with keys in a fixed order."""
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def printed(found: dict[str, Any], width: int) -> Group:
    """The findings for a terminal; a narrow one gets each interval below its mean."""
    runs, families, seed = found["runs"], found["families"], found["seed"]
    real, wide = found["real_bank"], width >= WIDE
    return Group(
        _table(f"{runs:,} runs of {families} generated families, seed {seed}", found["learners"], True, wide),
        _table("Collectors of exceptions, on the same families", found["adversaries"], True, wide),
        _table(
            f"The real bank of today: {len(real['families'])} families, marked as mentees' answers are",
            real["learners"],
            False,
            wide,
        ),
        _verdicts("What must happen to the others", found["must_happen"]),
        _verdicts("Acceptance tests", found["acceptance"]),
        Text(f"Mean ± 95 % interval of the mean over runs. {CAUTION}"),
    )


def _table(title: str, rows: list[dict[str, Any]], solo: bool, wide: bool) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("Learner", overflow="fold")
    for name in (*COLUMNS.values(), *(("Solo",) if solo else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for each in rows:
        cells = [_cell(each[name], "+.2f" if name == "gap" else ".2f", wide) for name in COLUMNS]
        if solo:
            cells.append(f"{100 * each['solo']['mean']:.1f} %")
        table.add_row(each["id"], each["name"], *cells)
    return table


def _cell(value: dict[str, float], form: str, wide: bool) -> str:
    return f"{value['mean']:{form}}{' ' if wide else chr(10)}±{value['interval']:.3f}"


def _verdicts(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("", "Claim", "", "Found"):
        table.add_column(name)
    for each in rows:
        table.add_row(each["id"], each["claim"], Text(each["status"], style=COLORS[each["status"]]), each["figure"])
    return table


def show(found: dict[str, Any], console: Console | None = None) -> None:
    """Print the findings."""
    console = console or Console()
    console.print(printed(found, console.width))
