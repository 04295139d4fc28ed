"""What a panel can show, checked before it is shown.

A view is a plain dictionary, so that whoever writes a case needs no widget. A slip in it would otherwise appear as an
empty place on a mentee's page; here it is named to its author.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flysolo.problems import ContentError, Problem, nearest

BLOCK_TYPES = (
    "html",
    "table",
    "answered",
    "question",
    "feedback",
    "hints",
    "ask",
    "button",
    "link",
    "progress",
    "details",
    "steps",
)
QUESTION_KINDS = ("one", "many", "text", "number", "fields")
SENDS_EVENTS = ("answered", "question", "hints", "ask", "button")
EMPTY_VIEW = {"title": None, "level": 2, "blocks": [], "status": "", "focus": None}


def complete_view(view: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a view leaves out, or raise ``ContentError`` naming everything that cannot be shown."""
    whole = {**EMPTY_VIEW, **view}
    problems = [*_level_problems(whole), *_block_problems(whole["blocks"])]
    if problems:
        raise ContentError(problems)
    return whole


def _problem(field: str, found: object, rule: str, next_step: str) -> Problem:
    return Problem("panel view", field, str(found), rule, next_step)


def _level_problems(view: dict[str, Any]) -> Iterator[Problem]:
    if view["level"] not in (2, 3, 4):
        yield _problem("level", view["level"], "a heading level of 2, 3 or 4; level 1 is the page's own", "set 2")


def _block_problems(blocks: list[dict[str, Any]]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for i, block in enumerate(blocks):
        where, kind = f"blocks[{i}]", block.get("type")
        if kind not in BLOCK_TYPES:
            hint = nearest(str(kind), BLOCK_TYPES)
            yield _problem(f"{where}.type", kind, f"one of {', '.join(BLOCK_TYPES)}", f"use a type listed here.{hint}")
            continue
        name = block.get("id")
        if kind in SENDS_EVENTS and not name:
            yield _problem(f"{where}.id", "none", f"a {kind} block needs an id, because events name it", "give it one")
        if name and (kind, name) in seen:
            yield _problem(f"{where}.id", name, "an id appears once among blocks of its type", "give each its own id")
        seen.add((kind, name or f"#{i}"))
        if kind == "question":
            yield from _question_problems(where, block)


def _question_problems(where: str, question: dict[str, Any], nested: bool = False) -> Iterator[Problem]:
    kinds = QUESTION_KINDS[:-1] if nested else QUESTION_KINDS
    kind = question.get("kind")
    if kind not in kinds:
        yield _problem(f"{where}.kind", kind, f"one of {', '.join(kinds)}", "use a kind listed here")
    if not question.get("legend") and kind != "fields":
        yield _problem(f"{where}.legend", "none", "every question says in words what is asked", "add a legend")
    if kind in ("one", "many") and not question.get("options"):
        yield _problem(f"{where}.options", "none", "a choice needs options, each with id and text", "add options")
    for i, sub in enumerate(question.get("fields") or []):
        if not sub.get("id"):
            yield _problem(f"{where}.fields[{i}].id", "none", "each field has an id; the value names it", "give it one")
        yield from _question_problems(f"{where}.fields[{i}]", sub, nested=True)
