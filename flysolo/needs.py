"""What a mentee's own answers to the needs assessment say, in words: where to begin, and what is held already.

Pure functions of the private ledger. Nothing here is a score, and nothing leaves the mentee's computer: what a person
seeks first is theirs to know, and a self-rating alone would be no guide (three tiers tell a held belief from a guess).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flysolo.answers import Book, Event
from flysolo.schema.needs import TIERS, Needs, NeedsCase

#: Item under which the prediction and the opening of the reading stand in the ledger.
ITEM = "needs"
#: Readings in the order in which they are worth beginning with.
FIRST = ("sure", "other-reason", "slipped", "new")


@dataclass(frozen=True)
class Standing:
    """One case as it stands: the three answers, or None for each that is open."""

    case: NeedsCase
    decision: str | None
    reason: str | None
    confidence: str | None

    @property
    def answered(self) -> bool:
        """Whether all three tiers have an answer."""
        return None not in (self.decision, self.reason, self.confidence)

    @property
    def held(self) -> bool:
        """Whether the findings bear out both the decision and the reason."""
        return self.decided and self._reasoned

    @property
    def decided(self) -> bool:
        """Whether the findings bear out the decision."""
        return self.decision == self.case.decision.supported

    @property
    def _reasoned(self) -> bool:
        return self.reason == self.case.reason.supported

    @property
    def reading(self) -> str:
        """What the three answers together say: open, held, held-unsure, sure, other-reason, slipped or new."""
        if not self.answered:
            return "open"
        if self.held:
            return "held-unsure" if self.confidence == "guess" else "held"
        if self.confidence == "act":
            return "sure"
        if self.decided:
            return "other-reason"
        return "slipped" if self._reasoned else "new"


def standing(case: NeedsCase, book: Book) -> Standing:
    """How one case stands, counting only answers to the wording of today."""
    found = {tier: book.latest(case.id, tier, case.fingerprint) for tier in TIERS}
    return Standing(case, **{tier: event.value.choice if event else None for tier, event in found.items()})


def standings(needs: Needs, book: Book) -> list[Standing]:
    """All cases, in the order of the modules."""
    return [standing(case, book) for case in needs.cases]


def predicted(book: Book) -> int | None:
    """In how many cases the mentee expected to be borne out, said before the first one."""
    event = book.latest(ITEM, "prediction")
    return int(event.value.choice) if event and event.value.choice.isdigit() else None


def opened(book: Book) -> Event | None:
    """When the reading was first opened; from then on answered cases stay as they are."""
    return next((event for event in book.of(ITEM, "place") if event.question == "reading"), None)


def suggested(found: Iterable[Standing]) -> list[str]:
    """Modules worth beginning with, what was answered with confidence and not borne out first."""
    found = list(found)
    return [each.case.module for reading in FIRST for each in found if each.reading == reading]


def number(module: str) -> int:
    """The number that a module goes by; its id begins with it."""
    return int(module.split("-")[0])


def listed(names: Iterable[object]) -> str:
    """Names joined as a sentence has them."""
    *before, last = map(str, names)
    return f"{', '.join(before)} and {last}" if before else last


def _modules(found: Iterable[Standing], kind: str) -> str:
    """The modules of one reading (“modules 2, 5 and 9”), or "" when there is none."""
    numbers = [number(each.case.module) for each in found if each.reading == kind]
    return f"module{'s' if len(numbers) > 1 else ''} {listed(numbers)}" if numbers else ""


#: What is said of each reading, in the order in which it is read; what is held comes before what is not.
SAID = {
    "held": "You already hold {modules}. There you can go straight to the practice and the exercise.",
    "held-unsure": "You hold {modules}, and called it a guess. Your reason carries more than that.",
    "sure": "You answer {modules} with confidence that the cases do not bear out. Start there.",
    "other-reason": "In {modules} your decision stands, and another reason carries it. The next child may look alike "
    "and need another decision, so the reason is worth an hour.",
    "slipped": "In {modules} your reason is sound, and it slipped on the way to the decision. The practice is the "
    "place for that.",
    "new": "Still open for you: {modules}. The lessons begin at the beginning.",
    "open": "Left out for now: {modules}. That waits for you, and nobody counts it.",
}


def reading(needs: Needs, book: Book) -> list[str]:
    """The outcome in short paragraphs: what bears on safety first, then what is held, then where to begin."""
    found = standings(needs, book)
    said = [words.format(modules=_modules(found, kind)) for kind, words in SAID.items() if _modules(found, kind)]
    return [each for each in (_safety_first(found), *said, _safety_stays(found)) if each]


def _safety_first(found: Iterable[Standing]) -> str:
    """What is said before everything else when a decision on a child's safety was not borne out."""
    missed = [each for each in found if each.case.safety and each.answered and not each.decided]
    if not missed:
        return ""
    titles = listed(f"“{each.case.title}”" for each in missed)
    return (
        f"Before anything else: {titles} was about a child's safety, and the "
        "findings point elsewhere. Read “When to phone somebody today” now; it stands above on this page. This is said "
        "to you alone."
    )


def _safety_stays(found: Iterable[Standing]) -> str:
    """A module that bears on safety is walked through by everybody, held or not."""
    kept = [number(each.case.module) for each in found if each.case.safety and each.held and each.answered]
    return f"Module {listed(kept)} bears on safety, so walk through it even where you hold it." if kept else ""


def home_suggestion(needs: Needs, book: Book, ready: Iterable[str]) -> str | None:
    """Module to begin with among those that are ``ready``, once the reading was opened; None without a suggestion."""
    if opened(book) is None:
        return None
    ready = set(ready)
    return next((each for each in suggested(standings(needs, book)) if each in ready), None)
