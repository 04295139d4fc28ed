"""Answers of scripted learners in the form that mentees' answers have: events in a book, saved case by case."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.answers import Book, Event, Header
from flysolo.content import Case
from flysolo.draws import seed_for
from flysolo.schema.family import FIXED_OPTIONS
from graders.learners.bank import Template
from graders.learners.policies import Answers
from graders.marking import Mark, mark_family
from graders.summary import Summary, summarize

COURSE, AT = "scripted-learners", "2026-01-05T09:00:00Z"
STEPS = [step for step, _ in FIXED_OPTIONS["confidence"]]
#: Where a question's answer stands in a sheet.
_FIELD = {
    "decision": "decision",
    "reason": "reason",
    "twin": "twin",
    "new_information": "news",
    "safety": "safety",
}


def header(mentee: str, exercise: str) -> Header:
    """Whose answers these are, with the seed that belongs to them."""
    seed = seed_for(COURSE, mentee, exercise)
    return Header(format=1, kind="answers", course=COURSE, mentee=mentee, subject=exercise, seed=seed)


def value(template: Template, kind: str, answers: Answers, at: tuple[int, int]) -> dict | None:
    """One answer as the fields of a value; None for kinds that a sheet does not hold."""
    ids = template.ids(kind)
    if kind == "confidence":
        return {"choice": STEPS[int(answers.confidence[at])]}
    if kind == "key_features":
        return {"choices": [ids[pick] for pick in answers.features[at] if pick >= 0]}
    if kind in _FIELD:
        return {"choice": ids[int(getattr(answers, _FIELD[kind])[at])]}
    return None


def events(template: Template, answers: Answers, at: tuple[int, int], start: int = 1) -> Iterator[Event]:
    """Saves of one case, with the first part closed before the twin, numbered from ``start``."""
    family, fingerprint = template.family, template.family.fingerprint
    number = start
    for question in family.questions:
        said = value(template, question.kind, answers, at)
        fields = {"at": AT, "item": family.id, "fingerprint": fingerprint}
        if question.kind == "twin":
            yield Event.model_validate(fields | {"n": number, "do": "commit"})
            number += 1
        if said is not None:
            yield Event.model_validate(fields | {"n": number, "do": "save", "question": question.id, "value": said})
            number += 1


def books(bank: list[Template], answers: Answers, run: int, mentee: str) -> dict[str, Book]:
    """One run's answers as a book for each exercise."""
    found: dict[str, Book] = {}
    for column, template in enumerate(bank):
        book = found.get(template.exercise) or Book(header(mentee, template.exercise))
        added = events(template, answers, (run, column), len(book.events) + 1)
        found[template.exercise] = Book(book.header, (*book.events, *added))
    return found


def marks(bank: list[Template], sat: dict[str, Book]) -> list[Mark]:
    """Marks of these books by the marking that mentees' answers go through."""
    found: list[Mark] = []
    for template in bank:
        book = sat[template.exercise]
        found += mark_family(Case(template.family, book.header.seed), template.key, book)
    return found


def summary(bank: list[Template], found: list[Mark]) -> Summary:
    """Those marks brought together."""
    safety = frozenset(template.family.id for template in bank if template.key.safety)
    return summarize(found, safety_cases=safety)
