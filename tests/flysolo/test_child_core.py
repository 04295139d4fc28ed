"""The child's numbers and its airway: sources, ranges, and the laws that hold for every child."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flysolo.child import ages, airway, populations, reports
from flysolo.child.children import FIELDS, Children, example, joined
from flysolo.child.parameters import P, changed, numbers
from flysolo.evidence.store import Evidence
from flysolo.places import content_root
from flysolo.problems import InputError

PRESSURES = st.floats(-40.0, 10.0)
NOSES = st.floats(0.5, 20.0)


def four_parts(error: pytest.ExceptionInfo) -> bool:
    return all(
        problem.field and problem.found and problem.rule and problem.next_step for problem in error.value.problems
    )


def test_every_number_says_its_unit_its_ages_and_why():
    for number in numbers().values():
        assert number.unit and number.ages and number.why, number.name


def test_every_published_number_names_a_finding_of_the_library():
    known = Evidence(content_root() / "curriculum" / "evidence").findings
    named = {number.finding for number in numbers().values() if number.finding}
    assert named and named <= set(known)


def test_no_fitted_number_is_called_published():
    assert not [number.name for number in numbers().values() if number.fitted and number.finding]


def test_numbers_changed_for_a_while_come_back():
    before = P.noise_cmh2o
    with changed(noise_cmh2o=before + 1):
        assert before + 1 == P.noise_cmh2o
    assert before == P.noise_cmh2o


def test_a_number_that_does_not_exist_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="noise_cmh2o"), changed(noise_cmho=1.0):
        pass


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age_years", 0.5),
        ("age_years", 140),
        ("nose_cmh2o_s_per_l", -1.0),
        ("tonsil", 1.4),
        ("throat_cmh2o", np.nan),
        ("baseline_spo2_percent", np.inf),
    ],
)
def test_an_impossible_child_is_refused_by_field_and_rule(field, value):
    with pytest.raises(InputError, match=field) as error:
        example(3, **{field: value})
    assert four_parts(error)


def test_arrays_of_unequal_length_are_refused():
    arrays = example(4).arrays() | {"tonsil": np.full(3, 0.5)}
    with pytest.raises(InputError, match="tonsil") as error:
        Children(**arrays)
    assert four_parts(error)


def test_a_misspelled_parameter_is_never_passed_over():
    with pytest.raises(InputError, match="Did you mean"):
        example(1).replace(tonsils=0.5)


def test_children_taken_apart_and_joined_are_the_same_children():
    group = populations.draw("community", 20, 5)
    again = joined([group.take(slice(0, 7)), group.take(np.arange(7, 20))])
    assert all(np.array_equal(getattr(group, name), getattr(again, name)) for name in FIELDS)


@given(low=PRESSURES, more=st.floats(0.0, 20.0))
@settings(max_examples=40, deadline=None)
def test_a_higher_closing_pressure_never_lowers_the_expected_events(low, more):
    pair = example(2, throat_cmh2o=np.array([low, low + more]))
    less, greater = airway.expected_events_per_h(pair)
    assert greater >= less


@given(nose=NOSES, wider=st.floats(0.3, 1.0), mouth=st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_a_wider_nose_never_leaves_less_flow(nose, wider, mouth):
    pair = example(2, nose_cmh2o_s_per_l=np.array([nose, nose * max(wider, 0.11 / nose)]), mouth_open=mouth)
    narrow, wide = airway.excess_cmh2o(pair)
    assert np.all(wide <= narrow + 1e-4)
    assert np.all(airway.remaining_flow(np.maximum(wide, 0)) >= airway.remaining_flow(np.maximum(narrow, 0)) - 1e-5)


@given(a=st.floats(0, 40), b=st.floats(0, 40))
@settings(max_examples=40, deadline=None)
def test_more_excess_never_leaves_more_flow(a, b):
    low, high = sorted((a, b))
    assert airway.remaining_flow(high) <= airway.remaining_flow(low)


@pytest.mark.parametrize("field", ["tonsil", "adenoid_ratio", "bmi_z", "jaw_z"])
def test_larger_tissue_and_a_jaw_set_back_close_earlier(field):
    pair = example(2, **{field: np.array([0.1, 0.9])})
    assert np.diff(airway.closing_pressure_cmh2o(pair))[0] > 0


def test_adenoids_peak_at_five_years():
    years = np.arange(2, 18)
    assert years[ages.adenoid_ratio(years).argmax()] == 5


def test_growing_older_ends_where_children_of_that_age_are_drawn():
    from flysolo.child.treatment import natural_course

    rng = np.random.default_rng(1)
    grown = natural_course(populations.everyone(np.full(4000, 6.0), rng), 1, 8.0)
    drawn = populations.everyone(np.full(4000, 14.0), rng)
    for name in ("tonsil", "adenoid_ratio", "throat_cmh2o", "bmi_z"):
        a, b = getattr(grown, name), getattr(drawn, name)
        # 0.1 SD: four standard errors of a difference of means of 4,000
        assert abs(a.mean() - b.mean()) < 0.1 * b.std(), name
        assert a.std() == pytest.approx(b.std(), rel=0.1), name


def test_the_same_seed_draws_the_same_children_and_more_of_them_begin_alike():
    few, many = populations.draw("referred", 30, 9), populations.draw("referred", 60, 9)
    assert np.array_equal(few.throat_cmh2o, many.throat_cmh2o[:30])


def test_an_unknown_population_is_answered_with_the_nearest_name():
    with pytest.raises(InputError, match="referred") as error:
        populations.draw("refered", 10, 1)
    assert four_parts(error)


def test_an_unknown_instrument_is_refused():
    with pytest.raises(InputError, match="sleep questionnaire"):
        reports.score(example(2), "sleep questionaire", 1)


def test_the_questionnaire_reads_worse_among_referred_children_than_against_the_community():
    """The same form, the same line: only who is asked changes (spectrum effect)."""
    referred, community = populations.draw("referred", 1500, 2), populations.draw("community", 1500, 3)
    specificity = {
        name: 1 - reports.positive(group, "sleep questionnaire", 4).mean()
        for name, group in (("clinic", referred.take(airway.expected_events_per_h(referred) < 1)), ("all", community))
    }
    assert specificity["clinic"] < specificity["all"] - 0.2
