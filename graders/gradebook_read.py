"""What is read from nbgrader's gradebook for many hand-ins at once, in one query instead of one a cell."""

from __future__ import annotations

from functools import lru_cache

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Integer, and_, cast, create_engine, func, select
from sqlalchemy.pool import NullPool

from graders.mentor import NOTEBOOK
from graders.reply_view import Words

ASSIGNMENT, SUBMISSION = Assignment.__table__, SubmittedAssignment.__table__
NOTEBOOKS, SUBMITTED = Notebook.__table__, SubmittedNotebook.__table__
GRADE, COMMENT = Grade.__table__, Comment.__table__


def waiting_counts(db_url: str) -> dict[tuple[str, str], int]:
    """How many marks by hand each hand-in waits for, by (mentee, exercise); those not in it have no rows."""
    waits = func.sum(cast(GRADE.c.needs_manual_grade, Integer))
    query = (
        select(SUBMISSION.c.student_id, ASSIGNMENT.c.name, waits)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
        .join(SUBMITTED, SUBMITTED.c.assignment_id == SUBMISSION.c.id)
        .join(NOTEBOOKS, NOTEBOOKS.c.id == SUBMITTED.c.notebook_id)
        .join(GRADE, GRADE.c.notebook_id == SUBMITTED.c.id)
        .where(NOTEBOOKS.c.name == NOTEBOOK)
        .group_by(SUBMISSION.c.student_id, ASSIGNMENT.c.name)
    )
    # nbgrader's own way in, which makes the tables where there are none yet
    with Gradebook(db_url) as book, book.engine.connect() as connection:
        return {(mentee, exercise): int(count or 0) for mentee, exercise, count in connection.execute(query)}


@lru_cache(maxsize=4)
def _engine(db_url: str):
    """Set up once, and holding no connection: other programs write to the gradebook too."""
    return create_engine(db_url, poolclass=NullPool)


def words_by_hand(db_url: str, pair: tuple[str, str] | None = None) -> dict[tuple[str, str], dict[str, Words]]:
    """What the mentor wrote and marked by hand, by (mentee, exercise) and cell; of one hand-in or of all."""
    query = _words_query()
    if pair is not None:
        query = query.where(query.selected_columns.student_id == pair[0], query.selected_columns.exercise == pair[1])
    found: dict[tuple[str, str], dict[str, Words]] = {}
    with _engine(db_url).connect() as connection:
        for row in connection.execute(query):
            words = Words(row.manual_comment or "", row.manual_score, bool(row.needs_manual_grade))
            found.setdefault((row.student_id, row.exercise), {})[row.cell] = words
    return found


@lru_cache(maxsize=1)
def _words_query():
    # a cell that is both graded and answered has two rows, which share no more than their name
    marked, said = BaseCell.__table__.alias("marked"), BaseCell.__table__.alias("said")
    return (
        select(
            SUBMISSION.c.student_id,
            ASSIGNMENT.c.name.label("exercise"),
            said.c.name.label("cell"),
            COMMENT.c.manual_comment,
            GRADE.c.manual_score,
            GRADE.c.needs_manual_grade,
        )
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
        .join(SUBMITTED, SUBMITTED.c.assignment_id == SUBMISSION.c.id)
        .join(NOTEBOOKS, and_(NOTEBOOKS.c.id == SUBMITTED.c.notebook_id, NOTEBOOKS.c.name == NOTEBOOK))
        .join(COMMENT, COMMENT.c.notebook_id == SUBMITTED.c.id)
        .join(said, said.c.id == COMMENT.c.cell_id)
        .join(GRADE, GRADE.c.notebook_id == SUBMITTED.c.id)
        .join(marked, and_(marked.c.id == GRADE.c.cell_id, marked.c.name == said.c.name))
    )
