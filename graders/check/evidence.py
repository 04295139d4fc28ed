"""Claims rest on findings that exist and were read: nothing from memory is shown or keyed."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem, nearest
from flysolo.schema.lesson import Lesson
from graders.check.content import Content, key_file


def check(content: Content) -> Iterator[Problem]:
    """Every finding that a lesson, a lesson's page, a key or a rote rule names."""
    if content.findings is None:
        return
    for file, field, names in _named(content):
        for name in names:
            yield from _finding(content.findings, file, field, name)


def _finding(findings: dict[str, str], file: str, field: str, name: str) -> Iterator[Problem]:
    if name not in findings:
        step = f"name a finding of curriculum/evidence, or add it there with its source.{nearest(name, findings)}"
        yield Problem(file, field, f"“{name}”", "a claim rests on a finding that exists", step)
    elif findings[name] == "memory":
        step = "find the text and mark how it was read, or rest the claim on another finding"
        yield Problem(file, field, f"“{name}”, marked memory", "nothing recalled is shown or keyed as fact", step)


def _named(content: Content) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for module_id, lesson in content.lessons.items():
        name = f"curriculum/{module_id}/lesson.toml"
        yield from ((name, field, names) for field, names in _of_lesson(lesson))
    yield from _of_first_unit(content)
    for module_id, page in content.pages.items():
        for call in page.calls:
            if call.name == "evidence":
                yield f"curriculum/{module_id}/lesson.md", f"“{call.section}”", call.arguments
    for exercise, keys in content.keys.items():
        yield from ((key_file(exercise, stem), "findings", key.findings) for stem, key in keys.items())
    for rule in content.rules.rules if content.rules else ():
        yield "curriculum/rote_rules.toml", f"{rule.id}.findings", rule.findings


def _of_first_unit(content: Content) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for module_id, unit in content.orientations.items():
        for item in unit.estimates:
            yield f"curriculum/{module_id}/lesson.toml", f"estimates[{item.id}].findings", item.findings
    for module_id, needs in content.needs.items():
        for case in needs.cases:
            yield f"curriculum/{module_id}/needs.toml", f"cases[{case.id}].findings", case.findings
    for row in content.safety.rows if content.safety else ():
        yield "curriculum/safety.toml", f"rows[{row.id}].findings", row.findings


def _of_lesson(lesson: Lesson) -> Iterator[tuple[str, tuple[str, ...]]]:
    for group in ("mechanisms", "predictions", "practice", "recall"):
        for item in getattr(lesson, group):
            yield f"{group}[{item.id}].findings", item.findings
