"""Marking everything that was collected and not marked since, and a list at the end in which nobody is missing.

Hand-ins are made ready beside each other, one process a core, and put in place one after another by this one. What
counts as marked is what the journal says, which is written last. A run that was cut off has not written it, so the
next run finishes exactly what is missing, and a corrected key marks anew what it concerns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from flysolo.problems import ContentError, Problem
from graders.direct import is_done
from graders.mentor import MentorCourse
from graders.release import last_line, nbgrader_api, refresh
from graders.submission import read_submission

__all__ = [
    "Marked",
    "Standing",
    "copy_gradebook",
    "course_lock",
    "handed_in",
    "last_line",
    "mark",
    "mark_pairs",
    "one_at_a_time",
    "standings",
]

KEPT_COPIES = 10
#: Called after each hand-in with how many are done, how many there are, and (mentee, exercise).
Progress = Callable[[int, int, tuple[str, str]], None]


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


def mark(
    course: MentorCourse, *, again: bool = False, workers: int | None = None, progress: Progress | None = None
) -> Marked:
    """Mark what is due; one hand-in that cannot be marked never stops another.

    Parameters
    ----------
    again : mark everything anew, also what is up to date
    workers : how many processes mark beside each other; without it as many as are worth it, at most one a core
    progress : called after each one

    Raises
    ------
    ContentError
        when another run is under way, or this copy of the course cannot be read at all.
    """
    with one_at_a_time(course):
        return mark_pairs(course, handed_in(course), again=again, workers=workers, progress=progress)


def mark_pairs(
    course: MentorCourse,
    pairs: list[tuple[str, str]],
    *,
    again: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Marked:
    """Mark those of ``pairs`` that are due; for whoever holds the course already."""
    from graders.ways import directly, is_stock, through_nbgrader

    report = Marked()
    report.release_faults = {name: str(error) for name, error in refresh(course).items()}
    wanted = [pair for pair in pairs if pair[1] not in report.release_faults]
    report.faults = {pair: report.release_faults[pair[1]] for pair in pairs if pair[1] in report.release_faults}
    api = nbgrader_api(course)
    way = partial(directly, workers=workers) if is_stock(api.config) else through_nbgrader
    notes = {}
    outcomes = way(course, api, wanted, again=again, before_writing=lambda: copy_gradebook(course))
    for count, outcome in enumerate(outcomes, start=1):
        if outcome.fault:
            report.faults[outcome.pair] = outcome.fault
        else:
            notes[outcome.pair] = outcome.notes
            report.done += [outcome.pair] if outcome.marked else []
        if progress:
            progress(count, len(wanted), outcome.pair)
    report.done.sort()
    report.standings = _standings(course, pairs, notes, report.faults)
    return report


def course_lock(course: MentorCourse) -> FileLock:
    """The lock under which everything is written; taking it raises Timeout at once when another run has it.

    The system lets go of it when a process dies.
    """
    return FileLock(course.folder / ".marking.lock", timeout=0)


@contextmanager
def one_at_a_time(course: MentorCourse) -> Iterator[None]:
    """Hold the course for one run; raises ContentError when another has it."""
    lock = course_lock(course)
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
    pairs, faults, notes = handed_in(course), dict(faults or {}), {}
    for pair in pairs:
        if pair in faults:
            continue
        try:
            submission = read_submission(course, *pair, course.submitted(*pair))
        except (ContentError, OSError) as error:
            faults[pair] = str(error)
            continue
        if is_done(course, pair, submission.stamp, submission.journal):
            notes[pair] = tuple(submission.notes())
        else:
            faults[pair] = "it was collected, or a key was changed, since the last marking run"
    return _standings(course, pairs, notes, faults)


def _standings(
    course: MentorCourse,
    pairs: list[tuple[str, str]],
    notes: dict[tuple[str, str], tuple[str, ...]],
    faults: dict[tuple[str, str], str],
) -> list[Standing]:
    from graders.gradebook_read import waiting_counts

    waiting = waiting_counts(course.db_url) if notes else {}
    found = []
    for pair in pairs:
        if pair in faults:
            found.append(Standing(*pair, "not marked", faults[pair]))
        elif pair not in waiting:
            reason = "the gradebook has no rows for it; run the marking again with --again"
            found.append(Standing(*pair, "not marked", reason))
        else:
            state = "waits for mentor" if waiting[pair] else "marked"
            found.append(Standing(*pair, state, "", waiting[pair], notes[pair]))
    return found
