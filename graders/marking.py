"""What the answers to one case family are worth, and what is said about them. Pure: no file, no clock, no chance.

The reason matters more than the answer, so decisions and reasons are marked apart and never averaged together. A
question without an answer has no mark at all, an answer to other words is shown and not marked, and where clinicians
who know the evidence disagree only the reasons are marked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from flysolo.answers import Book, Event, Value
from flysolo.content import Case
from flysolo.schema.base import Strict
from flysolo.schema.family import Question
from flysolo.schema.words import OptionWords
from graders.keys import ChoiceKey, FeatureKey, Key, ListKey

#: Raised by one whenever the same answers would be marked differently; hand-ins are then marked again.
MARKING_VERSION = 1

State = Literal["answered", "not answered", "earlier wording", "waits for mentor", "contested", "cannot be marked"]
Standing = Literal["supported", "acceptable", "not supported", "neither", ""]

JUSTIFICATION_POINTS = 3


class ChosenWords(Strict):
    """The key's words for one chosen option, with this mentee's numbers in them."""

    sees: str
    leads: str
    breaks: str
    look: str
    rule: str = ""


class Mark(Strict):
    """What one question got.

    Attributes
    ----------
    score : points, or None where there are none: not answered, waiting for a person, contested, not to be marked
    supported : whether what was chosen is supported by the findings, taken by itself; None where that is not asked
    chosen : (id, text) of what was chosen, in the mentee's order
    standing : for each chosen id, how it stands
    words : for each chosen id, the words of the key
    because : the key's own reason, for the reply
    keyed : (id, text) of what the key supports
    held_rule : id of the rote rule that an unsupported choice embodies, or ""
    slipped : a supported reason beside an unsupported decision: a sound idea that slipped in use
    later_kept : another answer was saved after a reply had explained this one; this one counts
    own_words : what was written, by field
    saved_at : when the answer was saved, "" for none; ``event`` is its number in the answers
    note : something the mentor ought to know
    """

    family: str
    question: str
    kind: str
    state: State
    points: float
    score: float | None = None
    supported: bool | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    standing: dict[str, Standing] = {}
    words: dict[str, ChosenWords] = {}
    because: str = ""
    keyed: tuple[tuple[str, str], ...] = ()
    held_rule: str = ""
    slipped: bool = False
    later_kept: bool = False
    percent: float | None = None
    truth_percent: float | None = None
    own_words: dict[str, str] = {}
    fingerprint: str = ""
    saved_at: str = ""
    event: int = 0
    note: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether an answer to this wording was handed in."""
        return self.state in ("answered", "waits for mentor", "contested")

    @property
    def gradebook_points(self) -> float:
        """The number for nbgrader, which knows no blank: 0 where nothing counts, full where credit is given back."""
        if self.state == "contested" and self.score is None:
            return self.points
        return min(max(self.score or 0.0, 0.0), self.points)


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
    return _contest(_MARKERS[question.kind](answered, case, question, event.value, found, before), key)


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


def _single(mark: Mark, case: Case, question: Question, found: ChoiceKey) -> Mark:
    """How one choice stands by itself, with the key's words for it."""
    chosen = mark.chosen[0][0] if mark.chosen else ""
    standing = {found.supported: "supported"} | {each: "acceptable" for each in found.acceptable}
    stands = standing.get(chosen, "not supported")
    words = found.options.get(chosen)
    return mark.model_copy(
        update={
            "supported": stands == "supported",
            "standing": {chosen: stands} if chosen else {},
            "words": {chosen: filled(case, words)} if words else {},
            "held_rule": words.rule if words and stands == "not supported" else "",
            "because": fill(case, found.because),
            "keyed": _named(case, question, (found.supported,)),
        }
    )


def _decision(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: dict) -> Mark:
    mark = _single(mark, case, question, found)
    stands = next(iter(mark.standing.values()), "")
    return mark.model_copy(update={"score": {"supported": 1.0, "acceptable": 0.5}.get(stands, 0.0)})


def _one(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: dict) -> Mark:
    """A choice that is worth its point by itself: direction of new information, a safety question."""
    mark = _single(mark, case, question, found)
    return mark.model_copy(update={"score": float(mark.supported)})


