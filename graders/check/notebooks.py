"""Notebooks: equal to their text, stored without outputs, and with nothing that needs a live kernel or a keyboard."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode

from flysolo.problems import ContentError, Problem
from graders.build import exercise_notebook, lesson_notebook, notebook_text
from graders.check.content import Content

#: Calls that break a lesson under Voila or wait for typing; what to do instead.
_FORBIDDEN = {
    "Output": "show one widget of flysolo.ui; it speaks in its own place",
    "interact": "use an instrument of flysolo.instruments",
    "interactive": "use an instrument of flysolo.instruments",
    "interact_manual": "use an instrument of flysolo.instruments",
    "clear_output": "let the widget change its own view",
    "input": "ask in a widget of flysolo.ui",
}


def check(content: Content) -> Iterator[Problem]:
    """Pairs, outputs and calls of every notebook."""
    yield from _pairs(content)
    for name, notebook in content.notebooks.items():
        yield from _stored(notebook, name)
        for n, cell in enumerate(notebook.cells, 1):
            if cell.cell_type == "code":
                yield from _calls(cell.source, name, f"cell {n}")
    for module_id, page in content.pages.items():
        for section, source in page.code:
            yield from _calls(source, f"curriculum/{module_id}/lesson.md", f"“{section}”" if section else "first cell")


def _pairs(content: Content) -> Iterator[Problem]:
    with _content_at(content.root):
        for module_id in content.pages:
            if module_id in content.modules:
                name = f"curriculum/{module_id}/lesson.ipynb"
                yield from _pair(content, name, "lesson.md", lambda m=module_id: lesson_notebook(m))
        for exercise in content.exercises:
            if exercise in content.modules or content.is_solo(exercise):
                name = f"exercises/{exercise}/cases.ipynb"
                yield from _pair(content, name, "the case families", lambda e=exercise: exercise_notebook(e))


def _pair(content: Content, name: str, source: str, make: Callable[[], NotebookNode]) -> Iterator[Problem]:
    if name not in content.names:
        return  # an open module's missing files are named with the course
    try:
        wanted = notebook_text(make())
    except ContentError:
        return  # its text is spoiled, and reading has said so
    except Exception as error:  # a text so odd that it makes no valid notebook
        found = f"no notebook can be made from {source}: {' '.join(str(error).split())[:120]}"
        yield Problem(name, "", found, "a notebook is made from its text", f"mend {source} and run the check again")
        return
    if content.texts.get(name) != wanted:
        found, rule = f"it differs from {source}", "a notebook is what its text makes, byte for byte"
        yield Problem(name, "", found, rule, f"change {source}, not the notebook; then: uv run flysolo build")


@contextmanager
def _content_at(root: Path) -> Iterator[None]:
    """Let the library read its content under ``root`` for a while."""
    before = os.environ.get("FLYSOLO_CONTENT")
    os.environ["FLYSOLO_CONTENT"] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FLYSOLO_CONTENT"]
        else:
            os.environ["FLYSOLO_CONTENT"] = before


def _stored(notebook: NotebookNode, name: str) -> Iterator[Problem]:
    step = "write it again from its text: uv run flysolo build"
    for n, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and cell.get("outputs"):
            yield Problem(name, f"cell {n}", "stored outputs", "notebooks are stored without outputs", step)
        if cell.cell_type == "code" and cell.get("execution_count") is not None:
            found = f"execution count {cell.execution_count}"
            yield Problem(name, f"cell {n}", found, "notebooks are stored as never run", step)
    if "widgets" in notebook.metadata:
        yield Problem(name, "metadata.widgets", "stored widgets", "notebooks are stored without outputs", step)


def _calls(source: str, name: str, field: str) -> Iterator[Problem]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        rule, step = "a code cell is whole Python", "mend that line"
        yield Problem(name, field, f"it stops being Python: {error.msg}, line {error.lineno}", rule, step)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in _FORBIDDEN:
                rule = "mentees' pages need no kernel round trip by hand, and no typing into a prompt"
                yield Problem(name, field, f"{called}(...)", rule, _FORBIDDEN[called])
