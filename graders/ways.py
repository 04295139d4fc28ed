"""The two ways of marking many hand-ins: directly, and through nbgrader's own converter.

The direct way is what is used. nbgrader's converter is there for a mentor who has told nbgrader more than we did (other
preprocessors, shared folders, permissions), since only it knows what to make of that; both leave the same rows and
files.
"""

from __future__ import annotations

import contextlib
import shutil
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy.exc import SAWarning

from flysolo.files import write_whole
from flysolo.problems import ContentError
from graders.collect import set_out
from graders.direct import STAGE, Ready, Task, UpToDate, is_done, prepare
from graders.gradebook_rows import Rows
from graders.mentor import MentorCourse
from graders.nbgrader_settings import AUTOGRADE
from graders.put_in_place import put_in_place
from graders.release import last_line
from graders.sanitized import Sanitized, sanitize
from graders.settle import Row
from graders.submission import read_submission
from graders.workers import Result, results

_OTHERS = ("BaseConverter", "OverwriteCells", "OverwriteKernelspec", "CheckCellMetadata", "NbGraderPreprocessor")
_OTHERS += ("ClearOutput", "DeduplicateIds", "LimitOutput", "Exporter", "NotebookExporter", "FilesWriter")


@dataclass(frozen=True)
class Outcome:
    """What became of one hand-in: marked now, up to date, or the reason why neither."""

    pair: tuple[str, str]
    marked: bool = False
    notes: tuple[str, ...] = ()
    fault: str = ""


def is_stock(config) -> bool:
    """Whether nbgrader is set up here just as we set it up."""
    if list(config.Autograde.get("autograde_preprocessors", [])) != AUTOGRADE:
        return False
    if set(config.Autograde) - {"autograde_preprocessors", "exclude_overwriting"}:
        return False
    if set(config.CourseDirectory) - {"root", "course_id", "db_url"}:
        return False
    return not any(config.get(name) for name in _OTHERS)


def directly(
    course: MentorCourse,
    api,
    pairs: list[tuple[str, str]],
    *,
    again: bool,
    workers: int | None,
    before_writing: Callable[[], None],
) -> Iterator[Outcome]:
    """Make hand-ins ready beside each other, and put them in place one by one."""
    shutil.rmtree(course.folder / STAGE, ignore_errors=True)
    bases = {exercise: sanitize(course, exercise, api) for exercise in sorted({each for _, each in pairs})}
    with contextlib.closing(Rows(course.db_url, api.config)) as rows:
        touched = {exercise: rows.touched(exercise) for exercise in bases}
        tasks = [Task(*pair, touched[pair[1]].get(pair[0], {}), again) for pair in pairs]
        is_first = True
        try:
            for result in results(course, bases, tasks, workers):
                if is_first and isinstance(result, Ready):
                    before_writing()
                    is_first = False
                yield _finished(course, rows, bases, result)
        finally:
            shutil.rmtree(course.folder / STAGE, ignore_errors=True)


def _finished(course: MentorCourse, rows: Rows, bases: dict[str, Sanitized], result: Result) -> Outcome:
    """Put one hand-in in place; what stands in the way stops no other."""
    task = result.task
    if isinstance(result, UpToDate):
        return Outcome(task.pair, notes=result.notes)
    if not isinstance(result, Ready):
        return Outcome(task.pair, fault=result.words or our_fault(course, task.pair, result.log))

    def anew(touched: dict[str, Row]) -> Ready:
        return prepare(course, bases[task.exercise], replace(task, rows=touched, again=True))

    try:
        written = put_in_place(course, rows, result, anew)
    except Exception:
        return Outcome(task.pair, fault=our_fault(course, task.pair, traceback.format_exc()))
    return Outcome(task.pair, marked=True, notes=written.notes)


def our_fault(course: MentorCourse, pair: tuple[str, str], log: str) -> str:
    """Keep the log of a fault that is not the mentee's; returns words for the mentor."""
    # a disk that is full has no room for a log either
    with contextlib.suppress(OSError):
        write_whole(course.folder / "logs" / f"mark-{pair[0]}-{pair[1]}.txt", log)
    return f"a fault on our side ({last_line(log)}); the answers are kept, and nothing was marked 0 for it"


def through_nbgrader(
    course: MentorCourse, api, pairs: list[tuple[str, str]], *, again: bool, before_writing: Callable[[], None]
) -> Iterator[Outcome]:
    """Mark what is due with nbgrader's converter, one after another."""
    is_first = True
    for pair in pairs:
        try:
            set_out(course, *pair)
            submission = read_submission(course, *pair, course.submitted(*pair))
        except (ContentError, OSError) as error:
            yield Outcome(pair, fault=str(error))
            continue
        notes = tuple(submission.notes())
        if not again and is_done(course, pair, submission.stamp, submission.journal):
            yield Outcome(pair, notes=notes)
            continue
        if is_first:
            before_writing()
            is_first = False
        fault = convert(course, api, pair)
        yield Outcome(pair, marked=not fault, notes=notes, fault=fault)


def convert(course: MentorCourse, api, pair: tuple[str, str]) -> str:
    """Mark one hand-in through nbgrader; returns "" or what stood in the way."""
    mentee, exercise = pair
    with warnings.catch_warnings():
        # nbgrader's own way of adding a submission makes SQLAlchemy remark on it each time
        warnings.simplefilter("ignore", SAWarning)
        result = api.autograde(exercise, mentee, force=True, create=True)
    if result["success"]:
        return ""
    if "KeyboardInterrupt" in result.get("error", ""):
        # nbgrader's log capture swallows Ctrl-C along with everything else
        raise KeyboardInterrupt
    return our_fault(course, pair, result.get("log", "") + result.get("error", ""))
