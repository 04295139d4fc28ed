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
from flysolo.schema.course import CourseFile, Module, Solo
from flysolo.schema.family import Family
from flysolo.schema.house import Privacy, Safety
from flysolo.schema.lesson import Lesson
from flysolo.schema.needs import Needs
from flysolo.schema.orientation import Orientation


def load_course(root: Path | None = None) -> CourseFile:
    """The course file; raises ContentError with every problem in it."""
    return _course_at(root or content_root())


@lru_cache(maxsize=8)
def _course_at(root: Path) -> CourseFile:
    path = root / "curriculum" / "course.toml"
    return parse(CourseFile, read_toml(path, "curriculum/course.toml"), "curriculum/course.toml")


def module(module_id: str, root: Path | None = None) -> Module:
    """One module of the course by id, or the solo bank as one; an unknown id is answered with the nearest valid one."""
    course = load_course(root)
    modules = {each.id: each for each in course.modules}
    if course.solo:
        modules[course.solo.exercise] = _solo_module(course.solo)
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


def _solo_module(solo: Solo) -> Module:
    """The solo bank as pages name an exercise; it has no lesson, and stands in no list of modules."""
    return Module(id=solo.exercise, title=solo.title, question=solo.question, minutes=60, status="open")


def solo_settings(exercise: str, root: Path | None = None) -> Solo | None:
    """How solo sets are drawn and spaced when ``exercise`` is their bank; None for every other exercise."""
    solo = load_course(root).solo
    return solo if solo and solo.exercise == exercise else None


def solo_short(root: Path | None = None) -> int:
    """How many more families the solo bank needs for one whole round; 0 also where the course has no solo sets."""
    solo = load_course(root).solo
    if solo is None:
        return 0
    folder = (root or content_root()) / "exercises" / solo.exercise / "families"
    return max(0, solo.families - len(list(folder.glob("*.toml"))))


def load_lesson(module_id: str, root: Path | None = None) -> Lesson | Orientation:
    """What the lesson of ``module_id`` asks and shows; the first unit has a kind of its own."""
    return _lesson_at(root or content_root(), module_id)


@lru_cache(maxsize=64)
def _lesson_at(root: Path, module_id: str) -> Lesson | Orientation:
    name = f"curriculum/{module_id}/lesson.toml"
    data = read_toml(root / name, name)
    return parse(lesson_kind(data), data, name)


def lesson_kind(data: dict) -> type[Lesson] | type[Orientation]:
    """The model that a lesson's file asks for by its ``kind``; without one it is a lesson like the others."""
    return Orientation if data.get("kind") == "orientation" else Lesson


def load_needs(module_id: str, root: Path | None = None) -> Needs:
    """The private needs assessment that lies beside the lesson of ``module_id``."""
    return _parsed_at(root or content_root(), Needs, f"curriculum/{module_id}/needs.toml")


def load_privacy(root: Path | None = None) -> Privacy:
    """Who sees what."""
    return _parsed_at(root or content_root(), Privacy, "curriculum/privacy.toml")


def load_safety(root: Path | None = None) -> Safety:
    """When to phone somebody today."""
    return _parsed_at(root or content_root(), Safety, "curriculum/safety.toml")


@lru_cache(maxsize=16)
def _parsed_at(root: Path, model: type, name: str):
    return parse(model, read_toml(root / name, name), name)


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
    """Ids of the exercises of open modules, in course order; with ``drafts`` those of modules being written too.

    The solo bank comes last, once it holds a whole round: a set that no second one could follow would decide nothing.
    """
    base = (root or content_root()) / "exercises"
    course = load_course(root)
    order = [each.id for each in course.modules if drafts or each.status == "open"]
    if course.solo and (drafts or not solo_short(root)):
        order.append(course.solo.exercise)
    return [each for each in order if (base / each / "families").is_dir()]
