"""Nothing of a key lies where a mentee could find it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from flysolo.problems import Problem
from graders.check.content import Content

#: Fields that only a key has.
KEY_ONLY = frozenset({"canary", "twin_effect", "twin_look", "rule_breaking", "hits", "harmful", "anchors"})
#: Fields that a lesson's practice has too, but a family never.
KEY_LIKE = KEY_ONLY | frozenset(
    {"supported", "acceptable", "because", "mechanism", "links", "can", "truth_percent", "choice", "features"}
    | {"sees", "leads", "breaks", "look", "rule", "rules"}
)
CANARY = re.compile(r"FLYSOLO-KEY-[0-9a-f]{16}")
_NOT_OURS = frozenset({"__pycache__", "node_modules", "dist", "build"})


def check(content: Content) -> Iterator[Problem]:
    """Key fields outside keys, canaries that are shared, canaries anywhere else in the tree."""
    for name in sorted(content.texts):
        if name.endswith(".toml") and name.startswith("exercises/"):
            yield from _fields(content.texts[name], name, KEY_LIKE)
        elif name.endswith(".toml") and name.startswith("curriculum/"):
            yield from _fields(content.texts[name], name, KEY_ONLY)
    yield from _canaries(content)


def _fields(text: str, name: str, fields: frozenset[str]) -> Iterator[Problem]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # reading has said so
    for path, field in _paths(data, ""):
        if field in fields:
            step = "move it to the key in graders/keys, and take it out of here"
            yield Problem(name, path, f"“{field}”", "this belongs to the key: mentees can open this file", step)


def _paths(value: object, inside: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            path = f"{inside}.{key}" if inside else str(key)
            # the names under [draws] are the author's own
            if not inside.startswith("draws"):
                yield path, str(key)
            yield from _paths(each, path)
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _paths(each, f"{inside}[{n}]")


def canaries(content: Content) -> dict[str, list[str]]:
    """Each canary with the key files it stands in, read from the text so that a spoiled key counts too."""
    found: dict[str, list[str]] = {}
    for name, text in sorted(content.texts.items()):
        if name.startswith("graders/keys/"):
            for each in CANARY.findall(text):
                found.setdefault(each, []).append(name)
    return found


def _canaries(content: Content) -> Iterator[Problem]:
    known = canaries(content)
    for each, names in known.items():
        for name in names[1:]:
            step = "give this key a canary of its own: FLYSOLO-KEY- and 16 hex digits"
            found = f"{each}, which stands in {names[0]} too"
            yield Problem(name, "canary", found, "a canary stands in one key, once", step)
    marks = {each.encode("ascii") for each in known}
    for path in tree_files(content.root):
        name = path.relative_to(content.root).as_posix()
        if name.startswith("graders/keys/"):
            continue
        for each in sorted(marks & set(re.findall(CANARY.pattern.encode(), path.read_bytes()))):
            step = "take the key's text out of this file, and give the key a new canary"
            yield Problem(name, "", each.decode(), "a canary stands nowhere but in its key", step)


def tree_files(root: Path) -> Iterator[Path]:
    """Every file of the project; environments, caches and version control left out."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in _NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from tree_files(path)
        elif path.is_file():
            yield path
