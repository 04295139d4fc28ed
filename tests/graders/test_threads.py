"""Questions from inside a case: each is one question, each answer is kept whole and reaches the case it came from."""

from __future__ import annotations

import json

import pytest

from flysolo.course import make_course
from flysolo.problems import ContentError
from flysolo.replies import ask_threads, take_from_drop, unpack_reply
from graders import threads
from graders.collect import collect
from graders.invite import invite, name_of
from graders.mentor import make_mentor_course
from graders.reply import deliver_missed
from tests.graders import invented

EX = invented.EXERCISE


@pytest.fixture
def asked(mentor_course, pen, send):
    """Ada asked one question in the loud child, sent it alone, and then handed in as well."""
    page = pen().write("ask", "loud-child", question="decision", value={"text": "Why <b>this</b>?\nAnd that?"})
    send(page.parcel("questions"), "questions.zip")
    send(page.answer_all("loud-child").parcel(), "hand-in.zip")
    collect(mentor_course)
    return mentor_course


def test_a_question_that_came_twice_is_one_question(asked):
    found = threads.threads(asked)
    assert [(each.mentee, each.exercise, each.item, each.question, each.n) for each in found] == [
        ("ada", EX, "loud-child", "decision", 1)
    ]
    assert found[0].text == "Why <b>this</b>?\nAnd that?"
    assert found[0].reply is None


def test_it_waits_since_its_first_arrival_and_not_since_the_last(asked):
    first = asked.records("ada", EX)[0].record
    assert threads.threads(asked)[0].arrived_at == first.arrived_at


def test_a_question_that_was_only_handed_in_is_found_as_well(mentor_course, pen, send):
    send(
        pen().save("loud-child", "decision", choice="letter").write("ask", "loud-child", value={"text": "Hm?"}).parcel()
    )
    collect(mentor_course)
    assert [each.text for each in threads.threads(mentor_course)] == ["Hm?"]


def test_an_answer_appears_in_the_case_where_it_was_asked(asked, tmp_path, pen):
    course = make_course(tmp_path / "ada", mentee="ada", course=invented.COURSE, drop=asked.card.drop)
    course.answers(EX).append("ask", "loud-child", question="decision", value={"text": "Why <b>this</b>?\nAnd that?"})
    threads.answer(asked, "ada", EX, 1, "Because of the nights.\n<script>", "Dr. Example")
    take_from_drop(course)
    shown = ask_threads(course, EX, "loud-child")
    assert shown[0]["reply"]["text"] == "Because of the nights.\n<script>"
    assert shown[0]["reply"]["from"] == "Dr. Example"


def test_answering_again_keeps_both_and_sends_the_newest(asked):
    threads.answer(asked, "ada", EX, 1, "First thought.")
    sent = threads.answer(asked, "ada", EX, 1, "Better thought.")
    found = threads.threads(asked)[0]
    assert [each.text for each in found.replies] == ["First thought.", "Better thought."]
    assert found.reply.text == "Better thought."
    carried = unpack_reply(sent.parcel.read_bytes(), "reply").threads
    assert [each.text for each in carried] == ["Better thought."]
    assert [each.text for each in threads.replies_for(asked, "ada", EX)] == ["Better thought."]


def test_two_answers_of_one_second_are_two_parcels_and_the_later_one_is_taken_last(asked):
    one, two = (threads.answer(asked, "ada", EX, 1, text).parcel.name for text in ("one", "two"))
    assert one < two


def test_an_answer_that_cannot_be_written_leaves_the_file_as_it_was(asked, monkeypatch):
    threads.answer(asked, "ada", EX, 1, "Kept.")
    path = asked.folder / "desk" / "replies.jsonl"
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flysolo.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        threads.answer(asked, "ada", EX, 1, "Not kept.")
    assert path.read_bytes() == before


def test_a_line_that_cannot_be_read_is_neither_lost_nor_in_the_way(asked):
    path = asked.folder / "desk" / "replies.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"torn": \n', encoding="utf-8")
    threads.answer(asked, "ada", EX, 1, "Still here.")
    assert path.read_text(encoding="utf-8").startswith('{"torn": \n')
    assert threads.threads(asked)[0].reply.text == "Still here."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 8001])
