"""The analysis as one page for mentors, which holds its style and asks for nothing from anywhere."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import flysolo
from graders.items import words
from graders.items.tables import option_table, tables

PAGE = Path("desk") / "items.html"
HERE = Path(__file__).parent
STYLES = (Path(flysolo.__file__).parent / "server" / "static" / "style.css", HERE / "page.css")
_REMOTE = re.compile(r"@import[^;]*;|url\(\s*['\"]?(?!data:)[^)]*\)")


def page(found: dict[str, Any]) -> str:
    """The page; the same findings make the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html").render(
        style=_style(),
        found=found,
        lead=words.heading(found),
        unread=words.unread(found),
        agreed=words.agreed(found),
        how=(*words.HOW_TO_READ, words.few()),
        tables=tables(found),
        cases=_cases(found),
    )


def _cases(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Option tables by case."""
    grouped = groupby(found["options"], key=lambda entry: (entry["exercise"], entry["family"]))
    cases = []
    for (exercise, family), entries in grouped:
        own = list(entries)
        cases.append(
            {
                "title": found["titles"][f"{exercise}/{family}"],
                "place": f"{exercise[:2]} {family}",
                "looks": any(entry["suspect"] or entry["nobody_takes"] for entry in own),
                "tables": [option_table(entry) for entry in own],
            }
        )
    return cases


def _style() -> Markup:
    text = "\n".join(path.read_text(encoding="utf-8") for path in STYLES)
    return Markup(_REMOTE.sub("", text).replace("</", "<\\/"))  # noqa: S704 - our own files
