"""Sending things to the mentor: one press makes one small file, puts it where it was agreed, and says where it lies.

Every parcel is kept in the course folder first, so nothing depends on a shared folder being there today. What was
handed in, and when, is read off those files; there is no other memory of it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flysolo.answers import Book, NotSaved, local_time, now
from flysolo.caseview import CaseState
from flysolo.content import Case, load_course, load_families
from flysolo.course import Course
from flysolo.files import write_whole
from flysolo.handin import HandIn, asks, pack, read_file, unpack
from flysolo.places import content_root
from flysolo.progress import long_date
from flysolo.schema.family import Family
from flysolo.server.parcels import Purpose, Where, drop, keep, note_sent, parcels
from flysolo.solo import given

FAULTS, FAULTS_LIMIT = "faults.txt", 200_000


@dataclass(frozen=True)
class Delivered:
    """One parcel, where it lies, and what is said about it.

    Attributes
    ----------
    where : drop (the agreed shared folder), exchange (the server's own), or file (to be sent by the mentee)
    open_questions : (case title, number of questions without an answer) for each case that is not complete
    unchanged : whether nothing changed since the hand-in before, so that no new one was made
    unreachable : whether a shared place was agreed and could not be reached
    damaged : lines of the answers file that could not be read, and so are not in the parcel
    """

    file: Path
    where: Where
    made_at: str
    open_questions: tuple[tuple[str, int], ...] = ()
    unchanged: bool = False
    unreachable: bool = False
    damaged: int = 0
    purpose: Purpose = "hand-in"

    @property
    def words(self) -> str:
        """What is said to the mentee in one breath."""
        told = [self.what, self.whereabouts]
        if self.purpose == "hand-in":
            told += [self.unread, self.still_open, "You can hand in again at any time; the newest one counts."]
        return " ".join(part for part in told if part)

    @property
    def what(self) -> str:
        """What happened."""
        when = local_time(self.made_at)
        at = f"{long_date(when.date())}, at {when:%H:%M}"
        if self.unchanged:
            return f"Nothing has changed since you handed in on {at}, so that one still stands."
        if self.purpose == "questions":
            return "It travels without your answers."
        if self.purpose == "share":
            return f"You let your mentor see your readiness page on {at}."
        return f"Handed in on {at}."

    @property
    def whereabouts(self) -> str:
        """Where the parcel lies, and what the mentee does next, if anything."""
        if self.where == "drop":
            return f"It is in the folder you share with your mentor. {promise()}"
        if self.where == "exchange":
            return f"It went to your mentor through the course's own server. {promise()}"
        away = "The place you share with your mentor cannot be reached just now. " if self.unreachable else ""
        return f"{away}Send the file {self.file.name} to your mentor; the home page has it ready. {promise()}"

    @property
    def unread(self) -> str:
        """What could not be read in the answers file, if anything."""
        if not self.damaged:
            return ""
        lines = "One line" if self.damaged == 1 else f"{self.damaged} lines"
        return f"{lines} in the file of your answers could not be read. The file is kept; please tell your mentor."

    @property
    def still_open(self) -> str:
        """What has no answer yet, in words."""
        if not self.open_questions:
            return "Every question has an answer."
        cases = "; ".join(f"{n} in “{title}”" for title, n in self.open_questions)
        return f"Questions still open, which is fine: {cases}."


def hand_in(course: Course, exercise: str) -> Delivered:
    """Hand in an exercise: keep the parcel, and put it where the mentor looks.

    Raises
    ------
    NotSaved
        with words for the mentee, when nothing is answered yet or the parcel could not be kept.
    """
    book = course.answers(exercise).read()
    if not any(event.do in ("save", "ask") for event in book.events):
        raise NotSaved(
            "Nothing is answered in this exercise yet, so there is nothing to hand in. "
            "One answered question is enough; the rest may stay open."
        )
    made = unpack(pack(book, _fingerprints(exercise), "hand-in"), "hand-in")
    before = parcels(course, exercise, "hand-in")
    same = before[-1] if before and _same(before[-1].hand_in, made) else None
    path = same.path if same else keep(course, made)
    where = (same.sent if same else None) or _carry(course, path, exercise)
    return _delivered(course, exercise, book, path, where, same.made_at if same else made.manifest.made_at, bool(same))


def handed_in(course: Course, exercise: str) -> Delivered | None:
    """The last hand-in of an exercise as it stands now, or None when there is none."""
    before = parcels(course, exercise, "hand-in")
    if not before:
        return None
    last, book = before[-1], course.answers(exercise).read()
    return _delivered(course, exercise, book, last.path, last.sent or "file", last.made_at, False)


def _delivered(
    course: Course, exercise: str, book: Book, path: Path, where: Where, made_at: str, unchanged: bool
) -> Delivered:
    return Delivered(
        file=path,
        where=where,
        made_at=made_at,
        open_questions=open_questions(given(exercise, book), book),
        unchanged=unchanged,
        unreachable=where == "file" and _agreed(course),
        damaged=len(book.damaged),
    )


def send_questions(course: Course, exercise: str) -> Delivered:
    """Send what was asked, alone, so that a question need not wait for a hand-in.

    nbgrader's exchange knows hand-ins only, and a parcel without answers must never stand for one: questions travel
    through the shared folder or as a file, and once more with the next hand-in.
    """
    book = course.answers(exercise).read()
    made = unpack(pack(book, _fingerprints(exercise), "questions"), "questions")
    path = keep(course, made)
    where: Where = "drop" if drop(course, path) else "file"
    away = where == "file" and bool(course.drop)
    return Delivered(path, where, made.manifest.made_at, unreachable=away, purpose="questions")


def share_readiness(course: Course, exercise: str, number: int) -> Delivered:
    """Let the mentor see the readiness page of one round; the parcel says just that, and holds no answer.

    Raises NotSaved with words for the mentee.
    """
    ledger = course.answers(exercise)
    shared = any(event.item == f"round-{number}" for event in ledger.read().events if event.do == "share")
    if not shared:
        ledger.append("share", f"round-{number}")
    made = unpack(pack(ledger.read(), {}, "share"), "share")
    path = keep(course, made)
    where: Where = "drop" if drop(course, path) else "file"
    away = where == "file" and bool(course.drop)
    return Delivered(path, where, made.manifest.made_at, unreachable=away, purpose="share")


def unsent_questions(course: Course, exercise: str, book: Book) -> int:
    """How many questions are in no parcel yet (the disk was full, the page was closed at that moment)."""
    packed = {event.n for parcel in parcels(course, exercise) for event in asks(parcel.hand_in.book)}
    return sum(event.n not in packed for event in asks(book))


def open_questions(families: Iterable[Family], book: Book) -> tuple[tuple[str, int], ...]:
    """(case title, open questions) of each case that is not complete."""
    states = [CaseState(Case(family, book.header.seed), book) for family in families]
    return tuple((s.case.text(s.case.family.title), len(s.open_questions)) for s in states if not s.done)


def promise() -> str:
    """When a reply is promised, in words."""
    return f"Your mentor replies within {promise_days()} of getting it."


def promised_by(made_at: str) -> date:
    """The day by which a reply is promised."""
    return local_time(made_at).date() + timedelta(days=load_course().reply_promise_days)


def how_asking_works(course: Course | None) -> str:
    """What becomes of a question once it is sent, said beside the box in which it is written."""
    if course is None:
        return "You are looking at this outside a course folder, so a question cannot be sent from here."
    if course.drop:
        return (
            "Your question goes to your mentor at once, without your answers. "
            f"An answer comes within {promise_days()}, in this place and on the home page. Asking never costs anything."
        )
    return (
        "Your question is kept in a small file, without your answers; the home page has it ready to send to your "
        f"mentor. An answer comes within {promise_days()} of getting it, in this place and on the home page. "
        "Asking never costs anything."
    )


def fault_log(course: Course) -> Callable[[Exception, dict[str, Any]], None]:
    """A hook that notes a fault of ours in the course folder, without anything that was typed."""

    return lambda error, event: note_fault(course.folder, error, event)


def note_fault(folder: Path, error: Exception, event: dict[str, Any]) -> None:
    """Add one fault of ours to the hidden file of faults, for whoever is asked for help; the file stays small."""
    path = folder / ".fly" / FAULTS
    before = path.read_text(encoding="utf-8")[-FAULTS_LIMIT:] if path.exists() else ""
    where = "".join(traceback.format_tb(error.__traceback__))
    # the error's own text may quote what was typed, so only its kind is noted
    write_whole(path, f"{before}{now()} {event.get('do')} {event.get('id')}: {type(error).__name__}\n{where}\n")


def promise_days() -> str:
    """How long a reply takes at most, in words."""
    days = load_course().reply_promise_days
    return f"{days} {'day' if days == 1 else 'days'}"


def _same(one: HandIn, other: HandIn) -> bool:
    ours, theirs = one.manifest, other.manifest
    return (ours.answers_sha256, ours.families) == (theirs.answers_sha256, theirs.families)


def _fingerprints(exercise: str) -> dict[str, str]:
    """Wording of each case; a lesson without an exercise has questions to the mentor, and no cases."""
    if not (content_root() / "exercises" / exercise / "families").is_dir():
        return {}
    return {family.id: family.fingerprint for family in load_families(exercise)}


def _agreed(course: Course) -> bool:
    """Whether hand-ins have an agreed place to go to, so that sending a file is the second-best way."""
    from flysolo.server.exchange import exchange_config

    return bool(course.drop) or exchange_config(course) is not None


def _carry(course: Course, path: Path, exercise: str) -> Where:
    """Put a hand-in where the mentor looks; what cannot be reached leaves it a file to send."""
    if to_exchange(course, path, exercise):
        return "exchange"
    return "drop" if drop(course, path) else "file"


def to_exchange(course: Course, path: Path, exercise: str) -> bool:
    """Submit a hand-in through nbgrader's exchange; False where there is none, or it cannot be reached."""
    from flysolo.server.exchange import exchange_config, submit

    config = exchange_config(course)
    if config is None or not submit(course, exercise, read_file(path), config):
        return False
    note_sent(course, path.name, "exchange")
    return True
