"""One mentee's course folder: made once, outside the checkout, and refreshed from the content at each start.

It holds the lessons and exercises as notebooks, the answers beside them, private practice, hand-ins and replies.
"""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from flysolo.answers import Header, Ledger
from flysolo.content import exercises, load_course
from flysolo.draws import seed_for
from flysolo.files import read_json, write_whole
from flysolo.places import COURSE_FILE, content_root, find_course_folder
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse


class CourseCard(Strict):
    """``course.json``: who works here, in which course, and where parcels are exchanged."""

    format: Literal[1]
    course: Annotated[str, Field(min_length=1, max_length=80)]
    mentee: Slug
    name: Annotated[str, Field(max_length=80)] = ""
    mentor: Annotated[str, Field(max_length=80)] = ""
    drop: Annotated[str, Field(max_length=400)] = ""


@dataclass(frozen=True)
class Course:
    """A mentee's course folder and what it is called on the inside."""

    folder: Path
    card: CourseCard

    def lesson_notebook(self, module: str) -> Path:
        """The mentee's copy of a lesson."""
        return self.folder / "lessons" / module / "lesson.ipynb"

    def exercise_folder(self, exercise: str) -> Path:
        """The folder of an exercise: notebook, families, answers."""
        return self.folder / "exercises" / exercise

    def answers(self, exercise: str) -> Ledger:
        """The ledger of an exercise, beside its notebook."""
        seed = seed_for(self.card.course, self.card.mentee, exercise)
        header = Header(
            format=1, kind="answers", course=self.card.course, mentee=self.card.mentee, subject=exercise, seed=seed
        )
        return Ledger(self.exercise_folder(exercise) / "answers.jsonl", header)

    def practice(self, module: str) -> Ledger:
        """The private ledger of a lesson; it never leaves this folder."""
        header = Header(
            format=1, kind="practice", course=self.card.course, mentee=self.card.mentee, subject=module, seed=None
        )
        return Ledger(self.folder / "practice" / f"{module}.jsonl", header)

    @property
    def drop(self) -> Path | None:
        """The shared folder in which parcels reach the mentor, if one was agreed."""
        return Path(self.card.drop) if self.card.drop else None


def slug(text: str) -> str:
    """A name as an id: small letters, digits and hyphens; "" when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


def open_course(folder: Path) -> Course:
    """The course in ``folder``; raises ContentError when its card is missing or spoiled."""
    path = folder / COURSE_FILE
    return Course(folder, parse(CourseCard, read_json(path, COURSE_FILE), COURSE_FILE))


def course_here(start: Path | None = None) -> Course | None:
    """The course around the running notebook, or None when it is only looked at outside one."""
    folder = find_course_folder(start)
    return open_course(folder) if folder else None


def make_course(folder: Path, **card: str) -> Course:
    """Make or refresh a course folder; work that is there is never touched.

    Parameters
    ----------
    card : mentee, course, name, mentor, drop; only used when the folder is new, or to fill what was empty
    """
    folder = folder.resolve()
    _refuse_inside_checkout(folder)
    if (folder / COURSE_FILE).exists():
        course = open_course(folder)
        filled = {key: value for key, value in card.items() if value and not getattr(course.card, key, None)}
        if filled:
            course = Course(folder, course.card.model_copy(update=filled))
            _write_card(course)
    else:
        mentee = slug(card.get("mentee", "")) or slug(card.get("name", "")) or f"mentee-{secrets.token_hex(3)}"
        data = {"format": 1, "course": card.get("course") or "open-course", "mentee": mentee}
        data |= {key: card[key] for key in ("name", "mentor", "drop") if card.get(key)}
        course = Course(folder, parse(CourseCard, data, COURSE_FILE))
        _write_card(course)
    refresh(course)
    return course


def _write_card(course: Course) -> None:
    write_whole(course.folder / COURSE_FILE, course.card.model_dump_json(indent=1, exclude_defaults=False) + "\n")


def _refuse_inside_checkout(folder: Path) -> None:
    root = content_root().resolve()
    if folder == root or root in folder.parents:
        raise ContentError(
            [
                Problem(
                    str(folder),
                    "",
                    "a course folder inside the course's own files",
                    "answers are personal data and lie outside the checkout",
                    "choose another folder: uv run flysolo start --course FOLDER",
                )
            ]
        )


def refresh(course: Course) -> None:
    """Bring lessons and exercises up to date; a notebook that was changed by hand is kept beside the new one."""
    root = content_root()
    for module in load_course(root).modules:
        source = root / "curriculum" / module.id / "lesson.ipynb"
        if module.status == "open" and source.is_file():
            _copy(source, course.lesson_notebook(module.id))
    for exercise in exercises(root):
        _refresh_exercise(root / "exercises" / exercise, course.exercise_folder(exercise))


def _refresh_exercise(source: Path, target: Path) -> None:
    for path in [*source.glob("*.ipynb"), *source.glob("*.toml"), *(source / "families").glob("*.toml")]:
        _copy(path, target / path.relative_to(source))


def _copy(source: Path, target: Path) -> None:
    """Copy one content file; an older copy that differs is kept once under its own name if it is a notebook."""
    data = source.read_bytes()
    if target.exists():
        if target.read_bytes() == data:
            return
        if target.suffix == ".ipynb":
            shutil.copy2(target, target.with_name(f"{target.stem}.earlier.ipynb"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
