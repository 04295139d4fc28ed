"""A thousand children: why the same positive screen means 1 in 20 in one room and 1 in 2 in another.

What it is
----------
Bayes' rule in whole children. Of 1,000 children some have obstructive sleep apnea (OSA) by the sleep study that a
finding used. A form comes back in a certain way (positive, negative, two forms both positive) in a share of those who
have OSA and in a share of those who do not. Everything else is counting.

The equations
-------------
With p the chance before, s the share of children with OSA in whom the result is seen, f the share without::

    likelihood ratio  LR = s / f                positive: sensitivity / (1 - specificity)
    chance after         = p s / (p s + (1 - p) f),    the same as odds after = odds before * LR
    two forms            P(both +) = a b + overlap * (min(a, b) - a b),   with OSA and without it alike

An overlap of 0 is two forms that err independently of each other; an overlap of 1 is, for forms that are equally good,
the same question asked twice. Whatever a form is, of those it marks at most (children who have OSA) / (children marked)
have it, which is `most_after_positive_percent`.

What it leaves out
------------------
`LEAVES_OUT` says it in sentences; `WHERE_IT_MISLEADS` is a named case in which the model is a bad guide. The chief one
is the spectrum effect: sensitivity and specificity belong to the children they were measured in.

Sources, by finding id
----------------------
Each preset of `rooms()` and `tests()` names its finding, its children and their ages; `bases()` lists them all. The
overlap of two forms is an assumption: no finding here measures it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.models import Basis, Parameter, assumed, checked_choice, published
from flysolo.problems import InputError

CHILDREN = 1000
_CHANCE_HINT = "4 children in 100 is 4."

PARAMETERS: dict[str, Parameter] = {
    "prevalence_percent": Parameter(
        "Have sleep apnea, before any form",
        "%",
        0.1,
        99.9,
        1.0,
        20.0,
        assumed(
            "a start between the rooms; 1 to 4% in the general population, 43% and more in children sent for a study.",
            related=("epi-pooled-prevalence", "nh-cleveland", "scr-psq-lr-four-studies"),
        ),
        "children; each room gives its own ages",
        hint=_CHANCE_HINT,
    ),
    "sensitivity_percent": Parameter(
        "Of those who have it, positive (sensitivity)",
        "%",
        0.1,
        99.9,
        1.0,
        76.0,
        published("scr-psq-meta-ahi1", "PSQ at an AHI of one, pooled from 13 studies of mostly referred children."),
        "18 years and younger",
        hint="No form finds everyone or no one, so 0 and 100 are left out.",
    ),
    "specificity_percent": Parameter(
        "Of those who do not, negative (specificity)",
        "%",
        0.1,
        99.9,
        1.0,
        43.0,
        published("scr-psq-meta-ahi1", "PSQ at an AHI of one, pooled from 13 studies of mostly referred children."),
        "18 years and younger",
        hint="No form clears everyone or no one, so 0 and 100 are left out.",
    ),
    "overlap": Parameter(
        "How much two forms share",
        "",
        0.0,
        1.0,
        0.05,
        0.0,
        assumed(
            "a scale from nothing shared to the same question twice; that parent-rated measures move together is "
            "reported, how far two forms do is not.",
            related=("scr-psq-predicts-symptoms", "scr-dental-redflags", "scr-fairest6"),
        ),
        "none measured",
        hint="Half is 0.5.",
    ),
}
_SHARE_POSITIVE = Parameter(
    "Children whose form is positive", "%", 0.1, 100.0, 1.0, 40.0, assumed("counted in one's own practice."), "any"
)


@dataclass(frozen=True)
class Test:
    """One form or recording: how often it is positive with OSA and negative without it, in percent."""

    sensitivity_percent: float
    specificity_percent: float

    __test__ = False  # the name is the clinical word; pytest collects by it otherwise

    def __post_init__(self) -> None:
        for name in ("sensitivity_percent", "specificity_percent"):
            object.__setattr__(self, name, PARAMETERS[name].checked(name, getattr(self, name)))


@dataclass(frozen=True)
class Result:
    """What came back, with the share of children with OSA, and of those without, in whom it is seen (0 to 1)."""

    with_osa: float
    without_osa: float


@dataclass(frozen=True)
class Counts:
    """A thousand children in four groups; `marked` are those with the result, positive unless said otherwise."""

    marked_with_osa: float
    marked_without_osa: float
    unmarked_with_osa: float
    unmarked_without_osa: float

    @property
    def marked(self) -> float:
        """Children with the result, ill or not."""
        return self.marked_with_osa + self.marked_without_osa

    @property
    def with_osa(self) -> float:
        """Children who have OSA, marked or not."""
        return self.marked_with_osa + self.unmarked_with_osa

    @property
    def children(self) -> float:
        """All of them."""
        return self.marked + self.unmarked_with_osa + self.unmarked_without_osa


@dataclass(frozen=True)
class Room:
    """Children in one place: how many of 100 have OSA there, in how many children of which ages that was found."""

    label: str
    prevalence_percent: float
    n: str
    ages: str
    basis: Basis


@dataclass(frozen=True)
class Published:
    """A test as one finding reports it, in how many children of which ages."""

    label: str
    test: Test
    n: str
    ages: str
    basis: Basis


# What can come back


def positive(test: Test) -> Result:
    """A positive form."""
    return Result(test.sensitivity_percent / 100, 1 - test.specificity_percent / 100)


def negative(test: Test) -> Result:
    """A negative form."""
    return Result(1 - test.sensitivity_percent / 100, test.specificity_percent / 100)


def both_positive(first: Test, second: Test, overlap: float) -> Result:
    """Two forms, both positive; with more overlap the second adds less.

    The overlap is taken to be the same with OSA and without it, which is an assumption.
    """
    return _both(positive(first), positive(second), overlap)


def both_negative(first: Test, second: Test, overlap: float) -> Result:
    """Two forms, both negative; with more overlap the second takes less away."""
    return _both(negative(first), negative(second), overlap)


def _both(one: Result, other: Result, overlap: float) -> Result:
    shared = PARAMETERS["overlap"].checked("overlap", overlap)

    def together(a: float, b: float) -> float:
        return a * b + shared * (min(a, b) - a * b)

    return Result(together(one.with_osa, other.with_osa), together(one.without_osa, other.without_osa))


# What it means


def likelihood_ratio(result: Result) -> float:
    """How many times the odds of OSA are multiplied by this result; 1 moves nothing."""
    return result.with_osa / result.without_osa


def chance_after_percent(prevalence_percent: ArrayLike, result: Result) -> NDArray[np.float64] | np.float64:
    """The chance of OSA once the result is known, in percent; prevalences may be an array."""
    before = PARAMETERS["prevalence_percent"].checked_array("prevalence_percent", prevalence_percent) / 100
    seen = before * result.with_osa
    return 100 * seen / (seen + (1 - before) * result.without_osa)


def most_after_positive_percent(prevalence_percent: float, positive_share_percent: float) -> float:
    """The most that a positive can mean, from two counts alone: how many have OSA, how many forms are positive.

    It needs no sensitivity and no specificity: no more children with OSA can be among the positives than there are.
    """
    before = PARAMETERS["prevalence_percent"].checked("prevalence_percent", prevalence_percent)
    share = _SHARE_POSITIVE.checked("positive_share_percent", positive_share_percent)
    return min(100.0, 100 * before / share)


def implied_specificity_percent(
    prevalence_percent: float, sensitivity_percent: float, positive_share_percent: float
) -> float:
    """The specificity at which so many forms would be positive: what the spectrum effect looks like in numbers."""
    before = PARAMETERS["prevalence_percent"].checked("prevalence_percent", prevalence_percent) / 100
    found = before * PARAMETERS["sensitivity_percent"].checked("sensitivity_percent", sensitivity_percent) / 100
    share = _SHARE_POSITIVE.checked("positive_share_percent", positive_share_percent) / 100
    if not found <= share <= found + 1 - before:
        low, high = 100 * found, 100 * (found + 1 - before)
        rule = f"from {low:.3g} to {high:.3g} %, as many as this prevalence and sensitivity allow"
        step = "Lower prevalence or sensitivity, or count the positives again."
        raise InputError("positive_share_percent", f"{100 * share:g}", rule, step)
    return 100 * (1 - (share - found) / (1 - before))


# A thousand of them


def expected_counts(prevalence_percent: float, result: Result) -> Counts:
    """Four groups as the arithmetic has them, with fractions of children."""
    before = PARAMETERS["prevalence_percent"].checked("prevalence_percent", prevalence_percent) / 100
    ill, well = CHILDREN * before, CHILDREN * (1 - before)
    marked_ill, marked_well = ill * result.with_osa, well * result.without_osa
    return Counts(marked_ill, marked_well, ill - marked_ill, well - marked_well)


def whole_counts(prevalence_percent: float, result: Result) -> Counts:
    """Four groups of whole children for a picture; they always add up to 1,000.

    Children with OSA are rounded first and then divided, so that a form can never change how many have it.
    """
    before = PARAMETERS["prevalence_percent"].checked("prevalence_percent", prevalence_percent) / 100
    ill = round(CHILDREN * before)
    well = CHILDREN - ill
    marked_ill, marked_well = round(ill * result.with_osa), round(well * result.without_osa)
    return Counts(marked_ill, marked_well, ill - marked_ill, well - marked_well)


def drawn_counts(prevalence_percent: float, result: Result, seed: int) -> Counts:
    """Four groups as one particular thousand might turn out; the same seed draws the same children."""
    before = PARAMETERS["prevalence_percent"].checked("prevalence_percent", prevalence_percent) / 100
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise InputError(
            "seed", repr(seed), "a whole number, 0 or more", "Give any such number; keep it to draw again."
        )
    chance = np.random.default_rng(int(seed))
    ill = int(chance.binomial(CHILDREN, before))
    marked_ill = int(chance.binomial(ill, result.with_osa))
    marked_well = int(chance.binomial(CHILDREN - ill, result.without_osa))
    return Counts(marked_ill, marked_well, ill - marked_ill, CHILDREN - ill - marked_well)


# Published children and published tests


def rooms() -> dict[str, Room]:
    """Places a child can come from; their definitions of OSA differ, so small steps between them mean little."""
    return {
        "primary_school": Room(
            "Random primary-school children",
            1.2,
            "700 with a sleep study",
            "kindergarten to grade 5",
            published("epi-bixler-prevalence", "share with an AHI of five or more."),
        ),
        "community": Room(
            "Children of a community",
            4.0,
            "490",
            "8 to 11 years, and again 16 to 19",
            published(
                "nh-cleveland",
                "share with five obstructive events an hour or one obstructive apnea; also the upper end of the 1 to "
                "4% of tested children worldwide.",
                related=("epi-pooled-prevalence",),
            ),
        ),
        "many_snorers": Room(
            "A room with many snorers",
            15.0,
            "1,133 in the nearest study",
            "5 to 9 years in that study",
            assumed(
                "a round number near the 14% that the predictive values of a sample with half habitual snorers imply.",
                related=("scr-six-questions",),
            ),
        ),
        "referred": Room(
            "Children sent for a sleep study",
            43.0,
            "4 studies",
            "children; the abstract gives no ages",
            published(
                "scr-psq-lr-four-studies",
                "the pre-test probability of the pooled studies; 42% of 395 in another clinic.",
                related=("scr-imsleepy-external",),
            ),
        ),
        "oximetry_clinic": Room(
            "Children sent for OSA, oximetry study",
            100 * 210 / 349,
            "349",
            "children; the abstract gives no ages",
            published("oxi-brouillette", "210 of 349 had OSA."),
        ),
        "down_syndrome": Room(
            "Children with Down syndrome, mostly referred",
            69.0,
            "1,200 in 18 studies",
            "mean 7.7 years",
            published("epi-down-syndrome", "pooled share with an AHI above one.", related=("epi-down-no-symptoms",)),
        ),
    }


def tests() -> dict[str, Published]:
    """Forms and recordings as their studies report them; no questionnaire item is in here."""
    referred = "mostly referred, 18 years and younger"
    return {
        "psq": _published("PSQ, pooled", 76, 43, "13 studies", referred, "scr-psq-meta-ahi1", "at an AHI of one."),
        "psq_four_studies": _published(
            "PSQ, four studies",
            77,
            42,
            "4 studies",
            "children; the abstract gives no ages",
            "scr-psq-lr-four-studies",
            "printed with LR+ 1.3 and LR- 0.56.",
        ),
        "psq_first_paper": _published(
            "PSQ, in the paper that made it",
            85,
            87,
            "54 cases, 108 controls",
            "2 to 18 years",
            "scr-psq-original",
            "its first group; controls were children of a general clinic without a sleep study.",
        ),
        "osa18": _published("OSA-18, pooled", 56, 73, "13 studies", referred, "scr-psq-meta-ahi1", "at an AHI of one."),
        "imsleepy_first_clinic": _published(
            "I'M SLEEPY, in the clinic that made it",
            82,
            50,
            "150",
            "children; the abstract gives no ages",
            "scr-imsleepy-original",
            "version chosen afterward among three.",
        ),
        "imsleepy_later_clinic": _published(
            "I'M SLEEPY, in a later clinic",
            79,
            32,
            "395",
            "children; the abstract gives no ages",
            "scr-imsleepy-external",
            "same form, other children.",
        ),
        "six_questions": _published(
            "Six questions", 59.03, 82.85, "1,133", "5 to 9 years", "scr-six-questions", "half were habitual snorers."
        ),
        "cas15": _published(
            "CAS-15, 13 sites",
            69,
            63.4,
            "530",
            "mean 5.1 years (SD 2.6)",
            "scr-cas15-multicentre",
            "history and examination; studied where clinicians ordered a sleep study.",
        ),
        "oximetry_trend": _published(
            "Oximetry trend, read by experts",
            42.9,
            97.8,
            "349",
            "children; the abstract gives no ages",
            "oxi-brouillette",
            "90 of 210 positive with OSA, 3 of 139 without.",
        ),
        "mcgill": _published(
            "McGill score above one",
            16.81,
            99.07,
            "573",
            "6 months to 18 years",
            "oxi-mcgill-hk",
            "at an AHI above one, in habitual snorers.",
        ),
        "oximetry_moderate": _published(
            "Oximetry for moderate OSA, pooled",
            83,
            75,
            "39 studies of three tests, 6,131 children",
            "2.9 to 16.7 years",
            "scr-meta-psq-osa18-oximetry",
            "criteria for a positive trace differ between studies.",
        ),
    }


def _published(
    label: str, sensitivity: float, specificity: float, n: str, ages: str, finding_id: str, text: str
) -> Published:
    return Published(label, Test(sensitivity, specificity), n, ages, published(finding_id, text))


def bases() -> list[dict[str, object]]:
    """List every number in the model with its kind and source: the page's "what is measured, what is assumed"."""
    named = [(p.label, p.default, p.unit, p.valid_ages, "", p.basis) for p in PARAMETERS.values()]
    named += [(r.label, r.prevalence_percent, "%", r.ages, r.n, r.basis) for r in rooms().values()]
    for t in tests().values():
        named.append((f"{t.label}: sensitivity", t.test.sensitivity_percent, "%", t.ages, t.n, t.basis))
        named.append((f"{t.label}: specificity", t.test.specificity_percent, "%", t.ages, t.n, t.basis))
    return [
        {"name": name, "value": value, "unit": unit, "ages": ages, "n": n, "kind": b.kind, "text": b.text}
        | {"finding_id": b.finding_id, "related": b.related}
        for name, value, unit, ages, n, b in named
    ]


