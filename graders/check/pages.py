"""A lesson's Markdown taken apart: cells, headings, pictures, and which part of the lesson each code cell shows."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import jupytext
from markdown_it import MarkdownIt

from flysolo.problems import ContentError, Problem

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass(frozen=True)
class Heading:
    """One heading: 1 for the lesson's title, 2 for a section."""

    level: int
    text: str


@dataclass(frozen=True)
class Call:
    """One ``lesson.name("argument", ...)`` in a code cell, and the section it stands in."""

    name: str
    arguments: tuple[str, ...]
    section: str


@dataclass(frozen=True)
class Page:
    """A lesson as its Markdown holds it."""

    cells: tuple[tuple[str, str], ...]

    @property
    def first_is_title(self) -> bool:
        """Whether the first cell opens with the lesson's title."""
        found = headings(self.cells[0][1]) if self.cells and self.cells[0][0] == "markdown" else []
        return bool(found) and found[0].level == 1

    @property
    def headings(self) -> list[Heading]:
        """Headings in order."""
        return [each for kind, source in self.cells if kind == "markdown" for each in headings(source)]

    @property
    def code(self) -> list[tuple[str, str]]:
        """(section, source) of each code cell."""
        section, found = "", []
        for kind, source in self.cells:
            if kind == "markdown":
                titles = [each.text for each in headings(source) if each.level == 2]
                section = titles[-1] if titles else section
            elif kind == "code":
                found.append((section, source))
        return found

    @property
    def calls(self) -> list[Call]:
        """What the code cells ask of the lesson."""
        return [call for section, source in self.code for call in _calls(section, source)]

    @property
    def opened(self) -> list[str]:
        """Ids that the page opens with ``open_lesson``."""
        found = []
        for _, source in self.code:
            for node in _walk(source):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open_lesson":
                    found += _texts(node)
        return found


def read_page(text: str, name: str) -> Page:
    """The cells of a lesson's Markdown; raises ContentError when it cannot be taken apart."""
    try:
        cells = jupytext.reads(text, fmt="md:myst").cells
    except Exception as error:  # jupytext, its YAML reader and nbformat each raise their own kind
        problem = Problem(
            name,
            "",
            f"it cannot be read as a lesson: {' '.join(str(error).split())[:160]}",
            "a lesson is MyST Markdown with a jupytext header",
            "compare its first lines and its code cells with another lesson",
        )
        raise ContentError([problem]) from None
    return Page(tuple((cell.cell_type, cell.source) for cell in cells))


def headings(markdown: str) -> list[Heading]:
    """Headings of one piece of Markdown; a number sign in a code block is none."""
    tokens = _MARKDOWN.parse(markdown)
    return [
        Heading(int(token.tag[1]), tokens[n + 1].content.strip())
        for n, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def pictures(markdown: str) -> list[tuple[str, str]]:
    """(source, alt text) of each Markdown image."""
    found = []
    for token in _MARKDOWN.parse(markdown) if "![" in markdown else ():
        for child in token.children or ():
            if child.type == "image":
                found.append((str(child.attrs.get("src", "")), child.content.strip()))
    return found


def _calls(section: str, source: str) -> list[Call]:
    found = []
    for node in _walk(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "lesson":
                found.append(Call(node.func.attr, tuple(_texts(node)), section))
    return found


def _walk(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return []  # reported where the notebook's code is looked at


def _texts(call: ast.Call) -> list[str]:
    return [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
