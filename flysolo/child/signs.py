"""What an examiner writes down: tonsil grade, palate, profile and lips as noisy readings of the same virtual child.

A child has one tonsil, one palate, one jaw; two examiners write two notes. The reading is the child's true value plus
three errors, so that agreement is a result and not a setting::

    seen = true value + this examiner's leaning (the same for every child)
                      + how this child strikes this examiner (the same at every look)
                      + this one look

and the written grade is the class into which "seen" falls. An examiner is a whole number, the seed; the same seed,
child and look give the same note on every machine.

Agreement it was made to give (referred children; checked by tests with their tolerance)
-----------------------------------------------------------------------------------------
exam-tonsil-icc: four examiners, ICC 0.72 on the Brodsky scale, 0.65 Friedman, 0.60 three grades; the same examiner
again, r 0.95. exam-tonsil-clinic-vs-dise: clinic against sleep endoscopy, kappa 0.44. One set of errors gives all
five, because the scales differ only in their classes. exam-tonsil-icc-photos found the opposite order of the scales
from photographs (Brodsky 0.30): agreement belongs to a way of looking, not to a scale; this file models awake looking.

For palate and profile the library holds no agreement; the 0.65 of a whole clinical score (scr-cas15-original) is
borrowed, an assumption. For mouth posture it says "poor" without a number (exam-mouth-breathing-agreement); the size
here is an assumption.

What it leaves out: crying and gagging, the side that is larger, light and tongue blade, training, what the examiner
already knows of the child, and that examiners who work together come to agree.
Ages 2 years to adults. Arrays have shape (n,), one entry per child.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.models import Constant, assumed, checked_array, checked_choice, published
from flysolo.problems import InputError

if TYPE_CHECKING:
    from flysolo.child.children import Children

Grades = NDArray[np.int8]


@dataclass(frozen=True)
class Errors:
    """SDs of the three errors of a reading, in the unit of what is read."""

    examiner: Constant
    child: Constant
    look: Constant


def _errors(unit: str, examiner: float, child: float, look: float, basis) -> Errors:
    return Errors(*(Constant(value, unit, basis) for value in (examiner, child, look)))


TONSIL = _errors(
    "share of the throat's width",
    0.03,
    0.09,
    0.02,
    published(
        "exam-tonsil-icc",
        "set so that four examiners reach an ICC of 0.72 on referred children and one examiner r = 0.95 with himself; "
        "how the disagreement divides between leaning and child is an assumption.",
        related=("exam-tonsil-clinic-vs-dise", "sig-symptomatic-clinic-mix"),
    ),
)
_BORROWED = assumed(
    "no agreement was found for this sign; set to the ICC of about 0.65 between examiners of a whole clinical score.",
    related=("scr-cas15-original",),
)
PALATE = _errors("SD", 0.20, 0.42, 0.25, _BORROWED)
PROFILE = _errors("SD", 0.20, 0.42, 0.25, _BORROWED)
LIPS = _errors(
    "share of sleep",
    0.12,
    0.22,
    0.12,
    assumed(
        "agreement on who breathes through the mouth was poor for most comparisons, without a number; set so that two "
        "examiners reach a kappa of about 0.3. That lips by day follow the mouth by night is an assumption too.",
        related=("exam-mouth-breathing-agreement", "exam-mouth-breathing-prevalence"),
    ),
)

#: Scale -> upper edges of its classes, as share of the throat's width; grades count from the first number.
TONSIL_SCALES: dict[str, tuple[int, tuple[float, ...]]] = {
    "brodsky": (0, (0.0, 0.25, 0.50, 0.75)),
    "friedman": (1, (0.15, 0.50, 0.90)),
    "three-grade": (1, (0.25, 0.75)),
}
PALATE_WORDS = ("broad", "ordinary", "narrow")
PROFILE_WORDS = ("lower jaw forward", "ordinary", "lower jaw back")
LIPS_WORDS = ("lips together", "lips apart")
#: A palate or profile is named for the sixth of children at either end: +-1 SD.
_EDGES_SD = (-1.0, 1.0)
_LIPS_EDGE = 0.5

CONTRADICTED = "From photographs the three tonsil scales came in the opposite order (exam-tonsil-icc-photos)."


def read_tonsils(
    children: Children, examiner_seed: int, *, look: int = 0, scale: str = "brodsky", child_ids: ArrayLike | None = None
) -> Grades:
    """Return the tonsil grade that this examiner writes at this look: Brodsky 0 to 4, Friedman 1 to 4, three grades.

    Brodsky classes follow a public data dictionary (sig-nsrr-data-available), 0 being tonsils within their beds; the
    edges of the other two scales are an assumption. Larger tonsils never get a smaller grade from one examiner at one
    look at the same child.
    """
    first, edges = TONSIL_SCALES[checked_choice("scale", scale, TONSIL_SCALES)]
    seen = _seen(children.tonsil, TONSIL, examiner_seed, look, child_ids)
    return (first + np.digitize(seen, edges, right=True)).astype(np.int8)


def read_tonsils_by_endoscopy(children: Children, seed: int, *, child_ids: ArrayLike | None = None) -> Grades:
    """Return the Brodsky grade seen by endoscopy in drug-induced sleep.

    Endoscopy is one more examiner with errors of his own: that alone gives the published kappa with the clinic
    (exam-tonsil-clinic-vs-dise). It is no truth, and what sedation does to a throat is left out.
    """
    return read_tonsils(children, seed, look=1_000_000, child_ids=child_ids)


def read_palate(children: Children, examiner_seed: int, *, look: int = 0, child_ids: ArrayLike | None = None) -> Grades:
    """Return 0 broad, 1 ordinary, 2 narrow (`PALATE_WORDS`) as this examiner sees the palate at this look."""
    seen = _seen(children.palate_z, PALATE, examiner_seed, look, child_ids)
    return np.digitize(seen, _EDGES_SD).astype(np.int8)


def read_profile(
    children: Children, examiner_seed: int, *, look: int = 0, child_ids: ArrayLike | None = None
) -> Grades:
    """Return 0 forward, 1 ordinary, 2 back (`PROFILE_WORDS`) as this examiner sees the lower jaw at this look.

    A set-back jaw is a shape and not a finding of sleep apnea: reviews disagree on whether the shapes of children with
    and without it differ at all (exam-craniofacial-null, exam-craniofacial-positive).
    """
    seen = _seen(children.jaw_z, PROFILE, examiner_seed, look, child_ids)
    return np.digitize(seen, _EDGES_SD).astype(np.int8)


def read_lips(children: Children, examiner_seed: int, *, look: int = 0, child_ids: ArrayLike | None = None) -> Grades:
    """Return 0 together, 1 apart (`LIPS_WORDS`): lips at rest as this examiner sees them at this look."""
    seen = _seen(children.mouth_open_share, LIPS, examiner_seed, look, child_ids)
    return (seen > _LIPS_EDGE).astype(np.int8)


def note(children: Children, examiner_seed: int, *, look: int = 0) -> list[dict[str, int | str]]:
    """Return one examiner's note on each child, in words and grades, as a list of rows."""
    tonsils = read_tonsils(children, examiner_seed, look=look)
    palate = read_palate(children, examiner_seed, look=look)
    profile = read_profile(children, examiner_seed, look=look)
    lips = read_lips(children, examiner_seed, look=look)
    return [
        {
            "tonsils": int(tonsils[i]),
            "palate": PALATE_WORDS[palate[i]],
            "profile": PROFILE_WORDS[profile[i]],
            "lips": LIPS_WORDS[lips[i]],
        }
        for i in range(tonsils.size)
    ]


