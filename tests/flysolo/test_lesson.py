"""A lesson locks predictions before anything moves, answers every choice with words, and keeps it all private."""

from __future__ import annotations

import pytest

from flysolo import handin
from flysolo.course import make_course
from flysolo.lesson import LessonPage, open_lesson
from flysolo.lesson_pages import ContrastPage, PracticePage, Predictions, Reflect, Reveal, Summary, instrument

MODULE = "01-why-a-throat-stays-open"


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course", mentee="ada")


@pytest.fixture
def page(course):
    return LessonPage(MODULE, course)


def blocks(part, kind):
    return [block for block in part.panel.view["blocks"] if block["type"] == kind]


def predict(part, choice=0):
    for prediction in part.page.content.predictions:
        value = {"choice": prediction.options[choice].id, "confidence": "guess"}
        part.panel.receive({"do": "save", "id": prediction.id, "value": value})


def test_nothing_moves_before_the_predictions_are_locked(page):
    part = Predictions(page)
    instrument(page)
    assert page.tool.dials.locked and "predictions" in page.tool.dials.locked_note
    predict(part)
    assert not page.tool.dials.locked


def test_a_prediction_without_a_confidence_is_asked_for_kindly_and_not_saved(page):
    part = Predictions(page)
    first = page.content.predictions[0]
    part.panel.receive({"do": "save", "id": first.id, "value": {"choice": first.options[0].id, "confidence": None}})
    assert "how sure" in part.panel.view["status"] and not page.predicted


def test_a_locked_prediction_stays(page):
    part = Predictions(page)
    predict(part, choice=0)
    predict(part, choice=1)
    first = page.content.predictions[0]
    assert page.saved(first.id, "prediction").value.choice == first.options[0].id


def test_the_reveal_opens_after_the_first_move_and_stands_beside_the_prediction(page):
    part, reveal = Predictions(page), Reveal(page)
    instrument(page)
    assert not blocks(reveal, "table")
    predict(part)
    assert not blocks(reveal, "table"), "predicted, but nothing has moved yet"
    page.tool.dials.values = page.tool.dials.values | {"effort_cmh2o": 8.0}
    tables = blocks(reveal, "table")
    first = page.content.predictions[0]
    assert len(tables) == len(page.content.predictions)
    assert tables[0]["rows"][0][0] == first.options[0].text


def test_moving_a_dial_redraws_the_picture_the_sentence_and_the_sum(page):
    instrument(page)
    tool = page.tool
    before = (tool.sum.value, tool.dials.echo)
    tool.dials.values = tool.dials.values | {"upstream_resistance_cmh2o_s_per_l": 9.0}
    assert tool.sum.value != before[0] and tool.dials.echo > before[1]
    assert "÷ 9" in tool.sum.value


def test_the_lesson_shows_what_the_prediction_says_the_tube_does(page):
    """The numbers in the first two predictions are the model's own."""
    from flysolo.models import floppy_tube as tube

    throat = tube.with_dials(
        tube.starting_throat(), upstream_resistance_cmh2o_s_per_l=4.0, passive_pcrit_cmh2o=-2.0, drive_fraction=0.0
    )
    at_4, at_8 = tube.flow_l_per_s(throat, [4.0, 8.0])
    assert at_4 == at_8 == pytest.approx(0.5)
    halved = tube.with_dials(throat, upstream_resistance_cmh2o_s_per_l=2.0)
    assert tube.flow_l_per_s(halved, 8.0) == pytest.approx(1.0)
    assert tube.effective_pcrit_cmh2o(halved) == tube.effective_pcrit_cmh2o(throat)
    assert [each.observed for each in page.content.predictions] == ["stays", "flow"]


def test_the_words_come_after_ones_own(page):
    part = Reflect(page)
    assert not blocks(part, "feedback")
    part.panel.receive({"do": "save", "id": page.content.reflection.id, "value": "More pull, same flow."})
    assert blocks(part, "feedback")[0]["heading"] == "One way to say it"


