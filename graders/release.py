"""Bringing the exercises into the mentor's nbgrader course: source, release, and room in the gradebook.

nbgrader refuses to add a cell to a notebook that somebody has handed in. A course that grows meets this with every
new case, so the rows for new cells are made here first, for every hand-in there is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from flysolo.content import exercises
from flysolo.files import read_json, write_whole
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from graders.fresh import read_anew
from graders.mentor import CONFIG_FILE, NOTEBOOK, MentorCourse


def nbgrader_config(course: MentorCourse) -> Config:
    """nbgrader's configuration of this course, read as nbgrader itself reads it: the machine's, then the folder's."""
    config = Config()
    for folder in reversed([str(course.folder), *jupyter_config_path()]):
        with contextlib.suppress(ConfigFileNotFound):
            config.merge(PyFileConfigLoader(CONFIG_FILE, path=folder).load_config())
    return config


def nbgrader_api(course: MentorCourse):
    """nbgrader's own high-level interface to this course; formgrader's buttons call the same methods."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config = nbgrader_config(course)
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def refresh(course: MentorCourse) -> dict[str, ContentError]:
    """Bring every exercise up to date; returns what stood in the way, by exercise, and goes on with the others."""
    # nbformat takes seconds to load, and a process that only marks asks no more of this module than a path
    from graders.build import exercise_notebook, notebook_text

    faults: dict[str, ContentError] = {}
    api = None
    for exercise in exercises(content_root()):
        read_anew(exercise)
        try:
            text = notebook_text(exercise_notebook(exercise))
            if _is_released(course, exercise, text):
                continue
            api = api or nbgrader_api(course)
            _release(course, api, exercise, text)
        except ContentError as error:
            faults[exercise] = error
    return faults


def released_notebook(course: MentorCourse, exercise: str) -> Path:
    """The notebook as nbgrader released it."""
    return course.folder / "release" / exercise / f"{NOTEBOOK}.ipynb"


def _stamps(course: MentorCourse) -> Path:
    return course.folder / "journal" / "release.json"


def _stamp(exercise: str, text: str) -> str:
    """Fingerprint of everything that is released: the notebook and the files beside it."""
    parts = [text.encode("utf-8"), *(path.read_bytes() for path in _beside(exercise))]
    return hashlib.sha256(b"\x1f".join(parts)).hexdigest()


def _beside(exercise: str) -> list[Path]:
    """Files that go with the notebook: the families, which it reads."""
    folder = content_root() / "exercises" / exercise
    return sorted([*folder.glob("*.toml"), *(folder / "families").glob("*.toml")])


def _is_released(course: MentorCourse, exercise: str, text: str) -> bool:
    known = read_json(_stamps(course)) if _stamps(course).exists() else {}
    return known.get(exercise) == _stamp(exercise, text) and released_notebook(course, exercise).exists()


def _release(course: MentorCourse, api, exercise: str, text: str) -> None:
    source = course.folder / "source" / exercise
    write_whole(source / f"{NOTEBOOK}.ipynb", text)
    folder = content_root() / "exercises" / exercise
    for path in _beside(exercise):
        write_whole(source / path.relative_to(folder), path.read_text(encoding="utf-8"))
    make_room(api, exercise)
    result = api.generate_assignment(exercise, force=True, create=True)
    if not result["success"]:
        raise ContentError([_not_released(exercise, result)])
    known = read_json(_stamps(course)) if _stamps(course).exists() else {}
    write_whole(_stamps(course), json.dumps(known | {exercise: _stamp(exercise, text)}, indent=1) + "\n")


def _not_released(exercise: str, result: dict) -> Problem:
    reason = last_line(result.get("log", "") or result.get("error", ""))
    return Problem(
        f"source/{exercise}/{NOTEBOOK}.ipynb",
        "",
        f"nbgrader could not release it ({reason})",
        "an exercise is released before it is marked",
        "run the check, and look at the exercise's families",
    )


def last_line(log: str) -> str:
    """The line of a log that says what happened."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line and not line.startswith(("File ", "[ERROR] There was"))]
    return (telling or lines or ["no reason was given"])[-1][:300]


def make_room(api, exercise: str) -> None:
    """Make gradebook rows for cells that are new since somebody handed in; raises ContentError for lost cells."""
    import nbformat
    from nbgrader.api import Comment, Grade, MissingEntry
    from nbgrader.utils import is_grade, is_locked, is_solution

    path = Path(api.coursedir.format_path("source", ".", exercise)) / f"{NOTEBOOK}.ipynb"
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nbformat.read(path, as_version=4).cells
        if "nbgrader" in cell.metadata
    }
    with api.gradebook as book:
        try:
            notebook = book.find_notebook(NOTEBOOK, exercise)
        except MissingEntry:
            return
        if not notebook.submissions:
            return
        known = {cell.name for cell in notebook.source_cells}
        if known - set(cells):
            raise ContentError([_lost(exercise, sorted(known - set(cells)))])
        for name in [name for name in cells if name not in known]:
            cell = cells[name]
            place = {"name": name, "notebook": NOTEBOOK, "assignment": exercise}
            book.add_source_cell(
                **place, cell_type=cell.cell_type, locked=is_locked(cell), source=cell.source, checksum=None
            )
            if is_grade(cell):
                row = book.add_grade_cell(
                    **place, max_score=float(cell.metadata.nbgrader.points), cell_type=cell.cell_type
                )
                book.db.add_all([Grade(cell_id=row.id, notebook=each) for each in notebook.submissions])
            if is_solution(cell):
                row = book.add_solution_cell(**place)
                book.db.add_all([Comment(cell_id=row.id, notebook=each) for each in notebook.submissions])
            book.db.commit()


def _lost(exercise: str, names: list[str]) -> Problem:
    return Problem(
        f"exercises/{exercise}/families",
        ", ".join(names),
        "questions that people have answered are gone",
        "a question that was handed in keeps its id, since marks carry it",
        "put the family or question back; to retire a case, let its key say contested",
    )
