"""Centiles for whole cohorts agree with the library of the growth charts, and obey what every chart obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rcpchgrowth import sds_for_measurement

from flysolo.child import growth
from flysolo.child.children import example
from flysolo.problems import InputError

SEXES = {False: "male", True: "female"}
references, measures = st.sampled_from(growth.REFERENCES), st.sampled_from(growth.MEASURES)
ages = st.floats(2.0, 18.8)


@pytest.mark.parametrize("reference", growth.REFERENCES)
@pytest.mark.parametrize("measure", growth.MEASURES)
def test_z_scores_agree_with_the_library_of_the_charts(reference, measure):
    rng = np.random.default_rng(7)
    # At the join of two charts (4 years) and below 3 years the charts' own rows stand close and steep.
    age = np.concatenate([rng.uniform(2.0, 18.8, 60), [2.0, 2.01, 3.5, 3.99, 4.0, 4.02, 18.8]])
    female = rng.random(age.size) < 0.5
    value = growth.value_at_z(measure, rng.uniform(-2.5, 2.5, age.size), age, female, reference)
    ours = growth.z_score(measure, value, age, female, reference)
    theirs = [
        sds_for_measurement(reference, float(a), measure, float(v), SEXES[bool(f)])
        for a, v, f in zip(age, value, female, strict=True)
    ]
    # A straight line between two rows of a chart against the library's cubic.
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@given(references, measures, ages, st.booleans(), st.floats(-2.4, 2.4), st.floats(0.001, 1.0))
@settings(max_examples=60, deadline=None)
def test_a_taller_or_heavier_child_never_stands_on_a_lower_centile(reference, measure, age, girl, z, more):
    low = float(growth.value_at_z(measure, z, age, girl, reference))
    lower, higher = growth.centile(measure, [low, low * (1 + 0.02 * more)], age, girl, reference)
    assert 0.0 < lower < higher <= 100.0


@given(references, measures, ages, st.booleans(), st.floats(-2.5, 2.5))
@settings(max_examples=60, deadline=None)
def test_a_value_read_off_a_chart_is_found_there_again(reference, measure, age, girl, z):
    value = growth.value_at_z(measure, z, age, girl, reference)
    assert float(growth.z_score(measure, value, age, girl, reference)) == pytest.approx(z, abs=1e-6)


def test_weight_height_and_bmi_of_a_child_never_contradict_each_other():
    rng = np.random.default_rng(2)
    age = rng.uniform(2, 40, 500)
    found = growth.draw(age, rng.random(500) < 0.5, rng)
    np.testing.assert_allclose(found.weight_kg, found.bmi_kg_m2 * (found.height_cm / 100) ** 2)


def test_a_drawn_cohort_spreads_over_all_centiles():
    rng = np.random.default_rng(3)
    age, female = rng.uniform(2, 20, 4000), rng.random(4000) < 0.5
    centiles = growth.centile("height", growth.draw(age, female, rng).height_cm, age, female)
    # 4,000 children: the share below the median has a standard error of 0.8 points
    assert (centiles < 50).mean() == pytest.approx(0.5, abs=0.03)
    assert (centiles < 10).mean() == pytest.approx(0.1, abs=0.02)


def test_a_child_that_keeps_its_z_scores_grows():
    earlier = growth.grown(6.0, True, 0.3, 1.2)
    later = growth.grown(9.0, True, 0.3, 1.2)
    assert later.height_cm > earlier.height_cm and later.weight_kg > earlier.weight_kg
    assert growth.centile("height", later.height_cm, 9.0, True) == pytest.approx(
        float(growth.centile("height", earlier.height_cm, 6.0, True)), abs=1e-6
    )


def test_a_given_body_mass_index_is_kept():
    rng = np.random.default_rng(4)
    found = growth.draw([6.0, 6.0], [True, False], rng, bmi_z=[2.0, -1.0])
    np.testing.assert_allclose(growth.z_score("bmi", found.bmi_kg_m2, 6.0, [True, False]), [2.0, -1.0], atol=1e-9)


def test_virtual_children_measure_by_their_own_bmi_whatever_their_age():
    children = example(4, age_years=[3.0, 10.0, 19.0, 45.0], bmi_z=[2.0, -1.0, 0.0, 7.0], male=[0, 1, 0, 1])
    found = growth.of_children(children, 5)
    z = growth.z_score("bmi", found.bmi_kg_m2, np.minimum(children.age_years, 20), children.male == 0)
    np.testing.assert_allclose(z, [2.0, -1.0, 0.0, growth.LARGEST_Z["uk-who"]], atol=1e-9)
    np.testing.assert_array_equal(found.height_cm, growth.of_children(children, 5).height_cm)


def test_children_with_down_syndrome_are_shorter_for_their_age():
    heights = [growth.of_children(example(50, age_years=8.0, down=down), 6).height_cm for down in (0, 1)]
    assert (heights[1] < heights[0]).all()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: growth.centile("height", 120, 1.9, True),
        lambda: growth.centile("height", 120, 20.1, True),
        lambda: growth.centile("bmi", 20, 19.5, True, "trisomy-21"),
        lambda: growth.centile("height", np.nan, 6, True),
        lambda: growth.centile("height", 1.2, 6, True),
        lambda: growth.centile("length", 120, 6, True),
        lambda: growth.centile("height", 120, 6, True, "who"),
        lambda: growth.centile("height", 120, 6, 1),
        lambda: growth.value_at_z("bmi", 5.0, 6, True),
        lambda: growth.draw([-3.0], [True], np.random.default_rng(1)),
    ],
)
def test_what_no_chart_holds_is_refused_in_four_parts(ask):
    with pytest.raises(InputError) as refused:
        ask()
    problem = refused.value.problems[0]
    assert problem.field and problem.found and problem.rule and problem.next_step
