"""One hand-in marked without nbgrader's converter: everything is made ready, nothing is put in place.

It runs in a worker as well as in the mentor's own process. What it makes lies in a folder of its own until the one
writer has written the gradebook, so that a run which is cut off leaves the hand-in as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from flysolo.handin import ANSWERS
from graders import cards
from graders.collect import set_out
from graders.filling import (
    RESERVED,
    mark_record,
    marks_by_cell,
    notebook_record,
    number,
    outputs,
    refuse_missing_cells,
    words_source,
)
from graders.journal import Journal, WordsMarked
from graders.marking import Mark
from graders.mentor import NOTEBOOK, MentorCourse
from graders.notebook_text import cell_text, notebook_text
from graders.sanitized import BaseCell, Sanitized
from graders.settle import Graded, Row, Settled, settle, words_digest
from graders.submission import Submission, read_submission

NOTEBOOK_FILE, TIMESTAMP = f"{NOTEBOOK}.ipynb", "timestamp.txt"
STAGE = ".marking"


@dataclass(frozen=True)
class Task:
    """One hand-in to look at; ``rows`` are its grades that a person has touched, by cell."""

    mentee: str
    exercise: str
    rows: dict[str, Row]
    again: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        return self.mentee, self.exercise


@dataclass(frozen=True)
class Ready:
    """One hand-in as it will stand: rows, journal before and after, and files that lie ready to be put in place.

    Attributes
    ----------
    rows_before : the grades touched by a person that all this was made from; others mean that it is made anew
    staged : names of the files in ``stage``, the notebook last
    strays : files in the marked folder that nbgrader would not have left there
    """

    task: Task
    rows: dict[str, Row]
    before: Journal
    after: Journal
    submitted_at: str
    stage: Path
    staged: tuple[str, ...]
    strays: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class UpToDate:
    """One hand-in that was marked from just these answers, cases and keys."""

    task: Task
    notes: tuple[str, ...] = ()


def prepare(course: MentorCourse, base: Sanitized, task: Task) -> Ready | UpToDate:
    """Set a hand-in out, mark it and lay the results ready; raises ContentError when it cannot be marked."""
    set_out(course, *task.pair)
    submission = read_submission(course, *task.pair, course.submitted(*task.pair))
    stamp = submission.stamp
    if not task.again and is_done(course, task.pair, stamp, submission.journal):
        return UpToDate(task, tuple(submission.notes()))
    marks = submission.marks()
    refuse_missing_cells({cell.name for cell in base.cells}, submission)
    filled = marks_by_cell(submission, marks)
    journal = _seen_in_notebook(course, task.pair, submission.journal)
    settled, cells = _fill(base, filled, task.rows, journal)
    record = notebook_record(submission, marks)
    metadata = base.rest["metadata"] | {RESERVED: record}
    notebook = notebook_text(cells, base.rest | {"metadata": metadata}).encode("utf-8")
    done = {
        "marked": stamp,
        "notebook": hashlib.sha256(notebook).hexdigest(),
        "words": settled.words,
        "pending": {},
    }
    files = _files(course, base, submission) | {NOTEBOOK_FILE: notebook}
    stage = course.folder / STAGE / task.mentee / task.exercise
    return Ready(
        task=task,
        rows=settled.rows,
        before=journal.model_copy(update={"pending": settled.pending}),
        after=journal.model_copy(update=done),
        submitted_at=files[TIMESTAMP].decode("utf-8"),
        stage=stage,
        staged=_stage(course.autograded(*task.pair), stage, files),
        strays=_strays(course.autograded(*task.pair), set(files)),
        notes=tuple(record["notes"]),
    )


def is_done(course: MentorCourse, pair: tuple[str, str], stamp: str, journal: Journal) -> bool:
    """Whether the journal says that this was marked, and the notebook it speaks of still lies there."""
    if journal.marked != stamp:
        return False
    try:
        data = (course.autograded(*pair) / NOTEBOOK_FILE).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == journal.notebook or _record(data).get("marked") == stamp


def _record(data: bytes) -> dict:
    """What a marked notebook says of itself; nothing when it is not whole."""
    try:
        found = json.loads(data)
        record = found["metadata"][RESERVED]
    except (ValueError, KeyError, TypeError):
        return {}
    return record if isinstance(record, dict) else {}


def _seen_in_notebook(course: MentorCourse, pair: tuple[str, str], journal: Journal) -> Journal:
    """The journal, with the words that the mentor has seen if a run was cut off between notebook and journal.

    The notebook lies there then and can have been read and marked, while the journal still tells of the one before.
    """
    try:
        data = (course.autograded(*pair) / NOTEBOOK_FILE).read_bytes()
    except OSError:
        return journal
    if hashlib.sha256(data).hexdigest() == journal.notebook or _record(data).get("marked", "") in ("", journal.marked):
        return journal
    words = dict(journal.words)
    for cell in json.loads(data)["cells"]:
        found = cell["metadata"].get(RESERVED, {}).get("mark", {})
        if found.get("kind") == "justification" and found.get("own_words"):
            name = cell["metadata"]["nbgrader"]["grade_id"]
            known = words.get(name, WordsMarked(seen=""))
            words[name] = known.model_copy(update={"seen": words_digest(Mark.model_validate(found))})
    return journal.model_copy(update={"words": words})


def _fill(
    base: Sanitized, filled: dict[str, tuple], rows: dict[str, Row], journal: Journal
) -> tuple[Settled, list[str]]:
    """Grades settled, and every cell's text."""
    cells = [(cell, _filled_cell(cell, *filled[cell.name]) if cell.name in filled else None) for cell in base.cells]
    graded = [_graded(cell, data, filled) for cell, data in cells if cell.graded]
    settled = settle(graded, rows, journal)
    texts = []
    for cell, data in cells:
        note = settled.notes.get(cell.name)
        if data is not None and note:
            data["metadata"][RESERVED]["note"] = note
            data["source"] = cards.with_note(data["source"], note)
        texts.append(cell.text if data is None else cell_text(data))
    return settled, texts


