"""Populations: who is asked. All are drawn from the same children; they differ only in age and in who is let in.

A community is everyone. A clinic is those whose families noticed enough, or whose tonsils and mouth breathing were
noticed, to be referred. A trial is a clinic plus entry criteria applied to one baseline night. Nothing is added for
regression to the mean: it follows from letting children in by what one night, or one worried month, showed.

What it leaves out: ethnicity, wealth, distance to the clinic, refusal; all children are drawn independently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flysolo.child import ages as usual
from flysolo.child import nose, reports
from flysolo.child.children import FIELDS, Children, joined
from flysolo.child.night import simulate
from flysolo.child.parameters import P
from flysolo.child.rules import RULES
from flysolo.child.summary import summarize
from flysolo.models import checked_number
from flysolo.problems import InputError, nearest

CHUNK = 8000
Mask = Callable[[Children, dict[str, NDArray], int], NDArray]


@dataclass(frozen=True)
class Population:
    """Who is let in: ages (middle, SD, lowest, highest; SD None = evenly), and three gates.

    `down` share with Down syndrome; `referred` lets in only referred children; `gate` looks at the child and family,
    `night_gate` at a baseline night scored by `rules`.
    """

    title: str
    ages: tuple[float, float | None, float, float]
    referred: bool = False
    down: float = 0.0
    gate: Callable[[Children, int], NDArray] | None = None
    night_gate: Mask | None = None
    rules: str = "child-2012"
    source: str = ""


@dataclass(frozen=True, eq=False)
class Sample:
    """Children let in, and the baseline report that let them in ({} where no night was asked for)."""

    children: Children
    baseline: dict[str, NDArray]


def _is_obese(children: Children) -> NDArray:
    return children.bmi_z > 1.645


def _healthy(children: Children, seed: int) -> NDArray:
    return reports.free_of_symptoms(children, seed) & ~_is_obese(children)


def _chat(children: Children, night: dict, seed: int) -> NDArray:
    enough = (night["oahi"] >= 2.0) | (night["oai"] >= 1.0)
    not_too_much = (night["oahi"] <= 30.0) & (night["oai"] <= 20.0) & (night["spo2_below_90_share"] <= 0.02)
    return enough & not_too_much


def _snoring(children: Children, seed: int) -> NDArray:
    return reports.snores(children, seed)


def _has_tonsils(children: Children, seed: int) -> NDArray:
    return reports.snores(children, seed) & (children.tonsil > 0.25)


POPULATIONS: dict[str, Population] = {
    "community": Population("All children of school age", (8.5, None, 5.0, 12.0)),
    "healthy": Population("Children without symptoms or obesity", (6.0, None, 2.0, 16.0), gate=_healthy),
    "orthodontic": Population("Unselected orthodontic practice", (13.0, None, 9.0, 17.0), source="scr-ortho-rohra"),
    "referred": Population(
        "Referred to a sleep clinic", (8.5, 5.0, 2.0, 17.8), referred=True, source="sig-symptomatic-clinic-mix"
    ),
    "chat": Population(
        "Trial-like, 5 to 9 years (CHAT's entry criteria)",
        (7.0, None, 5.0, 9.99),
        referred=True,
        gate=_snoring,
        night_gate=_chat,
        rules="child-2007",
        source="sig-chat-inclusion",
    ),
    "pats": Population(
        "Trial-like, 3 to 12.9 years, mild (PATS's entry criteria)",
        (6.5, None, 3.0, 12.9),
        referred=True,
        gate=_has_tonsils,
        night_gate=lambda c, night, seed: (night["oahi"] < 3.0) & (night["oai"] < 1.0),
        source="at-pats-primary",
    ),
    "kate": Population(
        "Trial-like, 2 to 4 years (KATE's entry criteria)",
        (3.3, 0.8, 2.0, 4.99),
        referred=True,
        gate=_has_tonsils,
        night_gate=lambda c, night, seed: (night["oahi"] >= 2.0) & (night["oahi"] < 10.0),
        source="at-kate-rct",
    ),
    "down": Population("Children with Down syndrome", (6.0, 3.5, 2.0, 16.0), down=1.0, source="down-meta-2018"),
    "adults": Population("All adults", (45.0, None, 20.0, 75.0)),
    "adult clinic": Population(
        "Adults with sleep apnea in a clinic",
        (50.0, 11.0, 25.0, 75.0),
        gate=lambda children, seed: reports.snores(children, seed),
        night_gate=lambda c, night, seed: night["ahi"] >= 10.0,
        rules="adult-2012-recommended",
    ),
}


def population(name: str | Population) -> Population:
    """Return a population by name; the nearest valid name is offered for any other."""
    if isinstance(name, Population):
        return name
    if name not in POPULATIONS:
        rule = "one of: " + ", ".join(POPULATIONS)
        raise InputError("population", repr(name), rule, "Choose from the list." + nearest(str(name), POPULATIONS))
    return POPULATIONS[name]


def narrowed(name: str | Population, **design: object) -> Population:
    """Return a population with parts of its design exchanged, as a study would: other ages, another gate."""
    return replace(population(name), **design)


def draw(name: str | Population, n: int, seed: int) -> Children:
    """Return n children of a population; the same seed gives the same children."""
    return draw_with_baseline(name, n, seed).children


def draw_with_baseline(name: str | Population, n: int, seed: int) -> Sample:
    """Return n children and the baseline night that let them in.

    Candidates come in chunks of a fixed size, each from its own stream, until enough have passed the gates.
    """
    n = int(checked_number("n", n, 1, 1_000_000, "children"))
    wanted, parts, found = population(name), [], 0
    for chunk in range(4000):
        part = _let_in(wanted, seed, chunk)
        parts.append(part)
        found += len(part.children)
        if found >= n:
            break
        if chunk == 60 and found == 0:
            break
    if found < n:
        rule = f"at least {n} children who pass its gates"
        raise InputError(wanted.title, f"{found} children", rule, "Ask for fewer, or widen the entry criteria.")
    children = joined([part.children for part in parts]).take(slice(0, n))
    keys = parts[0].baseline
    return Sample(children, {key: np.concatenate([part.baseline[key] for part in parts])[:n] for key in keys})


def _let_in(wanted: Population, seed: int, chunk: int) -> Sample:
    sequence = np.random.SeedSequence(_seed(seed), spawn_key=(chunk, 1))
    rng = np.random.default_rng(sequence)
    inner = int(sequence.generate_state(1)[0])
    children = everyone(_drawn_ages(wanted.ages, CHUNK, rng), rng, down=wanted.down)
    if wanted.referred:
        children = children.take(is_referred(children, rng))
    if wanted.gate is not None and len(children):
        children = children.take(wanted.gate(children, inner))
    if wanted.night_gate is None:
        return Sample(children, {})
    if len(children) == 0:
        # one child through an empty gate gives the report's names with no values
        children = everyone(np.full(1, wanted.ages[0]), rng)
        night = summarize(simulate(children, inner), RULES[wanted.rules])
        return Sample(children.take([False]), {key: values[:0] for key, values in night.items()})
    night = summarize(simulate(children, inner), RULES[wanted.rules])
    passed = wanted.night_gate(children, night, inner)
    return Sample(children.take(passed), {key: values[passed] for key, values in night.items()})


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", seed, "a whole number from 0", "Give a whole number, such as 1.")
    return int(seed)


def _drawn_ages(ages: tuple, n: int, rng: np.random.Generator) -> NDArray:
    middle, sd, low, high = ages
    if sd is None:
        return rng.uniform(low, high, n)
    drawn = rng.normal(middle, sd, n)
    outside = (drawn < low) | (drawn > high)
    return np.where(outside, rng.uniform(low, min(high, middle + sd), n), drawn)


def is_referred(children: Children, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Whether a child comes to the clinic: by what the family reports and what others saw or heard."""
    tonsil_z = (children.tonsil - usual.tonsil(children.age_years)) / P.tonsil_spread
    # only adenoids that block make a child breathe through the mouth; those that are large for a teen do not
    blocking = np.maximum(children.adenoid_ratio - P.referral_adenoid_line, 0.0) / P.adenoid_spread
    worry = reports.burden(children) + P.referral_per_tonsil_z * tonsil_z + P.referral_per_adenoid_z * blocking
    worry = worry + P.referral_per_severity * np.clip(reports.severity_z(children), -2.5, 3.5)
    return worry + P.referral_noise * rng.standard_normal(len(children)) > P.referral_line


