"""Time and treatment: each changes named parameters of a child, and the next night shows what that does.

Every function takes children and a seed and returns children. Sizes and spreads stand in parameters.toml with their
basis. Where trials found no difference from control (expansion alone, nasal steroid, saline) a treatment changes the
nose and nothing else, and the nights show next to nothing because the nose is a small part of the pressure.

What it leaves out: pain, bleeding and anesthesia, adherence outside CPAP and devices, dose, learning to use a mask,
and whether a family would choose it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child import ages, airway
from flysolo.child.children import FIELDS, Children
from flysolo.child.parameters import P
from flysolo.models import checked_number
from flysolo.problems import InputError, nearest

Treatment = Callable[[Children, int], Children]
REMOVED_TONSIL = 0.03


def _rng(seed: int, which: int) -> np.random.Generator:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", seed, "a whole number from 0", "Give a whole number, such as 1.")
    return np.random.default_rng([int(seed), 104729, which])


def _kept(children: Children, **arrays: ArrayLike) -> Children:
    """Exchange arrays, held inside the ranges of `FIELDS`: a large effect on an extreme child ends at the edge."""
    inside = {name: np.clip(value, FIELDS[name].low, FIELDS[name].high) for name, value in arrays.items()}
    return children.replace(**inside)


def natural_course(children: Children, seed: int, years: float) -> Children:
    """Return the children `years` later (0 to 40), untreated.

    They move along the usual curves for their ages. How far a child lies from what is usual fades with time and is
    made up by new chance, so that extremes come back and others take their place, and the spread stays as it is.
    Throats fade in childhood and hardly in adults, who have stopped growing: what jaw surgery won lasts.
    Tonsils that were taken out stay out; adenoids grow again toward what is usual, and so does tissue around an
    operated throat, counted from the call on: ask for the whole span at once, not for one month after another.
    """
    years = checked_number("years", years, 0.0, 40.0, "years")
    rng, age = _rng(seed, 0), children.age_years
    later = np.minimum(age + years, FIELDS["age_years"].high)

    def faded(deviation: NDArray, spread: float, fading_years: float) -> NDArray:
        kept = np.exp(-years / fading_years)
        return kept * deviation + np.sqrt(1.0 - kept**2) * spread * rng.standard_normal(len(children))

    tonsil = ages.tonsil(later) + faded(children.tonsil - ages.tonsil(age), P.tonsil_spread, P.tonsil_fading_years)
    adenoid = faded(children.adenoid_ratio - ages.adenoid_ratio(age), P.adenoid_spread, P.adenoid_fading_years)
    shift = P.down_throat_cmh2o * children.down
    kept = ages.throat_kept(age, years)
    own = kept * (children.throat_cmh2o - shift - ages.throat_cmh2o(age))
    throat = own + np.sqrt(1.0 - kept**2) * P.throat_spread_cmh2o * rng.standard_normal(len(children))
    # everyone who has tonsils has larger ones than surgery leaves
    operated = (children.tonsil <= REMOVED_TONSIL) & (age < 18.0)
    throat = throat + np.where(operated, _regrown(children, rng, years), 0.0)
    ratio = {
        name: getattr(children, name) * getattr(ages, name)(later) / getattr(ages, name)(age)
        for name in ("lung_reserve", "central_per_h", "breaths_per_min", "heart_rate_bpm", "arousal_threshold_cmh2o")
    }
    weight = faded(children.bmi_z - P.bmi_middle, P.bmi_spread, P.bmi_fading_years)
    return _kept(
        children,
        age_years=later,
        tonsil=np.where(children.tonsil <= REMOVED_TONSIL, children.tonsil, np.maximum(tonsil, ages.LEAST_TONSIL)),
        adenoid_ratio=ages.adenoid_ratio(later) + adenoid,
        throat_cmh2o=throat + shift + ages.throat_cmh2o(later),
        compensation_cmh2o=children.compensation_cmh2o + ages.compensation_cmh2o(later) - ages.compensation_cmh2o(age),
        bmi_z=P.bmi_middle + weight,
        symptom_z=faded(children.symptom_z, 1.0, P.symptom_fading_years),
        **ratio,
    )


def _regrown(children: Children, rng: np.random.Generator, years: float) -> NDArray:
    """Return what is added to operated throats: tissue that was left grows again, more in some than in others."""
    own = np.exp(P.regrowth_spread * rng.standard_normal(len(children)) - P.regrowth_spread**2 / 2.0)
    return P.regrowth_cmh2o * -np.expm1(-years / P.regrowth_years) * own


def adenotonsillectomy(children: Children, seed: int) -> Children:
    """Return the children without tonsils and with small adenoids; families report less (at-psg-mediation).

    What the tissue had cost comes back in part only, and differently in each child: a throat that grew up crowded is
    not one that never was. The part that does not come back is added to the throat; it is larger in heavy and in
    older children, and differs from child to child.
    """
    rng, n = _rng(seed, 1), len(children)
    relief = P.at_symptom_relief_z + P.at_symptom_spread_z * rng.standard_normal(n)
    after = _kept(
        children,
        tonsil=np.minimum(children.tonsil, REMOVED_TONSIL),
        adenoid_ratio=np.minimum(children.adenoid_ratio, 0.25 + 0.08 * rng.standard_normal(n)),
    )
    won = airway.closing_pressure_cmh2o(children) - airway.closing_pressure_cmh2o(after)
    share = P.at_return_share + P.at_return_per_bmi_z * children.bmi_z + P.at_return_spread * rng.standard_normal(n)
    share = share + P.at_return_per_year * (children.age_years - 7.0)
    lost = 1.0 - np.clip(share, 0.0, 1.3)
    return _kept(after, throat_cmh2o=children.throat_cmh2o + lost * won, symptom_z=children.symptom_z - relief)


def adenoidectomy(children: Children, seed: int) -> Children:
    """Return the children with small adenoids and their own tonsils."""
    left = 0.25 + 0.08 * _rng(seed, 2).standard_normal(len(children))
    return _kept(children, adenoid_ratio=np.minimum(children.adenoid_ratio, left))


def expansion(children: Children, seed: int) -> Children:
    """Return the children after maxillary expansion: a wider nose and palate, and an unchanged throat.

    Against control expansion alone did not lower the index (rme-nma-controlled); what before-and-after series show is
    left to who was selected, time and chance.
    """
    rng, n = _rng(seed, 3), len(children)
    won = P.expansion_nose_cmh2o_s_per_l + P.expansion_nose_spread * rng.standard_normal(n)
    nose = np.maximum(children.nose_cmh2o_s_per_l - np.maximum(won, 0.0), 0.6 * children.nose_cmh2o_s_per_l)
    return _kept(children, nose_cmh2o_s_per_l=nose, palate_z=children.palate_z - 1.5)


def nasal_steroid(children: Children, seed: int) -> Children:
    """Return the children on a nasal steroid: a slightly wider nose (med-incs-rct: no difference from placebo)."""
    factor = np.exp(-P.steroid_nose_share + 0.05 * _rng(seed, 4).standard_normal(len(children)))
    return _kept(children, nose_cmh2o_s_per_l=children.nose_cmh2o_s_per_l * factor)


def nasal_saline(children: Children, seed: int) -> Children:
    """Return the children on saline: a nose hardly wider, and families who report less, as with any spray."""
    factor = np.exp(-P.saline_nose_share + 0.05 * _rng(seed, 5).standard_normal(len(children)))
    return sham(_kept(children, nose_cmh2o_s_per_l=children.nose_cmh2o_s_per_l * factor), seed)


def sham(children: Children, seed: int) -> Children:
    """Return the children after something was done that does nothing: families report less, the throat is the same."""
    relief = P.spray_relief_z + 0.7 * _rng(seed, 6).standard_normal(len(children))
    return _kept(children, symptom_z=children.symptom_z - relief)


def myofunctional_therapy(children: Children, seed: int) -> Children:
    """Return the children after exercises: drive wins back more (mft-villa-rct: small, unblinded)."""
    gain = P.exercise_cmh2o + P.exercise_spread_cmh2o * _rng(seed, 7).standard_normal(len(children))
    return _kept(children, compensation_cmh2o=children.compensation_cmh2o + gain)


def mandibular_advancement(children: Children, seed: int) -> Children:
    """Return the children with the lower jaw held forward at night; a smaller jaw goes forward by less."""
    gain = P.advancement_cmh2o + P.advancement_spread_cmh2o * _rng(seed, 8).standard_normal(len(children))
    gain = gain * np.interp(children.age_years, [4.0, 18.0], [P.advancement_child_share, 1.0])
    return _kept(children, throat_cmh2o=children.throat_cmh2o - gain)


def jaw_surgery(children: Children, seed: int) -> Children:
    """Return adults after both jaws were moved forward."""
    gain = P.jaw_surgery_cmh2o + P.jaw_surgery_spread_cmh2o * _rng(seed, 9).standard_normal(len(children))
    return _kept(children, throat_cmh2o=children.throat_cmh2o - gain, jaw_z=children.jaw_z - 1.0)


def cpap(children: Children, seed: int, *, hours_a_night: float | None = None) -> Children:
    """Return the children with a mask: pressure by need, worn for part of the night.

    Children wore it 170 (SD 145) minutes (pap_minutes_per_night_child); adults 5.2 (SD 2.0) h (adult-cpap-vs-mad).
    `hours_a_night` sets the same wearing time for everyone.
    """
    rng, n = _rng(seed, 10), len(children)
    child = children.age_years < 18.0
    worn = np.where(child, P.cpap_child_h, P.cpap_adult_h)
    worn = worn + np.where(child, P.cpap_child_spread_h, P.cpap_adult_spread_h) * rng.standard_normal(n)
    if hours_a_night is not None:
        worn = np.full(n, checked_number("hours_a_night", hours_a_night, 0.0, 14.0, "h"))
    need = airway.excess_cmh2o(children)[:, airway.REM, airway.SUPINE, 0] + P.cpap_margin_cmh2o
    pressure = np.clip(need, 4.0, 15.0) + P.cpap_spread_cmh2o * rng.standard_normal(n)
    return _kept(children, cpap_cmh2o=np.clip(pressure, 4.0, 20.0), cpap_share=worn / 8.0)


def weight_change(children: Children, seed: int, *, percent: float) -> Children:
    """Return the children after a change of body mass index by `percent` (-40 to 40), with a spread of a third."""
    percent = checked_number("percent", percent, -40.0, 40.0, "%")
    own = percent * (1.0 + 0.33 * _rng(seed, 11).standard_normal(len(children)))
    return _kept(children, bmi_z=children.bmi_z + np.log1p(np.clip(own, -50, 60) / 100.0) / P.log_bmi_per_z)


TREATMENTS: dict[str, Treatment] = {
    "waiting": lambda children, seed: children,
    "sham": sham,
    "adenotonsillectomy": adenotonsillectomy,
    "adenoidectomy": adenoidectomy,
    "expansion": expansion,
    "nasal steroid": nasal_steroid,
    "nasal saline": nasal_saline,
    "myofunctional therapy": myofunctional_therapy,
    "mandibular advancement": mandibular_advancement,
    "jaw surgery": jaw_surgery,
    "cpap": cpap,
}


def treatment(name: str | Treatment) -> Treatment:
    """Return a treatment by name, or the function itself; the nearest valid name is offered for any other."""
    if callable(name):
        return name
    if name not in TREATMENTS:
        rule = "one of: " + ", ".join(TREATMENTS)
        raise InputError("treatment", repr(name), rule, "Choose from the list." + nearest(str(name), TREATMENTS))
    return TREATMENTS[name]
