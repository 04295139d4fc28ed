"""The mentor's course folder: an nbgrader course root outside the checkout, with what came in and what goes out.

It holds personal data (answers, marks, words), so it never lies inside the course's own files. Whatever came in is
kept byte for byte; everything else in it can be made again from that.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from flysolo.answers import Event
from flysolo.files import read_json, write_whole
from flysolo.handin import HandIn, Purpose, asks, read_file
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse
from graders.keys import KEYS

MENTOR_FILE = "mentor.json"
CONFIG_FILE = "nbgrader_config.py"
NOTEBOOK = "cases"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHECKOUT = Path(__file__).resolve().parent.parent


class MentorCard(Strict):
    """``mentor.json``: which course, who answers, and where parcels are exchanged."""

    format: Literal[1]
    course: Annotated[str, Field(min_length=1, max_length=80)]
    mentor: Annotated[str, Field(max_length=80)] = ""
    drop: Annotated[str, Field(max_length=400)] = ""


class Record(Strict):
    """What is noted beside a kept parcel when it is collected."""

    n: Annotated[int, Field(ge=1)]
    purpose: Purpose
    mentee: Slug
    exercise: Slug
    name: str
    sha256: str
    made_at: str
    arrived_at: str
    last_event: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """One parcel that was collected: its record, and the original beside it."""

    record: Record
    path: Path

    def read(self) -> HandIn:
        """The parcel, read again from the original."""
        return read_file(self.path)


@dataclass(frozen=True)
class MentorCourse:
    """A mentor's course folder and where things lie in it."""

    folder: Path
    card: MentorCard

    @property
    def incoming(self) -> list[Path]:
        """Folders in which parcels from mentees arrive."""
        folders = [self.folder / "incoming"]
        if self.card.drop:
            folders.append(Path(self.card.drop) / "to-mentor")
        return folders

    @property
    def kept(self) -> Path:
        """Where the originals are kept, by mentee and exercise."""
        return self.folder / "kept"

    @property
    def refused(self) -> Path:
        """Where what could not be read is put, each with its reason."""
        return self.folder / "refused"

    def outgoing(self, mentee: str) -> Path:
        """Where the replies to one mentee lie."""
        return self.folder / "outgoing" / mentee

    def to_mentee(self, mentee: str) -> Path | None:
        """The folder in the shared drop that ``mentee`` reads, if a drop was agreed."""
        return Path(self.card.drop) / "to-mentee" / mentee if self.card.drop else None

    def submitted(self, mentee: str, exercise: str) -> Path:
        """What is marked: a fresh notebook and the answers."""
        return self.folder / "submitted" / mentee / exercise

    def autograded(self, mentee: str, exercise: str) -> Path:
        """What was marked."""
        return self.folder / "autograded" / mentee / exercise

    @property
    def db_url(self) -> str:
        """Address of nbgrader's gradebook, as its configuration has it."""
        from graders.release import nbgrader_config

        named = nbgrader_config(self).CourseDirectory.get("db_url")
        return str(named) if named else f"sqlite:///{self.folder / 'gradebook.db'}"

    def mentees(self) -> list[str]:
        """Ids of everyone from whom something was collected."""
        return sorted(path.name for path in self.kept.glob("*") if path.is_dir())

    def exercises_of(self, mentee: str) -> list[str]:
        """Exercises from which ``mentee`` sent something."""
        return sorted(path.name for path in (self.kept / mentee).glob("*") if path.is_dir())

    def records(self, mentee: str, exercise: str) -> list[Kept]:
        """Everything collected for one exercise of one mentee, in the order in which it came.

        What is no id names nobody: nbgrader's exchange has folders named by whoever made them, “..” among them.
        """
        if not (_ID.fullmatch(mentee) and _ID.fullmatch(exercise)):
            return []
        found = []
        for path in (self.kept / mentee / exercise).glob("*.json"):
            name = f"kept/{mentee}/{exercise}/{path.name}"
            found.append(Kept(parse(Record, read_json(path, name), name), path.with_suffix(".zip")))
        return sorted(found, key=lambda kept: kept.record.n)

    def kept_hand_ins(self, mentee: str, exercise: str) -> list[Kept]:
        """Hand-ins, oldest first; the answers only ever grow, so their count says more than anyone's clock."""
        hand_ins = [kept for kept in self.records(mentee, exercise) if kept.record.purpose == "hand-in"]
        return sorted(hand_ins, key=lambda kept: (kept.record.last_event, kept.record.made_at, kept.record.n))

    def hand_ins(self, mentee: str, exercise: str) -> list[HandIn]:
        """Hand-ins read from their originals, oldest first."""
        return [kept.read() for kept in self.kept_hand_ins(mentee, exercise)]

    def asks(self, mentee: str, exercise: str) -> list[Event]:
        """Questions asked from inside the cases, each once, oldest first, wherever they came along."""
        found: dict[int, Event] = {}
        for kept in self.records(mentee, exercise):
            found |= {event.n: event for event in asks(kept.read().book)}
        return [found[n] for n in sorted(found)]

    def arrived(self, mentee: str, exercise: str, n: int) -> str:
        """When the question with number ``n`` was first collected; "" if it never was."""
        for kept in self.records(mentee, exercise):
            if any(event.n == n for event in asks(kept.read().book)):
                return kept.record.arrived_at
        return ""


