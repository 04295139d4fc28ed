"""The first unit: controls that break nothing, a rehearsal that sends nothing, estimates, privacy and safety."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from flysolo import calibration, house
from flysolo.confidence_page import ConfidencePage
from flysolo.content import load_lesson, load_privacy, load_safety
from flysolo.course import make_course
from flysolo.handin import asks
from flysolo.lesson import open_lesson
from flysolo.orientation import OrientationPage
from flysolo.orientation_pages import Close, TryOuts, play
from flysolo.places import content_root
from graders.check import orientation
from graders.check.pages import read_page
from graders.check.reading import read_content
from graders.handout import files

UNIT = "00-how-this-works"
CONTENT = load_lesson(UNIT)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course", mentee="ada")


@pytest.fixture
def unit(course):
    return OrientationPage(UNIT, course)


def send(part, do, name, value=None):
    assert part.panel.receive({"do": do, "id": name, "value": value})
    return part.panel.view["status"]


def blocks(part, kind):
    return [block for block in part.panel.view["blocks"] if block["type"] == kind]


def estimate_all(part, held, sure):
    """Answer every estimate; ``held`` and ``sure`` say how, by number."""
    for n, each in enumerate(CONTENT.estimates):
        other = next(option.id for option in each.options if option.id != each.supported)
        value = {"choice": each.supported if held(n) else other, "confidence": sure(n)}
        send(part, "save", each.id, value)


def test_the_first_unit_opens_like_a_lesson_and_outside_a_course_keeps_nothing(tmp_path):
    unit = open_lesson(UNIT, tmp_path)
    for part in ("tour", "play", "rehearse", "who_sees", "safety", "confidence", "needs", "summary"):
        assert getattr(unit, part)() is not None
    send(TryOuts(unit, "tour"), "save", "choose-and-save", "walk")
    assert list(tmp_path.iterdir()) == []


def test_it_opens_without_the_chart_library():
    """A unit that is read first opens soonest: nothing in it draws with bqplot."""
    code = (
        "import sys; from flysolo.lesson import open_lesson; unit = open_lesson('00-how-this-works');"
        "[getattr(unit, part)() for part in ('tour', 'play', 'needs', 'confidence')];"
        "sys.exit('bqplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=content_root()).returncode == 0


# controls ------------------------------------------------------------------------------


def test_save_says_what_it_did_and_the_choice_can_be_changed(unit):
    part = TryOuts(unit, "tour")
    assert re.match(r"Saved at \d\d:\d\d", send(part, "save", "choose-and-save", "walk"))
    assert blocks(part, "answered")[0]["text"] == "A long walk"
    assert "a file on this computer" in blocks(part, "feedback")[0]["html"]
    send(part, "revise", "choose-and-save")
    send(part, "save", "choose-and-save", "book")
    assert blocks(part, "answered")[0]["text"] == "A book and a chair"


def test_what_does_not_fit_is_said_kindly_and_not_kept(unit):
    part = TryOuts(unit, "tour")
    send(part, "save", "choose-and-save", "walk")
    assert "from 0 to 100 fits here" in send(part, "save", "a-number", 900)
    assert "Anything will do here" in send(part, "save", "a-few-words", "   ")
    assert not list(unit.ledger.read().of("a-number"))


def test_everything_can_be_put_back(unit):
    part = TryOuts(unit, "tour")
    send(part, "hint", "choose-and-save")
    for name, value in (("choose-and-save", "walk"), ("a-number", 70), ("a-few-words", "one two three")):
        send(part, "save", name, value)
    assert len(blocks(part, "answered")) == 3
    send(part, "press", "afresh")
    assert not blocks(part, "answered") and blocks(part, "hints")[0]["shown"] == []
    rehearsal = TryOuts(unit, "rehearsal")
    send(rehearsal, "save", "ask", "Why?")
    send(part, "press", "afresh")
    rehearsal.show("")
    assert blocks(rehearsal, "answered"), "each part is put back by itself"


def test_dials_move_one_sentence_and_save_nothing(unit):
    shown = play(CONTENT.play)
    dials, sentence = shown.children[0], shown.children[1]
    before = sentence.value
    dials.values = dials.values | {"cups": 4.0}
    assert "4 cups" in sentence.value and sentence.value != before
    dials.reset()
    assert sentence.value == before
    assert not unit.ledger.read().events


def test_the_rehearsal_sends_nothing(unit, course):
    part = TryOuts(unit, "rehearsal")
    send(part, "save", "ask", "Which hour?")
    send(part, "press", "hand-in")
    send(part, "press", "read-a-reply")
    assert len(blocks(part, "feedback")) == 3
    assert not asks(course.answers(UNIT).read()) and not course.answers(UNIT).path.exists()
    assert not list(course.folder.glob("hand-ins/*"))


def test_it_opens_where_it_was_left(unit, course):
    send(TryOuts(unit, "tour"), "save", "choose-and-save", "sleep")
    again = OrientationPage(UNIT, course)
    assert blocks(TryOuts(again, "tour"), "answered")[0]["text"].startswith("A nap")


# how sure ---------------------------------------------------------------------------------


def test_nothing_is_said_before_the_eighth_estimate(unit):
    part = ConfidencePage(unit)
    for each in CONTENT.estimates[:-1]:
        send(part, "save", each.id, {"choice": each.supported, "confidence": "act"})
        assert each.because not in str(part.panel.view) and not blocks(part, "feedback")
    send(part, "save", CONTENT.estimates[-1].id, {"choice": CONTENT.estimates[-1].supported, "confidence": "act"})
    shown = str(part.panel.view)
    assert all(each.because in shown for each in CONTENT.estimates)


def test_an_estimate_needs_its_confidence(unit):
    part = ConfidencePage(unit)
    first = CONTENT.estimates[0]
    assert "how sure you are" in send(part, "save", first.id, {"choice": first.supported, "confidence": None})
    assert not list(unit.ledger.read().of(first.id))


def test_the_picture_has_a_text_twin_with_the_same_numbers(unit):
    part = ConfidencePage(unit)
    estimate_all(part, held=lambda n: n < 3, sure=lambda n: "act" if n < 4 else "guess")
    rows = blocks(part, "table")[0]["rows"]
    assert [row[1] for row in rows] == ["0 of 4", "not used", "3 of 4"]
    picture = next(block for block in blocks(part, "html") if block["id"] == "chart")["html"]
    assert 'role="img"' in picture and "aria-label=" in picture and "<figcaption>" in picture
    said = blocks(part, "feedback")[0]["html"]
    assert "the studies bear out 3 of 4" in said and "you did not use it this time" in said


def test_the_eight_can_be_done_again_and_the_first_round_is_kept(unit):
    part = ConfidencePage(unit)
    estimate_all(part, held=lambda n: True, sure=lambda n: "act")
    send(part, "press", "again")
    assert blocks(part, "progress")[0]["now"] == 0
    assert len([e for e in unit.ledger.read().events if e.do == "save"]) == 8


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (calibration.Step("act", 9, 10), "That fits."),
        (calibration.Step("act", 5, 10), "The word says more here than these answers carry."),
        (calibration.Step("guess", 9, 10), "You know more here than the word says."),
        (calibration.Step("discuss", 0, 2), "Two answers say nothing yet."),
        (calibration.Step("act", 0, 0), "you did not use it this time"),
    ],
)
def test_a_step_is_read_in_words_and_a_few_answers_are_called_few(step, words):
    assert words in calibration.step_sentence(step)


def test_neither_always_more_nor_always_less_is_borne_out():
    """The two answers stand in order of size, so a habit of choosing one of them earns a half."""
    firsts = [each.options[0].id == each.supported for each in CONTENT.estimates]
    assert firsts.count(True) == len(firsts) / 2


# privacy and safety --------------------------------------------------------------------------


def test_the_exception_is_said_before_everything_that_is_private():
    page = house.privacy_html()
    assert page.index("a child's safety") < min(page.index(words) for words in house.WHO.values())
    assert [page.count(words) for words in house.WHO.values()][1:] == [1, 1]
    assert any("needs assessment" in row.what for row in load_privacy().rows if row.who == "nobody")


def test_the_fastest_safety_lines_stand_first_and_name_the_emergency_number():
    page = house.safety_html()
    places = [page.index(words) for words in house.SPEED.values()]
    assert places == sorted(places) and page.index("The emergency number") < places[1]


def test_every_rule_the_course_made_itself_is_listed_for_clinical_review():
    listed = (content_root() / "curriculum" / "CLINICAL_REVIEW.md").read_text(encoding="utf-8")
    ours = [row.id for row in load_safety().rows if row.course_rule]
    assert ours and [each for each in ours if f"`{each}`" not in listed] == []
    assert house.safety_html().count(house.AWAITS) == len(ours)


def test_a_mentee_gets_every_file_that_the_unit_needs():
    shipped = {path.as_posix() for path in files()}
    names = ("lesson.toml", "needs.toml", "lesson.ipynb")
    wanted = {f"curriculum/{UNIT}/{each}" for each in names} | {"curriculum/privacy.toml", "curriculum/safety.toml"}
    assert wanted <= shipped


# shape and close -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content():
    return read_content(content_root())


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("## When to phone somebody today", "### When to phone somebody today", "no such section"),
        ("lesson.safety()", "1 + 1", "no lesson.safety(...)"),
        ("lesson.needs()", "lesson.instrument()", "lesson.instrument(...)"),
        ("## Play first", "## Where do you stand?", "2 such sections"),
    ],
)
def test_the_shape_of_the_unit_is_checked(content, before, after, found):
    assert not list(orientation.check(content))
    name = f"curriculum/{UNIT}/lesson.md"
    text = content.texts[name]
    assert text.count(before) == 1
    spoiled = replace(content, pages=content.pages | {UNIT: read_page(text.replace(before, after), name)})
    assert any(found in problem.found for problem in orientation.check(spoiled))


def test_privacy_and_safety_stand_before_anything_that_looks_into_a_person():
    order = list(orientation.SECTIONS)
    for early in ("What your mentor sees", "When to phone somebody today"):
        assert order.index(early) < min(order.index("How sure are you?"), order.index("Where do you stand?"))


def test_finishing_asks_for_no_recall(unit):
    part = Close(unit)
    assert "days" not in send(part, "press", "finished") and not blocks(part, "button")
    assert CONTENT.recall == ()
