"""nbgrader preprocessors that mark answers as data: no kernel is started, and nothing that was handed in is run.

``MarkAnswers`` takes the place of nbgrader's ``Execute``: it writes into each graded cell what running the cell would
have left there, so the rest of nbgrader (grades, penalties, formgrader, feedback) works unchanged. Command line, API
and formgrader's button all come through here.
"""

from __future__ import annotations

from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from flysolo.problems import ContentError, Problem
from graders import cards
from graders.build import grade_id
from graders.journal import Journal, WordsMarked, digest, read_journal, write_journal
from graders.marking import Mark
from graders.mentor import MentorCourse, find_mentor_course
from graders.submission import Submission, read_submission
from graders.summary import summarize

RESERVED = "flysolo"


class MarkAnswers(NbGraderPreprocessor):
    """Mark the answers beside a fresh released notebook and write marks and words into its cells."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Fill every graded cell; raises ContentError when the hand-in cannot be marked at all."""
        here = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        course = course_around(folder)
        submission = read_submission(course, here["student"], here["assignment"], folder)
        marks = submission.marks()
        _refuse_missing_cells(nb, submission)
        for case, key in zip(submission.cases, submission.keys, strict=True):
            own = [mark for mark in marks if mark.family == case.family.id]
            fill_cells(nb, case, key, own)
        summary = summarize(marks, safety_cases=submission.safety_cases)
        strays = [mark.model_dump(mode="json") for mark in marks if mark.kind == "unknown"]
        nb.metadata[RESERVED] = {
            "marked": submission.stamp,
            "summary": summary.model_dump(mode="json"),
            "strays": strays,
            "notes": submission.notes(),
        }
        return nb, resources


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


def _refuse_missing_cells(nb: NotebookNode, submission: Submission) -> None:
    """A notebook released before a case was added has no cell for it, and a mark without a cell would be lost."""
    cells = {cell.metadata.nbgrader.get("grade_id") for cell in nb.cells if "nbgrader" in cell.metadata}
    wanted = {grade_id(case.family.id, q.id) for case in submission.cases for q in case.family.questions}
    if wanted - cells:
        raise ContentError(
            [
                Problem(
                    f"{submission.mentee}/{submission.exercise}/cases.ipynb",
                    ", ".join(sorted(wanted - cells)),
                    "no cell for these questions",
                    "a hand-in is marked in the notebook as it is released now",
                    "run: python -m graders mark FOLDER, which sets it out afresh",
                )
            ]
        )


def fill_cells(nb: NotebookNode, case, key, marks: list[Mark]) -> None:
    """Write one family's marks into its cells."""
    by_cell = {grade_id(mark.family, mark.question): mark for mark in marks}
    for cell in nb.cells:
        mark = by_cell.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if mark is None or mark.kind == "unknown":
            continue
        cell.metadata[RESERVED] = {"mark": mark.model_dump(mode="json")}
        question = case.family.question(mark.question)
        if cell.cell_type == "code":
            cell.outputs = _outputs(case, question, mark, utils.is_grade(cell))
            cell.execution_count = None
        elif mark.state not in ("not answered", "earlier wording"):
            # an untouched cell keeps its released text, by which nbgrader knows that nothing waits for a person
            found = key.justification.get(mark.question)
            cell.source = cards.justification_source(case, question, mark, found)


def _outputs(case, question, mark: Mark, graded: bool) -> list[NotebookNode]:
    """A card to look at, and last the bare number that nbgrader reads (a widget or text there would score full)."""
    shown = {"text/html": cards.card(case, question, mark), "text/plain": cards.summary_text(mark)}
    outputs = [new_output("display_data", data=shown)]
    if graded:
        number = f"{round(mark.gradebook_points, 6):g}"
        outputs.append(new_output("execute_result", data={"text/plain": number}, execution_count=None))
    return outputs


class SaveMarks(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, which also knows to which words a mentor's mark was given.

    The stock one raises its flag for every mark that a person ever gave, whenever a hand-in is marked again. Here a
    mark stays settled while the words are the ones it was given to; when they have changed, it stays as a note, the
    flag goes up, and the mentor is told. All rows of a hand-in are written in one transaction, so that a crash leaves
    them as they were.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the grades of one hand-in, whole or not at all."""
        here = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = here["notebook"], here["assignment"], here["student"]
        course = course_around(Path(resources["metadata"]["path"]))
        self._journal = read_journal(course, self.student_id, self.assignment_id)
        with Gradebook(here["db_url"]) as self.gradebook:
            for cell in nb.cells:
                self._save(cell)
            self.gradebook.db.commit()
        write_journal(course, self.student_id, self.assignment_id, self._journal)
        return nb, resources

    def _save(self, cell: NotebookNode) -> None:
        if not utils.is_grade(cell):
            return
        place = (cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(*place)
        before = grade.auto_score
        grade.auto_score, _ = utils.determine_grade(cell, self.log)
        if utils.is_solution(cell):
            # the stock comment “No response.” would reach a mentee as the mentor's voice
            self.gradebook.find_comment(*place).auto_comment = None
            self._settle_words(cell, grade, place[0])
        else:
            # a mentor's own number for a cell stands; it is looked at again only when ours has changed
            changed = grade.auto_score != before
            grade.needs_manual_grade = grade.manual_score is not None and (grade.needs_manual_grade or changed)

    def _settle_words(self, cell: NotebookNode, grade, name: str) -> None:
        """Say whether words wait for a mark, and carry an earlier mark along as a note."""
        mark = Mark.model_validate(cell.metadata[RESERVED]["mark"])
        if mark.state in ("not answered", "earlier wording"):
            grade.needs_manual_grade = False
            return
        now = digest(repr(sorted(mark.own_words.items())) + repr([each for each, _ in mark.chosen]))
        known = self._journal.words.get(name)
        marked = _words_marked(known, now, grade)
        grade.needs_manual_grade = grade.manual_score is None or marked != now
        self._journal = _remember(self._journal, name, WordsMarked(seen=now, marked=marked))
        if grade.manual_score is not None and marked != now:
            note = f"New words since your mark. The mark of the earlier words was {grade.manual_score:g} of 3."
            cell.metadata[RESERVED]["note"] = note
            cell.source = cards.with_note(cell.source, note)


def _words_marked(known: WordsMarked | None, now: str, grade) -> str:
    """Fingerprint of the words that a mentor's mark was given to.

    A mark that was settled when this marking began was given to the words that were seen last. One that still waited
    was given to whatever it was given to before.
    """
    if grade.manual_score is None:
        return ""
    if known is None:
        return ""
    return known.marked if grade.needs_manual_grade else known.seen


def _remember(journal: Journal, name: str, words: WordsMarked) -> Journal:
    return journal.model_copy(update={"words": journal.words | {name: words}})
