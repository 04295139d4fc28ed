"""The exercise as a page: what each press does, and what is shown after it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs

from flysolo import caseview, deliver
from flysolo.answers import Book, NotSaved
from flysolo.caseview import Block, CaseState
from flysolo.exercise import LOOKING, Exercise, as_value
from flysolo.problems import ContentError
from flysolo.ui.panel import Panel


class ExercisePage:
    """Cases as steps, one case open, one question at a time."""

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        self.families = self.shown_families()
        self.revising: str | None = None
        self.panel = Panel()
        self.panel.on_event(self.handle)
        if exercise.course:
            self.panel.on_fault(deliver.fault_log(exercise.course))
        self.current = self._first_open(exercise.book())
        self.show("")

    def shown_families(self) -> list[str]:
        """Cases that this page leads through."""
        return list(self.exercise.families)

    def _first_open(self, book: Book) -> str:
        """The case to open with: the one a link names, else the one last worked on, else the first that is open."""
        # Voilà hands the page's own address to the kernel: a link from the home page names the case of a reply
        named = parse_qs(os.environ.get("QUERY_STRING", "")).get("case", [""])[0]
        if named in self.families:
            return named
        touched = [event.item for event in book.events if event.item in self.families]
        unfinished = [each for each in self.families if not self.exercise.state(each, book).done]
        if touched and touched[-1] in unfinished:
            return touched[-1]
        return next(iter(unfinished), self.families[0])

    def handle(self, event: dict[str, Any]) -> None:
        """One event of the page; what cannot be saved is said in words and changes nothing."""
        actions = {
            "save": self._save,
            "revise": self._revise,
            "open": self._open,
            "ask": self._ask,
            "press": self._press,
        }
        try:
            actions[event["do"]](event.get("id", ""), event.get("value"))
        except NotSaved as refused:
            self.show(str(refused))
        except ContentError as error:
            step = error.problems[0]
            self.show(f"This was not saved. {step.file}: {step.found}. {step.next_step}.")

    def _save(self, question_id: str, sent: Any) -> None:
        case = self.exercise.cases[self.current]
        question = case.family.question(question_id)
        event, elsewhere = self.exercise.save(self.current, question_id, as_value(question.kind, sent))
        self.revising = None
        words = f"Saved at {event.clock}: {caseview.said(case, question, event)}"
        if elsewhere:
            words += (
                f" Another window had saved a different answer at {elsewhere.clock} "
                f"({caseview.said(case, question, elsewhere)}). Both are kept; the one you saved now counts."
            )
        self.show(words, move=True)

    def _revise(self, question_id: str, _: Any) -> None:
        self.revising = question_id
        self.show("You can change this answer. The saved one stays until you press Save.", focus=question_id)

    def _open(self, family: str, _: Any) -> None:
        if family in self.families:
            self.current, self.revising = family, None
            self.show("", focus="case-heading")

    def _ask(self, _: str, said: Any) -> None:
        question = self.exercise.state(self.current).next_question
        said = said if isinstance(said, dict) else {"text": said}
        text, disputes = str(said.get("text") or "").strip(), bool(said.get("disputes"))
        asked = self.exercise.ask(self.current, question.id if question else None, text, disputes)
        sent = deliver.send_questions(self.exercise.course, self.exercise.id)
        self.show(f"Your question was kept at {asked.clock}. {sent.words}")

    def _press(self, button: str, _: Any) -> None:
        if button == "close-base":
            self.exercise.close_base(self.current)
            self.show("The first part is closed. Here is the twin.", focus="twin")
        elif button == "next-case":
            book = self.exercise.book()
            later = self.families[self.families.index(self.current) + 1 :] + self.families
            self.current = next((f for f in later if not self.exercise.state(f, book).done), self.current)
            self.show("", focus="case-heading")
        elif button == "hand-in":
            self._hand_in()

    def _hand_in(self) -> None:
        if self.exercise.course is None:
            raise NotSaved(LOOKING)
        delivered = deliver.hand_in(self.exercise.course, self.exercise.id)
        self.show(delivered.words)

    def show(self, status: str, focus: str | None = None, move: bool = False) -> None:
        """Draw the page as the answers on disk say it should be."""
        book = self.exercise.book()
        state = self.exercise.state(self.current, book)
        blocks = [*self._above(), self._progress(book), self._steps(book), *self._case(state), *self._end(book)]
        if move:
            focus = self._next_focus(state)
        self.panel.view = {"title": None, "level": 2, "blocks": blocks, "status": status, "focus": focus}

    def _above(self) -> list[Block]:
        """What stands above the cases."""
        return []

    def _next_focus(self, state: CaseState) -> str:
        if state.next_question:
            return state.next_question.id
        return "close-base" if state.at_gate else "next-case"

    def _progress(self, book: Book) -> Block:
        done = sum(self.exercise.state(family, book).done for family in self.families)
        total = len(self.families)
        return {
            "type": "progress",
            "id": "progress",
            "now": done,
            "of": total,
            "label": f"{done} of {total} cases complete",
        }

    def _steps(self, book: Book) -> Block:
        items = []
        for family in self.families:
            done = self.exercise.state(family, book).done
            state = "now" if family == self.current else "done" if done else "later"
            case = self.exercise.cases[family]
            items.append({"id": family, "label": case.text(case.family.title), "state": state})
        return {"type": "steps", "id": "cases", "items": items}

    def _case(self, state: CaseState) -> list[Block]:
        case = state.case
        title = caseview.inline(case.text(case.family.title))
        blocks: list[Block] = [
            {"type": "html", "id": "case-heading", "html": f"<h2>{title}</h2>"},
            *caseview.story_blocks(state),
        ]
        blocks += [block for block in caseview.answered_blocks(state) if block["id"] != self.revising]
        blocks += self._question(state)
        blocks.append(
            {
                "type": "ask",
                "id": "ask",
                "open": False,
                "threads": self.exercise.threads(case.family.id),
                "disputable": state.done,
                "delivery": self._asking(),
            }
        )
        return blocks

    def _asking(self) -> str:
        return deliver.how_asking_works(self.exercise.course)

    def _question(self, state: CaseState) -> list[Block]:
        """The one question that is open now, the gate to the twin, or the close of the case."""
        case = state.case
        if self.revising:
            question = case.family.question(self.revising)
            return [caseview.question_block(case, question, state.answer(question))]
        question = state.next_question
        if question:
            shown = [caseview.information_block(case, question)] if question.kind == "new_information" else []
            return [*shown, caseview.question_block(case, question, state.answer(question))]
        if state.at_gate:
            return [
                {
                    "type": "button",
                    "id": "close-base",
                    "label": "Close this part and meet the twin",
                    "help": "The twin is the same child with one thing changed. After this you can read your answers "
                    "above, and no longer change them.",
                    "primary": True,
                }
            ]
        return [
            {
                "type": "feedback",
                "id": "case-done",
                "tone": "plain",
                "heading": "This case is complete",
                "html": "<p>Your answers are saved. Words on each of them come with the reply, once you hand in.</p>",
                "more": [],
            },
            {"type": "button", "id": "next-case", "label": "Go to the next open case", "help": "", "primary": True},
        ]

    def _end(self, book: Book) -> list[Block]:
        if self.exercise.course is None:
            return [
                {
                    "type": "feedback",
                    "id": "looking",
                    "tone": "plain",
                    "heading": "",
                    "html": f"<p>{LOOKING}</p>",
                    "more": [],
                }
            ]
        return [
            {
                "type": "button",
                "id": "hand-in",
                "label": "Hand in",
                "help": "You can hand in whenever you like, and again later. It will say what is still open.",
                "primary": False,
            },
            {"type": "link", "id": "home", "href": "/flysolo", "label": "Back to the home page"},
        ]
