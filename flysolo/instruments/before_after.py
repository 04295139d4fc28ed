"""The before-after trap: choose children because one night looked bad, measure again, and nearly all look better.

Why it happens: a night is the child plus chance. Whoever is let in for a bad night is more often let in on a bad night,
and the next one is nearer to the child's own average. A control group, let in by the same rule, shows how much of the
change is that; only the difference between the groups is the treatment's.

How: `two_nights.py`.
"""

from __future__ import annotations

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.instruments.about import about, minus
from flysolo.instruments.base import DialInstrument
from flysolo.instruments.two_nights import MOST, Group, Study, study
from flysolo.ui.figure import Figure, plain

LINES_DRAWN = 60
LEAVES_OUT = (
    "Growth and time: both nights belong to the same age, so nothing but chance and the treatment can change them.",
    "Who drops out, who is measured again sooner, and families who already tried something.",
    "Children in whom a treatment does much beside others in whom it does nothing; here all lose the same share.",
    "Scoring rules: the events counted are those the airway makes, before any rule.",
    "Unlucky draws of the groups: of two children with like first nights one is treated, by lot.",
)
ASSUMED = (
    "How far a child's closing pressure differs between nights; studies give shares of children who change category.",
    "The share a treatment takes away: it is yours to set.",
)
FINDINGS = (
    "def-night-to-night-unstable",
    "rme-meta-uncontrolled",
    "rme-nma-controlled",
    "epi-chat-arms",
    "oxi-control-arm",
)
CONTROL = {"none": False, "a control group": True}


def _specs() -> list[dict]:
    slider = {"kind": "slider", "help": ""}
    return [
        slider
        | {"name": "cut_off", "label": "Let in from", "unit": "events/h", "low": 0, "high": 20, "step": 0.5}
        | {"value": 5, "help": "By the first night alone."},
        slider
        | {"name": "scatter", "label": "Night-to-night scatter", "unit": "", "low": 0, "high": 2, "step": 0.1}
        | {"value": 1, "help": "1 is the model's; at 0 every night of a child is the same."},
        slider
        | {"name": "effect", "label": "What the treatment takes away", "unit": "%", "low": 0, "high": 80}
        | {"step": 5, "value": 0, "help": "Of each child's events. At 0 it does nothing."},
        {"name": "control", "label": "Measured again beside the treated", "unit": "", "kind": "choice", "help": ""}
        | {"options": list(CONTROL), "value": "none"},
        slider
        | {"name": "children", "label": "Children measured once", "unit": "", "low": 50, "high": MOST, "step": 50}
        | {"value": 600},
        slider
        | {"name": "seed", "label": "Study (seed)", "unit": "", "low": 1, "high": 500, "step": 1, "value": 1}
        | {"help": "Another number is another study of the same kind."},
    ]


class Instrument(DialInstrument):
    """Dials, pairs of nights, words and table."""

    def __init__(self) -> None:
        super().__init__(_specs())
        self.figure = Figure(
            "Measured, let in, measured again",
            "Each thin line is one child, from its first to its second night; the thick line joins the means.",
            [("thin", "a child"), ("teal", "mean of the treated"), ("brown", "mean of the control group")]
            + [("cut", "let in from here")],
            tall=True,
        )
        first = ipywidgets.VBox([self.dials, self.figure.widget])
        self.widget = ipywidgets.VBox([first, about(LEAVES_OUT, ASSUMED, FINDINGS)])
        self._redraw()

    @property
    def study(self) -> Study:
        """The study that the dials describe now."""
        dial = self.dials.values
        return study(
            cut_off=dial["cut_off"],
            scatter=dial["scatter"],
            effect_percent=dial["effect"],
            with_control=CONTROL[dial["control"]],
            children=int(dial["children"]),
            seed=int(dial["seed"]),
        )

    def _redraw(self) -> None:
        found = self.study
        x = {"low": -0.25, "high": 4.25, "ticks": []}
        ticks = [[float(_height(value)), f"{value:g}"] for value in (0, 1, 2, 5, 10, 20, 50, 100)]
        y = {"low": -0.1, "high": float(_height(120)), "ticks": ticks, "label": "Events an hour"}
        columns = ["Group", "Children", "First night", "Second night", "Change", "Average night", "Now below the line"]
        self.figure.update(x, y, marks(found, self.dials.values["cut_off"]), describe(found), columns, rows(found))
        self.sum.value = the_sum(found)
        self.dials.echo += 1


