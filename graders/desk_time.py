"""Waiting, said in words, and the promise that a person answers within so many days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from flysolo.answers import local_time
from graders.desk_log import Handled
from graders.threads import Thread


@dataclass(frozen=True)
class Pace:
    """How long people waited for a person, against what they were promised.

    Attributes
    ----------
    median : in words, over everything that was answered or marked at the desk; "" when nothing was yet
    answered : how many that were
    late : how many wait longer than promised now
    """

    median: str
    answered: int
    promise_days: int
    late: int


def parse_time(at: str) -> datetime:
    """A time as the files hold it."""
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def day(at: str) -> str:
    """A time of the files as a reader's day and hour."""
    if not at:
        return ""
    when = local_time(at)
    return f"{when:%B} {when.day}, {when:%H:%M}"


def waited(since: datetime, now: datetime) -> str:
    """A stretch of time as one says it."""
    return in_words(max(now - since, timedelta(0)))


def in_words(stretch: timedelta) -> str:
    """A stretch of time in the one unit that matters."""
    minutes, hours, days = stretch // timedelta(minutes=1), stretch // timedelta(hours=1), stretch.days
    if hours < 1:
        return "less than an hour" if minutes < 55 else "an hour"
    if hours < 24:
        return "an hour" if hours == 1 else f"{hours} hours"
    return "a day" if days == 1 else f"{days} days"


def due(since: datetime, days: int) -> datetime:
    """When the promise ends that mentees are told: so many days from arrival, weekends included."""
    return since + timedelta(days=days)


def pace(threads: Iterable[Thread], done: Iterable[Handled], promise_days: int, late: int) -> Pace:
    """The median time from arrival to the first words of a person, and how many wait too long."""
    spans = [_span(thread.arrived_at, thread.replies[0].at) for thread in threads if thread.replies]
    first: dict[tuple, timedelta] = {}
    for entry in done:
        if entry.how != "set aside":
            first.setdefault(entry.item, _span(entry.arrived_at, entry.at))
    spans += first.values()
    return Pace(in_words(median(spans)) if spans else "", len(spans), promise_days, late)


def _span(start: str, end: str) -> timedelta:
    return max(parse_time(end) - parse_time(start), timedelta(0))
