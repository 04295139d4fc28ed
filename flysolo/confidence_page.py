"""Practice in saying how sure one is: eight estimates from studies, and what the three steps were worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flysolo import calibration, lesson_html
from flysolo.answers import Event, NotSaved
from flysolo.caseview import Block
from flysolo.lesson_pages import CONFIDENCE, PRIVATE, Part
from flysolo.markup import inline
from flysolo.schema.orientation import Estimate


class ConfidencePage(Part):
    """Eight estimates, one at a time; what the studies say comes after the last, all at once."""

    def handle(self, do: str, name: str, value: Any) -> None:
        if do == "press" and name == "again":
            self.page.ledger.append("place", "estimates-again")
            self.show("Here is the first one again.", focus=self.page.content.estimates[0].id)
            return
        if do != "save":
            return
        choice, confidence = (value or {}).get("choice"), (value or {}).get("confidence")
        if not choice or not confidence:
            raise NotSaved("Choose an answer, and how sure you are. A guess is as welcome as a fact.")
        self.page.save(name, "estimate", {"choice": choice, "picks": [confidence]})
        left = sum(self._saved(each) is None for each in self.page.content.estimates)
        if left:
            opened = next(each.id for each in self.page.content.estimates if self._saved(each) is None)
            self.show(f"Saved. {left} still to come." if left > 1 else "Saved. One still to come.", focus=opened)
        else:
            self.show("Saved. Your pattern is below.", focus="pattern")

    def _saved(self, estimate: Estimate) -> Event | None:
        """The answer to one estimate in this round."""
        book = self.page.ledger.read()
        again = max((e.n for e in book.of("estimates-again", "place")), default=0)
        found = [e for e in book.of(estimate.id) if e.question == "estimate" and e.n > again and e.value.picks]
        return found[-1] if found else None

    def blocks(self) -> list[Block]:
        estimates = self.page.content.estimates
        answered = [(each, saved) for each in estimates if (saved := self._saved(each))]
        if len(answered) == len(estimates):
            return list(self._pattern(answered))
        opened = next(each for each in estimates if self._saved(each) is None)
        progress = {"type": "progress", "id": "progress", "now": len(answered), "of": len(estimates)}
        return [progress | {"label": f"{len(answered)} of {len(estimates)} estimates"}, _estimate_question(opened)]

    def _pattern(self, answered: list[tuple[Estimate, Event]]) -> Iterator[Block]:
        held = [(saved.value.picks[0], saved.value.choice == each.supported) for each, saved in answered]
        steps = calibration.by_step(held)
        words = [calibration.step_sentence(step) for step in steps]
        yield {
            "type": "feedback",
            "id": "pattern",
            "tone": "plain",
            "heading": "What your three words were worth this time",
            "html": "<ul>" + "".join(f"<li>{inline(each)}</li>" for each in words) + f"</ul><p>{_FEW}</p>",
            "more": [],
        }
        yield {
            "type": "html",
            "id": "chart",
            "html": calibration.chart_html(steps, "Your answers by how sure you were."),
        }
        columns = ["How sure", "Borne out", "Read as about"]
        caption = "The same as a table"
        yield {"type": "table", "id": "steps", "caption": caption, "columns": columns, "rows": calibration.rows(steps)}
        yield {"type": "html", "id": "each", "html": "<h3>What the studies found</h3>"}
        for each, saved in answered:
            yield _estimate_words(each, saved)
        afresh = "The eight are the same; your earlier answers are kept."
        yield {"type": "button", "id": "again", "label": "Do these eight again", "help": afresh, "primary": False}


_FEW = (
    "Eight answers are few. They show you the three words, and not yet yourself. A pattern worth trusting takes "
    "twenty and more, and the exercises bring them."
)


def _estimate_question(estimate: Estimate) -> Block:
    return {
        "type": "question",
        "id": estimate.id,
        "kind": "fields",
        "legend": "",
        "help": PRIVATE,
        "options": [],
        "save_label": "Save",
        "fields": [
            {
                "id": "choice",
                "kind": "one",
                "legend": inline(estimate.ask),
                "options": [{"id": option.id, "text": option.text} for option in estimate.options],
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


def _estimate_words(estimate: Estimate, saved: Event) -> Block:
    texts = {option.id: option.text for option in estimate.options}
    sure = calibration.STEP_WORDS[saved.value.picks[0]]
    yours = f"<p>You said: {inline(texts[saved.value.choice])} · {inline(sure)}.</p>"
    found = f"<p>The study: {inline(texts[estimate.supported])}. {inline(estimate.because)}</p>"
    html = f"{yours}{found}{lesson_html.evidence(estimate.findings)}"
    return {"type": "details", "id": f"{estimate.id}-words", "summary": estimate.ask, "html": html}
