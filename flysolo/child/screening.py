"""The result of a screening questionnaire, never its questions: a share of positive answers, and a side of the line.

Questionnaires belong to their authors. Here one is a weight on what a family notices (`reports.py`), a noise and a
line; nothing in it knows whether the child has sleep apnea. So its accuracy is a result: almost good where clear cases
are set against children of a general clinic, poor among referred children, whose families are all worried, with not a
word of the form changed (scr-psq-original, scr-psq-meta-ahi1). `by_setting` prints that comparison.

What it leaves out: single questions, who answers and in which language, forms half filled in, and answers that change
because the form was seen before. Ages 2 to 18 years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child import reports
from flysolo.child.children import Children
from flysolo.child.night import simulate
from flysolo.child.parameters import P
from flysolo.child.populations import draw
from flysolo.child.rules import RULES
from flysolo.child.summary import summarize
from flysolo.problems import InputError

#: The cut-off of the form that is modeled: a third of the answers (scr-psq-original).
LINE_SHARE = 0.33


@dataclass(frozen=True, eq=False)
class Results:
    """What came back, one entry per child: share of positive answers (0 to 1) and whether it lies above the line."""

    share: NDArray[np.float64]
    positive: NDArray[np.bool_]


@dataclass(frozen=True)
class Accuracy:
    """Shares of those with and without the disease whom a form called rightly, and how many there were."""

    sensitivity: float
    specificity: float
    with_it: int
    without_it: int

    @property
    def positive_ratio(self) -> float:
        """Likelihood ratio of a positive; infinite when nobody without it was positive."""
        return self.sensitivity / (1.0 - self.specificity) if self.specificity < 1.0 else float("inf")


@dataclass(frozen=True)
class Setting:
    """A published use of the form: who was asked, and what was found; None where the study did not say."""

    title: str
    sensitivity: float | None
    specificity: float | None
    positive_share: float | None
    finding_id: str


SETTINGS: dict[str, Setting] = {
    "clear cases against a general clinic": Setting(
        "Clear cases, general clinic", 0.83, 0.87, None, "scr-psq-original"
    ),
    "referred": Setting("Referred children, AHI 1 or more", 0.76, 0.43, None, "scr-psq-meta-ahi1"),
    "orthodontic": Setting("Orthodontic practice", None, None, 0.073, "scr-ortho-rohra"),
}


def screen(children: Children, seed: int) -> Results:
    """Return the questionnaire's result for each child; the seed decides how a family answered on that day.

    The share is a stretch of the score on which the line lies at a third of the answers; that stretch is an
    assumption and moves nobody across the line.
    """
    above = reports.score(children, "sleep questionnaire", seed) - P.questionnaire_line
    start = np.log(LINE_SHARE / (1.0 - LINE_SHARE))
    share = 1.0 / (1.0 + np.exp(-(start + above)))
    return Results(share, reports.positive(children, "sleep questionnaire", seed))


def accuracy(positive: ArrayLike, has_it: ArrayLike) -> Accuracy:
    """Return sensitivity and specificity of results against the truth; refuse when one of the groups is empty."""
    marked, truth = np.asarray(positive, bool), np.asarray(has_it, bool)
    if marked.shape != truth.shape or marked.ndim != 1:
        found = f"shapes {marked.shape} and {truth.shape}"
        raise InputError("positive, has_it", found, "one value per child in both", "Give the same children twice.")
    with_it, without_it = int(truth.sum()), int((~truth).sum())
    if not with_it or not without_it:
        found = f"{with_it} with and {without_it} without"
        raise InputError("has_it", found, "at least one of each", "Screen a group that holds both.")
    return Accuracy(float(marked[truth].mean()), float((~marked[~truth]).mean()), with_it, without_it)


def by_setting(seed: int, n: int = 2000) -> list[dict[str, float | str | None]]:
    """Return, for each published setting, what was published and what the same form gives in the virtual children."""
    referred = draw("referred", n, seed)
    oahi = summarize(simulate(referred, seed), RULES["child-2012"])["oahi"]
    answered = screen(referred, seed)
    general = draw("community", n, seed + 1)
    clear = oahi >= 5.0
    spectrum = Accuracy(
        float(answered.positive[clear].mean()),
        float((~screen(general, seed + 1).positive).mean()),
        int(clear.sum()),
        n,
    )
    orthodontic = float(screen(draw("orthodontic", n, seed + 2), seed + 2).positive.mean())
    found = {
        "clear cases against a general clinic": (spectrum.sensitivity, spectrum.specificity, None),
        "referred": (*_pair(accuracy(answered.positive, oahi >= 1.0)), None),
        "orthodontic": (None, None, orthodontic),
    }
    return [_row(SETTINGS[name], *values) for name, values in found.items()]


def _pair(found: Accuracy) -> tuple[float, float]:
    return found.sensitivity, found.specificity


def _row(setting: Setting, sensitivity: float | None, specificity: float | None, share: float | None) -> dict:
    return {
        "setting": setting.title,
        "published_sensitivity": setting.sensitivity,
        "simulated_sensitivity": sensitivity,
        "published_specificity": setting.specificity,
        "simulated_specificity": specificity,
        "published_positive_share": setting.positive_share,
        "simulated_positive_share": share,
        "finding": setting.finding_id,
    }
