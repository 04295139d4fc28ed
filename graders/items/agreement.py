"""How far two mentors agree on written reasons that both have marked, 0 to 3, neither seeing the other's mark.

First marks are those of the gradebook. Second marks stand in ``desk/second-marks.jsonl``, one a line; the last line of
one marker on one answer counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from flysolo.problems import Problem
from graders.build import JUSTIFICATION_POINTS, grade_id
from graders.items import lines
from graders.items.measures import bootstrap, rounded
from graders.mentor import MentorCourse
from graders.second_marks import second_marks

LEVELS = list(range(JUSTIFICATION_POINTS + 1))


def pairs(course: MentorCourse) -> tuple[np.ndarray, list[Problem]]:
    """First and second mark of every answer that has both, as (answers, 2), and what could not be used."""
    seconds, problems = second_marks(course)
    if not seconds:
        return np.empty((0, 2), int), problems
    from graders.desk_gradebook import words_rows
    from graders.second_reading import same_words

    first = {place: row.score for place, row in words_rows(course).items() if not row.waits and row.score is not None}
    found = []
    for each in sorted(seconds, key=lambda each: (each.exercise, each.family, each.mentee, each.by)):
        place = (each.mentee, each.exercise, grade_id(each.family, each.question))
        # the same mentor twice says how steady one reader is, not whether two agree
        if place in first and each.by.casefold() != course.card.mentor.casefold() and same_words(course, each):
            found.append((int(first[place]), each.mark))
    return np.array(found, int).reshape(-1, 2), problems


def agreement(marks: np.ndarray) -> dict[str, Any]:
    """Weighted kappa and ICC of (answers, 2) with intervals; nothing from few answers."""
    n = len(marks)
    row = {"n": n, "kappa": None, "kappa_interval": None, "icc": None, "icc_interval": None, "same": None}
    if not n:
        return row | {"reading": "no written reason has two marks yet"}
    if n < lines.FEW_PAIRS:
        return row | {"reading": lines.TOO_FEW}
    found, together = kappa(marks), icc(marks)
    near = "no figure: everybody got the same mark" if found is None else "agreement as hoped for"
    low = found is not None and found < lines.AGREEMENT
    return row | {
        "kappa": rounded(found),
        "kappa_interval": bootstrap(marks, kappa, 500),
        "icc": rounded(together[0]) if together else None,
        "icc_interval": together[1] if together else None,
        "same": rounded(float((marks[:, 0] == marks[:, 1]).mean())),
        "reading": "look: read the anchors together" if low else near,
    }


def kappa(marks: np.ndarray) -> float | None:
    """Quadratically weighted kappa of (answers, 2), by scikit-learn; None where everybody got the same mark."""
    from sklearn.metrics import cohen_kappa_score

    if len(np.unique(marks)) < 2:
        return None
    return float(cohen_kappa_score(marks[:, 0], marks[:, 1], labels=LEVELS, weights="quadratic"))


def icc(marks: np.ndarray) -> tuple[float, tuple[float, float]] | None:
    """Intraclass correlation of (answers, markers) with its 95 % interval, by pingouin; None where nothing varies.

    ICC(2,1) of Shrout and Fleiss, called ICC(A,1) by McGraw and Wong: two-way random effects, agreement, one marker.
    It falls when one marker is stricter than the other, which plain correlation would not show.
    """
    import pandas as pd
    import pingouin

    marks = np.asarray(marks, float)
    answers, markers = marks.shape
    if answers < 2 or np.ptp(marks) == 0:
        return None
    if (marks == marks[:, :1]).all():
        return 1.0, (1.0, 1.0)  # no difference at all leaves nothing to divide by
    long = pd.DataFrame(
        {
            "answer": np.repeat(np.arange(answers), markers),
            "marker": np.tile(np.arange(markers), answers),
            "mark": marks.ravel(),
        }
    )
    found = pingouin.intraclass_corr(long, targets="answer", raters="marker", ratings="mark").set_index("Type")
    row = found.loc["ICC(A,1)" if "ICC(A,1)" in found.index else "ICC2"]
    low, high = row["CI95"] if "CI95" in row else row["CI95%"]
    return float(row["ICC"]), (round(float(low), 4), round(float(high), 4))