def _filled_cell(cell: BaseCell, case, key, mark: Mark) -> dict:
    """A cell as plain data, with its mark in it."""
    data = cell.data | {"metadata": cell.data["metadata"] | {RESERVED: mark_record(mark)}}
    if data["cell_type"] == "code":
        return data | {"outputs": outputs(case, mark, cell.graded), "execution_count": None}
    return data | {"source": words_source(case, key, mark) or data["source"]}


def _graded(cell: BaseCell, data: dict | None, filled: dict[str, tuple]) -> Graded:
    """The score that nbgrader reads off this cell."""
    mark = filled[cell.name][-1]
    if not cell.by_hand:
        return Graded(cell.name, float(number(mark)), None)
    is_same = data["source"] == cell.data["source"]
    return Graded(cell.name, cell.untouched if is_same else None, mark)


def _files(course: MentorCourse, base: Sanitized, submission: Submission) -> dict[str, bytes]:
    """Everything that lies beside a marked notebook, by name."""
    folder = course.submitted(*_pair(submission))
    return {
        **dict(base.beside),
        ANSWERS: (folder / ANSWERS).read_bytes(),
        TIMESTAMP: (folder / TIMESTAMP).read_bytes(),
    }


def _pair(submission: Submission) -> tuple[str, str]:
    return submission.mentee, submission.exercise


def _stage(target: Path, stage: Path, files: dict[str, bytes]) -> tuple[str, ...]:
    """Write what is new or different; returns the names, the notebook last."""
    new = [name for name, data in files.items() if _content(target / name) != data]
    for name in new:
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with path.open("wb") as stream:
            stream.write(files[name])
            stream.flush()
            if "/" not in name:
                os.fsync(stream.fileno())
        # as nbgrader leaves them
        path.chmod(0o444)
    return tuple(sorted(new, key=lambda name: name == NOTEBOOK_FILE))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _strays(folder: Path, wanted: set[str]) -> tuple[str, ...]:
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
    return tuple(name for name in found if name not in wanted)
