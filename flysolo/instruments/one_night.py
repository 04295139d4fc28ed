"""One night: the whole of it from above, and a strip of its channels close up.

Why both: an index is a night folded into one number. From above one sees when events come (stage, posture, hour), on
the strip what an event is; turning pages between the two keeps number and breath together.
"""

from __future__ import annotations

import ipywidgets
import numpy as np

from flysolo.child.night import CENTRAL, KINDS, MIXED, OBSTRUCTIVE, SPONTANEOUS_AROUSAL
from flysolo.child.rules import RULES
from flysolo.child.summary import summarize
from flysolo.instruments import invented, night_view
from flysolo.instruments.about import about
from flysolo.instruments.base import DialInstrument
from flysolo.ui.chart import ChartWords
from flysolo.ui.figure import Figure
from flysolo.ui.strip import Strip

RULE = "child-2012"
PAGE_S = {"30 seconds": 30.0, "2 minutes": 120.0, "5 minutes": 300.0}
LEAVES_OUT = (
    "Snoring, ECG and EEG waves; the EEG row is a trend of fast activity, the CO2 row a trend of breaths' ends.",
    "Lost sensors, sweat, movement, and the doubt of whoever scores.",
    "Any effect of events on the sleep stages: stages run their course here, whatever the breathing does.",
    "More than one breathing event in half a minute.",
)
ASSUMED = (
    "The finger's delay and how saturation recovers after an event.",
    "How far the heart rate rises after an event, and how large limited flow is drawn.",
    "The children. Each was set to about the number of events that the story needs.",
)
FINDINGS = ("phys-starling-upstream", "phys-desat-slope-children", "phys-rem-osa", "sig-norms-2-9", "sig-chat-montage")
_BREATHING = (OBSTRUCTIVE, CENTRAL, MIXED)
_LAST_MIN = night_view.HOURS * 60.0 - 1.0


def _specs() -> list[dict]:
    child = {"name": "child", "label": "Child", "unit": "", "kind": "choice", "value": "big tonsils"}
    slider = {"kind": "slider", "unit": ""}
    return [
        child | {"options": invented.names(), "help": "All are invented."},
        slider
        | {"name": "seed", "label": "Night (seed)", "low": 1, "high": 200, "step": 1, "value": 1}
        | {"help": "Another number is another night of the same child; the same number is the same night."},
        slider
        | {"name": "start", "label": "The strip starts at", "unit": "min", "low": 0, "high": _LAST_MIN, "step": 0.5}
        | {"value": 120, "help": "Minutes after lights out. A click on the night goes there, too."},
        {"name": "page", "label": "The strip shows", "unit": "", "kind": "choice", "help": ""}
        | {"options": list(PAGE_S), "value": "2 minutes"},
    ]


class Instrument(DialInstrument):
    """Dials, the night from above, and the strip."""

    def __init__(self) -> None:
        super().__init__(_specs())
        self.figure = Figure(
            "A night from above",
            "Stages, events and saturation by hour; the shaded stretch is the strip below.",
            [*night_view.EVENT_LOOKS],
            tall=True,
        )
        self.strip = Strip()
        self.strip.on_turn(self._turn_to)
        self.figure.picture.on_msg(lambda _widget, content, _buffers: self._picked(content))
        self.close_up = ChartWords(name="The strip", columns=["Event"], rows=[])
        dials = ipywidgets.VBox([self.dials])  # above the picture and as wide, since a night needs the width
        limits = about(LEAVES_OUT, ASSUMED, FINDINGS)
        self.widget = ipywidgets.VBox([dials, self.figure.widget, self.strip, self.close_up, limits])
        self._redraw()

    @property
    def shown(self) -> night_view.Shown:
        """The night that the dials describe now."""
        return night_view.shown(self.dials.values["child"], int(self.dials.values["seed"]))

    @property
    def window_s(self) -> tuple[float, float]:
        """Start and end of the strip in seconds after lights out."""
        length = PAGE_S[self.dials.values["page"]]
        start = min(float(self.dials.values["start"]) * 60.0, night_view.HOURS * 3600.0 - length)
        return start, start + length

    def _redraw(self) -> None:
        one, (start, end) = self.shown, self.window_s
        x, y = night_view.overview_axes(one.night.hours)
        report = {name: float(values[0]) for name, values in summarize(one.night, RULES[RULE]).items()}
        self.figure.update(
            x,
            y,
            night_view.overview_marks(one, start, end),
            describe(self.dials.values["child"], report),
            ["Stage", "Hours", "Obstructive events", "Central events"],
            stage_rows(one),
            pick=True,
            room={"left": 62},
        )
        self.strip.show(night_view.lanes(one.recording), start, end - start, 0.0, one.night.hours * 3600.0)
        with self.close_up.hold_sync():
            self.close_up.rows = event_rows(one, start, end)
            self.close_up.columns = ["Event", "Begins", "Lasts (s)", "Flow left", "Saturation falls by", "Arousal"]
            self.close_up.sentence = describe_strip(self.close_up.rows, start, end)
        self.sum.value = the_sum(one, report)
        self.dials.echo += 1

    def _turn_to(self, start_s: float) -> None:
        if self.dials.locked:
            return
        self.dials.values = {**self.dials.values, "start": start_s / 60.0}

    def _picked(self, content: object) -> None:
        hour = content.get("pick") if isinstance(content, dict) else None
        if isinstance(hour, int | float) and not isinstance(hour, bool):
            self._turn_to(round(hour * 120.0) * 30.0)


