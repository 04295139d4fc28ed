"""Instruments move as their models do, say in words and tables what they draw, and hide nothing they leave out."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flysolo.child import nose
from flysolo.child.rules import RULES
from flysolo.evidence import load_evidence
from flysolo.instruments import (
    INSTRUMENTS,
    before_after,
    gallery,
    invented,
    make,
    night_view,
    one_night,
    same_night,
    treat_and_time,
    two_resistors,
)
from flysolo.places import content_root
from flysolo.problems import InputError
from flysolo.ui.strip import Lane, Strip

BUILT = {
    "two-resistors": two_resistors,
    "one-night": one_night,
    "same-night-different-rules": same_night,
    "treat-and-time": treat_and_time,
    "before-after-trap": before_after,
}


@pytest.fixture(scope="module", params=BUILT)
def tool(request):
    return make(request.param)


def move(tool, **values) -> None:
    tool.dials.values = {**tool.dials.values, **values}


def words_of(tool):
    return tool.words if hasattr(tool, "words") else (tool.figure if hasattr(tool, "figure") else tool.chart).words


def other_value(spec: dict):
    if spec["kind"] == "choice":
        ids = [each["id"] if isinstance(each, dict) else each for each in spec["options"]]
        return next(each for each in ids if each != spec["value"])
    return spec["high"] if spec["value"] != spec["high"] else spec["low"]


# What every instrument does


def test_every_dial_moves_something_that_can_be_read(tool):
    for spec in tool.dials.specs:
        tool.dials.reset()
        if spec["name"] == "slack":
            move(tool, mouth_open=0.5)  # with a closed mouth there is nothing to slacken
        before = (words_of(tool).sentence, words_of(tool).rows, tool.sum.value, _pictures(tool))
        move(tool, **{spec["name"]: other_value(spec)})
        assert (words_of(tool).sentence, words_of(tool).rows, tool.sum.value, _pictures(tool)) != before, spec["name"]


def _pictures(tool) -> str:
    figures = [getattr(tool, name) for name in ("figure", "chart", "way") if hasattr(tool, name)]
    pages = [{k: v for k, v in tool.strip.page.items() if k != "lanes"}] if hasattr(tool, "strip") else []
    shown = [tool.strip.scored] if hasattr(tool, "strip") else []
    return json.dumps([figure.picture.view for figure in figures] + pages + shown)


def test_each_redraw_is_told_to_the_page(tool):
    before = tool.dials.echo
    move(tool, **{tool.dials.specs[0]["name"]: other_value(tool.dials.specs[0])})
    assert tool.dials.echo > before
    tool.dials.reset()


def test_dials_wait_while_locked_and_tell_who_asks_when_moved(tool):
    told = []
    tool.on_moved(lambda: told.append(1))
    tool.lock("Predict first.")
    assert tool.dials.locked and tool.dials.locked_note == "Predict first."
    tool.unlock()
    move(tool, **{tool.dials.specs[0]["name"]: other_value(tool.dials.specs[0])})
    assert told and not tool.dials.locked
    tool.dials.reset()


def test_a_number_beyond_a_dial_is_held_at_its_end(tool):
    slider = next(spec for spec in tool.dials.specs if spec["kind"] == "slider")
    move(tool, **{slider["name"]: 1e9})
    assert tool.dials.values[slider["name"]] == slider["high"]
    tool.dials.reset()


def test_tables_hold_a_cell_for_every_column(tool):
    words = words_of(tool)
    assert words.columns and words.rows
    assert all(len(row) == len(words.columns) for row in words.rows)


def test_seeds_are_shown_wherever_chance_has_a_part(tool):
    if isinstance(tool, two_resistors.Instrument):
        return
    seed = next(spec for spec in tool.dials.specs if spec["name"] == "seed")
    assert seed["kind"] == "slider" and "seed" in seed["label"]


@pytest.mark.parametrize("name", BUILT)
def test_each_instrument_says_what_it_leaves_out_and_what_is_assumed(name):
    module = BUILT[name]
    assert len(module.LEAVES_OUT) >= 3 and module.ASSUMED
    text = json.dumps(_states(make(name).widget))
    assert "It leaves out" in text and "Awaiting clinical review" in text


def _states(widget) -> list[str]:
    own = [str(getattr(widget, trait, "")) for trait in ("value", "sentence", "summary")]
    return own + [text for child in getattr(widget, "children", ()) for text in _states(child)]


@pytest.mark.parametrize("name", BUILT)
def test_each_instrument_names_findings_of_the_library(name):
    assert set(BUILT[name].FINDINGS) <= set(load_evidence().findings)


def test_no_instrument_uses_a_widget_that_needs_a_live_notebook():
    for path in Path(two_resistors.__file__).parent.glob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert not names & {"Output", "interact", "interactive", "interactive_output"}, path.name


def test_the_gallery_shows_every_instrument_and_is_what_its_words_make():
    assert set(gallery.SHOWN) == set(INSTRUMENTS)
    stored = content_root() / "curriculum" / "gallery.ipynb"
    assert stored.read_text("utf-8") == gallery.text()


# Two resistors

airways = st.builds(
    two_resistors.Airway,
    left=st.floats(2, 60),
    right=st.floats(2, 60),
    mouth_open=st.floats(0, 1),
    closing_pressure=st.floats(-20, 5),
    slack=st.sampled_from(sorted(two_resistors.SLACK)),
)
efforts = st.floats(0, 20)


@given(airways, efforts, efforts)
@settings(max_examples=60, deadline=None)
def test_a_harder_pull_never_moves_less_air_and_never_more_than_the_limit(airway, one, other):
    less, more = two_resistors.flow_l_per_s(airway, sorted((one, other)))
    assert 0 <= less <= more <= two_resistors.limited_flow_l_per_s(airway) + 1e-12


@given(airways, efforts, st.floats(0.3, 1.0))
@settings(max_examples=60, deadline=None)
def test_a_wider_side_of_the_nose_never_moves_less_air(airway, effort, factor):
    wider = two_resistors.Airway(
        left=max(2.0, airway.left * factor),
        right=airway.right,
        mouth_open=airway.mouth_open,
        closing_pressure=airway.closing_pressure,
        slack=airway.slack,
    )
    # flow is looked up on a grid, to 0.0001 L/s
    assert two_resistors.flow_l_per_s(wider, effort) >= two_resistors.flow_l_per_s(airway, effort) - 1e-4


@given(airways, efforts)
@settings(max_examples=60, deadline=None)
def test_pressure_only_falls_on_the_way_down(airway, effort):
    pressures = [pressure for _name, pressure in two_resistors.pressures_cmh2o(airway, effort)]
    assert all(a >= b - 1e-3 for a, b in zip(pressures, pressures[1:], strict=False))


def test_the_flow_looked_up_solves_the_equation():
    airway = two_resistors.Airway(left=9, right=20, mouth_open=0.2, closing_pressure=-15)
    for effort in (0.5, 3.0, 6.0):
        flow = float(two_resistors.flow_l_per_s(airway, effort))
        lost = float(nose.pressure(flow, *airway.ways)) + two_resistors.LOWER * flow
        assert lost == pytest.approx(effort, abs=1e-3)


def test_an_open_mouth_lets_more_air_in_and_slackens_the_throat():
    """Both halves of the story: the way is wider, and in sedated adults the throat closed sooner."""
    closed = two_resistors.Airway(left=9, right=9, mouth_open=0, closing_pressure=-3)
    for slack, more in (("left out", True), ("as in sedated adults", False)):
        wide = two_resistors.Airway(left=9, right=9, mouth_open=1, closing_pressure=-3, slack=slack)
        assert two_resistors.upstream_resistance(wide) < two_resistors.upstream_resistance(closed)
        flows = [two_resistors.limited_flow_l_per_s(each) for each in (closed, wide)]
        assert (flows[1] > flows[0]) == more


@pytest.mark.parametrize(
    "values", [{"left": 0}, {"mouth_open": 2}, {"closing_pressure": float("nan")}, {"slack": "no"}]
)
def test_an_airway_that_cannot_be_is_refused(values):
    with pytest.raises(InputError):
        two_resistors.Airway(**{"left": 9, "right": 9, "mouth_open": 0, "closing_pressure": -3} | values)


# The before-after trap

STUDY = {"cut_off": 5, "scatter": 1, "effect_percent": 0, "with_control": True, "children": 500, "seed": 1}


def studies(n: int = 12, **changed) -> list[before_after.Study]:
    return [before_after.study(**STUDY | changed | {"seed": seed}) for seed in range(1, n + 1)]


def test_a_group_chosen_for_a_bad_night_looks_better_though_nothing_was_done():
    changes = [each.treated.change for each in studies(with_control=False)]
    assert np.mean(changes) < 0
    assert np.mean([each.treated.average.mean() - each.treated.first.mean() for each in studies()]) < 0


def test_against_a_control_group_nothing_is_left_of_a_treatment_that_does_nothing():
    gaps = [each.difference() for each in studies(20)]
    covered = sum(low <= 0 <= high for _middle, low, high in gaps)
    assert covered >= 16  # 95% intervals on 20 studies; 15 or fewer has a chance below 1 in 300


def test_against_a_control_group_a_true_effect_is_seen():
    gaps = [each.difference()[0] for each in studies(effect_percent=60)]
    assert np.mean(gaps) < -1.0


def test_when_every_night_is_the_same_nothing_comes_back_by_itself():
    found = before_after.study(**STUDY | {"scatter": 0})
    np.testing.assert_allclose(found.treated.first, found.treated.second)
    np.testing.assert_allclose(found.treated.first, found.treated.average)


def test_more_scatter_brings_more_back():
    near = np.mean([each.treated.below_percent for each in studies(6, scatter=0.4)])
    far = np.mean([each.treated.below_percent for each in studies(6, scatter=2)])
    assert far > near


def test_a_control_group_or_an_effect_changes_nobodys_first_night():
    one, other = before_after.study(**STUDY), before_after.study(**STUDY | {"effect_percent": 50})
    np.testing.assert_array_equal(one.treated.first, other.treated.first)
    np.testing.assert_array_equal(one.control.second, other.control.second)
    alone = before_after.study(**STUDY | {"with_control": False})
    assert len(alone.treated) == len(one.treated) + len(one.control)


def test_one_seed_is_one_study():
    one, other = before_after.study(**STUDY), before_after.study(**STUDY)
    np.testing.assert_array_equal(one.treated.second, other.treated.second)


def test_an_empty_group_is_said_in_words():
    found = before_after.study(**STUDY | {"cut_off": 40, "children": 10, "scatter": 0})
    assert before_after.describe(found) and before_after.the_sum(found)


# Treat and time


def test_waiting_is_what_the_untreated_twin_does():
    found = treat_and_time.course("big tonsils", "waiting", 2.0, 3)
    np.testing.assert_array_equal(found.treated, found.waiting)
    assert found.fewer == 0


def test_taking_big_tonsils_out_helps_most_and_a_spray_does_next_to_nothing():
    end = {name: treat_and_time.course("big tonsils", name, 1.0, 3) for name in treat_and_time.OFFERED}
    gain = {name: float((found.waiting[-1] - found.treated[-1]).mean()) for name, found in end.items()}
    assert gain["tonsils and adenoids out"] > 1.0
    for name in ("nasal steroid", "nasal saline"):
        assert abs(gain[name]) < 0.25 * gain["tonsils and adenoids out"], name


def test_a_mask_helps_for_the_hours_it_is_worn():
    child = invented.child("big tonsils")
    rates = [
        float(treat_and_time.events_per_h(child.replace(cpap_cmh2o=12.0, cpap_share=share))[0]) for share in (0, 0.5, 1)
    ]
    assert rates[0] > rates[1] > rates[2]
    assert rates[1] == pytest.approx((rates[0] + rates[2]) / 2)


def test_twins_begin_alike_and_their_first_night_is_one_night():
    found = treat_and_time.course("worst in REM", "exercises", 2.0, 4)
    assert found.treated_night[0] == found.waiting_night[0]
    first = treat_and_time.rows(found)[0]
    assert first[1] == first[2] and first[3] == first[4]


def test_another_seed_is_another_life():
    one, other = (treat_and_time.course("big tonsils", "waiting", 4.0, seed) for seed in (1, 2))
    assert (one.waiting[-1] != other.waiting[-1]).all()


# Invented children


@pytest.mark.parametrize("name", invented.names())
def test_an_invented_child_has_the_events_its_story_names(name):
    from flysolo.child.airway import expected_events_per_h

    assert float(expected_events_per_h(invented.child(name))[0]) == pytest.approx(
        invented.STORIES[name].events_per_h, rel=0.01
    )


# One night, and marking it


@pytest.fixture(scope="module")
def night():
    return make("one-night")


def test_the_strip_shows_the_minutes_that_the_dial_names(night):
    night.dials.reset()
    move(night, start=30, page="5 minutes")
    page = night.strip.page
    assert (page["start_s"], page["seconds"]) == (1800.0, 300.0)
    flow = next(lane for lane in page["lanes"] if lane["label"] == "Flow")
    assert len(flow["samples"]) == 2 * 300 * flow["rate"]


def test_turning_the_page_and_clicking_on_the_night_move_the_dial(night):
    night.dials.reset()
    night.strip._asked({"start_s": 3600.0})
    assert night.dials.values["start"] == 60
    night._picked({"pick": 2.5})
    assert night.dials.values["start"] == 150
    night._picked({"pick": "x"})
    night.strip._asked("nonsense")
    assert night.dials.values["start"] == 150


def test_a_locked_night_does_not_jump_at_a_click(night):
    night.dials.reset()
    night.lock("Predict first.")
    night._picked({"pick": 2.5})
    night.strip._asked({"start_s": 60.0})
    assert night.dials.values["start"] == 120
    night.unlock()


def test_the_strip_is_told_in_words_and_its_events_in_a_table(night):
    night.dials.reset()
    move(night, page="5 minutes")
    events = night.shown.night.events
    start, end = night.window_s
    inside = (events.start_s < end) & (events.start_s + events.duration_s > start)
    assert len(night.close_up.rows) == int(inside.sum())
    assert one_night.clock(start) in night.close_up.sentence
    assert "no event" in one_night.describe_strip([], 0.0, 60.0)


def test_the_last_page_of_the_night_is_whole(night):
    night.dials.reset()
    move(night, start=479, page="5 minutes")
    lane = night.strip.page["lanes"][0]
    assert len(lane["samples"]) == 2 * 300 * lane["rate"]


def test_words_and_table_of_a_night_come_from_the_same_night(night):
    night.dials.reset()
    events = night.shown.night.events
    assert sum(int(row[2]) for row in night.figure.words.rows) == int(np.isin(events.kind, (0, 2)).sum())
    hours = sum(float(row[1]) for row in night.figure.words.rows)
    assert hours == pytest.approx(night_view.HOURS, abs=0.3)  # five rounded numbers


def test_samples_reach_the_page_within_a_step_of_a_thousandth():
    samples = np.sin(np.arange(64) / 5).astype(np.float32)
    page = Lane("Flow", "Flow", "", samples, 32.0, -1.5, 1.5).page(0.0, 2.0)
    steps = np.frombuffer(page["samples"], "<i2")
    back = -1.5 + (steps.astype(float) + 32767) / 65534 * 3.0
    np.testing.assert_allclose(back, samples, atol=1e-3)


def mark(start: float, length: float = 10.0, kind: str = "Hypopnea") -> dict:
    return {"start_s": start, "duration_s": length, "kind": kind}


def test_a_strip_keeps_only_what_is_a_mark():
    strip = Strip(marking=True, kinds=["Hypopnea"])
    junk = [{}, mark(5, -1), mark(5, 10, "Snore"), mark(float("nan")), {"start_s": "x"}, mark(5, 1e9)]
    strip.marks = [mark(50.0), *junk, mark(20.0)]
    assert [each["start_s"] for each in strip.marks] == [20.0, 50.0]


def test_marks_and_events_are_paired_once_and_by_overlap():
    events = [mark(0), mark(20, 10, "Obstructive apnea"), mark(100)]
    found = same_night.compare([mark(2), mark(4), mark(25, 10), mark(60)], events)
    assert (found.marks, found.events, found.marks_met, found.events_met, found.same_kind) == (4, 3, 2, 2, 1)
    assert same_night.compare([], events).events_met == 0
    assert same_night.compare([mark(1)], []).marks_met == 0


@pytest.fixture(scope="module")
def rules_tool():
    return make("same-night-different-rules")


def test_the_scorer_stays_hidden_until_asked(rules_tool):
    rules_tool.dials.reset()
    assert rules_tool.strip.scored == [] and "hidden" in rules_tool.words.sentence
    move(rules_tool, show="shown")
    assert rules_tool.strip.scored and "scorer counts" in rules_tool.words.sentence


def test_whoever_marks_as_the_scorer_does_agrees_with_it(rules_tool):
    rules_tool.dials.reset()
    move(rules_tool, show="shown")
    scored = rules_tool.strip.scored
    rules_tool.strip.marks = [{name: each[name] for name in ("start_s", "duration_s", "kind")} for each in scored]
    assert f"{len(scored)} with the same kind" in rules_tool.words.sentence
    rules_tool.strip.marks = []
    assert "not marked anything" in rules_tool.words.sentence


def test_a_new_night_begins_without_marks_and_hides_the_scorer(rules_tool):
    rules_tool.dials.reset()
    move(rules_tool, show="shown")
    rules_tool.strip.marks = [mark(same_night.stretch_start_s(*rules_tool.night))]
    move(rules_tool, seed=2)
    assert rules_tool.strip.marks == [] and rules_tool.strip.scored == []
    assert rules_tool.dials.values["show"] == "hidden"
    rules_tool.dials.reset()


def test_the_same_night_has_another_index_under_other_rules(rules_tool):
    rules_tool.dials.reset()
    move(rules_tool, show="shown")
    indices = {row[2] for row in rules_tool.words.rows}
    assert len(rules_tool.words.rows) == sum(not rule.oximetry_only for rule in RULES.values())
    assert len(indices) > 2


def test_the_strip_of_ten_minutes_is_not_left_by_turning_pages(rules_tool):
    rules_tool.dials.reset()
    low = same_night.stretch_start_s(*rules_tool.night)
    for asked in (low - 500, low + 5000):
        rules_tool.strip._asked({"start_s": asked})
        page = rules_tool.strip.page
        assert low <= page["start_s"] <= low + same_night.STRETCH_S - page["seconds"]


def test_nothing_is_marked_before_the_prediction(rules_tool):
    rules_tool.lock("Predict first.")
    assert not rules_tool.strip.marking
    rules_tool.unlock()
    assert rules_tool.strip.marking


def test_nobody_is_told_that_a_mark_was_wrong(rules_tool):
    rules_tool.dials.reset()
    move(rules_tool, show="shown")
    said = " ".join([rules_tool.words.sentence, rules_tool.sum.value]).lower()
    assert not any(word in said for word in ("wrong", "incorrect", "missed", "should have", "correct", "score of"))
