"""Same night, different rules: mark the events of ten minutes yourself, then see what rule sets count.

Why marking: whoever has drawn the line around a half-breath knows that an index rests on many such lines. Why several
rule sets: the breaths stay as they are, and the number moves. Nobody's marks are a truth here. The scorer reads the
same channels by the words of one rule set, and trained people, too, agree only in part (def-scorer-agreement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import ipywidgets
import numpy as np

from flysolo.child.measures import Measures
from flysolo.child.rules import RULES, Rules
from flysolo.child.scorer import ScoredNight, score_measured
from flysolo.instruments import invented, night_view
from flysolo.instruments.about import about
from flysolo.instruments.base import DialInstrument
from flysolo.ui.chart import ChartWords
from flysolo.ui.strip import Strip

STRETCH_S = 600.0
PAGE_S = 120.0
KINDS = ("Obstructive apnea", "Central apnea", "Mixed apnea", "Hypopnea", "Central hypopnea")
SHORT = {kind: "".join(word[0] for word in kind.split()) for kind in KINDS} | {"Hypopnea": "H"}
CHILDREN = [name for name in invented.names() if name not in ("quiet sleeper",)]
HIDDEN = "The scorer's marks stay hidden until you ask for them."
LEAVES_OUT = (
    "The scorer's doubt: it reads by the letter, people read by eye.",
    "EEG waves; arousals are shown as a trend of fast activity.",
    "Lost sensors, sweat and movement.",
    "Infants' rules, effort-related arousals, periodic breathing.",
)
ASSUMED = ("That a mark and an event are the same event when they overlap in time, whatever their kind.",)
FINDINGS = ("def-scorer-agreement", "def-chat-rules-differ", "def-night-to-night-unstable")


@dataclass(frozen=True)
class Agreement:
    """How many marks the mentee made, how many events the scorer found, and how many of each overlap the other."""

    marks: int
    events: int
    marks_met: int
    events_met: int
    same_kind: int


def compare(marks: Sequence[dict], events: Sequence[dict]) -> Agreement:
    """Pair marks with events in order of time; each event meets at most the one mark that covers most of it.

    Marks and events are dictionaries with `start_s`, `duration_s` and `kind`.
    """
    taken: set[int] = set()
    same = 0
    for event in events:
        shared = [0.0 if i in taken else _shared_s(mark, event) for i, mark in enumerate(marks)]
        best = int(np.argmax(shared)) if shared else 0
        if shared and shared[best] > 0.0:
            taken.add(best)
            same += marks[best]["kind"] == event["kind"]
    return Agreement(len(marks), len(events), len(taken), len(taken), same)


def _shared_s(a: dict, b: dict) -> float:
    return min(a["start_s"] + a["duration_s"], b["start_s"] + b["duration_s"]) - max(a["start_s"], b["start_s"])


@lru_cache(maxsize=4)
def _measures(child: str, seed: int) -> Measures:
    """What the channels of a night show before any rule; read once, because every rule set judges the same."""
    return Measures(night_view.shown(child, seed).recording)


@lru_cache(maxsize=64)
def scored(child: str, seed: int, rule: str) -> ScoredNight:
    """Return the whole night by one rule set."""
    return score_measured(_measures(child, seed), RULES[rule])


@lru_cache(maxsize=16)
def stretch_start_s(child: str, seed: int) -> float:
    """Return where the ten minutes begin: the busiest ten minutes of sleep in the night, on a whole minute."""
    night = night_view.shown(child, seed).night
    breathing = np.isin(night.events.kind, (0, 1, 2))
    per_minute = np.bincount((night.events.start_s[breathing] // 60).astype(int), minlength=int(night.hours * 60))
    minutes = int(STRETCH_S // 60)
    return 60.0 * int(np.argmax(np.convolve(per_minute, np.ones(minutes), mode="valid")))


def events_in(found: ScoredNight, start_s: float) -> list[dict]:
    """Return the scorer's events of the ten minutes that begin at ``start_s``."""
    return [
        {"start_s": mark.start_s, "duration_s": mark.duration_s, "kind": mark.text, "short": SHORT[mark.text]}
        for mark in found.marks()
        if start_s <= mark.start_s + mark.duration_s / 2 < start_s + STRETCH_S
    ]


def _specs() -> list[dict]:
    rules = [{"id": rule.id, "text": _short(rule.id)} for rule in _listed()]
    return [
        {"name": "child", "label": "Child", "unit": "", "kind": "choice", "value": "big tonsils"}
        | {"options": CHILDREN, "help": "All are invented."},
        {"name": "seed", "label": "Night (seed)", "unit": "", "kind": "slider", "low": 1, "high": 200, "step": 1}
        | {"value": 1, "help": "Marks belong to one night; another night begins without marks."},
        {"name": "rules", "label": "Rules", "unit": "", "kind": "choice", "options": rules, "value": "child-2012"}
        | {"help": "The breaths stay; only the rules change."},
        {"name": "show", "label": "The scorer's marks", "unit": "", "kind": "choice", "value": "hidden"}
        | {"options": ["hidden", "shown"], "help": "Mark first, then look; a new night hides them again."},
    ]


