"""Treat and time: one invented child twice, treated and not, through the years, with nights that differ by chance.

Why twins: after a treatment a child also grows, its adenoids shrink, and one measured night is better or worse than the
child's average. Only the untreated twin, who lives through the same years with the same luck, shows what the treatment
added. Forty pairs show how far the story of one pair can be trusted.

How: `flysolo.child.treatment` changes named values of the child, `natural_course` lets the years pass, and the expected
events of an average night follow from the airway (`expected_events_per_h`). Dots are single nights: the closing
pressure of that night and the counting are chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child.airway import expected_events_per_h
from flysolo.child.children import Children, joined
from flysolo.child.treatment import natural_course, treatment
from flysolo.instruments import invented
from flysolo.instruments.about import about
from flysolo.instruments.base import DialInstrument
from flysolo.ui.figure import Figure, plain

PAIRS = 40
POINTS = 7
HOURS_ASLEEP = 7.5
TOP = 60.0
#: What stands on the dial -> the library's name.
OFFERED = {
    "waiting": "waiting",
    "tonsils and adenoids out": "adenotonsillectomy",
    "expansion": "expansion",
    "nasal steroid": "nasal steroid",
    "nasal saline": "nasal saline",
    "exercises": "myofunctional therapy",
    "jaw held forward": "mandibular advancement",
    "CPAP": "cpap",
}
LEAVES_OUT = (
    "Harm: pain, bleeding, anesthesia, cost, and teeth that move under a device.",
    "Whether the family would choose it, keep it up, or be able to get it; CPAP is worn for part of the night only.",
    "What the day is like. The picture holds events of the night and nothing else.",
    "Scoring rules: the events are those the airway makes, before any rule.",
    "Advice. An average of invented children says nothing about the next child in the chair.",
)
ASSUMED = (
    "How fast a child's distance from what is usual fades, and how far nights differ.",
    "Sizes and spreads of effects on the airway; where trials found no difference from control, the effect on the "
    "throat is none.",
    "That a worn device or spray is used through all the years shown.",
)
FINDINGS = ("at-chat-psg", "rme-nma-controlled", "med-incs-rct", "mft-villa-rct", "def-night-to-night-unstable")


@dataclass(frozen=True, eq=False)
class Course:
    """Events an hour of pairs of twins at some ages: arrays of shape (times, pairs); pair 0 is the child in the story.

    `treated` at time 0 is right after the treatment. `treated_night`, `waiting_night` (times,) are single nights of
    pair 0; both begin with the one night before anything was done.
    """

    years: NDArray[np.float64]
    treated: NDArray[np.float64]
    waiting: NDArray[np.float64]
    treated_night: NDArray[np.float64]
    waiting_night: NDArray[np.float64]

    @property
    def fewer(self) -> int:
        """In how many pairs the treated twin has at least one event an hour fewer at the end."""
        return int((self.waiting[-1] - self.treated[-1] >= 1.0).sum())


@lru_cache(maxsize=16)
def course(child: str, chosen: str, years: float, seed: int) -> Course:
    """Return the course of a story's child and its twin over 0.25 to 10 years; one seed, one course."""
    start = joined([invented.child(child)] * PAIRS)
    begun = treatment(OFFERED[chosen])(start, seed)
    when = np.linspace(0.0, years, POINTS)
    later = [(natural_course(begun, seed, t), natural_course(start, seed, t)) for t in when]
    rng = np.random.default_rng([seed, 7])
    arms = [np.array([events_per_h(pair[arm]) for pair in later]) for arm in (0, 1)]
    # One night before anything is done, then one of each twin at each later time.
    before = _one_night(start.take([0]), rng)
    nights = [[before, *(_one_night(pair[arm].take([0]), rng) for pair in later[1:])] for arm in (0, 1)]
    return Course(when, *arms, *(np.array(each) for each in nights))


def events_per_h(children: Children) -> NDArray[np.float64]:
    """Return the expected events of an average night, with the machine's pressure for the hours that it is worn."""
    without = expected_events_per_h(children)
    if not children.cpap_share.any():
        return without
    with_mask = expected_events_per_h(
        children.replace(throat_cmh2o=np.maximum(children.throat_cmh2o - children.cpap_cmh2o, -80.0))
    )
    return children.cpap_share * with_mask + (1.0 - children.cpap_share) * without


def _one_night(child: Children, rng: np.random.Generator) -> float:
    shift = child.night_sd_cmh2o * rng.standard_normal()
    rate = float(events_per_h(child.replace(throat_cmh2o=child.throat_cmh2o + shift))[0])
    return float(rng.poisson(rate * HOURS_ASLEEP) / HOURS_ASLEEP)


def _specs() -> list[dict]:
    slider = {"kind": "slider"}
    return [
        {"name": "child", "label": "Child", "unit": "", "kind": "choice", "value": "big tonsils"}
        | {"options": invented.names(), "help": "All are invented."},
        {"name": "treatment", "label": "What is done at the start", "unit": "", "kind": "choice", "help": ""}
        | {"options": list(OFFERED), "value": "tonsils and adenoids out"},
        slider
        | {"name": "years", "label": "How long", "unit": "years", "low": 0.5, "high": 8, "step": 0.5, "value": 2}
        | {"help": ""},
        slider
        | {"name": "seed", "label": "Luck (seed)", "unit": "", "low": 1, "high": 500, "step": 1, "value": 9}
        | {"help": "Another number is another life of the same child, and other nights."},
    ]


