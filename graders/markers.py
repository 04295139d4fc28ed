"""What each kind of question is worth, given the key: one small function a kind, pure like all marking.

The scores are those of the learning design: a reason and a twin count together with the decision, since each alone can
be had by luck; harmful picks are taken off; a stated chance is scored so that saying what one believes is best.
"""

from __future__ import annotations

from collections.abc import Callable

from flysolo.answers import Value
from flysolo.content import Case
from flysolo.schema.family import Question
from flysolo.schema.words import OptionWords
from graders.keys import ChoiceKey, FeatureKey, JustificationKey, ListKey, ProbabilityKey
from graders.marks import ChosenWords, Mark
from graders.stuffing import stuffed

Before = dict[str, Mark]

#: Share of what a study can support, less share of what it cannot, from which a list earns half: one slip of three.
EVIDENCE_HALF = 0.6


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


def _decision(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: Before) -> Mark:
    mark = _single(mark, case, question, found)
    stands = next(iter(mark.standing.values()), "")
    return mark.model_copy(update={"score": {"supported": 1.0, "acceptable": 0.5}.get(stands, 0.0)})


def _one(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: Before) -> Mark:
    """A choice that is worth its point by itself: direction of new information, a safety question."""
    mark = _single(mark, case, question, found)
    return mark.model_copy(update={"score": float(mark.supported)})


def _joined(mark: Mark, case: Case, question: Question, value: Value, found: ChoiceKey, before: Before) -> Mark:
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


def _features(mark: Mark, case: Case, question: Question, value: Value, found: FeatureKey, before: Before) -> Mark:
    """(hits − harmful picks) / 3, never below 0.

    The page lets nobody pick more than the limit; a file that holds more was made elsewhere and earns nothing, since
    ticking everything is no choice. A case that turns on fewer things than may be picked is divided by those.
    """
    ids = [each for each, _ in mark.chosen]
    limit = question.limit or 3
    full = min(limit, len(found.hits))
    hits = sum(each in found.hits for each in ids) if len(ids) <= limit else 0
    harm = sum(each in found.harmful for each in ids)
    stands = {
        each: "supported" if each in found.hits else "not supported" if each in found.harmful else "neither"
        for each in ids
    }
    harmful_rules = [found.options[each].rule for each in ids if each in found.harmful and each in found.options]
    note = f"It holds {len(ids)} picks where {limit} are asked for, so none of them counts." if len(ids) > limit else ""
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


def _evidence(mark: Mark, case: Case, question: Question, value: Value, found: ListKey, before: Before) -> Mark:
    """1 for both lists as they are, half for one slip among several statements.

    Half for "all that it can" and half for "nothing that it cannot" would pay whoever ticks everything, or one thing.
    """
    ids, can = {each for each, _ in mark.chosen}, set(found.can)
    cannot = {option.id for option in question.options} - can
    told_apart = len(ids & can) / len(can) - (len(ids & cannot) / len(cannot) if cannot else 0.0)
    return mark.model_copy(
        update={
            "score": 1.0 if ids == can else 0.5 if told_apart >= EVIDENCE_HALF else 0.0,
            "supported": ids == can,
            "standing": {each: "supported" if each in found.can else "not supported" for each, _ in mark.chosen},
            "words": {each: filled(case, found.options[each]) for each, _ in mark.chosen if each in found.options},
            "because": fill(case, found.because),
            "keyed": _named(case, question, found.can),
        }
    )


def _probability(
    mark: Mark, case: Case, question: Question, value: Value, found: ProbabilityKey, before: Before
) -> Mark:
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


def _justification(
    mark: Mark, case: Case, question: Question, value: Value, found: JustificationKey, before: Before
) -> Mark:
    """Words are read by a person; the machine only says which links the key names, and what it noticed."""
    return mark.model_copy(
        update={
            "state": "waits for mentor",
            "note": stuffed(question, value),
            "standing": {each: "supported" if each in found.links else "neither" for each, _ in mark.chosen},
            "because": fill(case, found.because),
            "keyed": _named(case, question, found.links),
        }
    )


MARKERS: dict[str, Callable[..., Mark]] = {
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
