"""nbgrader's gradebook, written directly: the rows that nbgrader itself would write, a hand-in in one transaction.

Only one of these writes at a time (the marking lock). Tables and columns are those of nbgrader's own models, so any
database that it can use will do. The rows that a person may have touched are read again inside the transaction: what
a mentor marks while a batch runs is never written over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass

from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, create_engine, event, insert, select, update
from sqlalchemy.orm import Session

from graders.mentor import NOTEBOOK
from graders.settle import Row

_ASSIGNMENT, _SUBMISSION, _STUDENT = Assignment.__table__, SubmittedAssignment.__table__, Student.__table__
_NOTEBOOK, _BASE, _SUBMITTED = Notebook.__table__, BaseCell.__table__, SubmittedNotebook.__table__
_GRADE, _COMMENT = Grade.__table__, Comment.__table__
#: Seconds to wait for somebody else's write, such as a mark given in formgrader, before giving up.
PATIENCE = 30


@dataclass(frozen=True)
class Layout:
    """An assignment as the gradebook knows it: its notebooks, and in each the cells with grades and comments."""

    id: str
    is_dated: bool
    notebooks: tuple[tuple[str, str], ...]
    graded: dict[str, tuple[tuple[str, str], ...]]
    commented: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Entry:
    """One hand-in's rows: the new ones, and those touched by a person that they were made from."""

    mentee: str
    exercise: str
    submitted_at: str
    rows: dict[str, Row]
    touched: dict[str, Row]


class Rows:
    """An open gradebook."""

    def __init__(self, db_url: str, config):
        self.config = config
        # as each step of nbgrader does: makes the tables and the course's own row
        for course_id in ({}, {"course_id": config.CourseDirectory.get("course_id") or "default_course"}):
            Gradebook(db_url, **course_id).close()
        self.engine = _engine(db_url)
        self._layouts: dict[str, Layout] = {}

    def close(self) -> None:
        """Let go of the database, and leave a file database in the one file that people copy."""
        if self.engine.dialect.name == "sqlite":
            # another program may be reading; the database then stays in the other mode, which is as safe
            with suppress(sqlite3.OperationalError), closing(self.engine.raw_connection()) as connection:
                connection.driver_connection.execute("PRAGMA journal_mode=DELETE")
        self.engine.dispose()

    def layout(self, exercise: str) -> Layout:
        """The assignment's cells, read once; raises LookupError when it is not in the gradebook."""
        if exercise not in self._layouts:
            with self.engine.connect() as connection:
                self._layouts[exercise] = _layout(connection, exercise)
        return self._layouts[exercise]

    def touched(self, exercise: str) -> dict[str, dict[str, Row]]:
        """Grades that a person has given, by mentee and cell."""
        query = (
            _rows_query()
            .add_columns(_SUBMISSION.c.student_id)
            .join(_SUBMISSION, _SUBMISSION.c.id == _SUBMITTED.c.assignment_id)
            .where(_SUBMISSION.c.assignment_id == self.layout(exercise).id, _GRADE.c.manual_score.is_not(None))
        )
        found: dict[str, dict[str, Row]] = {}
        with self.engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.student_id, {})[row.name] = _row(row)
        return found

    def write(self, make: Callable[[dict[str, Row] | None], Entry]) -> Entry:
        """Write one hand-in, whole or not at all.

        Parameters
        ----------
        make : gives the rows; called with None first, and again with the grades a person touched if they have changed
            since
        """
        entry = make(None)
        layout = self.layout(entry.exercise)
        with self.engine.begin() as connection:
            number = _find_submission(connection, layout, entry.mentee)
            old = _old_rows(connection, number) if number else {}
            touched = {name: row for name, (_, row) in old.items() if row.manual is not None}
            if touched != entry.touched:
                entry = make(touched)
            if number:
                _change(connection, number, entry, old)
            else:
                number = _add(connection, layout, entry)
            self._penalize(connection, layout, number)
        return entry

    def _penalize(self, connection, layout: Layout, number: str) -> None:
        """What nbgrader's plug-in for late submissions says; it needs the date that a mentor may have set."""
        penalty = None
        if layout.is_dated:
            with Session(bind=connection, join_transaction_mode="rollback_only") as session:
                penalty = _late_penalty(session, number, self.config)
        places = [_SUBMITTED.c.assignment_id == number, _SUBMITTED.c.notebook_id == _named(layout)]
        connection.execute(update(_SUBMITTED).where(*places).values(late_submission_penalty=penalty))


def _engine(db_url: str):
    engine = create_engine(db_url, connect_args={"timeout": PATIENCE} if db_url.startswith("sqlite") else {})
    if engine.dialect.name == "sqlite":
        # the driver would begin a transaction only at the first write, after what it rests on has been read
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _on_connect(connection, _record) -> None:
    connection.isolation_level = None
    # readers go on reading while a batch writes; where the disk cannot do it, the mode stays as it was
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _layout(connection, exercise: str) -> Layout:
    found = connection.execute(select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == exercise))
    row = found.one_or_none()
    if row is None:
        raise MissingEntry(f"Error: the gradebook has no assignment “{exercise}”")
    notebooks = connection.execute(
        select(_NOTEBOOK.c.name, _NOTEBOOK.c.id).where(_NOTEBOOK.c.assignment_id == row.id).order_by(_NOTEBOOK.c.name)
    ).all()
    graded, commented = {}, {}
    for _, number in notebooks:
        cells = [_cells(connection, number, kind) for kind in (GradeCell, SolutionCell, TaskCell)]
        graded[number] = tuple(cells[0] + cells[2])
        commented[number] = tuple(each for _, each in cells[1] + cells[2])
    return Layout(row.id, row.duedate is not None, tuple(map(tuple, notebooks)), graded, commented)


