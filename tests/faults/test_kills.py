"""Killed at any instant of collecting, replying or saving an answer: nothing lost, nothing half, the next run ends it.

``FLYSOLO_KILLS=2500 pytest tests/faults`` cuts at every point there is.
"""

from __future__ import annotations

import pytest

from flysolo import answers, deliver, handin
from flysolo.answers import NotSaved
from flysolo.content import load_families
from graders.collect import collect
from tests.faults import children, cutting
from tests.faults.points import Points
from tests.faults.world import (
    EX,
    KILLS,
    World,
    collecting,
    marked_end,
    mentees_end,
    mentors_end,
    replying,
    saving,
)

PARTS = {
    "collect": (collecting, marked_end),
    "reply": (replying, mentors_end),
    "answers": (saving, mentees_end),
}


@pytest.mark.parametrize("name", PARTS)
def test_killed_anywhere_the_next_run_comes_to_the_same_end(world: World, name, record_property):
    activity, end = PARTS[name]
    wanted = cutting.undisturbed(world, name, activity, end)
    count = cutting.counted(world, name, activity)
    points = cutting.spread(count, KILLS // 5)
    for at in points:
        cutting.cut_off(world, name, activity, at)
        if name == "answers":
            saved = mentees_end(world)
            assert not saved["damaged"] and saved["answers"] == wanted["answers"][: len(saved["answers"])]
        cutting.ends_alike(world, activity, end, wanted, at)
    record_property("kills", len(points))
    assert len(points) == min(count, KILLS // 5) and count >= 30


@pytest.mark.parametrize("name", PARTS)
def test_on_a_full_disk_it_is_said_and_the_next_run_comes_to_the_same_end(world: World, name):
    activity, end = PARTS[name]
    wanted = cutting.undisturbed(world, name, activity, end)
    for at in cutting.spread(cutting.counted(world, name, activity), max(4, KILLS // 50)):
        cutting.cut_off(world, name, activity, at, is_full_disk=True)
        cutting.ends_alike(world, activity, end, wanted, at)


def test_two_rounds_of_collecting_at_once_take_each_parcel_once(world: World):
    wanted = cutting.undisturbed(world, "collect", collecting, marked_end)["kept"]
    world.load("collect")
    started = [children.start(lambda: len(collect(world.mentor).taken)) for _ in range(3)]
    outcomes = [children.wait(*each) for each in started]
    assert [how for how, _ in outcomes] == ["done"] * 3, outcomes
    assert sum(value for _, value in outcomes) == 3, "two hand-ins and a question"
    assert set(mentors_end(world)["kept"]) == set(wanted)


def test_two_windows_saving_at_once_lose_no_answer(world: World):
    world.load("answers")

    def save(name: str) -> int:
        ledger = world.mentee.answers(EX)
        for n in range(5):
            ledger.append("save", "loud-child", question=f"{name}-{n}", value={"choice": name})
        return 5

    started = [children.start(lambda name=name: save(name)) for name in ("one", "two")]
    assert [children.wait(*each) for each in started] == [("done", 5)] * 2
    events = world.mentee.answers(EX).read().events
    assert [event.n for event in events] == list(range(1, 11))
    assert {event.question for event in events} == {f"{name}-{n}" for name in ("one", "two") for n in range(5)}


def test_a_clock_set_back_loses_no_answer_and_the_fuller_hand_in_counts(world: World, monkeypatch):
    """Order is the order of saving: the second evening has an earlier date, and is the second evening."""
    world.load("answers")
    ledger = world.mentee.answers(EX)
    mark = next(family.fingerprint for family in load_families(EX) if family.id == "loud-child")
    for at, choice in (("2026-05-02T20:00:00Z", "plate"), ("2019-01-01T00:00:00Z", "letter")):
        monkeypatch.setattr(answers, "now", lambda at=at: at)
        monkeypatch.setattr(handin, "now", lambda at=at: at)
        ledger.append("save", "loud-child", question="decision", value={"choice": choice}, fingerprint=mark)
        assert deliver.hand_in(world.mentee, EX).made_at == at
    assert ledger.read().latest("loud-child", "decision").value.choice == "letter"
    assert len(collect(world.mentor).taken) == 2
    newest = world.mentor.kept_hand_ins("ada", EX)[-1].read().book
    assert newest.latest("loud-child", "decision").value.choice == "letter"


def test_a_save_on_a_full_disk_is_told_in_words(world: World):
    """The mentee reads what happened and what to do, never a traceback."""
    world.load("answers")

    def work() -> str:
        Points(str(world.here), 1, is_full_disk=True).arm()
        try:
            world.mentee.answers(EX).append("save", "loud-child", question="decision", value={"choice": "letter"})
        except NotSaved as refused:
            return str(refused)
        return ""

    assert "disk of this computer is full" in children.well(work)
