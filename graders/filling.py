"""What marking writes into the cells of a released notebook, as plain data: no file, no database, no nbgrader.

nbgrader's own converter and the direct way through many hand-ins both fill cells here, so that neither can come to say
anything else than the other.
"""

from __future__ import annotations

from typing import Any

from flysolo.problems import ContentError, Problem
from graders import cards
from graders.keys import Key
from graders.marking import Mark
from graders.submission import Submission
from graders.summary import summarize

RESERVED = "flysolo"
#: States in which a justification's cell keeps its released text, by which nbgrader knows that nothing waits.
UNTOUCHED = ("not answered", "earlier wording")


def cell_name(family: str, question: str) -> str:
    """Name of one question's cell: ``graders.build.grade_id``, without the seconds that nbformat takes to load."""
    return f"{family}--{question}"


def refuse_missing_cells(found: set[str], submission: Submission) -> None:
    """A notebook released before a case was added has no cell for it, and a mark without a cell would be lost."""
    wanted = {cell_name(case.family.id, q.id) for case in submission.cases for q in case.family.questions}
    if wanted - found:
        raise ContentError(
            [
                Problem(
                    f"{submission.mentee}/{submission.exercise}/cases.ipynb",
                    ", ".join(sorted(wanted - found)),
                    "no cell for these questions",
                    "a hand-in is marked in the notebook as it is released now",
                    "run: python -m graders mark FOLDER, which sets it out afresh",
                )
            ]
        )


def notebook_record(submission: Submission, marks: list[Mark]) -> dict[str, Any]:
    """What the notebook as a whole carries, for machines to read."""
    summary = summarize(marks, safety_cases=submission.safety_cases)
    return {
        "marked": submission.stamp,
        "summary": summary.model_dump(mode="json"),
        "strays": [mark.model_dump(mode="json") for mark in marks if mark.kind == "unknown"],
        "notes": submission.notes(),
    }


def marks_by_cell(submission: Submission, marks: list[Mark]) -> dict[str, tuple]:
    """(case, key, mark) for each cell that gets a mark."""
    cases = {case.family.id: (case, key) for case, key in zip(submission.cases, submission.keys, strict=True)}
    return {
        cell_name(mark.family, mark.question): (*cases[mark.family], mark) for mark in marks if mark.kind != "unknown"
    }


def mark_record(mark: Mark) -> dict[str, Any]:
    """What a cell carries, for machines to read."""
    return {"mark": mark.model_dump(mode="json")}


def outputs(case, mark: Mark, graded: bool) -> list[dict[str, Any]]:
    """A card to look at, and last the bare number that nbgrader reads (a widget or text there would score full)."""
    question = case.family.question(mark.question)
    shown = {"text/html": cards.card(case, question, mark), "text/plain": cards.summary_text(mark)}
    found = [{"output_type": "display_data", "metadata": {}, "data": shown}]
    if graded:
        data = {"text/plain": number(mark)}
        found.append({"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": None})
    return found


def number(mark: Mark) -> str:
    """A mark as the number that nbgrader reads."""
    return f"{round(mark.gradebook_points, 6):g}"


def words_source(case, key: Key, mark: Mark) -> str | None:
    """New source of a justification's cell; None leaves the released text."""
    if mark.state in UNTOUCHED:
        return None
    return cards.justification_source(
        case, case.family.question(mark.question), mark, key.justification.get(mark.question)
    )
