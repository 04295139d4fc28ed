"""A lesson in front of a mentee: what its notebook's cells call, one method for each part of the fixed shape.

Predictions are locked before anything moves, what was saved is there again on reopening, and all of it is private:
it lives in the practice ledger, which is in no hand-in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from IPython.display import HTML

from flysolo import lesson_html, lesson_pages
from flysolo.answers import Book, Event, Header, now
from flysolo.content import load_course, load_lesson, module
from flysolo.course import Course, course_here
from flysolo.instruments import make
from flysolo.replies import ask_threads
from flysolo.schema.orientation import Orientation
from flysolo.ui.panel import Panel


class PassingLedger:
    """A ledger that forgets: for looking at a lesson outside a course folder."""

    def __init__(self, header: Header):
        self.book = Book(header)

    def read(self) -> Book:
        """What was saved since the notebook was opened."""
        return self.book

    def append(self, do: str, item: str, **fields: Any) -> Event:
        """Keep one event for as long as this notebook runs."""
        event = Event.model_validate({"n": len(self.book.events) + 1, "at": now(), "do": do, "item": item} | fields)
        self.book = Book(self.book.header, (*self.book.events, event))
        return event


class Sitting:
    """What every lesson has: its content, a private ledger, and parts that look again after each Save."""

    def __init__(self, module_id: str, course: Course | None):
        self.id, self.course = module_id, course
        self.module, self.content = module(module_id), load_lesson(module_id)
        header = Header(format=1, kind="practice", course="preview", mentee="preview", subject=module_id)
        self.ledger = course.practice(module_id) if course else PassingLedger(header)
        self._watchers: list = []

    def saved(self, item: str, question: str) -> Event | None:
        """The last Save of one question of this lesson."""
        return self.ledger.read().latest(item, question)

    def save(self, item: str, question: str, value: dict[str, Any]) -> Event:
        """Save one answer in the private ledger, and let the parts that wait for it know."""
        event = self.ledger.append("save", item, question=question, value=value)
        self.tell()
        return event

    def tell(self) -> None:
        """Let every part look again at what is saved."""
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher) -> None:
        """Call ``watcher`` after each Save in this lesson."""
        self._watchers.append(watcher)


class LessonPage(Sitting):
    """One lesson, its state shared by the widgets of its cells."""

    def __init__(self, module_id: str, course: Course | None):
        super().__init__(module_id, course)
        self._tool = None

    # what the widgets share -------------------------------------------------

    @property
    def predicted(self) -> bool:
        """Whether every prediction is locked."""
        return all(self.saved(each.id, "prediction") for each in self.content.predictions)

    @property
    def moved(self) -> bool:
        """Whether the instrument was moved after the predictions were locked."""
        return self.saved("instrument", "moved") is not None

    @property
    def tool(self):
        """The lesson's instrument, made once and shared by the cells that show it."""
        if self._tool is None:
            self._tool = make(self.content.instrument)
        return self._tool

    def threads(self, item: str) -> list[dict[str, Any]]:
        """Questions asked in one practice case, each with the mentor's answer once it is there."""
        return ask_threads(self.course, self.id, item) if self.course else []

    # one method for each part of the fixed shape ------------------------------

    def predictions(self) -> Panel:
        """The predictions, one at a time, each locked with its confidence."""
        return lesson_pages.Predictions(self).panel

    def instrument(self):
        """The instrument, held still until the predictions are locked."""
        return lesson_pages.instrument(self)

    def show_the_sum(self):
        """The arithmetic behind the picture, for the curious."""
        return lesson_pages.show_the_sum(self)

    def reveal(self) -> Panel:
        """What happened, beside what was predicted."""
        return lesson_pages.Reveal(self).panel

    def reflect(self) -> Panel:
        """One box: what did you expect, what happened, what changes in your model."""
        return lesson_pages.Reflect(self).panel

    def contrast(self, contrast_id: str) -> Panel:
        """Two children side by side; the principle comes after the comparison."""
        return lesson_pages.ContrastPage(self, self.content.find("contrasts", contrast_id)).panel

    def evidence(self, *finding_ids: str) -> HTML:
        """Evidence cards: of the findings named, or of all that the lesson's mechanisms rest on."""
        named = finding_ids or tuple(dict.fromkeys(f for m in self.content.mechanisms for f in m.findings))
        return HTML(lesson_html.evidence(named))

    def how(self) -> HTML:
        """What to do in the chair, each step under the mechanism that earns it."""
        return HTML(lesson_html.how(self.content))

    def practice(self, practice_id: str) -> Panel:
        """A practice case: instant words for every option, hints in steps, private."""
        return lesson_pages.PracticePage(self, self.content.find("practice", practice_id)).panel

    def leaves_out(self) -> HTML:
        """How the model is a poor guide, in a stated way, and one case where it misleads."""
        return HTML(lesson_html.leaves_out(self.content))

    def script_card(self) -> HTML:
        """The condition on one card, with the line on which it breaks."""
        return HTML(lesson_html.script_card(self.content))

    def summary(self) -> Panel:
        """The lesson in one sentence, and the button that sets it aside."""
        return lesson_pages.Summary(self, load_course().recall_days).panel


def open_lesson(module_id: str, folder: Path | None = None) -> Sitting:
    """Open a lesson for the mentee whose course folder this is; outside one, nothing is kept.

    The first unit has a shape of its own, and opens as what it is.
    """
    course = course_here(folder)
    if isinstance(load_lesson(module_id), Orientation):
        from flysolo.orientation import OrientationPage  # a lesson needs nothing of it, and opens sooner without

        return OrientationPage(module_id, course)
    return LessonPage(module_id, course)
