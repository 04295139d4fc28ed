"""The scorer finds events in the channels, by the rules, and agrees with what the night was made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flysolo.child.agreement import agreement, match_events
from flysolo.child.channels import Recording
from flysolo.child.measures import Measures
from flysolo.child.night import simulate
from flysolo.child.oximetry import dips, mcgill_style_score
from flysolo.child.populations import draw
from flysolo.child.rules import RULES
from flysolo.child.scorer import (
    CENTRAL_APNEA,
    HYPOPNEA,
    MIXED_APNEA,
    OBSTRUCTIVE_APNEA,
    score,
    score_by,
    score_measured,
)
from flysolo.child.summary import summarize
from flysolo.child.waveform import event_marks, render
from flysolo.problems import ContentError, InputError
from tests.flysolo.child_nights import CENTRAL, MIXED, OBSTRUCTIVE, night_of, random_night

CHILD = RULES["child-2012"]
KEPT = ("flow", "thermistor", "chest")
NIGHTS = {
    seed: Measures(render(random_night(seed, per_h=per_h), 0, seed)) for seed, per_h in ((1, 6), (2, 25), (3, 60))
}


def scored(rows, rules=CHILD, seed=1, **night):
    return score(render(night_of(rows, **night), 0, seed), rules)


def kinds(rows, rules=CHILD, **night):
    return scored(rows, rules, **night).kind.tolist()


# Single events


def test_a_quiet_night_has_no_event_under_any_rules():
    for night in score_by(render(night_of([]), 0, 1), RULES.values()):
        assert len(night.start_s) == 0 and night.odi3 == 0


@pytest.mark.parametrize(
    ("kind", "found"), [(OBSTRUCTIVE, OBSTRUCTIVE_APNEA), (CENTRAL, CENTRAL_APNEA), (MIXED, MIXED_APNEA)]
)
def test_an_apnea_is_told_by_the_belts(kind, found):
    assert kinds([(900.0, 24.0, kind, 0.02, 6.0, 1.0)]) == [found]


def test_an_event_is_found_where_it_was_within_a_breath():
    night = scored([(900.0, 20.0, OBSTRUCTIVE, 0.0, 6.0, 1.0)])
    breath_s = 60 / 18
    assert night.start_s[0] == pytest.approx(900, abs=breath_s)
    assert night.start_s[0] + night.duration_s[0] == pytest.approx(920, abs=breath_s)
    assert night.desaturation_percent[0] == pytest.approx(6.0, abs=0.5)
    assert night.arousal[0]


def test_half_the_flow_is_a_hypopnea_only_with_a_sign():
    assert kinds([(900.0, 15.0, OBSTRUCTIVE, 0.5, 5.0, 0.0)]) == [HYPOPNEA]
    assert kinds([(900.0, 15.0, OBSTRUCTIVE, 0.5, 0.0, 1.0)]) == [HYPOPNEA]
    assert kinds([(900.0, 15.0, OBSTRUCTIVE, 0.5, 0.0, 0.0)]) == []


def test_an_event_of_seven_seconds_counts_for_a_child_and_not_for_an_adult():
    rows = [(900.0, 7.5, OBSTRUCTIVE, 0.0, 5.0, 1.0)]
    assert kinds(rows) == [OBSTRUCTIVE_APNEA]
    assert kinds(rows, RULES["adult-2012-recommended"]) == []


def test_a_third_less_flow_counts_by_the_rules_of_2012_and_not_by_those_of_2007():
    rows = [(900.0, 15.0, OBSTRUCTIVE, 0.6, 5.0, 1.0)]
    assert kinds(rows) == [HYPOPNEA]
    assert kinds(rows, RULES["child-2007"]) == []


def test_a_dip_of_three_and_a_half_points_counts_at_three_and_not_at_four():
    rows = [(900.0, 15.0, OBSTRUCTIVE, 0.4, 3.5, 0.0)]
    assert len(kinds(rows, RULES["adult-2012-recommended"])) == 1
    assert kinds(rows, RULES["adult-2012-acceptable"]) == []


def test_without_an_eeg_an_event_that_only_wakes_is_not_seen():
    rows = [(900.0, 15.0, OBSTRUCTIVE, 0.5, 0.0, 1.0)]
    assert kinds(rows) == [HYPOPNEA]
    assert kinds(rows, RULES["home-no-eeg"]) == []


def test_a_short_central_pause_needs_a_sign_and_a_long_one_does_not():
    assert kinds([(900.0, 10.0, CENTRAL, 0.0, 0.0, 0.0)]) == []
    assert kinds([(900.0, 10.0, CENTRAL, 0.0, 4.0, 0.0)]) == [CENTRAL_APNEA]
    assert kinds([(900.0, 25.0, CENTRAL, 0.0, 0.0, 0.0)]) == [CENTRAL_APNEA]


def test_central_events_are_in_the_index_only_where_the_rules_count_them():
    rows = [(900.0, 25.0, CENTRAL, 0.0, 4.0, 0.0), (1500.0, 20.0, OBSTRUCTIVE, 0.0, 5.0, 1.0)]
    with_central, without = scored(rows), scored(rows, RULES["child-2007"])
    assert (with_central.ahi, with_central.obstructive_ahi, with_central.central_ahi) == (2, 1, 1)
    assert (without.ahi, without.obstructive_ahi, without.central_ahi) == (1, 1, 1)


def test_an_event_awake_is_not_counted_and_the_home_test_divides_by_recording_time():
    stage = np.full(120, 2)
    stage[60:] = 0
    rows = [(900.0, 20.0, OBSTRUCTIVE, 0.0, 6.0, 1.0), (2700.0, 20.0, OBSTRUCTIVE, 0.0, 6.0, 1.0)]
    laboratory, home = scored(rows, stage=stage), scored(rows, RULES["home-no-eeg"], stage=stage)
    assert laboratory.sleep_h == 0.5 and laboratory.ahi == 2
    assert np.isnan(home.sleep_h) and home.hours == home.recording_h == 1 and home.ahi == 2


def test_flow_limited_time_and_time_above_the_line_are_those_of_the_night():
    limited = np.zeros(120, bool)
    limited[40:80] = True
    co2 = np.where(np.arange(120) < 30, 54.0, 41.0)
    night = scored([], flow_limited=limited[None], co2_mmhg=co2[None])
    assert night.flow_limited_min == pytest.approx(20, abs=1)
    assert night.above_co2_line_min == pytest.approx(15, abs=1)


def test_oximetry_alone_reports_dips_and_no_breathing_index():
    rows = [(600.0 + 120 * i, 15.0, OBSTRUCTIVE, 0.0, 8.0, 1.0) for i in range(5)]
    night = scored(rows, RULES["oximetry-only"], baseline_spo2=97.0)
    assert night.odi3 == night.odi4 == 5 and night.mcgill_style == 2
    assert np.isnan(night.ahi) and np.isnan(night.flow_limited_min) and len(night.start_s) == 0


# Whole nights against the simulator's list


@pytest.mark.parametrize("per_h", [6, 25, 60])
def test_events_found_and_events_that_happened_are_the_same_events(per_h):
    """Not all: an event at the edge of a rule falls to either side by a breath's spread (3%) or a step of SpO2."""
    happened, found = [], []
    for seed in range(4):
        night = random_night(seed + 10, per_h=per_h)
        events = night.events
        sign = (events.desaturation_percent >= 3) | events.arousal
        meant = sign & (events.remaining_flow < 0.7)
        start = events.start_s[meant] + seed * 1e5
        happened.append((start, events.duration_s[meant]))
        seen = score(render(night, 0, seed), CHILD)
        found.append((seen.start_s + seed * 1e5, seen.duration_s))
    match = match_events(
        *map(np.concatenate, zip(*happened, strict=True)), *map(np.concatenate, zip(*found, strict=True))
    )
    assert match.first > 30
    assert match.recall > 0.95 and match.precision > 0.92


