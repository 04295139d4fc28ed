"""Signs are noisy readings of one child: as noisy as published, repeatable by seed, and never more than readings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from flysolo.child import screening, signs
from flysolo.child.children import example
from flysolo.child.populations import draw
from flysolo.evidence import load_evidence
from flysolo.problems import InputError

READERS = (signs.read_tonsils, signs.read_palate, signs.read_profile, signs.read_lips)


def intraclass(ratings: np.ndarray) -> float:
    """Two-way random effects, absolute agreement, single rater; children in rows, examiners in columns."""
    n, k = ratings.shape
    rows, columns, middle = ratings.mean(1), ratings.mean(0), ratings.mean()
    between = k * ((rows - middle) ** 2).sum() / (n - 1)
    examiners = n * ((columns - middle) ** 2).sum() / (k - 1)
    rest = ((ratings - rows[:, None] - columns[None] + middle) ** 2).sum() / ((n - 1) * (k - 1))
    return (between - rest) / (between + (k - 1) * rest + k * (examiners - rest) / n)


@pytest.fixture(scope="module")
def clinic():
    """Children whose tonsils are spread as in a referred clinic (grades as in sig-symptomatic-clinic-mix)."""
    rng = np.random.default_rng(11)
    n = 1500
    spread = {name: rng.standard_normal(n) for name in ("palate_z", "jaw_z")}
    tonsil, lips = np.clip(rng.normal(0.54, 0.205, n), 0, 1), rng.beta(1, 2, n)
    return example(n, tonsil=tonsil, mouth_open_share=lips, **spread)


def agreement_of_fours(read, groups: int = 5) -> float:
    ratings = [np.stack([read(4 * g + e) for e in range(4)], 1).astype(float) for g in range(groups)]
    return float(np.mean([intraclass(each) for each in ratings]))


@pytest.mark.parametrize(("scale", "published"), [("brodsky", 0.721), ("friedman", 0.647), ("three-grade", 0.599)])
def test_four_examiners_agree_on_tonsils_as_four_examiners_did(clinic, scale, published):
    found = agreement_of_fours(lambda seed: signs.read_tonsils(clinic, seed, scale=scale))
    assert found == pytest.approx(published, abs=0.06)  # the tolerance stated with the published table


def test_an_examiner_agrees_with_himself_more_than_with_others(clinic):
    own = [
        np.corrcoef(signs.read_tonsils(clinic, seed), signs.read_tonsils(clinic, seed, look=1))[0, 1]
        for seed in range(4)
    ]
    assert np.mean(own) == pytest.approx(0.954, abs=0.02)


def test_clinic_and_endoscopy_agree_as_published(clinic):
    kappas = [
        cohen_kappa_score(signs.read_tonsils(clinic, seed), signs.read_tonsils_by_endoscopy(clinic, 100 + seed))
        for seed in range(6)
    ]
    assert 0.33 <= np.mean(kappas) <= 0.55  # the published interval


def test_examiners_agree_poorly_on_lips_and_moderately_on_form(clinic):
    lips = np.mean([cohen_kappa_score(signs.read_lips(clinic, s), signs.read_lips(clinic, s + 50)) for s in range(5)])
    assert 0.1 < lips < 0.45
    for read in (signs.read_palate, signs.read_profile):
        assert agreement_of_fours(lambda seed, read=read: read(clinic, seed)) == pytest.approx(0.65, abs=0.1)


@pytest.mark.parametrize("read", READERS)
def test_the_same_examiner_look_and_child_give_the_same_note(clinic, read):
    np.testing.assert_array_equal(read(clinic, 3, look=2), read(clinic, 3, look=2))
    assert (read(clinic, 3) != read(clinic, 4)).any()


@pytest.mark.parametrize("read", READERS)
def test_a_child_is_read_alike_whoever_else_is_read_that_day(clinic, read):
    chosen = np.array([7, 3, 900])
    np.testing.assert_array_equal(read(clinic.take(chosen), 5, child_ids=chosen), read(clinic, 5)[chosen])


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 1000), st.sampled_from(sorted(signs.TONSIL_SCALES)))
@settings(max_examples=60, deadline=None)
def test_larger_tonsils_never_get_a_smaller_grade_at_the_same_look(one, other, seed, scale):
    smaller, larger = sorted((one, other))
    low = signs.read_tonsils(example(1, tonsil=smaller), seed, scale=scale)
    high = signs.read_tonsils(example(1, tonsil=larger), seed, scale=scale)
    assert low[0] <= high[0]


def test_grades_stay_on_their_scales(clinic):
    assert set(signs.read_tonsils(clinic, 1)) <= {0, 1, 2, 3, 4}
    assert set(signs.read_tonsils(clinic, 1, scale="friedman")) <= {1, 2, 3, 4}
    assert set(signs.read_tonsils(clinic, 1, scale="three-grade")) <= {1, 2, 3}


def test_a_generous_look_at_one_sign_is_not_generous_at_the_next(clinic):
    flat = example(1500, tonsil=0.5, palate_z=0.0, jaw_z=0.0, mouth_open_share=0.5)
    seen = [read(flat, 8).astype(float) for read in READERS]
    for i in range(len(seen)):
        for j in range(i):
            if seen[i].std() and seen[j].std():
                # 1,500 children: a correlation of chance alone has an SD of 0.026
                assert abs(np.corrcoef(seen[i], seen[j])[0, 1]) < 0.13


def test_a_note_is_written_in_words(clinic):
    first = signs.note(clinic.take([0, 1]), 2)[0]
    assert first["palate"] in signs.PALATE_WORDS and first["lips"] in signs.LIPS_WORDS
    assert first["profile"] in signs.PROFILE_WORDS and first["tonsils"] in range(5)


def test_every_error_of_reading_names_known_findings():
    known = load_evidence().findings
    for errors in (signs.TONSIL, signs.PALATE, signs.PROFILE, signs.LIPS):
        named = [errors.look.basis.finding_id, *errors.look.basis.related]
        assert all(each in known for each in named if each)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: signs.read_tonsils(example(2), -1),
        lambda: signs.read_tonsils(example(2), 1.5),
        lambda: signs.read_tonsils(example(2), 1, scale="mallampati"),
        lambda: signs.read_palate(example(2), 1, child_ids=[1]),
        lambda: signs.read_palate(example(2), 1, child_ids=[1, 2.5]),
        lambda: screening.accuracy([True, False], [True, True]),
        lambda: screening.accuracy([True], [True, False]),
    ],
)
def test_what_cannot_be_read_is_refused_in_four_parts(ask):
    with pytest.raises(InputError) as refused:
        ask()
    problem = refused.value.problems[0]
    assert problem.field and problem.found and problem.rule and problem.next_step


# The questionnaire's result


def test_the_same_form_looks_better_on_clear_cases_than_among_the_referred():
    clear, referred, orthodontic = screening.by_setting(1, 1200)
    # 1,200 children: each share has a standard error of about 2 points
    assert clear["simulated_sensitivity"] > referred["simulated_sensitivity"]
    assert clear["simulated_specificity"] > referred["simulated_specificity"] + 0.1
    assert orthodontic["simulated_positive_share"] < 0.25


def test_the_line_lies_at_a_third_of_the_answers():
    children = draw("referred", 400, 3)
    found = screening.screen(children, 3)
    assert (found.positive == (found.share > screening.LINE_SHARE)).all()
    assert found.positive.any() and not found.positive.all()
    assert ((found.share > 0) & (found.share < 1)).all()


def test_a_worried_family_answers_more_whatever_the_night_holds():
    calm, worried = (example(500, symptom_z=z) for z in (-1.0, 2.0))
    assert (screening.screen(worried, 1).share > screening.screen(calm, 1).share).all()


def test_a_form_cannot_see_who_has_the_disease():
    """Two children alike but for what no family can notice get the same result."""
    one, other = example(300), example(300, baseline_co2_mmhg=55.0, central_per_h=20.0)
    np.testing.assert_array_equal(screening.screen(one, 2).share, screening.screen(other, 2).share)


def test_every_setting_names_a_known_finding():
    assert {setting.finding_id for setting in screening.SETTINGS.values()} <= set(load_evidence().findings)


def test_accuracy_by_hand():
    found = screening.accuracy([True, True, False, True, False, False], [True, True, True, False, False, False])
    assert (found.with_it, found.without_it) == (3, 3)
    assert found.sensitivity == pytest.approx(2 / 3) and found.specificity == pytest.approx(2 / 3)
    assert found.positive_ratio == pytest.approx(2.0)
