"""The floppy tube keeps its own laws, the published means, and its manners."""

from __future__ import annotations

import math
import subprocess
import sys
import timeit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flysolo.models import Basis, cmh2o_s_per_l_from_pa_s_per_cm3
from flysolo.models import floppy_tube as tube
from flysolo.problems import InputError

CHOICES = ("sleep_stage", "head_position", "mouth")
TINY = 1e-9


def throat(**dials) -> tube.Throat:
    """A throat without drive, so that its closing pressure is the one that is named."""
    return tube.with_dials(tube.starting_throat(), **({"drive_fraction": 0.0} | dials))


def numbers(name: str) -> st.SearchStrategy[float]:
    dial = tube.PARAMETERS[name]
    return st.floats(dial.low, dial.high)


throats = st.builds(
    tube.Throat,
    upstream_resistance_cmh2o_s_per_l=numbers("upstream_resistance_cmh2o_s_per_l"),
    downstream_resistance_cmh2o_s_per_l=numbers("downstream_resistance_cmh2o_s_per_l"),
    passive_pcrit_cmh2o=numbers("passive_pcrit_cmh2o"),
    drive_fraction=numbers("drive_fraction"),
    **{name: st.sampled_from(tube.PARAMETERS[name].choices) for name in CHOICES},
)
efforts = numbers("effort_cmh2o")
nasal_pressures = numbers("nasal_pressure_cmh2o")


# Closed forms


def test_an_open_tube_is_two_resistors_in_series():
    t = throat(upstream_resistance_cmh2o_s_per_l=4, downstream_resistance_cmh2o_s_per_l=2, passive_pcrit_cmh2o=-20)
    assert tube.flow_l_per_s(t, 3.0) == pytest.approx(3 / (4 + 2))
    assert tube.regime(t, 3.0) == "open"


def test_a_limited_tube_lets_through_what_nose_and_closing_pressure_allow():
    t = throat(upstream_resistance_cmh2o_s_per_l=20, downstream_resistance_cmh2o_s_per_l=8, passive_pcrit_cmh2o=-4)
    assert tube.flow_l_per_s(t, 30.0) == pytest.approx(4 / 20)
    assert tube.effort_at_flow_limit_cmh2o(t) == pytest.approx(4 * (1 + 8 / 20))
    assert tube.regime(t, 30.0) == "flow-limited"


def test_without_resistance_below_flow_stops_rising_when_the_windpipe_reaches_the_closing_pressure():
    t = throat(downstream_resistance_cmh2o_s_per_l=0, passive_pcrit_cmh2o=-6)
    assert tube.effort_at_flow_limit_cmh2o(t) == pytest.approx(6)


def test_a_closed_tube_lets_nothing_through_however_strong_the_effort():
    t = throat(passive_pcrit_cmh2o=1)
    assert np.all(tube.flow_l_per_s(t, np.linspace(0, 80, 200)) == 0)
    assert set(tube.regime(t, np.linspace(0, 80, 200))) == {"closed"}
    assert math.isnan(tube.effort_at_flow_limit_cmh2o(t))
    assert tube.max_flow_l_per_s(t) == 0


def test_a_nose_exactly_at_the_closing_pressure_is_closed():
    assert tube.regime(throat(passive_pcrit_cmh2o=-5), 10.0, -5.0) == "closed"


def test_suction_at_the_nose_stronger_than_the_effort_draws_nothing_through_an_open_tube():
    t = throat(passive_pcrit_cmh2o=-20)
    assert tube.flow_l_per_s(t, 3.0, -5.0) == 0
    assert tube.regime(t, 3.0, -5.0) == "open"


@st.composite
def limited_throats(draw) -> tuple[tube.Throat, float]:
    """A throat and a nasal pressure whose regimes meet at an effort between 0.5 and 35 cmH2O."""
    nasal = draw(st.floats(-5, 0))
    t = throat(
        upstream_resistance_cmh2o_s_per_l=draw(st.floats(2, 50)),
        downstream_resistance_cmh2o_s_per_l=draw(st.floats(0, 4)),
        passive_pcrit_cmh2o=nasal - draw(st.floats(0.5, 10)),
    )
    return t, nasal


