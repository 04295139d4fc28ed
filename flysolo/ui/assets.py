"""Scripts and styles as text, read once when a widget class is made.

A widget's script reaches the browser as one text and cannot import its neighbors, so the small files of ``js/`` are
joined here. The stylesheet is the same one that server pages link, so that a widget looks alike wherever it is shown.
"""

from __future__ import annotations

import os
from pathlib import Path

UI_FOLDER = Path(__file__).resolve().parent
STYLESHEET = UI_FOLDER.parent / "server" / "static" / "style.css"


def script(*names: str) -> str:
    """Join files of ``js/`` into one module; only the last may export."""
    return "\n".join((UI_FOLDER / "js" / name).read_text(encoding="utf-8") for name in names)


def stylesheet() -> str:
    """The shared stylesheet, as text."""
    return STYLESHEET.read_text(encoding="utf-8")


def widget_style() -> str:
    """Style a widget has to bring along: none on the course's own pages, which already have it."""
    on_own_page = os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
    return "" if on_own_page else stylesheet()
