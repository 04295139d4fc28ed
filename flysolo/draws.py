"""The numbers of one mentee's copy of a case, drawn from a recorded seed.

Two mentees meet the same child with other numbers, so answers cannot be passed on. The seed is made from names that
both sides know, so that the mentor's side can re-derive every number and need not trust what was sent.
"""

from __future__ import annotations

import hashlib
import random
import re

from flysolo.schema.family import Draw, Family, Option, Question

_FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def seed_for(course_id: str, mentee: str, exercise: str) -> str:
    """Seed of one mentee's copy of an exercise: 16 hex digits, the same wherever it is derived."""
    text = "\x1f".join(("flysolo-draw-1", course_id, mentee, exercise))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _random(seed: str, *names: str) -> random.Random:
    """A generator of its own for each name, so that adding a draw never shifts another."""
    digest = hashlib.sha256("\x1f".join((seed, *names)).encode("utf-8")).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def _draw(draw: Draw, generator: random.Random) -> str:
    if draw.one_of:
        return generator.choice(draw.one_of)
    steps = int(round((draw.high - draw.low) / draw.step))
    value = round(draw.low + draw.step * generator.randint(0, steps), 6)
    return f"{value:g}"


def values(family: Family, seed: str) -> dict[str, str]:
    """The drawn numbers and words of ``family`` for ``seed``, as they are printed."""
    return {name: _draw(draw, _random(seed, family.id, name)) for name, draw in family.draws.items()}


def fill(text: str, drawn: dict[str, str]) -> str:
    """Put drawn values where the text says ``{{ name }}``; KeyError for a name that was not drawn."""
    return _FIELD.sub(lambda match: drawn[match.group(1)], text)


def fields(text: str) -> set[str]:
    """Names that ``text`` wants drawn."""
    return set(_FIELD.findall(text))


def ordered_options(family: Family, question: Question, seed: str) -> list[Option]:
    """Options in this mentee's order; scales (fixed options) keep theirs."""
    options = list(family.options_of(question))
    if question.kind in ("confidence", "new_information"):
        return options
    # a twin repeats the decision's options in the decision's order: only the child has changed
    kind = "decision" if question.kind == "twin" else question.id
    _random(seed, family.id, "order", kind).shuffle(options)
    return options
