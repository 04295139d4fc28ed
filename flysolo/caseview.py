"""What one case looks like at one moment: a pure function from the saved answers to what the page shows.

One question at a time, in the author's order. The twin is shown only once the base is closed, because an answer given
in sight of the twin would say nothing about the reason behind the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flysolo.answers import Book, Event
from flysolo.content import Case
from flysolo.markup import inline, to_html
from flysolo.schema.family import Question

NO_PATIENT_DATA = "Please write nothing here that could point to a real patient: no name, no date of birth, no number."
REWORDED = (
    "This case was reworded after you answered it. What you saved is kept and shown; "
    "only answers to the new wording count."
)
Block = dict[str, Any]


@dataclass(frozen=True)
class CaseState:
    """Where a case stands: what is answered, what comes next, whether the twin is open."""

    case: Case
    book: Book

    @property
    def fingerprint(self) -> str:
        return self.case.family.fingerprint

    @property
    def base_closed(self) -> Event | None:
        """The event that opened the twin, or None."""
        return self.book.committed(self.case.family.id, self.fingerprint)

    def is_base(self, question: Question) -> bool:
        """Whether a question belongs to the part before the twin."""
        return question in self.case.family.base_questions

    def answer(self, question: Question) -> Event | None:
        """The answer that counts for ``question``, or None while it is open."""
        return self.book.counted(self.case.family.id, question.id, self.fingerprint, self.is_base(question))

    def earlier(self, question: Question) -> Event | None:
        """An answer given to an earlier wording of the case, if that is all there is."""
        found = self.book.latest(self.case.family.id, question.id)
        return found if found and found.fingerprint != self.fingerprint else None

    @property
    def open_questions(self) -> list[Question]:
        """Questions without an answer, in order."""
        return [question for question in self.case.family.questions if self.answer(question) is None]

    @property
    def next_question(self) -> Question | None:
        """The question to show now; None at the gate to the twin and at the end."""
        for question in self.open_questions:
            if self.is_base(question) or self.base_closed:
                return question
            return None
        return None

    @property
    def at_gate(self) -> bool:
        """Whether the base is answered whole and the twin is still closed."""
        return self.base_closed is None and not any(self.is_base(question) for question in self.open_questions)

    @property
    def done(self) -> bool:
        """Whether every question of the case has an answer."""
        return not self.open_questions


def said(case: Case, question: Question, event: Event, between: str = " · ") -> str:
    """An answer in words, as it is echoed back and shown in replies."""
    value = event.value
    texts = dict(case.options(question))
    named = lambda ids: "; ".join(texts.get(each, each) for each in ids or ())  # noqa: E731
    parts = [
        named([value.choice]) if value.choice else "",
        named(value.choices),
        f"{value.percent:g} %" if value.percent is not None else "",
        named(value.picks),
        value.because or "",
        f"What would change it: {value.change_mind}" if value.change_mind else "",
        value.text or "",
    ]
    return between.join(part for part in parts if part)


def question_block(case: Case, question: Question, event: Event | None) -> Block:
    """The form of one question, with what was saved before already in it."""
    options = [{"id": key, "text": text} for key, text in case.options(question)]
    block: Block = {
        "type": "question",
        "id": question.id,
        "legend": inline(case.text(question.ask)),
        "help": case.text(question.help),
        "options": options,
        "save_label": "Save",
    }
    value = event.value if event else None
    match question.kind:
        case "key_features" | "evidence":
            given = list(value.choices or ()) if value else []
            return block | {"kind": "many", "limit": question.limit, "value": given}
        case "probability":
            given = value.percent if value else None
            return block | {"kind": "number", "min": 0, "max": 100, "step": 1, "unit": "%", "value": given}
        case "justification":
            return block | {"kind": "fields", "fields": _justification_fields(options, value), "options": []}
        case _:
            return block | {"kind": "one", "value": value.choice if value else None}


def _justification_fields(options: list[dict], value: Any) -> list[Block]:
    box = {"kind": "text", "maxlength": 2000, "warning": NO_PATIENT_DATA}
    return [
        {
            "id": "picks",
            "kind": "many",
            "legend": "Which of these does your reason rest on? Choose two or three.",
            "options": options,
            "limit": 3,
            "value": list(value.picks or ()) if value else [],
        },
        box
        | {
            "id": "because",
            "legend": "In a sentence or two: how do they lead to your decision?",
            "value": (value.because or "") if value else "",
        },
        box
        | {
            "id": "change-mind",
            "legend": "Which finding would have changed your decision, and why?",
            "value": (value.change_mind or "") if value else "",
        },
    ]


def story_blocks(state: CaseState) -> list[Block]:
    """The child: the story and what was found."""
    case = state.case
    return [
        {"type": "html", "id": "story", "html": to_html(case.text(case.family.story))},
        {
            "type": "table",
            "id": "findings",
            "caption": "What you know",
            "columns": ["Finding", "This child"],
            "rows": case.findings(),
        },
    ]


def twin_blocks(state: CaseState) -> list[Block]:
    """The twin and the one row that differs; nothing before the base is closed."""
    if not state.base_closed:
        return []
    case = state.case
    label, altered = case.text(case.family.twin.altered.label), case.text(case.family.twin.altered.text)
    before = dict(map(tuple, case.findings()))[label]
    return [
        {
            "type": "html",
            "id": "twin",
            "html": f'<h3>The twin</h3><p class="fs-twin">{inline(case.text(case.family.twin.change))}</p>',
        },
        {
            "type": "table",
            "id": "twin-findings",
            "caption": "The one thing that differs. Everything else is as above.",
            "columns": ["Finding", "First child", "Twin"],
            "rows": [[label, before, altered]],
        },
    ]


def information_block(case: Case, question: Question) -> Block:
    """What is newly learned, and the thought it is held against."""
    return {
        "type": "html",
        "id": f"{question.id}-information",
        "html": f'<div class="fs-note"><p><strong>Now you learn:</strong> {inline(case.text(question.information))}</p>'
        f"<p><strong>The thought it bears on:</strong> {inline(case.text(question.hypothesis))}</p></div>",
    }


def answered_blocks(state: CaseState) -> list[Block]:
    """What was saved so far, in words; the base may be revised until the twin opens.

    The twin stands after the answers to the first child, right above its own question.
    """
    base = state.case.family.base_questions
    later = [question for question in state.case.family.questions if question not in base]
    shown = [*_answered_blocks(state, base), *twin_blocks(state), *_answered_blocks(state, later)]
    if any(block["id"].endswith("-earlier") for block in shown):
        return [{"type": "html", "id": "reworded", "html": f'<p class="fs-note">{REWORDED}</p>'}, *shown]
    return shown


def _answered_blocks(state: CaseState, questions: Iterable[Question]) -> list[Block]:
    blocks: list[Block] = []
    for question in questions:
        event = state.answer(question)
        if event is None:
            earlier = state.earlier(question)
            if earlier:
                kept = _answered(state, question, earlier, "Answered to an earlier wording; not counted", False)
                # Its own id, so that focus goes to the question that is open again and not to what was said before.
                blocks.append(kept | {"id": f"{question.id}-earlier"})
            continue
        if question.kind == "new_information":  # without it the question would point at nothing
            blocks.append(information_block(state.case, question))
        may_revise = not (state.is_base(question) and state.base_closed)
        blocks.append(_answered(state, question, event, f"Saved {event.clock}", may_revise))
    return blocks


def _answered(state: CaseState, question: Question, event: Event, saved: str, may_revise: bool) -> Block:
    return {
        "type": "answered",
        "id": question.id,
        "legend": inline(state.case.text(question.ask)),
        "text": said(state.case, question, event, between="\n"),
        "saved": saved,
        "can_revise": may_revise,
    }
