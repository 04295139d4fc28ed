"""What is still to be written: drafts, and modules that mentees do not see yet. Nothing here is a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flysolo.content import lesson_kind
from flysolo.files import read_toml
from flysolo.problems import ContentError
from flysolo.schema.base import parse
from flysolo.schema.family import Family
from flysolo.schema.needs import Needs
from graders.check.bank import balance
from graders.check.content import DRAFTS, Content, is_draft_file
from graders.check.course import needed_files
from graders.check.words import SENTINEL
from graders.keys import Key


@dataclass(frozen=True, order=True)
class Missing:
    """One thing an author still has to do, and where."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def missing(content: Content) -> list[Missing]:
    """Everything still to be written, in order of module and file."""
    found = [*_modules(content), *_solo(content), *_drafts(content)]
    return sorted(set(found))


def _modules(content: Content) -> Iterator[Missing]:
    drafted = {name for name in content.names if is_draft_file(name)}
    for module in content.modules.values():
        if module.status != "draft":
            continue
        files = [name for name in needed_files(content, module.id) if _draft_of(name) not in drafted]
        lacking = [name.rsplit("/", 1)[1] for name in files]
        if module.id not in content.exercises:
            lacking.append("case families")
        if lacking:
            yield Missing(module.id, ", ".join(lacking))
        for problem in balance(content, module.id):
            yield Missing(problem.file, f"{problem.field}: {problem.found}; {problem.rule}")


def _solo(content: Content) -> Iterator[Missing]:
    """What the solo bank still needs before anyone meets it."""
    if content.solo is None or not content.solo_short:
        return
    solo, short = content.solo, content.solo_short
    there = len(content.family_ids(solo.exercise))
    families = "family" if short == 1 else "families"
    yield Missing(solo.exercise, f"needs {short} more {families} for {solo.sets} sets ({there} of {solo.families})")
    for problem in balance(content, solo.exercise):
        yield Missing(problem.file, f"{problem.field}: {problem.found}; {problem.rule}")


def _draft_of(name: str) -> str:
    folder, file = name.rsplit("/", 1)
    return f"{folder}/{DRAFTS}/{file}"


def _drafts(content: Content) -> Iterator[Missing]:
    for name, text in content.texts.items():
        if not is_draft_file(name):
            continue
        open_lines = sum(SENTINEL in line for line in text.splitlines())
        problems = _schema(content, name)
        if open_lines:
            yield Missing(name, f"{open_lines} {'place' if open_lines == 1 else 'places'} still to be written")
        for problem in problems:
            yield Missing(name, f"{problem.field}: {problem.found}; {problem.rule}")
        if not open_lines and not problems:
            yield Missing(name, "written; move it up one folder to schedule it")


def _model(name: str, data: dict) -> type:
    """The model that a draft is checked against, by where it lies and what it calls itself."""
    if name.startswith("curriculum/"):
        return Needs if name.endswith("/needs.toml") else lesson_kind(data)
    return Family if name.startswith("exercises/") else Key


def _schema(content: Content, name: str) -> list:
    if not name.endswith(".toml"):
        return []
    try:
        data = read_toml(content.root / name, name)
        parse(_model(name, data), data, name)
    except ContentError as error:
        return error.problems
    return []
