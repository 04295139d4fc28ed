"""The invented people of the demonstration: four ways to answer, read off the keys so that a new case needs no script.

They are invented, their words are the anchors of the keys, and nothing they say is about a real person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flysolo.schema.family import Question
from graders.keys import ChoiceKey, JustificationKey, Key
from graders.model_answers import model_value

Answers = Callable[[Question, Key], dict[str, Any]]

ASKED = "I keep going back and forth between two choices here. Which finding would you look at first, and why?"
ASKED_LATER = "I read your answer. Does the same first look help in this case too, or is there a better one?"


@dataclass(frozen=True)
class Player:
    """One invented mentee: ``cases`` is how many cases are answered, None for all of them."""

    name: str
    about: str
    answers: Answers
    cases: int | None = None


def _thoughtful(question: Question, key: Key) -> dict[str, Any]:
    """Supported answers, with a reason that names what would change it."""
    return _words(key, question, mark=3) if question.kind == "justification" else model_value(question, key)


def _by_rule(question: Question, key: Key) -> dict[str, Any]:
    """The option that embodies a rote rule; where the case happens to fit the rule, the decision holds by it."""
    if question.kind == "confidence":
        return {"choice": "act"}
    if question.kind == "justification":
        return _words(key, question, mark=1)
    found = key.of(question.id)
    if isinstance(found, ChoiceKey) and (key.rule_breaking or question.kind == "reason"):
        return {"choice": _with_rule(found) or _other(found)}
    return model_value(question, key)


def _beginner(question: Question, key: Key) -> dict[str, Any]:
    """Half of it seen, and said to be a guess."""
    if question.kind == "confidence":
        return {"choice": "guess"}
    if question.kind == "justification":
        return _words(key, question, mark=0)
    found = key.of(question.id)
    if question.kind == "key_features":
        return {"choices": list(found.hits[:1])}
    if isinstance(found, ChoiceKey) and question.kind in ("decision", "twin"):
        return {"choice": _other(found)}
    return model_value(question, key)


def _slipped(question: Question, key: Key) -> dict[str, Any]:
    """Sound reasons, and a last step that slips; where something is urgent it does not."""
    if question.kind == "confidence":
        return {"choice": "discuss"}
    if question.kind == "justification":
        return _words(key, question, mark=2)
    if question.kind == "decision" and not key.safety:
        return {"choice": _other(key.of(question.id))}
    return model_value(question, key)


def _with_rule(found: ChoiceKey) -> str:
    """An unsupported option that a rote rule leads to, or ""."""
    return next((name for name, words in found.options.items() if words.rule and name != found.supported), "")


def _other(found: ChoiceKey) -> str:
    """An option the findings do not support, one without a rote rule if there is one."""
    loose = [name for name in found.options if name != found.supported and name not in found.acceptable]
    return min(loose or [found.supported], key=lambda name: bool(found.options[name].rule))


def _words(key: Key, question: Question, mark: int) -> dict[str, Any]:
    """Written words that earn ``mark``, from the anchors."""
    found: JustificationKey = key.of(question.id)
    return {"picks": list(found.links[: mark or 1]), "because": found.anchors[mark].examples[0]}


CAST = (
    Player("Mirela Anders", "links findings, and names what would change the plan", _thoughtful),
    Player("Joost Verhaar", "goes by rules, and is sure", _by_rule),
    Player("Salma Idris", "at the beginning, answers in part, and asks", _beginner, cases=3),
    Player("Petr Kovar", "reasons soundly, and slips at the last step", _slipped),
)
#: The mentor's words for each mark; a real mentor writes about the case in hand.
COMMENTS = (
    "The findings are here. Say how one leads to another: what does each of them do to the throat asleep?",
    "A rule stands here. Which two findings of this child carry it, and by which mechanism?",
    "Two findings are linked by the mechanism. Name the one that would have changed the plan, and the reason is whole.",
    "Mechanism, findings, and what would turn the plan: each stands in the words. Ask the same of the next case.",
)
