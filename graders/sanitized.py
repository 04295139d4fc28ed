"""The released notebook as nbgrader's own first step leaves it, made once for all hand-ins of an exercise.

Every hand-in is marked in the same fresh released notebook, so what nbgrader does to it before any answer is looked at
(outputs cleared, identifiers, kernel and locked cells set to the released ones) is the same for all of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flysolo.handin import ANSWERS
from graders.mentor import NOTEBOOK, MentorCourse
from graders.notebook_text import cell_text


@dataclass(frozen=True)
class BaseCell:
    """One released cell: its name and kind, its score while it is untouched, and its text as it is stored."""

    name: str
    graded: bool
    by_hand: bool
    untouched: float | None
    data: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Sanitized:
    """A sanitized notebook: its cells, the rest of it, and the files that go beside every marked one."""

    exercise: str
    cells: tuple[BaseCell, ...]
    rest: dict[str, Any]
    beside: tuple[tuple[str, bytes], ...] = ()


def sanitize(course: MentorCourse, exercise: str, api) -> Sanitized:
    """Let nbgrader's sanitizing preprocessors run over the released notebook; done once for each release.

    Parameters
    ----------
    api : nbgrader's interface to this course
    """
    from graders.release import released_notebook

    path = released_notebook(course, exercise)
    place = (str(path), fingerprint(path))
    if place not in _made:
        _made[place] = _sanitize(path, exercise, api)
    return replace(_made[place], beside=tuple(_beside(course, exercise, api.coursedir.ignore)))


_made: dict[tuple[str, str], Sanitized] = {}


def _sanitize(path: Path, exercise: str, api) -> Sanitized:
    # seconds to load, and a process that only marks gets the result handed to it
    import nbformat
    from nbconvert.exporters import NotebookExporter
    from nbgrader.converters import Autograde

    exporter = NotebookExporter(config=api.config)
    exporter._preprocessors = []
    for each in Autograde(coursedir=api.coursedir, config=api.config).sanitize_preprocessors:
        exporter.register_preprocessor(each)
    here = {"student": "", "assignment": exercise, "notebook": NOTEBOOK, "db_url": api.coursedir.db_url}
    text, _ = exporter.from_filename(str(path), resources={"nbgrader": here, "unique_key": NOTEBOOK})
    notebook = nbformat.reads(text, as_version=4)
    rest = {name: value for name, value in json.loads(text).items() if name != "cells"}
    cells = tuple(_cell(cell) for cell in notebook.cells)
    return Sanitized(exercise, cells, rest)


def fingerprint(path: Path) -> str:
    """Fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cell(cell) -> BaseCell:
    from nbgrader import utils

    by_hand = utils.is_grade(cell) and utils.is_solution(cell)
    data = json.loads(json.dumps(cell))
    name = data["metadata"].get("nbgrader", {}).get("grade_id", "")
    untouched = utils.determine_grade(cell)[0] if by_hand else None
    return BaseCell(name, utils.is_grade(cell), by_hand, untouched, data, cell_text(data))


def _beside(course: MentorCourse, exercise: str, ignored: list[str]) -> list[tuple[str, bytes]]:
    """Files of the source folder that nbgrader lays beside every marked notebook."""
    from nbgrader.utils import find_all_files

    folder = course.folder / "source" / exercise
    paths = [Path(each) for each in sorted(find_all_files(str(folder), [*ignored, "*.ipynb"]))]
    named = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths]
    # a file of this name in source must not take the place of the mentee's
    return [(name, data) for name, data in named if name != ANSWERS]
