"""What each page of the desk says, gathered as plain values; the templates print it and the server sends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flysolo.content import Case, module
from flysolo.places import content_root
from flysolo.problems import InputError
from graders import threads as asked
from graders import words
from graders.build import grade_id
from graders.desk_contested import contested_rows, contested_view
from graders.desk_data import ORDER, Desk, all_work, desk
from graders.desk_gradebook import comments
from graders.desk_items import Item, Work
from graders.desk_rules import held_view
from graders.desk_time import day, parse_time, waited
from graders.given import is_solo
from graders.invite import name_of, people
from graders.marking import Mark
from graders.mentor import MentorCourse
from graders.readiness.privacy import for_mentor
from graders.second_reading import second_left
from graders.summary import summarize
from graders.threads import Thread

LABELS = {
    "key_features": "Needs next",
    "decision": "Decision",
    "reason": "Reason",
    "confidence": "How sure",
    "twin": "The twin",
    "new_information": "New finding",
    "probability": "Probability",
    "justification": "Rests on",
    "evidence": "What the study can support",
    "safety": "Safety",
}
STANDING = {
    "supported": "supported",
    "acceptable": "acceptable: it can be defended",
    "not supported": "not supported by this child's findings",
    "neither": "",
    "": "",
}
OWN = {"because": "How they lead to the decision", "change_mind": "What would have changed it", "text": "Words"}
PRIVATE = (
    "You see what was handed in and what was asked. Practice, predictions, hints, the number of tries and the time "
    "spent stay in the mentee's own folder and never reach you."
)


@dataclass(frozen=True)
class Child:
    """One case as this mentee met it, with the drawn numbers in it."""

    title: str
    story: str
    findings: list[list[str]]
    twin: str = ""


def child(case: Case) -> Child:
    """The child of a case."""
    return Child(
        case.text(case.family.title), case.text(case.family.story), case.findings(), case.text(case.family.twin.change)
    )


def desk_view(course: MentorCourse, now: datetime) -> dict[str, Any]:
    """The first page: what waits."""
    found = desk(course, now)
    sections = [
        ("safety", "Talk today", "Something urgent was passed over in a case. Phone, or talk, today."),
        (
            "reason",
            "Right, for a reason that will not carry",
            "The decision held and the reason behind it does not. A counter-case says more than a correction.",
        ),
        ("question", "Questions", "Asked from inside a case. The answer appears in the same place."),
    ]
    rows = found.first_screen()
    return {
        "desk": found,
        "sections": [
            {"kind": kind, "title": title, "help": words_, "rows": [row for row in rows if row[0].kind == kind]}
            for kind, title, words_ in sections
        ],
        "summary": _summary(found),
        "unmarked": [(name_of(course, each.mentee), each.exercise, each.reason) for each in found.unmarked],
        "words": [
            {"first": group[0], "count": len(group), "longest": min(group, key=lambda item: item.arrived_at)}
            for group in found.words()
        ],
        "contested": contested_rows(course),
        "second_left": second_left(course),
    }


def _summary(found: Desk) -> str:
    """What waits, in one sentence."""
    names = {
        "safety": ("one case to talk about today", "{} cases to talk about today"),
        "reason": ("one reason that will not carry", "{} reasons that will not carry"),
        "question": ("one question", "{} questions"),
        "words": ("one written reason to mark", "{} written reasons to mark"),
    }
    parts = []
    for kind, (one, many) in names.items():
        count = sum(item.kind == kind for item in found.items)
        if count:
            parts.append(one if count == 1 else many.format(count))
    return f"Waiting: {', '.join(parts)}." if parts else "Nothing waits for you."


def mentee_view(course: MentorCourse, mentee: str, now: datetime) -> dict[str, Any]:
    """One person's page: cases as they were met and answered, questions, and what stays private."""
    if mentee not in {*course.mentees(), *people(course)}:
        raise not_here(f"mentee “{mentee}”")
    waiting = [item for item in desk(course, now).items if item.mentee == mentee]
    works = [for_mentor(course, work) for work in all_work(course)[0] if work.submission.mentee == mentee]
    threads = [thread for thread in asked.threads(course) if thread.mentee == mentee]
    return {
        "who": name_of(course, mentee),
        "mentee": mentee,
        "held": held_view(course, mentee, works),
        "exercises": [_exercise(course, work, waiting) for work in works],
        "threads": [thread_view(course, thread, now) for thread in threads],
        "private": PRIVATE,
    }


