"""Second reading on the desk: another mentor marks written reasons, blind to names and to the first mark."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flysolo.answers import now as this_instant
from flysolo.problems import InputError
from graders.desk_forms import words_view
from graders.mentor import MentorCourse
from graders.second_marks import SecondMark, add
from graders.second_reading import to_read

PATH = "desk/second"


def reader_of(course: MentorCourse, by: str) -> str:
    """The name of a second reader; raises InputError without one, or where it is the first reader's."""
    by = " ".join(by.split())[:80]
    if not by:
        rule = "a second mark carries the name of who gave it"
        raise InputError("name", "nothing", rule, "write your name, then go on", file="desk")
    if by.casefold() == course.card.mentor.casefold():
        rule = "two marks on one reason come from two people"
        raise InputError("name", by, rule, "ask another mentor to read, under their own name", file="desk")
    return by


def href(place: tuple[str, str, str, str], by: str) -> str:
    """The page of one written reason for a second reader."""
    return f"{PATH}/{'/'.join(place)}?by={quote(by)}"


def second_view(course: MentorCourse, place: tuple[str, str, str, str], by: str, at: datetime) -> dict[str, Any]:
    """One written reason as a second reader sees it: no name, no first mark, no earlier comment."""
    view = words_view(course, *place, at)
    left = to_read(course, by)
    later = [each for each in left if each != place]
    return view | {
        "second": by,
        "left": len(left),
        "next": bool(later),
        "next_path": href(later[0], by) if later else "desk",
        "path": href(place, by),
        "bank": [],
        "chosen_score": None,
    }


def save(course: MentorCourse, place: tuple[str, str, str, str], by: str, said: dict[str, str], at: datetime) -> str:
    """Keep a second mark; returns the page to go on with."""
    view = words_view(course, *place, at)
    if said["event"] != str(view["mark"].event):
        rule = "what is marked is what stood on the page"
        raise InputError("words", "other words", rule, "read the words as they stand now, then mark", file="desk")
    if said["score"] not in ("0", "1", "2", "3"):
        found = said["score"] or "nothing"
        raise InputError("mark", found, "a mark is 0, 1, 2 or 3", "choose one, then save", file="desk")
    _, exercise, family, question = place
    mark = SecondMark(
        mentee=view["mentee"],
        exercise=exercise,
        family=family,
        question=question,
        event=view["mark"].event,
        mark=int(said["score"]),
        by=by,
        at=this_instant(),
    )
    add(course, mark)
    left = to_read(course, by)
    return href(left[0], by) if left else "desk"
