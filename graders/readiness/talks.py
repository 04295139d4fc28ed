"""What two people settled: how far a mentee is entrusted with each unit of work, and urgent cases taken again together.

A person decides, never a figure. Lines are only ever added; the last one on a competency stands. “Not yet” may be said
by either side and carries no reason.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from flysolo.answers import now
from flysolo.content import load_course
from flysolo.places import content_root
from flysolo.problems import InputError
from flysolo.schema.base import Slug, Strict
from flysolo.schema.readiness import Day, Outcome
from graders import jsonl
from graders.mentor import MentorCourse

OUTCOMES: tuple[Outcome, ...] = ("level 2", "level 3", "level 4", "not yet")
LEVELS = {
    "level 2": "Level 2: with a mentor beside them",
    "level 3": "Level 3: by themselves, and a mentor looks before it leaves the room",
    "level 4": "Level 4: by themselves, and a mentor looks later",
    "not yet": "Not yet",
}
LIMITS, NAME = 400, 80
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class Talk(Strict):
    """One line of ``desk/entrustment.jsonl``: what a talk came to for one competency.

    Attributes
    ----------
    limits : for which children, or which part of the work; never a reason for “not yet”
    second_mentor : needed for level 4, which rests on two people who know the work
    """

    mentee: Slug
    competency: Annotated[str, Field(pattern=r"^E[1-9]$")]
    outcome: Outcome
    on: Day
    limits: Annotated[str, Field(max_length=LIMITS)] = ""
    mentor: Annotated[str, Field(min_length=1, max_length=NAME)]
    second_mentor: Annotated[str, Field(max_length=NAME)] = ""
    at: Time


class Retaken(Strict):
    """One line of ``desk/retaken.jsonl``: an urgent case that was passed over, taken again together and cleared."""

    mentee: Slug
    family: Slug
    on: Day
    mentor: Annotated[str, Field(min_length=1, max_length=NAME)]
    at: Time


def talks(course: MentorCourse, mentee: str) -> tuple[Talk, ...]:
    """Every talk with ``mentee``, oldest first."""
    return tuple(each for each in jsonl.read(_talks(course), Talk) if each.mentee == mentee)


def retaken(course: MentorCourse, mentee: str) -> tuple[Retaken, ...]:
    """Urgent cases that were taken again."""
    return tuple(each for each in jsonl.read(_retaken(course), Retaken) if each.mentee == mentee)


def _talks(course: MentorCourse):
    return course.folder / "desk" / "entrustment.jsonl"


def _retaken(course: MentorCourse):
    return course.folder / "desk" / "retaken.jsonl"


def note_talk(course: MentorCourse, mentee: str, said: dict[str, str]) -> Talk:
    """Keep what a talk came to for one competency.

    Parameters
    ----------
    said : competency, outcome, on, limits, mentor, second_mentor, as they were typed

    Raises
    ------
    InputError
        naming the field, when something is missing or does not fit.
    """
    said = {name: " ".join(value.split()) for name, value in said.items()}
    known = [each.id for each in load_course(content_root()).competencies]
    if said["competency"] not in known:
        raise _refused("competency", said["competency"], f"a talk is about one of {', '.join(known)}", "choose one")
    if said["outcome"] not in OUTCOMES:
        raise _refused("outcome", said["outcome"], "level 2, 3 or 4, or not yet", "choose one of the four")
    names = _names(said)
    limits = "" if said["outcome"] == "not yet" else said["limits"]
    if len(limits) > LIMITS:
        raise _refused("limits", f"{len(limits)} characters", f"at most {LIMITS} characters", "shorten it")
    talk = Talk(
        mentee=mentee,
        competency=said["competency"],
        outcome=said["outcome"],
        on=_day(said["on"]),
        limits=limits,
        at=now(),
        **names,
    )
    jsonl.append(_talks(course), talk)
    return talk


def _names(said: dict[str, str]) -> dict[str, str]:
    first, second = said["mentor"], said["second_mentor"]
    if not first:
        raise _refused("mentor", "nothing", "a talk is held by somebody", "write your name")
    if max(len(first), len(second)) > NAME:
        raise _refused("mentor", "a longer name", f"a name has at most {NAME} characters", "shorten it")
    if said["outcome"] == "level 4" and (not second or second.casefold() == first.casefold()):
        rule = "level 4 rests on two mentors who know this work"
        raise _refused("second mentor", second or "nothing", rule, "write the other mentor's name, or choose level 3")
    return {"mentor": first, "second_mentor": second}


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _refused("date", text or "nothing", "a day as 2027-03-31", "write the day of the talk") from None
    if found > date.today():
        raise _refused("date", text, "a talk that has taken place", "write the day of the talk")
    return found.isoformat()


def note_retaken(course: MentorCourse, mentee: str, family: str) -> Retaken:
    """Keep that an urgent case was taken again with the mentor and cleared."""
    day = date.today().isoformat()
    entry = Retaken(mentee=mentee, family=family, on=day, mentor=course.card.mentor[:NAME] or "the mentor", at=now())
    jsonl.append(_retaken(course), entry)
    return entry


def _refused(field: str, found: str, rule: str, step: str) -> InputError:
    return InputError(field, found or "nothing", rule, f"{step}; nothing was kept yet", file="readiness")
