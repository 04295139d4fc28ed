"""Reading the course's content: the course file, lessons and case families, checked as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from flysolo import draws
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem, nearest
from flysolo.schema.base import parse
from flysolo.schema.course import CourseFile, Module
from flysolo.schema.family import Family
from flysolo.schema.lesson import Lesson


def load_course(root: Path | None = None) -> CourseFile:
    """The course file; raises ContentError with every problem in it."""
    return _course_at(root or content_root())


@lru_cache(maxsize=8)
def _course_at(root: Path) -> CourseFile:
    path = root / "curriculum" / "course.toml"
    return parse(CourseFile, read_toml(path, "curriculum/course.toml"), "curriculum/course.toml")


def module(module_id: str, root: Path | None = None) -> Module:
    """One module of the course by id; an unknown id is answered with the nearest valid one."""
    modules = {each.id: each for each in load_course(root).modules}
    if module_id not in modules:
        raise ContentError(
            [
                Problem(
                    "curriculum/course.toml",
                    "modules",
                    f"no module “{module_id}”",
                    "a module is named by its id in the course file",
                    f"use one of the ids there.{nearest(module_id, modules)}",
                )
            ]
        )
    return modules[module_id]


def load_lesson(module_id: str, root: Path | None = None) -> Lesson:
    """What the lesson of ``module_id`` asks and shows."""
    return _lesson_at(root or content_root(), module_id)


@lru_cache(maxsize=64)
def _lesson_at(root: Path, module_id: str) -> Lesson:
    name = f"curriculum/{module_id}/lesson.toml"
    return parse(Lesson, read_toml(root / name, name), name)


@dataclass(frozen=True)
class Case:
    """One family as one mentee meets it: drawn numbers filled in, options in this mentee's order."""

    family: Family
    seed: str

    @cached_property
    def drawn(self) -> dict[str, str]:
        """The drawn values, by name."""
        return draws.values(self.family, self.seed)

    def text(self, template: str) -> str:
        """``template`` with the drawn values in it."""
        return draws.fill(template, self.drawn)

    def options(self, question) -> list[tuple[str, str]]:
        """(id, text) of each option in this mentee's order."""
        ordered = draws.ordered_options(self.family, question, self.seed)
        return [(option.id, self.text(option.text)) for option in ordered]

    def findings(self, twin: bool = False) -> list[list[str]]:
        """Rows (label, text) of the findings table, for the base or for the twin."""
        altered = self.family.twin.altered if twin else None
        rows = []
        for finding in self.family.findings:
            text = altered.text if altered and altered.label == finding.label else finding.text
            rows.append([self.text(finding.label), self.text(text)])
        return rows


def load_family(path: Path, name: str | None = None) -> Family:
    """One family file; the file is named after the family it holds."""
    name = name or f"{path.parent.parent.name}/families/{path.name}"
    family = parse(Family, read_toml(path, name), name)
    if family.id != path.stem:
        raise ContentError(
            [
                Problem(
                    name,
                    "id",
                    f"“{family.id}”",
                    f"a family file is named after its id, here “{path.stem}”",
                    f"rename the file to {family.id}.toml, or correct the id",
                )
            ]
        )
    return family


def load_families(exercise: str, root: Path | None = None) -> list[Family]:
    """All families of an exercise, in the order of ``exercise.toml``; every spoiled file is reported at once."""
    folder = (root or content_root()) / "exercises" / exercise
    return list(_families_in(folder))


@lru_cache(maxsize=64)
def _families_in(folder: Path) -> tuple[Family, ...]:
    problems: list[Problem] = []
    families = []
    for path in sorted((folder / "families").glob("*.toml")):
        try:
            families.append(load_family(path))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    if not families:
        raise ContentError(
            [
                Problem(
                    f"exercises/{folder.name}/families",
                    "",
                    "no family file",
                    "an exercise has at least one case family",
                    "make one: uv run flysolo new family",
                )
            ]
        )
    return tuple(families)


def exercises(root: Path | None = None, drafts: bool = False) -> list[str]:
    """Ids of the exercises of open modules, in course order; with ``drafts`` those of modules being written too."""
    base = (root or content_root()) / "exercises"
    order = [each.id for each in load_course(root).modules if drafts or each.status == "open"]
    return [each for each in order if (base / each / "families").is_dir()]
