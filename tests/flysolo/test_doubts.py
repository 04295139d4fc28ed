"""Words that look like patient data are asked about before they are saved; nothing typed is ever lost."""

from __future__ import annotations

import pytest

from flysolo.course import make_course
from flysolo.exercise import Exercise
from flysolo.exercise_page import ExercisePage
from flysolo.lesson import LessonPage
from flysolo.lesson_pages import PracticePage, TextPart
from flysolo.ui.panel import Panel

EXERCISE = "01-why-a-throat-stays-open"
NAMED = "As in my patient Anna Schmidt, born 12.03.2016."


def panel_with(*blocks):
    panel, heard = Panel({"blocks": list(blocks)}), []
    panel.on_event(heard.append)
    return panel, heard


TEXT = {"type": "question", "id": "why", "kind": "text", "legend": "Why?"}
FIELDS = {
    "type": "question",
    "id": "reason",
    "kind": "fields",
    "fields": [
        {"id": "picks", "kind": "many", "legend": "On what?", "options": [{"id": "a", "text": "A"}]},
        {"id": "because", "kind": "text", "legend": "Because"},
    ],
}
ASK = {"type": "ask", "id": "ask", "open": False, "threads": []}


@pytest.mark.parametrize(
    ("block", "event"),
    [
        (TEXT, {"do": "save", "id": "why", "value": NAMED}),
        (FIELDS, {"do": "save", "id": "reason", "value": {"picks": ["a"], "because": NAMED}}),
        (ASK, {"do": "ask", "id": "ask", "value": NAMED}),
        (ASK, {"do": "ask", "id": "ask", "value": {"text": NAMED, "disputes": True}}),
    ],
)
def test_doubted_words_wait_in_their_box_until_the_mentee_is_sure(block, event):
    panel, heard = panel_with(block)
    assert panel.receive(event) is False, "the page keeps what was typed"
    assert heard == []
    shown = panel.view["blocks"][0]
    assert "Anna Schmidt" in shown["doubt"] and shown["typed"] == event["value"]
    assert "Not saved yet" in panel.view["status"] and "Anna Schmidt" in panel.view["status"]
    assert panel.receive(event | {"sure": True}) is True
    assert heard == [event]


def test_words_without_a_doubt_are_saved_at_once():
    panel, heard = panel_with(TEXT)
    assert panel.receive({"do": "save", "id": "why", "value": "Muscle lets go in deep sleep."})
    assert len(heard) == 1 and "doubt" not in panel.view["blocks"][0]


def test_words_that_were_taken_out_are_saved_without_more_ado():
    panel, heard = panel_with(TEXT)
    panel.receive({"do": "save", "id": "why", "value": NAMED})
    assert panel.receive({"do": "save", "id": "why", "value": "As in a girl of 7."})
    assert len(heard) == 1


def test_what_was_saved_before_is_not_asked_about_again():
    panel, heard = panel_with(TEXT | {"value": NAMED})
    assert panel.receive({"do": "save", "id": "why", "value": NAMED + " And more."})
    assert len(heard) == 1


def test_a_choice_is_never_doubted():
    one = {"type": "question", "id": "why", "kind": "one", "legend": "Who?", "options": [{"id": "x", "text": "X"}]}
    panel, heard = panel_with(one)
    assert panel.receive({"do": "save", "id": "why", "value": "Mrs. Petersen"})
    assert len(heard) == 1


def test_the_child_on_the_page_may_be_named():
    story = {"type": "html", "id": "story", "html": "<p>Jonas is 6. He snores.</p>"}
    panel, heard = panel_with(story, TEXT)
    assert panel.receive({"do": "save", "id": "why", "value": "A child called Jonas lets go late."})
    assert not panel.receive({"do": "save", "id": "why", "value": "A child called Jonas Schmidt lets go late."})
    assert len(heard) == 1


# where it matters: a case, a question to the mentor, a lesson, a question that comes back -------------


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course", mentee="ada")


def ledger_text(course):
    return "".join(path.read_text("utf-8") for path in course.folder.rglob("*.jsonl"))


def test_in_a_case_nothing_doubted_reaches_the_file_of_answers_unasked(course):
    page = ExercisePage(Exercise(EXERCISE, course))
    asking = {"do": "ask", "id": "ask", "value": "Is Anna Schmidt (born 2016) like this child?"}
    page.panel.receive(asking)
    assert "Schmidt" not in ledger_text(course)
    assert not list(course.folder.rglob("*.zip")), "nothing was sent either"
    page.panel.receive(asking | {"sure": True})
    assert "Anna Schmidt" in ledger_text(course)


def test_in_a_written_reason_the_words_are_asked_about(course):
    page = ExercisePage(Exercise(EXERCISE, course))
    family = next(
        f for f in page.exercise.families.values() if any(q.kind == "justification" for q in f.base_questions)
    )
    page.current, written = family.id, next(q for q in family.questions if q.kind == "justification")
    page.revising = written.id
    page.show("")
    picks = [option_id for option_id, _ in page.exercise.cases[family.id].options(written)][:2]
    reason = {"picks": picks, "because": NAMED, "change-mind": ""}
    saving = {"do": "save", "id": written.id, "value": reason}
    page.panel.receive(saving)
    assert "Schmidt" not in ledger_text(course)
    page.panel.receive(saving | {"sure": True})
    assert page.exercise.book().latest(family.id, written.id).value.because == NAMED


class Box(TextPart):
    """The smallest part of a lesson with a box for words."""

    def handle(self, do, name, value):
        self.show(self.keep("box", "text", value))

    def blocks(self):
        return [self.box("box", "Say it.", self.page.saved("box", "text"))]


def test_in_a_lesson_the_words_are_asked_about(course):
    part = Box(LessonPage(EXERCISE, course))
    part.panel.receive({"do": "save", "id": "box", "value": NAMED})
    assert "Schmidt" not in ledger_text(course)
    part.panel.receive({"do": "save", "id": "box", "value": NAMED, "sure": True})
    assert "Schmidt" in ledger_text(course)


def test_a_question_from_practice_is_asked_about(course):
    page = LessonPage(EXERCISE, course)
    part = PracticePage(page, page.content.practice[0])
    part.panel.receive({"do": "ask", "id": "ask", "value": NAMED})
    assert "Schmidt" not in ledger_text(course)


def test_every_box_for_words_goes_through_a_panel_that_asks():
    """A page that took words past the panel would not be seen by the tests above."""
    from pathlib import Path

    import flysolo

    folder = Path(flysolo.__file__).parent
    boxes = [p.name for p in folder.rglob("*.py") if "Textarea(" in p.read_text("utf-8")]
    pages = [p.name for p in (folder / "server" / "templates").glob("*.html") if "<textarea" in p.read_text("utf-8")]
    assert boxes == [] and pages == ["recall_ask.html"]


@pytest.mark.parametrize("value", [None, [], 3, {"text": None}, {"because": 7}])
def test_a_strange_value_is_left_to_whoever_handles_it(value):
    for block in (TEXT, FIELDS, ASK):
        panel, heard = panel_with(block)
        assert panel.receive({"do": "ask" if block is ASK else "save", "id": block["id"], "value": value})
        assert len(heard) == 1


def test_an_event_says_it_is_sure_with_true_and_nothing_else():
    panel, heard = panel_with(TEXT)
    assert not panel.receive({"do": "save", "id": "why", "value": NAMED, "sure": "yes"})
    assert heard == []
