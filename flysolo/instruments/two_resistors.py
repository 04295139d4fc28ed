"""Two resistors in a row: a nose with two sides and a mouth beside it, feeding a floppy throat.

Why two pictures: the first shows how much air gets through as the chest pulls harder, the second where the pressure is
lost on the way. A narrow nose does not close a throat, it lowers the pressure that reaches it.

The equations: `flysolo.child.nose` for the nose and mouth; behind it the floppy stretch that lets through no more than
the nose passes at its closing pressure (phys-starling-upstream); below it a stiff airway of fixed resistance::

    limited flow = what nose and mouth pass at a drop of -closing pressure
    open flow    : drop in nose and mouth + lower resistance * flow = effort
    flow         = the smaller of the two, never below 0
"""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child import nose
from flysolo.instruments.about import about, minus
from flysolo.instruments.base import DialInstrument
from flysolo.models import assumed, checked_array, checked_choice, checked_number, published
from flysolo.models.floppy_tube import MOUTH_SHIFT, PARAMETERS
from flysolo.ui.chart import ticks
from flysolo.ui.figure import Figure, plain

AGE_YEARS = 6.0
LOWER = PARAMETERS["downstream_resistance_cmh2o_s_per_l"].default
EFFORTS = np.linspace(0.0, 20.0, 81)
ROWS = np.arange(0.0, 21.0, 2.0)
TOP_L_PER_S = 1.2
_DROPS = 80.0 * np.linspace(0.0, 1.0, 1500) ** 2
SLACK = {
    "as in sedated adults": published(
        "num-pcrit-mouth-open",
        "closing pressure 1.5 higher half open and 5.1 higher wide open; in a child an assumption.",
    ),
    "left out": assumed("an open mouth is then only a second way in: half of the story, kept so that it can be seen."),
}
LEAVES_OUT = (
    "The soft palate, which decides whether an open mouth is a way in at all.",
    "Nostrils that are sucked in by a strong pull, and sides that swap through the night.",
    "Several places of closing: the throat is one short stretch.",
    "Sound, waking, oxygen, and muscles that answer the pull.",
    "Adenoids as a place of their own; here they would be part of the nose.",
)
ASSUMED = (
    "How much of the nasal drop is turbulent, and the mouth of a child: 2.4 times a usual nose, a ratio measured in "
    "sleeping adults, throat included.",
    "That an open mouth slackens a sleeping child's throat as it did in sedated adults.",
    "The resistance below the throat. It moves the effort at which flow stops rising, never the flow itself.",
)
FINDINGS = (
    "phys-starling-upstream",
    "num-nasal-at",
    "num-pcrit-mouth-open",
    "num-route-resistance",
    "num-nasal-treatment",
)


@dataclass(frozen=True)
class Airway:
    """One nose, mouth and throat; resistances in cmH2O/(L/s) at 150 Pa, pressures in cmH2O, `mouth_open` 0 to 1."""

    left: float
    right: float
    mouth_open: float
    closing_pressure: float
    slack: str = "as in sedated adults"

    def __post_init__(self) -> None:
        checked_number("left", self.left, 1.0, 100.0, nose.RESISTANCE)
        checked_number("right", self.right, 1.0, 100.0, nose.RESISTANCE)
        checked_number("mouth_open", self.mouth_open, 0.0, 1.0, "of wide open")
        checked_number("closing_pressure", self.closing_pressure, -30.0, 10.0, "cmH2O")
        checked_choice("slack", self.slack, SLACK)

    @property
    def closing_now(self) -> float:
        """Closing pressure with the mouth as it stands; measured half and wide open, a line between."""
        if self.slack == "left out":
            return self.closing_pressure
        shifts = [MOUTH_SHIFT[name].value for name in ("closed", "moderately open", "wide open")]
        return self.closing_pressure + float(np.interp(self.mouth_open, [0.0, 0.5, 1.0], shifts))

    @property
    def ways(self) -> tuple:
        """Left side, right side, mouth and its opening, as `nose.flow` takes them."""
        whole = 1.0 / (1.0 / self.left + 1.0 / self.right)
        sides = nose.sides(whole, self.right / (self.left + self.right))
        return (*sides, nose.mouth(AGE_YEARS), self.mouth_open)


def upstream_resistance(airway: Airway) -> float:
    """Return the resistance of nose and mouth together at 150 Pa, in cmH2O/(L/s)."""
    return float(nose.resistance(nose.REFERENCE_DROP_CMH2O, *airway.ways))


