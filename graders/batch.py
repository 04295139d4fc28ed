"""Marking everything that was collected and not marked since, and a list at the end in which nobody is missing.

What counts as marked is read from what marking itself leaves behind last: the marked notebook carries the fingerprint
of the answers, cases and keys it was made from. A run that was cut off leaves no such fingerprint, so the next run
finishes exactly what is missing, and a corrected key marks anew what it concerns.
"""

from __future__ import annotations

import json
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.exc import SAWarning

from flysolo.files import write_whole
from flysolo.problems import ContentError, Problem
from graders.collect import set_out
from graders.mentor import NOTEBOOK, MentorCourse
from graders.release import last_line, nbgrader_api, refresh
from graders.submission import read_submission

KEPT_COPIES = 10
Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class Standing:
    """Where one exercise of one mentee stands: marked, waiting for the mentor, or not marked for a stated reason."""

    mentee: str
    exercise: str
    state: str
    reason: str = ""
    waiting: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Marked:
    """What one run did, and where everyone who handed in stands after it."""

    done: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    release_faults: dict[str, str] = field(default_factory=dict)
    standings: list[Standing] = field(default_factory=list)


def handed_in(course: MentorCourse) -> list[tuple[str, str]]:
    """(mentee, exercise) of everything that was handed in, in a stable order."""
    pairs = [(mentee, exercise) for mentee in course.mentees() for exercise in course.exercises_of(mentee)]
    return [pair for pair in pairs if course.kept_hand_ins(*pair)]


def mark(course: MentorCourse, *, again: bool = False, progress: Progress | None = None) -> Marked:
    """Mark what is due; one hand-in that cannot be marked never stops another.

    Parameters
    ----------
    again : mark everything anew, also what is up to date
    progress : called with (mentee, exercise) before each one

    Raises
    ------
    ContentError
        when another run is under way, or this copy of the course cannot be read at all.
    """
    report = Marked()
    with one_at_a_time(course):
        report.release_faults = {name: str(error) for name, error in refresh(course).items()}
        pairs = due(course, again, report)
        if pairs:
            copy_gradebook(course)
            api = nbgrader_api(course)
        for mentee, exercise in pairs:
            if progress:
                progress(mentee, exercise)
            fault = _mark_one(course, api, mentee, exercise)
            if fault:
                report.faults[mentee, exercise] = fault
            else:
                report.done.append((mentee, exercise))
        report.standings = standings(course, report.faults)
    return report


def due(course: MentorCourse, again: bool, report: Marked) -> list[tuple[str, str]]:
    """What has to be marked; what cannot be set out is reported as a fault."""
    pairs = []
    for mentee, exercise in handed_in(course):
        if exercise in report.release_faults:
            report.faults[mentee, exercise] = report.release_faults[exercise]
            continue
        try:
            set_out(course, mentee, exercise)
            stamp = read_submission(course, mentee, exercise, course.submitted(mentee, exercise)).stamp
        except (ContentError, OSError) as error:
            report.faults[mentee, exercise] = str(error)
            continue
        if again or marked_stamp(course, mentee, exercise) != stamp:
            pairs.append((mentee, exercise))
    return pairs


def marked_notebook(course: MentorCourse, mentee: str, exercise: str) -> dict | None:
    """The marked notebook as data, or None while there is no whole one."""
    path = course.autograded(mentee, exercise) / f"{NOTEBOOK}.ipynb"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("metadata", {}).get("flysolo") else None


def marked_stamp(course: MentorCourse, mentee: str, exercise: str) -> str:
    """Fingerprint of what the marked notebook was made from; "" while there is none."""
    found = marked_notebook(course, mentee, exercise)
    return found["metadata"]["flysolo"].get("marked", "") if found else ""


def _mark_one(course: MentorCourse, api, mentee: str, exercise: str) -> str:
    """Mark one hand-in through nbgrader; returns "" or what stood in the way."""
    with warnings.catch_warnings():
        # nbgrader's own way of adding a submission makes SQLAlchemy remark on it each time
        warnings.simplefilter("ignore", SAWarning)
        result = api.autograde(exercise, mentee, force=True, create=True)
    if result["success"]:
        return ""
    log = result.get("log", "") + result.get("error", "")
    if "KeyboardInterrupt" in result.get("error", ""):
        # nbgrader's log capture swallows Ctrl-C along with everything else
        raise KeyboardInterrupt
    write_whole(course.folder / "logs" / f"mark-{mentee}-{exercise}.txt", log)
    return f"a fault on our side ({last_line(log)}); the answers are kept, and nothing was marked 0 for it"


@contextmanager
def one_at_a_time(course: MentorCourse):
    """Hold the course for one run; the system lets go of the lock when a process dies."""
    lock = FileLock(course.folder / ".marking.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ContentError(
            [
                Problem(
                    str(course.folder),
                    "",
                    "another marking run is under way here",
                    "one run at a time works on a gradebook",
                    "wait until it has finished, then run it again",
                )
            ]
        ) from None
    try:
        yield
    finally:
        lock.release()


def copy_gradebook(course: MentorCourse) -> Path | None:
    """Copy the gradebook before it is written to, as SQLite copies itself; the last ten copies are kept.

    A gradebook on a database server is copied by whoever keeps that server.
    """
    if not course.db_url.startswith("sqlite:///"):
        return None
    source = Path(course.db_url.removeprefix("sqlite:///"))
    if not source.exists():
        return None
    folder = course.folder / "gradebook-copies"
    folder.mkdir(exist_ok=True)
    target = folder / f"gradebook-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}.db"
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
    for old in sorted(folder.glob("gradebook-*.db"))[:-KEPT_COPIES]:
        old.unlink()
    return target


def standings(course: MentorCourse, faults: dict[tuple[str, str], str] | None = None) -> list[Standing]:
    """Where everyone who handed in stands; every one of them is in it, with a mark or a reason."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url) as book:
        return [_standing(course, book, pair, (faults or {}).get(pair, "")) for pair in handed_in(course)]


def _standing(course: MentorCourse, book, pair: tuple[str, str], fault: str) -> Standing:
    from nbgrader.api import MissingEntry

    if fault:
        return Standing(*pair, "not marked", fault)
    try:
        stamp = read_submission(course, *pair, course.submitted(*pair)).stamp
    except (ContentError, OSError) as error:
        return Standing(*pair, "not marked", str(error))
    found = marked_notebook(course, *pair)
    if found is None or found["metadata"]["flysolo"].get("marked") != stamp:
        return Standing(*pair, "not marked", "it was collected, or a key was changed, since the last marking run")
    try:
        grades = book.find_submission_notebook(NOTEBOOK, pair[1], pair[0]).grades
    except MissingEntry:
        return Standing(*pair, "not marked", "the gradebook has no rows for it; run the marking again with --again")
    waiting = sum(bool(grade.needs_manual_grade) for grade in grades)
    notes = tuple(found["metadata"]["flysolo"].get("notes", ()))
    return Standing(*pair, "waits for mentor" if waiting else "marked", "", waiting, notes)
