"""Readiness in words and figures, as the mentee reads it first and the mentor afterwards."""

from __future__ import annotations

from flysolo.answers import local_time
from flysolo.content import load_course
from flysolo.places import content_root
from flysolo.schema.readiness import Entrusted, Figure, ReadinessCard
from flysolo.solo import place_in_round
from graders import words
from graders.mentor import MentorCourse
from graders.readiness.characteristics import characteristics
from graders.readiness.criteria import SoloCriteria, criteria_in
from graders.readiness.lines import lines
from graders.readiness.round import Round, round_figures
from graders.readiness.sitting import Sitting, gather
from graders.readiness.talks import Talk
from graders.summary import Summary

PROVISIONAL = (
    "These lines are provisional. They were set on scripted learners, not on people; before anything rests on them, "
    "mentors set them together. They open a talk, and decide nothing by themselves."
)
UNREAD = "No set has been handed in whole yet. What these sets say comes with the reply to the first one."


def card_for(course: MentorCourse, mentee: str) -> ReadinessCard | None:
    """Readiness of one mentee as it stands; None where no solo set was handed in."""
    sitting = gather(course, mentee)
    if sitting is None:
        return None
    return make_card(sitting, criteria_in(course.folder, sitting.solo))


def make_card(sitting: Sitting, criteria: SoloCriteria) -> ReadinessCard:
    """The card: a pure function of marks, days, talks and the named lines."""
    this = round_figures(sitting, sitting.round)
    found = lines(this, criteria)
    whole = len(this.sets) >= criteria.sets
    return ReadinessCard(
        format=1,
        course=sitting.course,
        mentee=sitting.mentee,
        round=this.number,
        sets_sat=min(len(this.sets), criteria.sets),
        sets=criteria.sets,
        reading=_reading(this, criteria),
        provisional=PROVISIONAL,
        sat=_sat(sitting, this),
        figures=_figures(this.summary, this.cases),
        lines=found,
        first_time=_first_time(this),
        safety=_safety(this),
        characteristics=characteristics(criteria),
        talks=entrusted(sitting.talks),
        may_go_on=whole and any(line.status == "not yet" for line in found),
        talked_after=_talked_after(sitting, criteria),
        notes=sitting.notes,
    )


def _reading(this: Round, criteria: SoloCriteria) -> str:
    """What the sets say together, a sentence before any number."""
    if not this.sets:
        return UNREAD
    pattern = words.pattern(this.summary)
    missing = criteria.sets - len(this.sets)
    if missing > 0:
        return f"{pattern} {missing} more {'set' if missing == 1 else 'sets'} to come, so this is a direction only."
    return pattern


def _sat(sitting: Sitting, this: Round) -> tuple[Figure, ...]:
    found = []
    for each in this.sets:
        place = place_in_round(sitting.solo, each.number)
        value = f"handed in on {day(each.handed_in_at)}, arrived on {day(each.arrived_at)}"
        found.append(Figure(label=f"Set {place} of {sitting.solo.sets}", value=value))
    return tuple(found)


def day(at: str) -> str:
    """A time of the files as a day."""
    when = local_time(at)
    return f"{when:%B} {when.day}, {when.year}"


def _figures(summary: Summary, cases: int) -> tuple[Figure, ...]:
    """The figures of some cases; none while nothing was sat."""
    if not cases:
        return ()
    pair = summary.parts.get("twin")
    acted, missed = len(summary.confident_not_supported), len(summary.safety_misses)
    rows = [
        ("Reasoning", words.give_or_take(summary.reasoning, summary.reasoning_error), "Twins, reasons, new findings."),
        ("Decision", words.give_or_take(summary.decision, summary.decision_error), "What to do, and what to ask for."),
        ("A child and its twin", f"{pair[0] * pair[1]:.0f} of {pair[1]}" if pair else "", "Pairs read together."),
        ("Stated confidence less what held", _signed(summary.gap), words.calibration(summary)),
        ("Acted on, findings lead elsewhere", f"{acted} of {cases}", "Decisions that would have been acted on."),
        ("Something urgent passed over", f"{missed} of {cases}", ""),
    ]
    return tuple(Figure(label=label, value=value or "—", note=note) for label, value, note in rows)


def _signed(gap: float | None) -> str:
    return "" if gap is None else f"{gap:+.2f}"


def _first_time(this: Round) -> tuple[Figure, ...]:
    """The figures over cases that nothing had prepared, where they are a part of the whole."""
    if this.first_time_cases in (0, this.cases):
        note = "No case of a module had taken these rules apart before." if this.first_time_cases else ""
        return (
            (Figure(label="Cases", value=f"{this.first_time_cases} of {this.cases}", note=note),) if this.cases else ()
        )
    count = Figure(label="Cases", value=f"{this.first_time_cases} of {this.cases}", note="Met for the first time.")
    return (count, *_figures(this.first_time, this.first_time_cases)[:3])


def _safety(this: Round) -> tuple[str, ...]:
    return tuple(
        f"In a case about “{miss.about}” something urgent was passed over. "
        + (f"It has been {miss.cleared}." if miss.cleared else "Your mentor talks about it with you.")
        for miss in this.misses
    )


def entrusted(found: tuple[Talk, ...]) -> tuple[Entrusted, ...]:
    """What stands for each competency: the last talk on it."""
    texts = {each.id: each.text for each in load_course(content_root()).competencies}
    last = {talk.competency: talk for talk in found}
    return tuple(
        Entrusted(
            competency=each,
            text=texts.get(each, each),
            outcome=talk.outcome,
            on=talk.on,
            limits=talk.limits,
            mentor=talk.mentor,
            second_mentor=talk.second_mentor,
        )
        for each, talk in sorted(last.items())
    )


def _talked_after(sitting: Sitting, criteria: SoloCriteria) -> int:
    """The last whole round after which a talk was noted."""
    rounds = [number for number in range(1, sitting.round + 1) if len(sitting.sets_of(number)) >= criteria.sets]
    talked = [
        number for number in rounds if any(talk.at >= sitting.sets_of(number)[-1].arrived_at for talk in sitting.talks)
    ]
    return max(talked, default=0)
