"""Answers that the key supports, as a mentee would have saved them; for tests, the demo and trying a new case."""

from __future__ import annotations

from flysolo.answers import Book, Event, Header
from flysolo.content import Case
from flysolo.schema.family import Question
from graders.keys import Key

AT = "2026-01-05T09:00:00Z"


def model_book(case: Case, key: Key, header: Header, start: int = 1) -> Book:
    """The book of one family in which every answer is the supported one; the base is closed before the twin.

    Parameters
    ----------
    start : number of the first event, so that the books of several families can be put one after another
    """
    events: list[Event] = []

    def add(do: str, **fields) -> None:
        place = {"n": start + len(events), "at": AT, "do": do, "item": case.family.id}
        events.append(Event.model_validate(place | {"fingerprint": case.family.fingerprint} | fields))

    for question in case.family.questions:
        if question.kind == "twin":
            add("commit")
        add("save", question=question.id, value=model_value(question, key))
    return Book(header, tuple(events))


def model_books(cases: list[Case], keys: list[Key], header: Header) -> Book:
    """One book for a whole exercise."""
    events: tuple[Event, ...] = ()
    for case, key in zip(cases, keys, strict=True):
        events += model_book(case, key, header, len(events) + 1).events
    return Book(header, events)


def model_value(question: Question, key: Key) -> dict:
    """The supported answer to one question, as the fields of a value."""
    if question.kind == "confidence":
        return {"choice": "act"}
    found = key.of(question.id)
    match question.kind:
        case "key_features":
            return {"choices": list(found.hits[: question.limit])}
        case "evidence":
            return {"choices": list(found.can)}
        case "probability":
            return {"percent": found.truth_percent}
        case "justification":
            best = found.anchors[3].examples[0]
            return {"picks": list(found.links[:3]), "because": best, "change_mind": found.anchors[3].examples[1]}
        case _:
            return {"choice": found.supported}
