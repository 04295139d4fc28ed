"""What a reply page says, gathered from marks: a pure function, so that every page can be tested without a browser.

A key is shown only where nothing more can be answered with it: the first part of a case once it is closed, the twin
and what follows once each is answered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import nh3
from markupsafe import Markup

import flysolo
from flysolo import evidence
from flysolo.content import Case, module
from flysolo.markup import escaped, inline, to_html
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.schema.family import Question
from graders import words
from graders.contested import history
from graders.keys import Key
from graders.marking import Mark, fill
from graders.mentor import MentorCourse
from graders.offers import Offered, offer
from graders.submission import Submission
from graders.summary import summarize

STYLE = Path(__file__).parent / "templates" / "reply" / "reply.css"
_LABELS = (("sees", "What it sees"), ("leads", "What leads there"), ("breaks", "Where it breaks"), ("look", "Look at"))
_OWN = {"because": "How they lead to your decision", "change_mind": "What would have changed it", "text": "Your words"}


class Words(NamedTuple):
    """What a mentor did with one justification: comment, mark, and whether it still waits."""

    comment: str
    score: float | None
    waits: bool


def explained_marks(submission: Submission) -> list[Mark]:
    """Machine-marked answers whose key the reply shows."""
    marks, closed = submission.marks(), _closed(submission)
    return [mark for mark in marks if mark.kind != "justification" and _is_explained(mark, submission, closed)]


def _closed(submission: Submission) -> set[str]:
    """Cases whose first part is closed."""
    families = [case.family for case in submission.cases]
    return {each.id for each in families if submission.book.committed(each.id, each.fingerprint)}


def _is_base(mark: Mark, submission: Submission) -> bool:
    family = next(case.family for case in submission.cases if case.family.id == mark.family)
    return mark.question in {question.id for question in family.base_questions}


def _is_explained(mark: Mark, submission: Submission, closed: set[str]) -> bool:
    if not mark.is_answered:
        return False
    return mark.family in closed or not _is_base(mark, submission)


def view(course: MentorCourse, submission: Submission, marks: list[Mark], by_hand: dict[str, Words]) -> dict[str, Any]:
    """Everything the template prints."""
    closed = _closed(submission)
    explained = [mark for mark in marks if _is_explained(mark, submission, closed)]
    summary = summarize(explained)
    bank, answered = Offered(course, submission), {mark.family for mark in marks if mark.is_answered}
    cases, library = [], evidence.load_evidence()
    for case, key in zip(submission.cases, submission.keys, strict=True):
        own = [mark for mark in marks if mark.family == case.family.id]
        shown = {mark.kind: mark for mark in explained if mark.family == case.family.id}
        next_one = offer(shown, key, bank, answered, summary, submission.exercise)
        moves = history(course, submission.exercise, case.family.id)
        added = {"moved": words.moved(moves), "offer": next_one.words if next_one else ""}
        cases.append(_case(submission, case, key, own, by_hand, library) | added)
    _unfold_first(cases)
    return {
        "style": _style(),
        "title": module(submission.exercise, content_root()).title,
        "mentor": course.card.mentor or "Your mentor",
        "review": words.REVIEW,
        "voice": _voice(submission, by_hand),
        "part": words.PART if any(mark.state == "waits for mentor" and _waits(mark, by_hand) for mark in marks) else "",
        "cases": cases,
        "answered": sum(mark.is_answered for mark in marks),
        "asked": sum(mark.kind != "unknown" for mark in marks),
        "pattern": words.pattern(summary),
        "calibration": words.calibration(summary),
        "steps": words.steps(summary),
        "decision": words.give_or_take(summary.decision, summary.decision_error) if words.enough(summary) else "",
        "reasoning": words.give_or_take(summary.reasoning, summary.reasoning_error) if words.enough(summary) else "",
        "how_to_read": words.HOW_TO_READ,
    }


def _waits(mark: Mark, by_hand: dict[str, Words]) -> bool:
    said = by_hand.get(f"{mark.family}--{mark.question}")
    return said is None or said.waits


def _unfold_first(cases: list[dict[str, Any]]) -> None:
    """Leave the first answered case open, so that a page of folded cases shows what a case holds."""
    for case in cases:
        if not case["unopened"]:
            case["first_open"] = True
            return


_REMOTE = re.compile(r"@import[^;]*;|url\(\s*['\"]?(?!data:)[^)]*\)")


@lru_cache(maxsize=1)
def _style() -> Markup:
    """The course's style sheet and the reply's few rules, inlined, since the page may ask for nothing from anywhere."""
    sheets = [Path(flysolo.__file__).parent / "server" / "static" / "style.css", STYLE]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sheets)
    return Markup(_REMOTE.sub("", text).replace("</", "<\\/"))  # noqa: S704 - our own files


def _voice(submission: Submission, by_hand: dict[str, Words]) -> list[dict[str, Any]]:
    """The mentor's comments, each with the case it is about."""
    found = []
    for case in submission.cases:
        for question in case.family.questions:
            said = by_hand.get(f"{case.family.id}--{question.id}")
            if said and said.comment.strip():
                found.append({"about": _line(case, case.family.title), "text": typed(said.comment)})
    return found


