"""The needs assessment is private, asks in three tiers, says nothing before its end, and then speaks in words."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import pytest

from flysolo import deliver, needs
from flysolo.answers import NotSaved
from flysolo.content import exercises, load_course, load_families, load_needs
from flysolo.course import make_course
from flysolo.needs_page import NeedsPage
from flysolo.orientation import OrientationPage
from flysolo.places import content_root
from flysolo.schema.needs import TIERS, NeedsCase
from flysolo.server.home import home
from graders.check import evidence, orientation
from graders.check.reading import read_content

UNIT = "00-how-this-works"
NEEDS = load_needs(UNIT)
M1, M5, M12 = (next(c for c in NEEDS.cases if c.module.startswith(n)) for n in ("01", "05", "12"))


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course", mentee="ada")


@pytest.fixture
def page(course):
    made = NeedsPage(OrientationPage(UNIT, course))
    send(made, "save", "prediction", 7)
    return made


@pytest.fixture(scope="module")
def content():
    return read_content(content_root())


def send(page, do, name, value=None):
    assert page.panel.receive({"do": do, "id": name, "value": value})
    return page.panel.view["status"]


def blocks(page, kind):
    return [block for block in page.panel.view["blocks"] if block["type"] == kind]


def wanted(case, tier, held):
    question = getattr(case, tier)
    ids = [option.id for option in question.options if (option.id == question.supported) == held]
    return ids[0]


def answer(page, case, held=True, sure="discuss", decision=None, reason=None):
    """Answer one case in all three tiers, borne out or not."""
    send(page, "open", case.id)
    send(page, "save", "decision", decision or wanted(case, "decision", held))
    send(page, "save", "reason", reason or wanted(case, "reason", held))
    send(page, "save", "confidence", sure)


def outcome(page):
    send(page, "press", "reading")
    return next(block for block in blocks(page, "feedback") if block["id"] == "outcome")


def words(page):
    return re.sub(r"<[^>]+>", " ", outcome(page)["html"])


# asking ---------------------------------------------------------------------------------


def test_it_begins_with_a_prediction_that_locks(course):
    page = NeedsPage(OrientationPage(UNIT, course))
    assert [block["id"] for block in page.panel.view["blocks"]] == ["prediction"]
    for spoiled in (None, "", 3.5, 13, -1, "many"):
        assert "whole number" in send(page, "save", "prediction", spoiled)
    assert "Locked" in send(page, "save", "prediction", 9)
    send(page, "save", "prediction", 2)
    assert needs.predicted(page.page.ledger.read()) == 9


def test_a_case_is_asked_in_three_tiers_one_at_a_time(page):
    for tier in TIERS:
        assert [block["id"] for block in blocks(page, "question")] == [tier]
        send(page, "save", tier, "act" if tier == "confidence" else wanted(M1, tier, True))
    assert next(b for b in blocks(page, "progress"))["now"] == 1


def test_nothing_is_said_about_an_answer_before_the_reading_is_opened(page):
    for case in NEEDS.cases[:5]:
        answer(page, case, held=False, sure="act")
    shown = str(page.panel.view)
    for case in NEEDS.cases:
        for tier in ("decision", "reason"):
            for option in getattr(case, tier).options:
                assert option.words.sees not in shown and option.words.look not in shown


def test_a_case_can_be_left_out_and_taken_up_after_the_reading(page):
    send(page, "press", "leave")
    assert page.current == NEEDS.cases[1].id
    for case in NEEDS.cases[1:]:
        answer(page, case)
    said = words(page)
    assert "Left out for now: module 1." in said
    assert [block["id"] for block in blocks(page, "question")] == ["decision"]
    answer(page, M1)
    again = next(block for block in blocks(page, "feedback") if block["id"] == "outcome")
    assert "Left out" not in again["html"] and "You already hold modules 1," in again["html"]


def test_the_reading_waits_for_one_whole_case(page):
    send(page, "save", "decision", wanted(M1, "decision", True))
    send(page, "press", "reading")
    assert needs.opened(page.page.ledger.read()) is None


def test_answers_can_be_changed_until_the_reading_and_not_after(page):
    answer(page, M1, held=False)
    send(page, "open", M1.id)
    send(page, "revise", "decision")
    assert blocks(page, "question")[0]["value"] == wanted(M1, "decision", False)
    send(page, "save", "decision", wanted(M1, "decision", True))
    send(page, "press", "reading")
    page.current = M1.id
    assert "Your answers from before that stand." in send(page, "save", "decision", wanted(M1, "decision", False))


def test_an_answer_the_case_does_not_have_is_not_saved(page):
    for sent in (None, "", "no-such-choice", ["a"], 3):
        assert "Nothing is chosen yet" in send(page, "save", "decision", sent)
    assert not list(page.page.ledger.read().of(M1.id))


def test_it_opens_where_it_was_left(page, course):
    answer(page, M1)
    send(page, "press", "leave")
    again = NeedsPage(OrientationPage(UNIT, course))
    assert again.current == NEEDS.cases[2].id and blocks(again, "progress")[0]["now"] == 1
    send(again, "save", "decision", wanted(NEEDS.cases[2], "decision", True))
    half = NeedsPage(OrientationPage(UNIT, course))
    assert half.current == NEEDS.cases[2].id and [b["id"] for b in blocks(half, "question")] == ["reason"]


def test_an_answer_to_another_wording_is_kept_and_asked_again(page):
    answer(page, M1)
    reworded = NeedsCase.model_validate(M1.model_dump() | {"story": M1.story + " It is raining."})
    book = page.page.ledger.read()
    assert needs.standing(M1, book).answered and not needs.standing(reworded, book).answered


# what is said ------------------------------------------------------------------------------


def test_confidence_that_a_case_does_not_bear_out_is_where_to_begin(page):
    answer(page, M1)
    answer(page, M5, held=False, sure="act")
    said = words(page)
    assert "You already hold module 1." in said
    assert "You answer module 5 with confidence that the cases do not bear out. Start there." in said
    assert needs.suggested(needs.standings(NEEDS, page.page.ledger.read())) == [M5.module]


@pytest.mark.parametrize(
    ("decided", "reasoned", "sure", "reading"),
    [
        (True, True, "act", "held"),
        (True, True, "discuss", "held"),
        (True, True, "guess", "held-unsure"),
        (True, False, "act", "sure"),
        (True, False, "guess", "other-reason"),
        (False, True, "discuss", "slipped"),
        (False, True, "act", "sure"),
        (False, False, "guess", "new"),
        (False, False, "act", "sure"),
    ],
)
def test_the_three_tiers_together_decide_what_is_said(decided, reasoned, sure, reading):
    found = needs.Standing(M5, wanted(M5, "decision", decided), wanted(M5, "reason", reasoned), sure)
    assert found.reading == reading
    assert needs.Standing(M5, wanted(M5, "decision", True), None, None).reading == "open"


def test_the_outcome_is_words_and_no_count(page):
    for n, case in enumerate(NEEDS.cases):
        answer(page, case, held=n % 2 == 0, sure=("guess", "discuss", "act")[n % 3])
    block = outcome(page)
    said = re.sub(r"<[^>]+>", " ", block["html"]).replace(M12.title, "")  # titles have ages, modules have numbers
    said = re.sub(r"modules? [\d, and]+", "", said, flags=re.I)
    assert not re.search(r"\d", said) and "score" not in said
    assert "You expected 7 of 12." in block["more"][0]["html"], "numbers only for who unfolds them"


def test_a_decision_on_safety_is_named_before_everything_else(page):
    answer(page, M1)
    answer(page, M12, held=False, sure="guess")
    assert words(page).strip().startswith("Before anything else: “Eli, 3: Monday's list” was about a child's safety")


def test_a_module_on_safety_is_walked_through_even_when_it_is_held(page):
    answer(page, M12, sure="act")
    assert "Module 12 bears on safety, so walk through it even where you hold it." in words(page)


@pytest.mark.parametrize("case", NEEDS.cases, ids=lambda case: case.id)
def test_every_option_of_every_case_is_answered_with_why(page, case):
    answer(page, case, held=False)
    send(page, "press", "reading")
    why = next(block for block in blocks(page, "details") if block["id"] == f"{case.id}-why")["html"]
    for tier in ("decision", "reason"):
        assert why.count("Where that breaks:") == len(case.decision.options) + len(case.reason.options)
        chosen = getattr(case, tier).option(wanted(case, tier, False))
        assert f": {chosen.text}</h4>" in why.replace("&quot;", '"')
    assert "fs-evidence" in why


# privacy -------------------------------------------------------------------------------------


def test_nothing_of_it_is_in_a_hand_in(page, course):
    for case in NEEDS.cases:
        answer(page, case, held=False, sure="act")
    send(page, "press", "reading")
    for exercise in exercises():
        family = load_families(exercise)[0]
        course.answers(exercise).append("ask", family.id, value={"text": "Why?"})
        made = deliver.hand_in(course, exercise)
        with zipfile.ZipFile(made.file) as parcel:
            inside = b"".join(parcel.read(name) for name in parcel.namelist())
        assert UNIT.encode() not in inside
        assert not [case.id for case in NEEDS.cases if case.id.encode() in inside]
    with pytest.raises(NotSaved):
        deliver.hand_in(course, UNIT)
    assert not course.answers(UNIT).path.exists()


def test_home_suggests_where_to_begin_once_the_reading_was_opened(page, course):
    answer(page, M1, held=False, sure="act")
    assert home(course).suggestion is None
    send(page, "press", "reading")
    assert home(course).suggestion.module.id == M1.module
    course.practice(M1.module).append("save", "instrument", question="moved", value={"choice": "yes"})
    assert home(course).suggestion is None, "who has begun needs no advice to begin"


def test_a_spoiled_private_file_takes_no_suggestion_and_no_home_page_with_it(page, course):
    answer(page, M1, held=False, sure="act")
    send(page, "press", "reading")
    course.practice(UNIT).path.write_text("spoiled\n", encoding="utf-8")
    assert home(course).suggestion is None


# content --------------------------------------------------------------------------------------


def test_there_is_one_case_for_each_module_from_1_to_12():
    modules = [each.id for each in load_course().modules]
    assert [case.module for case in NEEDS.cases] == modules[1:13]


def test_sentences_are_short():
    for case in NEEDS.cases:
        sentences = [each.split() for each in re.split(r"(?<=[.!?])[”\"]?\s+", case.story)]
        assert max(map(len, sentences)) <= 25 and sum(map(len, sentences)) / len(sentences) <= 12, case.id


def test_no_place_on_the_page_is_the_supported_one_too_often():
    places = [
        [option.id for option in case.ordered(tier)].index(getattr(case, tier).supported)
        for case in NEEDS.cases
        for tier in ("decision", "reason")
    ]
    assert max(places.count(n) for n in range(4)) <= len(places) * 0.4


def changed(content, **fields):
    case = NEEDS.cases[0].model_copy(update=fields)
    return replace(content, needs={UNIT: NEEDS.model_copy(update={"cases": (case, *NEEDS.cases[1:])})})


@pytest.mark.parametrize(
    ("fields", "check", "rule"),
    [
        ({"findings": ("phys-poiseuille",)}, evidence.check, "nothing recalled is shown or keyed as fact"),
        ({"findings": ("no-such-finding",)}, evidence.check, "a claim rests on a finding that exists"),
        ({"id": load_families(exercises()[0])[0].id}, orientation.check, "never scored"),
        ({"module": "99-no-such-module"}, orientation.check, "it names a module"),
        ({"module": "13-how-will-you-know"}, orientation.check, "cases stand in the order of the modules"),
    ],
)
def test_the_check_names_what_does_not_hold(content, fields, check, rule):
    assert not list(check(content))
    assert any(rule in problem.rule for problem in check(changed(content, **fields)))


def test_the_check_finds_a_trick_of_length(content):
    def longer(question):
        options = tuple(
            o.model_copy(update={"text": o.text + " and more" * 20}) if o.id == question.supported else o
            for o in question.options
        )
        return question.model_copy(update={"options": options})

    cases = tuple(c.model_copy(update={t: longer(getattr(c, t)) for t in ("decision", "reason")}) for c in NEEDS.cases)
    spoiled = replace(content, needs={UNIT: NEEDS.model_copy(update={"cases": cases})})
    assert any("longest choice" in problem.found for problem in orientation.check(spoiled))
