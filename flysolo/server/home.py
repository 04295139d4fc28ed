"""What the home page shows, worked out from the course folder; drawing it is the template's part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flysolo.answers import Book, NotSaved
from flysolo.content import load_course, load_families, load_lesson
from flysolo.course import Course
from flysolo.deliver import unsent_questions
from flysolo.problems import ContentError, Problem
from flysolo.progress import ExerciseState, LessonState, exercise_state, lesson_sections, lesson_state
from flysolo.recall import due, finished_at
from flysolo.replies import take_from_drop
from flysolo.schema.course import Module
from flysolo.schema.lesson import Lesson, Recall
from flysolo.server import mail
from flysolo.server.parcels import parcels

SHOWN_BACK = 3


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


@dataclass(frozen=True)
class Next:
    """The one thing to press now; ``post`` when pressing it does something."""

    title: str
    words: str
    label: str
    href: str
    post: bool = False


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


def home(course: Course, today: date | None = None) -> Home:
    """Read everything once and put it together; a spoiled module never takes the others with it."""
    today = today or date.today()
    content = load_course()
    problems = _fetch(course)
    rows: list[Row] = []
    recalls: list[DueRecall] = []
    found = mail.books(course, content.modules)
    titles = {module.id: module.title for module in content.modules}
    for module in content.modules:
        if module.status == "open":
            row, asked = _row(course, module, found.get(module.id), titles, today)
            rows.append(row)
            recalls += asked
    back = mail.came_back(course, content.modules)
    return Home(
        course=course,
        title=content.title,
        next=next_step(rows, recalls),
        rows=rows,
        drafts=[module for module in content.modules if module.status == "draft"],
        recalls=recalls,
        waiting=mail.waiting(course, content.modules, found),
        back=back,
        problems=problems,
        drop_away=bool(course.drop) and not course.drop.is_dir(),
        first_visit=not back and not found and all(row.lesson is None or row.lesson.stage == "new" for row in rows),
        today=today,
    )


def _fetch(course: Course) -> list[Problem]:
    """Take in what waits in the shared folder; returns what could not be used."""
    try:
        take_from_drop(course)
        return mail.unreadable_in_drop(course)
    except (OSError, ValueError):  # the shared folder is away, or a reply is not what it says
        return []


def _row(
    course: Course, module: Module, book: Book | None, titles: dict[str, str], today: date
) -> tuple[Row, list[DueRecall]]:
    try:
        practice = course.practice(module.id).read()
        notebook = course.lesson_notebook(module.id)
        lesson = load_lesson(module.id) if notebook.is_file() else None
        state = lesson_state(practice, lesson_sections(notebook, lesson), today) if lesson else None
        recalls = due_recalls(module, lesson, practice, today) if lesson else []
        row = _exercise_row(course, module, book, state, tuple(titles[each] for each in module.needs))
    except ContentError:
        return Row(module, fault=True), []
    return row, recalls


def _exercise_row(
    course: Course, module: Module, book: Book | None, state: LessonState | None, builds_on: tuple[str, ...]
) -> Row:
    if not (course.exercise_folder(module.id) / "cases.ipynb").is_file():
        unsent = unsent_questions(course, module.id, book) if book else 0
        return Row(module, state, unsent=unsent, builds_on=builds_on)
    book = book or Book(course.answers(module.id).header)
    made = parcels(course, module.id, "hand-in")
    last = made[-1].order[0] if made else 0
    return Row(
        module,
        state,
        exercise=exercise_state(load_families(module.id), book.header.seed, book),
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


def next_step(rows: list[Row], recalls: list[DueRecall]) -> Next:
    """The one thing to do now: what is due, then what was begun, then what comes next."""
    if recalls:
        return _recall_step(recalls)
    usable = [row for row in rows if not row.fault]
    return (
        next((step for row in usable if (step := _begun(row))), None)
        or next((step for row in usable if (step := _fresh(row))), None)
        or _again(usable)
    )


def _recall_step(recalls: list[DueRecall]) -> Next:
    first, count = recalls[0], len(recalls)
    href = f"flysolo/recall/{first.module.id}/{first.recall.id}"
    words = "From a lesson you finished. Two minutes, in your own words; only you see it."
    if count == 1:
        return Next("A question comes back today", words, "Answer today's question", href)
    return Next(f"{count} questions come back today", f"{words} One now is a good start.", "Answer the first", href)


def _begun(row: Row) -> Next | None:
    """Going on where the mentee stopped."""
    title, lesson, exercise = row.module.title, row.lesson, row.exercise
    if lesson and lesson.stage == "begun":
        return Next(title, sentence(lesson.words), "Continue the lesson", lesson_link(row))
    if not exercise or not (exercise.begun or (lesson and lesson.stage == "finished")):
        return None
    if exercise.done < exercise.of:
        label = "Continue the exercise" if exercise.begun else "Open the exercise"
        return Next(title, f"The exercise: {exercise.words}.", label, exercise_link(row.module.id))
    if not row.handed_in or row.changed_since:
        words = "Every case of the exercise is complete. Hand in, and your mentor reads your reasons."
        return Next(title, words, "Hand in", f"flysolo/hand-in/{row.module.id}", post=True)
    return None


def _fresh(row: Row) -> Next | None:
    """Something that was not started yet."""
    title = row.module.title
    if row.lesson and row.lesson.stage == "new":
        words = f"{row.module.question} About {row.module.minutes} minutes in all; stop whenever you like."
        return Next(title, words, "Start the lesson", lesson_link(row))
    if row.exercise and not row.exercise.begun:
        return Next(title, f"The exercise: {row.exercise.words}.", "Open the exercise", exercise_link(row.module.id))
    return None


def _again(rows: list[Row]) -> Next:
    """Nothing is due and nothing is open."""
    row = next((row for row in reversed(rows) if row.lesson), None)
    if row is None:
        words = (
            "No lesson can be opened in this copy of the course. Your work is safe; ask your mentor for a newer copy."
        )
        return Next("Nothing to open yet", words, "Read how this works", "flysolo/help")
    words = f"Questions come back here by themselves. Until then, “{row.module.title}” stays open."
    return Next("You are through everything that is open", words, "Look at the lesson again", lesson_link(row))


def sentence(words: str) -> str:
    """Words of a state as a sentence."""
    return words[0].upper() + words[1:] + "."


def lesson_link(row: Row) -> str:
    """Address of a lesson's page, at the section where the mentee stopped."""
    section = row.lesson.section if row.lesson and row.lesson.stage == "begun" else ""
    anchor = "#" + section.replace(" ", "-") if section else ""
    return f"voila/render/lessons/{row.module.id}/lesson.ipynb{anchor}"


def exercise_link(module: str, family: str = "") -> str:
    """Address of an exercise's page, at one case when it is named."""
    return f"voila/render/exercises/{module}/cases.ipynb" + (f"?case={family}" if family else "")


def refused(error: NotSaved | ContentError) -> str:
    """Why something was not done, in words for the mentee."""
    if isinstance(error, NotSaved):
        return str(error)
    first = error.problems[0]
    return f"{first.file}: {first.found}. What to do: {first.next_step}."
