"""An exercise as a whole: no trick of length or place, no fixed guess and no single rule may beat its cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

from flysolo.problems import Problem
from flysolo.schema.family import Family, Option, Question
from graders.check.content import Content
from graders.keys import FeatureKey, Key

#: From this many families on, a fixed guess and the spread of twins say something.
ENOUGH_FOR_TWINS, ENOUGH_FOR_GUESSES = 4, 6
MARGIN = 0.15
JUSTIFICATIONS = 2
#: Authors lengthen what they know best, so the longest counts however close; a letter or two less shows to nobody.
NOTICEABLY_SHORTER = 1.05
_CELLS = tuple((effect, look) for effect in ("flips", "holds") for look in ("eye-catching", "dull"))
_DIRECTIONS = {"less", "same", "more"}


@dataclass(frozen=True)
class Keyed:
    """One family with its key."""

    family: Family
    key: Key

    def of(self, kind: str) -> tuple[Question, object] | None:
        """The question of that kind with its key, or None where either is missing."""
        for question in self.family.questions:
            if question.kind == kind:
                try:
                    return question, self.key.of(question.id)
                except KeyError:
                    return None
        return None


def check(content: Content) -> Iterator[Problem]:
    """Balance of every exercise that mentees see."""
    for exercise in content.exercises:
        if not content.is_draft(exercise):
            yield from balance(content, exercise)


def balance(content: Content, exercise: str) -> Iterator[Problem]:
    """Everything that is uneven in one exercise."""
    families, keys = content.families.get(exercise, {}), content.keys.get(exercise, {})
    bank = [Keyed(families[each], keys[each]) for each in sorted(families) if each in keys]
    if not bank:
        return
    name = f"graders/keys/{exercise}"
    yield from _rule_breaking(bank, name)
    yield from _twins(bank, name)
    yield from _directions(bank, name)
    yield from _justifications(bank, f"exercises/{exercise}/families")
    yield from _lengths(bank, exercise)
    if len(bank) >= ENOUGH_FOR_GUESSES:
        yield from _guesses(bank, name)


def _rule_breaking(bank: list[Keyed], name: str) -> Iterator[Problem]:
    breaking = sum(each.key.rule_breaking for each in bank)
    if breaking * 2 < len(bank):
        step = "add families in which the popular rule leads to the other decision"
        rule = "at least half of an exercise's families break a rote rule"
        yield Problem(name, "rule_breaking", f"{breaking} of {len(bank)} families", rule, step)


def _twins(bank: list[Keyed], name: str) -> Iterator[Problem]:
    if len(bank) < ENOUGH_FOR_TWINS:
        return
    there = {(each.key.twin_effect, each.key.twin_look) for each in bank}
    for effect, look in _CELLS:
        if (effect, look) not in there:
            rule = "twins cross flips and holds with eye-catching and dull, so that no look gives the effect away"
            step = f"change or add one family so that its twin {effect} and its altered row is {look}"
            yield Problem(name, "twin_effect, twin_look", f"no twin that {effect} and is {look}", rule, step)


def _directions(bank: list[Keyed], name: str) -> Iterator[Problem]:
    keyed = [found[1].supported for each in bank if (found := each.of("new_information"))]
    if len(keyed) >= len(_DIRECTIONS):
        for direction in sorted(_DIRECTIONS - set(keyed)):
            rule = "new information is keyed in all three directions: less, same, more"
            step = f"change one family's information so that “{direction}” is supported"
            yield Problem(name, "new_information", f"no family is keyed “{direction}”", rule, step)


def _justifications(bank: list[Keyed], name: str) -> Iterator[Problem]:
    count = sum(question.kind == "justification" for each in bank for question in each.family.questions)
    if count < JUSTIFICATIONS:
        rule = f"an exercise asks for at least {JUSTIFICATIONS} written reasons"
        yield Problem(name, "questions", f"{count} justification questions", rule, "add one, with its anchors")


def _lengths(bank: list[Keyed], exercise: str) -> Iterator[Problem]:
    """A reason that shows by its length needs no thought."""
    for place, longest in (("longest", True), ("shortest", False)):
        found = [each for each in bank if _is_extreme(each, longest)]
        if len(bank) > 1 and len(found) * 2 > len(bank):
            rule = f"the supported reason is the {place} one in no more than half of the families"
            step = "even out the lengths in: " + ", ".join(each.family.id for each in found)
            count = f"it is the {place} in {len(found)} of {len(bank)} families"
            yield Problem(f"exercises/{exercise}/families", "the reason's options", count, rule, step)


def _is_extreme(each: Keyed, longest: bool) -> bool:
    found = each.of("reason")
    if found is None:
        return False
    question, key = found
    lengths = {option.id: len(option.text) for option in each.family.options_of(question)}
    own = lengths.pop(key.supported, 0)
    if longest:
        return own > max(lengths.values())
    return own * NOTICEABLY_SHORTER < min(lengths.values())


def _guesses(bank: list[Keyed], name: str) -> Iterator[Problem]:
    pools = {
        "one choice (decision, reason, twin)": ("decision", "reason", "twin"),
        "key features": ("key_features",),
        "new information": ("new_information",),
    }
    for pool, kinds in pools.items():
        asked = [
            (each.family.options_of(q), q, key)
            for each in bank
            for k in kinds
            if (found := each.of(k))
            for q, key in [found]
        ]
        if not asked:
            continue
        chance = mean(_chance(options, q, key) for options, q, key in asked)
        for guess in _strategies(pool):
            score = mean(_score(_pick(options, guess, q.limit or 1), key) for options, q, key in asked)
            if score > chance + MARGIN:
                found = f"“always the {guess}” scores {score:.2f}; chance is {chance:.2f}"
                rule = f"a constant answer scores at most {MARGIN} above chance"
                where = ", ".join(_given_away(bank, kinds, guess))
                yield Problem(name, pool, found, rule, f"change length or place of the options in: {where}")


def _strategies(pool: str) -> tuple[str, ...]:
    if pool == "new information":
        return ("first", "middle", "last")  # a scale of the course's own: it is never shuffled, and has no lengths
    # mentees meet key features shuffled, and authors write hits first to keep their files readable
    return ("longest", "shortest") if pool == "key features" else ("longest", "shortest", "first", "middle")


def _pick(options: tuple[Option, ...], guess: str, count: int) -> list[str]:
    by_length = sorted(options, key=lambda option: len(option.text))
    start = (len(options) - count) // 2
    picked = {
        "longest": by_length[len(options) - count :],
        "shortest": by_length[:count],
        "first": options[:count],
        "middle": options[start : start + count],
        "last": options[len(options) - count :],
    }[guess]
    return [option.id for option in picked]


def _score(picked: list[str], key: object) -> float:
    """As marking counts it: hits less harmful picks, or one choice with half for an acceptable one."""
    if isinstance(key, FeatureKey):
        return max(0.0, (len(set(picked) & set(key.hits)) - len(set(picked) & set(key.harmful))) / len(picked))
    return 1.0 if picked[0] == key.supported else 0.5 if picked[0] in key.acceptable else 0.0


def _chance(options: tuple[Option, ...], question: Question, key: object) -> float:
    ids = [option.id for option in options]
    return mean(_score(list(picked), key) for picked in combinations(ids, question.limit or 1))


def _given_away(bank: list[Keyed], kinds: tuple[str, ...], guess: str) -> Iterator[str]:
    for each in bank:
        for kind in kinds:
            found = each.of(kind)
            if found:
                question, key = found
                options = each.family.options_of(question)
                picked = _pick(options, guess, question.limit or 1)
                if _score(picked, key) > _chance(options, question, key) + MARGIN:
                    yield f"{each.family.id} ({question.id})"
