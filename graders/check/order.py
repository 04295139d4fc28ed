"""WHY before HOW: every lesson has the same sections in the same order, each showing what ``lesson.toml`` holds."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem, nearest
from flysolo.schema.lesson import Lesson
from graders.check.content import Content
from graders.check.pages import Page

#: Sections in order, each with what its cells show. A mechanism stands before any step for the chair.
SECTIONS: dict[str, tuple[str, ...]] = {
    "A mentor's minefield": (),
    "The question": (),
    "Predict": ("predictions",),
    "Move it": ("instrument",),
    "What happened": ("reveal", "reflect"),
    "Two children": ("contrast",),
    "What the studies measured": ("evidence",),
    "What to do with it": ("how",),
    "Practice with a guide": ("practice",),
    "Practice with hints": ("practice",),
    "What this model leaves out": ("leaves_out",),
    "Script card": ("script_card",),
    "In one sentence": ("summary",),
}
#: Parts a lesson may show anywhere after its instrument.
_FREE = frozenset({"show_the_sum", "evidence"})
_RUNGS = {"guided": "Practice with a guide", "coached": "Practice with hints"}


def check(content: Content) -> Iterator[Problem]:
    """Headings of every lesson; sections and cells of the lessons that have an instrument."""
    for module_id, page in content.pages.items():
        name = f"curriculum/{module_id}/lesson.md"
        yield from _levels(page, name)
        yield from _opening(page, module_id, name)
        module = content.modules.get(module_id)
        if module is None or module.instrument:
            yield from check_sections(page, name, SECTIONS)
            yield from check_parts(page, name, SECTIONS, _FREE)
            if module_id in content.lessons:
                yield from _shown(page, content.lessons[module_id], name)


def _levels(page: Page, name: str) -> Iterator[Problem]:
    if not page.first_is_title:
        step = "begin the first cell with one line “# ” and the lesson's title"
        yield Problem(name, "first cell", "no title", "the first cell opens with the one h1", step)
    titles = [each.text for each in page.headings if each.level == 1]
    if len(titles) > 1:
        step = "make the later ones sections (“## ”)"
        yield Problem(name, f"“{titles[1]}”", f"{len(titles)} headings of level 1", "a page has one h1", step)
    level = 1
    for each in page.headings:
        if each.level > level + 1:
            step = f"make it level {level + 1}, or give it a heading above"
            rule = "heading levels go down one at a time"
            yield Problem(name, f"“{each.text}”", f"level {each.level} under level {level}", rule, step)
        level = each.level


def _opening(page: Page, module_id: str, name: str) -> Iterator[Problem]:
    if page.opened != [module_id]:
        found = ", ".join(f"open_lesson(“{each}”)" for each in page.opened) or "no open_lesson(...)"
        step = f'write lesson = open_lesson("{module_id}") in the first code cell, once'
        yield Problem(name, "first code cell", found, "a lesson opens itself, once", step)


def check_sections(page: Page, name: str, shape: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Every section of ``shape`` stands once, in its order, and no other does."""
    found = [each.text for each in page.headings if each.level == 2]
    wanted = list(shape)
    for title in dict.fromkeys(found):
        if title not in shape:
            step = f"rename it, or make it a heading of level 3.{nearest(title, wanted)}"
            yield Problem(name, f"“{title}”", "a section other lessons do not have", "lessons share one shape", step)
        elif found.count(title) > 1:
            step = "join the two"
            yield Problem(name, f"“{title}”", f"{found.count(title)} such sections", "each section stands once", step)
    for n, title in enumerate(wanted):
        if title not in found:
            after = f"after “{wanted[n - 1]}”" if n else "first"
            step = f"write “## {title}” {after}"
            yield Problem(name, f"“{title}”", "no such section", "every lesson has it: WHY before HOW", step)
    known = [title for title in dict.fromkeys(found) if title in shape]
    for n, title in enumerate(sorted(known, key=wanted.index)):
        if known[n] != title:
            step = f"move “{title}” up, before “{known[n]}”"
            rule = "sections stand in the order of every lesson: WHY before HOW"
            yield Problem(name, f"“{known[n]}”", f"it stands where “{title}” belongs", rule, step)
            return


def check_parts(
    page: Page, name: str, shape: dict[str, tuple[str, ...]], free: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """Every section shows its parts; ``free`` ones may stand anywhere, and no others exist."""
    calls = {(call.section, call.name) for call in page.calls}
    for title, parts in shape.items():
        for part in parts:
            if (title, part) not in calls:
                step = f"add a code cell with lesson.{part}(...) to that section"
                yield Problem(name, f"“{title}”", f"no lesson.{part}(...)", "each section shows its part", step)
    known = {part for parts in shape.values() for part in parts} | free
    for call in page.calls:
        if call.name not in known:
            step = f"use one of the lesson's parts.{nearest(call.name, known)}"
            yield Problem(name, f"“{call.section}”", f"lesson.{call.name}(...)", "a lesson has no such part", step)


def _shown(page: Page, lesson: Lesson, name: str) -> Iterator[Problem]:
    """Each contrast and each practice case of ``lesson.toml`` stands once, and in its section."""
    yield from _each_once(page, name, "contrast", {each.id: "Two children" for each in lesson.contrasts})
    yield from _each_once(page, name, "practice", {each.id: _RUNGS[each.rung] for each in lesson.practice})


def _each_once(page: Page, name: str, part: str, wanted: dict[str, str]) -> Iterator[Problem]:
    shown = [(argument, call.section) for call in page.calls if call.name == part for argument in call.arguments]
    ids = [each for each, _ in shown]
    for each, section in wanted.items():
        if ids.count(each) != 1:
            step = f'write lesson.{part}("{each}") once, under “{section}”'
            found = f"{part} “{each}” shown {ids.count(each)} times"
            yield Problem(name, f"“{section}”", found, "what lesson.toml holds is shown once", step)
    for each, section in shown:
        if each not in wanted:
            step = f"use an id from lesson.toml.{nearest(each, wanted)}"
            yield Problem(name, f"“{section}”", f"{part} “{each}”", f"lesson.toml holds no such {part}", step)
        elif section != wanted[each]:
            step = f"move its cell under “{wanted[each]}”"
            yield Problem(name, f"“{section}”", f"{part} “{each}”", f"it belongs under “{wanted[each]}”", step)
