"""The floppy tube on the page: dials of a throat, and flow against effort, redrawn as a dial moves.

What the picture shows is also said in one sentence and listed in a table, so that nobody needs to see the curve.
"""

from __future__ import annotations

import ipywidgets
import numpy as np

from flysolo.instruments.base import DialInstrument
from flysolo.models import floppy_tube as tube
from flysolo.ui.chart import line_chart
from flysolo.ui.plotting import import_bqplot

bqplot = import_bqplot()

EFFORTS = np.linspace(0.0, 20.0, 81)
ROWS = np.arange(0.0, 21.0, 2.0)
TOP_L_PER_S = 1.2

#: Dials in the order of the lesson's questions: what lies upstream, stiffness, drive, stage, head, effort.
DIALS = (
    ("upstream_resistance_cmh2o_s_per_l", 1.0, 20.0),
    ("passive_pcrit_cmh2o", -25.0, 5.0),
    ("drive_fraction", 0.0, 1.0),
    ("sleep_stage", None, None),
    ("head_position", None, None),
    ("effort_cmh2o", 0.0, 20.0),
)

#: What a dial's name leaves open.
HELP = {
    "passive_pcrit_cmh2o": "Muscle then pulls it down; the line under the picture gives what is left.",
    "drive_fraction": "0 is none, 1 is all there is.",
    "effort_cmh2o": "The dot on the curve.",
}


def _spec(name: str, low: float | None, high: float | None) -> dict:
    parameter = tube.PARAMETERS[name]
    spec = {"name": name, "label": parameter.label, "unit": parameter.unit, "value": parameter.default}
    spec["help"] = HELP.get(name, "")
    if parameter.choices:
        return spec | {"kind": "choice", "options": list(parameter.choices)}
    return spec | {"kind": "slider", "low": low, "high": high, "step": parameter.step}


class Instrument(DialInstrument):
    """Dials, curve, sentence and table of one floppy tube."""

    def __init__(self) -> None:
        super().__init__([_spec(*dial) for dial in DIALS])
        self.chart = line_chart(
            "Flow against effort",
            "Effort of breathing in (cmH2O)",
            "Flow (L/s)",
            (0.0, float(EFFORTS[-1])),
            (0.0, TOP_L_PER_S),
            [("where you started", "dashed"), ("this throat", "solid")],
        )
        self._dot = _dot_on(self.chart.widget)
        self.widget = ipywidgets.VBox([self.dials, self.chart.widget])
        self._start = tube.flow_l_per_s(tube.starting_throat(), EFFORTS)
        self._redraw()

    @property
    def throat(self) -> tube.Throat:
        """The throat that the dials describe now."""
        values = {key: value for key, value in self.dials.values.items() if key != "effort_cmh2o"}
        return tube.with_dials(tube.starting_throat(), **values)

    def _redraw(self) -> None:
        throat, effort = self.throat, float(self.dials.values["effort_cmh2o"])
        rows = [
            [f"{row['effort_cmh2o']:g}", f"{row['flow_l_per_s']:.2f}", row["regime"]]
            for row in tube.table(throat, ROWS)
        ]
        closing = _minus(tube.effective_pcrit_cmh2o(throat))
        self.chart.update(
            [(EFFORTS, self._start), (EFFORTS, tube.flow_l_per_s(throat, EFFORTS))],
            f"Closing pressure now: {closing} cmH2O. {tube.describe(throat, effort)}",
            ["Effort (cmH2O)", "Flow (L/s)", "The tube is"],
            rows,
        )
        with self._dot.hold_sync():
            self._dot.x, self._dot.y = [effort], [float(tube.flow_l_per_s(throat, effort))]
        self.sum.value = the_sum(throat)
        self.dials.echo += 1


def _dot_on(chart: ipywidgets.Widget) -> bqplot.Scatter:
    """A dot that rides on the curve at the effort of the dial, so that this dial too moves something in the picture."""
    figure = next(each for each in chart.children if isinstance(each, bqplot.Figure))
    dot = bqplot.Scatter(x=[], y=[], scales=figure.marks[0].scales, colors=["#0d5c63"], default_size=120)
    figure.marks = [*figure.marks, dot]
    return dot


def _minus(value: float) -> str:
    """A pressure to one decimal with a minus sign that is read as one, and no negative zero."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def the_sum(throat: tube.Throat) -> str:
    """The arithmetic behind the flat part of the curve, with this throat's numbers, as HTML."""
    closing = tube.effective_pcrit_cmh2o(throat)
    nose = throat.upstream_resistance_cmh2o_s_per_l
    flow = float(tube.max_flow_l_per_s(throat))
    share = tube.STAGE_DRIVE_SHARE[throat.sleep_stage].value
    drive = tube.FULL_DRIVE_LOWERING.value * throat.drive_fraction * share
    head = tube.HEAD_SHIFT[throat.head_position].value
    closed = "" if flow > 0 else " A result below zero means closed: no flow at all."
    return (
        "<p><strong>Closing pressure now</strong> = closing pressure without drive "
        f"({throat.passive_pcrit_cmh2o:g}) − what the muscles hold in {throat.sleep_stage} ({drive:.1f}) "
        f"+ what the head position adds ({head:g}) = <strong>{closing:.1f} cmH2O</strong>.</p>"
        "<p><strong>Most flow this throat can pass</strong> = (pressure at the nose − closing pressure) ÷ resistance "
        f"of the nose = (0 − {closing:.1f}) ÷ {nose:g} = <strong>{-closing / nose:.2f} L/s</strong>.{closed} "
        "Effort is not in this line. That is the whole surprise.</p>"
    )