def _joined(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: dict) -> Mark:
    """A reason or a twin: it counts together with the decision, since each alone can be had by luck.

    Where the decision is contested there is nothing to join it to, and a reason counts by itself.
    """
    mark = _single(mark, case, question, found)
    decision = next(each for each in before.values() if each.kind == "decision")
    if decision.state == "contested":
        return mark.model_copy(update={"score": float(mark.supported)})
    if decision.state != "answered":
        return mark.model_copy(update={"note": "It counts together with the decision, which is not marked."})
    slipped = bool(mark.kind == "reason" and mark.supported and not decision.supported)
    return mark.model_copy(update={"score": float(bool(mark.supported and decision.supported)), "slipped": slipped})


def _features(mark: Mark, case: Case, question: Question, value: Value, found: FeatureKey, before: dict) -> Mark:
    """(hits − harmful picks) / 3, never below 0; more picks than the limit cannot buy more hits.

    A case that turns on fewer things than may be picked is divided by those.
    """
    ids = [each for each, _ in mark.chosen]
    limit = question.limit or 3
    full = min(limit, len(found.hits))
    hits = sum(each in found.hits for each in ids[:limit])
    harm = sum(each in found.harmful for each in ids)
    stands = {
        each: "supported" if each in found.hits else "not supported" if each in found.harmful else "neither"
        for each in ids
    }
    harmful_rules = [found.options[each].rule for each in ids if each in found.harmful and each in found.options]
    note = f"It holds {len(ids)} picks where {limit} were allowed." if len(ids) > limit else ""
    return mark.model_copy(
        update={
            "score": min(max(hits - harm, 0) / full, 1.0),
            "supported": harm == 0 and hits >= full,
            "standing": stands,
            "words": {each: filled(case, found.options[each]) for each in ids if each in found.options},
            "held_rule": next((rule for rule in harmful_rules if rule), ""),
            "because": fill(case, found.because),
            "keyed": _named(case, question, found.hits),
            "note": note,
        }
    )


def _evidence(mark: Mark, case: Case, question: Question, value: Value, found: ListKey, before: dict) -> Mark:
    """Half for everything the study can support, half for nothing it cannot."""
    ids = {each for each, _ in mark.chosen}
    halves = (ids >= set(found.can), ids <= set(found.can))
    return mark.model_copy(
        update={
            "score": sum(halves) / 2,
            "supported": all(halves),
            "standing": {each: "supported" if each in found.can else "not supported" for each, _ in mark.chosen},
            "words": {each: filled(case, found.options[each]) for each, _ in mark.chosen if each in found.options},
            "because": fill(case, found.because),
            "keyed": _named(case, question, found.can),
        }
    )


def _probability(mark: Mark, case: Case, question: Question, value: Value, found, before: dict) -> Mark:
    """1 − (p − truth)², a proper score: saying what one believes is the best that one can do."""
    if value.percent is None:
        return mark.model_copy(update={"state": "cannot be marked", "note": "It holds no number."})
    distance = (value.percent - found.truth_percent) / 100
    return mark.model_copy(
        update={
            "score": round(1 - distance**2, 6),
            "truth_percent": found.truth_percent,
            "because": fill(case, found.because),
        }
    )


def _justification(mark: Mark, case: Case, question: Question, value: Value, found, before: dict) -> Mark:
    """Words are read by a person; the machine only says which links the key names."""
    return mark.model_copy(
        update={
            "state": "waits for mentor",
            "standing": {each: "supported" if each in found.links else "neither" for each, _ in mark.chosen},
            "because": fill(case, found.because),
            "keyed": _named(case, question, found.links),
        }
    )


_MARKERS: dict[str, Callable[..., Mark]] = {
    "decision": _decision,
    "reason": _joined,
    "twin": _joined,
    "new_information": _one,
    "safety": _one,
    "key_features": _features,
    "evidence": _evidence,
    "probability": _probability,
    "justification": _justification,
}


def _named(case: Case, question: Question, ids: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    texts = dict(case.options(question))
    return tuple((each, texts.get(each, each)) for each in ids)


def fill(case: Case, text: str) -> str:
    """A key's text with this mentee's numbers in it; a name nobody drew stays as it stands, for the check to find."""
    try:
        return case.text(text)
    except KeyError:
        return text


def filled(case: Case, words: OptionWords) -> ChosenWords:
    """Words of one option with this mentee's numbers in them."""
    parts = {name: fill(case, getattr(words, name)) for name in ("sees", "leads", "breaks", "look")}
    return ChosenWords(**parts, rule=words.rule)


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
