"""Reading a content tree whole: each file on its own, so that one spoiled file hides no other."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import nbformat

from flysolo.content import lesson_kind
from flysolo.evidence import Evidence
from flysolo.files import read_toml
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import parse
from flysolo.schema.course import CourseFile
from flysolo.schema.family import Family
from flysolo.schema.house import Privacy, Safety
from flysolo.schema.lesson import Lesson
from flysolo.schema.needs import Needs
from flysolo.schema.orientation import Orientation
from flysolo.schema.rules import RoteRules
from graders.check.content import FOLDERS, Content, family_file, is_draft_file, key_file
from graders.check.library import FOLDER as LIBRARY
from graders.check.library import read_findings
from graders.check.pages import read_page
from graders.check.wordlist import WordList
from graders.keys import Key

_SKIPPED = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store"})
#: Files that are text; others (pictures) are not read as such.
_TEXT = frozenset({".toml", ".md", ".ipynb", ".yaml", ".yml", ".json", ".txt", ".html", ".css", ".svg", ".csv", ".csl"})

T = TypeVar("T")


class Tray:
    """Where reading puts the problems it meets while it goes on to the next file."""

    def __init__(self):
        self.problems: list[Problem] = []

    def take(self, read: Callable[[], T]) -> T | None:
        """What ``read`` returns, or None with its problems kept."""
        try:
            return read()
        except ContentError as error:
            self.problems += error.problems
            return None


def read_content(root: Path) -> Content:
    """Everything under ``root`` that is content, with the problems that reading met."""
    tray = Tray()
    names = content_files(root)
    texts = {name: text for name in sorted(names) if (text := tray.take(lambda n=name: _text(root, n))) is not None}

    def load(model: type[T], name: str) -> T | None:
        return tray.take(lambda: parse(model, read_toml(root / name, name), name)) if name in texts else None

    def loaded(model: type[T], found: dict[str, str]) -> dict[str, T]:
        return {each: item for each, name in found.items() if (item := load(model, name)) is not None}

    skeleton = Content(root, names)
    library = Evidence(root / LIBRARY)
    modules = _folders(names, "curriculum")
    first = {each for each in modules if _is_orientation(texts.get(f"curriculum/{each}/lesson.toml", ""))}
    marked = sorted({*skeleton.exercises, *_folders(names, "graders/keys")})
    return Content(
        root=root,
        names=names,
        texts=texts,
        course=_needed(tray, root, names, load, CourseFile, "curriculum/course.toml"),
        rules=_needed(tray, root, names, load, RoteRules, "curriculum/rote_rules.toml"),
        words=_needed(tray, root, names, load, WordList, "curriculum/banned_words.toml"),
        library=library,
        findings=read_findings(library, texts),
        lessons=loaded(Lesson, {each: f"curriculum/{each}/lesson.toml" for each in modules if each not in first}),
        orientations=loaded(Orientation, {each: f"curriculum/{each}/lesson.toml" for each in first}),
        needs=loaded(Needs, {each: f"curriculum/{each}/needs.toml" for each in modules}),
        privacy=load(Privacy, "curriculum/privacy.toml"),
        safety=load(Safety, "curriculum/safety.toml"),
        pages=_pages(tray, texts, modules),
        families={x: loaded(Family, {f: family_file(x, f) for f in skeleton.family_ids(x)}) for x in marked},
        keys={x: loaded(Key, {k: key_file(x, k) for k in skeleton.key_ids(x)}) for x in marked},
        notebooks=_notebooks(tray, texts),
        found=tuple(tray.problems),
    )


def content_files(root: Path) -> frozenset[str]:
    """Names, under ``root``, of every file in the content folders."""
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    return frozenset(
        path.relative_to(root).as_posix() for path in found if not _SKIPPED & set(path.relative_to(root).parts)
    )


def _text(root: Path, name: str) -> str | None:
    """Text of one file; None for a picture; ContentError for text that is not plain UTF-8."""
    path = root / name
    if path.suffix.lower() not in _TEXT:
        return None
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        found = "a byte order mark in front" if text.startswith("\ufeff") else ""
    except UnicodeDecodeError as error:
        text, found = "", f"a byte that is not UTF-8 text (0x{data[error.start]:02x}, byte {error.start})"
    if not found:
        return text
    step = "open it in an editor and save it again with the encoding UTF-8, without a mark"
    raise ContentError([Problem(name, "", found, "text files of the course are plain UTF-8", step)])


def _is_orientation(text: str) -> bool:
    """Whether a lesson's file asks for the shape of the first unit; a spoiled file is read as a lesson, and said so."""
    try:
        return lesson_kind(tomllib.loads(text)) is Orientation
    except tomllib.TOMLDecodeError:
        return False


def _needed(tray: Tray, root: Path, names: frozenset[str], load, model: type[T], name: str) -> T | None:
    if name not in names:
        step = f"bring {Path(name).name} back from version control, or run this from a complete copy of the course"
        tray.problems.append(Problem(name, "", f"no such file in {root.name}", "the course has this file", step))
    return load(model, name)


def _folders(names: frozenset[str], parent: str) -> list[str]:
    depth = parent.count("/") + 2
    found = {name.split("/")[depth - 1] for name in names if name.startswith(f"{parent}/") and name.count("/") >= depth}
    return sorted(found)


def _pages(tray: Tray, texts: dict[str, str], modules: list[str]) -> dict:
    found = {}
    for module_id in modules:
        name = f"curriculum/{module_id}/lesson.md"
        page = tray.take(lambda n=name: read_page(texts[n], n)) if name in texts else None
        if page is not None:
            found[module_id] = page
    return found


def _notebooks(tray: Tray, texts: dict[str, str]) -> dict[str, nbformat.NotebookNode]:
    found = {}
    for name in texts:
        if name.endswith(".ipynb") and not is_draft_file(name):
            notebook = tray.take(lambda n=name: _notebook(texts[n], n))
            if notebook is not None:
                found[name] = notebook
    return found


def _notebook(text: str, name: str) -> nbformat.NotebookNode:
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises JSON, key, attribute and schema errors of its own
        step = "write it again from its text: uv run flysolo build"
        found = f"it is not a whole notebook: {' '.join(str(error).split())[:120]}"
        raise ContentError([Problem(name, "", found, "a notebook is whole nbformat 4 JSON", step)]) from None
    return notebook
