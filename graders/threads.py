"""Questions asked from inside a case, and the mentor's answers to them.

A question travels in every parcel that is made after it was asked; it is one question all the same, known by who asked
it, in which exercise, and its number in the answers. An answer goes out at once, so that it reaches the mentee in the
case where it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flysolo.answers import DISPUTE, Event, now
from flysolo.content import Case, load_families, load_lesson
from flysolo.draws import seed_for
from flysolo.files import write_bytes_whole
from flysolo.handin import asks
from flysolo.places import content_root
from flysolo.problems import ContentError, InputError
from flysolo.replies import ThreadReply, pack_reply
from flysolo.schema.base import Slug
from graders import jsonl
from graders.mentor import MentorCourse

ANSWER_LIMIT = 8000


@dataclass(frozen=True)
class Thread:
    """One question of a mentee, with every answer it was given, oldest first.

    ``disputes`` says that the mentee sees the case differently from what its key holds.
    """

    mentee: str
    exercise: str
    item: str
    question: str | None
    n: int
    text: str
    asked_at: str
    arrived_at: str
    disputes: bool = False
    replies: tuple[ThreadReply, ...] = ()

    @property
    def reply(self) -> ThreadReply | None:
        """The answer that counts: the newest."""
        return self.replies[-1] if self.replies else None


class Said(ThreadReply):
    """One line of ``desk/replies.jsonl``: an answer, and whose question it answers."""

    mentee: Slug
    exercise: Slug

    def reply(self) -> ThreadReply:
        """The part of it that travels."""
        return ThreadReply.model_validate(self.model_dump(exclude={"mentee", "exercise"}))


@dataclass(frozen=True)
class Sent:
    """An answer that was kept, and how far it came.

    ``undelivered`` says why it is not in the shared folder yet; the next round of replies brings it there.
    """

    reply: ThreadReply
    parcel: Path
    undelivered: str = ""


def threads(course: MentorCourse) -> list[Thread]:
    """Every question that was collected, oldest arrival first, each once however often it came along."""
    said = _said(course)
    found = []
    for mentee in course.mentees():
        for exercise in course.exercises_of(mentee):
            own = [each for each in said if (each.mentee, each.exercise) == (mentee, exercise)]
            for event, arrived_at in _arrivals(course, mentee, exercise):
                found.append(_thread(mentee, exercise, event, arrived_at, own))
    return sorted(found, key=lambda thread: (thread.arrived_at, thread.mentee, thread.exercise, thread.n))


def _arrivals(course: MentorCourse, mentee: str, exercise: str) -> list[tuple[Event, str]]:
    """Each question of one exercise, with the arrival of the first parcel that held it.

    Somebody who starts anew on another computer counts from 1 again; the newest question of a number is the one that
    an answer would reach.
    """
    found: dict[int, tuple[Event, str]] = {}
    for kept in course.records(mentee, exercise):
        for event in asks(kept.read().book):
            if event.n not in found or found[event.n][0].value != event.value:
                found[event.n] = (event, kept.record.arrived_at)
    return list(found.values())


def _thread(mentee: str, exercise: str, event: Event, arrived_at: str, said: list[Said]) -> Thread:
    text = (event.value.text or "").strip()
    replies = tuple(each.reply() for each in said if (each.n, each.asked) == (event.n, text))
    place = (mentee, exercise, event.item, event.question, event.n)
    return Thread(*place, text, event.at, arrived_at, event.value.choice == DISPUTE, replies)


def find(course: MentorCourse, mentee: str, exercise: str, n: int) -> Thread:
    """One question; raises InputError when nobody asked it."""
    for thread in threads(course):
        if (thread.mentee, thread.exercise, thread.n) == (mentee, exercise, n):
            return thread
    raise InputError(
        "question",
        f"number {n} of {mentee} in {exercise}",
        "an answer belongs to a question that was collected",
        "open the desk again and choose the question from the list; nothing was sent",
        file="desk",
    )


def answer(course: MentorCourse, mentee: str, exercise: str, n: int, text: str, mentor: str = "") -> Sent:
    """Keep an answer to one question and send it on its way.

    Answering again replaces nothing here: both answers are kept and the mentee sees the newest.

    Raises
    ------
    InputError
        when there is no such question, or the answer is empty or too long.
    """
    thread = find(course, mentee, exercise, n)
    said = _checked(thread, text, mentor or course.card.mentor)
    number = jsonl.append(_path(course), said)
    return _send(course, said, number)


def _checked(thread: Thread, text: str, mentor: str) -> Said:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InputError("answer", "nothing", "an answer has words", "write a sentence, then send it", file="desk")
    if len(text) > ANSWER_LIMIT:
        raise InputError(
            "answer",
            f"{len(text):,} characters",
            f"an answer has at most {ANSWER_LIMIT:,} characters",
            "shorten it, then send it; your words are still on the page",
            file="desk",
        )
    return Said(
        n=thread.n,
        item=thread.item,
        question=thread.question,
        asked=thread.text[:2000],
        text=text,
        at=now(),
        mentor=mentor[:80],
        mentee=thread.mentee,
        exercise=thread.exercise,
    )


def _send(course: MentorCourse, said: Said, number: int) -> Sent:
    """Write the parcel; the running number keeps two answers of one second apart and in order."""
    data = pack_reply(
        course.card.course, said.mentee, said.exercise, None, replies_for(course, said.mentee, said.exercise)
    )
    stamp = said.at.replace(":", "").replace("-", "")
    name = f"reply-{said.mentee}-{said.exercise}-{stamp}-{number:04d}.zip"
    parcel = course.outgoing(said.mentee) / name
    write_bytes_whole(parcel, data)
    return Sent(said.reply(), parcel, _share(course, said.mentee, name, data))


def _share(course: MentorCourse, mentee: str, name: str, data: bytes) -> str:
    """Put a parcel into the shared folder, where one was agreed; returns what stood in the way, or ""."""
    shared = course.to_mentee(mentee)
    if shared is None:
        return ""
    # a shared folder that is away is never made anew in its place: nobody would look there
    if not Path(course.card.drop).is_dir():
        return "the shared folder is not there at this moment"
    try:
        write_bytes_whole(shared / name, data)
    except OSError as error:
        return f"the shared folder did not take it ({error.strerror})"
    return ""


def replies_for(course: MentorCourse, mentee: str, exercise: str) -> list[ThreadReply]:
    """The newest answer to each question of one exercise, oldest question first; what a reply carries."""
    newest = {each.n: each.reply() for each in _said(course) if (each.mentee, each.exercise) == (mentee, exercise)}
    return [newest[n] for n in sorted(newest)]


def answer_bank(course: MentorCourse, exercise: str, item: str, besides: tuple[str, int] | None = None) -> list[str]:
    """Earlier answers that may serve again, newest first: of the same case, then of the same exercise."""
    said = [each for each in reversed(_said(course)) if (each.mentee, each.n) != besides]
    near = [each.text for each in said if each.exercise == exercise and each.item == item]
    far = [each.text for each in said if each.exercise == exercise and each.item != item]
    return list(dict.fromkeys(near + far))


def _path(course: MentorCourse) -> Path:
    return course.folder / "desk" / "replies.jsonl"


def _said(course: MentorCourse) -> list[Said]:
    """All answers, in the order of answering; a line that cannot be read is left where it is and skipped."""
    return jsonl.read(_path(course), Said)


def place(course: MentorCourse, mentee: str, exercise: str, item: str) -> str:
    """Where a question was asked, in words: the case as this mentee knows it, or a practice case of the lesson."""
    seed = seed_for(course.card.course, mentee, exercise)
    try:
        for family in load_families(exercise, content_root()):
            if family.id == item:
                return Case(family, seed).text(family.title)
        return f"in the lesson: {load_lesson(exercise, content_root()).find('practice', item).title}"
    except (ContentError, KeyError):
        return item
