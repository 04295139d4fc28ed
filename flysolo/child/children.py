"""Children: one row per child, one array per parameter, so that a cohort of ten thousand is as easy as one child.

A child is nothing but these numbers. Every finding, night and answer to treatment is computed from them; a treatment
changes one of them by name. Ages 2 to 100 years ("child" is the package's word for whoever sleeps).

What it leaves out: everything that is not listed in `FIELDS`, above all lungs and heart disease, neuromuscular
disease, medicines and the family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.models import checked_array
from flysolo.problems import InputError, nearest


@dataclass(frozen=True)
class Field:
    """The allowed range of one array, its unit and what it means."""

    low: float
    high: float
    unit: str
    meaning: str


FIELDS: dict[str, Field] = {
    "age_years": Field(2.0, 100.0, "years", "age"),
    "male": Field(0, 1, "", "1 male, 0 female"),
    "down": Field(0, 1, "", "1 Down syndrome"),
    "bmi_z": Field(-6.0, 8.0, "SD", "body mass index for age and sex; adults on the same scale"),
    "tonsil": Field(0.0, 1.0, "share", "share of the throat's width that the tonsils take"),
    "adenoid_ratio": Field(0.0, 1.0, "ratio", "adenoid to nasopharynx on a lateral film"),
    "jaw_z": Field(-6.0, 6.0, "SD", "how far the lower jaw is set back; positive is back"),
    "palate_z": Field(-6.0, 6.0, "SD", "how narrow the palate is; positive is narrow"),
    "nose_cmh2o_s_per_l": Field(0.1, 60.0, "cmH2O/(L/s)", "both sides of the nose at 150 Pa, without adenoids"),
    "nose_left_share": Field(0.01, 0.99, "share", "share of nasal flow on the left side"),
    "throat_cmh2o": Field(-80.0, 60.0, "cmH2O", "closing pressure not explained by tonsils, adenoids, weight or jaw"),
    "compensation_cmh2o": Field(0.0, 60.0, "cmH2O", "pressure that drive wins back in light sleep"),
    "rem_loss_cmh2o": Field(-40.0, 60.0, "cmH2O", "pressure lost in REM; negative: REM is the better state"),
    "supine_cmh2o": Field(-30.0, 30.0, "cmH2O", "pressure lost on the back against the side"),
    "mouth_open_share": Field(0.0, 1.0, "share", "share of sleep with an open mouth"),
    "mouth_open": Field(0.0, 1.0, "of wide open", "how far the mouth opens when it is open"),
    "arousal_threshold_cmh2o": Field(1.0, 80.0, "cmH2O", "effort at which sleep is broken"),
    "loop_gain": Field(0.0, 3.0, "ratio", "answer of breathing to a disturbance of breathing"),
    "lung_reserve": Field(0.1, 3.0, "ratio", "oxygen store against the need, 1 at 11 to 18 years"),
    "central_per_h": Field(0.0, 60.0, "1/h", "pauses without effort at usual loop gain"),
    "arousals_per_h": Field(0.0, 80.0, "1/h", "arousals that no event causes"),
    "dips_per_h": Field(0.0, 60.0, "1/h", "falls of saturation from sighs and movement"),
    "baseline_spo2_percent": Field(80.0, 100.0, "%", "saturation asleep between events"),
    "baseline_co2_mmhg": Field(25.0, 60.0, "mmHg", "end-tidal carbon dioxide asleep without limited flow"),
    "heart_rate_bpm": Field(30.0, 180.0, "1/min", "heart rate asleep"),
    "breaths_per_min": Field(6.0, 60.0, "1/min", "breathing rate asleep"),
    "night_sd_cmh2o": Field(0.0, 20.0, "cmH2O", "how much the closing pressure differs from night to night (SD)"),
    "cpap_cmh2o": Field(0.0, 30.0, "cmH2O", "pressure of the machine while the mask is on; 0 without one"),
    "cpap_share": Field(0.0, 1.0, "share", "share of the night with the mask on"),
    "symptom_z": Field(-8.0, 12.0, "SD", "what a family reports beyond what the night shows"),
}
INTEGER_FIELDS = frozenset({"male", "down"})


@dataclass(frozen=True, eq=False)
class Children:
    """Arrays of equal length, one value per child; see `FIELDS` for units, ranges and meaning.

    Raises InputError, naming the field, for a value outside its range, NaN, or arrays of unequal length.
    """

    age_years: NDArray
    male: NDArray
    down: NDArray
    bmi_z: NDArray
    tonsil: NDArray
    adenoid_ratio: NDArray
    jaw_z: NDArray
    palate_z: NDArray
    nose_cmh2o_s_per_l: NDArray
    nose_left_share: NDArray
    throat_cmh2o: NDArray
    compensation_cmh2o: NDArray
    rem_loss_cmh2o: NDArray
    supine_cmh2o: NDArray
    mouth_open_share: NDArray
    mouth_open: NDArray
    arousal_threshold_cmh2o: NDArray
    loop_gain: NDArray
    lung_reserve: NDArray
    central_per_h: NDArray
    arousals_per_h: NDArray
    dips_per_h: NDArray
    baseline_spo2_percent: NDArray
    baseline_co2_mmhg: NDArray
    heart_rate_bpm: NDArray
    breaths_per_min: NDArray
    night_sd_cmh2o: NDArray
    cpap_cmh2o: NDArray
    cpap_share: NDArray
    symptom_z: NDArray

    def __post_init__(self) -> None:
        length = None
        for name, rule in FIELDS.items():
            array = checked_array(name, getattr(self, name), rule.low, rule.high, rule.unit)
            if array.ndim != 1:
                found = f"an array of {array.ndim} dimensions"
                raise InputError(name, found, "one value per child, in one row", "Give a one-dimensional array.")
            length = array.size if length is None else length
            if array.size != length:
                rule_text = f"as many values as `age_years` ({length})"
                raise InputError(name, f"{array.size} values", rule_text, "Give one value per child.")
            object.__setattr__(self, name, array.astype(np.int8) if name in INTEGER_FIELDS else array)

    def __len__(self) -> int:
        return self.age_years.size

    def __iter__(self) -> Iterator[Children]:
        return (self.take([i]) for i in range(len(self)))

    def arrays(self) -> dict[str, NDArray]:
        """All arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, index: ArrayLike | slice) -> Children:
        """Return the children at these places, or where a mask is true."""
        index = index if isinstance(index, slice) else np.asarray(index)
        return Children(**{name: array[index] for name, array in self.arrays().items()})

    def replace(self, **arrays: ArrayLike) -> Children:
        """Return the same children with some arrays exchanged; one number stands for all of them."""
        for name in arrays:
            if name not in FIELDS:
                raise InputError(
                    name, "no such parameter", "a name in FIELDS", "Look at FIELDS." + nearest(name, FIELDS)
                )
        filled = {name: np.broadcast_to(np.asarray(values), len(self)) for name, values in arrays.items()}
        return Children(**{**self.arrays(), **filled})


