"""Rote rules are named to the mentor when answers really lean on them, and never on one slip."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from flysolo.answers import Book, Event, Header
from flysolo.content import Case, exercises, load_families
from flysolo.draws import seed_for
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.schema.base import parse
from flysolo.schema.rules import RoteRules
from graders.batch import mark as mark_all
from graders.check import inspect
from graders.check.coverage import covered, summary, table
from graders.check.reading import read_content
from graders.cli import app
from graders.collect import collect
from graders.desk_data import utc_now
from graders.desk_views import mentee_view
from graders.given import is_solo
from graders.keys import load_key
from graders.marking import mark_family
from graders.mentor import CHECKOUT
from graders.reply import make_page
from graders.rules import KINDS, held_rules, in_words, tempting
from tests.graders import invented

EX = invented.EXERCISE
TONSILS = {"X01", "X02"}
NEVER_SAID = re.compile(
    r"\b(wrong|incorrect|fail\w*|student|you should have|excellent|well done|score|rank\w*)\b", re.IGNORECASE
)


@lru_cache(maxsize=1)
def catalog() -> RoteRules:
    name = "curriculum/rote_rules.toml"
    return parse(RoteRules, read_toml(content_root() / name, name), name)


# scripted answers to the real cases ----------------------------------------------------------------


@lru_cache(maxsize=2)
def real_bank(solo: bool = False):
    """Every case of a module with its key, by family; ``solo`` adds the bank of solo sets, which is named to nobody."""
    found = {}
    for exercise in exercises(drafts=True):
        if is_solo(exercise) and not solo:
            continue
        for family in load_families(exercise):
            case = Case(family, seed_for("scripted", "somebody", exercise))
            found[family.id] = (case, load_key(exercise, family.id))
    return found


@lru_cache(maxsize=4096)
def sheet(family: str, said: tuple[tuple[str, str], ...]):
    """Marks of one case, by the marking that mentees' answers go through."""
    case, key = real_bank(solo=True)[family]
    events = [
        _event(case, n, do=do, **fields)
        for n, (do, fields) in enumerate(
            ("save", {"question": name, "value": {"choice": choice}}) if name else ("commit", {})
            for name, choice in said
        )
    ]
    header = Header(
        format=1, kind="answers", course="scripted", mentee="somebody", subject=key.exercise, seed=case.seed
    )
    return mark_family(case, key, Book(header, tuple(events)))


def _event(case: Case, n: int, **fields) -> Event:
    place = {"n": n + 1, "at": "2026-01-05T09:00:00Z", "item": case.family.id, "fingerprint": case.family.fingerprint}
    return Event.model_validate(place | fields)


def answered(family: str, answer, rng: random.Random):
    """One case answered by a policy: decision, reason, confidence, twin."""
    case, key = real_bank(solo=True)[family]
    said = []
    for question in case.family.questions:
        if question.kind == "twin":
            said.append(("", ""))
        if question.kind == "confidence" or question.kind in KINDS:
            ids = [option.id for option in case.family.options_of(question)]
            said.append((question.id, answer(question.kind, key.choice.get(question.id), ids, rng)))
    return sheet(family, tuple(said))


def tonsil_anchored(kind, found, ids, rng):
    """Sees tonsils wherever a case lets it, and anything elsewhere."""
    if kind == "confidence":
        return rng.choices(["guess", "discuss", "act"], [0.05, 0.25, 0.7])[0]
    own = [each for each in ids if found.options[each].rule in TONSILS and each != found.supported]
    return own[0] if own and rng.random() < 0.95 else rng.choice(ids)


def mostly_supported(kind, found, ids, rng):
    """Supported nine times in ten, otherwise any other option."""
    if kind == "confidence":
        return rng.choices(["guess", "discuss", "act"], [0.1, 0.3, 0.6])[0]
    return found.supported if rng.random() < 0.9 else rng.choice([each for each in ids if each != found.supported])


def sittings(answer, pool: list[str], size: int, runs: int, seed: int):
    """(families, names of the rules) of each run."""
    rng = random.Random(seed)
    for _ in range(runs):
        families = rng.sample(pool, size)
        marks = [mark for family in families for mark in answered(family, answer, rng)]
        yield families, {held.rule.id for held in held_rules(marks, catalog(), bank=real_bank())}