def typed(text: str) -> Markup:
    """Somebody's words as paragraphs of plain text; sanitized once more, so that only line breaks can be markup."""
    return Markup(nh3.clean(escaped(text), tags={"br"}, attributes={}))  # noqa: S704


def _line(case: Case, text: str) -> Markup:
    # most texts hold no number to be filled in, and are looked up as they stand
    filled = fill(case, text) if "{{" in text else text
    return Markup(inline(filled))  # noqa: S704 - our own Markdown, which cannot hold HTML


def _block(case: Case, text: str) -> Markup:
    return Markup(to_html(fill(case, text)))  # noqa: S704 - as above


def _case(
    submission: Submission,
    case: Case,
    key: Key,
    marks: list[Mark],
    by_hand: dict[str, Words],
    library: evidence.Evidence,
) -> dict[str, Any]:
    asked = {mark.question: mark for mark in marks}
    closed = _closed(submission)
    shown = {mark.kind: mark for mark in marks if _is_explained(mark, submission, closed)}
    base = {question.id for question in case.family.base_questions}
    items = {
        question.id: _item(submission, case, question, asked[question.id], closed, key, by_hand)
        for question in case.family.questions
        if question.id in asked
    }
    is_closed = case.family.id in closed
    whole = {"twin", "reason"} <= set(shown)
    twin = next(question for question in case.family.questions if question.kind == "twin")
    return {
        "id": case.family.id,
        "title": _line(case, case.family.title),
        "story": _block(case, case.family.story),
        "findings": [[_line(case, label), _line(case, text)] for label, text in case.findings()],
        "contested": words.CONTESTED if key.status == "contested" and shown else "",
        "reading": words.case_reading(shown.get("decision"), shown.get("reason"), shown.get("confidence")),
        "first": [item for name, item in items.items() if name in base],
        "turned_on": _line(case, first_words(key.mechanism)) if whole else "",
        "mechanism": _block(case, key.mechanism) if whole else "",
        "evidence": evidence_cards(key, library) if whole else [],
        "twin": _twin(case, items[twin.id], shown) if is_closed else None,
        "unopened": words.CASE_OPEN if all(mark.state == "not answered" for mark in marks) else "",
        "later": [
            item
            for name, item in items.items()
            if name not in base and name != twin.id and (is_closed or asked[name].state != "not answered")
        ],
    }


def first_words(text: str, least: int = 40) -> str:
    """The first sentence of a text, or the first two where the first is a mere opening."""
    taken = ""
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(text.split())):
        taken = f"{taken} {sentence}".strip()
        if len(taken) >= least:
            break
    return taken


def _twin(case: Case, item: dict[str, Any], shown: dict[str, Mark]) -> dict[str, Any]:
    altered = case.family.twin.altered
    label = case.text(altered.label)
    before = {row[0]: row[1] for row in case.findings()}[label]
    return {
        "change": _line(case, case.family.twin.change),
        "label": _line(case, altered.label),
        "before": _line(case, before),
        "after": _line(case, altered.text),
        "item": item,
        "reading": words.twin_reading(shown.get("decision"), shown["twin"]) if "twin" in shown else "",
    }


