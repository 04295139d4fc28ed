"""Notebooks come from text alone, the same bytes each time."""

from __future__ import annotations

import json
import re

import nbformat
import pytest

from flysolo.answers import Book, Event
from flysolo.content import Case, load_families
from flysolo.draws import seed_for
from flysolo.places import content_root
from flysolo.problems import ContentError
from graders import build
from graders.keys import KEYS, load_key
from graders.marking import mark_family
from graders.model_answers import model_book
from graders.summary import summarize
from tests.graders import invented
from tests.graders.conftest import Pen, forget_content


def cells_of(exercise: str = invented.EXERCISE) -> dict:
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in build.exercise_notebook(exercise).cells
        if "nbgrader" in cell.metadata
    }


def test_the_same_text_makes_the_same_bytes(invented_course):
    assert build.wanted() == build.wanted()
    assert len(build.wanted()) == 2


def test_a_check_names_what_is_out_of_date_and_writes_nothing(invented_course):
    assert len(build.out_of_date()) == 2
    assert not list(invented_course.rglob("*.ipynb"))
    assert len(build.build()) == 2
    assert build.out_of_date() == []
    path = invented_course / "exercises" / invented.EXERCISE / "cases.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert build.out_of_date() == [path]


def test_every_question_has_its_cell_with_the_agreed_points(invented_course):
    cells = cells_of()
    points = {name: cell.metadata.nbgrader.get("points") for name, cell in cells.items()}
    assert points["loud-child--decision"] == 1
    assert points["loud-child--why"] == 3
    assert points["quiet-child--chance"] == 1
    assert points["quiet-child--alarm"] == 1
    assert points["open"] is None and points["loud-child--confidence"] is None
    assert sum(value or 0 for value in points.values()) == 5 + 3 + 5 + 2


def test_only_written_reasons_are_marked_by_hand(invented_course):
    by_hand = [name for name, cell in cells_of().items() if cell.metadata.nbgrader.solution]
    assert by_hand == ["loud-child--why"]
    why = cells_of()["loud-child--why"]
    assert why.cell_type == "markdown" and why.metadata.nbgrader.grade and not why.metadata.nbgrader.locked


def test_code_cells_are_locked_and_only_ask_for_what_is_recorded(invented_course):
    for name, cell in cells_of().items():
        if name in ("open", "loud-child--why"):
            continue
        assert cell.metadata.nbgrader.locked and not cell.metadata.editable
        assert re.fullmatch(r'exercise\.answer\("[a-z-]+", "[a-z-]+"\)', cell.source)
        assert cell.metadata.tags == ["record"]


def test_a_notebook_holds_no_key_and_no_drawn_name(invented_course):
    text = build.notebook_text(build.exercise_notebook(invented.EXERCISE))
    assert "CANARY" not in text and "KEY-" not in text and "{{" not in text
    assert "mechanism" not in text.lower()


def test_adding_a_case_leaves_the_other_cells_ids_alone(invented_course, tmp_path):
    before = {cell.id for cell in build.exercise_notebook(invented.EXERCISE).cells}
    invented.write_family(tmp_path / "course", invented.family("an-early-case"), invented.key("an-early-case"))
    forget_content()
    assert before < {cell.id for cell in build.exercise_notebook(invented.EXERCISE).cells}


def test_a_lesson_keeps_its_tags_and_carries_no_trace_of_the_tool(invented_course):
    notebook = build.lesson_notebook(invented.EXERCISE)
    text = build.notebook_text(notebook)
    assert "jupytext" not in text
    assert [cell.metadata.get("tags") for cell in notebook.cells if cell.cell_type == "code"] == [["remove-input"]]
    assert [cell.id for cell in notebook.cells] == ["an-invented-lesson-1", "an-invented-lesson-2", "part-1"]
    assert all(not cell.get("outputs") for cell in notebook.cells)


def test_a_family_id_of_any_length_makes_a_valid_cell_id(invented_course, tmp_path):
    name = "a-" + "very-" * 11 + "ed"
    invented.write_family(tmp_path / "course", invented.family(name), invented.key(name))
    forget_content()
    notebook = build.exercise_notebook(invented.EXERCISE)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_spoiled_content_is_reported_and_nothing_is_written(invented_course):
    path = invented_course / "exercises" / invented.EXERCISE / "families" / "loud-child.toml"
    path.write_text("format = 1\n", encoding="utf-8")
    forget_content()
    with pytest.raises(ContentError):
        build.build()
    assert not list(invented_course.rglob("*.ipynb"))


# ---- true of all real content ----


def real_families() -> list[tuple[str, str]]:
    # by file name, so that a spoiled file is one failing test and not a run without tests
    paths = sorted((content_root() / "exercises").glob("*/families/*.toml"))
    return [(path.parent.parent.name, path.stem) for path in paths]


@pytest.mark.parametrize(("exercise", "family"), real_families())
def test_a_real_key_marks_every_option_of_every_question(exercise, family):
    case, key, pen = _real(exercise, family)
    for question in case.family.questions:
        for option in case.family.options_of(question):
            many = question.kind in ("key_features", "evidence")
            value = {"choices": [option.id]} if many else {"picks": [option.id], "because": "So."}
            value = value if many or question.kind == "justification" else {"choice": option.id}
            event = {"n": 1, "at": "2026-01-05T09:00:00Z", "do": "save", "item": family, "question": question.id}
            event = Event.model_validate(event | {"value": value, "fingerprint": case.family.fingerprint})
            mark = {each.question: each for each in mark_family(case, key, Book(pen.header, (event,)))}[question.id]
            assert mark.state in ("answered", "waits for mentor", "contested"), (question.id, option.id, mark.note)
            if question.kind not in ("confidence", "justification"):
                assert mark.words[option.id].sees, (question.id, option.id)


@pytest.mark.parametrize(("exercise", "family"), real_families())
def test_model_answers_of_a_real_case_get_all_points(exercise, family):
    case, key, pen = _real(exercise, family)
    marks = mark_family(case, key, model_book(case, key, pen.header))
    for mark in marks:
        if mark.kind in ("confidence", "justification") or mark.state == "contested":
            continue
        assert mark.score == mark.points, (mark.question, mark.score)
    if key.status != "contested":
        summary = summarize(marks)
        assert (summary.decision, summary.reasoning) == (1.0, 1.0)


@pytest.mark.parametrize(("exercise", "family"), real_families())
def test_a_blank_real_case_is_not_answered(exercise, family):
    case, key, pen = _real(exercise, family)
    assert {mark.state for mark in mark_family(case, key, Book(pen.header))} == {"not answered"}


def _real(exercise: str, family: str):
    pen = Pen(exercise=exercise)
    family_file = next(each for each in load_families(exercise, content_root()) if each.id == family)
    case = Case(family_file, seed_for(pen.course, pen.mentee, exercise))
    return case, load_key(exercise, family, KEYS), pen


def test_stored_notebooks_are_valid_json_with_one_final_line_break(invented_course):
    for text in build.wanted().values():
        assert json.loads(text)["nbformat"] == 4
        assert text.endswith("}\n") and not text.endswith("\n\n")
