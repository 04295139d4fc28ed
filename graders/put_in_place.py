"""Putting in place what was made ready: the one place in which a batch writes anything that counts.

For each hand-in the order is: a note of what is about to be said of marks by hand, the gradebook (one transaction),
the files (each replaced whole, the notebook last), and the journal, which alone says that it is done. Cut off at any
instant, the hand-in is either as it was or not yet done, and the next run does it again from the same answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from flysolo.files import sync_folder
from graders.direct import Ready
from graders.gradebook_rows import Entry, Rows
from graders.journal import write_journal
from graders.mentor import MentorCourse
from graders.settle import Row


def put_in_place(course: MentorCourse, rows: Rows, ready: Ready, anew: Callable[[dict[str, Row]], Ready]) -> Ready:
    """Write one hand-in's rows, files and journal; returns what was written.

    Parameters
    ----------
    anew : makes the hand-in ready from other grades by hand, when the mentor marked meanwhile
    """
    made = [ready]

    def make(touched: dict[str, Row] | None) -> Entry:
        if touched is not None:
            made.append(anew(touched))
        last = made[-1]
        if last.before.pending:
            write_journal(course, *last.task.pair, last.before)
        return Entry(last.task.mentee, last.task.exercise, last.submitted_at, last.rows, last.task.rows)

    rows.write(make)
    _put_files(course, made[-1])
    write_journal(course, *ready.task.pair, made[-1].after)
    return made[-1]


def _put_files(course: MentorCourse, ready: Ready) -> None:
    folder = course.autograded(*ready.task.pair)
    folders = {folder}
    for name in ready.staged:
        target = folder / name
        if target.parent not in folders or not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        (ready.stage / name).replace(target)
    for name in ready.strays:
        (folder / name).unlink(missing_ok=True)
    for each in (folder, folder.parent):
        sync_folder(each)
