"""One round of solo sets as figures: a pure function of marks, days, and what mentors noted."""

from __future__ import annotations

from dataclasses import dataclass

from graders.marking import Mark
from graders.readiness.sat import SatSet
from graders.readiness.sitting import Reason, Sitting
from graders.summary import Summary, summarize


@dataclass(frozen=True)
class Miss:
    """One urgent thing that was passed over, and whether its kind has been cleared since, with the words for it."""

    family: str
    about: str
    cleared: str = ""


@dataclass(frozen=True)
class Round:
    """A round's sets and what they came to.

    Attributes
    ----------
    summary : over all cases of the round; an open question counts as 0, since a set is sat whole
    first_time : the same over cases that nothing in the modules had prepared; ``first_time_cases`` says how many
    misses : urgent things passed over
    """

    number: int
    sets: tuple[SatSet, ...]
    marks: tuple[Mark, ...]
    summary: Summary
    first_time: Summary
    first_time_cases: int
    misses: tuple[Miss, ...]
    reasons: tuple[Reason, ...]

    @property
    def cases(self) -> int:
        """How many cases carry marks: those sat, without the ones that were reworded after they were answered."""
        return len({mark.family for mark in self.marks}) - self.reworded

    @property
    def reworded(self) -> int:
        """How many cases were answered to an earlier wording; they are shown, and marked once answered again."""
        return sum(mark.kind == "decision" and mark.state == "earlier wording" for mark in self.marks)


def round_figures(sitting: Sitting, number: int) -> Round:
    """The figures of one round."""
    sets = sitting.sets_of(number)
    marks = sitting.marks_of(sets)
    families = {mark.family for mark in marks}
    first_time = [mark for mark in marks if mark.family not in sitting.prepared]
    return Round(
        number=number,
        sets=sets,
        marks=tuple(marks),
        summary=_summary(sitting, marks),
        first_time=_summary(sitting, first_time),
        first_time_cases=sum(mark.kind == "decision" and mark.state != "earlier wording" for mark in first_time),
        misses=tuple(_misses(sitting, sets)),
        reasons=tuple(reason for reason in sitting.reasons if reason.family in families),
    )


def _summary(sitting: Sitting, marks: list[Mark]) -> Summary:
    return summarize(marks, safety_cases=sitting.safety_cases, blanks_count=True)


def _misses(sitting: Sitting, sets: tuple[SatSet, ...]) -> list[Miss]:
    """Urgent things passed over in this round, each with how its kind was cleared later, if it was.

    Of one kind are cases about one module. A kind is cleared by a later set in which such a case was seen through, or
    by taking the case again with the mentor.
    """
    about = dict(sitting.about)
    together = {each.family: each.on for each in sitting.retaken}
    found = []
    for each in sets:
        for family in _missed(sitting, each):
            kind = about.get(family, family)
            later = [other for other in sitting.sets if other.number > each.number]
            seen = next((other for other in later if _cleared_in(sitting, other, kind, about)), None)
            words = f"cleared in set {seen.number}" if seen else ""
            words = f"taken again together on {together[family]}" if family in together else words
            found.append(Miss(family, kind, words))
    return found


def _missed(sitting: Sitting, each: SatSet) -> tuple[str, ...]:
    return _summary(sitting, sitting.marks_of([each])).safety_misses


def _cleared_in(sitting: Sitting, later: SatSet, kind: str, about: dict[str, str]) -> bool:
    """Whether a later set held an urgent case of this kind, and none of its kind was missed in it."""
    marks = sitting.marks_of([later])
    urgent = {mark.family for mark in marks if mark.kind == "safety"} | (sitting.safety_cases & set(later.families))
    alike = {family for family in urgent if about.get(family) == kind}
    return bool(alike) and not alike & set(_missed(sitting, later))
