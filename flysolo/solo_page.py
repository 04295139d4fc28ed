"""The page of the solo sets: one set at a time, opened by the mentee, without hints."""

from __future__ import annotations

from typing import Any

from flysolo import deliver
from flysolo.answers import Book, NotSaved
from flysolo.caseview import Block
from flysolo.content import solo_settings
from flysolo.exercise import LOOKING, Exercise
from flysolo.exercise_page import ExercisePage
from flysolo.solo import opened
from flysolo.solo_gate import Gate, gate_of, name_of

ASKING = (
    "Your question is kept with this case. In a solo set your mentor answers once the set is handed in, "
    "so that what you decide is your own."
)


class SoloPage(ExercisePage):
    """The cases of the present set, and above them what comes before or after it."""

    def __init__(self, exercise: Exercise):
        self.solo = solo_settings(exercise.id)
        super().__init__(exercise)

    def shown_families(self) -> list[str]:
        """Cases of the set opened last; none before the first, and none that the bank no longer holds."""
        sets = opened(self.exercise.book())
        return [name for name in sets[-1].families if name in self.exercise.families] if sets else []

    def _first_open(self, book: Book) -> str:
        return super()._first_open(book) if self.families else ""

    def _press(self, button: str, value: Any) -> None:
        if button != "open-set":
            super()._press(button, value)
            return
        drawn = self.exercise.open_set()
        self.families, self.revising = self.shown_families(), None
        self.current = self.families[0]
        count = len(self.families)
        self.show(f"{name_of(self.solo, drawn.number)} is open: {count} cases.", focus="case-heading")

    def show(self, status: str, focus: str | None = None, move: bool = False) -> None:
        """Draw the page; before the first set there is no case on it."""
        if self.families:
            super().show(status, focus, move)
            return
        if self.exercise.course is None:
            blocks = [_told("looking", LOOKING)]
        else:
            found = gate_of(self.exercise.course, self.exercise.id)
            blocks = [_told("solo-intro", *self._introduction()), *self._door(found), _home()]
        self.panel.view = {"title": None, "level": 2, "blocks": blocks, "status": status, "focus": None}

    def _introduction(self) -> list[str]:
        solo = self.solo
        return [
            f"{solo.sets} sets of {solo.families_per_set} cases, from all modules, without hints. You have met none of "
            "them before.",
            f"You choose when. Stop and come back as often as you like; no clock runs. Between two sets lie at least "
            f"{solo.days_apart} days.",
            "Your mentor marks what you hand in, and what it says of your readiness comes to you first. Your mentor "
            "sees it once you show it, with one exception that holds everywhere here: something urgent that was passed "
            "over in a case is always talked about.",
        ]

    def _above(self) -> list[Block]:
        """Once this set is handed in: the next one, or the day on which it opens."""
        found = gate_of(self.exercise.course, self.exercise.id)
        if found.is_open:
            return [_told("next-set", "This set is handed in. The next one may be opened now."), *self._door(found)]
        return [_told("next-set", f"This set is handed in. {found.words}")] if found.handed_in else []

    def _end(self, book: Book) -> list[Block]:
        found = gate_of(self.exercise.course, self.exercise.id)
        after = [] if found.is_open or found.handed_in else [_told("after-this", found.words)]
        return [*super()._end(book), *after]

    def _door(self, found: Gate) -> list[Block]:
        if not found.is_open:
            return [_told("not-yet", found.words)]
        name = name_of(self.solo, found.number)
        room = " The cases below then make room; your answers to them are kept." if self.families else ""
        said = f"Its cases are drawn once, for you, and stay.{room}"
        return [{"type": "button", "id": "open-set", "label": f"Open {_lower(name)}", "help": said, "primary": True}]

    def _progress(self, book: Book) -> Block:
        block = super()._progress(book)
        return block | {"label": f"{name_of(self.solo, opened(book)[-1].number)}: {block['label']}"}

    def _asking(self) -> str:
        return ASKING if self.exercise.course else deliver.how_asking_works(None)

    def _hand_in(self) -> None:
        if not self.families:
            raise NotSaved("No set is open yet, so there is nothing to hand in.")
        super()._hand_in()


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _told(block_id: str, *paragraphs: str) -> Block:
    html = "".join(f"<p>{text}</p>" for text in paragraphs)
    return {"type": "feedback", "id": block_id, "tone": "plain", "heading": "", "html": html, "more": []}


def _home() -> Block:
    return {"type": "link", "id": "home", "href": "/flysolo", "label": "Back to the home page"}
