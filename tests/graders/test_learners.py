"""Scripted learners: what the marking must say of each, and that their fast marking is the real one."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from flysolo.answers import dump, read_book
from flysolo.content import Case
from flysolo.files import read_toml
from flysolo.handin import pack
from flysolo.places import content_root
from flysolo.schema.base import parse
from flysolo.schema.rules import RoteRules
from graders.collect import collect
from graders.learners import invented, probe, report, run_learners, sheets
from graders.learners import run as running
from graders.learners.accept_runs import ORDER, trace
from graders.learners.acceptance import acceptance, odd_learners
from graders.learners.bank import as_world, templates
from graders.learners.cast import ADVERSARIES, CAST, EXTRAS, learner
from graders.learners.constants import best, line
from graders.learners.items import cohort, is_suspect
from graders.learners.policies import pick_features
from graders.learners.run import generator, row, simulate, sit
from graders.learners.scoring import carried_rules, leanings, named
from graders.learners.special import wrecked
from graders.learners.world import FEATURES, LIMIT, generate
from graders.readiness.criteria import SoloCriteria, SoloFigures, figures_of
from graders.rules import held_rules
from graders.submission import read_submission
from graders.summary import Summary

SEED = 11
EVERYONE = (*CAST, *ADVERSARIES, *EXTRAS)


@pytest.fixture(scope="module")
def simulation():
    return simulate(400, SEED)


@pytest.fixture(scope="module")
def odd(simulation):
    return {verdict.id: verdict for verdict in odd_learners(simulation)}


@pytest.fixture(scope="module")
def tests(simulation, odd):
    return {verdict.id: verdict for verdict in acceptance(simulation, list(odd.values()))}


def real_and_fast(bank, world, each, run):
    """Figures and named rules of one run, by the real marking and by the arrays."""
    sat = sit(each, world, SEED, 50, EVERYONE.index(each))
    marks = sheets.marks(bank, sheets.books(bank, sat.answers, run, f"{each.id.lower()}-{run}"))
    keyed = {template.family.id: (Case(template.family, "any"), template.key) for template in bank}
    real_names = {held.rule.id for held in held_rules(marks, every_rule(), bank=keyed)}
    order = in_order_of_answers(bank, marks)
    names = named(leanings(world, sat.answers)[:, order], carried_rules(world)[:, order])[run]
    fast = (tuple(float(each[run]) for each in sat.scores.figures), {f"X{rule:02d}" for rule in np.flatnonzero(names)})
    summary = sheets.summary(bank, marks)
    return (tuple(float(each) for each in figures_of(summary)), real_names), fast


def every_rule():
    """Rules X01 to X99, since invented families embody some that the catalog does not hold."""
    pattern = parse(RoteRules, read_toml(content_root() / "curriculum/rote_rules.toml", "rules"), "rules").rules[0]
    return RoteRules.model_construct(rules=tuple(pattern.model_copy(update={"id": f"X{n:02d}"}) for n in range(1, 100)))


def in_order_of_answers(bank, marks):
    """Columns of the bank in the order in which the cases were answered, as held rules read them."""
    first = {mark.family: mark.event for mark in reversed(marks) if mark.state == "answered"}
    return sorted(range(len(bank)), key=lambda column: first[bank[column].family.id])


# ---- the fast marking is the real marking ----


@pytest.mark.parametrize("each", EVERYONE, ids=lambda each: each.id)
def test_fast_marks_equal_real_marks_on_generated_families(each):
    world = generate(1, 24, generator(SEED, EVERYONE.index(each)))
    real, fast = real_and_fast(invented.templates(world, 0), world, each, 0)
    assert fast == real


@pytest.mark.parametrize("each", (*CAST, *ADVERSARIES), ids=lambda each: each.id)
def test_fast_marks_equal_real_marks_on_the_real_bank(each):
    # every learner another part of the bank, so that together they sit it several times over
    bank = templates()[EVERYONE.index(each) % 4 :: 4]
    world = as_world(bank, 2, generator(SEED, 1))
    for run in range(2):
        real, fast = real_and_fast(bank, world, each, run)
        assert fast == real


def test_a_broken_fast_marking_would_be_noticed(monkeypatch):
    monkeypatch.setattr("graders.learners.scoring.STEPS", np.array([0.45, 0.70, 0.80]))
    world = generate(1, 24, generator(SEED))
    real, fast = real_and_fast(invented.templates(world, 0), world, learner("L13"), 0)
    assert fast != real


def test_answers_of_a_scripted_learner_are_a_ledger_like_any_other(simulation):
    for exercise, book in sheets.books(simulation.bank, simulation.real["L16"].answers, 0, "l16").items():
        assert read_book(dump(book.header, book.events), "answers.jsonl") == book
        assert book.header.subject == exercise
        assert [event.n for event in book.events] == list(range(1, len(book.events) + 1))


# ---- the generated world ----


def test_each_run_of_the_generated_bank_is_half_typical_and_crosses_its_twins():
    world = generate(50, 24, generator(SEED))
    assert (world.typical.sum(axis=1) == 12).all()
    for flips in (True, False):
        for eye in (True, False):
            assert (((world.flips == flips) & (world.eye == eye)).sum(axis=1) == 6).all()
    assert ((world.twin != world.decision) == world.flips).all()
    for direction in range(3):
        assert ((world.news == direction).sum(axis=1) == 8).all()


def test_a_cue_follows_the_cause_in_typical_families_and_nowhere_else():
    world = generate(50, 24, generator(SEED))
    assert ((world.leads["textbook"] == world.decision) == world.typical).all()


def test_features_are_picked_once_each_and_no_more_than_allowed():
    world = generate(40, 24, generator(SEED))
    picks = pick_features(generator(SEED, 1), world, 0.5)
    assert ((picks >= 0).sum(axis=-1) == LIMIT).all()
    assert all(len(set(row[:LIMIT])) == LIMIT for row in picks.reshape(-1, FEATURES))


# ---- what the marking must say ----


def test_mean_reasoning_falls_from_experts_to_guessers(simulation):
    means = {each.id: simulation.sat[each.id].scores.reasoning_index.mean() for each in CAST}
    for high, low in pairwise(ORDER):
        assert min(means[each] for each in high) > max(means[each] for each in low)


def test_plain_answers_alone_would_not_have_told_them_apart(simulation):
    figures = simulation.sat["L4"].scores
    assert (figures.decision_index >= simulation.criteria.decision).mean() > 0.5
    assert simulation.criteria.meets(figures.figures).mean() <= 0.01


def test_rule_users_never_meet_the_solo_lines(simulation):
    for each in ("L1", "L2", "L3", "L5", "L6", "L7", "L8", "L9"):
        assert simulation.criteria.meets(simulation.sat[each].scores.figures).mean() <= 0.005


def test_the_under_confident_expert_is_never_held_back_for_confidence(simulation):
    parts = simulation.criteria.parts(simulation.sat["L14"].scores.figures)
    assert parts["gap"].all() and parts["confident_not_supported"].all()


def test_over_confidence_alone_holds_the_developing_learner_back(simulation):
    parts = simulation.criteria.parts(simulation.sat["L13"].scores.figures)
    without = simulation.criteria.parts(simulation.sat["L11"].scores.figures)
    assert parts["gap"].mean() < 0.5 < without["gap"].mean()


@pytest.mark.parametrize("each", ["L23a", "L23b", "L24"])
def test_one_habit_for_every_twin_earns_at_most_half(odd, each):
    assert odd[each].status == "pass"


def test_no_constant_answer_of_the_real_bank_beats_chance_by_more_than_the_margin(simulation):
    found = {name: value for name, value in best(simulation).items() if name.startswith("real")}
    kinds = ("decision", "reason", "twin", "key features")
    assert all(value <= line(name) for name, value in found.items() if name.split(": ")[1] in kinds)


def test_ticking_everything_of_a_study_is_reported_and_not_passed_over(tests, simulation):
    value = best(simulation)["generated: evidence"]
    assert value <= line("generated: evidence") or tests["5"].status == "falls short"


@pytest.mark.parametrize("number", ["1", "2", "4", "8", "9", "10", "12", "14", "15"])
def test_acceptance(tests, number):
    assert tests[number].status == "pass", tests[number].figure


def test_the_tonsil_anchored_have_their_rule_named_and_experts_hardly_ever_one(tests):
    share = tests["6"].details["share"]
    assert share["generated L5"] >= 0.90
    assert share["generated L17"] <= 0.05 and share["real L17"] <= 0.05
    assert share["real L5"] >= 0.90 or tests["6"].status != "pass"


def test_a_bank_that_is_too_small_is_said_to_be(tests):
    from flysolo.files import read_toml
    from flysolo.places import content_root

    rules = read_toml(content_root() / "curriculum" / "rote_rules.toml", "rote_rules.toml")["rules"]
    short = tests["13"].details["short_base_twin"]
    assert set(short) <= {rule["id"] for rule in rules}
    assert tests["13"].status != "pass" or not short
    if tests["13"].status == "needs more families":
        assert re.search(r"needs about \d+ more families", tests["13"].figure)


@pytest.mark.parametrize("each", ["L19", "L21", "L22", "L25", "L26", "L27", "L28", "L29", "L30", "L31", "L32", "L33"])
def test_what_must_happen_to_the_odd_ones_happens(odd, each):
    assert odd[each].status == "pass", odd[each].figure


def test_a_written_reason_full_of_key_words_earns_nothing_by_machine(odd):
    assert odd["L18"].figure.startswith("credit in 0 of") or odd["L18"].status == "needs more families"


def test_a_cell_breakers_hand_in_is_collected_and_loses_no_credit(mentor_course, pen, send):
    whole = pen(mentee="ada").answer_all("loud-child").answer_all("quiet-child")
    wreck = read_book(wrecked(whole.book()), "answers.jsonl")
    assert wreck.damaged
    families = {name: case.family.fingerprint for name, case in whole.cases.items()}
    send(pack(wreck, families, "hand-in"))
    taken = collect(mentor_course).taken[0]
    folder = mentor_course.submitted(taken.mentee, taken.exercise)
    (folder / "cases.ipynb").write_text('{"cells": [', encoding="utf-8")
    found = {
        mark.question: mark.score for mark in read_submission(mentor_course, "ada", taken.exercise, folder).marks()
    }
    assert found["decision"] == found["reason"] == found["twin"] == 1.0


# ---- settings, items, tracing ----


def test_doubting_oneself_never_misses_a_line():
    calm = SoloFigures(0.9, 0.9, 0.9, -0.9, 0, 0)
    assert SoloCriteria().meets(calm)
    assert not SoloCriteria().meets(calm._replace(gap=0.16))
    assert not SoloCriteria().meets(calm._replace(safety_misses=2))


def test_figures_wait_until_every_part_has_an_answer():
    assert figures_of(Summary()) is None


def test_the_key_swap_alarm_is_quiet_on_a_key_that_the_better_half_takes():
    rest = np.linspace(0, 1, 60)
    chosen = (rest < 0.5).astype(int)
    assert not is_suspect(chosen, rest, keyed=0, options=5)
    assert is_suspect(chosen, rest, keyed=1, options=5)


def test_a_cohort_sits_one_bank():
    sitting = cohort(8, 34, generator(SEED))
    assert sitting.reasoning.shape == (34, 8)
    assert sitting.taken("decision").shape == (34, 8)


def test_tracing_alone_would_have_let_the_memorizer_through(tests):
    assert tests["15"].details["traced"]["L3"]["answers"] > 0.5
    assert trace(np.ones((1, 12), bool))[0] > 0.95 > trace(np.zeros((1, 12), bool))[0]


# ---- the command ----


@pytest.fixture
def small(monkeypatch):
    bank = templates()[::5]
    monkeypatch.setattr(running, "REAL_SHEETS", 8)
    monkeypatch.setattr(running, "templates", lambda: bank)
    monkeypatch.setattr("graders.learners.accept_runs.COHORTS", 2)
    monkeypatch.setattr("graders.learners.accept_runs.SWAP_BANKS", 1)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small):
    one, two = (report.as_json(report.measure(simulate(12, 3))) for _ in range(2))
    assert one == two
    assert report.as_json(report.measure(simulate(12, 4))) != one


def test_the_command_prints_the_table_and_keeps_everything(small, tmp_path, capsys):
    path = tmp_path / "learners.json"
    assert run_learners(12, 3, path) == 0
    printed = capsys.readouterr().out
    found = json.loads(path.read_text(encoding="utf-8"))
    assert [each["id"] for each in found["learners"]] == [f"L{number}" for number in range(1, 18)]
    assert [each["id"] for each in found["acceptance"]] == [str(number) for number in range(1, 16)]
    assert {"seed", "runs", "solo_criteria", "must_happen", "real_bank"} <= set(found)
    assert {each["status"] for each in found["acceptance"]} <= {"pass", "falls short", "needs more families"}
    words = " ".join(printed.split())
    assert "memorizer" in words and "seed 3" in words and "falls short" in words


def test_a_row_holds_what_the_table_asks_for(simulation):
    values = row(simulation, simulation.sat["L3"]).values
    assert {"typ", "all", "d", "r", "pair", "gap", "miss"} <= set(values)
    assert values["typ"][0] == pytest.approx(0.98, abs=0.02)
    assert values["all"][0] == pytest.approx(0.56, abs=0.02)
    assert values["r"][0] == pytest.approx(0.30, abs=0.02)


def test_a_single_answer_is_marked_by_itself(simulation):
    template = simulation.bank[0]
    mark = probe.one_mark(template, "decision", {"choice": template.choice("decision").supported})
    assert mark.score == 1.0
