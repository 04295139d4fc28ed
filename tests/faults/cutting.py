"""Cutting an activity off at points spread over all of it, and comparing what the next run makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from flysolo.answers import NotSaved
from flysolo.problems import ContentError
from tests.faults import children
from tests.faults.points import Points
from tests.faults.world import Activity, World

#: What may be raised on a full disk: something that says so to a person, never a fault of another kind.
MAY_BE_RAISED = {each.__name__ for each in (OSError, ContentError, NotSaved, OperationalError)}


def counted(world: World, state: str, activity: Activity) -> int:
    """How many points an undisturbed run passes."""
    if activity.__name__ in world.counts:
        return world.counts[activity.__name__]
    world.load(state)

    def work() -> int:
        points = Points(str(world.here))
        points.arm()
        activity(world)
        return points.count

    world.counts[activity.__name__] = children.well(work)
    return world.counts[activity.__name__]


def undisturbed(world: World, state: str, activity: Activity, end: Callable[[World], Any]) -> Any:
    """The end that every run has to come to."""
    if activity.__name__ in world.ends:
        return world.ends[activity.__name__]
    world.load(state)
    children.well(lambda: activity(world))
    # once more changes nothing: what is done is done
    first = children.well(lambda: end(world))
    children.well(lambda: activity(world))
    assert children.well(lambda: end(world)) == first
    world.ends[activity.__name__] = first
    return first


def spread(count: int, wanted: int) -> list[int]:
    """At most ``wanted`` of the points 1 to ``count``, evenly, the first and the last among them."""
    if wanted >= count:
        return list(range(1, count + 1))
    return sorted({1 + round(n * (count - 1) / (wanted - 1)) for n in range(wanted)})


def cut_off(world: World, state: str, activity: Activity, at: int, *, is_full_disk: bool = False) -> None:
    """Carry ``activity`` out from ``state`` until point ``at``."""
    world.load(state)

    def work() -> None:
        Points(str(world.here), at, is_full_disk).arm()
        activity(world)

    how, value = children.run(work)
    if is_full_disk:
        assert how == "done" or value[0] in MAY_BE_RAISED, f"full from point {at}: {value[1]}"
    else:
        assert how == "killed", f"point {at} was not reached: {how} {value}"


def ends_alike(
    world: World,
    activity: Activity,
    end: Callable[[World], Any],
    wanted: Any,
    at: int,
    first: Callable[[World], None] = lambda world: None,
) -> None:
    """Run ``activity`` again, undisturbed, and compare what is there then; ``first`` looks at what was left behind."""

    def work() -> Any:
        first(world)
        activity(world)
        return end(world)

    found = children.well(work)
    assert found.keys() == wanted.keys()
    for part, value in wanted.items():
        assert found[part] == value, f"cut off at point {at}: {part}"