def everyone(age_years: NDArray, rng: np.random.Generator, *, down: float = 0.0) -> Children:
    """Return one child for each age, drawn from the one set of distributions in parameters.toml."""
    age, n = np.asarray(age_years, float), len(age_years)
    z = {name: rng.standard_normal(n) for name in sorted(FIELDS)}
    has_down = (rng.random(n) < down).astype(np.int8)
    resistance, left = nose.draw(age, rng)
    bmi_z = P.bmi_middle + P.bmi_spread * z["bmi_z"] + 0.8 * has_down
    throat = usual.throat_cmh2o(age) + P.throat_spread_cmh2o * z["throat_cmh2o"] + P.down_throat_cmh2o * has_down
    male = (rng.random(n) < 0.5).astype(np.int8)
    teen = np.clip((age - 12.0) / 6.0, 0.0, 1.0)
    values = {
        "age_years": age,
        "male": male,
        "down": has_down,
        "bmi_z": bmi_z,
        "tonsil": np.maximum(usual.tonsil(age) + P.tonsil_spread * z["tonsil"], usual.LEAST_TONSIL),
        "adenoid_ratio": usual.adenoid_ratio(age) + P.adenoid_spread * z["adenoid_ratio"],
        "jaw_z": z["jaw_z"],
        "palate_z": z["palate_z"],
        "nose_cmh2o_s_per_l": resistance,
        "nose_left_share": left,
        "throat_cmh2o": throat + P.male_throat_cmh2o * teen * (male - 0.5),
        "compensation_cmh2o": np.maximum(usual.compensation_cmh2o(age) + 2.0 * z["compensation_cmh2o"], 0.0),
        "rem_loss_cmh2o": P.rem_loss_middle_cmh2o + P.rem_loss_spread_cmh2o * z["rem_loss_cmh2o"],
        "supine_cmh2o": P.supine_middle_cmh2o + P.supine_spread_cmh2o * z["supine_cmh2o"],
        "mouth_open_share": 1.0 / (1.0 + np.exp(1.5 - 1.2 * z["mouth_open_share"] - 2.0 * (resistance > 5.0))),
        "mouth_open": 0.3 + 0.15 * z["mouth_open"],
        "arousal_threshold_cmh2o": usual.arousal_threshold_cmh2o(age) * np.exp(0.2 * z["arousal_threshold_cmh2o"]),
        "loop_gain": P.loop_gain_reference * np.exp(0.3 * z["loop_gain"]),
        "lung_reserve": usual.lung_reserve(age) * np.exp(0.15 * z["lung_reserve"]),
        "central_per_h": usual.central_per_h(age) * (1 + has_down) * np.exp(P.central_spread * z["central_per_h"]),
        "arousals_per_h": P.arousals_per_h + P.arousals_spread_per_h * z["arousals_per_h"],
        "dips_per_h": P.dips_middle_per_h * np.exp(P.dips_spread * z["dips_per_h"]),
        "baseline_spo2_percent": P.spo2_middle_percent + P.spo2_spread_percent * z["baseline_spo2_percent"],
        "baseline_co2_mmhg": P.co2_middle_mmhg + P.co2_spread_mmhg * z["baseline_co2_mmhg"],
        "heart_rate_bpm": usual.heart_rate_bpm(age) * np.exp(0.1 * z["heart_rate_bpm"]),
        "breaths_per_min": usual.breaths_per_min(age) * np.exp(0.1 * z["breaths_per_min"]),
        "night_sd_cmh2o": P.night_sd_cmh2o * np.exp(0.3 * z["night_sd_cmh2o"]),
        "cpap_cmh2o": np.zeros(n),
        "cpap_share": np.zeros(n),
        "symptom_z": z["symptom_z"] + P.down_symptom_z * has_down,
    }
    return Children(**{name: np.clip(value, FIELDS[name].low, FIELDS[name].high) for name, value in values.items()})