@given(limited_throats())
def test_flow_has_no_jump_where_the_regimes_meet(throat_and_nose):
    t, nasal = throat_and_nose
    meeting = tube.effort_at_flow_limit_cmh2o(t, nasal)
    just_below, just_above = tube.flow_l_per_s(t, np.array([meeting - 1e-6, meeting + 1e-6]), nasal)
    assert just_below == pytest.approx(just_above, abs=1e-5)
    assert just_above == pytest.approx(tube.max_flow_l_per_s(t, nasal))
    assert tube.regime(t, meeting - 0.01, nasal) == "open"
    assert tube.regime(t, meeting + 0.01, nasal) == "flow-limited"


@given(limited_throats(), st.floats(36, 80), st.floats(36, 80))
def test_once_limited_flow_does_not_depend_on_the_effort(throat_and_nose, one, other):
    t, nasal = throat_and_nose
    assert tube.regime(t, one, nasal) == tube.regime(t, other, nasal) == "flow-limited"
    assert tube.flow_l_per_s(t, one, nasal) == tube.flow_l_per_s(t, other, nasal)


@given(numbers("upstream_resistance_cmh2o_s_per_l"), st.floats(-25, 10), st.floats(0.1, 10), st.floats(0.1, 10))
def test_above_the_closing_pressure_maximal_flow_rises_by_one_over_the_nose_per_cmh2o(resistance, pcrit, above, more):
    t = throat(upstream_resistance_cmh2o_s_per_l=resistance, passive_pcrit_cmh2o=pcrit)
    rise = tube.max_flow_l_per_s(t, pcrit + above + more) - tube.max_flow_l_per_s(t, pcrit + above)
    assert rise == pytest.approx(more / resistance)


# Laws that hold for every throat


@given(throats, efforts, nasal_pressures, numbers("passive_pcrit_cmh2o"))
def test_a_higher_closing_pressure_never_gives_more_flow(t, effort, nasal, other):
    low, high = sorted([t.passive_pcrit_cmh2o, other])
    floppier = tube.flow_l_per_s(tube.with_dials(t, passive_pcrit_cmh2o=high), effort, nasal)
    assert floppier <= tube.flow_l_per_s(tube.with_dials(t, passive_pcrit_cmh2o=low), effort, nasal) + TINY


@given(throats, efforts, nasal_pressures, numbers("upstream_resistance_cmh2o_s_per_l"))
def test_a_freer_nose_never_gives_less_flow(t, effort, nasal, other):
    low, high = sorted([t.upstream_resistance_cmh2o_s_per_l, other])
    freer = tube.flow_l_per_s(tube.with_dials(t, upstream_resistance_cmh2o_s_per_l=low), effort, nasal)
    assert freer >= tube.flow_l_per_s(tube.with_dials(t, upstream_resistance_cmh2o_s_per_l=high), effort, nasal) - TINY


@given(throats, efforts, efforts, nasal_pressures)
def test_more_effort_never_gives_less_flow(t, one, other, nasal):
    weak, strong = tube.flow_l_per_s(t, sorted([one, other]), nasal)
    assert strong >= weak - TINY


@given(throats, efforts, nasal_pressures, nasal_pressures)
def test_more_pressure_at_the_nose_never_gives_less_flow(t, effort, one, other):
    low, high = tube.flow_l_per_s(t, effort, sorted([one, other]))
    assert high >= low - TINY


@given(throats, efforts, nasal_pressures, numbers("drive_fraction"))
def test_more_drive_never_gives_less_flow(t, effort, nasal, other):
    low, high = sorted([t.drive_fraction, other])
    driven = tube.flow_l_per_s(tube.with_dials(t, drive_fraction=high), effort, nasal)
    assert driven >= tube.flow_l_per_s(tube.with_dials(t, drive_fraction=low), effort, nasal) - TINY


@given(throats, efforts, nasal_pressures)
def test_rem_never_gives_more_flow_than_any_other_stage(t, effort, nasal):
    by_stage = {
        stage: tube.flow_l_per_s(tube.with_dials(t, sleep_stage=stage), effort, nasal)
        for stage in tube.STAGE_DRIVE_SHARE
    }
    assert by_stage["REM"] <= min(by_stage.values()) + TINY


