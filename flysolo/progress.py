"""How far a mentee has come, in words: read off the ledgers each time, kept nowhere, never a score."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from flysolo.answers import Book, local_time
from flysolo.caseview import CaseState
from flysolo.content import Case, load_needs
from flysolo.recall import finished_at
from flysolo.schema.family import Family
from flysolo.schema.lesson import Lesson
from flysolo.schema.orientation import Orientation

_CALL = re.compile(r"lesson\.(\w+)\((?:\s*[\"']([a-z0-9-]+)[\"'])?")


@dataclass(frozen=True)
class LessonState:
    """Where one lesson stands: ``stage`` is new, begun or finished; ``section`` is the heading to go back to."""

    stage: str
    words: str
    section: str = ""


@dataclass(frozen=True)
class ExerciseState:
    """Where one exercise stands, in cases."""

    done: int
    of: int
    begun: bool

    @property
    def words(self) -> str:
        """Progress as it is said on the home page."""
        if not self.begun:
            return f"{self.of} {'case' if self.of == 1 else 'cases'}, not started yet"
        if self.done == self.of:
            return "every case is complete" if self.of > 1 else "the case is complete"
        return f"{self.done} of {self.of} cases complete"


def long_date(day: date, today: date | None = None) -> str:
    """A date as it is said (“Monday, November 23”); the year only when it is not this one."""
    year = f", {day.year}" if today and day.year != today.year else ""
    return f"{day:%A}, {day:%B} {day.day}{year}"


def lesson_state(book: Book, sections: dict[str, str], today: date) -> LessonState:
    """The state of a lesson from its private ledger.

    Parameters
    ----------
    sections : heading under which each item of the lesson is asked, from `lesson_sections`
    """
    finished = finished_at(book.events)
    if finished:
        return LessonState("finished", f"finished on {long_date(local_time(finished).date(), today)}")
    if not book.events:
        return LessonState("new", "not started yet")
    section = next((sections[e.item] for e in reversed(book.events) if e.item in sections), "")
    return LessonState("begun", f"you stopped at: {section}" if section else "begun", section)


def exercise_state(families: Sequence[Family], seed: str, book: Book) -> ExerciseState:
    """How many cases are complete, counting only answers to the wording of today."""
    done = sum(CaseState(Case(family, seed), book).done for family in families)
    ids = {family.id for family in families}
    return ExerciseState(done, len(families), any(e.do == "save" and e.item in ids for e in book.events))


def lesson_sections(notebook: Path, lesson: Lesson | Orientation) -> dict[str, str]:
    """Heading under which each item of the lesson stands, read off the notebook that the mentee opens."""
    if not notebook.is_file():
        return {}
    stat = notebook.stat()
    items: dict[str, str] = {}
    for heading, method, name in _headed_calls(notebook, stat.st_mtime_ns, stat.st_size):
        items |= dict.fromkeys(_items(lesson, method, name), heading)
    return items


def _items(lesson: Lesson | Orientation, method: str, name: str) -> list[str]:
    """Items of the ledger that a call in the notebook writes; a section's own slug stands for itself."""
    match method:
        case "predictions":
            return [each.id for each in lesson.predictions]
        case "instrument":
            return ["instrument"]
        case "reflect":
            return [lesson.reflection.id]
        case "contrast" | "practice":
            return [name]
        case "tour" | "rehearse" | "confidence":
            part = {"tour": "tour", "rehearse": "rehearsal", "confidence": "estimates"}[method]
            return [each.id for each in getattr(lesson, part)]
        case "needs":
            return ["needs", *(case.id for case in load_needs(lesson.module).cases)]
        case "section":
            return [name]
        case _:
            return []


@lru_cache(maxsize=64)
def _headed_calls(notebook: Path, _changed: int, _size: int) -> tuple[tuple[str, str, str], ...]:
    """(heading, method, argument) of each call of the lesson; a heading itself counts as the call “section”."""
    try:
        return tuple(_walk(json.loads(notebook.read_text(encoding="utf-8"))["cells"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()  # the page of a spoiled notebook says so itself; the home page only loses the section's name


def _walk(cells: list[dict]) -> Iterator[tuple[str, str, str]]:
    heading = ""
    for cell in cells:
        source = "".join(cell.get("source", []))
        if cell.get("cell_type") == "markdown":
            for line in source.splitlines():
                if line.startswith("## "):
                    heading = line[3:].strip()
                    yield heading, "section", _slug(heading)
        elif heading:
            yield from ((heading, call[1], call[2] or "") for call in _CALL.finditer(source))


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
