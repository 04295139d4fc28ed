"""Learners who do something odd with real cases, as books of events: what must happen to them is checked, not scored.

Each goes through the marking that mentees' answers go through; the helpers return verdicts for the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

from flysolo.answers import Book, Event, dump, read_book
from flysolo.content import Case
from flysolo.handin import pack, unpack
from flysolo.problems import ContentError
from graders.collect import check
from graders.keys import ChoiceKey
from graders.learners import probe, sheets
from graders.learners.bank import Template
from graders.learners.sheets import COURSE
from graders.learners.verdict import Verdict, judged, needs
from graders.marking import Mark, mark_family
from graders.model_answers import model_books

PAIRS, COPIES = 150, 10
STUFFED = "Mechanism, closing pressure, tonsil, nose, jaw, load, drive, arousal, neuromotor, flow, collapse."


def all_verdicts(bank: list[Template]) -> Iterator[Verdict]:
    """L2, L18, L20, L25 to L31 on the real bank."""
    parts = list(probe.groups(bank).values())
    yield clicker(bank)
    yield keyword_stuffer(bank)
    yield abstract_quoter(bank)
    yield hint_miner(parts)
    yield colluding_pair(parts)
    yield other_prose(parts)
    yield keyboard_only(parts)
    yield cell_breaker(parts)
    yield blank_submitter(parts)
    yield disagreeing_mentor(bank)


def clicker(bank: list[Template]) -> Verdict:
    """L2: more picks than are allowed, in whatever order the page shows them."""
    claim = "L2 select-all clicker: no credit for key features, and the mentor is told why"
    found = []
    for template in bank:
        for copy in range(COPIES):
            case = Case(template.family, sheets.header(f"l2-{copy}", template.exercise).seed)
            shown = [option for option, _ in case.options(template.question("key_features"))]
            found.append(probe.one_mark(template, "key_features", {"choices": shown}))
    paid = sum(bool(mark.score) for mark in found)
    figure = f"credit in {paid} of {len(found)}, told in {sum(bool(mark.note) for mark in found)}"
    return judged("L2", claim, paid == 0 and all(mark.note for mark in found), figure)


def keyword_stuffer(bank: list[Template]) -> Verdict:
    """L18: every mechanism word in every box."""
    claim = "L18 keyword stuffer: no automatic credit; the marker is told"
    asked = [each for each in bank if each.question("justification")]
    if not asked:
        return needs("L18", claim, "needs 1 more family (with a written reason)")
    found = [_stuffed(each) for each in asked]
    unpaid = all(mark.score is None and mark.state == "waits for mentor" for mark in found)
    told = all(mark.note for mark in found)
    figure = f"credit in {sum(mark.score is not None for mark in found)} of {len(found)}"
    return judged("L18", claim, unpaid and told, figure + ("" if told else "; no note to the marker yet"))


def _stuffed(template: Template) -> Mark:
    picks = [option.id for option in template.question("justification").options]
    return probe.one_mark(template, "justification", {"picks": picks, "because": STUFFED, "change_mind": STUFFED})


def abstract_quoter(bank: list[Template]) -> Verdict:
    """L20: cites a study for everything it was ever cited for."""
    claim = "L20 abstract quoter: claiming everything of a study is not supported, and earns nothing"
    asked = [each for each in bank if each.question("evidence")]
    if not asked:
        return needs("L20", claim, "needs 1 more family (with an evidence question)")
    found = [
        probe.one_mark(each, "evidence", {"choices": [option.id for option in each.question("evidence").options]})
        for each in asked
    ]
    best = max(mark.score or 0.0 for mark in found)
    holds = all(mark.supported is False for mark in found) and best == 0
    return judged("L20", claim, holds, f"earns up to {best:.2f} on {len(found)} questions")


def hint_miner(parts: list[list[Template]]) -> Verdict:
    """L25: opens every hint there is."""

    def mined(book: Book) -> Book:
        hints = [event.model_copy(update={"do": "hint", "value": None}) for event in book.events if event.do == "save"]
        return Book(book.header, (*hints, *book.events))

    books = [(part, probe.model(part)) for part in parts]
    same = all(probe.marked(part, book) == probe.marked(part, mined(book)) for part, book in books)
    kept = any(b'"hint"' in probe.dump_packed(part, mined(book)) for part, book in books)
    return judged("L25", "L25 hint miner: same marks, and no hint is handed in", same and not kept, "marks identical")


def colluding_pair(parts: list[list[Template]]) -> Verdict:
    """L26: one clicks where the other clicked, or sends the other's file under an own name."""
    claim = "L26 colluding pair: copied places are worth chance, a copied file is refused with a note on its numbers"
    supported, asked = 0, 0
    for part in parts:
        for pair in range(PAIRS):
            seeds = [sheets.header(f"{who}-{pair}", part[0].exercise).seed for who in ("a", "b")]
            for template in part:
                place, own = (_decision_order(template, seed) for seed in seeds)
                key = template.choice("decision").supported
                supported += own[place.index(key)] == key
                asked += 1
    refusals = [_copied_file(part) for part in parts]
    holds = supported / asked <= 0.23 and all("numbers" in words for words in refusals)
    return judged("L26", claim, holds, f"decisions by place {supported / asked:.2f} (chance 0.20); file refused")


