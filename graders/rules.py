"""Rote rules that a mentee's answers lean on at the moment, for the mentor alone: never a label, never a rank.

One unsupported choice is a slip, and an option that embodies a rule is now and then chosen by anybody. A rule is
therefore named only when it shows in separate cases, when it shows more than once within a case or with confidence,
and when it led in a good part of the cases in which it could have led. What is said is about the reasoning: where the
rule showed, where it holds, where it broke, and which child to look at next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flysolo.content import Case
from flysolo.schema.rules import RoteRule, RoteRules
from graders.keys import Key
from graders.marks import Mark

#: Cases of one mentee with their keys, by family; answered or not.
Bank = Mapping[str, tuple[Case, Key]]

#: Choices that show a way of thinking; a feature asked for, or a direction, is a thinner sign.
KINDS = ("decision", "reason", "twin")
#: What one choice weighs, by how sure the base of its case was said to be; unsaid counts as to be discussed.
WEIGHT = {"guess": 0.5, "discuss": 1.0, "act": 1.5}
UNSAID = 1.0
#: A rule is named from this weight on, in so many cases, in this share of the cases in which it could have led, of
#: which the latest count. The numbers are set by scripted answers to the real cases, and a test holds them there.
ENOUGH, CASES, SHARE, LATEST = 2.0, 2, 0.5, 6


@dataclass(frozen=True)
class Showing:
    """One case in which a rule showed.

    Attributes
    ----------
    kinds : the choices that embody the rule: decision, reason, twin
    sure : whether the rule showed in the base of the case and that was to be acted on
    broke : the rule led to an act that this child's findings do not support; otherwise it led where they lead too
    """

    family: str
    kinds: tuple[str, ...]
    sure: bool
    broke: bool
    weight: float


@dataclass(frozen=True)
class Counter:
    """A child in whom the rule breaks and whom this mentee has not answered: a case, or a twin still closed."""

    kind: Literal["case", "twin"]
    family: str


@dataclass(frozen=True)
class Held:
    """One rule that answers lean on.

    Attributes
    ----------
    showings : the cases where it showed, in the order in which they were answered
    holds_in : cases of the bank in which the rule and the findings lead to the same act
    """

    rule: RoteRule
    showings: tuple[Showing, ...]
    holds_in: tuple[str, ...] = ()
    counter: Counter | None = None

    @property
    def weight(self) -> float:
        """How much speaks for it; only to order rules, never shown."""
        return sum(each.weight for each in self.showings)

    @property
    def families(self) -> tuple[str, ...]:
        """Cases in which it showed."""
        return tuple(each.family for each in self.showings)

    @property
    def broke_in(self) -> tuple[str, ...]:
        """Cases in which it led to an act that the findings do not support."""
        return tuple(each.family for each in self.showings if each.broke)


def held_rules(marks: Sequence[Mark], rules: RoteRules, limit: int = 3, *, bank: Bank | None = None) -> list[Held]:
    """Rote rules that these answers lean on, the most telling first, at most ``limit`` of them.

    Parameters
    ----------
    marks : of all cases of one mentee
    bank : all cases that this mentee may meet; with them it is known where a rule could have led and did not, where it
        holds, and which child is left to look at
    """
    bank = bank or {}
    by_case = _by_case(marks)
    found = []
    for rule in rules.rules:
        met = [name for name, case in by_case.items() if _could_lead(rule.id, name, case, bank)][-LATEST:]
        showings = [shown for name in met if (shown := _showing(rule.id, name, by_case[name]))]
        if _is_enough(showings, len(met)):
            found.append(Held(rule, tuple(showings)))
    found.sort(key=lambda held: (-held.weight, -len(held.showings), held.rule.id))
    return [_placed(held, by_case, bank) for held in found[:limit]]


def tempting(key: Key, kinds: Iterable[str]) -> frozenset[str]:
    """Rules embodied by options that this child's findings do not support, in questions with these ids."""
    return frozenset(
        words.rule
        for name in kinds
        if (found := key.choice.get(name))
        for option, words in found.options.items()
        if words.rule and option != found.supported and option not in found.acceptable
    )


def _by_case(marks: Iterable[Mark]) -> dict[str, dict[str, Mark]]:
    """Marks that hold an answer to the present wording, by case and kind; cases in the order they were answered."""
    cases: dict[str, dict[str, Mark]] = {}
    for mark in marks:
        if mark.state in ("answered", "contested"):
            cases.setdefault(mark.family, {})[mark.kind] = mark
    return dict(sorted(cases.items(), key=lambda item: min((each.saved_at, each.event) for each in item[1].values())))


