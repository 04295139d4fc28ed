"""Progress is said in words, read off the ledgers, and names the section where the mentee stopped."""

from __future__ import annotations

import json
from datetime import date

import pytest

from flysolo.answers import Book, Event, Header
from flysolo.content import load_course, load_lesson
from flysolo.places import content_root
from flysolo.progress import exercise_state, lesson_sections, lesson_state, long_date
from flysolo.schema.base import parse
from flysolo.schema.family import Family
from flysolo.schema.lesson import Lesson
from tests.flysolo.server_world import LESSON, LESSON_NOTEBOOK, days_ago
from tests.samples import ANSWERS, EXERCISE, family

TODAY = date.today()
OPEN = [module.id for module in load_course().modules if module.status == "open"]


def book(*events, kind="practice", seed=None):
    made = [Event.model_validate({"n": n, "at": days_ago(0)} | event) for n, event in enumerate(events, start=1)]
    return Book(Header(format=1, kind=kind, course="c", mentee="ada", subject=EXERCISE, seed=seed), tuple(made))


@pytest.fixture
def sections(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text(LESSON_NOTEBOOK, encoding="utf-8")
    return lesson_sections(path, parse(Lesson, LESSON, "lesson"))


def test_a_lesson_nobody_touched_is_not_started():
    assert lesson_state(book(), {}, TODAY).words == "not started yet"


def test_where_a_mentee_stopped_is_the_section_of_the_last_thing_they_did(sections):
    first = {"do": "save", "item": "first-guess", "question": "prediction", "value": {"choice": "opens"}}
    hint = {"do": "hint", "item": "coached-child", "question": "step-one"}
    assert lesson_state(book(first), sections, TODAY).words == "you stopped at: Predict"
    assert lesson_state(book(first, hint), sections, TODAY).words == "you stopped at: Practice with hints"
    assert lesson_state(book(hint, first), sections, TODAY).section == "Predict"


def test_an_item_that_left_the_lesson_is_passed_over(sections):
    first = {"do": "save", "item": "first-guess", "question": "prediction", "value": {"choice": "opens"}}
    gone = {"do": "save", "item": "no-longer-there", "question": "x", "value": {"choice": "a"}}
    assert lesson_state(book(first, gone), sections, TODAY).words == "you stopped at: Predict"
    assert lesson_state(book(gone), sections, TODAY).words == "begun"


def test_a_finished_lesson_says_when(sections):
    state = lesson_state(book({"do": "place", "item": "finished", "at": "2026-05-04T12:00:00Z"}), sections, TODAY)
    assert state.stage == "finished" and "Monday, May 4" in state.words


def test_a_notebook_that_cannot_be_read_only_costs_the_sections_name(tmp_path):
    lesson = parse(Lesson, LESSON, "lesson")
    for text in ("", "{", '{"cells": 3}', '{"cells": [{"cell_type": "markdown"}]}', "[]"):
        path = tmp_path / f"{len(text)}.ipynb"
        path.write_text(text, encoding="utf-8")
        assert lesson_sections(path, lesson) == {}
    assert lesson_sections(tmp_path / "absent.ipynb", lesson) == {}


@pytest.mark.parametrize("module", OPEN)
def test_every_part_of_a_real_lesson_stands_under_a_heading(module):
    notebook, lesson = content_root() / "curriculum" / module / "lesson.ipynb", load_lesson(module)
    sections = lesson_sections(notebook, lesson)
    asked = lesson.asked
    assert {each.id for each in asked} <= set(sections)
    headings = [
        line[3:].strip()
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("## ")
    ]
    assert set(sections.values()) <= set(headings)


def test_cases_are_counted_whole_and_only_in_todays_wording():
    made = parse(Family, family(), "family")
    seed, kept = "0" * 16, {"do": "save", "item": made.id, "fingerprint": made.fingerprint}
    whole = [kept | {"question": question, "value": value} for question, value in ANSWERS.items()]
    assert exercise_state([made], seed, book(kind="answers", seed=seed)).words == "1 case, not started yet"
    assert exercise_state([made], seed, book(*whole[:-1], kind="answers", seed=seed)).words == "0 of 1 cases complete"
    assert exercise_state([made], seed, book(*whole, kind="answers", seed=seed)).words == "the case is complete"
    earlier = [event | {"fingerprint": "1" * 16} for event in whole]
    assert exercise_state([made], seed, book(*earlier, kind="answers", seed=seed)).done == 0


def test_dates_name_the_year_only_when_it_is_another_one():
    assert long_date(date(2026, 11, 3), date(2026, 12, 1)) == "Tuesday, November 3"
    assert long_date(date(2025, 12, 31), date(2026, 1, 1)) == "Wednesday, December 31, 2025"
