"""What the lines let through and hold back, measured on scripted learners and stored with its seed and runs.

The table is a file, so that a page shows the same figures to everybody and opens at once. It is measured anew by
``python -m graders readiness --measure``; one that was measured with other lines says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flysolo.files import read_json, write_whole
from flysolo.schema.readiness import Characteristics, Measured
from graders.readiness.criteria import SoloCriteria

STORED = Path(__file__).parent / "characteristics.json"
#: Those that a reader asks about: who is ready, who is on the way, and who has only learned answers.
SHOWN = ("L17", "L14", "L16", "L15", "L11", "L13", "L10", "L4", "L3", "L8", "A4", "A5", "A6", "A7")
INVENTED = (
    "Measured on scripted learners: invented ways to answer, not people. They show what the lines can tell apart, and "
    "say nothing about how people answer. Two rounds are taken as independent of each other."
)


def stored_table(found: dict[str, Any]) -> dict[str, Any]:
    """The part of a run of the scripted learners that readiness shows."""
    rows = [
        {"id": each["id"], "name": each["name"], "solo": each["solo"], "solo_d_only": each["solo_d_only"]}
        for each in (*found["learners"], *found["adversaries"])
    ]
    kept = ("seed", "runs", "families", "marking_version", "solo_criteria")
    return {"format": 1, **{name: found[name] for name in kept}, "rows": rows}


def store(found: dict[str, Any], path: Path = STORED) -> Path:
    """Write the table of a run, whole or not at all."""
    write_whole(path, json.dumps(stored_table(found), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return path


def characteristics(criteria: SoloCriteria, path: Path = STORED) -> Characteristics | None:
    """The stored table as it is printed; None while there is none."""
    if not path.exists():
        return None
    found = read_json(path, path.name)
    rows = {row["id"]: row for row in found["rows"]}
    changed = [name for name, value in criteria.settings().items() if found["solo_criteria"].get(name) != value]
    note = INVENTED
    if changed:
        note += f" They were measured with other lines than the ones here ({', '.join(changed)})."
    measured = f"{found['runs']:,} runs of {found['families']} invented families each, seed {found['seed']}"
    return Characteristics(
        caption=f"Share of runs in which a scripted learner meets every line: {measured}",
        note=note,
        rows=tuple(_measured(rows[each], found["runs"]) for each in SHOWN if each in rows),
    )


def _measured(row: dict[str, Any], runs: int) -> Measured:
    once = row["solo"]["mean"]
    twice = 1 - (1 - once) ** 2
    return Measured(
        learner=row["name"],
        first_round=_percent(once, runs),
        in_two=_percent(twice, runs),
        decision_alone=_percent(row["solo_d_only"]["mean"], runs),
    )


def _percent(share: float, runs: int) -> str:
    """A share as it is printed; none of so many runs is no proof of never, nor all of always (three in that many)."""
    if share == 0:
        return f"under {300 / runs:.1f} %"
    if share > 0.99:
        return "over 99 %"
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"
