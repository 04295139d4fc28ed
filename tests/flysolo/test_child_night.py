"""The night: reproducible, the same however the work is cut up, lawful, and read alike by all rules."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flysolo.child import populations
from flysolo.child.children import example
from flysolo.child.cluster import reports
from flysolo.child.night import BLOCK, CENTRAL, MIXED, OBSTRUCTIVE, Events, heart_rise_bpm, simulate
from flysolo.child.rules import RULES
from flysolo.child.summary import summarize
from flysolo.problems import InputError

HOURS = 2.0


@pytest.fixture(scope="module")
def clinic():
    return populations.draw("referred", 2 * BLOCK + 30, 1)


@pytest.fixture(scope="module")
def night(clinic):
    return simulate(clinic, 7, hours=4.0)


def same(a, b) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Events))


def obstructions(night) -> np.ndarray:
    events = night.events
    counted = (events.kind == OBSTRUCTIVE) | (events.kind == MIXED)
    return np.bincount(events.child[counted], minlength=night.children_n)


def test_the_same_seed_gives_the_same_night_and_another_seed_another(clinic):
    few = clinic.take(slice(0, 20))
    first, again, other = (simulate(few, seed, hours=HOURS) for seed in (3, 3, 4))
    assert same(first.events, again.events) and np.array_equal(first.stage, again.stage)
    assert not same(first.events, other.events)


def test_a_child_sleeps_alike_alone_and_in_company(clinic):
    alone, together = simulate(clinic.take([0]), 3, hours=HOURS), simulate(clinic.take(slice(0, 40)), 3, hours=HOURS)
    assert same(alone.events, together.child(0).events)


def test_reports_are_the_same_to_the_last_bit_in_one_process_and_in_several():
    cohort = populations.draw("referred", 5 * BLOCK, 1)
    one, two = (reports(cohort, 5, hours=HOURS, workers=workers) for workers in (1, 2))
    whole = summarize(simulate(cohort, 5, hours=HOURS), RULES["child-2012"])
    assert all(np.array_equal(one[key], two[key]) and np.array_equal(one[key], whole[key]) for key in whole)


def test_a_cluster_gives_the_same_reports(clinic):
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        far = reports(clinic, 5, hours=HOURS, workers=cluster.scheduler_address)
    near = reports(clinic, 5, hours=HOURS)
    assert all(np.array_equal(near[key], far[key]) for key in near)


def test_a_cluster_of_two_processes_started_for_the_call_gives_the_same_reports():
    """More children than one task holds, so that both processes work."""
    cohort = populations.draw("referred", 5 * BLOCK, 1)
    near = reports(cohort, 5, hours=1.0)
    far = reports(cohort, 5, hours=1.0, workers="dask")
    assert all(np.array_equal(near[key], far[key]) for key in near)


@pytest.mark.parametrize("workers", [0, True, "tcp://127.0.0.1:1"])
def test_workers_that_cannot_be_are_refused(clinic, workers, monkeypatch):
    with pytest.raises(InputError, match="workers"):
        reports(clinic.take(slice(0, 4)), 5, hours=0.5, workers=workers)


@given(seed=st.integers(0, 10_000), pressure=st.floats(-30, 5), more=st.floats(0, 15))
@settings(max_examples=25, deadline=None)
def test_a_higher_closing_pressure_never_brings_fewer_obstructions_in_the_same_night(seed, pressure, more):
    low, high = (simulate(example(8, throat_cmh2o=p), seed, hours=HOURS) for p in (pressure, pressure + more))
    assert np.all(obstructions(high) >= obstructions(low))


@given(seed=st.integers(0, 10_000), nose=st.floats(1.0, 15.0), wider=st.floats(0.4, 1.0))
@settings(max_examples=25, deadline=None)
def test_a_wider_nose_never_brings_more_obstructions_in_the_same_night(seed, nose, wider):
    narrow, wide = (
        simulate(example(8, throat_cmh2o=-8.0, nose_cmh2o_s_per_l=r), seed, hours=HOURS) for r in (nose, nose * wider)
    )
    assert np.all(obstructions(wide) <= obstructions(narrow))


def test_nobody_has_a_breathing_event_awake(night):
    events = night.events
    breathing = events.kind <= MIXED
    assert events.stage[breathing].min() > 0


def test_events_lie_in_the_night_in_order_and_breathing_events_do_not_overlap(night):
    events = night.events
    assert np.all((events.start_s >= 0) & (events.start_s + events.duration_s <= night.hours * 3600))
    key = events.child.astype(float) * 1e6 + events.start_s
    assert np.all(np.diff(key) >= 0)
    breathing = events.where(events.kind <= MIXED)
    ends, starts = breathing.start_s[:-1] + breathing.duration_s[:-1], breathing.start_s[1:]
    alike = breathing.child[:-1] == breathing.child[1:]
    assert np.all(starts[alike] >= ends[alike] - 1e-3)


def test_heart_rate_rises_after_events_and_more_with_an_arousal(night):
    events = night.events.where(night.events.kind <= CENTRAL)
    rise = heart_rise_bpm(events)
    assert rise.min() > 0
    assert rise[events.arousal].mean() > rise[~events.arousal].mean()


def test_older_rules_never_count_more_than_the_wider_ones_on_the_same_night(night):
    new, old = summarize(night, RULES["child-2012"]), summarize(night, RULES["child-2007"])
    assert np.all(old["oahi"] <= new["oahi"])
    assert old["oahi"].mean() < new["oahi"].mean()


def test_deeper_dips_are_never_more_than_shallow_ones(night):
    report = summarize(night, RULES["oximetry-only"])
    assert np.all(report["odi4"] <= report["odi3"])
    assert "ahi" not in report


def test_the_index_is_the_events_counted_over_sleep(night):
    report = summarize(night, RULES["child-2012"])
    assert np.allclose(report["oahi"], report["oai"] + report["hypopnea_index"])
    assert np.allclose(report["ahi"], report["oahi"] + report["cai"])
    shares = sum(report[f"{stage}_share"] for stage in ("n1", "n2", "n3", "rem"))
    assert np.allclose(shares, 1.0)


def test_without_an_eeg_time_in_bed_stands_for_sleep_and_the_index_is_lower(night):
    asleep, in_bed = summarize(night, RULES["child-2012"]), summarize(night, RULES["home-no-eeg"])
    assert in_bed["oahi"].mean() < asleep["oahi"].mean()


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), 30.0])
def test_a_night_of_impossible_length_is_refused(hours):
    with pytest.raises(InputError, match="hours"):
        simulate(example(2), 1, hours=hours)


def test_a_night_of_nobody_is_refused():
    with pytest.raises(InputError, match="children"):
        simulate(example(2).take([False, False]), 1)


@pytest.mark.parametrize("seed", [-1, 1.5, "one", True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(InputError, match="seed"):
        simulate(example(1), seed, hours=0.5)


def test_one_child_of_a_night_is_a_night_of_its_own(night):
    one = night.child(3)
    assert one.children_n == 1 and set(one.events.child) <= {0}
    with pytest.raises(InputError, match="index"):
        night.child(night.children_n)
