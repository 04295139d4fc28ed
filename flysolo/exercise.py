"""The page of an exercise: cases one at a time, one question at a time, saved by an explicit Save.

This is what the exercise notebook shows. It draws nothing itself: it turns events of the page into lines of the
ledger, and the ledger back into what the page shows.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Any

from flysolo import caseview
from flysolo.answers import DISPUTE, Book, Event, Header, Ledger, NotSaved, Value
from flysolo.caseview import Block, CaseState
from flysolo.content import Case, load_families, module, solo_settings
from flysolo.course import Course, course_here
from flysolo.draws import seed_for
from flysolo.problems import ContentError
from flysolo.replies import ask_threads, take_from_drop
from flysolo.solo import SoloSet, bank_of, draw_set, item_of, opened, seen_in, short_name

LOOKING = (
    "You are looking at this outside a course folder, so nothing is saved. "
    "Start the course with “uv run flysolo start” to work through it."
)


class Recorded:
    """What a graded cell says on the mentee's side: that an answer is recorded, never how it is marked."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Exercise:
    """One exercise in front of one mentee."""

    def __init__(self, exercise: str, course: Course | None):
        self.id, self.course = exercise, course
        self.families = {family.id: family for family in load_families(exercise)}
        seed = seed_for(
            *(("preview", "preview") if course is None else (course.card.course, course.card.mentee)), exercise
        )
        self.cases = {family.id: Case(family, seed) for family in self.families.values()}
        self.ledger: Ledger | None = course.answers(exercise) if course else None
        self.window = secrets.token_hex(4)

    def book(self) -> Book:
        """The saved answers as they stand on disk now."""
        if self.ledger:
            return self.ledger.read()
        header = Header(format=1, kind="answers", course="preview", mentee="preview", subject=self.id, seed="0" * 16)
        return Book(header)

    def state(self, family: str, book: Book | None = None) -> CaseState:
        """Where one case stands."""
        return CaseState(self.cases[family], book or self.book())

    def answer(self, family: str, question: str) -> Recorded:
        """Say what is recorded for one question; marking happens on the mentor's side alone."""
        case = self.cases[family]
        asked = case.family.question(question)
        event = self.state(family).answer(asked)
        if event is None:
            return Recorded(f"{question}: still open")
        return Recorded(f"{question}: recorded {event.clock}: {caseview.said(case, asked, event)}")

    def page(self):
        """The page as a widget."""
        if solo_settings(self.id):
            from flysolo.solo_page import SoloPage

            return SoloPage(self).panel
        from flysolo.exercise_page import ExercisePage

        return ExercisePage(self).panel

    def save(self, family: str, question: str, value: dict[str, Any]) -> tuple[Event, Event | None]:
        """Save one answer; returns it, and another window's different answer that it takes the place of, if any.

        Raises NotSaved with words for the mentee.
        """
        if self.ledger is None:
            raise NotSaved(LOOKING)
        before = self.book().latest(family, question, self.families[family].fingerprint)
        event = self.ledger.append(
            "save",
            family,
            question=question,
            value=value,
            fingerprint=self.families[family].fingerprint,
            window=self.window,
        )
        elsewhere = before if before and before.window != self.window and before.value != event.value else None
        return event, elsewhere

    def open_set(self) -> SoloSet:
        """Draw the next solo set and note it in the answers, from where it is read ever after.

        Raises NotSaved with words for the mentee, when it may not be opened yet or could not be noted.
        """
        from flysolo.solo_gate import gate_of

        if self.ledger is None:
            raise NotSaved(LOOKING)
        solo, book = solo_settings(self.id), self.book()
        found = gate_of(self.course, self.id)
        if not found.is_open:
            raise NotSaved(found.words)
        bank = bank_of(solo)
        drawn = draw_set(bank, solo, book.header.seed, found.number, seen_in(opened(book)))
        if not drawn:
            raise NotSaved("The cases for this set are not all here yet. Nothing was changed; ask your mentor.")
        names = " ".join(sorted(short_name(family.id) for family in bank))
        self.ledger.append("draw", item_of(found.number), value={"choices": drawn, "text": names})
        return opened(self.book())[-1]

    def close_base(self, family: str) -> Event:
        """Close the first part of a case, which opens its twin."""
        if self.ledger is None:
            raise NotSaved(LOOKING)
        closed = self.state(family).base_closed
        return closed or self.ledger.append("commit", family, fingerprint=self.families[family].fingerprint)

    def ask(self, family: str, question: str | None, text: str, disputes: bool = False) -> Event:
        """Keep a question to the mentor, asked from inside a case; it may say that the case is seen differently."""
        if self.ledger is None:
            raise NotSaved(LOOKING)
        value = {"text": text} | ({"choice": DISPUTE} if disputes else {})
        return self.ledger.append("ask", family, question=question, value=value)

    def threads(self, family: str) -> list[Block]:
        """Questions asked in this case, each with the mentor's answer once it is there."""
        return ask_threads(self.course, self.id, family) if self.course else []


def as_value(kind: str, sent: Any) -> dict[str, Any]:
    """What the page sent for a question of ``kind``, as the ledger holds it; NotSaved when nothing was chosen."""
    match kind:
        case "key_features" | "evidence":
            value = {"choices": sent}
        case "probability":
            value = {"percent": sent}
        case "justification":
            value = {
                "picks": sent.get("picks") or [],
                "because": sent.get("because") or None,
                "change_mind": sent.get("change-mind") or None,
            }
        case _:
            value = {"choice": sent}
    try:
        blank = Value.model_validate(value).is_blank
    except ValueError:
        blank = False  # the ledger says what does not fit
    if blank:
        raise NotSaved("Nothing is chosen yet, so nothing was saved. Choose or write something, then press Save.")
    return value


def open_exercise(exercise: str, folder: Path | None = None) -> Exercise:
    """Open an exercise for the mentee whose course folder this is; outside one it can be looked at.

    Raises ContentError when the content is spoiled; the page shows it in words.
    """
    module(exercise)
    course = course_here(folder)
    if course:
        # a reply that cannot be read must not keep a case from opening; the home page names it
        with contextlib.suppress(ContentError, OSError):
            take_from_drop(course)
    return Exercise(exercise, course)
