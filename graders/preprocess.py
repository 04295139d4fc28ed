"""nbgrader preprocessors that mark answers as data: no kernel is started, and nothing that was handed in is run.

``MarkAnswers`` takes the place of nbgrader's ``Execute``: it writes into each graded cell what running the cell would
have left there, so the rest of nbgrader (grades, penalties, formgrader, feedback) works unchanged. Command line, API
and formgrader's button all come through here.
"""

from __future__ import annotations

from pathlib import Path

from nbformat import from_dict
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from flysolo.problems import ContentError, Problem
from graders import cards
from graders.filling import (
    RESERVED,
    mark_record,
    marks_by_cell,
    notebook_record,
    outputs,
    refuse_missing_cells,
    words_source,
)
from graders.journal import read_journal, write_journal
from graders.marking import Mark
from graders.mentor import MentorCourse, find_mentor_course
from graders.settle import Graded, Row, Settled, settle
from graders.submission import read_submission


class MarkAnswers(NbGraderPreprocessor):
    """Mark the answers beside a fresh released notebook and write marks and words into its cells."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Fill every graded cell; raises ContentError when the hand-in cannot be marked at all."""
        here = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        course = course_around(folder)
        submission = read_submission(course, here["student"], here["assignment"], folder)
        marks = submission.marks()
        refuse_missing_cells({_name(cell) for cell in nb.cells}, submission)
        filled = marks_by_cell(submission, marks)
        for cell in nb.cells:
            if _name(cell) in filled:
                fill_cell(cell, *filled[_name(cell)])
        nb.metadata[RESERVED] = from_dict(notebook_record(submission, marks))
        return nb, resources


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def course_around(folder: Path) -> MentorCourse:
    """The mentor's course that holds the notebook under conversion."""
    course = find_mentor_course(folder)
    if course is None:
        raise ContentError(
            [
                Problem(
                    str(folder),
                    "",
                    "no mentor's course around this notebook",
                    "hand-ins are marked inside a mentor's course folder",
                    "collect the hand-in with: python -m graders collect FOLDER",
                )
            ]
        )
    return course


def fill_cell(cell: NotebookNode, case, key, mark: Mark) -> None:
    """Write one mark into its cell."""
    cell.metadata[RESERVED] = from_dict(mark_record(mark))
    if cell.cell_type == "code":
        cell.outputs = [from_dict(each) for each in outputs(case, mark, utils.is_grade(cell))]
        cell.execution_count = None
    else:
        cell.source = words_source(case, key, mark) or cell.source


class SaveMarks(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, which also knows to which words a mentor's mark was given.

    All rows of a hand-in are written in one transaction, so that a crash leaves them as they were.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the grades of one hand-in, whole or not at all."""
        here = resources["nbgrader"]
        pair = (here["student"], here["assignment"])
        course = course_around(Path(resources["metadata"]["path"]))
        journal = read_journal(course, *pair)
        graded = [cell for cell in nb.cells if utils.is_grade(cell)]
        with Gradebook(here["db_url"]) as book:
            place = (here["notebook"], here["assignment"], here["student"])
            rows = {_name(cell): book.find_grade(_name(cell), *place) for cell in graded}
            before = {name: Row(row.auto_score, row.manual_score, row.needs_manual_grade) for name, row in rows.items()}
            settled = settle([self._graded(cell) for cell in graded], before, journal)
            # noted before the gradebook is written: see Pending
            write_journal(course, *pair, journal.model_copy(update={"pending": settled.pending}))
            for name, row in settled.rows.items():
                rows[name].auto_score, rows[name].needs_manual_grade = row.auto, row.waits
            for cell in graded:
                if utils.is_solution(cell):
                    # the stock comment “No response.” would reach a mentee as the mentor's voice
                    book.find_comment(_name(cell), *place).auto_comment = None
            book.db.commit()
        _put_notes(nb, settled)
        # nbgrader writes the notebook after this; only both together say that the marking is done
        done = {"marked": nb.metadata[RESERVED]["marked"], "notebook": "", "words": settled.words, "pending": {}}
        write_journal(course, *pair, journal.model_copy(update=done))
        return nb, resources

    def _graded(self, cell: NotebookNode) -> Graded:
        score, _ = utils.determine_grade(cell, self.log)
        words = Mark.model_validate(cell.metadata[RESERVED]["mark"]) if utils.is_solution(cell) else None
        return Graded(_name(cell), score, words)


def _put_notes(nb: NotebookNode, settled: Settled) -> None:
    for cell in nb.cells:
        note = settled.notes.get(_name(cell))
        if note:
            cell.metadata[RESERVED]["note"] = note
            cell.source = cards.with_note(cell.source, note)
