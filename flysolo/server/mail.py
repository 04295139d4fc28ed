"""What went to the mentor and what came back, read off parcels, answers and replies each time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flysolo.answers import Book, Event, local_time
from flysolo.content import Case, load_families
from flysolo.course import Course
from flysolo.deliver import promised_by
from flysolo.files import parse_json, read_text, write_whole
from flysolo.handin import asks
from flysolo.problems import ContentError, Problem
from flysolo.replies import MANIFEST, PAGE, ReplyManifest, ThreadReply, replies_to_asks, reply_folder, unpack_reply
from flysolo.schema.base import parse
from flysolo.schema.course import Module
from flysolo.server.parcels import Parcel, parcels

SEEN = "seen.json"


@dataclass(frozen=True)
class Waiting:
    """A hand-in or a question that has no reply yet; ``sent`` says whether it is known to have left."""

    module: Module
    at: str
    by: date
    sent: bool
    file: str = ""
    question: Event | None = None
    spot: str = ""


@dataclass(frozen=True)
class Back:
    """A reply page, or the answer to one question."""

    module: Module
    at: str
    new: bool
    answer: ThreadReply | None = None
    spot: str = ""


def waiting(course: Course, module: Module, book: Book) -> list[Waiting]:
    """What of one module waits for the mentor."""
    made = parcels(course, module.id)
    return _waiting_hand_in(course, module, made) + _waiting_questions(course, module, made, book)


def _waiting_hand_in(course: Course, module: Module, made: list[Parcel]) -> list[Waiting]:
    hand_ins = [parcel for parcel in made if parcel.hand_in.manifest.purpose == "hand-in"]
    reply = reply_manifest(course, module.id)
    if not hand_ins or (reply and reply.made_at >= hand_ins[-1].made_at):
        return []
    last = hand_ins[-1]
    return [Waiting(module, last.made_at, promised_by(last.made_at), last.sent is not None, last.path.name)]


def _waiting_questions(course: Course, module: Module, made: list[Parcel], book: Book) -> list[Waiting]:
    answered = {reply.n for reply in replies_to_asks(course, module.id)}
    rows = []
    for event in asks(book):
        if event.n in answered:
            continue
        carried = [parcel for parcel in made if any(each.n == event.n for each in asks(parcel.hand_in.book))]
        sent = any(parcel.sent for parcel in carried)
        file = carried[-1].path.name if carried and not sent else ""
        rows.append(Waiting(module, event.at, promised_by(event.at), sent, file, event, spot(course, module.id, event)))
    return rows


def came_back(course: Course, module: Module) -> list[Back]:
    """The reply to one module's hand-in, and the answers to questions asked in it."""
    seen, rows = _seen(course), []
    manifest = reply_manifest(course, module.id)
    if manifest:
        rows.append(Back(module, manifest.made_at, seen.get(f"reply:{module.id}") != manifest.made_at))
    for answer in replies_to_asks(course, module.id):
        new = seen.get(f"answer:{module.id}:{answer.n}") != answer.at
        rows.append(Back(module, answer.at, new, answer, spot(course, module.id, answer)))
    return rows


def newest_first(rows: list[Back]) -> list[Back]:
    """What was not opened yet first, then the newest."""
    return sorted(sorted(rows, key=lambda row: row.at, reverse=True), key=lambda row: not row.new)


def reply_manifest(course: Course, exercise: str) -> ReplyManifest | None:
    """What the reply page to one exercise says of itself, or None while there is none."""
    folder = reply_folder(course, exercise)
    if not (folder / MANIFEST).is_file() or not (folder / PAGE).is_file():
        return None
    return parse(ReplyManifest, parse_json(read_text(folder / MANIFEST), MANIFEST), f"replies/{exercise}/{MANIFEST}")


def spot(course: Course, module: str, asked: Event | ThreadReply) -> str:
    """Title of the case in which something was asked; "" when it was asked in the lesson's practice."""
    try:
        families = load_families(module)
    except ContentError:
        return ""
    seed = course.answers(module).header.seed
    found = [Case(family, seed) for family in families if family.id == asked.item]
    return found[0].text(found[0].family.title) if found else ""


def mark_seen(course: Course, key: str, at: str) -> None:
    """Remember that something was opened; losing this file only makes things new again."""
    write_whole(course.folder / ".fly" / SEEN, json.dumps(_seen(course) | {key: at}, indent=1))


def _seen(course: Course) -> dict[str, str]:
    path = course.folder / ".fly" / SEEN
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def unreadable_in_drop(course: Course) -> list[Problem]:
    """Replies that wait in the shared folder and cannot be used, each with what to do; the others were taken in."""
    if not course.drop:
        return []
    seen = course.folder / "replies" / "taken.txt"
    taken = set(seen.read_text(encoding="utf-8").split("\n")) if seen.exists() else set()
    problems: list[Problem] = []
    for path in sorted((course.drop / "to-mentee" / course.card.mentee).glob("*.zip")):
        if path.name not in taken:
            problems += _why_unreadable(path)
    return problems


def _why_unreadable(path: Path) -> list[Problem]:
    try:
        unpack_reply(path.read_bytes(), path.name)
    except ContentError as error:
        return error.problems
    except (OSError, ValueError):
        pass
    step = "ask your mentor to send this reply once more"
    return [Problem(path.name, "", "a reply that cannot be used", "a reply is whole and meant for this folder", step)]


def local_day(at: str) -> date:
    """The day of a ledger's time, where the reader is."""
    return local_time(at).date()
