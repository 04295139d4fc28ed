"""Hand-ins that nobody wrote: mixed answers to a real exercise, the same for the same number.

Some questions are left blank, some answers are supported and most are drawn, so that every way through the marking is
walked and no way is walked by all.
"""

from __future__ import annotations

import random
from pathlib import Path

from flysolo.answers import Book, Event, Header
from flysolo.content import Case, load_families
from flysolo.draws import seed_for
from flysolo.files import write_bytes_whole
from flysolo.handin import pack
from flysolo.places import content_root
from flysolo.schema.family import Question
from graders.keys import Key, load_key
from graders.mentor import MentorCourse, keys_folder, make_mentor_course
from graders.model_answers import model_value

COURSE = "bench-course"
_WORDS = "airway narrows when asleep and muscle tone falls so effort rises while the nose and the tongue base crowd it"


def mentee(number: int) -> str:
    """Id of one invented mentee."""
    return f"mentee-{number:05d}"


def answers(exercise: str, number: int) -> Book:
    """What an invented mentee saved."""
    name = mentee(number)
    seed = seed_for(COURSE, name, exercise)
    header = Header(format=1, kind="answers", course=COURSE, mentee=name, subject=exercise, seed=seed)
    chance = random.Random(f"{exercise}/{number}")
    events: list[Event] = []
    for family in load_families(exercise, content_root()):
        case, key = Case(family, seed), load_key(exercise, family.id, keys_folder())
        events += _case_events(case, key, chance, len(events) + 1)
    return Book(header, tuple(events))


def _case_events(case: Case, key: Key, chance: random.Random, start: int) -> list[Event]:
    events: list[Event] = []

    def add(do: str, **fields) -> None:
        n = start + len(events)
        at = f"2026-01-05T{9 + n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z"
        place = {"n": n, "at": at, "do": do, "item": case.family.id, "fingerprint": case.family.fingerprint}
        events.append(Event.model_validate(place | fields))

    for question in case.family.questions:
        if question.kind == "twin":
            add("commit")
        if chance.random() > 0.05:
            add("save", question=question.id, value=_value(case, question, key, chance))
    return events


def _value(case: Case, question: Question, key: Key, chance: random.Random) -> dict:
    """One answer: now and then the supported one, otherwise any."""
    if chance.random() < 0.4 and question.kind != "justification":
        return model_value(question, key)
    ids = [option.id for option in case.family.options_of(question)]
    match question.kind:
        case "key_features" | "evidence":
            return {"choices": chance.sample(ids, min(question.limit or 3, len(ids)))}
        case "probability":
            return {"percent": float(chance.randrange(101))}
        case "justification":
            words = " ".join(chance.choices(_WORDS.split(), k=60))
            return {"picks": chance.sample(ids, min(2, len(ids))), "because": words, "change_mind": words[:120]}
        case _:
            return {"choice": chance.choice(ids)}


def parcels(exercise: str, count: int, into: Path, first: int = 0) -> list[Path]:
    """Hand-ins of ``count`` invented mentees, as files in ``into``."""
    wording = {family.id: family.fingerprint for family in load_families(exercise, content_root())}
    paths = []
    for number in range(first, first + count):
        path = into / f"hand-in-{number:05d}.zip"
        write_bytes_whole(path, pack(answers(exercise, number), wording, "hand-in"))
        paths.append(path)
    return paths


def course_with(exercise: str, count: int, folder: Path) -> MentorCourse:
    """A mentor's course in which ``count`` hand-ins are collected and nothing is marked."""
    from graders.collect import collect

    course = make_mentor_course(folder, course=COURSE, mentor="Bench")
    parcels(exercise, count, course.folder / "incoming")
    collect(course)
    return course