def limited_flow_l_per_s(airway: Airway) -> float:
    """Return the flow that no effort can exceed, in L/s; 0 when the throat is closed."""
    return float(nose.flow(max(-airway.closing_now, 0.0), *airway.ways))


def flow_l_per_s(airway: Airway, effort_cmh2o: ArrayLike) -> NDArray[np.float64]:
    """Return flow in L/s at these efforts (0 to 80 cmH2O)."""
    effort = checked_array("effort_cmh2o", effort_cmh2o, 0.0, 80.0, "cmH2O")
    # The effort that belongs to a nasal drop is plain; the other way round it is looked up (error below 0.0001 L/s).
    passed = nose.flow(_DROPS, *airway.ways)
    flow = np.interp(effort, _DROPS + LOWER * passed, passed)
    return np.minimum(flow, limited_flow_l_per_s(airway))


def pressures_cmh2o(airway: Airway, effort_cmh2o: float) -> list[tuple[str, float]]:
    """Return the pressure at each place from the room down to the windpipe at this effort.

    Where the stretch limits flow it holds its closing pressure at its lower end; closed, the pull reaches it from
    below and the room from above.
    """
    flow = float(flow_l_per_s(airway, effort_cmh2o))
    behind = -float(nose.pressure(flow, *airway.ways))
    below = -effort_cmh2o + LOWER * flow
    return [("Room", 0.0), ("Behind nose", behind), ("Below throat", below), ("Windpipe", -float(effort_cmh2o))]


def states(airway: Airway, effort_cmh2o: ArrayLike) -> NDArray[np.str_]:
    """Return "closed", "flow-limited" or "open" for each effort."""
    limit = limited_flow_l_per_s(airway)
    flow = flow_l_per_s(airway, effort_cmh2o)
    return np.where(limit <= 0.0, "closed", np.where(flow >= limit, "flow-limited", "open"))


STARTING = Airway(left=9.0, right=9.0, mouth_open=0.0, closing_pressure=-3.0)
_DIALS = (
    ("left", "Left side of the nose", nose.RESISTANCE, 2.0, 60.0, 1.0, 9.0, "At 60 it is all but shut."),
    ("right", "Right side of the nose", nose.RESISTANCE, 2.0, 60.0, 1.0, 9.0, ""),
    ("mouth_open", "Mouth", "", 0.0, 1.0, 0.05, 0.0, "0 is closed, 1 is wide open."),
    ("closing_pressure", "Closing pressure, mouth closed", "cmH2O", -20.0, 5.0, 0.5, -3.0, "In this state of sleep."),
    ("effort", "Effort of breathing in", "cmH2O", 0.0, 20.0, 0.5, 6.0, "The dot on the curve."),
)


def _specs() -> list[dict]:
    names = ("name", "label", "unit", "low", "high", "step", "value", "help")
    sliders = [dict(zip(names, dial, strict=True)) | {"kind": "slider"} for dial in _DIALS]
    slack = {"name": "slack", "label": "An open mouth slackens the throat", "unit": "", "help": "", "kind": "choice"}
    return [*sliders, slack | {"options": list(SLACK), "value": STARTING.slack}]


