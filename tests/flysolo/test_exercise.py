"""A case asks one question at a time, opens its twin once the base is closed, and says back what it saved."""

from __future__ import annotations

import errno

import pytest

from flysolo import answers
from flysolo.answers import DISPUTE
from flysolo.course import make_course
from flysolo.exercise import Exercise, open_exercise
from flysolo.exercise_page import ExercisePage
from flysolo.replies import ThreadReply, keep_reply, pack_reply

EXERCISE = "01-why-a-throat-stays-open"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "drop").mkdir()
    return make_course(tmp_path / "course", mentee="ada", drop=str(tmp_path / "drop"))


@pytest.fixture
def page(course):
    return ExercisePage(Exercise(EXERCISE, course))


def blocks(page, kind):
    return [block for block in page.panel.view["blocks"] if block["type"] == kind]


def question(page):
    found = blocks(page, "question")
    assert len(found) <= 1, "one question at a time"
    return found[0] if found else None


def any_answer(block):
    match block["kind"]:
        case "many":
            return [option["id"] for option in block["options"][: block["limit"]]]
        case "fields":
            picks = [option["id"] for option in block["fields"][0]["options"][:2]]
            return {"picks": picks, "because": "The sound and the stage.", "change-mind": "A silent whole night."}
        case _:
            return block["options"][0]["id"]


def answer_until(page, stop):
    """Answer whatever is asked, first option first, until ``stop()`` is true."""
    for _ in range(20):
        if stop():
            return
        asked = question(page)
        if asked:
            page.panel.receive({"do": "save", "id": asked["id"], "value": any_answer(asked)})
        else:
            page.panel.receive({"do": "press", "id": "close-base"})
    raise AssertionError("the case does not come to an end")


def at_gate(page):
    return any(block["id"] == "close-base" for block in blocks(page, "button"))


def test_a_case_opens_with_its_child_and_one_question(page):
    assert question(page) is not None
    assert blocks(page, "table")[0]["caption"] == "What you know"
    assert not [block for block in page.panel.view["blocks"] if block.get("id") == "twin"]


def test_the_twin_is_not_in_the_page_until_the_base_is_closed(page):
    twin = page.exercise.cases[page.current].family.twin.change
    answer_until(page, lambda: at_gate(page))
    assert twin not in str(page.panel.view)
    page.panel.receive({"do": "press", "id": "close-base"})
    assert any(block.get("id") == "twin" for block in page.panel.view["blocks"])


def test_what_was_saved_is_said_back_with_the_time(page):
    asked = question(page)
    page.panel.receive({"do": "save", "id": asked["id"], "value": any_answer(asked)})
    event = page.exercise.book().events[-1]
    first = asked["options"][0]["text"]
    assert page.panel.view["status"].startswith(f"Saved at {event.clock}:") and first in page.panel.view["status"]


def test_after_a_save_the_next_question_has_the_focus(page):
    asked = question(page)
    page.panel.receive({"do": "save", "id": asked["id"], "value": any_answer(asked)})
    assert page.panel.view["focus"] == question(page)["id"] != asked["id"]


def test_a_restart_comes_back_to_the_same_place(page, course):
    answer_until(page, lambda: len(blocks(page, "answered")) == 2)
    again = ExercisePage(open_exercise(EXERCISE, course.folder))
    assert again.current == page.current
    assert again.panel.view["blocks"] == page.panel.view["blocks"]


def test_a_whole_case_can_be_done_and_says_so(page):
    first = page.current
    answer_until(page, lambda: any(b["id"] == "case-done" for b in blocks(page, "feedback")))
    assert page.exercise.state(first).done
    page.panel.receive({"do": "press", "id": "next-case"})
    assert page.current != first and question(page)


def test_a_base_answer_may_be_changed_before_the_twin_opens_and_not_after(page):
    answer_until(page, lambda: at_gate(page))
    assert all(block["can_revise"] for block in blocks(page, "answered"))
    page.panel.receive({"do": "revise", "id": "decision"})
    assert question(page)["id"] == "decision" and question(page)["value"]
    page.panel.receive({"do": "save", "id": "decision", "value": question(page)["options"][1]["id"]})
    page.panel.receive({"do": "press", "id": "close-base"})
    assert not any(block["can_revise"] for block in blocks(page, "answered"))


def test_a_late_save_from_a_window_that_missed_the_twin_changes_nothing(page, course):
    other = ExercisePage(Exercise(EXERCISE, course))
    answer_until(page, lambda: at_gate(page))
    page.panel.receive({"do": "press", "id": "close-base"})
    before = page.exercise.state(page.current).answer(page.exercise.families[page.current].question("decision"))
    other.panel.receive({"do": "save", "id": "decision", "value": "anything-else"})
    assert "was closed at" in other.panel.view["status"]
    after = page.exercise.state(page.current).answer(page.exercise.families[page.current].question("decision"))
    assert after == before


def test_two_windows_with_two_answers_are_both_told(page, course):
    other = ExercisePage(Exercise(EXERCISE, course))
    asked = question(page)
    ids = [option["id"] for option in asked["options"]]
    page.panel.receive({"do": "save", "id": asked["id"], "value": ids[:3]})
    other.panel.receive({"do": "save", "id": asked["id"], "value": ids[3:6]})
    assert "Another window had saved a different answer" in other.panel.view["status"]
    assert len(page.exercise.book().events) == 2


def test_pressing_save_with_nothing_chosen_saves_nothing_and_says_so(page):
    page.panel.receive({"do": "save", "id": question(page)["id"], "value": []})
    assert "Nothing is chosen yet" in page.panel.view["status"]
    assert not page.exercise.book().events


