"""A question that comes back: say it yourself first, then one way to say it, then hold the two side by side.

Recalling before looking is what makes it stick, so the model stays closed until the mentee has had the box. What is
written and ticked is private practice and is in no hand-in.
"""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus
from typing import Any

from tornado import web

from flysolo.answers import Event, Ledger, NotSaved
from flysolo.caseview import NO_PATIENT_DATA
from flysolo.content import load_course, load_lesson, module
from flysolo.evidence import card_html
from flysolo.patient_data import spots, warning
from flysolo.problems import ContentError
from flysolo.recall import Round, coming, finished_at
from flysolo.schema.lesson import Recall
from flysolo.server.home import due_recalls
from flysolo.server.pages import Page


class RecallPage(Page):
    """One recall question of one lesson."""

    def prepare_question(self, module_id: str, recall_id: str) -> None:
        """Find the question, what was saved, and the round that comes."""
        try:
            self.module, lesson = module(module_id), load_lesson(module_id)
            self.question: Recall = lesson.find("recall", recall_id)
        except (ContentError, KeyError):
            raise web.HTTPError(HTTPStatus.NOT_FOUND) from None
        self.lesson = lesson
        self.ledger: Ledger = self.course().practice(module_id)
        self.book = self.ledger.read()
        saves = list(self.book.of(recall_id))
        self.coming: Round | None = coming(
            finished_at(self.book.events), saves, load_course().recall_days, date.today()
        )

    def saved(self, round_day: int) -> Event | None:
        """What was saved last for one round."""
        return self.book.latest(self.question.id, f"recall-{round_day}")

    def round_asked(self) -> int | None:
        """The round that the address or form names, if it is one that may be answered now."""
        named = self.get_argument("round", "")
        day = int(named) if named.isdecimal() and len(named) < 4 else None
        due_now = self.coming is not None and self.coming.on <= date.today() and self.coming.day == day
        return day if day is not None and (due_now or self.saved(day)) else None

    @web.authenticated
    def get(self, module_id: str, recall_id: str) -> None:
        """The question, or beside it one way to say it."""
        self.prepare_question(module_id, recall_id)
        day = self.round_asked()
        if day is not None:
            return self.compare(day)
        if self.coming and self.coming.on <= date.today():
            return self.ask(self.coming.day)
        return self.show("recall_later.html", page=self, coming=self.coming)

    @web.authenticated
    def post(self, module_id: str, recall_id: str) -> None:
        """Keep what was written, or which parts were in it."""
        self.prepare_question(module_id, recall_id)
        day = self.round_asked()
        here = f"flysolo/recall/{module_id}/{recall_id}"
        if day is None:
            return self.to(here)
        step, text = (
            self.get_body_argument("step", ""),
            self.get_body_argument("text", "").replace("\r\n", "\n").strip(),
        )
        doubt = "" if self.get_body_argument("sure", "") else self.doubt(text)
        if step == "words" and doubt:
            return self.ask(day, text=text, doubt=doubt)
        try:
            if step == "words" and text:
                self.keep(day, {"text": text})
            elif step == "parts":
                self.keep(day, {"text": self.written(day) or None, "choices": self.ticked()})
        except NotSaved as refused:
            again = self.ask if step == "words" else self.compare
            return again(day, problem=str(refused), text=text)
        return self.to(f"{here}?round={day}" + ("&saved=1" if step == "parts" else ""))

    def doubt(self, text: str) -> str:
        """What is said when the words look like patient data, however it is meant; "" when they do not."""
        shown = [self.question.ask, self.question.one_way_to_say_it, *self.question.parts]
        return warning(spots(text, (word for line in shown for word in re.findall(r"\b[A-Z]\w+", line))))

    def keep(self, day: int, value: dict[str, Any]) -> None:
        """Save in the private ledger; saving the same again adds nothing."""
        before = self.saved(day)
        if before is None or before.value.model_dump(exclude_none=True, mode="json") != value:
            self.ledger.append("save", self.question.id, question=f"recall-{day}", value=value)

    def written(self, day: int) -> str:
        """The words that were saved in this round."""
        texts = [event.value.text for event in self.book.of(self.question.id) if event.question == f"recall-{day}"]
        return next((text for text in reversed(texts) if text), "")

    def ticked(self) -> list[str]:
        """Parts that the mentee found in their own words, by number."""
        known = [f"part-{number}" for number in range(1, len(self.question.parts) + 1)]
        return [part for part in known if part in self.get_body_arguments("part")]

    def ask(self, day: int, problem: str = "", text: str = "", doubt: str = "") -> None:
        """The question alone, with whatever was written in its box."""
        told = {"problem": problem, "doubt": doubt, "warning": NO_PATIENT_DATA}
        self.show("recall_ask.html", page=self, day=day, text=text, **told)

    def compare(self, day: int, problem: str = "", text: str = "") -> None:
        """One way to say it, beside what was written."""
        saved = self.saved(day)
        others = [each for each in due_recalls(self.module, self.lesson, self.book, date.today())]
        self.show(
            "recall_compare.html",
            page=self,
            day=day,
            problem=problem,
            written=self.written(day) or text,
            ticked=list(saved.value.choices or ()) if saved else [],
            said=saved if saved and self.get_argument("saved", "") else None,
            coming=self.coming if self.coming and self.coming.day != day else None,
            more=[each for each in others if each.recall.id != self.question.id],
            cards=[card_html(finding) for finding in self.question.findings],
        )
