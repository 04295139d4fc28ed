"""A course folder keeps one person's work, outside the checkout, and a new start never touches what is there."""

from __future__ import annotations

import json

import pytest

from flysolo.course import make_course, open_course, slug
from flysolo.places import content_root
from flysolo.problems import ContentError


def test_a_course_folder_is_made_once_and_keeps_its_mentee(tmp_path):
    first = make_course(tmp_path / "course", name="Dr. Ines Marlow")
    again = make_course(tmp_path / "course", name="Somebody else", mentee="other")
    assert first.card.mentee == "dr-ines-marlow" == again.card.mentee
    assert again.card.name == "Dr. Ines Marlow"


def test_what_was_left_open_can_be_filled_later(tmp_path):
    make_course(tmp_path / "course")
    course = make_course(tmp_path / "course", drop=str(tmp_path / "drop"))
    assert open_course(course.folder).drop == tmp_path / "drop"


def test_a_mentee_without_a_name_still_has_an_id(tmp_path):
    course = make_course(tmp_path / "course")
    assert course.card.mentee.startswith("mentee-")


def test_answers_are_never_kept_inside_the_checkout():
    with pytest.raises(ContentError, match="outside the checkout"):
        make_course(content_root() / "my-course")
    assert not (content_root() / "my-course").exists()


def test_open_lessons_and_exercises_lie_in_the_course_folder(tmp_path):
    course = make_course(tmp_path / "course")
    assert course.lesson_notebook("01-why-a-throat-stays-open").is_file()
    assert (course.exercise_folder("01-why-a-throat-stays-open") / "cases.ipynb").is_file()


def test_a_lesson_changed_by_hand_is_kept_beside_the_fresh_one(tmp_path):
    course = make_course(tmp_path / "course")
    notebook = course.lesson_notebook("01-why-a-throat-stays-open")
    notebook.write_text("broken by hand", encoding="utf-8")
    make_course(tmp_path / "course")
    assert json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert notebook.with_name("lesson.earlier.ipynb").read_text(encoding="utf-8") == "broken by hand"


def test_answers_survive_a_fresh_start(tmp_path):
    course = make_course(tmp_path / "course")
    ledger = course.answers("01-why-a-throat-stays-open")
    ledger.append("save", "child", question="decision", value={"choice": "watch"})
    make_course(tmp_path / "course")
    assert ledger.read().latest("child", "decision").value.choice == "watch"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "JSON"),
        ('{"format": 1, "course": "c", "mentee": "A B"}', "mentee"),
        ('{"format": 2, "course": "c", "mentee": "a"}', "format"),
        ('{"format": 1, "course": "c", "mentee": "a", "score": 3}', "score"),
    ],
)
def test_a_spoiled_course_file_is_named_and_left_alone(tmp_path, text, says):
    (tmp_path / "course.json").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as said:
        make_course(tmp_path)
    assert "course.json" in str(said.value) and says in str(said.value)
    assert (tmp_path / "course.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("name", "expected"), [("Zoë O'Neil", "zo-o-neil"), ("  ", ""), ("a" * 60, "a" * 40), ("../../etc", "etc")]
)
def test_a_name_becomes_a_plain_id(name, expected):
    assert slug(name) == expected