def joined(parts: list[Children]) -> Children:
    """Put groups of children behind each other."""
    return Children(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in FIELDS})


def example(n: int = 1, **arrays: ArrayLike) -> Children:
    """Return n children alike, 6 years old with usual values, except for the arrays named: a start for own trials."""
    usual = {
        "age_years": 6.0,
        "male": 1,
        "down": 0,
        "bmi_z": 0.0,
        "tonsil": 0.5,
        "adenoid_ratio": 0.6,
        "jaw_z": 0.0,
        "palate_z": 0.0,
        "nose_cmh2o_s_per_l": 3.1,
        "nose_left_share": 0.5,
        "throat_cmh2o": -12.0,
        "compensation_cmh2o": 12.0,
        "rem_loss_cmh2o": 4.0,
        "supine_cmh2o": 1.5,
        "mouth_open_share": 0.2,
        "mouth_open": 0.3,
        "arousal_threshold_cmh2o": 22.0,
        "loop_gain": 0.35,
        "lung_reserve": 0.6,
        "central_per_h": 0.5,
        "arousals_per_h": 10.0,
        "dips_per_h": 2.0,
        "baseline_spo2_percent": 97.5,
        "baseline_co2_mmhg": 41.0,
        "heart_rate_bpm": 80.0,
        "breaths_per_min": 18.0,
        "night_sd_cmh2o": 2.0,
        "cpap_cmh2o": 0.0,
        "cpap_share": 0.0,
        "symptom_z": 0.0,
    }
    for name in arrays:
        if name not in FIELDS:
            raise InputError(name, "no such parameter", "a name in FIELDS", "Look at FIELDS." + nearest(name, FIELDS))
    return Children(**{name: np.broadcast_to(np.asarray(value), n) for name, value in {**usual, **arrays}.items()})