def offered(families: list[str], rule: str) -> int:
    """In how many of these cases the rule could lead somebody off."""
    found = [real_bank()[family] for family in families]
    kinds = [[q.id for q in case.family.questions if q.kind in KINDS] for case, _ in found]
    return sum(rule in tempting(key, asked) for (_, key), asked in zip(found, kinds, strict=True))


@pytest.mark.parametrize("pool", ["01", ""], ids=["module 1", "all modules"])
def test_an_answerer_anchored_on_tonsils_is_seen_within_six_cases(pool):
    names = [name for name, (_, key) in real_bank().items() if key.exercise.startswith(pool)]
    runs = [
        bool(found & TONSILS)
        for families, found in sittings(tonsil_anchored, names, 6, 300, seed=6)
        if max(offered(families, rule) for rule in TONSILS) >= 2
    ]
    assert len(runs) >= 100
    assert sum(runs) / len(runs) >= 0.90


@pytest.mark.parametrize("size", [6, 16])
def test_a_mostly_supported_answerer_is_hardly_ever_named_a_rule(size):
    runs = [bool(found) for _, found in sittings(mostly_supported, list(real_bank()), size, 200, seed=17)]
    assert sum(runs) / len(runs) <= 0.05


def test_supported_answers_lean_on_no_rule_at_all():
    rng = random.Random(0)
    supported = lambda kind, found, ids, rng: found.supported if found else "act"  # noqa: E731
    marks = [mark for family in real_bank() for mark in answered(family, supported, rng)]
    assert held_rules(marks, catalog(), bank=real_bank()) == []


def test_at_most_three_rules_are_named():
    rng = random.Random(3)

    def by_rule(kind, found, ids, rng):
        if found is None:
            return "act"
        ruled = [each for each in ids if found.options[each].rule and each != found.supported]
        return (ruled or ids)[0]

    marks = [mark for family in real_bank() for mark in answered(family, by_rule, rng)]
    assert len(held_rules(marks, catalog(), limit=99, bank=real_bank())) > 3
    assert len(held_rules(marks, catalog(), bank=real_bank())) == 3


# single answers -------------------------------------------------------------------------------------


def lean(*families: str, sure: str = "act", kinds=KINDS, rule="X02"):
    """Marks of cases in which options with ``rule`` are chosen where there are any, and supported ones elsewhere."""

    def answer(kind, found, ids, rng):
        if kind == "confidence":
            return sure
        own = [each for each in ids if found.options[each].rule == rule and each != found.supported]
        return own[0] if own and kind in kinds else found.supported

    return [mark for family in families for mark in answered(family, answer, random.Random(0))]


def held(marks, bank=None):
    return held_rules(marks, catalog(), bank=real_bank() if bank is None else bank)


def test_one_case_is_no_label_however_sure_it_was():
    assert held(lean("big-tonsils-silent")) == []


def test_a_rule_names_the_cases_where_it_showed_and_those_where_it_broke():
    found = held(lean("big-tonsils-silent", "classic-kissing-tonsils"))[0]
    assert found.rule.id == "X02"
    assert found.families == ("big-tonsils-silent", "classic-kissing-tonsils")
    assert found.broke_in == ("big-tonsils-silent",), "where it led to the same act it did not break"
    assert found.holds_in == ("classic-kissing-tonsils",)


def test_confident_answers_weigh_more_than_guesses():
    cases = ("wide-throat-low-tone", "classic-kissing-tonsils")
    assert [each.rule.id for each in held(lean(*cases, sure="act"))] == ["X02"]
    assert held(lean(*cases, sure="guess")) == []


def test_a_rule_that_was_mostly_resisted_is_not_named():
    leaned = lean("wide-throat-low-tone", "classic-kissing-tonsils")
    resisted = lean("big-tonsils-silent", "cold-weather-snorer", "two-birds", kinds=())
    assert held(leaned) != []
    assert held(leaned + resisted, real_bank(solo=True)) == [], "it led in two of the five cases in which it could have"