def test_an_empty_or_endless_answer_is_refused_with_a_next_step(asked, text):
    with pytest.raises(ContentError) as refused:
        threads.answer(asked, "ada", EX, 1, text)
    assert all(part for part in (refused.value.problems[0].rule, refused.value.problems[0].next_step))
    assert threads.threads(asked)[0].reply is None


def test_nobody_can_answer_a_question_that_was_not_asked(asked):
    with pytest.raises(ContentError):
        threads.answer(asked, "ada", EX, 7, "To whom?")


def test_a_shared_folder_that_is_away_holds_up_nothing_and_gets_the_answer_later(asked, drop):
    away = drop.with_name("away")
    drop.rename(away)
    sent = threads.answer(asked, "ada", EX, 1, "Kept here.")
    assert sent.undelivered
    assert not drop.exists(), "a shared folder is never made anew where nobody looks"
    away.rename(drop)
    assert deliver_missed(asked) == [sent.parcel.name]
    assert (drop / "to-mentee" / "ada" / sent.parcel.name).read_bytes() == sent.parcel.read_bytes()


def test_starting_anew_on_another_computer_does_not_hide_the_new_question(asked, pen, send):
    threads.answer(asked, "ada", EX, 1, "To the old question.")
    send(pen().write("ask", "quiet-child", value={"text": "A new first question."}).parcel("questions"), "q2.zip")
    collect(asked)
    waiting = [each for each in threads.threads(asked) if each.reply is None]
    assert [each.text for each in waiting] == ["A new first question."]


def test_earlier_answers_can_be_used_again_those_of_the_same_case_first(asked, pen, send):
    other = (
        pen("ben").write("ask", "quiet-child", value={"text": "Q?"}).write("ask", "loud-child", value={"text": "L?"})
    )
    send(other.parcel("questions"), "ben.zip")
    collect(asked)
    threads.answer(asked, "ben", EX, 1, "About the quiet one.")
    threads.answer(asked, "ben", EX, 2, "About the loud one.")
    assert threads.answer_bank(asked, EX, "quiet-child", besides=("ada", 1)) == [
        "About the quiet one.",
        "About the loud one.",
    ]


def test_a_question_is_placed_by_the_title_its_asker_read(asked, pen):
    title = pen().cases["loud-child"].text(pen().cases["loud-child"].family.title)
    assert threads.place(asked, "ada", EX, "loud-child") == title
    assert threads.place(asked, "ada", EX, "gone-since") == "gone-since"


def test_an_invitation_says_what_a_course_folder_needs(mentor_course, tmp_path):
    path = invite(mentor_course.folder, "Ada Example", tmp_path / "out")
    assert path.name == "invitation-ada-example.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "format": 1,
        "course": invented.COURSE,
        "mentee": "ada-example",
        "name": "Ada Example",
        "mentor": "Dr. Example",
        "drop": mentor_course.card.drop,
    }
    assert name_of(mentor_course, "ada-example") == "Ada Example"


def test_a_lost_invitation_can_be_written_again_and_two_people_never_share_an_id(mentor_course, tmp_path):
    first = invite(mentor_course.folder, "Zoe Lee", tmp_path / "a")
    again = invite(mentor_course.folder, " Zoe  Lee", tmp_path / "b")
    other = invite(mentor_course.folder, "Zoe-Lee", tmp_path / "c")
    assert first.read_bytes() == again.read_bytes()
    assert json.loads(other.read_text(encoding="utf-8"))["mentee"] == "zoe-lee-2"


def test_an_invitation_never_takes_the_id_of_somebody_whose_work_is_here(handed_in_case, tmp_path):
    path = invite(handed_in_case.folder, "Ada", tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["mentee"] == "ada-2"


def test_a_name_without_latin_letters_gets_an_id_too(invented_course, tmp_path):
    course = make_mentor_course(tmp_path / "m", course=invented.COURSE)
    path = invite(course.folder, "李", tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["mentee"].startswith("mentee-")
    with pytest.raises(ContentError):
        invite(course.folder, "  ", tmp_path)