def keys_folder() -> Path:
    """Where the keys lie: ``FLYSOLO_KEYS`` wins (an author's draft, a test), otherwise beside this package."""
    named = os.environ.get("FLYSOLO_KEYS")
    return Path(named) if named else KEYS


def open_mentor_course(folder: Path) -> MentorCourse:
    """The mentor's course in ``folder``; raises ContentError when its card is missing or spoiled."""
    folder = Path(folder).resolve()
    path = folder / MENTOR_FILE
    if not path.is_file():
        raise ContentError(
            [
                Problem(
                    str(folder),
                    "",
                    "no mentor's course here",
                    f"a mentor's course folder holds {MENTOR_FILE}",
                    "name the folder you chose before, or make one: python -m graders course FOLDER",
                )
            ]
        )
    return MentorCourse(folder, parse(MentorCard, read_json(path, MENTOR_FILE), MENTOR_FILE))


def find_mentor_course(inside: Path) -> MentorCourse | None:
    """The mentor's course that contains ``inside``, or None."""
    inside = Path(inside).resolve()
    for folder in (inside, *inside.parents):
        if (folder / MENTOR_FILE).is_file():
            return open_mentor_course(folder)
    return None


def make_mentor_course(folder: Path, *, course: str = "", mentor: str = "", drop: str = "") -> MentorCourse:
    """Make a mentor's course folder, or bring one up to date; marks and mail that are there stay untouched.

    Parameters
    ----------
    course : id that the mentees' folders carry too; the numbers of every case are drawn from it
    mentor : name that replies carry
    drop : shared folder through which parcels travel, or "" when they travel by mail
    """
    folder = Path(folder).expanduser().resolve()
    _refuse_inside_checkout(folder)
    given = {key: value for key, value in (("course", course), ("mentor", mentor), ("drop", drop)) if value}
    made = _card(folder, given)
    for name in ("incoming", "kept", "refused", "outgoing", "desk", "source", "submitted"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    from graders.nbgrader_settings import write_config
    from graders.release import refresh

    write_config(folder)

    problems = [problem for error in refresh(made).values() for problem in error.problems]
    if problems:
        raise ContentError(problems)
    return made


def _card(folder: Path, given: dict[str, str]) -> MentorCourse:
    if not (folder / MENTOR_FILE).exists():
        card = parse(MentorCard, {"format": 1, "course": "open-course"} | given, MENTOR_FILE)
    else:
        card = open_mentor_course(folder).card
        _refuse_other_course(folder, card, given)
        card = card.model_copy(update=given)
    write_whole(folder / MENTOR_FILE, card.model_dump_json(indent=1) + "\n")
    return MentorCourse(folder, card)


def _refuse_other_course(folder: Path, card: MentorCard, given: dict[str, str]) -> None:
    """A course id cannot change under marks that were made with it: every case's numbers come from it."""
    if given.get("course", card.course) != card.course:
        raise ContentError(
            [
                Problem(
                    str(folder / MENTOR_FILE),
                    "course",
                    f"the course “{card.course}”, and now “{given['course']}”",
                    "a mentor's folder belongs to one course, whose id its cases are drawn from",
                    "choose another folder for the other course, or leave the id out",
                )
            ]
        )


def _refuse_inside_checkout(folder: Path) -> None:
    for root in (CHECKOUT, content_root().resolve()):
        if folder == root or root in folder.parents:
            raise ContentError(
                [
                    Problem(
                        str(folder),
                        "",
                        "a mentor's folder inside the course's own files",
                        "answers and marks are personal data and lie outside the checkout",
                        "choose another folder: python -m graders course FOLDER",
                    )
                ]
            )
