"""Disputed keys on the desk: where a mentor moves one to contested or puts it back, and what everybody is told."""

from __future__ import annotations

from typing import Any

from flysolo.content import load_families
from flysolo.places import content_root
from flysolo.problems import ContentError
from graders.batch import handed_in, mark
from graders.contested import Moved, contest, contested, put_back
from graders.desk_time import day
from graders.mentor import MentorCourse
from graders.submission import read_submission


def contested_view(course: MentorCourse, exercise: str, family: str) -> dict[str, Any]:
    """Whether the key of one case stands as contested here, and the form that changes it."""
    moved = contested(course).get((exercise, family))
    return {"exercise": exercise, "family": family, "moved": _said(moved) if moved else None}


def contested_rows(course: MentorCourse) -> list[dict[str, Any]]:
    """Every key that stands as contested in this course, newest first, with how many answered the case."""
    rows = []
    for (exercise, family), moved in sorted(contested(course).items(), key=lambda item: item[1].at, reverse=True):
        answered = len(answered_by(course, exercise, family))
        said = {"exercise": exercise, "family": family, "title": _title(exercise, family), "answered": answered}
        rows.append(said | {"moved": _said(moved)})
    return rows


def _said(moved: Moved) -> dict[str, str]:
    return {"why": moved.why, "by": moved.by or "a mentor", "on": day(moved.at)}


def _title(exercise: str, family: str) -> str:
    try:
        titles = {each.id: each.title for each in load_families(exercise, content_root())}
    except ContentError:
        return family
    return titles.get(family, family)


def answered_by(course: MentorCourse, exercise: str, family: str) -> list[str]:
    """Mentees whose hand-in holds an answer to the case."""
    found = []
    for mentee, handed in handed_in(course):
        if handed != exercise:
            continue
        try:
            book = read_submission(course, mentee, exercise, course.submitted(mentee, exercise)).book
        except (ContentError, OSError):
            continue  # the desk names what cannot be read
        if any(event.do == "save" for event in book.of(family)):
            found.append(mentee)
    return found


def move(course: MentorCourse, exercise: str, family: str, said: dict[str, str]) -> str:
    """Move a key as the button says and mark anew what rests on it; returns what is said afterwards."""
    if said["to"] == "keyed":
        put_back(course, exercise, family, said["why"])
        done = "The key counts again."
    else:
        contest(course, exercise, family, said["why"], said["asked_by"])
        done = "The case is contested from now on: its reasons are marked, its answers are not."
    mark(course)
    count = len(answered_by(course, exercise, family))
    who = (
        "Nobody has answered it yet." if not count else f"{count} answered it; the next replies tell each of them why."
    )
    return f"{done} {who}"