# Words


FORMS = {"one form": "The form is", "two forms": "Both forms are"}


def describe(prevalence_percent: float, result: Result, forms: str = "one form") -> str:
    """Say in plain sentences what the picture of a thousand shows, for those who do not see it."""
    opening = FORMS[checked_choice("forms", forms, FORMS)]
    counts = whole_counts(prevalence_percent, result)
    rest = "negative" if forms == "one form" else "not positive twice"
    other = Result(1 - result.with_osa, 1 - result.without_osa)
    after, left = chance_after_percent(prevalence_percent, result), chance_after_percent(prevalence_percent, other)
    unmarked = CHILDREN - counts.marked
    return (
        f"Of 1,000 children {counts.with_osa:,} have sleep apnea. {opening} positive in {counts.marked:,}: "
        f"{counts.marked_with_osa:,} of them have it and {counts.marked_without_osa:,} do not. A positive takes the "
        f"chance from {said_percent(prevalence_percent)} to {said_percent(after)}. Of the {unmarked:,} who are {rest}, "
        f"{counts.unmarked_with_osa:,} have it: a chance of {said_percent(left)}."
    )


def table(prevalence_percent: float, result: Result) -> list[dict[str, int | str]]:
    """The four groups as rows of whole children, with the row totals."""
    counts = whole_counts(prevalence_percent, result)
    ill, well = counts.with_osa, CHILDREN - counts.with_osa
    return [
        _row("positive", counts.marked_with_osa, counts.marked_without_osa),
        _row("not positive", counts.unmarked_with_osa, counts.unmarked_without_osa),
        _row("all", ill, well),
    ]


