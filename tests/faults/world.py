"""A small world in which something can be cut off: content, a mentor's folder, a mentee's folder, a shared drop.

It is made once and put back before each cut. Everything in it lies at the same place each time, so that whatever holds
a path (a card, a configuration) stays right.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from flysolo import deliver
from flysolo.answers import Ledger
from flysolo.content import load_families
from flysolo.course import Course, make_course
from flysolo.handin import unpack
from flysolo.replies import unpack_reply
from graders import batch, reply, ways
from graders.collect import collect
from graders.mentor import MentorCourse, make_mentor_course, open_mentor_course
from tests.graders import invented
from tests.graders.conftest import Pen, content_in

EX = invented.EXERCISE
WHY = "loud-child--why"
#: What a clock or chance wrote, and what counts writes: two runs differ in them though they say the same.
CLOCKS = {"version_num", "id"}
#: How many kills in all, over the five things that are cut off; the environment may ask for more.
KILLS = int(os.environ.get("FLYSOLO_KILLS", "200"))


@dataclass
class World:
    """One world; ``states`` holds it as it is before each activity."""

    root: Path
    states: Path
    #: What undisturbed runs passed and came to, by activity.
    counts: dict[str, int] = field(default_factory=dict)
    ends: dict[str, Any] = field(default_factory=dict)

    @property
    def here(self) -> Path:
        return self.root / "here"

    @property
    def mentor(self) -> MentorCourse:
        return open_mentor_course(self.here / "mentor")

    @property
    def mentee(self) -> Course:
        from flysolo.course import open_course

        return open_course(self.here / "mentee")

    def save(self, name: str) -> None:
        shutil.copytree(self.here, self.states / name)

    def load(self, name: str) -> None:
        shutil.rmtree(self.here, ignore_errors=True)
        shutil.copytree(self.states / name, self.here)


@contextmanager
def made(root: Path) -> Iterator[World]:
    """A world with every state that something is cut off in."""
    invented.write_course(root / "course")
    with content_in(root / "course"):
        world = World(root, root / "states")
        (world.here / "drop" / "to-mentor").mkdir(parents=True)
        drop = str(world.here / "drop")
        make_mentor_course(world.here / "mentor", course=invented.COURSE, mentor="Dr. Example", drop=drop)
        make_course(world.here / "mentee", mentee="ada", course=invented.COURSE, drop=drop)
        world.save("answers")
        _first_round(world)
        world.save("collect")
        collect(world.mentor)
        world.save("mark")
        batch.mark(world.mentor)
        world.save("reply")
        # a child that only looks at objects must not copy the pages they lie in
        gc.collect()
        gc.freeze()
        yield world
        gc.unfreeze()


def _first_round(world: World) -> None:
    """Ada was marked by hand and hands in again, Ben and a question are new, and one parcel is broken."""
    send = world.here / "drop" / "to-mentor"
    ada = Pen("ada").answer_all("loud-child").answer_all("quiet-child")
    (send / "first.zip").write_bytes(ada.parcel())
    collect(world.mentor)
    batch.mark(world.mentor)
    mark_by_hand(world.mentor, 2.0)
    ada.save("loud-child", "why", because="Another thought.")
    (send / "a.zip").write_bytes(ada.parcel())
    (send / "b.zip").write_bytes(Pen("ben").answer_all("loud-child", decision="plate").parcel())
    asking = Pen("ben").write("ask", "loud-child", value={"text": "Why not?"}, fingerprint="")
    (send / "c.zip").write_bytes(asking.parcel("questions"))
    (send / "d.zip").write_bytes(b"no parcel at all")


def mark_by_hand(course: MentorCourse, score: float) -> None:
    """What formgrader does when the mentor gives a mark."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url) as book:
        grade = book.find_grade(WHY, "cases", EX, "ada")
        grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


# what is cut off ----------------------------------------------------------------------


def collecting(world: World) -> None:
    collect(world.mentor)


def marking(world: World) -> None:
    batch.mark(world.mentor)


def marking_through_nbgrader(world: World) -> None:
    # done in a child, so nothing has to be put back
    ways.is_stock = lambda _config: False
    batch.mark(world.mentor)


def replying(world: World) -> None:
    reply.send_all(world.mentor, waiting_too=True)