def test_indices_over_nights_agree_with_what_happened():
    seen, meant = [], []
    for seed in range(12):
        night = random_night(seed, per_h=2 + 5 * seed)
        events = night.events
        counted = (events.remaining_flow < 0.7) & ((events.desaturation_percent >= 3) | events.arousal)
        meant.append(counted.sum() / 2)
        seen.append(score(render(night, 0, seed), CHILD).ahi)
    result = agreement(seen, meant)
    assert result.icc > 0.98 and abs(result.mean_difference) < 1
    assert result.icc_low <= result.icc <= result.icc_high


def test_the_scorer_finds_in_the_channels_what_the_summary_reads_from_the_events():
    """They share rules and night but no code: one counts the simulator's list, the other reads drawn channels."""
    night = simulate(draw("referred", 15, 5), 7, hours=6.0)
    for rule_id, least in (("child-2012", 0.97), ("adult-2012-acceptable", 0.95)):
        summary = summarize(night, RULES[rule_id])
        seen = [score(render(night, child, 3), RULES[rule_id]) for child in range(15)]
        assert agreement([each.ahi for each in seen], summary["ahi"]).icc > least
        assert agreement([each.odi3 for each in seen], summary["odi3"]).icc > 0.97


def test_other_noise_on_the_same_night_changes_the_index_little():
    night = random_night(5, per_h=30)
    indices = [score(render(night, 0, seed), CHILD).ahi for seed in range(4)]
    assert np.ptp(indices) <= 0.1 * np.mean(indices)