def test_a_full_disk_is_said_on_the_page(page, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(answers, "write_whole", full)
    asked = question(page)
    page.panel.receive({"do": "save", "id": asked["id"], "value": any_answer(asked)})
    assert "disk of this computer is full" in page.panel.view["status"]
    assert question(page)["id"] == asked["id"]


def test_an_answer_to_an_earlier_wording_is_shown_and_asked_again(page):
    asked = question(page)
    page.exercise.ledger.append(
        "save", page.current, question=asked["id"], value={"choices": ["old-option"]}, fingerprint="0" * 16
    )
    page.show("")
    assert "earlier wording" in blocks(page, "answered")[0]["saved"]
    assert question(page)["id"] == asked["id"]


def test_asking_is_one_event_and_leaves_no_mark_on_the_case(page, course, tmp_path):
    page.panel.receive({"do": "ask", "id": "ask", "value": "Why not wait a month?"})
    assert blocks(page, "ask")[0]["threads"][0]["text"] == "Why not wait a month?"
    assert list((tmp_path / "drop" / "to-mentor").glob("*.zip"))
    assert question(page), "the case goes on as before"


def test_the_mentors_answer_shows_up_in_the_same_case(page, course):
    page.panel.receive({"do": "ask", "id": "ask", "value": "Why not wait a month?"})
    reply = ThreadReply(
        n=1,
        item=page.current,
        asked="Why not wait a month?",
        text="Because of five o'clock.",
        at="2026-05-01T10:00:00Z",
    )
    keep_reply(course, pack_reply("open-course", "ada", EXERCISE, None, [reply]), "reply.zip")
    again = ExercisePage(open_exercise(EXERCISE, course.folder))
    assert blocks(again, "ask")[0]["threads"][0]["reply"]["text"] == "Because of five o'clock."


def test_a_link_from_the_home_page_opens_its_case(page, course, monkeypatch):
    last = list(page.exercise.families)[-1]
    monkeypatch.setenv("QUERY_STRING", f"case={last}")
    assert ExercisePage(Exercise(EXERCISE, course)).current == last
    monkeypatch.setenv("QUERY_STRING", "case=../../etc")
    assert ExercisePage(Exercise(EXERCISE, course)).current == page.current


def test_a_reply_of_another_form_is_skipped_and_the_case_still_opens(course, tmp_path):
    import hashlib
    import json

    from flysolo.handin import zip_parts

    threads = b'[{"n": "many"}]'
    manifest = {
        "format": 1,
        "kind": "reply",
        "course": "open-course",
        "mentee": "ada",
        "exercise": EXERCISE,
        "made_at": "2026-05-01T10:00:00Z",
        "sha256": hashlib.sha256(threads).hexdigest(),
    }
    folder = tmp_path / "drop" / "to-mentee" / "ada"
    folder.mkdir(parents=True)
    (folder / "1.zip").write_bytes(zip_parts({"manifest.json": json.dumps(manifest).encode(), "threads.json": threads}))
    assert question(ExercisePage(open_exercise(EXERCISE, course.folder)))


def test_a_case_is_disputed_in_one_press_once_it_is_answered_whole(page, course):
    assert not blocks(page, "ask")[0]["disputable"], "before that there is nothing to see differently"
    first = page.current
    answer_until(page, lambda: page.exercise.state(first).done)
    assert blocks(page, "ask")[0]["disputable"]
    page.panel.receive({"do": "ask", "id": "ask", "value": {"text": "The trial had no such child.", "disputes": True}})
    event = page.exercise.book().events[-1]
    assert (event.do, event.value.text, event.value.choice) == ("ask", "The trial had no such child.", DISPUTE)


def test_an_older_answer_that_arrives_late_does_not_replace_a_newer_one(page, course):
    page.panel.receive({"do": "ask", "id": "ask", "value": "Why not wait?"})
    for text, at in (("second thought", "2026-05-02T10:00:00Z"), ("first thought", "2026-05-01T10:00:00Z")):
        thread = ThreadReply(n=1, item=page.current, asked="Why not wait?", text=text, at=at)
        keep_reply(course, pack_reply("open-course", "ada", EXERCISE, None, [thread]), "reply.zip")
    again = ExercisePage(open_exercise(EXERCISE, course.folder))
    assert blocks(again, "ask")[0]["threads"][0]["reply"]["text"] == "second thought"


def test_handing_in_says_what_is_still_open(page):
    answer_until(page, lambda: len(blocks(page, "answered")) == 1)
    page.panel.receive({"do": "press", "id": "hand-in"})
    assert "still open" in page.panel.view["status"].lower()


def test_outside_a_course_folder_it_can_be_looked_at_and_says_that_nothing_is_kept(tmp_path):
    page = ExercisePage(open_exercise(EXERCISE, tmp_path))
    asked = question(page)
    page.panel.receive({"do": "save", "id": asked["id"], "value": any_answer(asked)})
    assert "nothing is saved" in page.panel.view["status"]


def test_a_graded_cell_says_what_is_recorded_and_never_how_it_is_marked(page):
    exercise = page.exercise
    assert repr(exercise.answer(page.current, "decision")) == "decision: still open"
    answer_until(page, lambda: at_gate(page))
    assert repr(exercise.answer(page.current, "decision")).startswith("decision: recorded ")


def test_the_page_never_holds_a_word_of_the_key(page):
    from graders.keys import load_key

    answer_until(page, lambda: any(b["id"] == "case-done" for b in blocks(page, "feedback")))
    key = load_key(EXERCISE, page.current)
    words = [key.mechanism, *(choice.because for choice in key.choice.values())]
    words += [option.sees for choice in key.choice.values() for option in choice.options.values()]
    assert len(words) > 10
    shown = str(page.panel.view)
    assert not [text for text in words if text[:40] in shown]