class Instrument(DialInstrument):
    """Dials, the course of both twins, words and table."""

    def __init__(self) -> None:
        super().__init__(_specs())
        self.figure = Figure(
            "Two courses of the same child",
            "Lines: the average night of each twin. Dots: single nights. Bands: eight of ten other pairs.",
            [("teal", "treated"), ("brown", "untreated twin"), ("dots", "one night"), ("teal band", "8 of 10 treated")]
            + [("brown band", "8 of 10 untreated")],
            tall=True,
        )
        first = ipywidgets.VBox([self.dials, self.figure.widget])
        self.widget = ipywidgets.VBox([first, about(LEAVES_OUT, ASSUMED, FINDINGS)])
        self._redraw()

    @property
    def course(self) -> Course:
        """The course that the dials describe now."""
        dial = self.dials.values
        return course(dial["child"], dial["treatment"], float(dial["years"]), int(dial["seed"]))

    def _redraw(self) -> None:
        found, dial = self.course, self.dials.values
        years = float(found.years[-1])
        steps = [years * k / 4 for k in range(5)]
        x = {"low": 0.0, "high": years, "ticks": [[t, f"{t:.3g}"] for t in steps], "label": "Years from the start"}
        ticks = [[float(_height(value)), f"{value:g}"] for value in (0, 1, 2, 5, 10, 20, 50)]
        y = {"low": -0.05, "high": float(_height(TOP)), "ticks": ticks, "label": "Events an hour"}
        words = describe(dial["child"], dial["treatment"], found)
        columns = ["Years", "Treated, average", "Untreated, average", "Treated, one night", "Untreated, one night"]
        self.figure.update(x, y, marks(found), words, columns, rows(found))
        self.sum.value = the_sum(found)
        self.dials.echo += 1


def _height(events_per_h: ArrayLike) -> NDArray[np.float64]:
    return np.log1p(np.minimum(np.asarray(events_per_h, dtype=float), TOP))


def marks(found: Course) -> list[dict]:
    """Return the picture: bands of other pairs, lines of this one, dots for single nights."""
    x, drawn = plain(found.years), []
    for pairs, look in ((found.waiting, "brown"), (found.treated, "teal")):
        low, high = np.percentile(pairs, [10, 90], axis=1)
        drawn.append({"kind": "band", "look": look, "x": x, "low": plain(_height(low)), "high": plain(_height(high))})
    arms = ((found.waiting, found.waiting_night, "brown"), (found.treated, found.treated_night, "teal"))
    for pairs, nights, look in arms:
        own = np.concatenate([found.waiting[:1, 0], pairs[:, 0]])  # both begin together; treatment is a step
        drawn.append({"kind": "line", "look": look, "x": [0.0, *x], "y": plain(_height(own))})
        drawn.append({"kind": "dots", "look": look, "x": x, "y": plain(_height(nights)), "size": 4.5})
    return drawn


def rows(found: Course) -> list[list[str]]:
    """Return the course of this pair as rows of the table."""
    columns = (found.treated[:, 0], found.waiting[:, 0], found.treated_night, found.waiting_night)
    columns = [np.concatenate([[start], column[1:]]) for start, column in zip(_starts(found), columns, strict=True)]
    return [[f"{found.years[i]:.2g}", *(f"{column[i]:.1f}" for column in columns)] for i in range(found.years.size)]


def _starts(found: Course) -> tuple[float, float, float, float]:
    """What both twins are before anything is done: averages, then the one night."""
    return (found.waiting[0, 0],) * 2 + (found.waiting_night[0],) * 2


def describe(child: str, chosen: str, found: Course) -> str:
    """Return in words how the pair fared."""
    return (
        f"{invented.introduced(child)} Done: {chosen}. After {found.years[-1]:g} years the treated child's average "
        f"night holds {found.treated[-1, 0]:.1f} events an hour, the untreated twin's {found.waiting[-1, 0]:.1f}; both "
        f"began at {found.waiting[0, 0]:.1f}. In {found.fewer} of {PAIRS} pairs the treated twin has at least "
        "one event an hour fewer."
    )


def the_sum(found: Course) -> str:
    """Return what a before-and-after look would call the effect, beside what the twin shows, as HTML."""
    first, last = found.waiting_night[0], found.treated_night[-1]
    by_twin = found.treated[-1, 0] - found.waiting[-1, 0]
    by_time = found.waiting[-1, 0] - found.waiting[0, 0]
    return (
        f"<p><strong>One night before, one night after</strong>: {last:.1f} − {first:.1f} = {_signed(last - first)}. "
        "That is what a before-and-after series would call the effect.</p>"
        f"<p><strong>Time alone</strong>, from the untreated twin's averages: {_signed(by_time)}. "
        f"<strong>The treatment</strong>, twin against twin at the end: <strong>{_signed(by_twin)}</strong>. "
        "The rest is the chance of two nights.</p>"
    )


def _signed(value: float) -> str:
    return f"{value + 0.0:+.1f}".replace("-", "−").replace("+0.0", "0.0").replace("−0.0", "0.0")
