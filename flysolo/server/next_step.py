"""The one thing to press on the home page: what is due, then what was begun, then what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from flysolo.server.rows import DueRecall, Row, exercise_link, lesson_link


@dataclass(frozen=True)
class Next:
    """The one thing to press now; ``post`` when pressing it does something."""

    title: str
    words: str
    label: str
    href: str
    post: bool = False


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
        whole = " with its exercise" if row.exercise else ""
        words = f"{row.module.question} About {row.module.minutes} minutes{whole}; stop whenever you like."
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
