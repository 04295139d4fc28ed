"""When the next solo set opens: the mentee chooses when, but never in the same week as the set before.

Times come from the files of the hand-ins. A clock that was set back cannot bring the day nearer, since a set counts as
handed in no earlier than its latest saved answer. The mentor's side judges by arrivals, and says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flysolo.answers import Book, local_time
from flysolo.content import exercises, module, solo_settings
from flysolo.course import Course
from flysolo.progress import long_date
from flysolo.schema.course import Solo
from flysolo.schema.readiness import ReadinessCard
from flysolo.server.parcels import parcels
from flysolo.solo import SoloSet, is_sat, opened, place_in_round, round_of, unseen


@dataclass(frozen=True)
class Gate:
    """The set that comes next, whether it may be opened now, and the words for it.

    Attributes
    ----------
    opens : the day on which it opens, where only that day is waited for
    handed_in : whether the set before it was handed in whole
    """

    number: int
    is_open: bool
    words: str
    opens: date | None = None
    handed_in: bool = False


def name_of(solo: Solo, number: int) -> str:
    """A set as it is called (“Solo set 2 of 3”); a later round says which."""
    again = f", round {round_of(solo, number)}" if round_of(solo, number) > 1 else ""
    return f"Solo set {place_in_round(solo, number)} of {solo.sets}{again}"


def handed_in_times(course: Course, exercise: str) -> dict[int, datetime]:
    """When each set was first handed in whole, by number.

    A parcel carries days alone; the hour of an answer is read where it was saved.
    """
    saved = course.answers(exercise).read().events
    found: dict[int, datetime] = {}
    for parcel in parcels(course, exercise, "hand-in"):
        book, last = parcel.hand_in.book, parcel.order[0]
        times = [parcel.made_at, *(event.at for event in saved if event.n <= last)]
        for each in opened(book):
            if each.number not in found and is_sat(each, book):
                found[each.number] = local_time(max(times))
    return found


def gate(
    solo: Solo,
    book: Book,
    handed_in: dict[int, datetime],
    now: datetime,
    *,
    waiting_for: Collection[str] = (),
    card: ReadinessCard | None = None,
) -> Gate:
    """What may be opened now.

    Parameters
    ----------
    handed_in : when each set was first handed in whole
    waiting_for : titles of modules that are to be handed in before the first set
    card : the newest readiness that came back, on which another round depends
    """
    sets = opened(book)
    last = sets[-1] if sets else None
    number = last.number + 1 if last else 1
    if last is None:
        if waiting_for:
            named = "; ".join(f"“{title}”" for title in waiting_for)
            return Gate(1, False, f"The first set opens once you have handed in: {named}.")
        return Gate(1, True, "")
    if last.number not in handed_in:
        return Gate(number, False, _after(solo, last))
    if place_in_round(solo, number) == 1 and (words := _before_another_round(solo, sets, number, card)):
        return Gate(number, False, words, handed_in=True)
    opens = handed_in[last.number] + timedelta(days=solo.days_apart)
    if now < opens:
        day = long_date(opens.date(), now.date())
        words = f"{name_of(solo, number)} opens on {day}, at {opens:%H:%M}. {WHY_WAIT}"
        return Gate(number, False, words, opens.date(), handed_in=True)
    return Gate(number, True, "", handed_in=True)


WHY_WAIT = "The days between let go of what was only just read; what stays is yours."


def _after(solo: Solo, last: SoloSet) -> str:
    if place_in_round(solo, last.number) == solo.sets:
        return "This is the last set of the round. Hand it in whole, and your readiness page comes back with the reply."
    days = solo.days_apart
    return f"The next set opens {days} days after this one is handed in with every question answered. {WHY_WAIT}"


def _before_another_round(solo: Solo, sets: tuple[SoloSet, ...], number: int, card: ReadinessCard | None) -> str:
    """What stands before the first set of a further round, in words; "" for nothing."""
    this = round_of(solo, number)
    if card is None or card.round < this - 1 or card.sets_sat < card.sets:
        return "All sets of this round are handed in. Your readiness page comes back with your mentor's reply."
    if not card.may_go_on:
        return "Your readiness page holds what these sets say. No further set is needed."
    if this >= solo.talk_before_round and card.talked_after < this - 1:
        return (
            f"Round {this} opens after a talk with your mentor. On your readiness page, press “Show my mentor”; "
            "the talk is noted there."
        )
    if unseen(solo, sets) < solo.families:
        return (
            "Another round needs cases that you have not met, and more are being written. Your mentor can see how many "
            "are missing; your sets stay as they are."
        )
    return ""


def gate_of(course: Course, exercise: str, now: datetime | None = None) -> Gate:
    """The gate as this course folder has it now."""
    from flysolo.replies import readiness_of

    solo = solo_settings(exercise)
    book = course.answers(exercise).read()
    kept = readiness_of(course, exercise)
    return gate(
        solo,
        book,
        handed_in_times(course, exercise),
        now or datetime.now().astimezone(),
        waiting_for=_missing_modules(course, solo),
        card=kept.card if kept else None,
    )


def _missing_modules(course: Course, solo: Solo) -> list[str]:
    """Titles of needed modules whose exercise is there to be handed in, and was not yet."""
    needed = () if solo.needs == "any" else solo.needs
    there = set(exercises())
    return [module(each).title for each in needed if each in there and not parcels(course, each, "hand-in")]
