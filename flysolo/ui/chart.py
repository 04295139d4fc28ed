"""A line chart that can also be read: the picture, one sentence about it, and its numbers in a table.

Lines differ by dash and carry their name, so that color never has to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from flysolo.problems import InputError
from flysolo.ui.assets import script, widget_style
from flysolo.ui.plotting import import_bqplot

bqplot = import_bqplot()

#: Dash -> color and width in pixels. Each color has a contrast of at least 4.5 on the paper, since names share it.
LINE_LOOKS = {
    "solid": ("#0d5c63", 3),
    "dashed": ("#5a5550", 2.5),
    "dotted": ("#8a4b14", 3),
    "dash_dotted": ("#4a4a8c", 2.5),
}
GRID_COLOR = "#e4ddd2"
AXIS_COLOR = "#6b645c"
#: Dash -> the same dash in the key, as SVG takes it.
DASHES = {"solid": "", "dashed": "8 5", "dotted": "2 4", "dash_dotted": "8 4 2 4"}
#: Room in pixels for tick numbers and axis labels; the right side only has to hold half of the last number.
FIGURE_MARGIN = {"top": 14, "bottom": 50, "left": 58, "right": 16}


class ChartWords(anywidget.AnyWidget):
    """The chart in words: its sentence, its table, and the name that the picture goes by."""

    _esm = script("dom.js", "chart.js")
    _css = widget_style()
    name = traitlets.Unicode().tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)


class Chart:
    """A line chart and its words; show ``widget``, change both through ``update``."""

    def __init__(self, heading: str, figure: bqplot.Figure, lines: list, labels: bqplot.Label, words: ChartWords):
        self._lines, self._labels, self.words = lines, labels, words
        self.widget = ipywidgets.VBox([ipywidgets.HTML(heading), figure, words])
        self.widget.add_class("fs-chart")

    def update(
        self,
        series_values: Sequence[tuple[ArrayLike, ArrayLike]],
        sentence: str,
        table_columns: Sequence[str],
        table_rows: Sequence[Sequence[object]],
    ) -> None:
        """Draw new values: one ``(x, y)`` per line in its order, the sentence that says what is seen, and the table."""
        if len(series_values) != len(self._lines):
            found = f"{len(series_values)} series"
            raise InputError(
                "series_values", found, f"one (x, y) for each of {len(self._lines)} lines", "add or drop one"
            )
        arrays = [(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in series_values]
        for line, (x, y) in zip(self._lines, arrays, strict=True):
            with line.hold_sync():
                if not np.array_equal(line.x, x):
                    line.x = x
                line.y = y
        with self._labels.hold_sync():
            self._labels.x, self._labels.y = label_places(arrays, self._labels.scales)
        with self.words.hold_sync():
            self.words.sentence = sentence
            self.words.columns = [str(name) for name in table_columns]
            self.words.rows = [[str(cell) for cell in row] for row in table_rows]


def line_chart(
    title: str,
    x_label: str,
    y_label: str,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    series: Sequence[tuple[str, str]],
) -> Chart:
    """Make an empty chart; axis labels name the quantity and its unit, ``series`` pairs each name with its dash."""
    _check_series(series)
    scales = {
        "x": bqplot.LinearScale(min=float(x_range[0]), max=float(x_range[1])),
        "y": bqplot.LinearScale(min=float(y_range[0]), max=float(y_range[1])),
    }
    lines = [_line(style, scales) for _name, style in series]
    colors = [LINE_LOOKS[style][0] for _name, style in series]
    labels = bqplot.Label(
        x=[], y=[], text=[name for name, _style in series], colors=colors, scales=scales, align="middle", y_offset=-10
    )
    labels.default_size = 14
    figure = bqplot.Figure(
        marks=[*lines, labels],
        axes=[_axis(x_label, scales["x"]), _axis(y_label, scales["y"], vertical=True)],
        fig_margin=FIGURE_MARGIN,
        background_style={"fill": "transparent"},
        min_aspect_ratio=0.3,
        max_aspect_ratio=6,
        padding_x=0.0,
        padding_y=0.0,
        display_toolbar=False,
        layout=ipywidgets.Layout(width="100%", min_width="0"),
    )
    names = ", ".join(f"{name} ({style.replace('_', '-')} line)" for name, style in series)
    words = ChartWords(
        name=f"{title}. Line chart of {y_label} by {x_label}. Lines: {names}. Sentence and table below say the same.",
    )
    return Chart(_heading(title, series), figure, lines, labels, words)


def label_places(
    arrays: Sequence[tuple[np.ndarray, np.ndarray]], scales: dict[str, bqplot.LinearScale]
) -> tuple[np.ndarray, np.ndarray]:
    """Where each line's name stands: on its line, where the other lines are far, no two names above each other."""
    low, high = scales["x"].min, scales["x"].max
    steps = np.linspace(low + 0.2 * (high - low), high - 0.2 * (high - low), 13)
    heights = np.array([np.interp(steps, x, y) for x, y in arrays])
    span = scales["y"].max - scales["y"].min
    taken: list[tuple[float, float]] = []
    for i, own in enumerate(heights):
        others = np.delete(heights, i, axis=0)
        room = np.min(np.abs(others - own), axis=0) / span if len(others) else np.ones_like(own)
        # Beyond a quarter of the height more room is no better; then the right side is where a reader looks first.
        worth = np.minimum(room, 0.25) + 0.02 * (steps - low) / (high - low)
        for x, y in taken:
            near = (np.abs(steps - x) < 0.4 * (high - low)) & (np.abs(own - y) < 0.1 * span)
            worth = worth - near
        best = int(np.argmax(worth))
        taken.append((float(steps[best]), float(own[best])))
    return np.array([x for x, _ in taken]), np.array([y for _, y in taken])