class Instrument(DialInstrument):
    """Dials, a strip to mark, and what each rule set counts."""

    def __init__(self) -> None:
        super().__init__(_specs())
        self.strip = Strip(marking=True, kinds=KINDS)
        self.strip.on_turn(self._turn_to)
        self.words = ChartWords(name="Your marks and the rules", columns=[], rows=[])
        box = ipywidgets.VBox([self.strip, self.words])
        box.add_class("fs-chart")  # gives the strip the width that pictures have
        dials = ipywidgets.VBox([self.dials])  # above the strip and as wide
        self.widget = ipywidgets.VBox([dials, box, about(LEAVES_OUT, ASSUMED, FINDINGS)])
        self._page_s, self._night = 0.0, None
        self.strip.observe(lambda _change: self._compare(), names="marks")
        self._redraw()

    def lock(self, note: str) -> None:
        """Hold dials and marks until the prediction is locked."""
        super().lock(note)
        self.strip.marking = False

    def unlock(self) -> None:
        """Let dials move and marks be made."""
        super().unlock()
        self.strip.marking = True

    @property
    def night(self) -> tuple[str, int]:
        """Which child and night the dials describe now."""
        return self.dials.values["child"], int(self.dials.values["seed"])

    def _redraw(self) -> None:
        if self.night != self._night:
            if self.dials.values["show"] == "shown" and self._night is not None:
                # A new night is marked before it is looked up; this redraws once more, with the marks hidden.
                self.dials.values = {**self.dials.values, "show": "hidden"}
                return
            self._night, self._page_s = self.night, stretch_start_s(*self.night)
            self.strip.marks = []
            self._show()
        self._compare()
        self.dials.echo += 1

    def _turn_to(self, start_s: float) -> None:
        low = stretch_start_s(*self.night)
        self._page_s = min(max(start_s, low), low + STRETCH_S - PAGE_S)
        self._show()

    def _show(self) -> None:
        low = stretch_start_s(*self.night)
        lanes = night_view.lanes(night_view.shown(*self.night).recording)
        self.strip.show(lanes, self._page_s, PAGE_S, low, low + STRETCH_S)

    def _compare(self) -> None:
        """Say how marks and rules meet, once the scorer's marks may be seen."""
        shown = self.dials.values["show"] == "shown"
        if not shown:
            self.strip.scored = []
            with self.words.hold_sync():
                chosen = RULES[self.dials.values["rules"]]
                self.words.sentence = f"{_marks(len(self.strip.marks))} {HIDDEN} {chosen.words()}"
                self.words.columns = ["Rules", "What they count"]
                self.words.rows = [[rule.title, _after_title(rule)] for rule in _listed()]
            self.sum.value = f"<p>{HIDDEN}</p>"
            return
        found = scored(*self.night, self.dials.values["rules"])
        events = events_in(found, stretch_start_s(*self.night))
        self.strip.scored = events
        with self.words.hold_sync():
            self.words.sentence = describe(compare(self.strip.marks, events), found)
            self.words.columns = ["Rules", "In these ten minutes", "AHI, whole night", "Obstructive", "Central"]
            self.words.rows = [self._row(rule.id) for rule in _listed()]
        self.sum.value = the_sum(found)

    def _row(self, rule: str) -> list[str]:
        found = scored(*self.night, rule)
        inside = len(events_in(found, stretch_start_s(*self.night)))
        indices = (found.ahi, found.obstructive_ahi, found.central_ahi)
        return [found.rules.title, str(inside), *(f"{value:.1f}" for value in indices)]


def _listed() -> list[Rules]:
    return [rule for rule in RULES.values() if not rule.oximetry_only]


def _after_title(rule: Rules) -> str:
    return rule.words().removeprefix(f"{rule.title}: ").capitalize()


def _short(rule: str) -> str:
    """A rule set's id as the short name on a dial; its title stands in words and table."""
    words = rule.replace("-", " ").replace(" eeg", " EEG").replace(" co2", " CO2")
    return words[0].upper() + words[1:]


def _marks(n: int) -> str:
    return "You have not marked anything yet." if n == 0 else f"You marked {n} event{'' if n == 1 else 's'}."


def describe(agreement: Agreement, found: ScoredNight) -> str:
    """Return in words how the mentee's marks and the rules meet."""
    return (
        f"{_marks(agreement.marks)} By “{found.rules.title}” the scorer counts {agreement.events} in these ten "
        f"minutes; {agreement.events_met} of them overlap a mark of yours, {agreement.same_kind} with the same kind. "
        f"Whole night: {found.ahi:.1f} an hour."
    )


def the_sum(found: ScoredNight) -> str:
    """Return the rule in words and the index it makes, as HTML."""
    hours = "hours of sleep" if found.rules.uses_eeg else "hours of recording, since no EEG shows sleep"
    counted = round(found.ahi * found.hours)
    return (
        f"<p>{found.rules.words()}</p><p><strong>Index</strong> = {counted} events ÷ {found.hours:.2f} {hours} = "
        f"<strong>{found.ahi:.1f} per hour</strong>.</p>"
    )
