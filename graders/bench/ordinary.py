"""The same exercise as an ordinary nbgrader assignment: answers typed into cells, hidden tests run by a kernel.

It is what the exercise would be without answers as data, made as light as an honest one can be: nothing is imported
but the standard library, one short cell holds an answer and one short test marks it, with part marks where ours gives
part marks.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from flysolo.answers import Book, Value
from flysolo.content import load_families
from flysolo.files import write_whole
from flysolo.places import content_root
from flysolo.schema.family import Family, Question
from graders.build import MARKED, grade_id
from graders.keys import Key, load_key
from graders.marking import chosen_ids
from graders.mentor import keys_folder

ASSIGNMENT, NOTEBOOK = "ordinary", "cases"
_HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def variable(family: str, question: str) -> str:
    """Name of the variable that holds one answer."""
    return variable_of(grade_id(family, question))


def variable_of(cell: str) -> str:
    """The same, from the name of the question's cell in our notebook."""
    return cell.replace("-", "_")


def source_notebook(exercise: str) -> NotebookNode:
    """The instructor's notebook: a cell for each answer, a test for each question that a machine marks."""
    cells = [new_markdown_cell(f"# {exercise}", id="intro")]
    for family in load_families(exercise, content_root()):
        key = load_key(exercise, family.id, keys_folder())
        for question in family.questions:
            cells += _question_cells(family, question, key)
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def _question_cells(family: Family, question: Question, key: Key) -> list:
    name = variable(family.id, question.id)
    if question.kind == "justification":
        stub = "Your words."
        return [new_markdown_cell(stub, metadata=_meta(f"{name}_words", 3, True))]
    source = f"### BEGIN SOLUTION\n{name} = None\n### END SOLUTION"
    answer = new_code_cell(source, metadata=_meta(f"{name}_answer", None, True))
    if question.kind not in MARKED:
        return [answer]
    test = new_code_cell(_HIDDEN.format(hidden_test(family, question, key)), metadata=_meta(f"{name}_test", 1, False))
    return [answer, test]


def _meta(name: str, points: int | None, solution: bool) -> dict:
    marks = {"grade_id": name, "schema_version": 3, "task": False, "grade": points is not None}
    marks |= {"solution": solution, "locked": not solution} | ({} if points is None else {"points": points})
    return {"nbgrader": marks}


def hidden_test(family: Family, question: Question, key: Key) -> str:
    """A hidden test whose last line is the mark, as nbgrader reads part marks."""
    name, found = variable(family.id, question.id), key.of(question.id)
    decision = variable(family.id, next(each.id for each in family.questions if each.kind == "decision"))
    match question.kind:
        case "decision":
            half = list(found.acceptable)
            return f"1.0 if {name} == {found.supported!r} else 0.5 if {name} in {half!r} else 0.0"
        case "reason" | "twin":
            right = key.of(next(each.id for each in family.questions if each.kind == "decision")).supported
            return f"float({name} == {found.supported!r} and {decision} == {right!r})"
        case "key_features":
            hits, harm, limit = set(found.hits), set(found.harmful), question.limit or 3
            picks = f"set(({name} or [])[:{limit}])"
            full = min(limit, len(hits))
            return f"min(max(len({picks} & {hits!r}) - len({picks} & {harm!r}), 0) / {full}, 1.0)"
        case "evidence":
            can = set(found.can)
            return f"((set({name} or []) >= {can!r}) + (set({name} or []) <= {can!r})) / 2"
        case "probability":
            return f"0.0 if {name} is None else 1 - (({name} - {found.truth_percent!r}) / 100) ** 2"
        case _:
            return f"float({name} == {found.supported!r})"


def counted_values(exercise: str, book: Book) -> dict[str, Value]:
    """The answers that count, by the variable that holds them."""
    values = {}
    for family in load_families(exercise, content_root()):
        base = {question.id for question in family.base_questions}
        for question in family.questions:
            event = book.counted(family.id, question.id, family.fingerprint, question.id in base)
            if event is not None:
                values[variable(family.id, question.id)] = event.value
    return values


def typed_answers(exercise: str, book: Book) -> list[str]:
    """Every answer but the written words as one line of Python."""
    values = counted_values(exercise, book)
    names = [
        variable(family.id, question.id)
        for family in load_families(exercise, content_root())
        for question in family.questions
        if question.kind != "justification"
    ]
    return [f"{name} = {_literal(values.get(name))}" for name in names]


def submitted_notebook(released: NotebookNode, exercise: str, book: Book) -> NotebookNode:
    """The released notebook with one mentee's answers typed in."""
    typed = counted_values(exercise, book)
    notebook = nbformat.from_dict(json.loads(json.dumps(released)))
    for cell in notebook.cells:
        name, _, part = cell.metadata.get("nbgrader", {}).get("grade_id", "").rpartition("_")
        value = typed.get(name)
        if part == "words" and value is not None:
            cell.source = f"{value.because}\n\n{value.change_mind}"
        elif part == "answer":
            cell.source = f"{name} = {_literal(value)}"
    return notebook


def _literal(value: Value | None) -> str:
    if value is None:
        return "None"
    if value.percent is not None:
        return repr(value.percent)
    ids = list(chosen_ids(value))
    return repr(ids if value.choices is not None else ids[0])


def make_assignment(exercise: str, books: list[Book], folder: Path):
    """An ordinary nbgrader course in ``folder`` with the hand-ins submitted; returns nbgrader's own interface to it."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root = str(folder)
    config.ClearSolutions.text_stub = "Your words."
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    source = folder / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    write_whole(source, nbformat.writes(source_notebook(exercise)))
    result = api.generate_assignment(ASSIGNMENT, force=True, create=True)
    if not result["success"]:
        raise RuntimeError(result.get("log", "") + result.get("error", ""))
    released = nbformat.read(folder / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    for book in books:
        path = folder / "submitted" / book.header.mentee / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        write_whole(path, nbformat.writes(submitted_notebook(released, exercise, book)))
    return api
