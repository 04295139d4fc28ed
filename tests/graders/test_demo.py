"""The demonstration goes once round the whole loop with the real cases, and leaves what it says it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook

from flysolo.problems import ContentError
from flysolo.replies import ask_threads
from graders import demo as demonstration
from graders.demo import Demo, run_demo
from graders.demo_cast import ASKED, ASKED_LATER, CAST, COMMENTS
from graders.desk_data import desk, utc_now
from graders.keys import KEYS
from graders.threads import threads
from tests.graders.conftest import forget_content


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    """A demonstration that was made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FLYSOLO_CONTENT", raising=False)
        patch.delenv("FLYSOLO_KEYS", raising=False)
        # as somebody who did not activate the environment: nbgrader's helper is not on the path
        patch.setenv("PATH", "/usr/bin:/bin")
        forget_content()
        yield run_demo(tmp_path_factory.mktemp("demo") / "a folder")
        forget_content()


def test_everybody_gets_a_reply_page(demo):
    assert len(demo.reply_pages) == len(CAST) == 4
    for page in demo.reply_pages:
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_no_key_leaves_the_mentors_side_with_its_canary(demo):
    canaries = [
        re.search(r"FLYSOLO-KEY-[0-9a-f]{16}", path.read_text("utf-8")).group() for path in KEYS.rglob("*.toml")
    ]
    assert canaries
    for place in ("mentees", "shared", "invitations"):
        for path in (demo.folder / place).rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert not any(canary.encode() in data for canary in canaries), path


def test_each_way_of_answering_is_read_for_what_it_is(demo):
    works = {item.mentee: item for item in desk(demo.mentor, utc_now()).items}
    assert works["joost-verhaar"].kind in ("safety", "reason"), "rules that held by luck, or passed over an alarm"
    assert "mirela-anders" not in works, "supported answers leave nothing to do"
    assert "sound" in demo.reply_pages[3].read_text("utf-8"), "a sound reason that slipped is called sound"


def test_written_reasons_are_marked_by_the_anchors_and_the_words_reach_the_mentee(demo):
    expected = {"mirela-anders": 3.0, "joost-verhaar": 1.0, "petr-kovar": 2.0}
    with Gradebook(demo.mentor.db_url) as book:
        for mentee, score in expected.items():
            grades = book.find_submission_notebook("cases", demo.exercise, mentee).grades
            marks = {grade.manual_score for grade in grades if grade.cell_type == "markdown"}
            assert marks == {score}
    for page, mark in zip(demo.reply_pages, (3, 1, None, 2), strict=True):
        if mark is not None:
            assert COMMENTS[mark] in page.read_text("utf-8")


def test_the_question_is_answered_in_the_case_where_it_was_asked(demo):
    first, second = threads(demo.mentor)
    assert (first.text, second.text) == (ASKED, ASKED_LATER)
    salma = demo.courses[2]
    shown = ask_threads(salma, demo.exercise, first.item)
    assert shown[0]["reply"]["text"].startswith("Look here first:")
    assert "{{" not in shown[0]["reply"]["text"]


def test_the_loop_goes_on_a_second_hand_in_waits_on_the_desk(demo):
    waiting = {(item.kind, item.mentee) for item in desk(demo.mentor, utc_now()).items}
    assert {("words", "salma-idris"), ("question", "salma-idris")} <= waiting


def test_every_step_is_timed(demo):
    assert len(demo.seconds) == demonstration.STEPS
    assert all(seconds > 0 for seconds in demo.seconds.values())


def test_a_folder_with_something_else_in_it_is_left_alone_in_four_parts(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ContentError) as refused:
        run_demo(tmp_path)
    problem = refused.value.problems[0]
    assert all((problem.file, problem.found, problem.rule, problem.next_step))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_earlier_demonstration_is_cleared_and_other_files_in_it_stay(tmp_path):
    demonstration._clear(tmp_path)
    (tmp_path / "mentor").mkdir()
    (tmp_path / "mentor" / "old.db").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    demonstration._clear(tmp_path)
    assert not (tmp_path / "mentor").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"
