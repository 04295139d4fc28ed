"""Channels drawn from a night show what the night says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flysolo.child.channels import KINDS, Recording
from flysolo.child.waveform import event_marks, render
from flysolo.problems import InputError
from tests.flysolo.child_nights import AROUSAL, CENTRAL, DIP, MIXED, OBSTRUCTIVE, night_of, random_night

BREATH_S = 60 / 18


def part(recording: Recording, name: str, start_s: float, end_s: float) -> np.ndarray:
    return recording.between(name, start_s, end_s)[1]


def one_event(kind=OBSTRUCTIVE, remaining=0.0, depth=6.0, arousal=1.0, seconds=20.0, **night):
    return render(night_of([(600.0, seconds, kind, remaining, depth, arousal)], hours=0.5, **night), 0, 1)


def test_every_channel_covers_the_night_at_its_rate_and_within_its_bounds():
    recording = render(random_night(1), 0, 1)
    assert set(recording.channels) == set(KINDS)
    for name, kind in KINDS.items():
        samples = recording.channel(name)
        assert len(samples) == 2 * 3600 * kind.rate_hz and samples.dtype == np.float32
        assert samples.min() >= kind.low and samples.max() <= kind.high
        assert recording.units[name] == kind.unit
    assert recording.seconds == 7200


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    night = random_night(1)
    first, again, other = render(night, 0, 1), render(night, 0, 1), render(night, 0, 2)
    for name in KINDS:
        assert np.array_equal(first.channel(name), again.channel(name))
    assert not np.array_equal(first.channel("flow"), other.channel("flow"))


def test_flow_stops_in_an_apnea_and_halves_in_a_hypopnea():
    apnea, hypopnea = one_event(remaining=0.0), one_event(remaining=0.5)
    before = np.abs(part(apnea, "flow", 560, 595)).max()
    # a breath belongs to the event when its middle does, so the edges are left out by a breath
    inside = (600 + BREATH_S, 620 - BREATH_S)
    assert np.abs(part(apnea, "flow", *inside)).max() < 0.1 * before
    assert np.abs(part(hypopnea, "flow", *inside)).max() == pytest.approx(0.5, abs=0.08)  # 3% a breath, and noise


def test_effort_goes_on_and_grows_in_an_obstructive_event_and_stops_in_a_central_one():
    obstructive, central = one_event(), one_event(kind=CENTRAL)
    quiet = np.ptp(part(obstructive, "chest", 540, 595))
    middle = (600 + BREATH_S, 620 - BREATH_S)
    assert np.ptp(part(obstructive, "chest", 612, 619)) > 1.5 * quiet
    assert np.ptp(part(central, "chest", *middle)) < 0.2 * quiet
    assert np.ptp(part(central, "abdomen", *middle)) < 0.2 * quiet


def test_effort_comes_back_within_a_mixed_event():
    mixed = one_event(kind=MIXED, seconds=30.0)
    quiet = np.ptp(part(mixed, "chest", 540, 595))
    assert np.ptp(part(mixed, "chest", 600 + BREATH_S, 615 - BREATH_S)) < 0.2 * quiet
    assert np.ptp(part(mixed, "chest", 615 + BREATH_S, 630 - BREATH_S)) > quiet


def test_chest_and_belly_move_together_in_quiet_sleep_and_against_each_other_in_an_obstructive_event():
    recording = one_event(seconds=40.0)

    def together(start, end):
        return np.corrcoef(part(recording, "chest", start, end), part(recording, "abdomen", start, end))[0, 1]

    assert together(500, 590) > 0.9
    assert together(605, 635) < -0.5


def test_a_flow_limited_breath_is_flat_on_top_and_its_effort_is_greater():
    free = render(night_of([], hours=0.5), 0, 1)
    limited_night = night_of([], hours=0.5, flow_limited=True)
    limited = render(limited_night, 0, 1)

    def near_the_top(recording):
        flow = part(recording, "flow", 60, 1700)
        rising = flow[flow > 0.1]
        return np.mean(rising > 0.85)

    assert near_the_top(limited) > near_the_top(free) + 0.1


def test_saturation_falls_late_by_what_the_event_says_and_recovers():
    recording = one_event(depth=8.0)
    before = part(recording, "spo2", 570, 600).mean()
    window = part(recording, "spo2", 600, 650)  # the event and the 30 s after it
    assert before - window.min() == pytest.approx(8.0, abs=0.4)  # slow wander of 0.3 and steps of 0.1
    assert 620 < 600 + np.argmin(window) < 650
    assert part(recording, "spo2", 600, 611).min() > before - 0.5
    assert part(recording, "spo2", 690, 720).mean() == pytest.approx(before, abs=0.5)


def test_a_slower_oximeter_shows_a_shallower_dip():
    night = night_of([(600.0, 12.0, OBSTRUCTIVE, 0.0, 5.0, 0.0)], hours=0.5)
    lowest = [render(night, 0, 1, averaging_s=seconds).channel("spo2").min() for seconds in (0, 8, 16)]
    assert lowest[0] < lowest[1] < lowest[2]


def test_an_arousal_follows_its_event_and_heart_rate_rises():
    woken, not_woken = one_event(arousal=1.0), one_event(arousal=0.0)
    assert part(woken, "arousal", 620, 623).min() > 2
    assert part(not_woken, "arousal", 600, 640).max() < 2
    assert part(woken, "heart_rate", 622, 628).mean() > part(woken, "heart_rate", 580, 600).mean() + 4


def test_an_arousal_without_an_event_leaves_flow_and_saturation_alone():
    rows = [(600.0, 6.0, AROUSAL, 1.0, 0.0, 1.0)]
    recording = render(night_of(rows, hours=0.5), 0, 1)
    assert part(recording, "arousal", 600, 603).min() > 2
    assert recording.channel("spo2").min() > 96
    assert np.abs(part(recording, "flow", 600, 612)).max() > 0.8


def test_a_dip_without_an_event_leaves_flow_alone():
    recording = render(night_of([(600.0, 12.0, DIP, 1.0, 5.0, 0.0)], hours=0.5), 0, 1)
    assert recording.channel("spo2").min() < 93.5
    assert np.abs(part(recording, "flow", 601, 611)).max() > 0.8


def test_carbon_dioxide_follows_the_night():
    level = np.linspace(40, 52, 60)[None, :]
    recording = render(night_of([], hours=0.5, co2_mmhg=level), 0, 1)
    assert part(recording, "etco2", 0, 60).mean() < 42 < 50 < part(recording, "etco2", 1740, 1800).mean()


def test_a_part_of_a_channel_comes_with_its_times():
    recording = one_event()
    times, samples = recording.between("arousal", 10.0, 12.0)
    assert times.tolist() == [10.0, 10.25, 10.5, 10.75, 11.0, 11.25, 11.5, 11.75]
    assert np.array_equal(samples, recording.channel("arousal")[40:48])
    assert len(recording.between("spo2", 1795, 1900)[0]) == 5
    with pytest.raises(InputError, match="Did you mean “spo2”"):
        recording.between("spo", 0, 1)


def test_events_come_out_as_marks_with_their_times():
    marks = event_marks(night_of([(600.0, 20.0, CENTRAL, 0.0, 4.0, 0.0)], hours=0.5), 0)
    assert [(mark.start_s, mark.duration_s, mark.text) for mark in marks] == [(600.0, 20.0, "Central event")]


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.floats(12, 40), st.sampled_from([8, 10, 16, 25, 32]))
def test_any_rate_and_any_breathing_rate_give_whole_finite_channels(seed, breaths_per_min, rate):
    night = random_night(seed, hours=0.5, breaths_per_min=breaths_per_min)
    recording = render(night, 0, seed, rates={"flow": rate, "chest": 8})
    assert len(recording.channel("flow")) == 1800 * rate
    assert len(recording.channel("chest")) == 1800 * 8
    assert all(np.isfinite(samples).all() for samples in recording.channels.values())


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda n: render(n, 1, 1), "child_index"),
        (lambda n: render(n, -1, 1), "child_index"),
        (lambda n: render(n, 0.5, 1), "child_index"),
        (lambda n: render(n, 0, -1), "seed"),
        (lambda n: render(n, 0, None), "seed"),
        (lambda n: render(n, 0, 1, rates={"flows": 8}), "rates"),
        (lambda n: render(n, 0, 1, rates={"flow": 0}), "rates[flow]"),
        (lambda n: render(n, 0, 1, rates={"flow": 12.5}), "rates[flow]"),
        (lambda n: render(n, 0, 1, averaging_s=-1), "averaging_s"),
        (lambda n: render(n, 0, 1, averaging_s=float("nan")), "averaging_s"),
    ],
)
def test_what_cannot_be_drawn_is_refused_naming_the_field(call, field):
    with pytest.raises(InputError) as refusal:
        call(night_of([], hours=0.5))
    (problem,) = refusal.value.problems
    assert problem.field == field and problem.rule and problem.next_step


def test_an_empty_night_is_refused():
    with pytest.raises(InputError, match="at least one epoch"):
        render(night_of([], hours=0.0), 0, 1)


@pytest.mark.parametrize(
    ("channels", "rates", "words"),
    [
        ({}, {}, "at least one channel"),
        ({"flo": np.ones(9)}, {"flo": 1}, "Did you mean “flow”"),
        ({"flow": np.ones(0)}, {"flow": 32}, "not empty"),
        ({"flow": np.ones((2, 2))}, {"flow": 32}, "one row"),
        ({"flow": np.ones(9)}, {}, "a rate above 0"),
        ({"flow": np.ones(9)}, {"flow": float("nan")}, "a rate above 0"),
        ({"flow": np.array([0.0, np.nan, 1.0])}, {"flow": 1}, "no number at 1.0 s"),
        ({"flow": np.array(["a", "b"])}, {"flow": 1}, "plain numbers"),
    ],
)
def test_a_recording_that_cannot_be_is_refused_naming_the_channel(channels, rates, words):
    with pytest.raises(InputError, match=words):
        Recording(channels, rates, None)
