"""Solo sets as they reached the mentor: which cases, when they came, and whether days lay between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from flysolo.answers import Book
from flysolo.handin import HandIn, read_file
from flysolo.solo import SoloSet, is_sat, opened
from graders.desk_time import parse_time
from graders.mentor import Kept, MentorCourse


@dataclass(frozen=True)
class SatSet:
    """One set that was handed in whole.

    Attributes
    ----------
    handed_in_at : by the mentee's clock: when the first whole hand-in of it was made, and no earlier than its answers
    arrived_at : when that hand-in was collected here
    event : number of the set's opening in the answers
    """

    number: int
    families: tuple[str, ...]
    handed_in_at: str
    arrived_at: str
    event: int


def sat_sets(course: MentorCourse, mentee: str, exercise: str) -> tuple[SatSet, ...]:
    """Every set that was handed in whole, in order."""
    found: dict[int, SatSet] = {}
    for kept in course.records(mentee, exercise):
        if kept.record.purpose == "hand-in":
            for each in _whole(_read(kept).book):
                found.setdefault(each.number, _sat(each, kept))
    return tuple(found[number] for number in sorted(found))


def _whole(book: Book) -> list[SoloSet]:
    return [each for each in opened(book) if is_sat(each, book)]


def _sat(each: SoloSet, kept: Kept) -> SatSet:
    hand_in = _read(kept)
    made = max([hand_in.manifest.made_at, *(event.at for event in hand_in.book.events)])
    return SatSet(each.number, each.families, made, kept.record.arrived_at, each.event)


def _read(kept: Kept) -> HandIn:
    """A kept original; it never changes, and several pages ask for it."""
    return _read_at(kept.path, kept.path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read_at(path: Path, _changed: int) -> HandIn:
    return read_file(path)


def shown_rounds(course: MentorCourse, mentee: str, exercise: str) -> frozenset[int]:
    """Rounds whose readiness the mentee has shown, in whatever parcel that was said."""
    items = [
        event.item.removeprefix("round-")
        for kept in course.records(mentee, exercise)
        for event in _read(kept).book.events
        if event.do == "share"
    ]
    return frozenset(int(each) for each in items if each.isdecimal())


def days_between(earlier: str, later: str) -> float:
    """Days from one time of the files to another."""
    return (parse_time(later) - parse_time(earlier)) / timedelta(days=1)
