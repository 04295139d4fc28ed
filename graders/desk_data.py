"""What waits for the mentor, the most urgent first: read off the parcels, the keys and the gradebook each time.

Safety comes first, then a right decision on a reason that will not carry, then questions, then written reasons to
mark. There is no ranking of people and no average over them anywhere here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from flysolo.content import load_course
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from graders import threads as asked
from graders.batch import Standing, standings
from graders.build import grade_id
from graders.desk_gradebook import WordsRow, words_rows
from graders.desk_items import Item, ItemKind, Look, Work, load_work
from graders.desk_log import handled
from graders.desk_time import Pace, pace
from graders.invite import people
from graders.mentor import MentorCourse
from graders.readiness.privacy import for_mentor

ORDER: tuple[ItemKind, ...] = ("safety", "reason", "question", "words")
#: What fits one sitting; the rest of a mentee's items stand on the mentee's own page.
SHOWN_EACH = 3


@dataclass(frozen=True)
class Person:
    """One mentee, and what waits of theirs."""

    mentee: str
    who: str
    waiting: int
    last: str


@dataclass(frozen=True)
class Desk:
    """Everything the desk shows."""

    items: tuple[Item, ...]
    people: tuple[Person, ...]
    pace: Pace
    unmarked: tuple[Standing, ...] = ()
    refused: int = 0
    faults: tuple[Problem, ...] = ()

    @property
    def named(self) -> tuple[Item, ...]:
        """Items about one person; written reasons are marked without names."""
        return tuple(item for item in self.items if item.kind != "words")

    def first_screen(self) -> list[tuple[Item, int]]:
        """At most three items of each mentee, and beside the last of them how many more there are."""
        total, shown = Counter(item.mentee for item in self.named), Counter()
        rows = []
        for item in self.named:
            shown[item.mentee] += 1
            if shown[item.mentee] <= SHOWN_EACH:
                rows.append((item, total[item.mentee] - SHOWN_EACH if shown[item.mentee] == SHOWN_EACH else 0))
        return rows

    def words(self) -> list[list[Item]]:
        """Written reasons to mark by case, the longest wait first; within a case in the order that is shuffled once."""
        groups: dict[tuple[str, str, str], list[Item]] = {}
        for item in self.items:
            if item.kind == "words":
                groups.setdefault((item.exercise, item.family, item.question), []).append(item)
        return [sorted(group, key=lambda item: item.code) for group in groups.values()]


def all_work(course: MentorCourse) -> tuple[list[Work], list[Problem]]:
    """Every hand-in there is, and what stood in the way of the others."""
    found, faults = [], []
    for mentee in course.mentees():
        for exercise in course.exercises_of(mentee):
            try:
                work = load_work(course, mentee, exercise)
            except ContentError as error:
                faults += error.problems
                continue
            if work:
                found.append(work)
    return found, faults


def desk(course: MentorCourse, now: datetime) -> Desk:
    """What waits for the mentor at this moment."""
    works, faults = all_work(course)
    done, questions, rows = handled(course), asked.threads(course), words_rows(course)
    promise = load_course(content_root()).reply_promise_days
    look = Look(course, now, promise, people(course))
    seen = {entry.item for entry in done}
    visible = [for_mentor(course, work) for work in works]
    items = [item for work in visible for item in look.cases(work) if _identity(item) not in seen]
    items += [look.question(thread, visible) for thread in questions if thread.reply is None]
    items += [item for work in works for item in look.words(work, rows) if _waits(item, rows)]
    items.sort(key=lambda item: (ORDER.index(item.kind), item.urgency, item.arrived_at, item.code, item.mentee))
    late = sum(item.late for item in items)
    return Desk(
        items=tuple(items),
        people=_people(look, items),
        pace=pace(questions, done, promise, late),
        unmarked=tuple(each for each in standings(course) if each.state == "not marked"),
        refused=len(list(course.refused.glob("*.txt"))),
        faults=tuple(faults),
    )


def _identity(item: Item) -> tuple[str, str, str, str, int]:
    return (item.kind, item.mentee, item.exercise, item.family, item.event)


def _waits(item: Item, rows: dict[tuple[str, str, str], WordsRow]) -> bool:
    """Whether nbgrader says that these words wait for a person."""
    return rows[item.mentee, item.exercise, grade_id(item.family, item.question)].waits


def _people(look: Look, items: list[Item]) -> tuple[Person, ...]:
    """Everybody who was invited or sent something, by name."""
    waiting = Counter(item.mentee for item in items)
    everybody = sorted(set(look.names) | set(look.course.mentees()), key=lambda each: look.who(each).casefold())
    return tuple(Person(each, look.who(each), waiting[each], look.last(each)) for each in everybody)


def utc_now() -> datetime:
    """This instant."""
    return datetime.now(UTC)
