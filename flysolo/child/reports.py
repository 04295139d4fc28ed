"""What families report: one burden behind every answer, only loosely tied to the night.

A family notices struggle, noise and tiredness. How much they notice depends on the child's airway, and at least as much
on everything else (`symptom_z`): that is why questionnaires do well against clear cases and badly among referred
children, without any change in the questionnaire (scr-psq-original, scr-psq-meta-ahi1).

No questionnaire's items exist here; an instrument is a weight, a noise and a line. What it leaves out: single symptoms,
who answers, and learning between two askings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flysolo.child import ages, airway
from flysolo.child.children import Children
from flysolo.child.parameters import P
from flysolo.problems import InputError, nearest


def severity_z(children: Children) -> NDArray[np.float64]:
    """How narrow a child's sleep is on an average night, in units of the spread among all children."""
    excess = airway.closing_pressure_cmh2o(children) - children.compensation_cmh2o
    excess = excess + airway.upstream_drop_cmh2o(children)[:, 0] - children.cpap_cmh2o * children.cpap_share
    return (excess - P.severity_middle_cmh2o) / P.severity_spread_cmh2o


def burden(children: Children) -> NDArray[np.float64]:
    """What there is to report: the airway's part, bounded at both ends, and everything else."""
    seen = np.clip(severity_z(children), -2.5, 3.5)
    share = 1.0 - P.down_unseen_share * children.down
    return P.burden_per_severity * share * seen + children.symptom_z


def _noise(children: Children, seed: int, which: int) -> NDArray[np.float64]:
    return np.random.default_rng([int(seed), 7919, which]).standard_normal(len(children))


def snores(children: Children, seed: int) -> NDArray[np.bool_]:
    """Whether a family says "snores most nights"."""
    return burden(children) + P.answer_noise * _noise(children, seed, 0) > P.snoring_line


def free_of_symptoms(children: Children, seed: int) -> NDArray[np.bool_]:
    """Whether a family says that there is nothing to report."""
    return burden(children) + P.answer_noise * _noise(children, seed, 0) < P.symptom_free_line


INSTRUMENTS = ("sleep questionnaire", "quality of life", "clinical score", "teen tool")


def score(children: Children, instrument: str, seed: int) -> NDArray[np.float64]:
    """Return the score of one instrument in SD units; higher means more."""
    if instrument not in INSTRUMENTS:
        rule = "one of: " + ", ".join(INSTRUMENTS)
        raise InputError(
            "instrument", repr(instrument), rule, "Choose from the list." + nearest(instrument, INSTRUMENTS)
        )
    which = INSTRUMENTS.index(instrument) + 1
    noise, known = _noise(children, seed, which), burden(children)
    if instrument == "sleep questionnaire":
        return known + P.answer_noise * noise
    if instrument == "quality of life":
        return P.quality_per_burden * known + noise
    tonsil_z = (children.tonsil - ages.tonsil(children.age_years)) / P.tonsil_spread
    if instrument == "clinical score":
        return known + P.exam_per_tonsil_z * tonsil_z + P.exam_noise * noise
    grown = np.clip((children.age_years - 9.0) / 6.0, 0.0, 1.0)
    return P.teen_per_burden * known + grown * P.teen_per_bmi_z * children.bmi_z + 0.5 * children.male * grown + noise


LINES = {"sleep questionnaire": "questionnaire_line", "quality of life": "quality_line", "clinical score": "exam_line"}


def positive(children: Children, instrument: str, seed: int) -> NDArray[np.bool_]:
    """Return who is positive at the instrument's usual cut-off."""
    if instrument not in LINES:
        raise InputError("instrument", repr(instrument), "one of: " + ", ".join(LINES), "Choose from the list.")
    return score(children, instrument, seed) > getattr(P, LINES[instrument])
