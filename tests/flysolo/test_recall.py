"""A recall question comes back after 2, 7 and 21 days: once each, whatever happened to the computer's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flysolo.answers import Event
from flysolo.recall import coming, due, finished_at

DAYS = (2, 7, 21)
START = date(2026, 3, 2)


def at(day: date) -> str:
    """Noon of a day, as ledgers hold it."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def save(day: date, round_day: int, n: int = 1) -> Event:
    return Event(n=n, at=at(day), do="save", item="why-muscle", question=f"recall-{round_day}")


def day(number: int) -> date:
    return START + timedelta(days=number)


def due_day(saves, today):
    found = due(at(START), saves, DAYS, today)
    return found.day if found else None


def test_nothing_comes_back_before_the_lesson_is_finished():
    assert due(None, [], DAYS, day(30)) is None
    assert coming(None, [], DAYS, day(30)) is None


def test_a_question_waits_two_days_and_not_one():
    assert due_day([], day(0)) is None
    assert due_day([], day(1)) is None
    assert due_day([], day(2)) == 2


def test_a_saved_round_is_over_and_the_next_one_keeps_its_day():
    saves = [save(day(2), 2)]
    assert due_day(saves, day(2)) is None
    assert due_day(saves, day(6)) is None
    assert due_day(saves, day(7)) == 7
    assert due_day([*saves, save(day(7), 7, 2)], day(21)) == 21


def test_after_the_last_round_nothing_comes_back():
    saves = [save(day(2), 2), save(day(7), 7, 2), save(day(21), 21, 3)]
    assert due_day(saves, day(400)) is None
    assert coming(at(START), saves, DAYS, day(400)) is None


def test_saving_a_round_twice_counts_once():
    saves = [save(day(2), 2), save(day(2), 2, 2), save(day(3), 2, 3)]
    assert coming(at(START), saves, DAYS, day(3)).day == 7
    assert coming(at(START), saves, DAYS, day(3)).on == day(7)


def test_a_missed_round_is_asked_late_and_those_after_it_keep_their_distance():
    assert due_day([], day(40)) == 2
    saves = [save(day(40), 2)]
    assert due_day(saves, day(44)) is None
    assert due_day(saves, day(45)) == 7
    assert coming(at(START), [*saves, save(day(45), 7, 2)], DAYS, day(45)).on == day(59)


def test_finishing_a_lesson_again_does_not_start_the_rounds_anew():
    events = [
        Event(n=1, at=at(day(0)), do="place", item="finished"),
        Event(n=2, at=at(day(30)), do="place", item="finished"),
    ]
    assert finished_at(events) == at(day(0))


def test_a_lesson_finished_under_a_clock_set_years_ahead_still_comes_back():
    future = at(date(2099, 1, 1))
    assert due(future, [], DAYS, day(0)).day == 2
    saves = [save(day(0), 2)]
    assert due(future, saves, DAYS, day(1)) is None
    assert due(future, saves, DAYS, day(7)).day == 7


def test_a_round_saved_under_a_clock_set_years_ahead_does_not_hold_up_the_next():
    saves = [save(date(2099, 1, 1), 2)]
    assert due_day(saves, day(7)) == 7


def test_a_clock_set_back_by_a_day_asks_nothing_twice():
    saves = [save(day(2), 2)]
    assert due_day(saves, day(1)) is None
    assert due_day(saves, day(0)) is None


def test_other_saves_of_the_lesson_are_no_rounds():
    other = Event(n=1, at=at(day(2)), do="save", item="why-muscle", question="prediction")
    assert due_day([other], day(2)) == 2


def test_a_course_that_changes_its_days_goes_on_after_the_last_round_saved():
    assert coming(at(START), [save(day(7), 7)], (3, 10, 30), day(8)).day == 10


@given(st.lists(st.integers(min_value=-4000, max_value=4000), max_size=25))
def test_whatever_the_clock_does_each_round_is_asked_once_and_none_is_lost(clock):
    saves: list[Event] = []
    asked: list[int] = []
    # the clock jumps about as it likes, then runs on truly from the last day of all
    later = max([0, *clock])
    for today in [*map(day, clock), *(day(later + n) for n in range(60))]:
        found = due(at(START), saves, DAYS, today)
        if found:
            asked.append(found.day)
            saves.append(save(today, found.day, len(saves) + 1))
    assert asked == [2, 7, 21]
