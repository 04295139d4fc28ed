"""The first unit: its own fixed shape, checked as strictly as a lesson's; its needs assessment; the two shared pages.

The assessment is private practice. What is asked of it here is that it gives nothing away by length or place, that
each module with a lesson plan of its own is looked into, and that no case of it is ever scored.
"""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem
from flysolo.schema.needs import Needs
from graders.check.content import Content
from graders.check.course import unknown
from graders.check.order import check_parts, check_sections

#: Sections in order, each with what its cells show. Safety and privacy stand before anything is asked.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Play first": ("tour", "play"),
    "Ask, hand in, read the reply": ("rehearse",),
    "What your mentor sees": ("who_sees",),
    "When to phone somebody today": ("safety",),
    "How sure are you?": ("confidence",),
    "Where do you stand?": ("needs",),
    "In one sentence": ("summary",),
}
PRIVACY, SAFETY = "curriculum/privacy.toml", "curriculum/safety.toml"
#: A trick (the longest choice, the shortest) may find at most this share of what the findings support.
TRICK = 0.5


def check(content: Content) -> Iterator[Problem]:
    """Shape and files of every first unit, and what its assessment rests on."""
    yield from _kinds(content)
    for module_id, unit in content.orientations.items():
        folder = f"curriculum/{module_id}"
        if unit.module != module_id:
            step = f"write module = “{module_id}”, or move the file"
            rule = "a lesson names the module it lies in"
            yield Problem(f"{folder}/lesson.toml", "module", f"“{unit.module}”", rule, step)
        if module_id in content.pages:
            page, name = content.pages[module_id], f"{folder}/lesson.md"
            yield from check_sections(page, name, SECTIONS)
            yield from check_parts(page, name, SECTIONS)
        for name in (f"{folder}/needs.toml", PRIVACY, SAFETY):
            if name not in content.names:
                rule, step = "the first unit shows what this file holds", "write it, or bring it back"
                yield Problem(name, "", "no such file", rule, step)
    for module_id, needs in content.needs.items():
        yield from _needs(content, module_id, needs)


def _kinds(content: Content) -> Iterator[Problem]:
    """A module without an instrument is a first unit, or is not open yet."""
    for module in content.modules.values():
        name = f"curriculum/{module.id}/lesson.toml"
        plain = module.status == "open" and not module.instrument and module.id not in content.orientations
        if plain and name in content.names:
            rule = "a module without an instrument has a lesson.toml of kind “orientation”"
            step = "name an instrument in course.toml, or write kind = “orientation”"
            yield Problem(name, "kind", "none", rule, step)


def _needs(content: Content, module_id: str, needs: Needs) -> Iterator[Problem]:
    name = f"curriculum/{module_id}/needs.toml"
    if needs.module != module_id:
        step = f"write module = “{module_id}”, or move the file"
        yield Problem(name, "module", f"“{needs.module}”", "it names the module it lies in", step)
    yield from unknown(name, "cases.module", [case.module for case in needs.cases], content.modules, "module")
    order = [each for each in content.modules if each in {case.module for case in needs.cases}]
    if [case.module for case in needs.cases if case.module in content.modules] != order:
        step = "put the cases in the order of the course file"
        yield Problem(name, "cases", "another order", "cases stand in the order of the modules", step)
    scored = {family for exercise in content.exercises for family in content.family_ids(exercise)}
    for case in needs.cases:
        if case.id in scored:
            step = "give the case another id and another child"
            rule = "a case whose answers mentees can read is never scored"
            yield Problem(name, f"cases[{case.id}].id", "a case family of an exercise", rule, step)
    yield from _tricks(name, needs)


def _tricks(name: str, needs: Needs) -> Iterator[Problem]:
    """Lengths that give the supported choice away."""
    questions = [getattr(case, tier) for case in needs.cases for tier in ("decision", "reason")]
    for trick, pick in (("longest", max), ("shortest", min)):
        found = sum(
            len(question.option(question.supported).text) == pick(len(option.text) for option in question.options)
            for question in questions
        )
        if found > TRICK * len(questions):
            said = f"the {trick} choice is the supported one in {found} of {len(questions)}"
            rule = "no trick of length finds more than half of them"
            yield Problem(name, "cases", said, rule, "make choices alike in length, or let the others differ too")