@given(throats, efforts, nasal_pressures)
def test_flow_is_a_finite_number_and_never_negative(t, effort, nasal):
    flow = tube.flow_l_per_s(t, effort, nasal)
    assert math.isfinite(flow) and flow >= 0


@given(throats, efforts, nasal_pressures)
def test_regime_flow_and_maximal_flow_tell_one_story(t, effort, nasal):
    flow, most = tube.flow_l_per_s(t, effort, nasal), tube.max_flow_l_per_s(t, nasal)
    name = tube.regime(t, effort, nasal)
    assert (name == "closed") == (most == 0)
    assert flow <= most
    assert (name == "flow-limited") <= (flow == most)


# Halving the nose: the lesson's second prediction


@given(throats.filter(lambda t: t.upstream_resistance_cmh2o_s_per_l >= 1))
def test_halving_nasal_resistance_doubles_the_maximal_flow_and_leaves_the_closing_pressure(t):
    freer = tube.with_dials(t, upstream_resistance_cmh2o_s_per_l=t.upstream_resistance_cmh2o_s_per_l / 2)
    assert tube.effective_pcrit_cmh2o(freer) == tube.effective_pcrit_cmh2o(t)
    assert tube.max_flow_l_per_s(freer) == pytest.approx(2 * tube.max_flow_l_per_s(t))


# Published numbers


@pytest.mark.parametrize(
    ("name", "published_mean_cmh2o", "finding_id"),
    [
        ("healthy_child", -15.7, "phys-pcrit-mild-sdb"),
        ("primary_snoring", -20.0, "phys-pcrit-osa-vs-snoring"),
        ("mild_sdb", -10.8, "phys-pcrit-mild-sdb"),
        ("osa", 1.0, "phys-pcrit-osa-vs-snoring"),
        ("after_surgery", -7.2, "phys-pcrit-osa-vs-snoring"),
    ],
)
def test_a_preset_closes_at_the_published_mean_in_the_state_it_was_measured_in(name, published_mean_cmh2o, finding_id):
    preset = tube.presets()[name]
    assert tube.effective_pcrit_cmh2o(preset.throat) == pytest.approx(published_mean_cmh2o)
    assert finding_id in preset.finding_ids
    assert (preset.throat.sleep_stage, preset.throat.drive_fraction) == ("light non-REM", 0.0)
    assert (preset.throat.head_position, preset.throat.mouth) == ("neutral", "closed")


def test_at_room_pressure_the_mean_child_with_osa_is_closed_and_the_mean_primary_snorer_breathes():
    presets = tube.presets()
    assert tube.flow_l_per_s(presets["osa"].throat, 10.0) == 0
    assert tube.flow_l_per_s(presets["primary_snoring"].throat, 10.0) > 0


@pytest.mark.parametrize("name", sorted(tube.presets()))
def test_flow_begins_when_the_pressure_at_the_nose_passes_the_closing_pressure(name):
    t = tube.presets()[name].throat
    pcrit = tube.effective_pcrit_cmh2o(t)
    at, below, above = tube.flow_l_per_s(t, 40.0, [pcrit, pcrit - 0.5, pcrit + 0.5])
    assert at == below == 0
    assert above > 0


def test_wide_mouth_opening_costs_the_published_5_1_and_leaves_resistance_alone():
    shut, wide = throat(passive_pcrit_cmh2o=-8.7), throat(passive_pcrit_cmh2o=-8.7, mouth="wide open")
    assert tube.effective_pcrit_cmh2o(wide) == pytest.approx(-3.6)
    assert tube.effective_pcrit_cmh2o(throat(passive_pcrit_cmh2o=-8.7, mouth="moderately open")) == pytest.approx(-7.2)
    assert wide.upstream_resistance_cmh2o_s_per_l == shut.upstream_resistance_cmh2o_s_per_l


@pytest.mark.parametrize(("pa_s_per_cm3", "cmh2o_s_per_l"), [(1.0, 10.197), (0.44, 4.487), (0.32, 3.263), (0.0, 0.0)])
def test_nasal_resistance_is_converted_by_pascal_and_liter(pa_s_per_cm3, cmh2o_s_per_l):
    assert cmh2o_s_per_l_from_pa_s_per_cm3(pa_s_per_cm3) == pytest.approx(cmh2o_s_per_l, abs=5e-4)


