"""Notebooks made from text: an exercise from its case families, a lesson from its Markdown.

The same text always makes the same bytes, so a notebook in version control changes only when the text did, and a
check can say which notebook is out of date. Notebooks are stored without outputs.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from flysolo.content import exercises, load_course, load_families, module, solo_settings
from flysolo.files import read_text, write_whole
from flysolo.places import content_root
from flysolo.schema.course import Solo
from flysolo.schema.family import Family, Question
from graders.marking import JUSTIFICATION_POINTS

#: Kinds that the machine marks, one point each.
MARKED = frozenset(
    {"decision", "reason", "key_features", "twin", "new_information", "probability", "evidence", "safety"}
)
#: What a justification's cell says until words are handed in; nbgrader's stub is set to the same text.
WORDS_STUB = "The words are written in the case page. They appear here once they are handed in."
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_METADATA = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}


def grade_id(family: str, question: str) -> str:
    """Name of one question's cell; gradebook rows carry it for ever."""
    return f"{family}--{question}"


def exercise_notebook(exercise: str) -> NotebookNode:
    """The nbgrader notebook of one exercise, from its families."""
    title = module(exercise, content_root()).title
    solo = solo_settings(exercise, content_root())
    cells = [_solo_intro(title, solo) if solo else _intro(title), _opening(exercise)]
    for family in load_families(exercise, content_root()):
        cells += _family_cells(family)
    return new_notebook(cells=cells, metadata=_METADATA)


def _intro(title: str) -> NotebookNode:
    text = (
        f"# Exercise: {title}\n\n"
        "Cases to work through alone. Save each answer; your place is kept. When you hand in, your answers go to your "
        "mentor and come back with words.\n\n"
        "The patients are invented. This exercise is awaiting clinical review."
    )
    return new_markdown_cell(text, id="intro", metadata={"editable": False, "deletable": False})


def _solo_intro(title: str, solo: Solo) -> NotebookNode:
    text = (
        f"# {title}\n\n"
        f"{solo.sets} sets of {solo.families_per_set} cases, drawn for you from this bank, without hints. You choose "
        f"when; between two sets lie at least {solo.days_apart} days. Your page shows the set that is yours.\n\n"
        "The patients are invented. These cases are awaiting clinical review."
    )
    return new_markdown_cell(text, id="intro", metadata={"editable": False, "deletable": False})


def _opening(exercise: str) -> NotebookNode:
    source = f'from flysolo.exercise import open_exercise\n\nexercise = open_exercise("{exercise}")\nexercise.page()'
    return new_code_cell(source, id="open", metadata=_grading("open", points=None))


def _family_cells(family: Family) -> list[NotebookNode]:
    heading = new_markdown_cell(
        f"## {family.id}: {_plain_title(family.title)}",
        id=_cell_id(family.id, "heading"),
        metadata={"tags": ["record"], "editable": False, "deletable": False},
    )
    return [heading, *(_question_cell(family, question) for question in family.questions)]


def _plain_title(title: str) -> str:
    """A title without drawn names, since the notebook is the same for everyone."""
    return re.sub(r"\{\{\s*([a-z0-9_]+)\s*\}\}", "…", title)


def _question_cell(family: Family, question: Question) -> NotebookNode:
    name = grade_id(family.id, question.id)
    cell_id = _cell_id(family.id, question.id)
    if question.kind == "justification":
        metadata = _grading(name, JUSTIFICATION_POINTS, by_hand=True) | {"tags": ["record"]}
        return new_markdown_cell(WORDS_STUB, id=cell_id, metadata=metadata)
    points = 1 if question.kind in MARKED else None
    source = f'exercise.answer("{family.id}", "{question.id}")'
    return new_code_cell(source, id=cell_id, metadata=_grading(name, points) | {"tags": ["record"]})


def _cell_id(family: str, part: str) -> str:
    """Cell id from what the cell is about, so that a new case leaves the others' ids alone (at most 64 characters)."""
    name = f"{family}--{part}"
    return name if len(name) <= 64 else f"{name[:47]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _grading(name: str, points: int | None, by_hand: bool = False) -> dict:
    marks = {"grade_id": name, "schema_version": 3, "task": False}
    marks |= {"grade": points is not None, "solution": by_hand, "locked": not by_hand}
    if points is not None:
        marks["points"] = points
    return {"nbgrader": marks, "deletable": False} | ({} if by_hand else {"editable": False})


def lesson_notebook(module_id: str) -> NotebookNode:
    """The notebook of one lesson, from its Markdown; who reads it with which version of jupytext leaves no trace."""
    import jupytext

    name = f"curriculum/{module_id}/lesson.md"
    notebook = jupytext.reads(read_text(content_root() / name, name), fmt="md:myst")
    seen: dict[str, int] = {}
    here = "start"
    cells = []
    for cell in notebook.cells:
        here = _heading(cell) or here
        seen[here] = seen.get(here, 0) + 1
        cells.append(_stored(cell, f"{here}-{seen[here]}"))
    return new_notebook(cells=cells, metadata=_METADATA)


def _heading(cell: NotebookNode) -> str:
    """The section a cell opens, as an id; ids that follow sections stay when another section grows."""
    found = re.match(r"#{1,3} +(.+)", cell.source) if cell.cell_type == "markdown" else None
    return re.sub(r"[^a-z0-9]+", "-", found.group(1).lower()).strip("-")[:50].strip("-") if found else ""


def _stored(cell: NotebookNode, cell_id: str) -> NotebookNode:
    metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source, id=cell_id, metadata=metadata)


def notebook_text(notebook: NotebookNode) -> str:
    """A notebook as it is stored: valid, sorted keys, no outputs, one final line break."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def wanted() -> dict[Path, str]:
    """Every notebook the content asks for, with the text it should have; raises ContentError for spoiled content."""
    root = content_root()
    files = {}
    for each in load_course(root).modules:
        if (root / "curriculum" / each.id / "lesson.md").is_file():
            files[root / "curriculum" / each.id / "lesson.ipynb"] = notebook_text(lesson_notebook(each.id))
    for exercise in exercises(root, drafts=True):
        if any((root / "exercises" / exercise / "families").glob("*.toml")):
            path = root / "exercises" / exercise / "cases.ipynb"
            files[path] = notebook_text(exercise_notebook(exercise))
    return files


def out_of_date() -> list[Path]:
    """Notebooks that are missing or differ from what their text makes."""
    return [path for path, text in wanted().items() if not path.exists() or path.read_bytes() != text.encode("utf-8")]


def build() -> list[Path]:
    """Write every notebook that is out of date; returns what was written."""
    texts = wanted()
    stale = out_of_date()
    for path in stale:
        write_whole(path, texts[path])
    return stale
