"""The same exercise for otter-grader, graded in its local mode (no containers); only the benchmark needs it.

Otter is in the dependency group ``bench``; without it the benchmark leaves this line out and says how to get it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import logging
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from flysolo.content import load_families
from flysolo.files import write_bytes_whole, write_whole
from flysolo.handin import zip_parts
from flysolo.places import content_root
from graders.bench.ordinary import hidden_test, typed_answers, variable
from graders.build import MARKED
from graders.keys import load_key
from graders.mentor import keys_folder

HOW_TO_GET = "otter-grader is not installed here; get it with: uv sync --group bench"


def is_there() -> bool:
    """Whether otter-grader is installed."""
    return importlib.util.find_spec("otter") is not None


def make(exercise: str, books: list, folder: Path) -> tuple[Path, list[Path]]:
    """An autograder archive with a test for each marked question, and each mentee's notebook of answers."""
    parts = {"otter_config.json": json.dumps({"pdf": False, "show_stdout": False}).encode()}
    for family in load_families(exercise, content_root()):
        key = load_key(exercise, family.id, keys_folder())
        for question in family.questions:
            if question.kind in MARKED:
                name = variable(family.id, question.id)
                parts[f"tests/{name}.py"] = _test(name, hidden_test(family, question, key)).encode()
    archive = folder / "autograder.zip"
    write_bytes_whole(archive, zip_parts(parts))
    paths = []
    for book in books:
        cells = [new_code_cell(source) for source in typed_answers(exercise, book)]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        paths.append(folder / book.header.mentee / "cases.ipynb")
        write_whole(paths[-1], nbformat.writes(notebook))
    return archive, paths


def _test(name: str, expression: str) -> str:
    """A test in otter's own form: full marks or none, which is the least that it can be asked to do."""
    case = {"code": f">>> ({expression}) == 1.0\nTrue", "hidden": True, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return f"OK_FORMAT = True\n\ntest = { ({'name': name, 'points': 1, 'suites': [suite]})!r}\n"


def grade(archive: Path, notebook: Path) -> float:
    """Grade one notebook; returns the points."""
    from otter.api import grade_submission

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        logging.disable(logging.WARNING)
        try:
            return float(grade_submission(str(notebook), str(archive), quiet=True).total)
        finally:
            logging.disable(logging.NOTSET)


def tests_in(archive: Path) -> int:
    """How many tests an archive holds."""
    with zipfile.ZipFile(archive) as found:
        return sum(name.startswith("tests/") for name in found.namelist())