def _item(
    submission: Submission,
    case: Case,
    question: Question,
    mark: Mark,
    closed: set[str],
    key: Key,
    by_hand: dict[str, Words],
) -> dict[str, Any]:
    """One question as the reply shows it."""
    explained = _is_explained(mark, submission, closed)
    said = by_hand.get(f"{mark.family}--{mark.question}")
    marked_by_hand = bool(said and said.score is not None and not said.waits)
    told = explained and (mark.kind != "justification" or marked_by_hand)
    return {
        "folded": mark.kind in ("key_features", "new_information", "evidence"),
        "ask": _line(case, question.ask),
        "information": _line(case, question.information) if question.information else "",
        "hypothesis": _line(case, question.hypothesis) if question.hypothesis else "",
        "chosen": [_chosen(mark, each, text, told) for each, text in mark.chosen],
        "percent": f"{mark.percent:g} %" if mark.percent is not None else "",
        "own": [(_OWN[name], typed(text)) for name, text in mark.own_words.items()],
        "notice": _notice(mark, explained, mark.family in closed, _is_base(mark, submission), marked_by_hand),
        "mark": _mark_words(case, mark, said, key) if marked_by_hand and explained else "",
        "distance": words.probability_reading(mark) if told else "",
        "keyed": _keyed(mark) if told else None,
        "because": _line(case, mark.because) if told and mark.because else "",
    }


def _chosen(mark: Mark, option: str, text: str, told: bool) -> dict[str, Any]:
    found = mark.words.get(option) if told else None
    stands = mark.standing.get(option, "") if told else ""
    if mark.kind == "justification":
        stands = ""
    said = [(label, Markup(inline(getattr(found, name)))) for name, label in _LABELS] if found else []  # noqa: S704
    return {"text": Markup(inline(text)), "standing": words.standing(mark.kind, stands), "words": said}  # noqa: S704


def _keyed(mark: Mark) -> tuple[str, Markup] | None:
    """What the key supports, where something else was chosen."""
    if not mark.keyed or mark.supported is not False:
        return None
    return words.keyed(mark.kind), Markup(inline("; ".join(text for _, text in mark.keyed)))  # noqa: S704


def _notice(mark: Mark, explained: bool, closed: bool, base: bool, marked_by_hand: bool) -> str:
    if mark.state == "earlier wording":
        return words.EARLIER
    if mark.state == "cannot be marked":
        return words.CANNOT
    if mark.state == "not answered":
        return words.CLOSED_OPEN if base and closed else words.STILL_OPEN
    if not explained:
        return words.BASE_OPEN
    if mark.kind == "justification" and not marked_by_hand:
        return words.WORDS_WAIT
    if mark.state == "answered" and mark.score is None and mark.points > 0:
        return words.PAIR_OPEN
    return words.LATER if mark.later_kept else ""


def _mark_words(case: Case, mark: Mark, said: Words, key: Key) -> str:
    """A mentor's mark in words: the anchor it stands for."""
    found = key.justification.get(mark.question)
    anchors = {anchor.mark: anchor.says for anchor in found.anchors} if found else {}
    says = anchors.get(said.score)
    return f"Read by your mentor: {said.score:g} of 3." + (f" {fill(case, says)}" if says else "")


def evidence_cards(key: Key, library: evidence.Evidence) -> list[Markup]:
    """The findings under a key, each as a card; one that the library does not have is left out (the check names it)."""
    cards = [_card(evidence.card_html, library, finding) for finding in key.findings]
    return [card for card in cards if card is not None]


@lru_cache(maxsize=1024)
def _card(card_html, library: evidence.Evidence, finding: str) -> Markup | None:
    """One card; the same findings stand in every reply, so each is rendered once for a library that was read."""
    try:
        return Markup(card_html(finding))  # noqa: S704 - our own library renders it
    except (ContentError, KeyError):
        return None