class Instrument(DialInstrument):
    """Dials, flow against effort, and the pressure along the way."""

    def __init__(self) -> None:
        super().__init__(_specs())
        lines = [("teal", "this child"), ("brown", "where you started")]
        self.chart = Figure(
            "Flow against effort", "Lines of flow in L/s by effort in cmH2O; the dot is your effort.", lines
        )
        places = [("teal", "pressure inside"), ("cut", "closing pressure now")]
        self.way = Figure("Pressure on the way down", "A line of pressure in cmH2O from room to windpipe.", places)
        self._start = flow_l_per_s(STARTING, EFFORTS)
        first = ipywidgets.VBox([self.dials, self.chart.widget])
        self.widget = ipywidgets.VBox([first, self.way.widget, about(LEAVES_OUT, ASSUMED, FINDINGS)])
        self._redraw()

    @property
    def airway(self) -> Airway:
        """The airway that the dials describe now."""
        return Airway(**{key: value for key, value in self.dials.values.items() if key != "effort"})

    def _redraw(self) -> None:
        airway, effort = self.airway, float(self.dials.values["effort"])
        self._redraw_flow(airway, effort)
        self._redraw_way(airway, effort)
        self.sum.value = the_sum(airway, effort)
        self.dials.echo += 1

    def _redraw_flow(self, airway: Airway, effort: float) -> None:
        flows = flow_l_per_s(airway, EFFORTS)
        here = float(flow_l_per_s(airway, effort))
        x, top = plain(EFFORTS), TOP_L_PER_S
        self.chart.update(
            _axis(0.0, 20.0, "Effort of breathing in (cmH2O)"),
            _axis(0.0, top, "Flow (L/s)"),
            [
                {"kind": "line", "look": "brown", "x": x, "y": plain(np.minimum(self._start, top))},
                {"kind": "line", "look": "teal", "x": x, "y": plain(np.minimum(flows, top))},
                {"kind": "dots", "look": "teal", "x": [effort], "y": [min(here, top)], "size": 6},
            ],
            describe(airway, effort),
            ["Effort (cmH2O)", "Flow (L/s)", "The throat is"],
            [
                [f"{each:g}", f"{flow:.2f}", str(name)]
                for each, flow, name in zip(ROWS, flow_l_per_s(airway, ROWS), states(airway, ROWS), strict=True)
            ],
        )

    def _redraw_way(self, airway: Airway, effort: float) -> None:
        places = pressures_cmh2o(airway, effort)
        closing = float(np.clip(airway.closing_now, -20.0, 6.0))
        behind, below = places[1][1], places[2][1]
        x = {"low": -0.3, "high": 3.3, "ticks": [[i, name] for i, (name, _pressure) in enumerate(places)]}
        inside = {"look": "teal", "x": [0, 1, 2, 3], "y": plain([pressure for _name, pressure in places])}
        self.way.update(
            x,
            _axis(-20.0, 6.0, "Pressure (cmH2O)"),
            [{"kind": "across", "look": "cut", "y": closing, "from": -0.3}]
            + [{"kind": kind, "size": 5} | inside for kind in ("line", "dots")],
            f"At an effort of {effort:g}, {minus(-behind)} cmH2O are lost in nose and mouth, "
            f"{minus(behind - below)} in the throat. The throat closes at {minus(airway.closing_now)}.",
            ["Place", "Pressure (cmH2O)"],
            [[name, minus(pressure)] for name, pressure in places],
        )


def _axis(low: float, high: float, label: str) -> dict:
    marks = [[float(value), minus(value, 2).rstrip("0").rstrip(".")] for value in ticks(low, high)]
    return {"low": low, "high": high, "ticks": marks, "label": label}


def describe(airway: Airway, effort_cmh2o: float) -> str:
    """Return what the picture shows at this effort, in words."""
    flow, limit = float(flow_l_per_s(airway, effort_cmh2o)), limited_flow_l_per_s(airway)
    nose_words = f"Nose and mouth together: {upstream_resistance(airway):.1f} {nose.RESISTANCE}."
    closing = f"Closing pressure now: {minus(airway.closing_now)} cmH2O."
    if limit <= 0.0:
        return f"{nose_words} {closing} The throat is closed; no effort moves air."
    if states(airway, effort_cmh2o) == "flow-limited":
        return f"{nose_words} {closing} Flow is held at {limit:.2f} L/s; a harder pull adds nothing."
    return f"{nose_words} {closing} The throat is open; flow is {flow:.2f} L/s here, and it can reach {limit:.2f}."


def the_sum(airway: Airway, effort_cmh2o: float) -> str:
    """Return the arithmetic with this airway's numbers, as HTML."""
    closing = airway.closing_now
    drop = max(-closing, 0.0)
    left, right, mouth, opened = airway.ways
    flows = [float(nose.flow(drop, way, way)) / 2.0 for way in (left, right)]
    by_mouth = opened * float(nose.flow(drop, mouth, mouth)) / 2.0
    return (
        f"<p><strong>Closing pressure now</strong> = {minus(airway.closing_pressure)} + what the open mouth adds "
        f"({minus(closing - airway.closing_pressure)}) = <strong>{minus(closing)} cmH2O</strong>.</p>"
        f"<p><strong>Most flow</strong> = what passes while nose and mouth lose {drop:.1f} cmH2O: "
        f"left {flows[0]:.2f} + right {flows[1]:.2f} + mouth {by_mouth:.2f} = "
        f"<strong>{sum(flows) + by_mouth:.2f} L/s</strong>. "
        "Side by side, flows add; effort is not in this line.</p>"
        "<p>Each side loses one part that grows with flow and one with flow squared. "
        f"Left: {float(left.orderly):.1f} × flow + {float(left.turbulent):.1f} × flow².</p>"
    )