def test_presets_with_a_measured_nose_carry_it_and_the_others_say_it_is_borrowed():
    presets = tube.presets()
    assert presets["osa"].throat.upstream_resistance_cmh2o_s_per_l == pytest.approx(4.487, abs=5e-4)
    for preset in presets.values():
        assert "num-nasal-at" in preset.finding_ids
        assert ("an assumption" in preset.note) != ("nasal resistance of other children" in preset.note)


def test_a_breath_at_two_years_has_the_published_rate_and_older_children_breathe_more_slowly():
    assert 60 / tube.breath_length_s(2) == pytest.approx(26)
    lengths = [tube.breath_length_s(age) for age in range(2, 16)]
    assert lengths == sorted(lengths) and lengths[0] < lengths[-1]


# The lesson's story


def test_the_starting_throat_is_open_awake_limited_in_light_sleep_and_closed_in_rem():
    t, effort = tube.starting_throat(), tube.PARAMETERS["effort_cmh2o"].default
    seen = {stage: tube.regime(tube.with_dials(t, sleep_stage=stage), effort) for stage in ("awake", "REM")}
    assert seen == {"awake": "open", "REM": "closed"}
    assert tube.regime(t, effort) == "flow-limited"
    assert tube.flow_l_per_s(t, 2 * effort) == tube.flow_l_per_s(t, effort)


def test_a_limited_breath_is_flat_on_top_while_its_effort_is_round():
    breath = tube.flow_through_breath(tube.starting_throat(), 8.0, 3.0, 101)
    top = breath.flow_l_per_s == breath.flow_l_per_s.max()
    assert breath.limited_share == pytest.approx(top.mean())
    assert breath.limited_share > 0.5
    assert np.sum(breath.effort_cmh2o == breath.effort_cmh2o.max()) == 1
    assert breath.flow_l_per_s[0] == 0 and breath.flow_l_per_s[-1] == pytest.approx(0, abs=1e-9)
    assert breath.time_s[-1] == pytest.approx(3.0 * 0.4)


def test_an_open_breath_is_as_round_as_its_effort():
    breath = tube.flow_through_breath(tube.presets()["healthy_child"].throat, 3.0, 3.0, 51)
    assert breath.limited_share == 0
    assert np.allclose(breath.flow_l_per_s / breath.flow_l_per_s.max(), breath.effort_cmh2o / 3.0)


# Arrays and rows


def test_efforts_and_nasal_pressures_broadcast_to_the_same_numbers_as_one_by_one():
    t = tube.starting_throat()
    pulls, noses = np.array([0.0, 2.0, 8.0]), np.array([[-3.0], [0.0], [5.0]])
    grid = tube.flow_l_per_s(t, pulls, noses)
    assert grid.shape == tube.regime(t, pulls, noses).shape == (3, 3)
    assert grid.tolist() == [[tube.flow_l_per_s(t, e, n) for e in pulls] for n in noses[:, 0]]


def test_the_table_holds_one_plain_row_for_each_effort():
    rows = tube.table(tube.starting_throat(), [0, 2, 8])
    assert [row["regime"] for row in rows] == ["open", "open", "flow-limited"]
    assert [row["effort_cmh2o"] for row in rows] == [0.0, 2.0, 8.0]
    assert all(type(row["flow_l_per_s"]) is float for row in rows)


def test_two_hundred_efforts_take_well_under_a_millisecond():
    t, pulls = tube.starting_throat(), np.linspace(0, 20, 200)
    fastest_s = min(timeit.repeat(lambda: tube.flow_l_per_s(t, pulls), number=20, repeat=10)) / 20
    assert fastest_s < 0.5e-3


def test_the_model_needs_no_scipy():
    code = "import sys, flysolo.models.floppy_tube; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Words


