"""A notebook's cells as text, with the bytes that nbformat writes and without the time it takes.

nbformat copies, splits and checks a whole notebook to write it, and Python's own indenting encoder is slow. Here a
cell that marking leaves alone is written once and used for every hand-in.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

INDENT = " "


def text_of(value: Any, level: int = 0) -> str:
    """``value`` as nbformat writes JSON: one space a level, sorted keys, no escapes but those that JSON needs."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or value is True or value is False:
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    inside, outside = "\n" + INDENT * (level + 1), "\n" + INDENT * level
    if isinstance(value, dict):
        if not value:
            return "{}"
        rows = (f"{encode_basestring(name)}: {text_of(value[name], level + 1)}" for name in sorted(value))
        return "{" + inside + f",{inside}".join(rows) + outside + "}"
    if not value:
        return "[]"
    return "[" + inside + f",{inside}".join([text_of(each, level + 1) for each in value]) + outside + "]"


def cell_text(cell: dict[str, Any]) -> str:
    """One cell as it stands in a notebook file; texts are split into lines as nbformat splits them."""
    split = cell | {"source": cell["source"].splitlines(True)}
    if "outputs" in cell:
        split["outputs"] = [each | {"data": _split(each["data"])} for each in cell["outputs"]]
    return text_of(split, 2)


def _split(data: dict[str, str]) -> dict[str, list[str]]:
    return {kind: text.splitlines(True) for kind, text in data.items()}


def notebook_text(cells: list[str], rest: dict[str, Any]) -> str:
    """A whole notebook from the texts of its cells and everything else in it."""
    whole = {"cells": "", **rest}
    rows = []
    for name in sorted(whole):
        value = "[\n  " + ",\n  ".join(cells) + "\n ]" if name == "cells" else text_of(whole[name], 1)
        rows.append(f'"{name}": {value}')
    return "{\n " + ",\n ".join(rows) + "\n}\n"