def _height(events_per_h: ArrayLike) -> NDArray[np.float64]:
    """Height in the picture: a logarithm that has a place for none."""
    return np.log1p(np.asarray(events_per_h, dtype=float))


def marks(found: Study, cut_off: float) -> list[dict]:
    """Return the picture: one pair of columns per group, thin lines for children, thick ones for means."""
    drawn: list[dict] = [{"kind": "across", "look": "cut", "y": float(_height(cut_off)), "from": -0.25}]
    places = [(found.treated, 0.4, "thin", "teal", "Treated")]
    if found.control is None:
        places = [(found.treated, 1.4, "thin", "teal", "Treated")]
    else:
        places.append((found.control, 2.6, "thin-brown", "brown", "Control group"))
    for group, left, thin, look, name in places:
        shown = slice(0, LINES_DRAWN)
        pairs = np.stack([_height(group.first[shown]), _height(group.second[shown])], axis=1)
        x, top = [left, left + 1.2], float(_height(105))
        drawn.append({"kind": "lines", "look": thin, "x": x, "y": plain(pairs)})
        if len(group):
            means = plain(_height([group.first.mean(), group.second.mean()]))
            drawn += [{"kind": kind, "look": look, "x": x, "y": means, "size": 6} for kind in ("line", "dots")]
        drawn.append({"kind": "text", "look": look, "x": left + 0.6, "y": top, "text": name, "anchor": "middle"})
        for at, words in zip(x, ("first", "second"), strict=True):
            drawn.append({"kind": "text", "x": at, "y": -0.1, "dy": 17, "text": words, "anchor": "middle"})
    return drawn


def rows(found: Study) -> list[list[str]]:
    """Return the groups as rows of the table; means in events an hour."""
    table = []
    for name, group in (("Treated", found.treated), ("Control group", found.control)):
        if group is not None and len(group):
            means = [f"{each.mean():.1f}" for each in (group.first, group.second)]
            more = [minus(group.change), f"{group.average.mean():.1f}", f"{group.below_percent:.0f}%"]
            table.append([name, str(len(group)), *means, *more])
    return table


def describe(found: Study) -> str:
    """Return in words what the groups did."""
    if len(found.treated) == 0:
        return f"None of {found.seen} children reached the line on the first night."
    let_in = len(found.treated) + (len(found.control) if found.control is not None else 0)
    start = f"{let_in} of {found.seen} children were let in. The treated went from {_from_to(found.treated)}"
    if found.control is None:
        return f"{start}. Nothing here says how much of that the treatment did."
    gap = found.difference()
    if gap is None:
        return f"{start}. The groups are too small to compare."
    middle, low, high = (minus(each) for each in gap)
    return (
        f"{start}. The control group went from {_from_to(found.control)}. Beyond the control group the treated "
        f"changed by {middle} (95% interval {low} to {high})."
    )


def _from_to(group: Group) -> str:
    below = f"{group.below_percent:.0f} of 100 are now below the line"
    return f"{group.first.mean():.1f} to {group.second.mean():.1f} events an hour, and {below}"


def the_sum(found: Study) -> str:
    """Return where the change comes from, as HTML."""
    group = found.treated
    if len(group) == 0:
        return "<p>Nobody was let in, so there is nothing to add up.</p>"
    first, second, average = (float(each.mean()) for each in (group.first, group.second, group.average))
    lines = (
        f"<p><strong>On the first night</strong> these children showed {first:.1f} events an hour, but they average "
        f"{average:.1f} over many nights. The {minus(first - average)} above their own average is chance, and letting "
        "in by that night has picked it.</p>"
        f"<p><strong>Change of the treated</strong> = {second:.1f} − {first:.1f} = {minus(second - first)}. To return "
        f"to their average, untreated, is {minus(average - first)}.</p>"
    )
    gap = found.difference()
    if gap is None:
        return lines
    return lines + (
        f"<p><strong>Against control</strong> = {minus(group.change)} − ({minus(found.control.change)}) = "
        f"<strong>{minus(gap[0])}</strong>.</p>"
    )
