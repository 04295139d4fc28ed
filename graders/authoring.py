"""Starting a module or a case family: one command makes its files as drafts and says what is still missing.

Drafts lie in folders called ``drafts``, which nothing but the content check reads, so an unfinished case can never
meet a mentee. Each place an author has to fill is marked ``WRITE:``; the check counts them. Nothing is overwritten.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from string import Template

from rich.console import Console
from rich.text import Text

from flysolo.files import read_text, read_toml, write_whole
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem, nearest
from flysolo.schema.base import parse
from flysolo.schema.course import CourseFile, Module
from graders.check.content import DRAFTS
from graders.check.drafts import Missing, missing
from graders.check.reading import read_content

TEMPLATES = Path(__file__).parent / "templates" / "authoring"
COURSE = "curriculum/course.toml"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MODULE = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Made:
    """What one command made.

    Attributes
    ----------
    files : files that are new
    kept : files that were there already and stay as they are
    missing : what is still to be written for this module
    """

    files: tuple[str, ...]
    kept: tuple[str, ...]
    missing: tuple[Missing, ...]

    def __str__(self) -> str:
        lines = [f"Made   {each}" for each in self.files] + [f"Kept   {each} (it was there)" for each in self.kept]
        lines += ["", "Still missing:", *(f"  {each}" for each in self.missing)]
        lines += ["", "Each place to fill is marked WRITE:. When a file is written, move it up one folder; then:"]
        return "\n".join([*lines, "  uv run flysolo build", "  uv run flysolo check"])


def make_module(module_id: str, root: Path | None = None) -> Made:
    """Files of a new module, as drafts, and its entry in the course file; raises ContentError with what to do."""
    root = root or content_root()
    _refuse_unless(_MODULE, module_id, "module", "two digits and words with hyphens: 14-what-a-night-costs")
    modules = _modules(root)
    files = {}
    if module_id not in modules:
        entry = _template("module.toml", module=module_id)
        write_whole(root / COURSE, read_text(root / COURSE, COURSE).rstrip("\n") + "\n" + entry)
        files[COURSE] = None
    module = _modules(root)[module_id]
    names = {
        "module": module_id,
        "title": module.title,
        "instrument": module.instrument or "not-chosen-yet",
    }
    for each in ("lesson.md", "lesson.toml"):
        whole = f"curriculum/{module_id}/{each}"
        name = whole if (root / whole).exists() else f"curriculum/{module_id}/{DRAFTS}/{each}"
        files[name] = _template(each, **names)
    return _write(root, module_id, files)


def make_family(exercise: str, family_id: str, root: Path | None = None) -> Made:
    """A case family and its key, as drafts; raises ContentError with what to do."""
    root = root or content_root()
    _refuse_unless(_SLUG, family_id, "family", "lower-case words with hyphens: quiet-before-midnight")
    modules = [*_modules(root), *_solo(root)]
    if exercise not in modules:
        step = f"use the id of a module in {COURSE}, or make one first.{nearest(exercise, modules)}"
        raise ContentError([Problem(COURSE, "modules", f"no module “{exercise}”", "an exercise has a module", step)])
    scheduled = f"exercises/{exercise}/families/{family_id}.toml"
    if (root / scheduled).exists():
        step = "give the new family another id; the id of a family stays for ever"
        raise ContentError([Problem(scheduled, "", "a family of this id", "each family has an id of its own", step)])
    canary = f"FLYSOLO-KEY-{secrets.token_hex(8)}"
    files = {
        f"exercises/{exercise}/{DRAFTS}/{family_id}.toml": _template(
            "family.toml", exercise=exercise, family=family_id
        ),
        f"graders/keys/{exercise}/{DRAFTS}/{family_id}.toml": _template(
            "key.toml", exercise=exercise, family=family_id, canary=canary
        ),
    }
    return _write(root, exercise, files)


def new_module(module_id: str, root: Path | None = None) -> None:
    """Make a module's drafts and print what is still missing; raises ContentError with what to do."""
    _print(make_module(module_id, root))


def new_family(exercise: str, family_id: str, root: Path | None = None) -> None:
    """Make a family's drafts and print what is still missing; raises ContentError with what to do."""
    _print(make_family(exercise, family_id, root))


def _print(made: Made) -> None:
    Console(highlight=False, soft_wrap=True).print(Text(str(made)))


def _solo(root: Path) -> list[str]:
    """The solo bank, where the course has one; its cases name the module they are about."""
    solo = parse(CourseFile, read_toml(root / COURSE, COURSE), COURSE).solo
    return [solo.exercise] if solo else []


def _modules(root: Path) -> dict[str, Module]:
    course = parse(CourseFile, read_toml(root / COURSE, COURSE), COURSE)
    return {each.id: each for each in course.modules}


def _refuse_unless(pattern: re.Pattern, name: str, what: str, rule: str) -> None:
    if not pattern.fullmatch(name) or len(name) > 60:
        problem = Problem(f"new {what}", "id", f"“{name}”", f"ids are {rule}", "choose such an id and try again")
        raise ContentError([problem])


def _template(name: str, **values: str) -> str:
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)


def _write(root: Path, module_id: str, files: dict[str, str | None]) -> Made:
    """Write what is not there yet; a file whose text is None has been written already."""
    made, kept = [], []
    for name, text in files.items():
        if text is None:
            made.append(f"{name} (an entry at its end)")
        elif (root / name).exists():
            kept.append(name)
        else:
            write_whole(root / name, text)
            made.append(name)
    return Made(tuple(made), tuple(kept), _missing(root, module_id))


def _missing(root: Path, module_id: str) -> tuple[Missing, ...]:
    found = missing(read_content(root))
    return tuple(each for each in found if module_id in each.where.split("/"))
