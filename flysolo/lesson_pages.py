"""The parts of a lesson that ask something: predictions, the reveal, contrasts, practice, the close."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import ipywidgets

from flysolo import deliver, lesson_html
from flysolo.answers import NotSaved
from flysolo.caseview import NO_PATIENT_DATA, Block
from flysolo.markup import inline, to_html
from flysolo.schema.family import FIXED_OPTIONS
from flysolo.schema.lesson import Contrast, Practice, PracticeStep
from flysolo.schema.words import OptionWords
from flysolo.ui.panel import Panel

if TYPE_CHECKING:
    from flysolo.lesson import LessonPage

CONFIDENCE = [{"id": key, "text": text} for key, text in FIXED_OPTIONS["confidence"]]
PRIVATE = "This stays on your computer. Your mentor does not see it."
OPENS = "This opens once your predictions are locked and you have moved a dial."


def instrument(page: LessonPage) -> ipywidgets.Widget:
    """The lesson's instrument; its dials wait for the predictions, since watching without predicting teaches little."""
    tool = page.tool

    def look() -> None:
        if page.predicted:
            tool.unlock()
        else:
            tool.lock("The dials wait for your predictions above. Lock them first, then move anything you like.")

    def moved() -> None:
        if page.predicted and not page.moved:
            page.save("instrument", "moved", {"choice": "yes"})

    page.watch(look)
    tool.on_moved(moved)
    look()
    return tool.widget


def show_the_sum(page: LessonPage) -> ipywidgets.Widget:
    """The arithmetic with the numbers of the dials, folded away until asked for."""
    return page.tool.sum


class Part(ABC):
    """One part of a lesson that asks: it draws what is saved, and saves what is answered."""

    #: Level of the heading that the part stands under; headings of its own are one below.
    level = 2

    def __init__(self, page: LessonPage):
        self.page, self.panel = page, Panel()
        self.panel.on_event(self._handle)
        if page.course:
            self.panel.on_fault(deliver.fault_log(page.course))
        page.watch(lambda: self.show(self.panel.view.get("status", "")))
        self.show("")

    def _handle(self, event: dict[str, Any]) -> None:
        try:
            self.handle(event["do"], event.get("id", ""), event.get("value"))
        except NotSaved as refused:
            self.show(str(refused))

    @abstractmethod
    def handle(self, do: str, name: str, value: Any) -> None:
        """Act on one event of the page."""

    @abstractmethod
    def blocks(self) -> list[Block]:
        """What to show, from what is saved."""

    def show(self, status: str, focus: str | None = None) -> None:
        """Draw this part."""
        self.panel.view = {
            "title": None,
            "level": self.level,
            "blocks": self.blocks(),
            "status": status,
            "focus": focus,
        }


class Predictions(Part):
    """Each prediction with its confidence; locked once saved."""

    def handle(self, do: str, name: str, value: Any) -> None:
        if do != "save":
            return
        choice, confidence = (value or {}).get("choice"), (value or {}).get("confidence")
        if not choice or not confidence:
            raise NotSaved("Choose an answer, and how sure you are. A guess is welcome: it is where learning starts.")
        if not self.page.saved(name, "prediction"):
            self.page.save(name, "confidence", {"choice": confidence})
            event = self.page.save(name, "prediction", {"choice": choice})
            self.show(f"Locked at {event.clock}.", focus=self._open_one())

    def _open_one(self) -> str | None:
        waiting = (each.id for each in self.page.content.predictions if not self.page.saved(each.id, "prediction"))
        return next(waiting, None)

    def blocks(self) -> list[Block]:
        shown: list[Block] = []
        for each in self.page.content.predictions:
            saved = self.page.saved(each.id, "prediction")
            if saved:
                text = {option.id: option.text for option in each.options}[saved.value.choice]
                sure = dict(FIXED_OPTIONS["confidence"])[self.page.saved(each.id, "confidence").value.choice]
                shown.append(
                    {
                        "type": "answered",
                        "id": each.id,
                        "legend": inline(each.ask),
                        "text": f"{text} · {sure}",
                        "saved": f"Locked {saved.clock}",
                        "can_revise": False,
                    }
                )
                continue
            shown.append(
                {
                    "type": "question",
                    "id": each.id,
                    "kind": "fields",
                    "legend": "",
                    "help": PRIVATE,
                    "options": [],
                    "save_label": "Lock my prediction",
                    "fields": [
                        {
                            "id": "choice",
                            "kind": "one",
                            "legend": inline(each.ask),
                            "options": [{"id": option.id, "text": option.text} for option in each.options],
                            "value": None,
                        },
                        {
                            "id": "confidence",
                            "kind": "one",
                            "legend": "How sure are you?",
                            "options": CONFIDENCE,
                            "value": None,
                        },
                    ],
                }
            )
            break
        return shown


