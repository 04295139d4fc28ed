"""The parts of the first unit in which one tries things: controls, dials, the rehearsal; and the close."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

import ipywidgets

from flysolo import deliver
from flysolo.answers import Event, NotSaved
from flysolo.caseview import NO_PATIENT_DATA, Block
from flysolo.lesson_pages import Part
from flysolo.markup import inline, to_html
from flysolo.schema.orientation import Play, TryOut
from flysolo.ui.dials import Dials
from flysolo.ui.fold import Fold

if TYPE_CHECKING:
    from flysolo.orientation import OrientationPage


def play(content: Play) -> ipywidgets.Widget:
    """Dials to move, and one sentence that follows; nothing is saved, and Reset is part of the dials."""
    dials = Dials(specs=[each.model_dump() for each in content.dials])
    sentence = ipywidgets.HTML()
    sentence.add_class("fs-text")
    shown = Fold("Show me the sum")

    def draw(_change: Any = None) -> None:
        values = {name: f"{value:,.0f}" for name, value in dials.values.items()}
        total = f"{prod(dials.values.values()):,.0f}"
        said = inline(content.says.format(**values, total=total))
        sentence.value = f'<p class="fs-lead fs-play" role="status">{said}</p>'
        shown.value = f"<p>{' × '.join(values.values())} = {total}</p>"
        dials.echo += 1

    dials.observe(draw, names="values")
    draw()
    return ipywidgets.VBox([dials, sentence, shown])


class TryOuts(Part):
    """Controls to try, one after the other; a press of “Start afresh” takes everything back."""

    def __init__(self, page: OrientationPage, name: str):
        self.name, self.steps = name, getattr(page.content, name)
        self.again: str | None = None
        super().__init__(page)

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "press" and name == "afresh":
            self.page.ledger.append("place", "afresh", question=self.name)
            self.again = None
            self.show("Everything in this part is as it was before you began.", focus=self.steps[0].id)
        elif do == "hint":
            self.page.ledger.append("hint", name, question=self.name)
            self.show("One more hint is shown. Nobody counts them.")
        elif do == "revise":
            self.again = name
            self.show("You can change this answer. The saved one stays until you press Save.", focus=name)
        elif do in ("save", "press"):
            self._save(next(step for step in self.steps if step.id == name), value)

    def _save(self, step: TryOut, value: Any) -> None:
        event = self.page.ledger.append("save", step.id, question=self.name, value=_try_value(step, value))
        self.again = None
        self.show(f"Saved at {event.clock}.", focus=f"{step.id}-after")

    def _events(self, do: str, item: str) -> list[Event]:
        """What was done with one control since the part was last started afresh."""
        book = self.page.ledger.read()
        fresh = max((e.n for e in book.of("afresh", "place") if e.question == self.name), default=0)
        return [e for e in book.of(item, do) if e.question == self.name and e.n > fresh]

    def blocks(self) -> list[Block]:
        shown: list[Block] = []
        for step in self.steps:
            saved = next(reversed(self._events("save", step.id)), None)
            if saved and self.again != step.id:
                shown += self._tried(step, saved)
                continue
            shown += self._open(step, saved)
            break
        if any(self._events("save", step.id) for step in self.steps):
            afresh = {"type": "button", "id": "afresh", "label": "Start this part afresh", "primary": False}
            shown.append(afresh | {"help": "It takes back everything you tried here."})
        return shown

    def _tried(self, step: TryOut, saved: Event) -> Iterator[Block]:
        if step.kind != "press":
            yield {
                "type": "answered",
                "id": step.id,
                "legend": inline(step.ask),
                "text": _try_words(step, saved),
                "saved": f"Saved {saved.clock}",
                "can_revise": True,
            }
        words = step.after.replace("{days}", deliver.promise_days()).replace("{clock}", saved.clock)
        yield {
            "type": "feedback",
            "id": f"{step.id}-after",
            "tone": "plain",
            "heading": step.title,
            "html": to_html(words),
            "more": [],
        }

    def _open(self, step: TryOut, saved: Event | None) -> list[Block]:
        if step.kind == "press":
            told = {"type": "html", "id": f"{step.id}-ask", "html": f"<p>{inline(step.ask)}</p>"}
            press = {"type": "button", "id": step.id, "label": step.label, "help": step.help, "primary": True}
            return [told, press]
        blocks: list[Block] = [_try_question(step, saved)]
        if step.hints:
            taken = min(len(self._events("hint", step.id)), len(step.hints))
            given = [inline(hint) for hint in step.hints[:taken]]
            blocks.append({"type": "hints", "id": step.id, "shown": given, "remaining": len(step.hints) - taken})
        return blocks


def _try_question(step: TryOut, saved: Event | None) -> Block:
    block: Block = {
        "type": "question",
        "id": step.id,
        "kind": step.kind,
        "legend": inline(step.ask),
        "help": step.help,
        "options": [{"id": option.id, "text": option.text} for option in step.options],
        "save_label": step.label,
    }
    value = saved.value if saved else None
    if step.kind == "number":
        given = value.percent if value else None
        return block | {"min": step.low, "max": step.high, "step": 1, "unit": step.unit, "value": given}
    if step.kind == "text":
        given = value.text if value else ""
        return block | {"maxlength": 2000, "rows": 2, "warning": NO_PATIENT_DATA, "value": given}
    return block | {"value": value.choice if value else None}


def _try_value(step: TryOut, sent: Any) -> dict[str, Any]:
    """What was sent, in the form a ledger keeps; nothing at all is asked for kindly."""
    if step.kind == "press":
        return {"choice": "pressed"}
    if sent in (None, "") or not str(sent).strip():
        raise NotSaved("Nothing is there yet, so nothing was saved. Anything will do here.")
    if step.kind == "number":
        if not isinstance(sent, int | float) or not step.low <= sent <= step.high:
            raise NotSaved(f"A number from {step.low:g} to {step.high:g} fits here. Nothing was saved.")
        return {"percent": sent}
    return {"text": str(sent).strip()} if step.kind == "text" else {"choice": str(sent)}


def _try_words(step: TryOut, saved: Event) -> str:
    if step.kind == "number":
        return f"{saved.value.percent:g} {step.unit}".strip()
    if step.kind == "text":
        return saved.value.text
    return {option.id: option.text for option in step.options}.get(saved.value.choice, saved.value.choice)


class Close(Part):
    """The unit in one sentence, and setting it aside; nothing of it comes back after days."""

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "press" and name == "finished":
            event = self.page.ledger.append("place", "finished")
            self.show(f"Set aside at {event.clock}. The home page has what comes next.", focus="home")

    def blocks(self) -> list[Block]:
        done = next(self.page.ledger.read().of("finished", "place"), None)
        sentence = f'<p class="fs-summary">{inline(self.page.content.summary)}</p>'
        blocks: list[Block] = [{"type": "html", "id": "sentence", "html": sentence}]
        if not done:
            button = {"type": "button", "id": "finished", "label": "I have finished this unit for now"}
            help_words = "It stays open, with what you left out. You can come back whenever you like."
            blocks.append(button | {"help": help_words, "primary": True})
        blocks.append({"type": "link", "id": "home", "href": "/flysolo", "label": "Back to the home page"})
        return blocks