def test_a_rule_that_showed_in_a_twin_alone_is_not_called_sure():
    found = held(lean("classic-kissing-tonsils", "small-tonsils-loud-nights", rule="X01"))[0]
    by_family = {each.family: each for each in found.showings}
    assert by_family["classic-kissing-tonsils"].kinds == ("twin",)
    assert not by_family["classic-kissing-tonsils"].sure
    assert by_family["small-tonsils-loud-nights"].sure
    assert "It broke here in the twin of “classic-kissing-tonsils” and “small" in in_words(found, {})


def test_a_case_where_the_rule_leads_to_another_act_is_suggested_first():
    counter = held(lean("breathes-harder", "wide-throat-low-tone", rule="X03"))[0].counter
    assert counter.family == "quiet-before-midnight", "in the silent boy the rule only gives another reason"


def test_answers_that_are_blank_or_to_earlier_words_lean_on_nothing():
    leaned = lean("big-tonsils-silent", "classic-kissing-tonsils")
    for state in ("not answered", "earlier wording", "cannot be marked"):
        assert held([mark.model_copy(update={"state": state}) for mark in leaned]) == []


def test_the_suggested_case_breaks_the_rule_and_was_not_answered():
    leaned = lean("classic-kissing-tonsils", "cold-weather-snorer")
    counter = held(leaned)[0].counter
    assert (counter.kind, counter.family) == ("case", "big-tonsils-silent")


def test_with_every_breaking_case_answered_a_closed_twin_is_suggested_and_then_nothing():
    leaned = lean("big-tonsils-silent", "classic-kissing-tonsils", "cold-weather-snorer")
    assert held(leaned)[0].counter is None
    closed = [mark for mark in leaned if (mark.family, mark.kind) != ("big-tonsils-silent", "twin")]
    counter = held(closed)[0].counter
    assert (counter.kind, counter.family) == ("twin", "big-tonsils-silent")


def test_the_order_in_which_marks_come_changes_nothing():
    leaned = lean("big-tonsils-silent", "classic-kissing-tonsils", "cold-weather-snorer")
    assert [each.rule.id for each in held(leaned)] == [each.rule.id for each in held(leaned[::-1])]


def test_without_the_keys_a_rule_is_named_and_no_case_is_suggested():
    found = held(lean("big-tonsils-silent", "classic-kissing-tonsils"), bank={})[0]
    assert (found.rule.id, found.counter, found.holds_in) == ("X02", None, ())


def test_the_words_speak_of_the_reasoning_and_of_no_person():
    found = held(lean("big-tonsils-silent", "classic-kissing-tonsils"))[0]
    said = in_words(found, {"big-tonsils-silent": "A quiet boy"})
    assert said.startswith(
        "In two cases the answers lean on: “Big tonsils mean sleep apnea.” Why it is tempting: there seems"
    )
    assert "It holds in “classic-kissing-tonsils”. It broke here in “A quiet boy”." in said
    for rule in catalog().rules:
        words = in_words(type(found)(rule, found.showings), {})
        assert not NEVER_SAID.search(words.replace(rule.wording, "")), words


def test_a_rule_without_a_finding_says_so():
    rule = catalog().find("X10")
    found = held(lean("big-tonsils-silent", "classic-kissing-tonsils"))[0]
    assert "No study in the library bears on it yet" in in_words(type(found)(rule, found.showings), {})
    assert "No study in the library" not in in_words(found, {})


# the desk -------------------------------------------------------------------------------------------


@pytest.fixture
def leaning(mentor_course, invented_course, pen, send):
    """Ada thinks of size in both cases of the invented course; her hand-in is collected and marked."""
    source = CHECKOUT / "curriculum" / "rote_rules.toml"
    (invented_course / "curriculum" / "rote_rules.toml").write_bytes(source.read_bytes())
    page = pen("ada").answer_all("loud-child", reason="size").answer_all("quiet-child", reason="size")
    send(page.parcel())
    collect(mentor_course)
    assert not mark_all(mentor_course).faults
    return mentor_course