class Reveal(Part):
    """What the instrument did beside what was predicted; closed until both are there."""

    def handle(self, do: str, name: str, value: Any) -> None:
        """Nothing is asked here."""

    def blocks(self) -> list[Block]:
        if not (self.page.predicted and self.page.moved):
            return [{"type": "html", "id": "closed", "html": f'<p class="fs-note">{OPENS}</p>'}]
        blocks: list[Block] = []
        for each in self.page.content.predictions:
            options = {option.id: option for option in each.options}
            chosen = options[self.page.saved(each.id, "prediction").value.choice]
            blocks.append(
                {
                    "type": "table",
                    "id": f"{each.id}-beside",
                    "caption": each.ask,
                    "columns": ["You predicted", "What happened"],
                    "rows": [[chosen.text, options[each.observed].text]],
                }
            )
            blocks.append(
                {
                    "type": "feedback",
                    "id": f"{each.id}-why",
                    "tone": "plain",
                    "heading": f"Why: {options[each.observed].text}",
                    "html": f"<p>{inline(chosen.after)}</p>{to_html(each.reveal)}",
                    "more": [
                        {"summary": lesson_html.behind(each.findings), "html": lesson_html.evidence(each.findings)}
                    ],
                }
            )
        return blocks


class TextPart(Part):
    """A part that asks for words, and then shows one way to say it."""

    def keep(self, item: str, question: str, value: Any) -> str:
        """Save words; returns what is said back."""
        text = str(value or "").strip()
        if not text:
            raise NotSaved("Nothing is written yet, so nothing was saved. A few words are enough.")
        return f"Saved at {self.page.save(item, question, {'text': text}).clock}."

    def box(self, name: str, ask: str, saved: Any) -> Block:
        """A box for words, with what was saved in it."""
        return {
            "type": "question",
            "id": name,
            "kind": "text",
            "legend": inline(ask),
            "help": PRIVATE,
            "options": [],
            "maxlength": 2000,
            "warning": NO_PATIENT_DATA,
            "value": saved.value.text if saved else "",
            "save_label": "Save",
        }

    def said(self, name: str, ask: str, saved: Any) -> Block:
        """Words that were saved."""
        return {
            "type": "answered",
            "id": name,
            "legend": inline(ask),
            "text": saved.value.text,
            "saved": f"Saved {saved.clock}",
            "can_revise": False,
        }


class Reflect(TextPart):
    """The one box after the reveal; it waits for it, since it asks what happened."""

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "save":
            self.show(self.keep(self.page.content.reflection.id, "text", value))

    def blocks(self) -> list[Block]:
        reflection = self.page.content.reflection
        saved = self.page.saved(reflection.id, "text")
        if not saved and not (self.page.predicted and self.page.moved):
            return [{"type": "html", "id": "closed", "html": f'<p class="fs-note">{OPENS}</p>'}]
        if not saved:
            return [self.box(reflection.id, reflection.ask, None)]
        model = {
            "type": "feedback",
            "id": "one-way",
            "tone": "plain",
            "heading": "One way to say it",
            "html": to_html(reflection.one_way_to_say_it),
            "more": [],
        }
        return [self.said(reflection.id, reflection.ask, saved), model]


class ContrastPage(TextPart):
    """Two children: what they share first, then how they differ, then the principle."""

    def __init__(self, page: LessonPage, contrast: Contrast):
        self.contrast = contrast
        super().__init__(page)

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "save" and name in ("shared", "different"):
            self.show(self.keep(self.contrast.id, name, value), focus="different" if name == "shared" else "principle")

    def blocks(self) -> list[Block]:
        contrast = self.contrast
        rows = [[row.feature, row.left, row.right] for row in contrast.rows]
        columns = ["", contrast.left, contrast.right]
        blocks: list[Block] = [
            {"type": "table", "id": "children", "caption": "Two invented children", "columns": columns, "rows": rows}
        ]
        for name, ask in (("shared", contrast.ask_shared), ("different", contrast.ask_different)):
            saved = self.page.saved(contrast.id, name)
            if not saved:
                return [*blocks, self.box(name, ask, None)]
            blocks.append(self.said(name, ask, saved))
        html = "".join(
            f"<p><strong>{label}</strong> {inline(text)}</p>"
            for label, text in (
                ("They share:", contrast.shared),
                ("They differ:", contrast.different),
                ("The principle:", contrast.principle),
            )
        )
        blocks.append(
            {
                "type": "feedback",
                "id": "principle",
                "tone": "plain",
                "heading": "Side by side: "
                + " and ".join(each.split(",")[0] for each in (contrast.left, contrast.right)),
                "html": html,
                "more": [],
            }
        )
        return blocks


def option_words(words: OptionWords) -> str:
    """The words for one option, in the order in which they help."""
    parts = (
        ("What it sees:", words.sees),
        ("What leads here:", words.leads),
        ("Where that breaks:", words.breaks),
        ("Look next:", words.look),
    )
    return "".join(f"<p><strong>{label}</strong> {inline(text)}</p>" for label, text in parts)


