"""What is offered next after a case, read off decision, reason and confidence together (learning design, item types).

A case is offered, never set: the child in whom the thought breaks, a child like this one, or the guided case of the
lesson. Which one depends on what the answers of this case say, and nothing of it names a twin's key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from flysolo.content import Case, load_lesson
from flysolo.problems import ContentError
from graders.desk_rules import open_cases
from graders.keys import Key
from graders.marks import Mark
from graders.mentor import MentorCourse
from graders.rules import breaks, tempting
from graders.submission import Submission
from graders.summary import SURENESS, Summary, sureness

#: Cases of one mentee with their keys, by family; answered or not.
Bank = Mapping[str, tuple[Case, Key]]

TWIN = "Its twin is where such a reason shows itself. It is still closed; open it next."
BREAKS = "A child in whom that thought leads elsewhere: the case “{title}”."
LIKE_IT = "A child to try it on: the case “{title}”."
COACHED = "The coached case “{title}” in the lesson walks the last step, from the mechanism to the act."
GUIDED = "The guided case “{title}” in the lesson begins at the mechanism, with a worked child."
BACK = "It is worth a second look in two days and in seven."
OWN_RATE = "Of {n} cases that you would have discussed or guessed, {held:g} were borne out."


@dataclass(frozen=True)
class Offer:
    """One sentence or two, and the case it names, or ""."""

    words: str
    family: str = ""


def offer(
    marks: Mapping[str, Mark], key: Key, bank: Bank, answered: Collection[str], summary: Summary, module: str
) -> Offer | None:
    """What comes next after one case; None where nothing needs to.

    Parameters
    ----------
    marks : of this case, by kind of question
    bank : every case that this mentee may meet
    answered : families that hold an answer
    summary : of all cases, for the mentee's own hit rate
    module : whose lesson is gone back to
    """
    decision, reason = marks.get("decision"), marks.get("reason")
    if not (decision and reason) or decision.supported is None or reason.supported is None:
        return None
    holds = decision.supported or "acceptable" in decision.standing.values()
    sure = sureness(marks.get("confidence")) == SURENESS["act"]
    if holds and reason.supported:
        return None if sure else _own_rate(summary)
    if not holds and reason.supported:
        return _lesson(module, "coached", COACHED)
    if holds and not sure:
        return _like_it(key, bank, answered)
    if holds:
        return _breaking(reason, key, bank, answered) if "twin" in marks else Offer(TWIN, key.family)
    if sure:
        found = _breaking(reason, key, bank, answered) or _lesson(module, "guided", GUIDED)
        return Offer(f"{found.words} {BACK}", found.family) if found else Offer(BACK)
    return _lesson(module, "guided", GUIDED)


def _own_rate(summary: Summary) -> Offer | None:
    rows = [summary.by_step[step] for step in ("guess", "discuss") if step in summary.by_step]
    n = sum(count for _, count in rows)
    if n < 2:
        return None
    return Offer(OWN_RATE.format(n=n, held=round(sum(held * count for held, count in rows), 1)))


def _breaking(reason: Mark, key: Key, bank: Bank, answered: Collection[str]) -> Offer | None:
    """An unanswered child in whom the thought behind the reason breaks, or else one like this."""
    rule = reason.held_rule
    for family, (case, other) in bank.items():
        if rule and family not in answered and other.status == "keyed" and breaks(other, rule):
            return Offer(BREAKS.format(title=case.text(case.family.title)), family)
    return _like_it(key, bank, answered)


def _like_it(key: Key, bank: Bank, answered: Collection[str]) -> Offer | None:
    """An unanswered case that tempts with a rule of this one, or that rests on a finding of this one."""
    for family, (case, other) in bank.items():
        if family in answered or other.status != "keyed":
            continue
        decision = next(question.id for question in case.family.questions if question.kind == "decision")
        if set(key.rules) & (set(other.rules) | tempting(other, [decision])) or set(key.findings) & set(other.findings):
            return Offer(LIKE_IT.format(title=case.text(case.family.title)), family)
    return None


def _lesson(module: str, rung: str, words: str) -> Offer | None:
    """A practice case of the lesson; None where the module has no lesson with practice."""
    try:
        practice = getattr(load_lesson(module), "practice", ())
    except ContentError:
        return None
    return next((Offer(words.format(title=case.title)) for case in practice if case.rung == rung), None)


class Offered(Mapping):
    """Cases that may be offered in a reply, read only when a case asks for one."""

    def __init__(self, course: MentorCourse, submission: Submission):
        self._read = lru_cache(maxsize=1)(partial(bank_for, course, submission))

    def __getitem__(self, family: str) -> tuple[Case, Key]:
        return self._read()[family]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def bank_for(course: MentorCourse, submission: Submission) -> Bank:
    """Cases of this exercise, and of exercises that nothing was handed in of yet."""
    open_to = open_cases(course, submission.mentee)
    handed = {each for each in course.exercises_of(submission.mentee) if each != submission.exercise}
    return {family: (case, key) for family, (exercise, case, key) in open_to.items() if exercise not in handed}


def all_sentences() -> list[str]:
    """Every sentence in this module, for a test that reads them."""
    return [TWIN, BREAKS, LIKE_IT, COACHED, GUIDED, BACK, OWN_RATE]
