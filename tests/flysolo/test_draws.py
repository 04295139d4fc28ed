"""Each mentee meets the same child in other numbers, and both sides derive the same ones."""

from __future__ import annotations

import pytest

from flysolo import draws
from flysolo.content import Case
from flysolo.problems import ContentError
from flysolo.schema.base import parse
from flysolo.schema.family import Family
from tests import samples

FAMILY = parse(Family, samples.family(), "sample.toml")


def test_the_same_names_give_the_same_numbers():
    seed = draws.seed_for("course", "ada", "one")
    assert seed == draws.seed_for("course", "ada", "one") and len(seed) == 16
    assert draws.values(FAMILY, seed) == draws.values(FAMILY, seed)


def test_every_combination_of_numbers_turns_up_among_many_mentees():
    drawn = {tuple(draws.values(FAMILY, draws.seed_for("c", f"m{n}", "one")).values()) for n in range(600)}
    assert len(drawn) == 3 * 4 * 4, "every combination of three names, four ages and four counts should turn up"


def test_another_draw_in_the_story_moves_no_number_that_was_there():
    more = samples.family(draws=samples.family()["draws"] | {"weight": {"low": 18, "high": 30, "step": 0.5}})
    before, after = draws.values(FAMILY, "s"), draws.values(parse(Family, more, "x"), "s")
    assert {key: after[key] for key in before} == before


def test_drawn_numbers_print_without_tails():
    data = samples.family(draws=samples.family()["draws"] | {"index": {"low": 0.1, "high": 0.9, "step": 0.1}})
    family = parse(Family, data, "x")
    assert {len(draws.values(family, str(n))["index"]) for n in range(100)} == {3}


def test_options_stand_in_another_order_for_another_mentee_and_the_twin_keeps_the_bases_order():
    orders = {tuple(key for key, _ in Case(FAMILY, str(n)).options(FAMILY.question("decision"))) for n in range(40)}
    assert len(orders) > 20
    case = Case(FAMILY, "s")
    assert case.options(FAMILY.question("twin")) == case.options(FAMILY.question("decision"))


def test_scales_keep_their_order():
    for n in range(10):
        options = Case(FAMILY, str(n)).options(FAMILY.question("confidence"))
        assert [key for key, _ in options] == ["guess", "discuss", "act"]


def test_the_twin_differs_in_one_row():
    case = Case(FAMILY, "s")
    pairs = zip(case.findings(), case.findings(twin=True), strict=True)
    assert sum(base != twin for base, twin in pairs) == 1


def test_any_change_of_wording_changes_the_fingerprint():
    assert parse(Family, samples.family(title="Another title"), "x").fingerprint != FAMILY.fingerprint
    assert parse(Family, samples.family(), "x").fingerprint == FAMILY.fingerprint


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"supported": "watch"}, "supported", "nobody declared"),
        ({"titel": "x"}, "titel", "Did you mean “title”?"),
        ({"format": 2}, "format", "Input should be 1"),
        ({"draws": {}}, "draws", "at least 1"),
        ({"draws": {"age": {"low": 9, "high": 5}}}, "draws.age", "low < high"),
        ({"twin": {"change": "x", "altered": {"label": "Ears", "text": "x"}}}, "", "no row is called “Ears”"),
        ({"story": ""}, "story", "at least 1"),
        ({"questions": samples.family()["questions"][1:]}, "", "exactly one key_features"),
    ],
)
def test_a_spoiled_family_is_named_with_field_rule_and_next_step(change, field, says):
    with pytest.raises(ContentError) as said:
        parse(Family, samples.family(**change), "family.toml")
    problem = next(p for p in said.value.problems if says in str(p))
    assert problem.file == "family.toml" and problem.field.startswith(field) and problem.next_step


def test_every_problem_of_a_file_is_reported_at_once():
    with pytest.raises(ContentError) as said:
        parse(Family, samples.family(title="", story="", surprise=1), "family.toml")
    assert {problem.field for problem in said.value.problems} >= {"title", "story", "surprise"}
