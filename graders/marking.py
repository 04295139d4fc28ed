"""What the answers to one case family are worth, and what is said about them. Pure: no file, no clock, no chance.

The reason matters more than the answer, so decisions and reasons are marked apart and never averaged together. A
question without an answer has no mark at all, an answer to other words is shown and not marked, and where clinicians
who know the evidence disagree only the reasons are marked.
"""

from __future__ import annotations

from flysolo.answers import Book, Event, Value
from flysolo.content import Case
from flysolo.schema.family import Question
from graders.keys import Key
from graders.markers import MARKERS, fill
from graders.marks import JUSTIFICATION_POINTS, ChosenWords, Mark, Standing, State

__all__ = [
    "JUSTIFICATION_POINTS",
    "ChosenWords",
    "Mark",
    "Standing",
    "State",
    "chosen_ids",
    "fill",
    "mark_family",
    "unknown_families",
]

#: Raised by one whenever the same answers would be marked differently; hand-ins are then marked again.
MARKING_VERSION = 2


def mark_family(case: Case, key: Key, book: Book, explained: dict[str, tuple[str, int]] | None = None) -> list[Mark]:
    """Marks of every question of a family, in its order, then notes on answers to questions nobody asked.

    Parameters
    ----------
    explained : for ``family--question``, (fingerprint, event number) of the answer whose key a reply has shown;
        later answers to that wording could have been read off the reply and are not marked
    """
    marked: dict[str, Mark] = {}
    for question in case.family.questions:
        own = _without_copied(book, case, question, explained or {})
        mark = _mark(case, key, own, question, marked)
        if own is not book:
            mark = mark.model_copy(update={"note": f"{mark.note} {LATER}".strip(), "later_kept": True})
        marked[question.id] = mark
    return [*marked.values(), *_strays(case, book)]


LATER = "Another answer was saved after a reply had explained this question; it is kept, and the earlier one counts."


def _without_copied(book: Book, case: Case, question: Question, explained: dict[str, tuple[str, int]]) -> Book:
    """The book without answers that could have been read off a reply; the book itself when there are none."""
    fingerprint, last = explained.get(f"{case.family.id}--{question.id}", ("", 0))
    if fingerprint != case.family.fingerprint or question.kind == "justification":
        return book
    later = {event.n for event in book.of(case.family.id) if event.question == question.id and event.n > last}
    kept = tuple(event for event in book.events if event.n not in later)
    return Book(book.header, kept, book.damaged) if later else book


def _mark(case: Case, key: Key, book: Book, question: Question, before: dict[str, Mark]) -> Mark:
    blank = Mark(
        family=case.family.id,
        question=question.id,
        kind=question.kind,
        state="not answered",
        points=_points(question),
        fingerprint=case.family.fingerprint,
    )
    event = book.counted(case.family.id, question.id, case.family.fingerprint, question in case.family.base_questions)
    if event is None or event.value is None or event.value.is_blank:
        return _earlier(case, book, question, blank) or blank
    answered = blank.model_copy(update=_said(case, question, event) | {"state": "answered"})
    unknown = _unknown(case, question, event.value)
    if unknown:
        note = f"It names an option that this question does not have: {', '.join(unknown)}."
        return answered.model_copy(update={"state": "cannot be marked", "note": note})
    if question.kind == "confidence":
        return answered
    try:
        found = key.of(question.id)
    except KeyError:
        return answered.model_copy(update={"state": "cannot be marked", "note": "The key has no entry for it."})
    marked = MARKERS[question.kind](answered, case, question, event.value, found, before)
    if question.kind == "safety":
        # a calm child phoned about passes nothing urgent over
        marked = marked.model_copy(update={"urgent": key.safety})
    return _contest(marked, key)


def _points(question: Question) -> float:
    return {"confidence": 0.0, "justification": float(JUSTIFICATION_POINTS)}.get(question.kind, 1.0)


def _said(case: Case, question: Question, event: Event) -> dict:
    """What an event says, as fields of a mark."""
    value, texts = event.value, dict(case.options(question))
    ids = chosen_ids(value)
    written = {"because": value.because, "change_mind": value.change_mind, "text": value.text}
    return {
        "chosen": tuple((each, texts.get(each, each)) for each in ids),
        "percent": value.percent,
        "own_words": {name: text for name, text in written.items() if text and text.strip()},
        "saved_at": event.at,
        "event": event.n,
    }


def chosen_ids(value: Value) -> tuple[str, ...]:
    """Ids of what was chosen, whatever field holds them, each once."""
    ids = ((value.choice,) if value.choice else ()) + (value.choices or ()) + (value.picks or ())
    return tuple(dict.fromkeys(ids))


def _unknown(case: Case, question: Question, value: Value) -> list[str]:
    known = {option.id for option in case.family.options_of(question)}
    return [each for each in chosen_ids(value) if each not in known]


def _earlier(case: Case, book: Book, question: Question, blank: Mark) -> Mark | None:
    """An answer given to other words, shown as what it is."""
    found = book.latest(case.family.id, question.id)
    if found is None or found.value is None or found.fingerprint == case.family.fingerprint:
        return None
    note = "The case has been reworded since; this answer is shown, not marked."
    return blank.model_copy(update=_said(case, question, found) | {"state": "earlier wording", "note": note})


def _contest(mark: Mark, key: Key) -> Mark:
    """Where a key is contested the answers carry no mark and no standing; the reasons keep theirs."""
    if key.status != "contested" or mark.kind not in ("decision", "twin", "key_features"):
        return mark
    return mark.model_copy(
        update={"state": "contested", "score": None, "supported": None, "standing": {}, "held_rule": "", "keyed": ()}
    )


def _strays(case: Case, book: Book) -> list[Mark]:
    """Answers to questions that this family does not ask; the page cannot make them, so the mentor is told."""
    known = {question.id for question in case.family.questions}
    strays: dict[str, Event] = {}
    for event in book.of(case.family.id):
        if event.question not in known:
            strays[event.question or ""] = event
    return [_stray(case, name, event) for name, event in strays.items()]


def _stray(case: Case, name: str, event: Event) -> Mark:
    now = event.fingerprint == case.family.fingerprint
    return Mark(
        family=case.family.id,
        question=name or "no-question",
        kind="unknown",
        state="cannot be marked" if now else "earlier wording",
        points=0,
        saved_at=event.at,
        event=event.n,
        note="The case asks no such question." if now else "An earlier wording of the case asked this.",
    )


def unknown_families(families: list[str], book: Book) -> list[str]:
    """Ids of cases that were answered and that the exercise does not have."""
    return sorted({event.item for event in book.events if event.do == "save"} - set(families))
