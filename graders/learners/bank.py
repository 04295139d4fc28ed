"""The real families and keys, read as a world, so that every policy answers them as it answers invented ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flysolo.content import exercises, load_families
from flysolo.schema.family import Family, Question
from graders.keys import ChoiceKey, Key, load_key
from graders.learners.world import DIRECTIONS, LIMIT, World
from graders.mentor import keys_folder

#: Rote rules that each kind of rule-follower goes by, in the order in which it looks for them.
RULES_OF = {
    "tonsil": ("X01", "X02"),
    "number": ("X05", "X06", "X07"),
    "expand": ("X17", "X18", "X16"),
    "refer": ("X42",),
    "nothing": ("X35", "X51"),
}
#: The most options that a question of each kind may have.
WIDTHS = {"decision": 5, "twin": 5, "reason": 5, "new_information": 3, "key_features": 12, "safety": 6}
#: How hard a real family is stays unknown until people have answered it; principle-users take all to be average.
AVERAGE = 0.0


@dataclass(frozen=True)
class Template:
    """One family with its key: what is drawn anew for every mentee."""

    exercise: str
    family: Family
    key: Key

    def question(self, kind: str) -> Question | None:
        """The first question of that kind; None where the family asks none."""
        return next((each for each in self.family.questions if each.kind == kind), None)

    def ids(self, kind: str) -> list[str]:
        """Option ids of a question in the author's order, which is the order of a world's indices."""
        question = self.question(kind)
        return [option.id for option in self.family.options_of(question)] if question else []

    def choice(self, kind: str) -> ChoiceKey:
        """Key of a question with one choice."""
        return self.key.choice[self.question(kind).id]

    def rules(self, kind: str) -> list[str]:
        """The rote rule that each option carries, or ""; an option that can be defended leads nobody off."""
        question = self.question(kind)
        if question is None:
            return []
        found = self.key.of(question.id)
        defended = found.acceptable if isinstance(found, ChoiceKey) else ()
        ruled = {each: words.rule for each, words in found.options.items() if each not in defended}
        return [ruled.get(each, "") for each in self.ids(kind)]


def templates() -> list[Template]:
    """Every keyed family of the course; drafts and contested ones are no yardstick yet."""
    found = []
    for exercise in exercises():
        for family in load_families(exercise):
            key = load_key(exercise, family.id, keys_folder())
            if key.status == "keyed":
                found.append(Template(exercise, family, key))
    return found


def as_world(bank: list[Template], runs: int, rng: np.random.Generator) -> World:
    """The same families for each run."""
    columns = [_column(each, rng) for each in bank]

    def stack(name: str) -> np.ndarray:
        array = np.stack([np.asarray(column[name]) for column in columns])
        return np.broadcast_to(array, (runs, *array.shape))

    def group(prefix: str) -> dict[str, np.ndarray]:
        names = [name for name in columns[0] if name.startswith(prefix)]
        return {name.removeprefix(prefix): stack(name) for name in names}

    single = [name for name in columns[0] if ":" not in name]
    return World(
        **{name: stack(name) for name in single},
        leads=group("leads:"),
        reason_leads=group("reasons:"),
        rules=group("rules:"),
        limit=LIMIT,
    )


def _column(template: Template, rng: np.random.Generator) -> dict[str, object]:
    """One family as a column of a world."""
    key = template.key
    decision = template.choice("decision")
    acts, reasons = template.ids("decision"), template.ids("reason")
    features = key.features[template.question("key_features").id]
    safety = template.question("safety")
    offered = template.ids("key_features")
    column: dict[str, object] = {
        "decision": acts.index(decision.supported),
        "acceptable": [each in decision.acceptable for each in acts],
        "reason": reasons.index(template.choice("reason").supported),
        "twin": acts.index(template.choice("twin").supported),
        "news": DIRECTIONS.index(template.choice("new_information").supported),
        "safety": template.ids("safety").index(template.choice("safety").supported) if safety else 0,
        "hits": np.array(_padded([each in features.hits for each in offered]), bool),
        "harmful": np.array(_padded([each in features.harmful for each in offered]), bool),
        "offered": np.array(_padded([True] * len(offered)), bool),
        "typical": not key.rule_breaking,
        "flips": key.twin_effect == "flips",
        "eye": key.twin_look == "eye-catching",
        "has_safety": safety is not None,
        "safety_options": len(template.ids("safety")) or 2,
        "decides": key.safety,
        "cause": -1,
        "difficulty": AVERAGE,
    }
    for kind, width in WIDTHS.items():
        numbers = [int(rule[1:]) if rule else 0 for rule in template.rules(kind)]
        column[f"rules:{kind}"] = _padded(numbers, width)
    for follower, rules in (RULES_OF | {"textbook": key.rules}).items():
        column[f"leads:{follower}"] = lead(template, "decision", rules, rng)
        column[f"reasons:{follower}"] = lead(template, "reason", rules, rng)
    return column


def _padded(values: list, width: int = WIDTHS["key_features"]) -> list:
    return values + [0] * (width - len(values))


def lead(template: Template, kind: str, rules: tuple[str, ...], rng: np.random.Generator) -> int:
    """Where a follower of ``rules`` is led: where its rule fits the case, to the decision; else to an option with it.

    Without any such option the case holds no cue for the rule, and one of the options is taken at random, once for all.
    """
    supported = template.ids(kind).index(template.choice(kind).supported)
    fits = not template.key.rule_breaking and set(rules) & set(template.key.rules)
    if kind == "decision" and fits:
        return supported
    carried = template.rules(kind)
    own = [index for rule in rules for index, each in enumerate(carried) if each == rule]
    if own:
        return own[0]
    others = [index for index in range(len(carried)) if index != supported]
    return int(rng.choice(others))