def _cells(connection, notebook: str, kind) -> list[tuple[str, str]]:
    table = kind.__table__
    query = select(_BASE.c.name, _BASE.c.id).join(table, table.c.id == _BASE.c.id)
    return [tuple(row) for row in connection.execute(query.where(_BASE.c.notebook_id == notebook))]


def _named(layout: Layout) -> str:
    return dict(layout.notebooks)[NOTEBOOK]


def _rows_query():
    """Grades of the exercise's notebook, with the names of their cells."""
    return (
        select(_GRADE.c.id, _BASE.c.name, _GRADE.c.auto_score, _GRADE.c.manual_score, _GRADE.c.needs_manual_grade)
        .join(_BASE, _BASE.c.id == _GRADE.c.cell_id)
        .join(_SUBMITTED, _SUBMITTED.c.id == _GRADE.c.notebook_id)
        .join(_NOTEBOOK, _NOTEBOOK.c.id == _SUBMITTED.c.notebook_id)
        .where(_NOTEBOOK.c.name == NOTEBOOK)
    )


def _row(row) -> Row:
    return Row(row.auto_score, row.manual_score, bool(row.needs_manual_grade))


def _find_submission(connection, layout: Layout, mentee: str) -> str | None:
    places = [_SUBMISSION.c.assignment_id == layout.id, _SUBMISSION.c.student_id == mentee]
    return connection.execute(select(_SUBMISSION.c.id).where(*places)).scalar_one_or_none()


def _old_rows(connection, number: str) -> dict[str, tuple[str, Row]]:
    """(id, row) of each grade of a hand-in; locked against other writers where the database can do that."""
    query = _rows_query().where(_SUBMITTED.c.assignment_id == number).with_for_update(of=_GRADE)
    return {row.name: (row.id, _row(row)) for row in connection.execute(query)}


def _change(connection, number: str, entry: Entry, old: dict[str, tuple[str, Row]]) -> None:
    if set(entry.rows) - set(old):
        missing = ", ".join(sorted(set(entry.rows) - set(old)))
        raise MissingEntry(f"Error: the gradebook has no rows for {missing}")
    changed = [
        {"row": old[name][0], "auto": row.auto, "waits": row.waits}
        for name, row in entry.rows.items()
        if row != old[name][1]
    ]
    if changed:
        statement = update(_GRADE).where(_GRADE.c.id == bindparam("row"))
        values = {"auto_score": bindparam("auto"), "needs_manual_grade": bindparam("waits")}
        connection.execute(statement.values(**values), changed)
    submitted_at = _time(entry)
    if submitted_at is not None:
        connection.execute(update(_SUBMISSION).where(_SUBMISSION.c.id == number).values(timestamp=submitted_at))
    mine = select(_SUBMITTED.c.id).where(_SUBMITTED.c.assignment_id == number)
    said = [_COMMENT.c.notebook_id.in_(mine), _COMMENT.c.auto_comment.is_not(None)]
    connection.execute(update(_COMMENT).where(*said).values(auto_comment=None))


def _time(entry: Entry):
    text = entry.submitted_at.strip()
    return utils.parse_utc(text) if text else None


def _add(connection, layout: Layout, entry: Entry) -> str:
    """All rows of a hand-in that the gradebook has not seen, as nbgrader's ``add_submission`` makes them."""
    if connection.execute(select(_STUDENT.c.id).where(_STUDENT.c.id == entry.mentee)).first() is None:
        connection.execute(insert(_STUDENT).values(id=entry.mentee))
    number = new_uuid()
    values = {"id": number, "assignment_id": layout.id, "student_id": entry.mentee, "timestamp": _time(entry)}
    connection.execute(insert(_SUBMISSION).values(**values))
    grades, comments = [], []
    for name, notebook in layout.notebooks:
        own = new_uuid()
        place = {"id": own, "assignment_id": number, "notebook_id": notebook, "flagged": False}
        connection.execute(insert(_SUBMITTED).values(**place))
        rows = entry.rows if name == NOTEBOOK else {}
        grades += [_new_grade(own, cell, rows.get(name)) for name, cell in layout.graded[notebook]]
        comments += [{"id": new_uuid(), "notebook_id": own, "cell_id": cell} for cell in layout.commented[notebook]]
    for table, rows in ((_GRADE, grades), (_COMMENT, comments)):
        if rows:
            connection.execute(insert(table), rows)
    return number


def _new_grade(notebook: str, cell: str, row: Row | None) -> dict:
    auto, waits = (row.auto, row.waits) if row else (None, True)
    return {
        "id": new_uuid(),
        "notebook_id": notebook,
        "cell_id": cell,
        "auto_score": auto,
        "needs_manual_grade": waits,
    }


def _late_penalty(session: Session, number: str, config) -> float | None:
    """The penalty of a hand-in that came after its date, by nbgrader's own rule; None for one in time."""
    submission = session.get(SubmittedAssignment, number)
    if submission.total_seconds_late <= 0:
        return None
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    notebook = next(each for each in submission.notebooks if each.name == NOTEBOOK)
    late = submission.total_seconds_late
    penalty = step.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late)
    return None if penalty is None else step._check_late_penalty(notebook, penalty)
