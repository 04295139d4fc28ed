"""The needs assessment as a page: a prediction, one short case at a time, then words on where to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flysolo.answers import Book, NotSaved
from flysolo.caseview import Block
from flysolo.content import load_course, load_needs
from flysolo.lesson_pages import CONFIDENCE, PRIVATE, Part
from flysolo.markup import inline, to_html
from flysolo.needs import ITEM, Standing, opened, predicted, reading, standing, standings
from flysolo.needs_outcome import outcome_blocks
from flysolo.schema.needs import TIERS, NeedsCase

if TYPE_CHECKING:
    from flysolo.orientation import OrientationPage

_SURE = "How sure are you of the two together?"
_LEAVE = "You can take it up later, today or another day."


class NeedsPage(Part):
    """One case open, one tier at a time; nothing is said about an answer before the reading is opened."""

    def __init__(self, page: OrientationPage):
        self.needs = load_needs(page.id)
        self.modules = {module.id: module for module in load_course().modules}
        self.again: str | None = None
        self.current = self._first_open(page.ledger.read())
        super().__init__(page)

    # what each press does ---------------------------------------------------

    def handle(self, do: str, name: str, value: Any) -> None:
        match do:
            case "save":
                self._save(name, value)
            case "revise":
                self.again = name
                self.show("You can change this answer. The saved one stays until you press Save.", focus=name)
            case "open" if any(case.id == name for case in self.needs.cases):
                self.current, self.again = name, None
                self.show("", focus="story")
            case "press":
                self._press(name)

    def _press(self, name: str) -> None:
        book = self.page.ledger.read()
        if name == "leave" and self.current:
            left, self.again = self.current, None
            self.page.ledger.append("place", left, question="left-out")
            self.current = self._after(left, book)
            self.show("Left out for now.", focus="story")
        elif name == "reading" and any(each.answered for each in standings(self.needs, book)):
            self.page.ledger.append("place", ITEM, question="reading")
            self.show("Here is what your answers say.", focus="outcome")

    def _save(self, name: str, value: Any) -> None:
        book = self.page.ledger.read()
        if name == "prediction":
            self._predict(value, book)
        elif name in TIERS and self.current:
            self._answer(self.needs.case(self.current), name, value, book)

    def _predict(self, value: Any, book: Book) -> None:
        most = len(self.needs.cases)
        if not isinstance(value, int | float) or value != int(value) or not 0 <= value <= most:
            raise NotSaved(f"A whole number from 0 to {most} fits here. A guess is welcome.")
        if predicted(book) is None:
            event = self.page.save(ITEM, "prediction", {"choice": str(int(value))})
            self.show(f"Locked at {event.clock}.", focus="story")

    def _answer(self, case: NeedsCase, tier: str, value: Any, book: Book) -> None:
        ids = [each["id"] for each in self._options(case, tier)]
        if value not in ids:
            raise NotSaved("Nothing is chosen yet. Choose one, even as a guess; or leave this case out for now.")
        if opened(book) and standing(case, book).answered:
            raise NotSaved("This case was closed when you opened the reading. Your answers from before that stand.")
        event = self.page.ledger.append(
            "save", case.id, question=tier, value={"choice": value}, fingerprint=case.fingerprint
        )
        self.again = None
        now = self.page.ledger.read()
        if standing(case, now).answered:
            self.current = self._after(case.id, now)
            focus = "story" if self.current else ("outcome" if opened(now) else "reading")
            self.show(f"Saved at {event.clock}. That case is answered.", focus=focus)
        else:
            self.show(f"Saved at {event.clock}.", focus=self._next_tier(case, now))

    # where the page stands ----------------------------------------------------

    def _open_cases(self, book: Book) -> list[str]:
        return [each.case.id for each in standings(self.needs, book) if not each.answered]

    def _first_open(self, book: Book) -> str | None:
        """The case that was last worked on while it is open, else the one after it, else the first that is open."""
        waiting = self._open_cases(book)
        ids = {case.id for case in self.needs.cases}
        last = next((event for event in reversed(book.events) if event.item in ids), None)
        if last is None:
            return next(iter(waiting), None)
        return last.item if last.do == "save" and last.item in waiting else self._after(last.item, book)

    def _after(self, case_id: str, book: Book) -> str | None:
        """The next open case in order; from the last one back to what was left out."""
        order = [case.id for case in self.needs.cases]
        waiting = self._open_cases(book)
        later = order[order.index(case_id) + 1 :] + order[: order.index(case_id)]
        return next((each for each in later if each in waiting), case_id if case_id in waiting else None)

    def _next_tier(self, case: NeedsCase, book: Book) -> str | None:
        found = standing(case, book)
        return next((tier for tier in TIERS if getattr(found, tier) is None), None)

    # what is shown ------------------------------------------------------------

    def blocks(self) -> list[Block]:
        book = self.page.ledger.read()
        if predicted(book) is None:
            return [self._prediction()]
        found = standings(self.needs, book)
        blocks: list[Block] = [] if opened(book) else [self._progress(found), self._steps(found)]
        if opened(book):
            blocks += outcome_blocks(found, reading(self.needs, book), predicted(book), self.modules)
        if self.current and (not opened(book) or not standing(self.needs.case(self.current), book).answered):
            blocks += self._case(self.needs.case(self.current), book)
        if not opened(book) and any(each.answered for each in found):
            blocks.append(self._reading_button(found))
        return blocks

    def _prediction(self) -> Block:
        most = len(self.needs.cases)
        return {
            "type": "question",
            "id": "prediction",
            "kind": "number",
            "legend": f"Before you begin: in how many of these {most} cases will the evidence bear out both your "
            "decision and your reason?",
            "help": f"A number from 0 to {most}. {PRIVATE}",
            "options": [],
            "min": 0,
            "max": most,
            "step": 1,
            "unit": f"of {most}",
            "value": None,
            "save_label": "Lock my prediction",
        }

    def _progress(self, found: list[Standing]) -> Block:
        done = sum(each.answered for each in found)
        label = f"{done} of {len(found)} cases answered"
        return {"type": "progress", "id": "progress", "now": done, "of": len(found), "label": label}

    def _steps(self, found: list[Standing]) -> Block:
        items = []
        for each in found:
            state = "now" if each.case.id == self.current else "done" if each.answered else "later"
            items.append({"id": each.case.id, "label": each.case.title, "state": state})
        return {"type": "steps", "id": "cases", "items": items}

    def _options(self, case: NeedsCase, tier: str) -> list[dict[str, str]]:
        if tier == "confidence":
            return CONFIDENCE
        return [{"id": option.id, "text": option.text} for option in case.ordered(tier)]

    def _asked(self, case: NeedsCase, tier: str) -> str:
        return _SURE if tier == "confidence" else inline(getattr(case, tier).ask)

    def _case(self, case: NeedsCase, book: Book) -> list[Block]:
        story = f"<h3>{inline(case.title)}</h3>{to_html(case.story)}"
        blocks: list[Block] = [{"type": "html", "id": "story", "html": story}]
        for tier in TIERS:
            event = book.latest(case.id, tier, case.fingerprint)
            if event and self.again != tier:
                texts = {option["id"]: option["text"] for option in self._options(case, tier)}
                blocks.append(
                    {
                        "type": "answered",
                        "id": tier,
                        "legend": self._asked(case, tier),
                        "text": texts[event.value.choice],
                        "saved": f"Saved {event.clock}",
                        "can_revise": True,
                    }
                )
                continue
            blocks.append(
                {
                    "type": "question",
                    "id": tier,
                    "kind": "one",
                    "legend": self._asked(case, tier),
                    "help": "",
                    "options": self._options(case, tier),
                    "value": event.value.choice if event else None,
                    "save_label": "Save",
                }
            )
            break
        if not standing(case, book).answered:
            leave = {"type": "button", "id": "leave", "label": "Leave this case out for now"}
            blocks.append(leave | {"help": _LEAVE, "primary": False})
        return blocks

    def _reading_button(self, found: list[Standing]) -> Block:
        waiting = sum(not each.answered for each in found)
        rest = "" if not waiting else " What you have not answered can be taken up later."
        return {
            "type": "button",
            "id": "reading",
            "label": "Show me where I stand",
            "help": f"You then read why, case by case, and the cases you answered stay as they are.{rest}",
            "primary": not waiting,
        }
