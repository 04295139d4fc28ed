"""Small ways to put answers of one's own making through the real marking, for the learners who do something odd."""

from __future__ import annotations

import json
from collections.abc import Callable

from flysolo.answers import Book, Event, dump
from flysolo.content import Case
from flysolo.handin import pack, unpack
from graders.learners import sheets
from graders.learners.bank import Template
from graders.marking import Mark, mark_family
from graders.model_answers import model_books


def groups(bank: list[Template]) -> dict[str, list[Template]]:
    """The bank by exercise."""
    found: dict[str, list[Template]] = {}
    for template in bank:
        found.setdefault(template.exercise, []).append(template)
    return found


def model(part: list[Template], mentee: str = "model") -> Book:
    """Supported answers to one exercise."""
    header = sheets.header(mentee, part[0].exercise)
    cases = [Case(each.family, header.seed) for each in part]
    return model_books(cases, [each.key for each in part], header)


def marked(part: list[Template], book: Book) -> str:
    """Marks of one exercise as text, so that two markings can be compared byte for byte."""
    return json.dumps([mark.model_dump(mode="json") for mark in sheets.marks(part, {part[0].exercise: book})])


def scores(part: list[Template], book: Book) -> list[tuple[str, str, float | None, str]]:
    """Scores alone: what was answered when, and in which words, left aside."""
    found = sheets.marks(part, {part[0].exercise: book})
    return [(mark.family, mark.question, mark.score, mark.state) for mark in found]


def changed(book: Book, change: Callable[[Event], Event]) -> Book:
    """The same book with each event changed."""
    return Book(book.header, tuple(change(event) for event in book.events))


def one_mark(template: Template, kind: str, said: dict) -> Mark:
    """The mark of one answer by itself."""
    header = sheets.header("single", template.exercise)
    place = {"n": 1, "at": sheets.AT, "do": "save", "item": template.family.id}
    event = place | {
        "question": template.question(kind).id,
        "value": said,
        "fingerprint": template.family.fingerprint,
    }
    book = Book(header, (Event.model_validate(event),))
    marks = mark_family(Case(template.family, header.seed), template.key, book)
    return next(mark for mark in marks if mark.kind == kind)


def fingerprints(part: list[Template]) -> dict[str, str]:
    """Wordings of an exercise's families, as a hand-in names them."""
    return {each.family.id: each.family.fingerprint for each in part}


def dump_packed(part: list[Template], book: Book) -> bytes:
    """What a hand-in of ``book`` holds."""
    handed_in = unpack(pack(book, fingerprints(part), "hand-in"), "hand-in")
    return dump(handed_in.book.header, handed_in.book.events).encode("utf-8")
