"""The mentor's page on one mentee's solo sets: what was shown, held against the lines, and where a talk can begin."""

from __future__ import annotations

from datetime import date
from typing import Any

from flysolo.content import load_course
from flysolo.places import content_root
from flysolo.schema.course import Solo
from graders.desk_data import all_work
from graders.desk_items import Work, chosen
from graders.desk_rules import held_view
from graders.desk_views import not_here
from graders.invite import name_of
from graders.items.agreement import agreement, pairs
from graders.mentor import MentorCourse
from graders.readiness.card import entrusted, make_card
from graders.readiness.criteria import criteria_in
from graders.readiness.privacy import for_mentor, is_shown
from graders.readiness.round import Round, round_figures
from graders.readiness.sitting import Sitting, bank_size, gather
from graders.readiness.talks import LEVELS
from graders.summary import SURENESS, sureness


def readiness_view(course: MentorCourse, mentee: str) -> dict[str, Any]:
    """Everything on the page; before the mentee has shown it, only that sets were sat and what was urgent."""
    sitting = gather(course, mentee)
    if sitting is None:
        raise not_here(f"solo set of “{mentee}”")
    criteria = criteria_in(course.folder, sitting.solo)
    this, card = round_figures(sitting, sitting.round), make_card(sitting, criteria)
    shown = is_shown(course, mentee, sitting.solo.exercise, this.number)
    work = _work(course, mentee, sitting.solo.exercise)
    return {
        "who": name_of(course, mentee),
        "mentee": mentee,
        "round": this.number,
        "shown": shown,
        "sat": card.sat,
        "of": criteria.sets,
        "misses": _misses(this, work),
        "bank": _bank(sitting),
        "notes": [*card.notes, *_without_talk(sitting, card.talked_after)],
        "card": card if shown else None,
        "settings": criteria.settings(),
        "held": held_view(course, mentee, [work]) if shown else [],
        "reasons": _reasons(course, this, work) if shown else None,
        "suggested": _suggested(this, work) if shown else {},
        "talks": [*reversed(entrusted_all(sitting))],
        "competencies": load_course(content_root()).competencies,
        "levels": LEVELS,
        "today": date.today().isoformat(),
        "mentor": course.card.mentor,
    }


def _work(course: MentorCourse, mentee: str, exercise: str) -> Work:
    works = [work for work in all_work(course)[0] if work.submission.mentee == mentee]
    return for_mentor(course, next(work for work in works if work.submission.exercise == exercise))


def _place(work: Work, family: str) -> dict[str, str]:
    """A case by its title, and where it stands on the mentee's page."""
    case = work.cases[family][0]
    submission = work.submission
    href = f"desk/mentee/{submission.mentee}#{submission.exercise}--{family}"
    return {"family": family, "title": case.text(case.family.title), "href": href}


def _misses(this: Round, work: Work) -> list[dict[str, str]]:
    return [
        _place(work, miss.family) | {"about": miss.about, "cleared": miss.cleared}
        for miss in this.misses
        if miss.family in work.cases
    ]


def _bank(sitting: Sitting) -> str:
    """What another round would still need, in words; "" while the bank has it."""
    solo, short = sitting.solo, sitting.solo.families - sitting.unseen
    rest = len(sitting.sets_of(sitting.round)) >= solo.sets
    if not rest or short <= 0:
        return ""
    return (
        f"Another round needs {short} more {'family' if short == 1 else 'families'}: the bank holds {bank_size(solo)}, "
        f"and {sitting.unseen} of them were not met yet. The mentee is told that more cases are being written."
    )


def _without_talk(sitting: Sitting, talked_after: int) -> list[str]:
    """A round that came before its talk was noted; the mentor is told, and nothing is held back."""
    number, solo = sitting.round, sitting.solo
    if number < solo.talk_before_round or talked_after >= number - 1:
        return []
    return [f"Round {number} was begun before a talk on round {number - 1} was noted here."]


def entrusted_all(sitting: Sitting) -> list[dict[str, Any]]:
    """Every talk, oldest first, with whether it is the one that stands."""
    standing = {(each.competency, each.on, each.outcome) for each in entrusted(sitting.talks)}
    last = {talk.competency: talk for talk in sitting.talks}
    return [
        {"talk": talk, "stands": last[talk.competency] is talk and (talk.competency, talk.on, talk.outcome) in standing}
        for talk in sitting.talks
    ]


def _reasons(course: MentorCourse, this: Round, work: Work) -> dict[str, Any]:
    """Written reasons with their marks, and how far two readers agree over the whole course."""
    rows = [
        _place(work, reason.family)
        | {"first": reason.first, "seconds": reason.seconds, "words": _own(work, reason.family)}
        for reason in this.reasons
        if reason.family in work.cases
    ]
    found = agreement(pairs(course)[0])
    kappa = "" if found["kappa"] is None else f"Weighted kappa {found['kappa']:.2f} over {found['n']} reasons."
    return {"rows": rows, "kappa": kappa or f"How far two readers agree: {found['reading']} ({found['n']} read twice)."}


def _own(work: Work, family: str) -> list[str]:
    mark = work.mark(family, "justification")
    return list(mark.own_words.values()) if mark else []


def _suggested(this: Round, work: Work) -> dict[str, dict[str, str]]:
    """One case that held and one that did not, to begin the talk with."""
    ranks: dict[str, list[tuple[int, str]]] = {"met": [], "missed": []}
    for family in dict.fromkeys(mark.family for mark in this.marks):
        decision, reason = work.mark(family, "decision"), work.mark(family, "reason")
        twin, sure = work.mark(family, "twin"), sureness(work.mark(family, "confidence"))
        held = [mark is not None and mark.score == 1 for mark in (decision, reason, twin)]
        breaking = work.cases[family][1].rule_breaking if family in work.cases else False
        if all(held):
            ranks["met"].append((2 * breaking + (sure == SURENESS["act"]), family))
        elif decision and decision.state == "answered" and family in work.cases:
            ranks["missed"].append(
                (4 * (not held[0] and sure == SURENESS["act"]) + 2 * (not held[0]) + breaking, family)
            )
    return {
        kind: _place(work, max(found)[1]) | {"decided": chosen(work.mark(max(found)[1], "decision"))}
        for kind, found in ranks.items()
        if found
    }


def solo_rows(course: MentorCourse) -> list[dict[str, Any]]:
    """Who has sat solo sets, and whether they have shown what came of it; by name, without a figure."""
    solo = load_course(content_root()).solo
    rows = [_row(course, mentee, solo) for mentee in course.mentees()] if solo else []
    return sorted((row for row in rows if row), key=lambda row: row["who"].casefold())


def _row(course: MentorCourse, mentee: str, solo: Solo) -> dict[str, Any] | None:
    from flysolo.solo import round_of
    from graders.readiness.sat import sat_sets

    if not course.kept_hand_ins(mentee, solo.exercise):
        return None
    sets = sat_sets(course, mentee, solo.exercise)
    number = round_of(solo, sets[-1].number) if sets else 1
    here = sum(round_of(solo, each.number) == number for each in sets)
    said = f"{here} of {solo.sets} sets sat" + (f", round {number}" if number > 1 else "")
    return {
        "who": name_of(course, mentee),
        "href": f"desk/readiness/{mentee}",
        "said": said,
        "shown": is_shown(course, mentee, solo.exercise, number),
    }
