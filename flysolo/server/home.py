"""What the home page shows, worked out from the course folder; drawing it is the template's part."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date

from flysolo.answers import Book, NotSaved
from flysolo.content import load_course, load_families, load_lesson, load_needs
from flysolo.course import Course
from flysolo.deliver import unsent_questions
from flysolo.needs import home_suggestion
from flysolo.problems import ContentError, Problem
from flysolo.progress import LessonState, exercise_state, lesson_sections, lesson_state
from flysolo.recall import due, finished_at
from flysolo.replies import take_from_drop
from flysolo.schema.course import Module
from flysolo.schema.lesson import Lesson
from flysolo.schema.orientation import Orientation
from flysolo.server import mail
from flysolo.server.next_step import Next, next_step
from flysolo.server.parcels import parcels
from flysolo.server.rows import DueRecall, Row
from flysolo.server.solo_row import SoloRow, solo_row

SHOWN_BACK = 3


@dataclass(frozen=True)
class Home:
    """Everything on the home page."""

    course: Course
    title: str
    next: Next
    rows: list[Row]
    drafts: list[Module]
    recalls: list[DueRecall]
    waiting: list[mail.Waiting]
    back: list[mail.Back]
    problems: list[Problem]
    drop_away: bool
    solo: SoloRow | None = None
    suggestion: Row | None = None
    first_visit: bool = False
    today: date = field(default_factory=date.today)

    @property
    def back_now(self) -> list[mail.Back]:
        """What came back and was not opened yet, and beyond that the newest few."""
        return self.back[: max(SHOWN_BACK, sum(each.new for each in self.back))]

    @property
    def back_earlier(self) -> list[mail.Back]:
        """The rest of what came back."""
        return self.back[len(self.back_now) :]


@dataclass(frozen=True)
class Part:
    """What one module adds to the home page."""

    row: Row
    recalls: list[DueRecall] = field(default_factory=list)
    waiting: list[mail.Waiting] = field(default_factory=list)
    back: list[mail.Back] = field(default_factory=list)


def home(course: Course, today: date | None = None) -> Home:
    """Read everything once and put it together; a spoiled module never takes the others with it."""
    today = today or date.today()
    content = load_course()
    problems = _fetch(course)
    titles = {module.id: module.title for module in content.modules}
    parts = [_part(course, module, titles, today) for module in content.modules if module.status == "open"]
    rows = [part.row for part in parts]
    solo = solo_row(course)
    if solo and not solo.fault:
        parts.append(Part(Row(solo.module), [], mail.waiting(course, solo.module, solo.book), solo.back))
    recalls = [each for part in parts for each in part.recalls]
    return Home(
        course=course,
        title=content.title,
        next=next_step(rows, recalls),
        rows=rows,
        drafts=[module for module in content.modules if module.status == "draft"],
        recalls=recalls,
        waiting=sorted((each for part in parts for each in part.waiting), key=lambda each: each.at),
        back=mail.newest_first([each for part in parts for each in part.back]),
        problems=problems,
        suggestion=_suggestion(course, content.modules, rows),
        drop_away=bool(course.drop) and not course.drop.is_dir(),
        solo=solo,
        first_visit=not any(row.begun or row.fault for row in rows) and not any(part.back for part in parts),
        today=today,
    )


def _part(course: Course, module: Module, titles: dict[str, str], today: date) -> Part:
    try:
        practice, book = course.practice(module.id).read(), course.answers(module.id).read()
        notebook = course.lesson_notebook(module.id)
        lesson = load_lesson(module.id) if notebook.is_file() else None
        state = lesson_state(practice, lesson_sections(notebook, lesson), today) if lesson else None
        return Part(
            _row(course, module, book, state, tuple(titles[each] for each in module.needs)),
            due_recalls(module, lesson, practice, today) if lesson else [],
            mail.waiting(course, module, book),
            mail.came_back(course, module),
        )
    except ValueError:  # content, answers or replies of this module cannot be read; each page of it says why
        return Part(Row(module, fault=True))


def _suggestion(course: Course, modules: tuple[Module, ...], rows: list[Row]) -> Row | None:
    """The row to begin with by the mentee's own needs assessment, among those not begun; private like its answers."""
    new = {row.module.id: row for row in rows if row.lesson and row.lesson.stage == "new"}
    first = next((m.id for m in modules if m.status == "open" and course.lesson_notebook(m.id).is_file()), None)
    try:
        if first is None or not isinstance(load_lesson(first), Orientation):
            return None
        return new.get(home_suggestion(load_needs(first), course.practice(first).read(), new) or "")
    except ValueError:  # the unit's own pages say what is amiss
        return None


def _fetch(course: Course) -> list[Problem]:
    """Take in what waits in the shared folder; returns what could not be used."""
    with contextlib.suppress(OSError, ValueError):  # the folder is away, or a reply is not what it says
        take_from_drop(course)
    try:
        return mail.unreadable_in_drop(course)
    except OSError:
        return []


def _row(course: Course, module: Module, book: Book, state: LessonState | None, builds_on: tuple[str, ...]) -> Row:
    families = load_families(module.id) if (course.exercise_folder(module.id) / "cases.ipynb").is_file() else None
    made = parcels(course, module.id, "hand-in")
    last = made[-1].order[0] if made else 0
    return Row(
        module,
        state,
        exercise=exercise_state(families, book.header.seed, book) if families else None,
        handed_in=bool(made),
        changed_since=any(event.n > last for event in book.events if event.do in ("save", "commit")),
        unsent=unsent_questions(course, module.id, book),
        builds_on=builds_on,
    )


def due_recalls(module: Module, lesson: Lesson, practice: Book, today: date) -> list[DueRecall]:
    """Recall questions of one lesson that come back today."""
    days = load_course().recall_days
    done = finished_at(practice.events)
    found = [(each, due(done, practice.of(each.id), days, today)) for each in lesson.recall]
    return [DueRecall(module, each, round_.day) for each, round_ in found if round_]


def refused(error: NotSaved | ContentError) -> str:
    """Why something was not done, in words for the mentee."""
    if isinstance(error, NotSaved):
        return str(error)
    first = error.problems[0]
    return f"{first.file}: {first.found}. What to do: {first.next_step}."