# Laws that hold whatever the numbers are


def counts(measures, rules):
    return len(score_measured(measures, rules).kind)


shares = st.floats(0.3, 0.9)
signs = st.sets(st.sampled_from(["desaturation", "arousal"]), min_size=1).map(frozenset)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(NIGHTS)),
    st.tuples(shares, shares),
    st.floats(0, 30),
    st.floats(0, 20),
    st.integers(1, 6),
    st.floats(1, 10),
    st.floats(0, 6),
    signs,
    st.booleans(),
)
def test_a_stricter_set_never_scores_more_events(
    seed, falls, seconds, more_seconds, breaths, percent, more_percent, needs, both
):
    low, high = sorted(falls)
    loose = replace(
        CHILD,
        hypopnea_fall=low,
        event_seconds=seconds,
        min_breaths=breaths,
        desaturation_percent=percent,
        hypopnea_needs=frozenset({"desaturation", "arousal"}) if both else needs,
    )
    strict = replace(
        loose,
        hypopnea_fall=high,
        event_seconds=seconds + more_seconds,
        min_breaths=breaths + 1,
        desaturation_percent=percent + more_percent,
        hypopnea_needs=needs,
        central_seconds=loose.central_seconds + more_seconds,
    )
    measures = NIGHTS[seed]
    assert counts(measures, strict) <= counts(measures, loose)


@settings(max_examples=30)
@given(st.sampled_from(sorted(NIGHTS)), st.floats(1, 15), st.floats(0.1, 5), st.sampled_from(sorted(RULES)))
def test_a_greater_need_of_desaturation_never_raises_the_index(seed, percent, more, rule_id):
    if RULES[rule_id].oximetry_only:
        return
    one = score_measured(NIGHTS[seed], replace(RULES[rule_id], desaturation_percent=percent))
    two = score_measured(NIGHTS[seed], replace(RULES[rule_id], desaturation_percent=percent + more))
    assert two.ahi <= one.ahi and two.odi4 <= two.odi3


@settings(max_examples=30)
@given(st.lists(st.floats(0, 30), min_size=3, max_size=200), st.floats(1, 10), st.floats(0, 10))
def test_a_deeper_need_never_counts_more_dips(falls, depth, more):
    found = dips(98 - np.array(falls))
    assert found.at_least(depth + more) <= found.at_least(depth)


@settings(max_examples=20)
@given(st.floats(0.05, 50), st.floats(-3, 3))
def test_the_gain_and_the_zero_of_the_flow_channel_do_not_matter(gain, offset):
    whole = NIGHTS[1].recording
    changed = {name: whole.channel(name) * (gain if name in ("flow", "thermistor", "chest") else 1) for name in KEPT}
    changed["flow"] = changed["flow"] + offset * gain
    other = Recording({**whole.channels, **changed}, whole.rates_hz, whole.stage)
    assert abs(score(other, CHILD).ahi - score(whole, CHILD).ahi) <= 0.5  # one event of two hours, by rounding


def test_marks_that_come_with_a_recording_are_never_read():
    night = random_night(2)
    plain = render(night, 0, 1)
    marked = replace(plain, marks=event_marks(night, 0))
    assert score(marked, CHILD).row() == score(plain, CHILD).row()


# Oximetry


