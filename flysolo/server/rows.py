"""One module as the home page lists it, and where its pages are."""

from __future__ import annotations

from dataclasses import dataclass

from flysolo.progress import ExerciseState, LessonState
from flysolo.schema.course import Module
from flysolo.schema.lesson import Recall


@dataclass(frozen=True)
class DueRecall:
    """A recall question to be asked today."""

    module: Module
    recall: Recall
    day: int


@dataclass(frozen=True)
class Row:
    """One open module as the home page lists it; ``fault`` is set when its files cannot be read."""

    module: Module
    lesson: LessonState | None = None
    exercise: ExerciseState | None = None
    handed_in: bool = False
    changed_since: bool = False
    unsent: int = 0
    builds_on: tuple[str, ...] = ()
    fault: bool = False

    @property
    def begun(self) -> bool:
        """Whether anything was done in this module."""
        lesson, exercise = self.lesson, self.exercise
        return bool((lesson and lesson.stage != "new") or (exercise and exercise.begun) or self.unsent)


def lesson_link(row: Row) -> str:
    """Address of a lesson's page, at the section where the mentee stopped."""
    section = row.lesson.section if row.lesson and row.lesson.stage == "begun" else ""
    anchor = "#" + section.replace(" ", "-") if section else ""
    return f"voila/render/lessons/{row.module.id}/lesson.ipynb{anchor}"


def exercise_link(module: str, family: str = "") -> str:
    """Address of an exercise's page, at one case when it is named."""
    return f"voila/render/exercises/{module}/cases.ipynb" + (f"?case={family}" if family else "")
