"""What people read, as (file, field, text): names, ids and numbers of the content are left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from graders.check import library
from graders.check.content import Content, family_file, key_file

#: Fields that hold names for the machine.
_NAMES = frozenset(
    {"id", "kind", "module", "competencies", "format", "status", "instrument", "needs", "findings", "observed", "rung"}
    | {"supported", "acceptable", "hits", "harmful", "links", "can", "rule", "rules", "exercise", "family", "canary"}
    | {"twin_effect", "twin_look", "clinical_review", "one_of", "unit"}
)
#: Python that speaks to mentees from the mentor's side.
_SPEAKING = (
    *("graders/words.py", "graders/cards.py", "graders/build.py"),
    *(f"graders/readiness/{name}.py" for name in ("card", "characteristics", "lines", "round")),
)
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
_TEMPLATES = (".html", ".j2", ".js", ".md")


def said_in(model: BaseModel, inside: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) of everything one content model says."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        field = f"{inside}.{name}" if inside else name
        if name in _NAMES and not _holds_models(value):
            continue
        # the step of a lesson names its mechanism here; everywhere else it is a sentence
        if name == "because" and type(model).__name__ == "HowStep":
            continue
        # two mentors' examples of what mentees write; no mentee reads them
        if name == "examples":
            continue
        yield from _said(value, field)


def _holds_models(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _said(value: object, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, BaseModel):
        yield from said_in(value, field)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _said(each, f"{field}.{key}")
    elif isinstance(value, tuple):
        for n, each in enumerate(value):
            yield from _said(each, f"{field}[{getattr(each, 'id', n)}]")


def shown(content: Content) -> Iterator[tuple[str, str, str]]:
    """Everything a mentee may read: content, the words of keys, and the sentences in code and templates."""
    yield from _content(content)
    yield from library.said(content)
    for name, text in content.texts.items():
        if name.endswith("/lesson.md"):
            yield from ((name, field, line) for field, line in prose_lines(text))
    yield from _code(content.root)


def _content(content: Content) -> Iterator[tuple[str, str, str]]:
    models: list[tuple[str, BaseModel | None]] = [
        ("curriculum/course.toml", content.course),
        ("curriculum/rote_rules.toml", content.rules),
    ]
    models += [("curriculum/privacy.toml", content.privacy), ("curriculum/safety.toml", content.safety)]
    lessons = {**content.lessons, **content.orientations}
    models += [(f"curriculum/{each}/lesson.toml", lesson) for each, lesson in lessons.items()]
    models += [(f"curriculum/{each}/needs.toml", needs) for each, needs in content.needs.items()]
    models += [(family_file(x, stem), each) for x, found in content.families.items() for stem, each in found.items()]
    models += [(key_file(x, stem), each) for x, found in content.keys.items() for stem, each in found.items()]
    for name, model in models:
        if model is not None:
            yield from ((name, field, text) for field, text in said_in(model))


def prose_lines(markdown: str) -> Iterator[tuple[str, str]]:
    """(line, text) of the paragraphs of a lesson: its header and its code cells are left out."""
    lines = markdown.splitlines()
    start = 0
    if lines and lines[0].strip() == "---":
        start = next((n + 1 for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), len(lines))
    inside = False
    for n, line in enumerate(lines[start:], start + 1):
        if line.startswith(("```", "~~~")):
            inside = not inside
        elif not inside and line.strip():
            yield f"line {n}", line


def _code(root: Path) -> Iterator[tuple[str, str, str]]:
    python = [*sorted((root / "flysolo").rglob("*.py")), *(root / each for each in _SPEAKING)]
    for path in python:
        if path.is_file():
            name = path.relative_to(root).as_posix()
            yield from ((name, field, text) for field, text in python_sentences(path.read_text(encoding="utf-8")))
    folders = (root / "flysolo", root / "graders" / "templates" / "reply")
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _TEMPLATES):
        name = path.relative_to(root).as_posix()
        yield from ((name, field, text) for field, text in _template(path.read_text(encoding="utf-8"), path.suffix))
    if (root / "README.md").is_file():
        text = (root / "README.md").read_text(encoding="utf-8")
        yield from (("README.md", field, line) for field, line in prose_lines(text))


def python_sentences(source: str) -> Iterator[tuple[str, str]]:
    """(line, text) of every string in Python that has a space in it, docstrings and log entries left out."""
    tree = ast.parse(source)
    unread = {id(each) for node in ast.walk(tree) for each in _unread(node)}
    for node in ast.walk(tree):
        text = node.value.strip() if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if " " in text and id(node) not in unread:
            yield f"line {node.lineno}", text


def _unread(node: ast.AST) -> list[ast.AST]:
    """Strings of one node that no mentee reads: its docstring, or what it writes into a log."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        return [first.value] if isinstance(first, ast.Expr) else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOGGING:
        return list(node.args)
    return []


def _template(text: str, suffix: str) -> Iterator[tuple[str, str]]:
    if suffix == ".js":
        found = (match.group(0)[1:-1] for match in re.finditer(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", text))
        yield from (("", each) for each in found if " " in each.strip())
        return
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    yield "", " ".join(bare.split())
