"""Drawn values: every name in braces is drawn, every drawn name is used, and no brace is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flysolo import draws
from flysolo.problems import Problem, nearest
from flysolo.schema.family import Family
from graders.check.content import Content, family_file, key_file
from graders.check.texts import said_in

_BRACES = re.compile(r"\{\{.*?\}\}|\{\{|\}\}|\{%", re.DOTALL)


def check(content: Content) -> Iterator[Problem]:
    """Braces in every family, and in its key, whose words are filled with the same values."""
    for exercise, families in content.families.items():
        for stem, family in families.items():
            name = family_file(exercise, stem)
            key = content.keys.get(exercise, {}).get(stem)
            texts = [(name, field, text) for field, text in said_in(family)]
            texts += [(key_file(exercise, stem), field, text) for field, text in said_in(key)] if key else []
            for file, field, text in texts:
                yield from _braces(family, file, field, text)
            yield from _unused(family, name, texts)
            yield from _same_options(family, name)


def _braces(family: Family, file: str, field: str, text: str) -> Iterator[Problem]:
    for found in _BRACES.findall(text):
        names = draws.fields(found)
        if not names:
            step = "write {{ name }} with a small letter first, letters, digits and underscores"
            yield Problem(file, field, f"“{found}”", "braces hold one drawn name", step)
        for name in names - set(family.draws):
            step = f"add it under [draws], or use a name from there.{nearest(name, family.draws)}"
            yield Problem(file, field, f"“{found}”", "every name in braces is drawn", step)


def _unused(family: Family, name: str, texts: list[tuple[str, str, str]]) -> Iterator[Problem]:
    used = set().union(*(draws.fields(text) for _, _, text in texts))
    for each in sorted(set(family.draws) - used):
        step = f"use {{{{ {each} }}}} in the story or the findings, or remove the draw"
        yield Problem(name, f"draws.{each}", "drawn and never used", "every drawn name is used", step)


def _same_options(family: Family, name: str) -> Iterator[Problem]:
    for question in family.questions:
        seen: dict[str, str] = {}
        for option in question.options:
            words = " ".join(option.text.casefold().split())
            if words in seen:
                found = f"“{option.id}” and “{seen[words]}” say the same"
                step = "reword one of them"
                yield Problem(name, f"question “{question.id}”", found, "every option says something else", step)
            seen[words] = option.id