#: What Ada does one evening: each answer is one Save, then she asks, and hands in.
EVENING = [
    ("needs", {"choices": ["need-a", "need-b"]}),
    ("decision", {"choice": "letter"}),
    ("reason", {"choice": "closing"}),
    ("why", {"picks": ["link-a"], "because": "Wörter, and “quotes”."}),
]


def saving(world: World) -> None:
    """Go on where the file of answers says she was, as a mentee does who opens the page again."""
    ledger = world.mentee.answers(EX)
    fingerprint = {family.id: family.fingerprint for family in load_families(EX)}["loud-child"]
    saved = [event.question for event in ledger.read().of("loud-child")]
    for question, value in EVENING[len(saved) :]:
        ledger.append("save", "loud-child", question=question, value=value, fingerprint=fingerprint)
    if not list(ledger.read().of("loud-child", "ask")):
        ledger.append("ask", "loud-child", value={"text": "Why?"})
    if deliver.unsent_questions(world.mentee, EX, ledger.read()):
        deliver.send_questions(world.mentee, EX)
    deliver.hand_in(world.mentee, EX)


# what is there in the end ---------------------------------------------------------------


def mentors_end(world: World) -> dict[str, Any]:
    """Everything that counts on the mentor's side, without what only a clock or chance wrote."""
    course = world.mentor
    return {
        "gradebook": gradebook(course),
        "marked": tree(course.folder / "autograded"),
        "set out": tree(course.folder / "submitted"),
        "kept": tree(course.kept, without=("arrived_at",)),
        "refused": tree(course.refused),
        "journal": tree(course.folder / "journal", without=("sent_at",)),
        "waiting": sorted(tree(world.here / "drop" / "to-mentor")),
        "replies": replies(course.folder / "outgoing"),
        "delivered": replies(world.here / "drop" / "to-mentee"),
        "standing": sorted((each.mentee, each.exercise, each.state) for each in batch.standings(course)),
    }


def marked_end(world: World) -> dict[str, Any]:
    """The same once it is marked: what a cut-off round of collecting did not set out, marking does."""
    marking(world)
    return mentors_end(world)


def mentees_end(world: World) -> dict[str, Any]:
    """The answers, and what reached the shared folder or lies ready to be sent, which the page says."""
    ledger: Ledger = world.mentee.answers(EX)
    book = ledger.read()
    folders = (world.here / "drop" / "to-mentor", world.here / "mentee" / "hand-ins")
    parcels = [unpack(path.read_bytes(), path.name) for folder in folders for path in folder.glob("*.zip")]
    # a parcel may be made twice; what the mentor holds in the end is the fullest of each purpose
    last = {each.manifest.purpose: each.book for each in sorted(parcels, key=lambda each: len(each.book.events))}
    return {
        "damaged": book.damaged,
        "answers": [(event.n, event.do, event.question, event.value) for event in book.events],
        "sent": {purpose: [(e.do, e.question, e.value) for e in book.events] for purpose, book in last.items()},
    }


def tree(folder: Path, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every file below ``folder``; a half-written one that its own name calls half-written is not counted."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            data: Any = path.read_bytes()
            if without and path.suffix == ".json":
                data = {key: value for key, value in json.loads(data).items() if key not in without}
            found[path.relative_to(folder).as_posix()] = data
    return found


def replies(folder: Path) -> set[tuple]:
    """What the replies say; one that was made twice says it once."""
    found = set()
    for path in folder.rglob("*.zip"):
        made = unpack_reply(path.read_bytes(), path.name)
        found.add((made.manifest.mentee, made.page, tuple(thread.text for thread in made.threads)))
    return found


def gradebook(course: MentorCourse) -> dict[str, list]:
    """Every table, rows in an order of their own, ids named by what they stand for."""
    engine = create_engine(course.db_url)
    with engine.connect() as connection:
        names = [row[0] for row in connection.execute(text("select name from sqlite_master where type = 'table'"))]
        rows = {
            name: [dict(row._mapping) for row in connection.execute(text(f"select * from {name}"))] for name in names
        }
    engine.dispose()
    named = {
        row["id"]: "/".join(str(row[key]) for key in ("name", "student_id", "type") if row.get(key))
        for table in rows.values()
        for row in table
        if "id" in row
    }
    plain = {
        name: [{key: named.get(value, value) for key, value in row.items() if key not in CLOCKS} for row in table]
        for name, table in rows.items()
    }
    return {name: sorted(map(repr, table)) for name, table in plain.items()}


Activity = Callable[[World], None]
