"""Rote rules on one mentee's page: the cases where they showed, and the child to look at next."""

from __future__ import annotations

from typing import Any

from flysolo.content import Case, exercises, load_families, module
from flysolo.draws import seed_for
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.schema.base import parse
from flysolo.schema.rules import RoteRules
from graders.contested import course_key
from graders.desk_items import Work
from graders.given import is_solo
from graders.keys import Key
from graders.mentor import MentorCourse
from graders.rules import Counter, Showing, held_rules, in_words

CATALOG = "curriculum/rote_rules.toml"


def held_view(course: MentorCourse, mentee: str, works: list[Work]) -> list[dict[str, Any]]:
    """At most three rules that this mentee's answers lean on, with the cases to look at."""
    try:
        rules = parse(RoteRules, read_toml(content_root() / CATALOG, CATALOG), CATALOG)
    except ContentError:
        return []  # the content check names what is spoiled; the page of a mentee goes on without it
    bank = open_cases(course, mentee)
    bank |= {name: (work.submission.exercise, *pair) for work in works for name, pair in work.cases.items()}
    marks = [mark for work in works for mark in work.marks]
    titles = {name: case.text(case.family.title) for name, (_, case, _) in bank.items()}
    anchors = {
        name: f"{work.submission.exercise}--{name}"
        for work in works
        for name in work.cases
        if any(mark.family == name and mark.saved_at for mark in work.marks)
    }
    return [
        {
            "text": in_words(held, titles),
            "places": [_place(each, titles, anchors) for each in held.showings],
            "counter": _counter(held.counter, bank, titles, anchors),
        }
        for held in held_rules(marks, rules, bank={name: (case, key) for name, (_, case, key) in bank.items()})
    ]


def open_cases(course: MentorCourse, mentee: str) -> dict[str, tuple[str, Case, Key]]:
    """Cases of open exercises as this mentee meets them, with exercise and key; what cannot be read is left out."""
    found = {}
    for exercise in exercises(content_root()):
        if is_solo(exercise):
            continue  # an undrawn case of the solo bank is named to nobody
        seed = seed_for(course.card.course, mentee, exercise)
        try:
            for family in load_families(exercise, content_root()):
                found[family.id] = (exercise, Case(family, seed), course_key(course, exercise, family.id))
        except ContentError:
            continue  # the content check names it
    return found


def _place(shown: Showing, titles: dict[str, str], anchors: dict[str, str]) -> dict[str, str]:
    sure = ", ready to act on it" if shown.sure else ""
    return {
        "title": titles[shown.family],
        "anchor": anchors[shown.family],
        "kinds": f"{', '.join(shown.kinds)}{sure}",
    }


def _counter(
    counter: Counter | None, bank: dict[str, tuple[str, Case, Key]], titles: dict[str, str], anchors: dict[str, str]
) -> dict[str, str] | None:
    """The child to look at next, in words, with a link where the page shows it."""
    if counter is None:
        return None
    title = f"“{titles[counter.family]}”"
    if counter.kind == "twin":
        text = f"the twin of {title}, not answered yet"
    else:
        text = f"{title} in “{module(bank[counter.family][0], content_root()).title}”, not answered yet"
    return {"text": text, "anchor": anchors.get(counter.family, "")}
