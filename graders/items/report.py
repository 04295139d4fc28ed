"""The analysis in a terminal, and as JSON."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from graders.items.lines import FEW_FOR_KEYS
from graders.items.tables import Printed, tables
from graders.items.words import KINDS, NOTHING, agreed, few, heading, unread


def as_json(found: dict[str, Any]) -> str:
    """Everything found as text, with keys in a fixed order."""
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def show(found: dict[str, Any], console: Console | None = None) -> None:
    """Print the findings."""
    (console or Console()).print(printed(found))


def printed(found: dict[str, Any]) -> Group:
    """The findings for a terminal; texts are printed as they stand, since ids may hold brackets."""
    return Group(
        Text(heading(found)),
        *([Text(unread(found))] if found["unread"] else []),
        Text(),
        *_look(found),
        *(_table(each) for each in tables(found)),
        _options(found),
        Text(f"Double-marked reasons\n{agreed(found)}\n"),
        Text(f"{found['caution']} {few()}"),
        *(Text(f"\n{problem}") for problem in found["problems"]),
    )


def _look(found: dict[str, Any]) -> list[Text]:
    if not found["look"]:
        return [Text("Nothing wants a look.\n")]
    lines = [Text("To look at first", style="bold")]
    return [*lines, *(Text(f"  {each['where']}: {each['what']}: {each['said']}") for each in found["look"]), Text()]


def _table(each: Printed) -> Group:
    table = Table(title=each.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for place, name in enumerate(each.columns):
        table.add_column(name, justify="right" if place in each.numbers else "left", overflow="fold")
    for row in each.rows:
        table.add_row(*(Text(cell) for cell in row))
    return Group(table, Text("" if each.rows else each.none), Text())


def _options(found: dict[str, Any]) -> Group:
    """Options by their ids, one line a question, so that the table stays readable in a log."""
    rows = tuple(
        (
            f"{entry['exercise'][:2]} {entry['family']}",
            KINDS[entry["kind"]],
            str(entry["n"]),
            ", ".join(_option(each) for each in entry["options"]),
            _reading(entry),
        )
        for entry in found["options"]
    )
    columns = ("Case", "Question", "n", "Options (* keyed), how often taken", "Reading")
    return _table(Printed("options", "Options", columns, rows, (2,)))


def _option(each: dict[str, Any]) -> str:
    taken = NOTHING if each["taken"] is None else each["taken"]
    return f"{each['option']}{'*' if each['standing'] in ('supported', 'acceptable') else ''} {taken}"


def _reading(entry: dict[str, Any]) -> str:
    said = [f"key suspect: {entry['suspect']}"] if entry["suspect"] else []
    said += [f"nobody takes {', '.join(entry['nobody_takes'])}"] if entry["nobody_takes"] else []
    # where even keys cannot be looked at, options nobody takes go without saying
    said += [entry["reading"]] if entry["n"] < FEW_FOR_KEYS else []
    return "; ".join(said)
