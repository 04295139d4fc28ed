"""When a recall question comes back: a pure function of what was saved, so that no schedule is kept anywhere.

Each question of a finished lesson returns after 2, 7 and 21 days. Fixed spacing is as good as expanding spacing, and
a gap of days beats a gap of hours, so a round that was missed is asked when the mentee is next here and the rounds
after it keep their distance. What was saved decides whether a round is over; clocks only decide how long to wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flysolo.answers import Event, local_time

#: A date further ahead than this was written while the computer's clock was set wrong, and is not waited for.
BELIEVABLE = timedelta(days=7)
_ROUND = re.compile(r"recall-(\d{1,3})")


@dataclass(frozen=True)
class Round:
    """One return of one question: which round (in days after the lesson), and the day from which it is asked."""

    day: int
    on: date

    @property
    def question(self) -> str:
        """Name under which the answer of this round is saved."""
        return f"recall-{self.day}"


def finished_at(events: Iterable[Event]) -> str | None:
    """When the lesson was first set aside, or None; finishing it again does not start the rounds anew."""
    return next((event.at for event in events if event.do == "place" and event.item == "finished"), None)


def coming(lesson_finished_at: str | None, saves: Iterable[Event], days: Sequence[int], today: date) -> Round | None:
    """The next round of one question, due or not; None before the lesson is finished and after the last round.

    Parameters
    ----------
    lesson_finished_at : time of finishing as ledgers hold it, or None
    saves : saved answers to this one question, any rounds
    days : rounds, in days after the lesson (the course says 2, 7 and 21)
    """
    if lesson_finished_at is None:
        return None
    done = _done(saves)
    last_round = max(done, default=0)
    ahead = [day for day in sorted(days) if day > last_round]
    if not ahead:
        return None
    start = min([_day(lesson_finished_at), *done.values()])
    if start > today + BELIEVABLE:
        return Round(ahead[0], today)
    on = start + timedelta(days=ahead[0])
    if done and done[last_round] <= today + BELIEVABLE:
        on = max(on, done[last_round] + timedelta(days=ahead[0] - last_round))
    return Round(ahead[0], on)


def due(lesson_finished_at: str | None, saves: Iterable[Event], days: Sequence[int], today: date) -> Round | None:
    """The round of one question that is to be asked today, or None."""
    found = coming(lesson_finished_at, saves, days, today)
    return found if found and found.on <= today else None


def _done(saves: Iterable[Event]) -> dict[int, date]:
    """Rounds with an answer, and the day of the first answer of each, in the order of saving."""
    done: dict[int, date] = {}
    for event in saves:
        named = _ROUND.fullmatch(event.question or "")
        if event.do == "save" and named:
            done.setdefault(int(named[1]), _day(event.at))
    return done


def _day(at: str) -> date:
    return local_time(at).date()