@pytest.mark.parametrize(
    ("dials", "effort", "nasal", "sentence"),
    [
        (
            {
                "upstream_resistance_cmh2o_s_per_l": 20,
                "downstream_resistance_cmh2o_s_per_l": 8,
                "passive_pcrit_cmh2o": -4.2,
            },
            9,
            0,
            "Flow stops rising at 0.21 L/s once effort passes 5.9 cmH2O, so an effort of 9 cmH2O brings no more: "
            "the tube is flow-limited.",
        ),
        (
            {"passive_pcrit_cmh2o": 1},
            9,
            0,
            "The tube is closed: the pressure at the nose, 0 cmH2O, is not above its closing pressure, 1 cmH2O, "
            "so no effort moves air.",
        ),
        (
            {"passive_pcrit_cmh2o": -9},
            2,
            0,
            "Flow is 0.31 L/s at an effort of 2 cmH2O and grows with effort: the tube is open, and flow would stop "
            "rising at 2 L/s, past an effort of 13 cmH2O.",
        ),
        (
            {"passive_pcrit_cmh2o": -9},
            0,
            0,
            "No air comes in at an effort of 0 cmH2O: the tube is open, but nothing draws air in.",
        ),
        (
            {"passive_pcrit_cmh2o": 4},
            3,
            5,
            "Flow is 0.22 L/s however strong the effort: the tube is flow-limited from the start.",
        ),
    ],
)
def test_the_text_twin_says_what_the_curve_shows(dials, effort, nasal, sentence):
    assert tube.describe(throat(**dials), effort, nasal) == sentence


@given(throats, efforts, nasal_pressures)
def test_the_text_twin_is_one_sentence_that_names_the_regime_and_holds_no_computer_numbers(t, effort, nasal):
    sentence = tube.describe(t, effort, nasal)
    assert f"tube is {tube.regime(t, effort, nasal)}" in sentence
    assert sentence.endswith(".") and ". " not in sentence
    assert not any(odd in sentence for odd in ("nan", "inf", "e-", "-0 ", "None"))


def test_the_model_says_where_it_misleads_and_the_named_case_is_true_of_the_model():
    assert tube.WHERE_IT_MISLEADS in tube.LEAVES_OUT
    snorer = tube.presets()["primary_snoring"].throat
    assert tube.regime(snorer, 10.0) == "open"
    assert tube.flow_through_breath(snorer, 10.0, 3.0).limited_share == 0


def test_the_undefended_tube_loses_flow_faster_than_healthy_children_did():
    slope_of_children_ml_s_per_cmh2o = 8
    slope = 1000 * (tube.max_flow_l_per_s(throat(), 9.0) - tube.max_flow_l_per_s(throat(), 8.0))
    assert slope > 10 * slope_of_children_ml_s_per_cmh2o


# Dials and where their numbers come from


def test_every_field_of_a_throat_has_a_dial_and_every_default_stands_on_it():
    for name, dial in tube.PARAMETERS.items():
        assert dial.checked(name, dial.default) == dial.default
        assert dial.label and dial.valid_ages and dial.basis_text
        if not dial.choices:
            steps = (dial.default - dial.low) / dial.step
            assert steps == pytest.approx(round(steps)), f"{name}: the dial cannot stand at its default"
    assert {*tube.Throat.__dataclass_fields__} | {"effort_cmh2o", "nasal_pressure_cmh2o"} == {*tube.PARAMETERS}


def test_every_number_is_published_by_a_named_finding_or_called_an_assumption():
    rows = tube.bases()
    assert len({row["name"] for row in rows}) == len(rows) == len(tube.PARAMETERS) + 14
    for row in rows:
        assert row["text"]
        assert (row["finding_id"] is not None) == (row["kind"] == "published")


def test_no_recalled_finding_is_used_as_a_fact():
    recalled = {"sig-vitals-older-recalled", "phys-poiseuille", "phys-nose-half-of-resistance"}
    used = {row["finding_id"] for row in tube.bases()} | {one for row in tube.bases() for one in row["related"]}
    used |= {one for preset in tube.presets().values() for one in preset.finding_ids}
    assert not used & recalled


def test_the_head_moves_the_closing_pressure_as_measured_in_adults_and_says_whom():
    basis = tube.PARAMETERS["head_position"]
    assert basis.finding_id == "num-pcrit-head-posture" and "adults" in basis.basis_text
    assert tube.HEAD_SHIFT["flexed"].value == pytest.approx(3.7 - -0.4)
    assert tube.HEAD_SHIFT["extended"].value == pytest.approx(-9.4 - -0.4)


