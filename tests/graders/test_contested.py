"""A disputed key: said in one click, moved by a mentor, its reasons marked and its answers not, and everybody told."""

from __future__ import annotations

import pytest

from flysolo.answers import DISPUTE
from flysolo.problems import ContentError, InputError
from graders.batch import mark
from graders.collect import collect
from graders.contested import contest, contested, course_key, put_back
from graders.desk_contested import answered_by, contested_rows, move
from graders.desk_data import desk, utc_now
from graders.desk_forms import question_view
from graders.reply import make_page, send_all
from graders.submission import read_submission
from tests.graders import invented

EX, LOUD, QUIET = invented.EXERCISE, "loud-child", "quiet-child"
WHY = "Two good trials point either way for a child of this age."


@pytest.fixture
def two_answered(mentor_course, pen, send):
    """Ada and Ben answered the loud child, Cleo only the quiet one; all are marked and have a reply."""
    for name, family in (("ada", LOUD), ("ben", LOUD), ("cleo", QUIET)):
        send(pen(name).answer_all(family).parcel(), f"{name}.zip")
    collect(mentor_course)
    assert not mark(mentor_course).faults
    send_all(mentor_course, waiting_too=True)
    return mentor_course


def states(course, mentee: str) -> dict[str, tuple]:
    submission = read_submission(course, mentee, EX, course.submitted(mentee, EX))
    return {mark.kind: (mark.state, mark.score) for mark in submission.marks() if mark.family == LOUD}


def test_the_reasons_of_a_contested_case_are_marked_and_its_answers_are_not(two_answered):
    move(two_answered, EX, LOUD, {"to": "contested", "why": WHY, "asked_by": ""})
    found = states(two_answered, "ada")
    assert found["decision"] == ("contested", None) and found["twin"] == ("contested", None)
    assert found["reason"] == ("answered", 1.0)


def test_everybody_who_answered_reads_why_and_nobody_else_does(two_answered):
    said = move(two_answered, EX, LOUD, {"to": "contested", "why": WHY, "asked_by": "zacharias"})
    assert "2 answered it" in said
    assert answered_by(two_answered, EX, LOUD) == ["ada", "ben"]
    sent = send_all(two_answered, waiting_too=True).sent
    assert ("ada", EX) in sent and ("ben", EX) in sent
    for name in ("ada", "ben"):
        page = make_page(two_answered, name, EX)
        assert WHY in page and "Dr. Example" in page
    assert "sees this case differently" in make_page(two_answered, "ben", EX)
    assert "zacharias" not in make_page(two_answered, "ben", EX)


def test_a_key_that_is_put_back_counts_again_and_that_is_told_too(two_answered):
    before = states(two_answered, "ada")
    move(two_answered, EX, LOUD, {"to": "contested", "why": WHY, "asked_by": ""})
    send_all(two_answered, waiting_too=True)
    move(two_answered, EX, LOUD, {"to": "keyed", "why": "A third trial settled it.", "asked_by": ""})
    assert states(two_answered, "ada") == before
    assert contested(two_answered) == {}
    assert ("ben", EX) in send_all(two_answered, waiting_too=True).sent
    assert "A third trial settled it." in make_page(two_answered, "ben", EX)


def test_a_key_is_moved_only_with_a_reason_and_only_where_there_is_one(mentor_course):
    with pytest.raises(InputError) as error:
        contest(mentor_course, EX, LOUD, "  \n")
    assert "write a sentence" in str(error.value)
    with pytest.raises(InputError):
        contest(mentor_course, EX, LOUD, "x" * 2001)
    with pytest.raises(ContentError):
        put_back(mentor_course, EX, "no-such-child", WHY)
    assert contested(mentor_course) == {}


def test_the_key_file_itself_is_not_touched(mentor_course):
    contest(mentor_course, EX, LOUD, WHY)
    assert course_key(mentor_course, EX, LOUD).status == "contested"
    assert course_key(mentor_course, EX, QUIET).status == "keyed"
    from graders.keys import load_key
    from graders.mentor import keys_folder

    assert load_key(EX, LOUD, keys_folder()).status == "keyed"


def test_a_spoiled_line_of_the_notes_harms_no_other(mentor_course):
    contest(mentor_course, EX, LOUD, WHY)
    path = mentor_course.folder / "desk" / "contested.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"half', encoding="utf-8")
    contest(mentor_course, EX, QUIET, WHY)
    assert set(contested(mentor_course)) == {(EX, LOUD), (EX, QUIET)}
    assert '{"half' in path.read_text(encoding="utf-8")


def test_a_mentee_who_sees_a_case_differently_stands_on_the_desk_as_that(mentor_course, pen, send):
    page = pen("ada").answer_all(LOUD)
    page.write("ask", LOUD, question="decision", value={"text": "The trial had no such child.", "choice": DISPUTE})
    send(page.parcel(), "ada.zip")
    collect(mentor_course)
    mark(mentor_course)
    item = next(each for each in desk(mentor_course, utc_now()).items if each.kind == "question")
    assert item.disputes
    view = question_view(mentor_course, "ada", EX, item.event, utc_now())
    assert view["thread"].disputes and view["about"]["contested"]["moved"] is None


def test_the_desk_lists_contested_cases_with_how_many_answered(two_answered):
    contest(two_answered, EX, LOUD, WHY)
    row = contested_rows(two_answered)[0]
    assert (row["family"], row["answered"], row["moved"]["why"]) == (LOUD, 2, WHY)