def _exercise(course: MentorCourse, work: Work, waiting: list[Item]) -> dict[str, Any]:
    submission = work.submission
    summary = summarize(work.marks, safety_cases=submission.safety_cases)
    said = comments(course, submission.mentee, submission.exercise)
    cases = [_case(course, work, case, said, waiting) for case in submission.cases]
    # the figures of solo sets stand on their own page, over all sets and with their lines
    told = summary.decision is not None and not is_solo(submission.exercise)
    return {
        "readiness": f"desk/readiness/{submission.mentee}" if is_solo(submission.exercise) else "",
        "id": submission.exercise,
        "title": module(submission.exercise, content_root()).title,
        "cases": sorted((case for case in cases if case["answered"]), key=_first),
        "open": [case["child"].title for case in cases if not case["answered"]],
        "pattern": words.pattern(summary) if told else "",
        "decision": words.give_or_take(summary.decision, summary.decision_error),
        "reasoning": words.give_or_take(summary.reasoning, summary.reasoning_error),
        "calibration": words.calibration_figures(summary),
        "notes": submission.notes(),
    }


def _first(case: dict[str, Any]) -> int:
    """Cases in which something waits come first, in the desk's order."""
    return min((ORDER.index(item.kind) for item in case["items"]), default=len(ORDER))


def _case(course: MentorCourse, work: Work, case: Case, said: dict[str, str], waiting: list[Item]) -> dict[str, Any]:
    marks = [mark for mark in work.marks if mark.family == case.family.id]
    place = (work.submission.exercise, case.family.id)
    items = [item for item in waiting if (item.exercise, item.family) == place and item.kind in ("safety", "reason")]
    return {
        "id": case.family.id,
        "anchor": f"{work.submission.exercise}--{case.family.id}",
        "child": child(case),
        "rows": [answer_row(mark) for mark in marks if mark.saved_at],
        "own": [(OWN[name], text) for mark in marks for name, text in mark.own_words.items()],
        "comments": [said[name] for mark in marks if (name := grade_id(mark.family, mark.question)) in said],
        "items": items,
        "contested": contested_view(course, work.submission.exercise, case.family.id),
        "short": _short(marks),
        "answered": any(mark.saved_at for mark in marks),
    }


def _short(marks: list[Mark]) -> str:
    """A case in a few words, for where it is folded away."""
    found = {mark.kind: mark for mark in marks if mark.kind in ("decision", "reason")}
    parts = []
    for kind, mark in found.items():
        stands = next(iter(mark.standing.values()), "") if mark.state == "answered" else mark.state
        parts.append(f"{kind} {stands}")
    return ", ".join(parts)


def answer_row(mark: Mark) -> dict[str, Any]:
    picks = [(text, STANDING[mark.standing.get(each, "")]) for each, text in mark.chosen]
    if mark.percent is not None:
        picks.append((f"{mark.percent:g} %", ""))
    if mark.kind == "justification":
        picks = [(text, "a link the key names" if stands == STANDING["supported"] else "") for text, stands in picks]
    state = "" if mark.state in ("answered", "waits for mentor") else mark.state
    slipped = "sound idea, slipped" if mark.slipped else ""
    return {
        "label": LABELS.get(mark.kind, mark.kind),
        "picks": picks,
        "note": "; ".join(filter(None, (state, slipped))),
    }


def thread_view(course: MentorCourse, thread: Thread, now: datetime) -> dict[str, Any]:
    return {
        "thread": thread,
        "place": asked.place(course, thread.mentee, thread.exercise, thread.item),
        "asked": day(thread.asked_at),
        "waited": waited(parse_time(thread.arrived_at), now),
        "replies": [{"text": each.text, "at": day(each.at), "who": each.mentor} for each in thread.replies],
        "href": f"desk/question/{thread.mentee}/{thread.exercise}/{thread.n}",
    }


def not_here(what: str) -> InputError:
    """Said when an address names something that is not there."""
    return InputError(
        "address",
        f"no {what}",
        "an address names something that was collected",
        "open the desk and choose from the list",
        file="desk",
    )
