"""Inviting a mentee: one small file that tells ``flysolo start`` whose course this is and where parcels travel.

The name becomes an id that numbers are drawn from and marks are kept under, so one id is never given to two people.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from flysolo.course import slug
from flysolo.files import read_json, write_whole
from flysolo.problems import InputError
from graders.mentor import MentorCourse, open_mentor_course

NAME_LIMIT = 80


def invite(course_folder: Path, name: str, into: Path) -> Path:
    """Write the invitation for ``name`` and return where it lies.

    Inviting the same name again writes the same invitation, for when the first one was lost.

    Raises
    ------
    InputError
        when the name is empty or too long.
    ContentError
        when there is no mentor's course in ``course_folder``.
    """
    course = open_mentor_course(course_folder)
    name = _checked(name)
    known = people(course)
    mentee = next((each for each, whose in known.items() if whose == name), None) or _new_id(course, name)
    if mentee not in known:
        names = json.dumps(known | {mentee: name}, ensure_ascii=False, indent=1)
        write_whole(_path(course), names + "\n")
    path = Path(into).expanduser().resolve() / f"invitation-{mentee}.json"
    write_whole(path, json.dumps(_invitation(course, mentee, name), ensure_ascii=False, indent=1) + "\n")
    return path


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise InputError(
            "NAME",
            f"{len(name)} characters",
            f"a mentee is invited by name, 1 to {NAME_LIMIT} characters",
            'name the person: python -m graders invite "Ada Example"',
            file="invite",
        )
    return name


def _new_id(course: MentorCourse, name: str) -> str:
    """An id that nobody has: neither an invited person nor somebody whose work was collected without an invitation."""
    taken = set(people(course)) | set(course.mentees())
    wanted = slug(name) or f"mentee-{secrets.token_hex(3)}"
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(each for each in numbers if each not in taken)


def _invitation(course: MentorCourse, mentee: str, name: str) -> dict[str, str | int]:
    card = course.card
    drop = str(Path(card.drop).expanduser().resolve()) if card.drop else ""
    return {"format": 1, "course": card.course, "mentee": mentee, "name": name, "mentor": card.mentor, "drop": drop}


def _path(course: MentorCourse) -> Path:
    return course.folder / "desk" / "people.json"


def people(course: MentorCourse) -> dict[str, str]:
    """Names of those who were invited, by id."""
    path = _path(course)
    return read_json(path, "desk/people.json") if path.exists() else {}


def name_of(course: MentorCourse, mentee: str) -> str:
    """A mentee's name as it was invited, or the id."""
    return people(course).get(mentee, mentee)
