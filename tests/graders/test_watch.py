"""What arrives is collected, marked and answered by itself, once, and only when it has arrived whole."""

from __future__ import annotations

import threading
import time

import pytest
from filelock import FileLock

from flysolo.replies import unpack_reply
from graders import batch, reply, words
from graders.mentor import MentorCourse
from graders.watch import GIVEN_UP_SECONDS, LOOK_SECONDS, Watch, watch
from tests.graders import invented
from tests.graders.test_autograde import mark_by_hand

EX = invented.EXERCISE


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def looker(mentor_course, said) -> Watch:
    """A watch that has looked once at an empty course."""
    found = Watch(mentor_course, tell=said.append)
    found.look()
    return found


def replies(course: MentorCourse, mentee: str = "ada") -> list[str]:
    """Pages that have reached the mentee, oldest first."""
    folder = course.to_mentee(mentee)
    return [
        unpack_reply(path.read_bytes(), path.name).page
        for path in sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime_ns)
    ]


def look_twice(looker: Watch) -> None:
    """A file counts once its size has stood still from one look to the next."""
    looker.look()
    looker.look()


def test_a_hand_in_is_marked_and_answered_without_a_command(looker, mentor_course, whole_answers, send, said):
    send(whole_answers.parcel())
    look_twice(looker)
    assert said == [f"marked: ada, {EX}", f"reply sent: ada, {EX}"]
    assert batch.standings(mentor_course)[0].state == "waits for mentor"
    (page,) = replies(mentor_course)
    assert words.PART in page and "It sees letter." in page


def test_a_hand_in_is_answered_within_two_seconds(mentor_course, whole_answers, send, said):
    stop = threading.Event()
    running = threading.Thread(
        target=watch, args=(mentor_course,), kwargs={"tell": said.append, "goes_on": lambda: not stop.is_set()}
    )
    Watch(mentor_course, tell=said.append).look()
    running.start()
    try:
        time.sleep(2 * LOOK_SECONDS)
        start = time.monotonic()
        send(whole_answers.parcel())
        while not any(line.startswith("reply sent") for line in said) and time.monotonic() - start < 20:
            time.sleep(0.02)
        took = time.monotonic() - start
    finally:
        stop.set()
        running.join()
    assert took < 2.0, f"{took:.2f} s"


def test_nothing_is_answered_twice(looker, mentor_course, whole_answers, send):
    send(whole_answers.parcel())
    look_twice(looker)
    for _ in range(3):
        looker.look()
    send(whole_answers.parcel(), "the same again.zip")
    look_twice(looker)
    assert len(replies(mentor_course)) == 1
    assert reply.send_all(mentor_course).waiting == [("ada", EX)]
    assert reply.send_all(mentor_course, waiting_too=True).unchanged == [("ada", EX)]


def test_the_words_follow_once_the_mentor_has_read_them(looker, mentor_course, whole_answers, send):
    send(whole_answers.parcel())
    look_twice(looker)
    mark_by_hand(mentor_course, 2.0, "You linked two findings.")
    looker.look()
    assert reply.send_all(mentor_course).sent == [("ada", EX)]
    first, second = replies(mentor_course)
    assert words.PART in first and words.PART not in second and "You linked two findings." in second


def test_a_file_that_is_still_being_copied_is_left_alone_and_holds_up_no_other(
    looker, mentor_course, whole_answers, pen, send, drop, said
):
    data = whole_answers.parcel()
    path = send(data[: len(data) // 2], "half.zip")
    send(pen(mentee="ben").answer_all("loud-child").parcel(), "ben.zip")
    look_twice(looker)
    assert f"marked: ben, {EX}" in said and path.exists() and not mentor_course.records("ada", EX)
    path.write_bytes(data)
    look_twice(looker)
    assert f"marked: ada, {EX}" in said and not path.exists()
    assert not list(mentor_course.refused.glob("*"))


def test_a_copy_whose_size_is_set_before_its_content_is_waited_for(looker, mentor_course, whole_answers, send, said):
    data = whole_answers.parcel()
    path = send(data[:100] + bytes(len(data) - 100))
    look_twice(looker)
    assert path.exists() and not said
    path.write_bytes(data)
    look_twice(looker)
    assert f"marked: ada, {EX}" in said


def test_what_never_becomes_a_parcel_is_refused_in_the_end(looker, mentor_course, send, said, monkeypatch):
    send(b"no archive", "broken.zip")
    look_twice(looker)
    assert not said
    now = time.monotonic()
    monkeypatch.setattr("graders.watch.time.monotonic", lambda: now + GIVEN_UP_SECONDS + 1)
    looker.look()
    assert said[0].startswith("not taken: ") and (mentor_course.refused / "broken.zip").exists()


def test_the_watch_waits_while_another_run_has_the_course(looker, mentor_course, whole_answers, send, said):
    path = send(whole_answers.parcel())
    with FileLock(mentor_course.folder / ".marking.lock"):
        look_twice(looker)
        assert path.exists() and not said
    looker.look()
    assert f"marked: ada, {EX}" in said


def test_what_was_collected_before_is_marked_when_the_watch_begins(handed_in_case, said):
    Watch(handed_in_case, tell=said.append).look()
    assert said == [f"marked: ada, {EX}", f"reply sent: ada, {EX}"]


def test_replies_can_be_left_to_the_mentor(mentor_course, whole_answers, send, said):
    looker = Watch(mentor_course, replies=False, tell=said.append)
    send(whole_answers.parcel())
    look_twice(looker)
    assert said == [f"marked: ada, {EX}"]


def test_a_shared_folder_that_is_away_is_said_once_and_comes_back(mentor_course, whole_answers, send, drop, said):
    looks = iter(range(7))
    away = drop.with_name("away")

    def goes_on() -> bool:
        number = next(looks)
        if number == 1:
            drop.rename(away)
        if number == 3:
            away.rename(drop)
            send(whole_answers.parcel())
        return number < 6

    watch(mentor_course, tell=said.append, goes_on=goes_on)
    assert f"marked: ada, {EX}" in said


def test_a_parcel_that_waits_for_room_on_the_disk_is_told_once_and_taken_later(
    looker, mentor_course, whole_answers, send, said, monkeypatch
):
    import errno

    from graders import collect

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    send(whole_answers.parcel())
    with monkeypatch.context() as patch:
        patch.setattr(collect, "write_bytes_whole", full)
        for _ in range(4):
            looker.look()
    assert len([line for line in said if "No space left" in line]) == 1
    looker.look()
    assert [line for line in said if line.startswith("marked")]
