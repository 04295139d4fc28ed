"""The two pages on which a mentor writes: an answer to a question, and the mark of a written reason.

Written reasons are marked without names: the page knows them by a code, in an order that is shuffled once and stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flysolo.content import Case, load_families, load_lesson
from flysolo.draws import seed_for
from flysolo.places import content_root
from flysolo.problems import ContentError
from graders import threads as asked
from graders.build import grade_id
from graders.contested import course_key
from graders.desk_contested import contested_view
from graders.desk_data import all_work
from graders.desk_gradebook import comments, words_rows
from graders.desk_items import Work, chosen, load_work, words_code
from graders.desk_time import parse_time, waited
from graders.desk_views import LABELS, OWN, Child, answer_row, child, not_here, thread_view
from graders.given import is_solo
from graders.invite import name_of
from graders.marking import fill
from graders.mentor import MentorCourse
from graders.readiness.privacy import for_mentor
from graders.readiness.sat import sat_sets
from graders.threads import Thread


def question_view(course: MentorCourse, mentee: str, exercise: str, n: int, now: datetime) -> dict[str, Any]:
    """One question in its context, with earlier answers that may serve again."""
    thread = asked.find(course, mentee, exercise, n)
    context = thread_view(course, thread, now)
    return context | {
        "who": name_of(course, mentee),
        "about": _about(course, thread),
        "bank": asked.answer_bank(course, exercise, thread.item, besides=(mentee, n))[:8],
        "limit": asked.ANSWER_LIMIT,
        "in_open_set": _in_open_set(course, thread),
    }


def _in_open_set(course: MentorCourse, thread: Thread) -> bool:
    """Whether a question was asked inside a solo set that was not handed in yet; an answer now would be a hint."""
    if not is_solo(thread.exercise):
        return False
    sat = sat_sets(course, thread.mentee, thread.exercise)
    return all(thread.item not in each.families for each in sat)


def _about(course: MentorCourse, thread: Thread) -> dict[str, Any]:
    """What the question was asked beside: the child, the question that was open, and what had been handed in."""
    family = next((each for each in load_families(thread.exercise, content_root()) if each.id == thread.item), None)
    if family is None:
        return _practice(thread)
    case = Case(family, seed_for(course.card.course, thread.mentee, thread.exercise))
    try:
        at = case.text(family.question(thread.question).ask) if thread.question else ""
    except KeyError:
        at = ""
    loaded = load_work(course, thread.mentee, thread.exercise)
    work = for_mentor(course, loaded) if loaded else None
    marks = [mark for mark in work.marks if mark.family == family.id and mark.saved_at] if work else []
    rows = [answer_row(mark) for mark in marks]
    return {
        "child": child(case),
        "at": at,
        "rows": rows,
        "lesson": False,
        "key": _key(course, case, thread.exercise),
        "contested": contested_view(course, thread.exercise, family.id),
    }


def _key(course: MentorCourse, case: Case, exercise: str) -> list[tuple[str, str]]:
    """What the key says of a case, so that nobody has to look it up before answering."""
    try:
        found = course_key(course, exercise, case.family.id)
    except ContentError:
        return []
    said = [("Mechanism", fill(case, found.mechanism))]
    for question in case.family.questions:
        if question.kind in ("decision", "reason", "twin"):
            key = found.choice[question.id]
            texts = dict(case.options(question))
            said.append((LABELS[question.kind], f"{texts[key.supported]} — {fill(case, key.because).strip()}"))
    return said


def _practice(thread: Thread) -> dict[str, Any]:
    try:
        found = load_lesson(thread.exercise, content_root()).find("practice", thread.item)
    except (ContentError, KeyError):
        return {"child": None, "at": "", "rows": [], "lesson": False, "key": []}
    return {"child": Child(found.title, found.story, []), "at": "", "rows": [], "lesson": True, "key": []}


def words_view(
    course: MentorCourse, code: str, exercise: str, family: str, question: str, now: datetime
) -> dict[str, Any]:
    """One written reason to mark, without a name, among the others on the same case."""
    works = {words_code(course, work.submission.mentee, exercise, family): work for work in _works_on(course, exercise)}
    rows = words_rows(course)
    known = sorted(each for each, work in works.items() if _has_words(work, family, question, rows))
    if code not in known:
        # an address that names the mentee is understood, and never printed
        code = words_code(course, code, exercise, family)
    if code not in known:
        raise not_here(f"written reason on “{family}”")
    work = works[code]
    mentee = work.submission.mentee
    mark = next(each for each in work.marks if (each.family, each.question) == (family, question))
    case, key = work.cases[family]
    row = rows[mentee, exercise, grade_id(family, question)]
    anchors = key.justification[question]
    waits = [each for each in known if rows[works[each].submission.mentee, exercise, grade_id(family, question)].waits]
    return {
        "mentee": mentee,
        "second": "",
        "code": code,
        "mark": mark,
        "arrived_at": work.arrived(mark.event),
        "place": (known.index(code) + 1, len(known)),
        "left": len(waits),
        "next": next(
            (each for each in [*known[known.index(code) + 1 :], *known] if each in waits and each != code), ""
        ),
        "child": child(case),
        "ask": case.text(case.family.question(question).ask),
        "decision": chosen(work.mark(family, "decision")),
        "reason": chosen(work.mark(family, "reason")),
        "picks": answer_row(mark)["picks"],
        "own": [(OWN[name], text) for name, text in mark.own_words.items()],
        "because": fill(case, anchors.because),
        "anchors": [
            {"mark": each.mark, "says": fill(case, each.says), "examples": [fill(case, e) for e in each.examples]}
            for each in anchors.anchors
        ],
        "row": row,
        "waited": waited(parse_time(work.arrived(mark.event)), now),
        "bank": _comment_bank(course, works, exercise, family, question, mentee),
        "formgrader": f"formgrader/submissions/{row.submission}/#{grade_id(family, question)}-comment",
        "path": f"desk/justification/{code}/{exercise}/{family}/{question}",
    }


def _works_on(course: MentorCourse, exercise: str) -> list[Work]:
    return [work for work in all_work(course)[0] if work.submission.exercise == exercise]


def _has_words(work: Work, family: str, question: str, rows: dict) -> bool:
    mark = next((each for each in work.marks if (each.family, each.question) == (family, question)), None)
    known = (work.submission.mentee, work.submission.exercise, grade_id(family, question)) in rows
    return bool(mark and mark.state == "waits for mentor" and known)


def _comment_bank(
    course: MentorCourse, works: dict[str, Work], exercise: str, family: str, question: str, besides: str
) -> list[str]:
    """Comments written on the same case before, without names, each once."""
    others = [work.submission.mentee for work in works.values() if work.submission.mentee != besides]
    found = [comments(course, mentee, exercise).get(grade_id(family, question), "") for mentee in others]
    return [text for text in dict.fromkeys(found) if text.strip()][:8]
