"""Killed at any instant of marking, directly or through nbgrader: the next run ends it, and no mark is lost."""

from __future__ import annotations

import pytest

from graders import batch
from graders.collect import collect
from tests.faults import children, cutting
from tests.faults.world import (
    EX,
    KILLS,
    WHY,
    World,
    marking,
    marking_through_nbgrader,
    mentors_end,
    replying,
)

PARTS = {"directly": marking, "through nbgrader": marking_through_nbgrader}
#: nbgrader's own way is the dearer one, and only used where a mentor changed its settings.
SHARE = {"directly": KILLS * 8 // 25, "through nbgrader": KILLS * 2 // 25}


@pytest.mark.parametrize("name", PARTS)
def test_killed_anywhere_the_next_run_comes_to_the_same_end(world: World, name, record_property):
    activity = PARTS[name]
    wanted = cutting.undisturbed(world, "mark", activity, mentors_end)
    count = cutting.counted(world, "mark", activity)
    points = cutting.spread(count, SHARE[name])
    for at in points:
        cutting.cut_off(world, "mark", activity, at)
        cutting.ends_alike(world, activity, mentors_end, wanted, at, first=nobody_is_silently_ungraded)
    record_property("kills", len(points))
    assert len(points) == min(count, SHARE[name]) and count >= 100


def nobody_is_silently_ungraded(world: World) -> None:
    """Right after the kill, whoever handed in has a mark or a stated reason."""
    course = world.mentor
    stand = {(each.mentee, each.exercise): each for each in batch.standings(course)}
    for pair in batch.handed_in(course):
        assert stand[pair].state != "not marked" or stand[pair].reason, pair


@pytest.mark.parametrize("name", PARTS)
def test_on_a_full_disk_it_is_said_and_the_next_run_comes_to_the_same_end(world: World, name):
    activity = PARTS[name]
    wanted = cutting.undisturbed(world, "mark", activity, mentors_end)
    for at in cutting.spread(cutting.counted(world, "mark", activity), max(4, KILLS // 50)):
        cutting.cut_off(world, "mark", activity, at, is_full_disk=True)
        cutting.ends_alike(world, activity, mentors_end, wanted, at)


def test_two_batches_at_once_come_to_the_same_end(world: World):
    """The second is told that one is under way, or finds everything done."""
    wanted = cutting.undisturbed(world, "collect", whole_round, mentors_end)
    world.load("collect")
    started = [children.start(lambda: whole_round(world)) for _ in range(2)]
    for how, value in [children.wait(*each) for each in started]:
        assert how == "done" or "another marking run is under way" in value[1], value
    cutting.ends_alike(world, whole_round, mentors_end, wanted, 0)


def whole_round(world: World) -> None:
    """What a mentor does in a morning."""
    collect(world.mentor)
    marking(world)
    replying(world)


def test_a_mark_given_by_hand_outlives_a_kill(world: World):
    """The one thing that no rerun could make again."""
    from nbgrader.api import Gradebook

    count = cutting.counted(world, "mark", marking)
    for at in cutting.spread(count, 5):
        cutting.cut_off(world, "mark", marking, at)
        with Gradebook(world.mentor.db_url) as book:
            assert book.find_grade(WHY, "cases", EX, "ada").manual_score == 2.0