def ticks(low: float, high: float) -> np.ndarray:
    """Round numbers from ``low`` to ``high``, four to seven of them, for an axis that is read and not measured."""
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * min((1, 2, 2.5, 5, 10), key=lambda each: abs(each * power - rough))
    first = np.ceil(low / step) * step
    return np.round(np.arange(first, high + step / 1000, step), 10)


def _heading(title: str, series: Sequence[tuple[str, str]]) -> str:
    """Title, and the key that stands in for the names on the lines where the page is narrow."""
    samples = "".join(
        f'<li><svg width="36" height="10"><line x2="36" y1="5" y2="5" stroke="{LINE_LOOKS[style][0]}" stroke-width="3" '
        f'stroke-dasharray="{DASHES[style]}"/></svg>{escape(name)}</li>'
        for name, style in series
    )
    return f'<p class="fs-chart-title">{escape(title)}</p><ul class="fs-chart-key" aria-hidden="true">{samples}</ul>'


def _line(style: str, scales: dict) -> bqplot.Lines:
    color, width = LINE_LOOKS[style]
    return bqplot.Lines(x=[], y=[], scales=scales, colors=[color], line_style=style, stroke_width=width)


def _axis(label: str, scale: bqplot.LinearScale, vertical: bool = False) -> bqplot.Axis:
    return bqplot.Axis(
        scale=scale,
        label=label,
        orientation="vertical" if vertical else "horizontal",
        label_offset="44px" if vertical else "38px",
        tick_values=ticks(scale.min, scale.max),
        tick_format="~g",
        grid_lines="solid",
        grid_color=GRID_COLOR,
        color=AXIS_COLOR,
    )


def _check_series(series: Sequence[tuple[str, str]]) -> None:
    styles = [style for _name, style in series]
    unknown = [style for style in styles if style not in LINE_LOOKS]
    rule = f"each line has its own dash: {', '.join(LINE_LOOKS)}"
    if unknown or len(set(styles)) < len(styles):
        raise InputError("series", f"styles {', '.join(styles)}", rule, "give each line another dash", file="chart")