def test_the_page_of_a_mentee_links_a_held_rule_to_its_cases(leaning):
    found = mentee_view(leaning, "ada", utc_now())["held"]
    assert len(found) == 1
    assert "“Without big tonsils, snoring is not sleep apnea.”" in found[0]["text"]
    assert [place["anchor"] for place in found[0]["places"]] == [f"{EX}--loud-child", f"{EX}--quiet-child"]
    assert {place["kinds"] for place in found[0]["places"]} == {"reason, ready to act on it"}


def test_one_loose_reason_is_no_held_rule_on_the_page(mentor_course, invented_course, pen, send):
    source = CHECKOUT / "curriculum" / "rote_rules.toml"
    (invented_course / "curriculum" / "rote_rules.toml").write_bytes(source.read_bytes())
    send(pen("ada").answer_all("loud-child", reason="size").answer_all("quiet-child").parcel())
    collect(mentor_course)
    mark_all(mentor_course)
    assert mentee_view(mentor_course, "ada", utc_now())["held"] == []


def test_the_page_stands_where_the_catalog_cannot_be_read(leaning, invented_course):
    (invented_course / "curriculum" / "rote_rules.toml").write_text("format = ", encoding="utf-8")
    assert mentee_view(leaning, "ada", utc_now())["held"] == []


def test_the_list_of_held_rules_stays_with_the_mentor(leaning):
    text = make_page(leaning, "ada", EX)
    assert "answers lean on" not in text
    assert "To look at next" not in text


# coverage -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content():
    return read_content(content_root().resolve())


def test_every_rule_of_the_catalog_is_counted(content):
    found = covered(content)
    assert [each.rule.id for each in found] == [f"X{number:02d}" for number in range(1, 55)]
    by_id = {each.rule.id: each for each in found}
    assert "small-tonsils-loud-nights" in by_id["X01"].base
    assert "big-tonsils-silent" in by_id["X02"].twin
    assert by_id["X02"].reasons >= 2


def test_a_case_that_fits_its_rule_does_not_count_as_breaking_it(content):
    by_id = {each.rule.id: each for each in covered(content)}
    assert "classic-kissing-tonsils" not in by_id["X02"].base


def test_a_contested_case_counts_for_no_rule(content):
    exercise, family = "01-why-a-throat-stays-open", "small-tonsils-loud-nights"
    contested = content.keys[exercise][family].model_copy(update={"status": "contested"})
    keys = content.keys | {exercise: content.keys[exercise] | {family: contested}}
    by_id = {each.rule.id: each for each in covered(type(content)(**vars(content) | {"keys": keys}))}
    assert family not in by_id["X01"].base + by_id["X01"].twin


def test_what_is_missing_is_said_and_is_never_a_problem(content):
    report = inspect()
    assert any(each.missing for each in report.coverage)
    assert not any("rote rule" in problem.rule and "two" in problem.rule for problem in report.problems)
    x43 = next(each for each in report.coverage if each.rule.id == "X45")
    assert x43.missing == "2 bases, 2 twins, a finding"


def test_the_table_is_short_by_default_and_whole_when_asked(content):
    found = covered(content)
    none = [each.rule.id for each in found if not each.has_cases]
    short, whole = printed(table(found)), printed(table(found, whole=True))
    assert none, "once every rule has a case this test has done its work"
    assert f"No case yet for {len(none)} of them: {', '.join(none)}" in short
    assert len(re.findall(r"^X\d\d ", short, re.MULTILINE)) == len(found) - len(none)
    assert len(re.findall(r"^X\d\d ", whole, re.MULTILINE)) == len(found)


def printed(what) -> str:
    console = Console(width=400, record=True, file=StringIO())
    console.print(what)
    return console.export_text()


def test_the_summary_counts_each_rule_once(content):
    found = covered(content)
    first, begun, none = summary(found)
    done = int(re.search(r"(\d+) of 54", first)[1])
    assert done + begun.count("X") + int(re.search(r"No case yet: (\d+)", none)[1]) == len(found)


def test_the_command_prints_the_table():
    shown = CliRunner().invoke(app, ["rules"])
    assert shown.exit_code == 0
    assert "Still missing" in shown.output