def _row(name: str, ill: int, well: int) -> dict[str, int | str]:
    return {"form": name, "with_osa": ill, "without_osa": well, "together": ill + well}


def said_percent(percent: float) -> str:
    """A chance as it is said: whole from 1 on, finer below, and never 0 or 100 for what is not certain."""
    if not math.isfinite(percent):
        raise InputError("percent", f"{percent:g}", "a finite number", "Give a chance from 0 to 100.")
    if percent < 1:
        return f"{percent:.1f}%" if percent >= 0.05 else "under 0.1%"
    return f"{percent:.0f}%" if percent < 99.5 else "over 99%"


WHERE_IT_MISLEADS = (
    "Set 4% and the clinic's numbers: the model marks 577 of 1,000 schoolchildren. Asked in surveys, questionnaires "
    "marked 40 to 110 (epi-pooled-prevalence), and in 303 orthodontic patients of 9 to 17 years 73 in 1,000 "
    "(scr-ortho-rohra). The form does not behave in a school as it does in a clinic, so the model's 1 in 20 is not a "
    "measurement there; nobody tested those children asleep."
)

LEAVES_OUT: tuple[str, ...] = (
    "The spectrum effect: sensitivity and specificity are dials that stay where they are put, while those of a real "
    "form move with the children it is given to.",
    "Degrees: a child has OSA or does not, though the line was drawn by a committee and rooms here use other lines.",
    "Scores: a form here is positive or negative; how far above the line it lies is left out.",
    "The sleep study's own doubt: it is taken as the truth.",
    "How much two forms share: the overlap is an assumption, the same with OSA and without it.",
    "What a positive costs, and what a missed child costs: chances alone decide nothing.",
    "The child: age, weight, syndromes and the story are in the chance before, or nowhere.",
    WHERE_IT_MISLEADS,
)
