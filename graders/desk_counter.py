"""The case that a thought would get wrong: what a mentor can offer somebody whose decision held by luck.

A rule is not talked away. It is held against the child in whom it breaks, and the mentee says what happens there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flysolo.content import Case
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.schema.base import parse
from flysolo.schema.rules import RoteRules
from graders.keys import Key


@dataclass(frozen=True)
class CounterCase:
    """A suggestion: which child, and words to the mentee that the mentor may change or replace."""

    title: str
    draft: str


@lru_cache(maxsize=4)
def _rules(root) -> RoteRules:
    name = "curriculum/rote_rules.toml"
    return parse(RoteRules, read_toml(root / name, name), name)


def rule_wording(rule: str) -> str:
    """A rote rule as a colleague would say it; "" for none, the id for one the catalog does not have."""
    if not rule:
        return ""
    try:
        return _rules(content_root()).find(rule).wording
    except (KeyError, ContentError):
        return rule


def counter_case(
    case: Case, thought: str, rule: str, others: dict[str, tuple[Case, Key]], held: frozenset[str] = frozenset()
) -> CounterCase:
    """The child to hold a thought against: another case in which its rule breaks, otherwise the twin.

    Parameters
    ----------
    thought : the reason as the mentee chose it
    rule : id of the rote rule behind it, or ""
    others : this mentee's cases of the same exercise with their keys
    held : cases whose decision and reason the mentee already had together; they come last, having been seen through
    """
    breaking = [
        other
        for name, (other, key) in others.items()
        if rule and name != case.family.id and rule in key.rules and key.rule_breaking and key.status == "keyed"
    ]
    if breaking:
        other = min(breaking, key=lambda each: each.family.id in held)
        title = other.text(other.family.title)
        return CounterCase(
            f"“{title}”",
            f"Hold the thought “{_bare(thought)}” against the case “{title}”. What would it have you decide there, and "
            "which row of the findings speaks against it?",
        )
    change = _twin(case)
    return CounterCase(
        f"its twin: {change}",
        f"Hold the thought “{_bare(thought)}” against the twin: {change} What does the thought say there, and what do "
        "the findings say?",
    )


def _twin(case: Case) -> str:
    """What is changed in the twin, with the row that carries it."""
    altered = case.family.twin.altered
    change = case.text(case.family.twin.change).strip()
    return f"{change} {case.text(altered.label)}: {_bare(case.text(altered.text))}."


def _bare(thought: str) -> str:
    return thought.strip().rstrip(".")