def test_dips_are_counted_by_their_depth_and_only_when_they_recover():
    trace = np.full(600, 97.0)
    trace[100:130] = 93
    trace[300:310] = 89
    trace[500:] = 90  # a fall that never recovers
    found = dips(trace)
    assert (found.at_least(3), found.at_least(5), found.at_least(9)) == (2, 1, 0)


def test_two_dips_below_ninety_are_grade_one_and_three_are_more():
    def night_with(lows):
        trace = np.full(3600, 97.0)
        for place, low in enumerate(lows):
            trace[300 * (place + 1) : 300 * (place + 1) + 20] = low
        return mcgill_style_score(trace)

    assert [night_with(lows) for lows in ([], [88, 88], [88] * 3, [84] * 3, [78] * 3)] == [1, 1, 2, 3, 4]


def test_a_low_baseline_without_dips_gets_no_grade():
    assert mcgill_style_score(np.full(3600, 94.0)) is None


# Input that cannot be used


@pytest.mark.parametrize("missing", ["spo2", "arousal", "etco2"])
def test_a_channel_that_the_rules_read_is_named_with_the_rule_set(missing):
    whole = render(random_night(1), 0, 1)
    less = Recording({n: s for n, s in whole.channels.items() if n != missing}, whole.rates_hz, whole.stage)
    with pytest.raises(ContentError) as refusal:
        score(less, CHILD)
    (problem,) = refusal.value.problems
    assert problem.field == f"channel {missing}" and "child-2012" in problem.rule and problem.next_step


def test_every_missing_channel_is_named_at_once():
    whole = render(random_night(1), 0, 1)
    less = Recording({"etco2": whole.channel("etco2")}, {"etco2": 1}, None)
    with pytest.raises(ContentError) as refusal:
        score(less, CHILD)
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == [
        "channel spo2",
        "channel flow or thermistor",
        "channel chest or abdomen",
        "channel arousal",
        "stages",
    ]


def test_one_of_two_flow_channels_and_one_belt_are_enough():
    whole = render(random_night(2), 0, 1)
    kept = {n: s for n, s in whole.channels.items() if n not in ("thermistor", "abdomen")}
    less = score(Recording(kept, whole.rates_hz, whole.stage), CHILD)
    assert less.ahi == pytest.approx(score(whole, CHILD).ahi, rel=0.1)


def test_a_night_without_sleep_is_refused_by_rules_that_count_in_sleep():
    awake = render(night_of([], stage=0), 0, 1)
    with pytest.raises(ContentError, match="no epoch of sleep"):
        score(awake, CHILD)
    assert score(awake, RULES["home-no-eeg"]).ahi == 0


def test_a_flow_channel_too_slow_for_breaths_is_refused():
    whole = render(random_night(1), 0, 1)
    slow = {**whole.channels, "flow": whole.channel("flow")[::16]}
    with pytest.raises(InputError, match="to see single breaths"):
        score(Recording(slow, {**whole.rates_hz, "flow": 2.0}, whole.stage), CHILD)


def test_a_flow_channel_without_breaths_is_refused():
    whole = render(random_night(1), 0, 1)
    flat = {**whole.channels, "flow": np.zeros_like(whole.channel("flow"))}
    with pytest.raises(InputError, match="at least 20 breaths"):
        score(Recording(flat, whole.rates_hz, whole.stage), CHILD)


def test_the_intraclass_correlation_is_the_one_that_pingouin_computes():
    """Computed once by pingouin.intraclass_corr, ICC(A,1) with CI95 (rounded by it to two decimals)."""
    ours = [0.2, 1.1, 2.5, 3.0, 4.8, 7.9, 12.0, 20.5, 31.0, 44.0]
    theirs = [0.5, 1.0, 3.5, 2.6, 6.0, 8.4, 13.9, 19.0, 35.5, 45.2]
    result = agreement(ours, theirs)
    assert result.icc == pytest.approx(0.9933052536077243)
    assert (round(result.icc_low, 2), round(result.icc_high, 2)) == (0.97, 1.0)
    assert result.mean_difference == pytest.approx(-0.86)
    assert agreement(ours, ours).icc == 1


def test_agreement_needs_the_same_nights():
    with pytest.raises(InputError, match="the same nights"):
        agreement([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="nan"):
        agreement([1.0, float("nan")], [1.0, 2.0])
    with pytest.raises(InputError, match="nights that differ"):
        agreement([1.0] * 5, [1.0] * 5)