def describe(child: str, report: dict[str, float]) -> str:
    """Return in words who sleeps here and what the night from above shows."""
    return (
        f"{invented.introduced(child)} {report['sleep_h']:.1f} hours of sleep, {report['oahi']:.1f} obstructive "
        f"events and {report['cai']:.1f} central events an hour by “{RULES[RULE].title}”; in REM "
        f"{report['rem_oahi']:.1f}, elsewhere {report['nrem_oahi']:.1f}. "
        f"Lowest saturation {report['spo2_min_percent']:.0f}%."
    )


def stage_rows(one: night_view.Shown) -> list[list[str]]:
    """Return the events of each stage as rows of the table, as simulated and before any rule."""
    night, rows = one.night, []
    for stage in night_view.STAGE_ROWS:
        inside = night.events.stage == stage
        hours = float((night.stage[0] == stage).sum()) * night.epoch_seconds / 3600.0
        obstructive = int(np.isin(night.events.kind[inside], (0, 2)).sum())
        central = int((night.events.kind[inside] == 1).sum())
        rows.append([night_view.STAGE_NAMES[stage], f"{hours:.1f}", str(obstructive), str(central)])
    return rows


def event_rows(one: night_view.Shown, start_s: float, end_s: float) -> list[list[str]]:
    """Return what happens within the strip as rows of the table, as simulated and before any rule."""
    events = one.night.events
    inside = np.flatnonzero((events.start_s < end_s) & (events.start_s + events.duration_s > start_s))
    return [
        [
            _named(int(events.kind[i])),
            clock(events.start_s[i]),
            f"{events.duration_s[i]:.0f}",
            f"{100 * events.remaining_flow[i]:.0f}%" if events.kind[i] in _BREATHING else "",
            f"{events.desaturation_percent[i]:.0f} points",
            "yes" if events.arousal[i] or events.kind[i] == SPONTANEOUS_AROUSAL else "no",
        ]
        for i in inside
    ]


def _named(kind: int) -> str:
    return KINDS[kind].capitalize() + (" event" if kind in _BREATHING else "")


def describe_strip(rows: list[list[str]], start_s: float, end_s: float) -> str:
    """Return in words what the strip shows."""
    when = f"The strip, {clock(start_s)} to {clock(end_s)} after lights out:"
    if not rows:
        return f"{when} quiet breathing, no event."
    listed = ", ".join(f"{row[0].lower()} at {row[1]} for {row[2]} s" for row in rows[:4])
    more = "" if len(rows) <= 4 else f", and {len(rows) - 4} more"
    return f"{when} {listed}{more}."


def clock(seconds: float) -> str:
    """Time after lights out as h:mm:ss."""
    whole = int(round(float(seconds)))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def the_sum(one: night_view.Shown, report: dict[str, float]) -> str:
    """Return how the index comes from the night, as HTML."""
    counted = round(report["oahi"] * report["sleep_h"])
    happened = int(np.isin(one.night.events.kind, (0, 2)).sum())
    return (
        f"<p>{happened} obstructive events happened. By “{RULES[RULE].title}”, {counted} of them count: the others are "
        "too short, too shallow, or without the sign that the rules ask for.</p>"
        f"<p><strong>Index</strong> = events that count ÷ hours of sleep = {counted} ÷ {report['sleep_h']:.2f} = "
        f"<strong>{report['oahi']:.1f} per hour</strong>.</p>"
    )
