"""Trials: who is let in, what goes by itself, and treatments that do nothing against control."""

from __future__ import annotations

import numpy as np
import pytest

from flysolo.child import ages, airway, populations, treatment
from flysolo.child.children import example
from flysolo.child.treatment import TREATMENTS, natural_course
from flysolo.child.trials import difference, run_trial
from flysolo.problems import InputError

N = 250


@pytest.fixture(scope="module")
def chat():
    return run_trial("chat", {"surgery": "adenotonsillectomy", "waiting": "waiting"}, N, 1, years=0.6)


@pytest.fixture(scope="module")
def clinic():
    return populations.draw("referred", 400, 2)


def test_everyone_in_a_trial_met_its_entry_criteria_on_the_baseline_night(chat):
    for arm in chat.values():
        report = arm.before
        assert np.all((report["oahi"] >= 2) | (report["oai"] >= 1))
        assert np.all((report["oahi"] <= 30) & (report["oai"] <= 20))
        assert np.all((arm.children.age_years >= 5) & (arm.children.age_years < 10))


@pytest.mark.parametrize(("name", "low", "high"), [("pats", 0.0, 3.0), ("kate", 2.0, 10.0)])
def test_other_trials_take_their_own_range(name, low, high):
    sample = populations.draw_with_baseline(name, 40, 3)
    assert np.all((sample.baseline["oahi"] >= low) & (sample.baseline["oahi"] < high))


def test_an_untreated_arm_gets_better_by_itself(chat):
    """Entry by one night is enough for it; no improvement is written anywhere."""
    improved = (chat["waiting"].change() < 0).mean()
    # 0.5 by chance, give or take 0.03 among 250 children
    assert improved > 0.6


def test_regression_to_the_mean_needs_no_time():
    arm = run_trial("chat", {"waiting": "waiting"}, N, 2, years=0.0)["waiting"]
    assert np.median(arm.change()) < 0
    assert (arm.change() < 0).mean() > 0.55


def test_surgery_does_more_than_waiting(chat):
    middle, low, high = difference(chat, "surgery", "waiting")
    assert low < middle < high < 0


@pytest.mark.parametrize("name", ["expansion", "nasal steroid", "nasal saline", "sham"])
def test_what_trials_found_to_do_nothing_does_next_to_nothing_in_the_same_night(clinic, name):
    """Expected events, so that no chance is left: less than 0.6 /h, and little beside what surgery does."""
    before = airway.expected_events_per_h(clinic)
    gain = (before - airway.expected_events_per_h(TREATMENTS[name](clinic, 1))).mean()
    surgery = (before - airway.expected_events_per_h(TREATMENTS["adenotonsillectomy"](clinic, 1))).mean()
    assert abs(gain) < 0.6
    assert abs(gain) < 0.15 * surgery


@pytest.mark.parametrize("name", ["adenotonsillectomy", "mandibular advancement", "myofunctional therapy", "cpap"])
def test_what_helps_lowers_the_expected_events(clinic, name):
    ill = clinic.take(airway.expected_events_per_h(clinic) > 3)
    after = TREATMENTS[name](ill, 1)
    if name == "cpap":
        assert np.all(after.cpap_cmh2o >= 4) and 0.1 < after.cpap_share.mean() < 0.7
    else:
        assert airway.expected_events_per_h(after).mean() < airway.expected_events_per_h(ill).mean()


def test_a_mask_helps_only_while_it_is_worn():
    ill = example(200, throat_cmh2o=2.0)
    from flysolo.child.cluster import reports

    by_hours = [reports(treatment.cpap(ill, 1, hours_a_night=h), 1)["oahi"].mean() for h in (0, 4, 8)]
    assert by_hours[0] > by_hours[1] > by_hours[2]


def test_each_treatment_leaves_every_child_possible(clinic):
    for change in TREATMENTS.values():
        assert len(change(clinic, 3)) == len(clinic)
    assert len(treatment.weight_change(clinic, 3, percent=-20)) == len(clinic)


def test_tonsils_that_were_taken_out_stay_out_and_adenoids_may_grow_again():
    operated = treatment.adenotonsillectomy(example(300, age_years=4.0), 1)
    later = natural_course(operated, 1, 3.0)
    assert np.array_equal(later.tonsil, operated.tonsil)
    assert later.adenoid_ratio.mean() > operated.adenoid_ratio.mean()


def test_operated_throats_get_worse_again_and_in_some_more_than_in_others():
    """The only difference between the two groups is that the second has no tonsils to begin with."""
    born, operated = (natural_course(example(400, tonsil=share, age_years=8.0), 1, 3.0) for share in (0.2, 0.0))
    back = operated.throat_cmh2o - born.throat_cmh2o
    assert back.mean() > 2 and back.std() > 1 and back.min() > 0


def test_a_grown_throat_keeps_what_it_is_longer_than_a_child_s():
    child, adult = ages.throat_kept([6.0, 45.0], 8.0)
    assert child < 0.5 < adult
    split = ages.throat_kept(12.0, 5.0) * ages.throat_kept(17.0, 5.0)
    assert split == pytest.approx(ages.throat_kept(12.0, 10.0))


def test_a_trial_is_the_same_from_its_seed():
    arms = {"waiting": "waiting"}
    one, two = (run_trial("referred", arms, 60, 8, years=0.5)["waiting"] for _ in range(2))
    assert np.array_equal(one.after["oahi"], two.after["oahi"])


@pytest.mark.parametrize(
    ("arms", "n", "match"),
    [({}, 10, "arms"), ({"a": "tonsilectomy"}, 10, "treatment"), ({"a": "waiting"}, 0, "n_per_arm")],
)
def test_a_trial_that_cannot_be_run_is_refused(arms, n, match):
    with pytest.raises(InputError, match=match) as error:
        run_trial("referred", arms, n, 1)
    assert error.value.problems[0].next_step


def test_time_does_not_run_backwards():
    with pytest.raises(InputError, match="years"):
        natural_course(example(2), 1, -1.0)


def test_entry_criteria_that_nobody_meets_are_said_so():
    nobody = populations.narrowed("community", gate=lambda children, seed: children.age_years < 0)
    with pytest.raises(InputError, match="pass its gates"):
        populations.draw(nobody, 5, 1)