def _could_lead(rule: str, name: str, case: dict[str, Mark], bank: Bank) -> bool:
    """Whether an answered question of this case offered the rule where it is not supported."""
    if any(_leans(case.get(kind), rule) for kind in KINDS):
        return True
    asked = [case[kind].question for kind in KINDS if kind in case]
    return name in bank and rule in tempting(bank[name][1], asked)


def _leans(mark: Mark | None, rule: str) -> bool:
    return bool(mark) and mark.state == "answered" and mark.held_rule == rule


def _showing(rule: str, name: str, case: dict[str, Mark]) -> Showing | None:
    kinds = tuple(kind for kind in KINDS if _leans(case.get(kind), rule))
    if not kinds:
        return None
    said = case.get("confidence")
    sure = said.chosen[0][0] if said and said.chosen else ""
    # confidence is asked before the twin is shown, and says nothing of it
    weights = [UNSAID if kind == "twin" else WEIGHT.get(sure, UNSAID) for kind in kinds]
    at_base = kinds != ("twin",)
    return Showing(name, kinds, at_base and sure == "act", _broke(kinds, case.get("decision")), sum(weights))


def _broke(kinds: tuple[str, ...], decision: Mark | None) -> bool:
    if "decision" in kinds or "twin" in kinds:
        return True
    return bool(decision) and "not supported" in decision.standing.values()


def _is_enough(showings: list[Showing], met: int) -> bool:
    if len(showings) < CASES or len(showings) < SHARE * met:
        return False
    return sum(each.weight for each in showings) >= ENOUGH


def _placed(held: Held, by_case: dict[str, dict[str, Mark]], bank: Bank) -> Held:
    """A held rule with the cases it holds in and the child to look at next."""
    rule = held.rule.id
    keyed = {name: pair for name, pair in bank.items() if pair[1].status == "keyed"}
    holds = tuple(name for name, (case, key) in keyed.items() if name in by_case and _holds(case, key, rule))
    return replace(held, holds_in=holds, counter=_counter(rule, by_case, keyed))


def breaks(key: Key, rule: str) -> bool:
    """Whether the base of this case is one in which the rule breaks, as its author declared."""
    return key.rule_breaking and rule in key.rules


def _holds(case: Case, key: Key, rule: str) -> bool:
    """Whether rule and findings lead to the same act: the case stands for the rule, and none of its acts is a lure."""
    return not key.rule_breaking and rule in key.rules and rule not in tempting(key, _ids(case, "decision"))


def _ids(case: Case, kind: str) -> list[str]:
    return [question.id for question in case.family.questions if question.kind == kind]


def _counter(rule: str, by_case: dict[str, dict[str, Mark]], keyed: Bank) -> Counter | None:
    """A case that breaks the rule and has no answer yet, otherwise a twin that tempts with it and is not answered."""
    breaking = [name for name, (_, key) in keyed.items() if name not in by_case and breaks(key, rule)]
    if breaking:
        # best a case in which the rule would lead to another act; in some it only gives another reason
        lures = [name for name in breaking if rule in tempting(keyed[name][1], _ids(keyed[name][0], "decision"))]
        return Counter("case", (lures or breaking)[0])
    for name, (case, key) in keyed.items():
        if "twin" not in by_case.get(name, {}) and rule in tempting(key, _ids(case, "twin")):
            return Counter("twin", name)
    return None


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def in_words(held: Held, titles: Mapping[str, str]) -> str:
    """What a mentor may say about it: the reasoning, where it holds, where it broke; never the person."""
    count = len(held.showings)
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    said = [f"In {number} cases the answers lean on: “{held.rule.wording}”"]
    said.append(f"Why it is tempting: {_lowered(held.rule.feels_right)}")
    if held.holds_in:
        said.append(f"It holds in {_listed(held.holds_in, titles)}.")
    if held.broke_in:
        twins = {each.family for each in held.showings if each.kinds == ("twin",)}
        said.append(f"It broke here in {_listed(held.broke_in, titles, twins)}.")
    said.append(f"It breaks when {_lowered(held.rule.breaks_when)}")
    if held.rule.status == "needs-evidence":
        said.append("No study in the library bears on it yet, so it is a thing to talk about.")
    return " ".join(said)


def _lowered(sentence: str) -> str:
    """A sentence as it goes on within another."""
    return sentence if sentence.startswith("I ") else sentence[0].lower() + sentence[1:]


def _listed(names: Sequence[str], titles: Mapping[str, str], twins: Collection[str] = ()) -> str:
    texts = [f"{'the twin of ' if name in twins else ''}“{titles.get(name, name)}”" for name in names]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
