"""Keys that somebody who knows the evidence disputes: moved to contested in one course, and put back as plainly.

A contested case keeps its reasons marked and its answers unmarked. The change is a line of the desk's notes, with who
moved it, when and why; everybody who answered the case reads that why in the next reply. The key file itself is the
authors' to change, and they are told by the list.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from flysolo.answers import now
from flysolo.problems import InputError
from flysolo.schema.base import Slug, Strict
from graders import jsonl
from graders.keys import Key, load_key
from graders.mentor import MentorCourse, keys_folder

WHY_LIMIT = 2000


class Moved(Strict):
    """One line: a key was moved to contested, or put back.

    Attributes
    ----------
    why : the mentor's words, which everybody who answered the case reads
    by : the mentor who moved it
    asked_by : the mentee whose question led to it, or ""
    """

    exercise: Slug
    family: Slug
    status: Literal["contested", "keyed"]
    why: Annotated[str, Field(max_length=WHY_LIMIT)] = ""
    by: Annotated[str, Field(max_length=80)] = ""
    asked_by: Annotated[str, Field(max_length=60)] = ""
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


def _path(course: MentorCourse):
    return course.folder / "desk" / "contested.jsonl"


def _moves(course: MentorCourse) -> tuple[Moved, ...]:
    """Every line, oldest first; read anew only when the file is another one, since a reply asks once a case."""
    path = _path(course)
    try:
        status = path.stat()
    except OSError:
        return ()
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, mtime_ns: int, size: int) -> tuple[Moved, ...]:
    return tuple(jsonl.read(path, Moved))


def contested(course: MentorCourse) -> dict[tuple[str, str], Moved]:
    """Keys that stand as contested in this course, by (exercise, family); the last line of each counts."""
    last = {(each.exercise, each.family): each for each in _moves(course)}
    return {place: each for place, each in last.items() if each.status == "contested"}


def course_key(course: MentorCourse, exercise: str, family: str) -> Key:
    """The key as it counts in this course; raises ContentError when its file cannot be read."""
    key = load_key(exercise, family, keys_folder())
    if (exercise, family) not in contested(course):
        return key
    return key.model_copy(update={"status": "contested"})


def course_keys(course: MentorCourse, exercise: str, families: list[str]) -> tuple[Key, ...]:
    """The keys of several families as they count in this course, in order."""
    moved = contested(course)
    keys = (load_key(exercise, family, keys_folder()) for family in families)
    return tuple(
        key.model_copy(update={"status": "contested"}) if (exercise, key.family) in moved else key for key in keys
    )


def contest(course: MentorCourse, exercise: str, family: str, why: str, asked_by: str = "") -> Moved:
    """Move a key to contested; raises InputError without a reason, and ContentError when there is no such key."""
    return _move(course, exercise, family, "contested", why, asked_by)


def put_back(course: MentorCourse, exercise: str, family: str, why: str) -> Moved:
    """Let a key count again; those who answered are told why, as they were told before."""
    return _move(course, exercise, family, "keyed", why, "")


def _move(course: MentorCourse, exercise: str, family: str, status: str, why: str, asked_by: str) -> Moved:
    load_key(exercise, family, keys_folder())
    why = why.replace("\r\n", "\n").strip()
    if not why:
        rule = "a key is moved with a reason, which everybody who answered the case reads"
        raise InputError("reason", "nothing", rule, "write a sentence, then press the button again", file="desk")
    if len(why) > WHY_LIMIT:
        rule = f"a reason has at most {WHY_LIMIT:,} characters"
        raise InputError("reason", f"{len(why):,} characters", rule, "shorten it; your words are still there", "desk")
    moved = Moved(
        exercise=exercise,
        family=family,
        status=status,
        why=why,
        by=course.card.mentor[:80],
        asked_by=asked_by,
        at=now(),
    )
    jsonl.append(_path(course), moved)
    return moved


def history(course: MentorCourse, exercise: str, family: str) -> list[Moved]:
    """Every move of one key, oldest first."""
    return [each for each in _moves(course) if (each.exercise, each.family) == (exercise, family)]