def _seen(truth: NDArray, errors: Errors, examiner_seed: int, look: int, child_ids: ArrayLike | None) -> NDArray:
    # Each sign draws from a stream of its own; without that a generous look at the tonsils would also see a narrow
    # palate. The names' order below is part of every published seed: add signs at the end.
    sign = next(i for i, each in enumerate((TONSIL, PALATE, PROFILE, LIPS)) if each is errors)
    seed, again = _whole("examiner_seed", examiner_seed), _whole("look", look)
    ids = np.arange(truth.size) if child_ids is None else _ids(child_ids, truth.size)
    leaning = np.random.default_rng([seed, sign, 0]).standard_normal()
    strikes = _by_id([seed, sign, 1], ids)
    looks = _by_id([seed, sign, 2, again], ids)
    return truth + errors.examiner.value * leaning + errors.child.value * strikes + errors.look.value * looks


def _by_id(seed: list[int], ids: NDArray) -> NDArray:
    """One normal number per child, the same for a child whoever else is read with it."""
    return np.random.default_rng(seed).standard_normal(int(ids.max(initial=-1)) + 1)[ids]


def _ids(child_ids: ArrayLike, length: int) -> NDArray:
    ids = checked_array("child_ids", child_ids, 0, 10_000_000, "")
    if ids.shape != (length,) or np.any(ids != np.floor(ids)):
        raise InputError(
            "child_ids", f"shape {ids.shape}", f"one whole number for each of {length} children", "Give the ids."
        )
    return ids.astype(int)


def _whole(field: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise InputError(field, repr(value), "a whole number, 0 or more", "Give for example 1.")
    return int(value)
