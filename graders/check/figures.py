"""Every picture has words: an image without a text alternative is nothing to a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flysolo.problems import Problem
from graders.check.content import Content
from graders.check.pages import pictures
from graders.check.texts import shown

_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE | re.DOTALL)
_ALT = re.compile(r"\balt\s*=\s*(\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*'|\{)", re.IGNORECASE)
#: A picture that only decorates is hidden from a screen reader on purpose.
_HIDDEN = re.compile(r"\balt\s*=\s*(\"\"|'').*\b(aria-hidden|role\s*=\s*.presentation)", re.IGNORECASE | re.DOTALL)
_FIGURE = re.compile(r"^(?P<fence>[`:~]{3,})\{(?:figure|image)\}(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
_PAGES = (".html", ".j2", ".js", ".py")


def check(content: Content) -> Iterator[Problem]:
    """Pictures in lessons, in what content says, and in the pages' own code."""
    for module_id, page in content.pages.items():
        name = f"curriculum/{module_id}/lesson.md"
        for kind, source in page.cells:
            if kind != "code":
                yield from _markdown(source, name, "")
    for file, field, text in shown(content):
        if file.endswith(".toml"):
            yield from _markdown(text, file, field)
    for path in sorted((content.root / "flysolo").rglob("*")):
        if path.suffix in _PAGES and path.is_file():
            name = path.relative_to(content.root).as_posix()
            yield from _tags(path.read_text(encoding="utf-8"), name, "")


def _markdown(text: str, file: str, field: str) -> Iterator[Problem]:
    for source, alt in pictures(text):
        if not alt:
            yield _problem(file, field, f"![]({source})", "write what it shows between the square brackets")
    for figure in _FIGURE.finditer(text):
        if not re.search(r"^:alt:\s*\S", figure["body"], re.MULTILINE):
            found = " ".join(figure.group(0).split())[:60]
            yield _problem(file, field, found, "add a line “:alt:” that says what it shows")
    yield from _tags(text, file, field)


def _tags(text: str, file: str, field: str) -> Iterator[Problem]:
    for tag in _TAG.findall(text):
        if not _ALT.search(tag) and not _HIDDEN.search(tag):
            yield _problem(file, field, " ".join(tag.split())[:80], 'add alt="…" that says what it shows')


def _problem(file: str, field: str, found: str, step: str) -> Problem:
    return Problem(file, field, f"a picture without words: {found}", "every picture has a text alternative", step)
