"""How far two mentors agree on written reasons that both have marked, 0 to 3, neither seeing the other's mark.

First marks are those of the gradebook. Second marks stand in ``desk/second-marks.jsonl``, one a line; the last line of
one marker on one answer counts.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, ValidationError

from flysolo.files import read_text
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict
from graders.build import JUSTIFICATION_POINTS, grade_id
from graders.items import lines
from graders.items.measures import bootstrap, rounded
from graders.mentor import MentorCourse

SECOND_MARKS = "second-marks.jsonl"
LEVELS = list(range(JUSTIFICATION_POINTS + 1))


class SecondMark(Strict):
    """A second mark on one written reason, and who gave it when."""

    mentee: Slug
    exercise: Slug
    family: Slug
    question: Slug
    mark: Annotated[int, Field(ge=0, le=JUSTIFICATION_POINTS)]
    by: Annotated[str, Field(min_length=1, max_length=80)]
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


def second_marks(course: MentorCourse) -> tuple[list[SecondMark], list[Problem]]:
    """Second marks that can be read, and what stands in the way of the others."""
    path = course.folder / "desk" / SECOND_MARKS
    name = f"desk/{SECOND_MARKS}"
    found: dict[tuple[str, ...], SecondMark] = {}
    problems = []
    for number, line in enumerate(read_text(path, name).split("\n") if path.exists() else (), start=1):
        if not line.strip():
            continue
        try:
            each = SecondMark.model_validate_json(line)
        except ValidationError as error:
            # the line itself is not repeated: it names a mentee
            field = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the line"
            problems.append(_unreadable(name, number, field))
            continue
        found[each.mentee, each.exercise, each.family, each.question, each.by.casefold()] = each
    return list(found.values()), problems


def _unreadable(name: str, number: int, field: str) -> Problem:
    return Problem(
        name,
        f"line {number}, {field}",
        "no second mark that can be read",
        "a line holds mentee, exercise, family, question, mark (0 to 3), by and at",
        "correct the line or take it out; the other lines are used",
    )


def pairs(course: MentorCourse) -> tuple[np.ndarray, list[Problem]]:
    """First and second mark of every answer that has both, as (answers, 2), and what could not be used."""
    seconds, problems = second_marks(course)
    if not seconds:
        return np.empty((0, 2), int), problems
    from graders.desk_gradebook import words_rows

    first = {place: row.score for place, row in words_rows(course).items() if not row.waits and row.score is not None}
    found = []
    for each in sorted(seconds, key=lambda each: (each.exercise, each.family, each.mentee, each.by)):
        place = (each.mentee, each.exercise, grade_id(each.family, each.question))
        # the same mentor twice says how steady one reader is, not whether two agree
        if place in first and each.by.casefold() != course.card.mentor.casefold():
            found.append((int(first[place]), each.mark))
    return np.array(found, int).reshape(-1, 2), problems


def agreement(marks: np.ndarray) -> dict[str, Any]:
    """Weighted kappa and ICC of (answers, 2) with intervals.

    Raises
    ------
    ContentError
        when there is something to compute and the statistics library is not installed.
    """
    n = len(marks)
    row = {"n": n, "kappa": None, "kappa_interval": None, "icc": None, "icc_interval": None, "same": None}
    if not n:
        return row | {"reading": "no written reason has two marks yet"}
    if n < lines.FEW_PAIRS:
        return row | {"reading": lines.TOO_FEW}
    kappa = kappa_function()
    found = kappa(marks)
    near = "no figure: everybody got the same mark" if found is None else "agreement as hoped for"
    low = found is not None and found < lines.AGREEMENT
    return row | {
        "kappa": rounded(found),
        "kappa_interval": bootstrap(marks, kappa, 500),
        "icc": rounded(icc(marks)),
        "icc_interval": bootstrap(marks, icc),
        "same": rounded(float((marks[:, 0] == marks[:, 1]).mean())),
        "reading": "look: read the anchors together" if low else near,
    }


def kappa_function():
    """Quadratically weighted kappa from scikit-learn, as a function of (answers, 2)."""
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        raise ContentError([_not_installed()]) from None

    def kappa(marks: np.ndarray) -> float | None:
        if len(np.unique(marks)) < 2:
            return None
        return float(cohen_kappa_score(marks[:, 0], marks[:, 1], labels=LEVELS, weights="quadratic"))

    return kappa


def _not_installed() -> Problem:
    return Problem(
        "agreement of double-marked reasons",
        "scikit-learn",
        "the library is not installed here",
        "weighted kappa is computed by scikit-learn",
        "install it beside the course (uv pip install scikit-learn), then run this again; all else is computed",
    )


def icc(marks: np.ndarray) -> float | None:
    """Intraclass correlation of (answers, markers): two-way random effects, agreement, one marker.

    ICC(2,1) of Shrout and Fleiss, from the mean squares of answers, markers and what is left; it falls when one marker
    is stricter than the other, which plain correlation would not show.
    """
    marks = np.asarray(marks, float)
    answers, markers = marks.shape
    if answers < 2 or np.ptp(marks) == 0:
        return None
    grand, by_answer, by_marker = marks.mean(), marks.mean(axis=1), marks.mean(axis=0)
    between = markers * ((by_answer - grand) ** 2).sum() / (answers - 1)
    strictness = answers * ((by_marker - grand) ** 2).sum() / (markers - 1)
    left = marks - by_answer[:, None] - by_marker + grand
    error = (left**2).sum() / ((answers - 1) * (markers - 1))
    below = between + (markers - 1) * error + markers * (strictness - error) / answers
    return float((between - error) / below) if below else None