class PracticePage(Part):
    """A practice case, step by step; every option has words, hints come one at a time, nothing is counted."""

    level = 3

    def __init__(self, page: LessonPage, case: Practice):
        self.case = case
        self.again: str | None = None
        super().__init__(page)

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "save":
            if not value:
                raise NotSaved("Nothing is chosen yet. Choose one, even as a guess; every choice gets an answer.")
            event = self.page.save(self.case.id, name, {"choice": value})
            self.again = None
            self.show(f"Saved at {event.clock}. Words on your choice are below it.", focus=f"{name}-words")
        elif do == "hint":
            self.page.ledger.append("hint", self.case.id, question=name)
            self.show("One more hint is shown.")
        elif do == "revise":
            self.again = name
            self.show("Choose again if you like; the words change with the choice.", focus=name)
        elif do == "ask":
            self._ask(str(value or "").strip())

    def _ask(self, text: str) -> None:
        course = self.page.course
        if course is None:
            raise NotSaved("Questions reach a mentor from inside a course folder: uv run flysolo start.")
        event = course.answers(self.page.id).append("ask", self.case.id, value={"text": text})
        self.show(f"Your question was kept at {event.clock}. {deliver.send_questions(course, self.page.id).words}")

    def blocks(self) -> list[Block]:
        case = self.case
        blocks: list[Block] = [
            {"type": "html", "id": "story", "html": f"<h3>{inline(case.title)}</h3>{to_html(case.story)}"}
        ]
        if case.worked:
            items = "".join(f"<li>{inline(line)}</li>" for line in case.worked)
            blocks.append({"type": "html", "id": "worked", "html": f'<ol class="fs-worked">{items}</ol>'})
        for step in case.steps:
            saved = self.page.saved(case.id, step.id)
            if saved and self.again != step.id:
                blocks += self._answered(step, saved)
                continue
            blocks += self._open(step, saved)
            break
        else:
            blocks.append(self._mechanism())
        return [*blocks, self._ask_block()]

    def _open(self, step: PracticeStep, saved: Any) -> list[Block]:
        taken = sum(1 for e in self.page.ledger.read().of(self.case.id, "hint") if e.question == step.id)
        taken = min(taken, len(step.hints))
        hints = {
            "type": "hints",
            "id": step.id,
            "shown": [inline(hint) for hint in step.hints[:taken]],
            "remaining": len(step.hints) - taken,
        }
        question = {
            "type": "question",
            "id": step.id,
            "kind": "one",
            "legend": inline(step.ask),
            "help": PRIVATE,
            "options": [{"id": option.id, "text": option.text} for option in step.options],
            "value": saved.value.choice if saved else None,
            "save_label": "Save and see why",
        }
        return [question, hints] if self.case.rung == "coached" else [question]

    def _answered(self, step: PracticeStep, saved: Any) -> list[Block]:
        options = {option.id: option for option in step.options}
        chosen = options[saved.value.choice]
        supported = options[step.supported]
        held = chosen.id == supported.id
        more = [
            {"summary": f"Another choice: {option.text}", "html": option_words(option.words)}
            for option in step.options
            if option.id not in (chosen.id, supported.id)
        ]
        html = option_words(chosen.words)
        if not held:
            html += f"<h4>What the mechanism supports: {inline(supported.text)}</h4>{option_words(supported.words)}"
        heading = "The mechanism supports this" if held else "The mechanism points elsewhere here"
        return [
            {
                "type": "answered",
                "id": step.id,
                "legend": inline(step.ask),
                "text": chosen.text,
                "saved": f"Saved {saved.clock}",
                "can_revise": True,
            },
            {
                "type": "feedback",
                "id": f"{step.id}-words",
                "tone": "seen" if held else "missing",
                "heading": heading,
                "html": html,
                "more": more,
            },
        ]

    def _mechanism(self) -> Block:
        return {
            "type": "feedback",
            "id": "mechanism",
            "tone": "plain",
            "heading": "The mechanism",
            "html": to_html(self.case.mechanism),
            "more": [
                {"summary": lesson_html.behind(self.case.findings), "html": lesson_html.evidence(self.case.findings)}
            ],
        }

    def _ask_block(self) -> Block:
        threads = self.page.threads(self.case.id)
        delivery = deliver.how_asking_works(self.page.course)
        return {"type": "ask", "id": "ask", "open": False, "threads": threads, "delivery": delivery}


class Summary(Part):
    """The lesson in one sentence, and setting it aside."""

    def __init__(self, page: LessonPage, recall_days: tuple[int, ...]):
        self.recall_days = recall_days
        super().__init__(page)

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "press" and name == "finished":
            event = self.page.ledger.append("place", "finished")
            days = ", ".join(map(str, self.recall_days[:-1])) + f" and {self.recall_days[-1]}"
            self.show(f"Set aside at {event.clock}. A short question comes back on the home page after {days} days.")

    def blocks(self) -> list[Block]:
        done = next(self.page.ledger.read().of("finished", "place"), None)
        sentence = f'<p class="fs-summary">{inline(self.page.content.summary)}</p>'
        blocks: list[Block] = [
            {"type": "details", "id": "sentence", "summary": "Show one way to say it", "html": sentence}
        ]
        if not done:
            blocks.append(
                {
                    "type": "button",
                    "id": "finished",
                    "label": "I have finished this lesson for now",
                    "help": "It stays open. You can come back whenever you like.",
                    "primary": True,
                }
            )
        blocks.append({"type": "link", "id": "home", "href": "/flysolo", "label": "Back to the home page"})
        return blocks