def _decision_order(template: Template, seed: str) -> list[str]:
    return [option for option, _ in Case(template.family, seed).options(template.question("decision"))]


def _copied_file(part: list[Template]) -> str:
    """What collecting says to answers that were drawn for somebody else."""
    theirs = probe.model(part, "a")
    copied = Book(theirs.header.model_copy(update={"mentee": "b"}), theirs.events)
    hand_in = unpack(pack(copied, probe.fingerprints(part), "hand-in"), "copied.zip")
    try:
        check(SimpleNamespace(card=SimpleNamespace(course=COURSE)), hand_in, "copied.zip")
    except ContentError as error:
        return str(error)
    return ""


def other_prose(parts: list[list[Template]]) -> Verdict:
    """L27: the same picks, in short odd sentences."""
    claim = "L27 second-language expert: same Decision and Reasoning; written reasons marked alike by people"

    def short(event: Event) -> Event:
        if event.value is None or event.value.because is None:
            return event
        return event.model_copy(update={"value": event.value.model_copy(update={"because": "Throat close. So refer."})})

    same = _scored_alike(parts, short)
    figure = "scores identical; whether people mark the words alike needs double-marked reasons"
    return judged("L27", claim, same, figure)


def keyboard_only(parts: list[list[Template]]) -> Verdict:
    """L28: slower, in another window, with the same answers."""

    def slow(event: Event) -> Event:
        return event.model_copy(update={"at": "2026-03-09T22:17:41Z", "window": "keyboard"})

    same = _scored_alike(parts, slow)
    return judged("L28", "L28 keyboard and screen reader: same score path, time not scored", same, "scores identical")


def _scored_alike(parts: list[list[Template]], change: Callable[[Event], Event]) -> bool:
    """Whether the supported answers get the same scores with each event changed."""
    books = [(part, probe.model(part)) for part in parts]
    return all(probe.scores(part, book) == probe.scores(part, probe.changed(book, change)) for part, book in books)


def cell_breaker(parts: list[list[Template]]) -> Verdict:
    """L29: wrecks the notebook, and pastes cells into the file of answers; the saved lines are all still there."""
    claim = "L29 cell breaker: answers recovered, told in plain words, score unchanged"
    whole = [(part, probe.model(part, "l29")) for part in parts]
    recovered = [(part, book, _handed_in(part, wrecked(book))) for part, book in whole]
    same = all(probe.scores(part, book) == probe.scores(part, found) for part, book, found in recovered)
    noticed = sum(len(found.damaged) for _, _, found in recovered)
    return judged("L29", claim, same and noticed > 0, f"every score kept; {noticed} strange lines kept and told")


def wrecked(book: Book) -> str:
    """The text of a ledger with pasted, cut and doubled lines between its own."""
    head, *lines = dump(book.header, book.events).splitlines()
    strange = ('{"cell_type": "code", "source": ["exercise.page()"]}', "In [3]: 1/0", lines[0][: len(lines[0]) // 2])
    mixed = [head]
    for place, line in enumerate(lines):
        mixed += [line, strange[place % len(strange)], ""]
    return "\n".join(mixed) + "\n"


def _handed_in(part: list[Template], text: str) -> Book:
    """The way of a ledger's text into the mentor's hands: read, packed, unpacked; damaged lines stay at home."""
    book = read_book(text, "answers.jsonl")
    sent = unpack(pack(book, probe.fingerprints(part), "hand-in"), "hand-in.zip").book
    return Book(sent.header, sent.events, book.damaged)


def blank_submitter(parts: list[list[Template]]) -> Verdict:
    """L30: hands in nothing at all."""
    claim = "L30 blank submitter: not answered, no score, no fault"
    found = []
    for part in parts:
        book = Book(sheets.header("l30", part[0].exercise))
        found += sheets.marks(part, {part[0].exercise: book})
    calm = all(mark.state == "not answered" and mark.score is None for mark in found)
    summed = sheets.summary([each for part in parts for each in part], found)
    holds = calm and summed.decision is None and summed.reasoning is None
    return judged("L30", claim, holds, f"{len(found)} questions open, none scored")


def disagreeing_mentor(bank: list[Template]) -> Verdict:
    """L31: says that a key is not so; the decision is then nobody's loss."""
    claim = "L31 mentor who disagrees: contested, the answer unmarked, the reasons marked"
    kept = []
    for template in bank:
        header = sheets.header("l31", template.exercise)
        contested = template.key.model_copy(update={"status": "contested"})
        case = Case(template.family, header.seed)
        book = _turned(template, model_books([case], [template.key], header))
        marks = {mark.kind: mark for mark in mark_family(case, contested, book)}
        unmarked = all(marks[kind].state == "contested" for kind in ("decision", "twin", "key_features"))
        kept.append(unmarked and marks["decision"].score is None and marks["reason"].score == 1.0)
    return judged("L31", claim, all(kept), f"{sum(kept)} of {len(kept)} families")


def _turned(template: Template, book: Book) -> Book:
    """The supported answers, but for a decision that the key does not support."""
    question = template.question("decision")
    found: ChoiceKey = template.choice("decision")
    turned = next(each for each in found.options if each != found.supported)

    def turn(event: Event) -> Event:
        if event.question != question.id:
            return event
        return event.model_copy(update={"value": event.value.model_copy(update={"choice": turned})})

    return probe.changed(book, turn)
