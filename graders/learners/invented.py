"""Families of the generated world as real families with real keys, so that the real marking can be held against it.

The words in them say nothing on purpose: only the shape is being tried.
"""

from __future__ import annotations

from typing import Any

from flysolo.schema.family import Family
from graders.keys import Key
from graders.learners.bank import Template
from graders.learners.world import ACTS, DIRECTIONS, SAFETY_OPTIONS, World

EXERCISE = "00-generated"
REASONS = tuple(f"thought-{letter}" for letter in "abcde")
URGENCY = tuple(f"urgency-{letter}" for letter in "abc")
CANARY = "FLYSOLO-KEY-0000000000000000"


def template(world: World, run: int, column: int) -> Template:
    """One family of one run, with its key."""
    features = [
        f"item-{letter}" for letter, there in zip("abcdefghijkl", world.offered[run, column], strict=False) if there
    ]
    family = Family.model_validate(_family(world, run, column, features))
    return Template(EXERCISE, family, Key.model_validate(_key(world, run, column, features, family.id)))


def templates(world: World, run: int) -> list[Template]:
    """All families of one run."""
    return [template(world, run, column) for column in range(world.shape[1])]


def with_evidence(plain: Template, can: tuple[str, ...], statements: tuple[str, ...]) -> Template:
    """The same family with a question on what a study can support."""
    family, key = plain.family.model_dump(mode="json"), plain.key.model_dump(mode="json")
    question = {"id": "study", "kind": "evidence", "ask": "What can it support?", "options": _options(statements)}
    words = _words(statements, [0] * len(statements))
    key["evidence"] = {"study": {"can": list(can), "because": "As drawn.", "options": words}}
    family["questions"].append(question)
    return Template(plain.exercise, Family.model_validate(family), Key.model_validate(key))


def _options(ids: tuple[str, ...] | list[str]) -> list[dict[str, str]]:
    return [{"id": each, "text": f"{each.capitalize()}, as drawn for {{{{ name }}}}"} for each in ids]


def _family(world: World, run: int, column: int, features: list[str]) -> dict[str, Any]:
    news = {"information": "One more finding.", "hypothesis": "An idea."}
    questions = [
        {"id": "needs", "kind": "key_features", "ask": "Which?", "limit": world.limit, "options": _options(features)},
        {"id": "decision", "kind": "decision", "ask": "What?", "options": _options(ACTS)},
        {"id": "reason", "kind": "reason", "ask": "Why?", "options": _options(REASONS)},
        {"id": "confidence", "kind": "confidence", "ask": "How sure?"},
        {"id": "twin", "kind": "twin", "ask": "And now?"},
        {"id": "new-information", "kind": "new_information", "ask": "What does it do?", **news},
    ]
    if world.has_safety[run, column]:
        questions.append({"id": "urgent", "kind": "safety", "ask": "When?", "options": _options(URGENCY)})
    return {
        "format": 1,
        "id": f"generated-{run}-{column}",
        "title": "A generated family",
        "module": EXERCISE,
        "competencies": ["E4"],
        "story": "{{ name }} is invented.",
        "findings": [{"label": f"Row {number}", "text": "as drawn"} for number in (1, 2, 3)],
        "draws": {"name": {"one_of": ["Ada", "Mina"]}},
        "questions": questions,
        "twin": {"change": "One row.", "altered": {"label": "Row 1", "text": "altered"}},
    }


def _words(ids: tuple[str, ...] | list[str], rules) -> dict[str, dict[str, str]]:
    words = {"sees": "A row.", "leads": "A thought.", "breaks": "A case.", "look": "A row."}
    return {each: words | {"rule": f"X{rule:02d}" if rule else ""} for each, rule in zip(ids, rules, strict=True)}


def _key(world: World, run: int, column: int, features: list[str], family: str) -> dict[str, Any]:
    at = (run, column)

    def choice(ids: tuple[str, ...], supported, rules) -> dict[str, Any]:
        return {"supported": ids[supported], "because": "As drawn.", "options": _words(ids, rules)}

    def those(mask) -> list[str]:
        return [each for each, is_one in zip(features, mask, strict=False) if is_one]

    rules = {kind: table[at] for kind, table in world.rules.items()}
    choices = {
        "decision": choice(ACTS, world.decision[at], rules["decision"]),
        "reason": choice(REASONS, world.reason[at], rules["reason"]),
        "twin": choice(ACTS, world.twin[at], rules["twin"]),
        "new-information": choice(DIRECTIONS, world.news[at], rules["new_information"]),
    }
    if world.has_safety[at]:
        choices["urgent"] = choice(URGENCY, world.safety[at], [0] * SAFETY_OPTIONS)
    needs = {"hits": those(world.hits[at]), "harmful": those(world.harmful[at]), "because": "As drawn."}
    return {
        "format": 1,
        "exercise": EXERCISE,
        "family": family,
        "canary": CANARY,
        "status": "keyed",
        "rule_breaking": not world.typical[at],
        "mechanism": "As drawn.",
        "findings": ["generated"],
        "twin_effect": "flips" if world.flips[at] else "holds",
        "twin_look": "eye-catching" if world.eye[at] else "dull",
        "safety": bool(world.has_safety[at]),
        "choice": choices,
        "features": {"needs": needs | {"options": _words(features, rules["key_features"][: len(features)])}},
    }
