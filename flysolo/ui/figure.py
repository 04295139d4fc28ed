"""A figure that can also be read: marks in the units of its axes, one sentence, and the numbers in a table.

For pictures that are not one line per name, such as pairs of nights or a night from above. Marks differ by dash, fill
or shape, and their names stand in a key, so that color never has to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from flysolo.ui.assets import UI_FOLDER, script, widget_style
from flysolo.ui.chart import ChartWords

#: Look in the key -> its sample as SVG.
SAMPLES = {
    "teal": '<line x2="36" y1="6" y2="6" stroke="#0d5c63" stroke-width="3"/>',
    "brown": '<line x2="36" y1="6" y2="6" stroke="#8a4b14" stroke-width="3" stroke-dasharray="7 4"/>',
    "cut": '<line x2="36" y1="6" y2="6" stroke="#23282c" stroke-width="1.5" stroke-dasharray="3 4"/>',
    "thin": '<path d="M0 9L36 3M0 4L36 8" stroke="#0d5c63" stroke-width="1" stroke-opacity="0.5"/>',
    "teal band": '<rect width="36" height="12" fill="#0d5c63" fill-opacity="0.2"/>',
    "brown band": '<rect width="36" height="12" fill="#8a4b14" fill-opacity="0.2"/>',
    "dots": (
        '<circle cx="11" cy="6" r="4.5" fill="#0d5c63"/><circle cx="26" cy="6" r="4" fill="none" stroke="#8a4b14"/>'
    ),
    "teal box": '<rect x="10" width="12" height="12" fill="#0d5c63"/>',
    "brown box": '<rect x="10" y="4" width="12" height="8" fill="#8a4b14"/>',
    "wash box": '<rect y="3" width="36" height="7" fill="#a9cfca"/>',
    "sand box": '<rect x="12" width="10" height="12" fill="#f0dfb8" stroke="#7c4f06"/>',
    "plum box": '<rect x="10" y="7" width="12" height="5" fill="#5b4275"/>',
}


class Picture(anywidget.AnyWidget):
    """Draws ``view``: axes ``x`` and ``y`` (low, high, ticks, label) and a list of marks, as figure.js names them."""

    _esm = script("figure.js")
    _css = widget_style() + (UI_FOLDER / "js" / "figure.css").read_text(encoding="utf-8")
    view = traitlets.Dict().tag(sync=True)


class Figure:
    """A heading with key, a picture and its words; show ``widget``, change all through ``update``."""

    def __init__(self, title: str, name: str, key: Sequence[tuple[str, str]] = (), tall: bool = False):
        self.picture = Picture()
        self.picture.add_class("bqplot")  # the name by which page style and chart words know a chart's picture
        if tall:
            self.picture.add_class("fs-figure-tall")
        self.words = ChartWords(name=f"{title}. {name} The words and the table below say the same.")
        self.widget = ipywidgets.VBox([ipywidgets.HTML(_heading(title, key)), self.picture, self.words])
        self.widget.add_class("fs-chart")
        self.widget.add_class("fs-figure")

    def update(
        self,
        x: dict[str, Any],
        y: dict[str, Any],
        marks: Sequence[dict[str, Any]],
        sentence: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        **more: Any,
    ) -> None:
        """Draw new marks, say them in one sentence and list them in the table."""
        self.picture.view = {"x": x, "y": y, "marks": [mark for mark in marks if mark], **more}
        with self.words.hold_sync():
            self.words.sentence = sentence
            self.words.columns = [str(name) for name in columns]
            self.words.rows = [[str(cell) for cell in row] for row in rows]


def plain(values: ArrayLike, digits: int = 3) -> list:
    """Numbers as the page takes them: plain, rounded, never a NaN."""
    return np.nan_to_num(np.round(np.asarray(values, dtype=float), digits)).tolist()


def _heading(title: str, key: Sequence[tuple[str, str]]) -> str:
    """Title and key; the key is not hidden on wide pages, since marks here have no name beside them."""
    samples = "".join(f'<li><svg width="36" height="12">{SAMPLES[look]}</svg>{escape(name)}</li>' for look, name in key)
    list_html = f'<ul class="fs-chart-key" style="display: flex" aria-hidden="true">{samples}</ul>' if key else ""
    return f'<p class="fs-chart-title">{escape(title)}</p>{list_html}'
