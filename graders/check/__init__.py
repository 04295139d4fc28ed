"""The content check: every problem at once, each with file and field, what was found, the rule and the next step.

Each module of this package holds one group of rules and offers ``check(content)``. A rule is added by writing such a
function and naming its module in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flysolo.places import content_root
from flysolo.problems import Problem
from graders.check import (
    bank,
    course,
    draws,
    evidence,
    figures,
    files,
    keys,
    leaks,
    library,
    notebooks,
    order,
    orientation,
    remote,
    words,
)
from graders.check.content import Content
from graders.check.coverage import Covered, covered
from graders.check.drafts import Missing, missing
from graders.check.reading import read_content

Check = Callable[[Content], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    files.check,
    course.check,
    order.check,
    orientation.check,
    library.check,
    evidence.check,
    keys.check,
    bank.check,
    draws.check,
    words.check,
    leaks.check,
    figures.check,
    notebooks.check,
    remote.check,
)


@dataclass(frozen=True)
class Report:
    """What one run of the check found."""

    problems: tuple[Problem, ...]
    missing: tuple[Missing, ...]
    files: int
    coverage: tuple[Covered, ...] = ()


def inspect(root: Path | None = None) -> Report:
    """Read the content under ``root`` (default: the course's own) and run every check over it."""
    content = read_content((root or content_root()).resolve())
    found = {*content.found, *(problem for check in CHECKS for problem in _safely(check, content))}
    said = tuple(sorted(_said_once(found)))
    return Report(said, tuple(missing(content)), len(content.names), tuple(covered(content)))


def problems(root: Path | None = None) -> list[Problem]:
    """Every problem of the content under ``root``; an empty list means it may be shown."""
    return list(inspect(root).problems)


def _safely(check: Check, content: Content) -> Iterator[Problem]:
    """One check's problems; a check that breaks says so and lets the others go on."""
    try:
        yield from check(content)
    except Exception as error:  # content can be spoiled in ways nobody thought of; the other checks still run
        name = f"{check.__module__.replace('.', '/')}.py"
        found = f"the check itself stopped: {type(error).__name__}: {error}"
        step = "mend the other problems and run it again; if it stays, the fault is in this file"
        yield Problem(name, "", found, "a check reads any content to its end", step)


def _said_once(found: set[Problem]) -> Iterator[Problem]:
    """Leave out a field nobody declared where the same field is known to belong to the key."""
    leaked = {(each.file, each.field) for each in found if each.rule.startswith("this belongs to the key")}
    for each in found:
        generic = each.found.startswith("a field nobody declared")
        if not (generic and (each.file, each.field) in leaked):
            yield each


def run_check(root: Path | None = None) -> int:
    """Print what the check finds; 0 when there is no problem, 1 otherwise."""
    from graders.check.report import show

    report = inspect(root)
    show(report)
    return 1 if report.problems else 0
