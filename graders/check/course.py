"""The course hangs together: modules, what they need, and files where the course says there are some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flysolo.instruments import INSTRUMENTS
from flysolo.problems import Problem, nearest
from graders.check.content import Content, family_file

COURSE, RULES = "curriculum/course.toml", "curriculum/rote_rules.toml"


def check(content: Content) -> Iterator[Problem]:
    """Names in the course file, files of open modules, folders nobody lists, lessons that name another module."""
    if content.course is None:
        return
    yield from _modules(content)
    yield from _open_modules(content)
    yield from _solo(content)
    yield from _folders(content)
    yield from _lessons(content)
    yield from _families(content)
    for rule in content.rules.rules if content.rules else ():
        yield from unknown(RULES, f"{rule.id}.module", rule.module, content.modules, "module of the course")


def unknown(file: str, field: str, names: Iterable[str], valid: Iterable[str], what: str) -> Iterator[Problem]:
    """A problem for each name that is not valid, with the nearest one that is."""
    valid = list(valid)
    for name in names:
        if name not in valid:
            step = f"use an id that exists, or add it first.{nearest(name, valid)}"
            yield Problem(file, field, f"“{name}”", f"it names a {what}", step)


def needed_files(content: Content, module_id: str) -> list[str]:
    """Files a whole module has and this one lacks."""
    lesson = ["lesson.md", "lesson.ipynb", "lesson.toml"]
    if not content.modules[module_id].instrument:
        lesson.append("needs.toml")
    wanted = [f"curriculum/{module_id}/{each}" for each in lesson]
    if module_id in content.exercises:
        wanted.append(f"exercises/{module_id}/cases.ipynb")
    return [name for name in wanted if name not in content.names]


def _modules(content: Content) -> Iterator[Problem]:
    competencies = [each.id for each in content.course.competencies]
    before: list[str] = []
    for module in content.course.modules:
        field = f"modules “{module.id}”"
        if module.id in before:
            yield Problem(COURSE, field, "an id that stands twice", "each module has its own id", "rename one of them")
        yield from unknown(COURSE, f"{field}.competencies", module.competencies, competencies, "competency above")
        yield from unknown(COURSE, f"{field}.needs", module.needs, before, "module that comes earlier")
        if module.instrument and module.status == "open":
            yield from unknown(COURSE, f"{field}.instrument", [module.instrument], INSTRUMENTS, "built instrument")
        before.append(module.id)


def _open_modules(content: Content) -> Iterator[Problem]:
    for module in content.course.modules:
        for name in needed_files(content, module.id) if module.status == "open" else ():
            notebook = "uv run flysolo build writes it" if name.endswith(".ipynb") else "write it"
            rule = "a module with status “open” is whole"
            yield Problem(name, "", "no such file", rule, f"{notebook}, or set the module's status to “draft”")


def _solo(content: Content) -> Iterator[Problem]:
    """The solo bank: modules that exist, its notebook, and cases that stand nowhere else."""
    solo = content.solo
    if solo is None:
        return
    if solo.needs != "any":
        yield from unknown(COURSE, "solo.needs", solo.needs, content.modules, "module of the course")
    notebook = f"exercises/{solo.exercise}/cases.ipynb"
    if content.family_ids(solo.exercise) and notebook not in content.names:
        step = "uv run flysolo build writes it"
        yield Problem(notebook, "", "no such file", "an exercise with families has its notebook", step)
    met = {name: f"exercises/{each}" for each in content.modules for name in content.family_ids(each)}
    practiced = {
        each.id: f"curriculum/{module}" for module, lesson in content.lessons.items() for each in lesson.practice
    }
    for name in sorted(content.family_ids(solo.exercise) & set(met | practiced)):
        step = "give the solo case another id and story, or take it out of the bank"
        found = f"a case that also stands in {(practiced | met)[name]}"
        yield Problem(
            family_file(solo.exercise, name), "id", found, "nobody meets a solo case before it is drawn", step
        )


def _folders(content: Content) -> Iterator[Problem]:
    for parent in ("curriculum", "exercises", "graders/keys"):
        depth = parent.count("/") + 1
        inside = {name.split("/")[depth] for name in content.names if name.startswith(f"{parent}/")}
        files = {name.split("/")[depth] for name in content.names if name.count("/") == depth}
        known = {*content.modules, "evidence", *((content.solo.exercise,) if content.solo else ())}
        for folder in sorted(inside - files - known):
            step = f"add it to {COURSE}, or rename the folder.{nearest(folder, content.modules)}"
            yield Problem(f"{parent}/{folder}", "", "a folder of no module", "folders are named after modules", step)


def _lessons(content: Content) -> Iterator[Problem]:
    for module_id, lesson in content.lessons.items():
        name = f"curriculum/{module_id}/lesson.toml"
        if lesson.module != module_id:
            step = f"write module = “{module_id}”, or move the file"
            yield Problem(name, "module", f"“{lesson.module}”", "a lesson names the module it lies in", step)
        yield from unknown(name, "instrument", [lesson.instrument], INSTRUMENTS, "built instrument")
        planned = content.modules[module_id].instrument if module_id in content.modules else None
        if planned and planned != lesson.instrument:
            rule = f"{COURSE} names “{planned}”"
            yield Problem(name, "instrument", f"“{lesson.instrument}”", rule, "make the two agree")


def _families(content: Content) -> Iterator[Problem]:
    competencies = [each.id for each in content.course.competencies]
    for exercise, families in content.families.items():
        for stem, family in families.items():
            name = family_file(exercise, stem)
            if family.id != stem:
                step = f"rename the file to {family.id}.toml, or correct the id"
                yield Problem(name, "id", f"“{family.id}”", "a family file is named after its id", step)
            if content.is_solo(exercise):
                yield from unknown(name, "module", [family.module], content.modules, "module of the course")
            elif family.module != exercise:
                step = f"write module = “{exercise}”, or move the file"
                yield Problem(name, "module", f"“{family.module}”", "a family names the exercise it lies in", step)
            yield from unknown(name, "competencies", family.competencies, competencies, "competency of the course")
