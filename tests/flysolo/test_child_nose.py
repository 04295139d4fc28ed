"""The nose obeys the laws of tubes side by side, gives the published sizes, and refuses what cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flysolo.child import nose
from flysolo.evidence import load_evidence
from flysolo.models import cmh2o_s_per_l_from_pa_s_per_cm3
from flysolo.problems import InputError

resistances = st.floats(0.5, 60.0)
shares = st.floats(0.05, 0.95)
turbulence = st.floats(0.0, 0.95)
drops = st.floats(0.0, 60.0)
opened = st.floats(0.0, 1.0)
noses = st.builds(nose.sides, resistances, shares, turbulence)
ages = st.floats(2.0, 80.0)


@given(resistances, shares, turbulence)
def test_two_sides_together_have_the_resistance_they_were_made_for(resistance, share, turbulent):
    left, right = nose.sides(resistance, share, turbulent)
    assert nose.resistance(nose.REFERENCE_DROP_CMH2O, left, right) == pytest.approx(resistance, rel=1e-9)


@given(noses, drops, st.floats(1.0, 3.0))
def test_a_wider_nose_never_lets_less_air_through(sides, drop, wider):
    left, right = sides
    before = nose.flow(drop, left, right)
    assert nose.flow(drop, left.widened(wider), right) >= before
    assert nose.flow(drop, left.widened(wider), right.widened(wider)) >= before


@given(noses, drops, opened, opened, ages)
def test_opening_the_mouth_never_raises_the_resistance(sides, drop, one, other, age):
    less, more = sorted((one, other))
    by_mouth = nose.mouth(age)
    before = nose.resistance(drop, *sides, by_mouth, less)
    assert nose.resistance(drop, *sides, by_mouth, more) <= before * (1 + 1e-12)


@given(noses, drops, drops)
def test_a_larger_drop_never_drives_less_flow_and_meets_no_less_resistance(sides, one, other):
    less, more = sorted((one, other))
    assert nose.flow(more, *sides) >= nose.flow(less, *sides)
    assert nose.resistance(more, *sides) >= nose.resistance(less, *sides) * (1 - 1e-12)


@given(noses, st.floats(-3.0, 3.0), opened)
def test_the_pressure_for_a_flow_drives_that_flow(sides, flow, mouth_open):
    by_mouth = nose.mouth(6.0)
    drop = nose.pressure(flow, *sides, by_mouth, mouth_open)
    if abs(drop) <= 200.0:  # the range of `flow`; a shut nose needs more for such a flow
        assert nose.flow(drop, *sides, by_mouth, mouth_open) == pytest.approx(flow, rel=1e-8, abs=1e-12)


@given(noses, drops)
def test_breathing_out_mirrors_breathing_in(sides, drop):
    assert nose.flow(-drop, *sides) == -nose.flow(drop, *sides)


def test_without_turbulence_two_sides_are_two_resistors():
    left, right = nose.sides(4.0, 0.25, 0.0)
    assert float(left.orderly) == pytest.approx(16.0)
    assert float(right.orderly) == pytest.approx(4.0 / 0.75)
    assert nose.flow(2.0, left, right) == pytest.approx(0.5)


def test_half_the_radius_costs_sixteen_times():
    left, right = nose.sides(4.0)
    narrow = left.widened(0.5)
    assert float(narrow.orderly) == pytest.approx(16 * float(left.orderly))
    assert float(narrow.turbulent) == pytest.approx(16 * float(left.turbulent))


def test_arrays_and_single_values_say_the_same():
    children = nose.sides(np.array([2.0, 5.0, 20.0]), np.array([0.5, 0.3, 0.7]))
    together = nose.flow(np.array([[1.0], [3.0]]), *children)
    assert together.shape == (2, 3)
    alone = nose.flow(3.0, *nose.sides(20.0, 0.7))
    assert together[1, 2] == pytest.approx(float(alone))


def test_children_of_six_stand_where_the_study_found_them():
    drawn, share = nose.draw(np.full(20000, 5.7), np.random.default_rng(1))
    # mean 0.32 (SD 0.10) Pa·s/cm³; 20,000 draws leave a standard error below 1%, rounding of the constants 1%
    assert drawn.mean() == pytest.approx(cmh2o_s_per_l_from_pa_s_per_cm3(0.32), rel=0.02)
    assert drawn.std() == pytest.approx(cmh2o_s_per_l_from_pa_s_per_cm3(0.10), rel=0.05)
    assert share.mean() == pytest.approx(0.5, abs=0.005)


def test_noses_widen_until_sixteen_and_then_stay():
    median = nose.median_cmh2o_s_per_l([2, 4, 8, 12, 16, 30, 70])
    assert (np.diff(median[:5]) < 0).all()
    assert (median[4:] == median[4]).all()


def test_every_number_of_the_nose_names_its_finding_or_says_that_it_is_assumed():
    known = load_evidence().findings
    for name, constant in nose.CONSTANTS.items():
        named = [constant.basis.finding_id, *constant.basis.related]
        assert all(each in known for each in named if each), name
        assert constant.unit and constant.basis.text, name


@pytest.mark.parametrize(
    "ask",
    [
        lambda: nose.sides(-1.0),
        lambda: nose.sides(np.array([3.0, np.nan])),
        lambda: nose.sides(3.0, 0.0),
        lambda: nose.flow(np.inf, *nose.sides(3.0)),
        lambda: nose.flow(1.0, *nose.sides(3.0), mouth_open=0.5),
        lambda: nose.flow(1.0, *nose.sides(3.0), nose.mouth(6.0), 1.2),
        lambda: nose.mouth(1.0),
        lambda: nose.Route(0.0, 1.0),
        lambda: nose.pressure("much", *nose.sides(3.0)),
    ],
)
def test_what_no_nose_can_be_is_refused_in_four_parts(ask):
    with pytest.raises(InputError) as refused:
        ask()
    problem = refused.value.problems[0]
    assert problem.field and problem.found and problem.rule and problem.next_step
