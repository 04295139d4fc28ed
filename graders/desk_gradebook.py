"""The desk's way into nbgrader's gradebook: which written reasons wait, and a mentor's mark and comment on one.

Marks live in nbgrader alone, so that formgrader and the desk can never show two different ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import Comment, Grade, Gradebook, MissingEntry
from sqlalchemy.exc import OperationalError

from flysolo.problems import ContentError, InputError, Problem
from graders.build import JUSTIFICATION_POINTS, grade_id
from graders.mentor import NOTEBOOK, MentorCourse

COMMENT_LIMIT = 4000


@dataclass(frozen=True)
class WordsRow:
    """One written reason in the gradebook; ``submission`` is nbgrader's id of the marked notebook."""

    submission: str
    waits: bool
    score: float | None
    comment: str


def words_rows(course: MentorCourse) -> dict[tuple[str, str, str], WordsRow]:
    """Every hand-marked cell of every hand-in, by (mentee, exercise, cell)."""
    with Gradebook(course.db_url) as book:
        # nbgrader keeps a comment under the solution cell, which shares only the name with the graded one
        comments = {(each.notebook_id, each.name): each.manual_comment or "" for each in book.db.query(Comment)}
        found = {}
        for grade in book.db.query(Grade).filter(Grade.cell_type == "markdown"):
            row = WordsRow(
                submission=grade.notebook_id,
                waits=grade.needs_manual_grade,
                score=grade.manual_score,
                comment=comments.get((grade.notebook_id, grade.name), ""),
            )
            found[grade.student.id, grade.assignment.assignment.name, grade.name] = row
        return found


def comments(course: MentorCourse, mentee: str, exercise: str) -> dict[str, str]:
    """What the mentor wrote on one hand-in, by cell."""
    with Gradebook(course.db_url) as book:
        try:
            notebook = book.find_submission_notebook(NOTEBOOK, exercise, mentee)
        except MissingEntry:
            return {}
        return {each.name: each.manual_comment for each in notebook.comments if each.manual_comment}


def write_mark(
    course: MentorCourse, mentee: str, exercise: str, family: str, question: str, *, score: int | None, comment: str
) -> None:
    """Write a mentor's mark and comment on one answer; ``score`` None leaves the mark as it is.

    nbgrader's table takes a comment on any cell, and its forms show those on written answers; the reply shows all.

    Raises
    ------
    ContentError
        when the mark is not 0 to 3, the comment is too long, or the gradebook has no such cell.
    """
    if score is not None and score not in range(JUSTIFICATION_POINTS + 1):
        raise InputError("mark", score, "a mark is 0, 1, 2 or 3", "choose one of the four, then save", file="desk")
    comment = comment.replace("\r\n", "\n").strip()
    if len(comment) > COMMENT_LIMIT:
        rule = f"a comment has at most {COMMENT_LIMIT:,} characters"
        raise InputError("comment", f"{len(comment):,} characters", rule, "shorten it, then save", file="desk")
    cell = grade_id(family, question)
    try:
        with Gradebook(course.db_url) as book:
            grade = book.find_grade(cell, NOTEBOOK, exercise, mentee)
            if score is not None:
                grade.manual_score = float(score)
                grade.needs_manual_grade = False
            _comment_row(book, grade).manual_comment = comment or None
            book.db.commit()
    except MissingEntry:
        raise ContentError([_no_cell(f"{mentee}/{exercise}", cell)]) from None
    except OperationalError as error:
        raise ContentError([_busy(error)]) from error


def _comment_row(book: Gradebook, grade: Grade) -> Comment:
    """The row that holds the comment on a cell, made anew where nbgrader keeps none."""
    for row in grade.notebook.comments:
        if row.name == grade.name:
            return row
    row = Comment(cell_id=grade.cell_id, notebook=grade.notebook)
    book.db.add(row)
    return row


def _no_cell(where: str, cell: str) -> Problem:
    return Problem(
        where,
        cell,
        "no such cell in the gradebook yet",
        "a hand-in is marked by the machine before a person marks its words",
        "press “Collect and mark” on the desk, then open this page again",
    )


def _busy(error: OperationalError) -> Problem:
    return Problem(
        "gradebook.db",
        "",
        f"it did not take the mark ({error.orig})",
        "one program writes to the gradebook at a time",
        "wait until marking has ended, then save again; your words are still on the page",
    )