def test_the_principle_comes_after_the_comparison(page):
    contrast = page.content.contrasts[0]
    part = ContrastPage(page, contrast)
    assert contrast.principle not in str(part.panel.view)
    part.panel.receive({"do": "save", "id": "shared", "value": "Both snore."})
    assert contrast.principle not in str(part.panel.view)
    part.panel.receive({"do": "save", "id": "different", "value": "The closing pressure."})
    assert "The principle:" in str(part.panel.view)


@pytest.mark.parametrize("case", open_lesson(MODULE).content.practice, ids=lambda case: case.id)
def test_every_option_of_every_practice_question_is_answered_with_why(page, case):
    part = PracticePage(page, case)
    for step in case.steps:
        for option in step.options:
            part.panel.receive({"do": "save", "id": step.id, "value": option.id})
            words = next(b for b in blocks(part, "feedback") if b["id"] == f"{step.id}-words")
            for label in ("What it sees:", "What leads here:", "Where that breaks:", "Look next:"):
                assert label in words["html"]
            assert words["tone"] == ("seen" if option.id == step.supported else "missing")
            part.panel.receive({"do": "revise", "id": step.id})
        part.panel.receive({"do": "save", "id": step.id, "value": step.supported})
    assert any(block["id"] == "mechanism" for block in blocks(part, "feedback"))


def test_hints_come_one_at_a_time_and_only_where_there_is_a_ladder(page):
    coached = next(case for case in page.content.practice if case.rung == "coached")
    part = PracticePage(page, coached)
    step = coached.steps[0]
    assert blocks(part, "hints")[0]["shown"] == []
    part.panel.receive({"do": "hint", "id": step.id})
    assert len(blocks(part, "hints")[0]["shown"]) == 1
    for _ in range(10):
        part.panel.receive({"do": "hint", "id": step.id})
    assert blocks(part, "hints")[0]["remaining"] == 0
    guided = next(case for case in page.content.practice if case.rung == "guided")
    assert not blocks(PracticePage(page, guided), "hints")


def test_a_lesson_opens_where_it_was_left(page, course):
    predict(Predictions(page))
    again = LessonPage(MODULE, course)
    assert again.predicted and len(blocks(Predictions(again), "answered")) == len(again.content.predictions)


def test_finishing_a_lesson_is_noted_once_it_is_pressed(page):
    part = Summary(page, (2, 7, 21))
    part.panel.receive({"do": "press", "id": "finished"})
    assert "2, 7 and 21 days" in part.panel.view["status"]
    assert next(page.ledger.read().of("finished", "place"), None)


def test_nothing_of_a_lesson_is_ever_in_a_hand_in(page, course):
    predict(Predictions(page))
    part = PracticePage(page, page.content.practice[0])
    part.panel.receive({"do": "save", "id": page.content.practice[0].steps[0].id, "value": "anything"})
    ledger = course.answers(MODULE)
    ledger.append("save", "big-tonsils-silent", question="decision", value={"choice": "watch"})
    sent = handin.unpack(handin.pack(ledger.read(), {}, "hand-in"), "x.zip")
    ids = {each.id for each in (*page.content.predictions, *page.content.practice, page.content.reflection)}
    assert not ids & {event.item for event in sent.book.events}


def test_asking_in_a_lesson_sends_the_question_and_nothing_else(page, course):
    part = PracticePage(page, page.content.practice[0])
    part.panel.receive({"do": "ask", "id": "ask", "value": "Why is the same area no help?"})
    assert blocks(part, "ask")[0]["threads"][0]["text"] == "Why is the same area no help?"
    parcel = next((course.folder / "hand-ins").rglob("*.zip"))
    assert [event.do for event in handin.read_file(parcel).book.events] == ["ask"]


def test_looking_at_a_lesson_outside_a_course_works_and_keeps_nothing(tmp_path):
    page = open_lesson(MODULE, tmp_path)
    predict(Predictions(page))
    assert page.predicted and list(tmp_path.iterdir()) == []