@pytest.mark.parametrize(("kind", "finding_id"), [("published", None), ("assumption", "num-nasal-at")])
def test_a_basis_cannot_be_published_without_a_finding_nor_assumed_with_one(kind, finding_id):
    with pytest.raises(ValueError, match="basis"):
        Basis(kind, "some reason", finding_id)


# Input that cannot be used


@pytest.mark.parametrize(
    ("field", "value", "found", "rule"),
    [
        ("upstream_resistance_cmh2o_s_per_l", -1.0, "-1", "from 0.5 to 50 cmH2O/(L/s)"),
        ("upstream_resistance_cmh2o_s_per_l", 0.0, "0", "from 0.5 to 50 cmH2O/(L/s)"),
        ("downstream_resistance_cmh2o_s_per_l", -0.1, "-0.1", "from 0 to 20 cmH2O/(L/s)"),
        ("passive_pcrit_cmh2o", math.nan, "nan", "from -40 to 10 cmH2O"),
        ("passive_pcrit_cmh2o", -math.inf, "-inf", "from -40 to 10 cmH2O"),
        ("passive_pcrit_cmh2o", "5", "'5'", "from -40 to 10 cmH2O"),
        ("drive_fraction", 60, "60", "from 0 to 1"),
        ("drive_fraction", None, "None", "from 0 to 1"),
        ("drive_fraction", True, "True", "from 0 to 1"),
        ("sleep_stage", "rem", "'rem'", "one of: awake, light non-REM, deep non-REM, REM"),
        ("head_position", None, "None", "one of: neutral, flexed, extended"),
        ("mouth", ["closed"], "['closed']", "one of: closed, moderately open, wide open"),
    ],
)
def test_a_throat_that_cannot_be_is_refused_in_four_parts(field, value, found, rule):
    with pytest.raises(InputError) as refusal:
        throat(**{field: value})
    (problem,) = refusal.value.problems
    assert (problem.field, problem.found) == (field, found)
    assert rule in problem.rule
    assert problem.next_step


def test_a_near_name_is_offered_for_a_stage_and_for_a_dial():
    with pytest.raises(InputError, match="Did you mean “REM”"):
        throat(sleep_stage="rem")
    with pytest.raises(InputError, match="Did you mean “drive_fraction”"):
        throat(drive=0.5)


@pytest.mark.parametrize(
    "effort", [-3.0, [1.0, math.nan], [1.0, None], "5", 981.0, [[1.0], [2.0, 3.0]], math.inf, True]
)
def test_an_effort_that_cannot_be_is_refused_and_nothing_is_filled_in(effort):
    for function in (tube.flow_l_per_s, tube.regime):
        with pytest.raises(InputError) as refusal:
            function(tube.starting_throat(), effort)
        (problem,) = refusal.value.problems
        assert problem.field == "effort_cmh2o"
        assert all([problem.found, problem.rule, problem.next_step])


def test_as_many_nasal_pressures_as_efforts_are_asked_for():
    with pytest.raises(InputError, match="one nasal pressure for all efforts"):
        tube.flow_l_per_s(tube.starting_throat(), [1.0, 2.0, 3.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda t: tube.max_flow_l_per_s(t, math.nan), "nasal_pressure_cmh2o"),
        (lambda t: tube.effort_at_flow_limit_cmh2o(t, 500), "nasal_pressure_cmh2o"),
        (lambda t: tube.describe(t, [1, 2]), "effort_cmh2o"),
        (lambda t: tube.table(t, [1, -2]), "efforts_cmh2o"),
        (lambda t: tube.flow_through_breath(t, -1, 3), "peak_effort_cmh2o"),
        (lambda t: tube.flow_through_breath(t, 5, 0), "breath_s"),
        (lambda t: tube.flow_through_breath(t, 5, 3, 1), "samples"),
        (lambda t: tube.flow_through_breath(t, 5, 3, 10.5), "samples"),
        (lambda t: tube.breath_length_s(1), "age_years"),
        (lambda t: cmh2o_s_per_l_from_pa_s_per_cm3(-0.3), "resistance_pa_s_per_cm3"),
    ],
)
def test_every_door_into_the_model_is_guarded(call, field):
    with pytest.raises(InputError) as refusal:
        call(tube.starting_throat())
    assert refusal.value.problems[0].field == field
