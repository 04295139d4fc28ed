"""What is usual at an age: middles and spreads from which children are drawn and toward which they drift.

The same curves serve drawing and growing older, so that a cohort that ages is distributed like a cohort drawn older.
Adenoids peak at five years (img-anr-age); every other curve is assumed and says so in parameters.toml.
Ages 2 to 100 years, arrays of any shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child.parameters import P

#: The smallest tonsils of a child who has tonsils (share of the throat's width); what surgery leaves is smaller.
LEAST_TONSIL = 0.04


def adenoid_ratio(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual adenoid ratio: up to five years a rise, then a steady fall."""
    age = np.asarray(age_years, float)
    rising = P.adenoid_peak - P.adenoid_rise_per_year * (5.0 - age)
    falling = P.adenoid_peak - P.adenoid_fall_per_year * (age - 5.0)
    return np.where(age < 5.0, rising, np.maximum(falling, 0.12))


def tonsil(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual share of the throat's width: level to seven years, then a slow fall."""
    age = np.asarray(age_years, float)
    return np.maximum(P.tonsil_middle - P.tonsil_fall_per_year * np.maximum(age - 7.0, 0.0), 0.15)


def throat_cmh2o(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual closing pressure beyond tonsils, adenoids, weight and jaw: falls in childhood, rises from puberty on."""
    age = np.asarray(age_years, float)
    childhood = -P.throat_fall_per_year_cmh2o * (np.clip(age, 2.0, 13.0) - 6.0)
    teens = P.throat_teen_rise_cmh2o * np.clip((age - P.teen_from_years) / (P.teen_to_years - P.teen_from_years), 0, 1)
    adult = P.throat_rise_per_decade_cmh2o * np.maximum(age - 20.0, 0.0) / 10.0
    return P.throat_middle_cmh2o + childhood + teens + adult


def throat_kept(age_years: ArrayLike, years: float) -> NDArray[np.float64]:
    """Share of a throat's distance from the usual that is left after some years: fades in childhood, lasts in adults.

    The rate of fading falls in a straight line from 14 to 20 years.
    """
    age = np.asarray(age_years, float)
    child, adult = 1.0 / P.throat_fading_years, 1.0 / P.throat_fading_adult_years
    in_childhood = np.clip(14.0 - age, 0.0, years)
    teens = np.clip(20.0 - age, 0.0, years) - in_childhood
    begin = np.clip((np.maximum(age, 14.0) - 14.0) / 6.0, 0.0, 1.0)
    end = np.clip((age + years - 14.0) / 6.0, 0.0, 1.0)
    middle = child + (adult - child) * (begin + end) / 2.0
    return np.exp(-(child * in_childhood + middle * teens + adult * (years - in_childhood - teens)))


def compensation_cmh2o(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual pressure that drive wins back: less from puberty on (direction: the response falls with age)."""
    age = np.asarray(age_years, float)
    fall = np.clip((age - 10.0) / 15.0, 0.0, 1.0) * (P.compensation_child_cmh2o - P.compensation_adult_cmh2o)
    return P.compensation_child_cmh2o - fall


def lung_reserve(age_years: ArrayLike) -> NDArray[np.float64]:
    """Oxygen store against need: 0.42 at 2 to 5 years, 1 from 11 years (phys-apnoea-reserve-by-age)."""
    return np.interp(np.asarray(age_years, float), [2.0, 3.5, 14.0, 100.0], [0.36, 0.42, 1.0, 1.0])


def central_per_h(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual rate of pauses, short ones included: falls from preschool to school age, low in adults."""
    knots = [2.0, 4.5, 7.0, 12.0, 100.0]
    rates = np.array([1.3, 1.0, 0.85, 0.75, 0.5])
    return P.central_middle_per_h * np.interp(np.asarray(age_years, float), knots, rates)


def breaths_per_min(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual breathing rate asleep: 26 at two years awake (sig-vitals-centiles), less some breaths for sleep."""
    return np.interp(np.asarray(age_years, float), [2.0, 6.0, 10.0, 15.0, 100.0], [24.0, 19.0, 17.0, 15.0, 14.5])


def heart_rate_bpm(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual heart rate asleep; assumed."""
    return np.interp(np.asarray(age_years, float), [2.0, 6.0, 12.0, 20.0, 100.0], [98.0, 82.0, 68.0, 60.0, 60.0])


def arousal_threshold_cmh2o(age_years: ArrayLike) -> NDArray[np.float64]:
    """Usual arousal threshold: children sleep on through more effort than adults; size assumed."""
    return np.interp(np.asarray(age_years, float), [2.0, 10.0, 20.0, 100.0], [24.0, 22.0, 16.0, 16.0])
