"""How many cases take each rote rule apart, and what is still missing: information for authors, never a problem.

A bank is complete when every rule has two base cases in which it breaks and two twins that tempt with it, since one
case of a kind is learned by heart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group
from rich.table import Table
from rich.text import Text

from flysolo.schema.family import Family
from flysolo.schema.rules import RoteRule
from graders.check.content import Content
from graders.keys import Key
from graders.rules import breaks, tempting

#: Base cases and twins that each rule wants.
WANTED = 2
LEGEND = (
    "Base: cases that break the rule. Twin: twins that tempt with it. Options and reasons: unsupported choices that "
    "embody it. Cases of modules that mentees do not see yet are counted too."
)


@dataclass(frozen=True)
class Covered:
    """What the bank holds for one rule.

    Attributes
    ----------
    base : cases that their authors declare to break it
    twin : cases whose twin tempts with it
    options, reasons : unsupported decisions and features, and unsupported reasons, that embody it (twins not counted)
    """

    rule: RoteRule
    base: tuple[str, ...] = ()
    twin: tuple[str, ...] = ()
    options: int = 0
    reasons: int = 0

    @property
    def has_cases(self) -> bool:
        """Whether any base or twin takes it apart."""
        return bool(self.base or self.twin)

    @property
    def missing(self) -> str:
        """What a complete bank would still want; "" for nothing."""
        short = {"base": WANTED - len(self.base), "twin": WANTED - len(self.twin)}
        parts = [_counted(count, name) for name, count in short.items() if count > 0]
        if self.rule.status == "needs-evidence":
            parts.append("a finding")
        return ", ".join(parts)


def covered(content: Content) -> list[Covered]:
    """Every rule of the catalog with its counts; none while the catalog cannot be read."""
    bank = [*_bank(content)]
    return [_covered(rule, bank) for rule in (content.rules.rules if content.rules else ())]


def _bank(content: Content) -> Iterator[tuple[Family, Key]]:
    """Cases with a settled key, in modules that mentees see and in those being written."""
    for exercise in content.exercises:
        keys = content.keys.get(exercise, {})
        for name, family in content.families.get(exercise, {}).items():
            if name in keys and keys[name].status == "keyed":
                yield family, keys[name]


def _covered(rule: RoteRule, bank: list[tuple[Family, Key]]) -> Covered:
    return Covered(
        rule,
        base=tuple(family.id for family, key in bank if breaks(key, rule.id)),
        twin=tuple(family.id for family, key in bank if rule.id in tempting(key, _ids(family, "twin"))),
        options=sum(_carried(rule.id, family, key, "decision") + _features(rule.id, key) for family, key in bank),
        reasons=sum(_carried(rule.id, family, key, "reason") for family, key in bank),
    )


def _ids(family: Family, kind: str) -> list[str]:
    return [question.id for question in family.questions if question.kind == kind]


def _carried(rule: str, family: Family, key: Key, kind: str) -> int:
    """Unsupported options of one kind of question that embody the rule."""
    found = [key.choice[name] for name in _ids(family, kind) if name in key.choice]
    return sum(
        words.rule == rule and option != each.supported and option not in each.acceptable
        for each in found
        for option, words in each.options.items()
    )


def _features(rule: str, key: Key) -> int:
    found = key.features.values()
    return sum(words.rule == rule for each in found for name, words in each.options.items() if name not in each.hits)


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def table(found: list[Covered], *, whole: bool = False) -> Group:
    """The rules that any case takes apart, one a row; with ``whole`` all of them."""
    rows = found if whole else [each for each in found if each.has_cases]
    made = Table("Rule", "In words", box=None, pad_edge=False)
    for name in ("Base", "Twin", "Options", "Reasons"):
        made.add_column(name, justify="right")
    made.add_column("Still missing")
    for each in rows:
        counts = (len(each.base), len(each.twin), each.options, each.reasons)
        made.add_row(Text(each.rule.id), Text(each.rule.wording), *map(str, counts), Text(each.missing or "nothing"))
    lines = [Text(LEGEND), *(Text(line) for line in summary(found)[:1])]
    if len(rows) < len(found):
        none = [each.rule.id for each in found if not each.has_cases]
        lines.append(Text(f"No case yet for {len(none)} of them: {', '.join(none)}. All of them: --all"))
    return Group(made, Text(), *lines)


def summary(found: list[Covered]) -> list[str]:
    """The same in a few lines, each rule with its bases and twins as 2+1."""
    if not found:
        return []
    done = [each for each in found if not each.missing]
    begun = [each for each in found if each.missing and each.has_cases]
    lines = [f"Rote rules: {len(done)} of {len(found)} have the {WANTED} bases and {WANTED} twins of a complete bank."]
    if begun:
        counts = ", ".join(f"{each.rule.id} {len(each.base)}+{len(each.twin)}" for each in begun)
        lines.append(f"Still missing some (bases+twins): {counts}.")
    none = sum(not each.has_cases for each in found)
    return [*lines, f"No case yet: {none}. Rule by rule: python -m graders rules"]
