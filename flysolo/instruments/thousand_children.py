"""A thousand children on the page: dials of a room and a form, and who is marked, redrawn as a dial moves.

Shape says who has sleep apnea and fill says what the form said, so that color is never needed. What the picture shows
is also said in words and listed in a table.
"""

from __future__ import annotations

import anywidget
import ipywidgets
import traitlets

from flysolo.instruments.base import DialInstrument
from flysolo.models import thousand_children as model
from flysolo.ui.assets import script, widget_style
from flysolo.ui.chart import ChartWords

#: What a second form shares with the first -> overlap, None for no second form.
SECOND_FORM: dict[str, float | None] = {
    "none": None,
    "shares nothing": 0.0,
    "shares half": 0.5,
    "the same questions": 1.0,
}
_NUMBERS = (("prevalence_percent", 1.0, 90.0), ("sensitivity_percent", 5.0, 99.0), ("specificity_percent", 5.0, 99.0))
_DIAMOND = '<path d="M8 2l6 6l-6 6l-6 -6z" fill="{fill}" stroke="#5b4275" stroke-width="1.6"/>'
_CIRCLE = '<circle cx="8" cy="8" r="5" fill="{fill}" stroke="{stroke}" stroke-width="1.6"/>'
#: Name of a group -> its sample in the key.
KEY = {
    "has it, positive": _DIAMOND.format(fill="#5b4275"),
    "does not, positive": _CIRCLE.format(fill="#0d5c63", stroke="#0d5c63"),
    "does not, negative": _CIRCLE.format(fill="none", stroke="#857c70"),
    "has it, negative": _DIAMOND.format(fill="none"),
}
NAME = (
    "A thousand children, 40 across and 25 down. Diamonds have sleep apnea, circles do not; filled marks are positive, "
    "hollow ones are not. The words and the table below say the same."
)


class ChildrenPicture(anywidget.AnyWidget):
    """Draws ``counts`` (four groups, a thousand in all); only four numbers travel for each redraw."""

    _esm = script("children.js")
    _css = widget_style()
    counts = traitlets.Dict().tag(sync=True)


class Instrument(DialInstrument):
    """Dials, picture, words and table of a thousand children."""

    def __init__(self) -> None:
        super().__init__(_specs())
        self.picture = ChildrenPicture()
        self.picture.add_class("bqplot")  # the name by which page style and chart words know a chart's picture
        self.words = ChartWords(name=NAME, columns=["", "Has sleep apnea", "Does not", "Together"])
        chart = ipywidgets.VBox([ipywidgets.HTML(_heading()), self.picture, self.words])
        chart.add_class("fs-chart")
        self.widget = ipywidgets.VBox([self.dials, chart])
        self._redraw()

    @property
    def prevalence_percent(self) -> float:
        """How many of 100 children have sleep apnea, by the dial."""
        return self.dials.values["prevalence_percent"]

    @property
    def test(self) -> model.Test:
        """The form that the dials describe now."""
        return model.Test(self.dials.values["sensitivity_percent"], self.dials.values["specificity_percent"])

    @property
    def overlap(self) -> float | None:
        """What a second form of the same quality shares with the first; None while there is no second form."""
        return SECOND_FORM[self.dials.values["second_form"]]

    @property
    def result(self) -> model.Result:
        """Positive on every form handed out."""
        if self.overlap is None:
            return model.positive(self.test)
        return model.both_positive(self.test, self.test, self.overlap)

    def _redraw(self) -> None:
        prevalence, result = self.prevalence_percent, self.result
        forms = "one form" if self.overlap is None else "two forms"
        counts = model.whole_counts(prevalence, result)
        self.picture.counts = {
            "marked_with": counts.marked_with_osa,
            "marked_without": counts.marked_without_osa,
            "unmarked_without": counts.unmarked_without_osa,
            "unmarked_with": counts.unmarked_with_osa,
        }
        with self.words.hold_sync():
            self.words.sentence = model.describe(prevalence, result, forms)
            self.words.rows = table_rows(prevalence, result, forms)
        self.sum.value = the_sum(prevalence, self.test, self.overlap)
        self.dials.echo += 1


def table_rows(prevalence_percent: float, result: model.Result, forms: str) -> list[list[str]]:
    """The four groups as rows of text, named for one form or for two."""
    names = {"one form": ("Positive", "Negative"), "two forms": ("Positive on both", "Not positive on both")}[forms]
    rows = model.table(prevalence_percent, result)
    return [
        [name, *(f"{row[group]:,}" for group in ("with_osa", "without_osa", "together"))]
        for name, row in zip((*names, "All"), rows, strict=True)
    ]


def the_sum(prevalence_percent: float, test: model.Test, overlap: float | None) -> str:
    """The arithmetic of a positive, in counts and in odds, with the numbers of the dials, as HTML."""
    result = model.positive(test) if overlap is None else model.both_positive(test, test, overlap)
    counts = model.expected_counts(prevalence_percent, result)
    ratio = model.likelihood_ratio(result)
    after = model.chance_after_percent(prevalence_percent, result)
    without = 100 - prevalence_percent
    what = "positive" if overlap is None else "positive on both"
    return (
        f"<p><strong>In children</strong>: {what} and has it {counts.marked_with_osa:.1f}; {what} and does not "
        f"{counts.marked_without_osa:.1f}. Chance after = {counts.marked_with_osa:.1f} ÷ "
        f"({counts.marked_with_osa:.1f} + {counts.marked_without_osa:.1f}) = <strong>{after:.1f}%</strong>.</p>"
        f"<p><strong>In odds</strong>: likelihood ratio = {100 * result.with_osa:.1f} ÷ {100 * result.without_osa:.1f} "
        f"= <strong>{ratio:.2f}</strong>. Before, {prevalence_percent:g} to {without:g}; after, "
        f"{prevalence_percent:g} × {ratio:.2f} = {prevalence_percent * ratio:.1f} to {without:g}. "
        "The ratio is the form's; the first number is the room's.</p>"
    )


def _specs() -> list[dict]:
    second = {"name": "second_form", "label": "A second form, as good as the first", "unit": "", "value": "none"}
    return [*(_slider(*each) for each in _NUMBERS), second | {"kind": "choice", "options": list(SECOND_FORM)}]


def _slider(name: str, low: float, high: float) -> dict:
    dial = model.PARAMETERS[name]
    spec = {"name": name, "label": dial.label, "unit": dial.unit, "value": dial.default, "help": ""}
    return spec | {"kind": "slider", "low": low, "high": high, "step": dial.step}


def _heading() -> str:
    """Title, and the key; unlike a line's name it has no other place, so it stays at every width."""
    samples = "".join(
        f'<li><svg width="16" height="16" viewBox="0 0 16 16">{mark}</svg>{name}</li>' for name, mark in KEY.items()
    )
    return (
        '<p class="fs-chart-title">A thousand children, and what the form says of them</p>'
        f'<ul class="fs-chart-key" style="display: flex" aria-hidden="true">{samples}</ul>'
    )
