"""Height, weight and BMI of virtual children, and their centiles, for thousands of children at once.

The numbers come from `rcpchgrowth`, the library of the UK's growth charts, which works one child at a time (some
thousands a second). Here its tables of L, M and S are read once per reference, measure and sex, and ages between two
rows are interpolated by numpy in a straight line; the library itself uses a cubic through four rows. The two differ by
less than 0.01 z-score (a test holds them together), which no scale and no tape can show.

References
----------
`uk-who` (default): WHO standard from 2 to 4 years, UK 1990 from 4 to 20. `cdc`: 2 to 20 years, the charts by which the
large American trials called a child obese; above the 95th centile it uses the 2022 half-normal tail, as the library
does. `trisomy-21`: British children with Down syndrome, height and weight from 2 to 20 years, BMI to 18.8.
A centile says where a child stands among the children of that chart, of that country and those years; it is no verdict
on health, and the same child stands on different centiles of different charts.

What it leaves out: puberty (early and late developers leave their centile), parents' heights, ethnicity, prematurity,
and measuring error. Above 20 years there is no centile; `draw` then gives the height and weight of a 20-year-old with
the same z-scores, an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from flysolo.models import checked_array, checked_choice
from flysolo.problems import InputError

if TYPE_CHECKING:
    from flysolo.child.children import Children

MEASURES = ("height", "weight", "bmi")
UNITS = {"height": "cm", "weight": "kg", "bmi": "kg/m²"}
_PLAUSIBLE = {"height": (40.0, 230.0), "weight": (5.0, 250.0), "bmi": (8.0, 80.0)}
REFERENCES = ("uk-who", "cdc", "trisomy-21")
YOUNGEST_YEARS, OLDEST_YEARS, OLDEST_TRISOMY_BMI_YEARS = 2.0, 20.0, 18.82
#: Beyond these z-scores the formula of some age and measure runs away or ends; no chart was drawn for them.
LARGEST_Z = {"uk-who": 4.0, "cdc": 3.0, "trisomy-21": 2.5}
_Z95 = 1.645

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Growth:
    """Height, weight and BMI of n children, with the z-scores they were drawn at; arrays of shape (n,)."""

    height_cm: Floats
    weight_kg: Floats
    bmi_kg_m2: Floats
    height_z: Floats
    bmi_z: Floats


def z_score(
    measure: str, value: ArrayLike, age_years: ArrayLike, female: ArrayLike, reference: str = "uk-who"
) -> Floats:
    """Return z-scores for heights (cm), weights (kg) or BMIs (kg/m²) at ages from 2 to 20 years.

    `female` is an array of bool; all arrays broadcast. Error against rcpchgrowth below 0.01 z.
    """
    name = checked_choice("measure", measure, MEASURES)
    values = checked_array(name, value, *_PLAUSIBLE[name], UNITS[name])
    power, median, spread, tail = _lms(name, age_years, female, reference)
    z = np.where(
        np.abs(power) < 1e-9,
        np.log(values / median) / spread,
        ((values / median) ** power - 1.0) / np.where(np.abs(power) < 1e-9, 1.0, power * spread),
    )
    if tail is None:
        return z
    p95 = _at(_Z95, power, median, spread)
    above = ndtri(np.minimum(ndtr((values - p95) / tail) / 10.0 + 0.9, 1.0 - 1e-12))
    return np.where(values > p95, above, z)


def centile(
    measure: str, value: ArrayLike, age_years: ArrayLike, female: ArrayLike, reference: str = "uk-who"
) -> Floats:
    """Return centiles (0 to 100) for heights (cm), weights (kg) or BMIs (kg/m²) at ages from 2 to 20 years."""
    return 100.0 * ndtr(z_score(measure, value, age_years, female, reference))


def value_at_z(
    measure: str, z: ArrayLike, age_years: ArrayLike, female: ArrayLike, reference: str = "uk-who"
) -> Floats:
    """Return the height (cm), weight (kg) or BMI (kg/m²) that stands at this z-score (within `LARGEST_Z`)."""
    name = checked_choice("measure", measure, MEASURES)
    largest = LARGEST_Z[checked_choice("reference", reference, REFERENCES)]
    scores = checked_array("z", z, -largest, largest, "z")
    power, median, spread, tail = _lms(name, age_years, female, reference)
    ordinary = _at(scores, power, median, spread)
    if tail is None:
        return ordinary
    share = np.clip((ndtr(scores) - 0.9) * 10.0, 1e-12, 1.0 - 1e-12)
    return np.where(scores > _Z95, ndtri(share) * tail + _at(_Z95, power, median, spread), ordinary)


def draw(
    age_years: ArrayLike,
    female: ArrayLike,
    rng: np.random.Generator,
    bmi_z: ArrayLike | None = None,
    reference: str = "uk-who",
) -> Growth:
    """Draw height for each child, and BMI unless given, and weigh the child accordingly.

    z-scores are standard normal and held within `LARGEST_Z`. Height and BMI are drawn apart from each other: an
    assumption, since the charts print no correlation. Ages 2 to 100; above 20 years (18.8 on the Down
    syndrome chart, whose BMI ends there) the chart's oldest age stands in.
    """
    largest = LARGEST_Z[checked_choice("reference", reference, REFERENCES)]
    oldest = OLDEST_TRISOMY_BMI_YEARS if reference == "trisomy-21" else OLDEST_YEARS
    ages = np.minimum(checked_array("age_years", age_years, YOUNGEST_YEARS, 100.0, "years"), oldest)
    height_z = np.clip(rng.standard_normal(ages.shape), -largest, largest)
    if bmi_z is None:
        bmi_z = np.clip(rng.standard_normal(ages.shape), -largest, largest)
    return grown(ages, female, height_z, bmi_z, reference)


def of_children(children: Children, seed: int) -> Growth:
    """Return height, weight and BMI of virtual children; the same child and seed give the same height.

    BMI follows the child's own `bmi_z`, held within what the chart was drawn for. Height is drawn by the child's place
    in the cohort. Children with Down syndrome are as tall as the British children of `trisomy-21`; all else is on
    `uk-who`. Above 20 years they measure as at 20.
    """
    ages = np.clip(children.age_years, YOUNGEST_YEARS, OLDEST_YEARS)
    girls, down = children.male == 0, children.down == 1
    largest = LARGEST_Z["trisomy-21"]
    height_z = np.clip(np.random.default_rng([seed, 20]).standard_normal(ages.size), -largest, largest)
    bmi_z = np.clip(children.bmi_z, -LARGEST_Z["uk-who"], LARGEST_Z["uk-who"])
    usual = grown(ages, girls, height_z, bmi_z)
    height = np.where(down, value_at_z("height", height_z, ages, girls, "trisomy-21"), usual.height_cm)
    return Growth(height, usual.bmi_kg_m2 * (height / 100.0) ** 2, usual.bmi_kg_m2, height_z, bmi_z)


def grown(
    age_years: ArrayLike, female: ArrayLike, height_z: ArrayLike, bmi_z: ArrayLike, reference: str = "uk-who"
) -> Growth:
    """Return the children who stand at these z-scores at these ages (2 to 20 years).

    Called with a later age and the same z-scores it is a child who follows its centile: an assumption, since real
    children drift. Weight is BMI times height squared, so the three can never contradict each other.
    """
    height = value_at_z("height", height_z, age_years, female, reference)
    bmi = value_at_z("bmi", bmi_z, age_years, female, reference)
    shape = np.broadcast_shapes(height.shape, bmi.shape)
    weight = bmi * (height / 100.0) ** 2
    z_scores = (np.broadcast_to(np.asarray(each, dtype=float), shape) for each in (height_z, bmi_z))
    return Growth(np.broadcast_to(height, shape), weight, np.broadcast_to(bmi, shape), *z_scores)


def _at(z: ArrayLike, power: Floats, median: Floats, spread: Floats) -> Floats:
    flat = np.abs(power) < 1e-9
    safe = np.where(flat, 1.0, power)
    inside = np.maximum(1.0 + safe * spread * np.asarray(z), 1e-9)
    return median * np.where(flat, np.exp(spread * np.asarray(z)), inside ** (1.0 / safe))


def _lms(measure: str, age_years: ArrayLike, female: ArrayLike, reference: str) -> tuple:
    name = checked_choice("reference", reference, REFERENCES)
    ends = name == "trisomy-21" and measure == "bmi"
    oldest = OLDEST_TRISOMY_BMI_YEARS if ends else OLDEST_YEARS
    ages = checked_array("age_years", age_years, YOUNGEST_YEARS, oldest, "years", "Above it there is no chart.")
    girls = np.asarray(female)
    if girls.dtype != bool:
        raise InputError("female", repr(female)[:60], "True or False for each child", "Give an array of bool.")
    columns = []
    tables = [table(name, measure, sex) for sex in ("male", "female")]
    for column in range(1, tables[0].shape[0]):
        boys, girls_values = (np.interp(ages, each[0], each[column]) for each in tables)
        columns.append(np.where(girls, girls_values, boys))
    return (*columns, None) if len(columns) == 3 else tuple(columns)


@cache
def table(reference: str, measure: str, sex: str) -> Floats:
    """Return a chart as rows of age, L, M, S (and sigma for the BMI of `cdc`), ages rising.

    Read once: the library takes seconds to load its charts, so it is loaded when a centile is first asked for.
    """
    columns = ["decimal_age", "L", "M", "S"] + (["sigma"] if (reference, measure) == ("cdc", "bmi") else [])
    parts = []
    for low, high, rows in _parts(reference, measure, sex):
        part = np.array([[row[name] for name in columns] for row in rows], dtype=float).T
        parts.append(part[:, (part[0] >= low - 0.1) & (part[0] < high)])
    whole = np.concatenate(parts, axis=1)
    whole.setflags(write=False)
    return whole


def _parts(reference: str, measure: str, sex: str) -> list[tuple[float, float, list[dict]]]:
    """Which list of rows holds from which age to which: a chart joined from two has a step at the join, kept here."""
    from rcpchgrowth.cdc import cdc_lms_array_for_measurement_and_sex as cdc
    from rcpchgrowth.trisomy_21 import trisomy_21_lms_array_for_measurement_and_sex as trisomy_21
    from rcpchgrowth.uk_who import uk_who_lms_array_for_measurement_and_sex as uk_who

    asked = {"measurement_method": measure, "sex": sex}
    if reference == "uk-who":
        return [(2.0, 4.0, uk_who(age=3.0, **asked)), (4.1, 21.0, uk_who(age=10.0, **asked))]
    return [(2.0, 21.0, (cdc if reference == "cdc" else trisomy_21)(age=10.0, **asked))]
