"""Everything that reads a stranger's bytes, as functions of bytes, and real parcels and files to begin from."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from flysolo.answers import Book, Event, Header, dump, read_book
from flysolo.child.edf import read_edf
from flysolo.content import lesson_kind
from flysolo.course import CourseCard
from flysolo.draws import seed_for
from flysolo.files import decode, read_json, read_toml
from flysolo.handin import ANSWERS, MANIFEST, pack, unpack, zip_parts
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.replies import ThreadReply, pack_reply, unpack_reply
from flysolo.schema.base import parse
from flysolo.schema.family import Family
from graders.journal import Journal
from graders.keys import Key
from graders.mentor import Record

AT = "2026-05-01T10:00:00Z"
#: Between the parts of a parcel whose checksum is made right, so that what lies behind it is reached.
SPLIT = b"\n--8<--\n"


def hand_in(data: bytes) -> None:
    """A parcel from a mentee; what can be read can be packed and written down again."""
    found = unpack(data, "x.zip")
    pack(found.book, found.manifest.families, found.manifest.purpose)


def hand_in_parts(data: bytes) -> None:
    """The same, put together with a right checksum: what somebody sends who read the program."""
    manifest, _, answers = data.partition(SPLIT)
    try:
        said = json.loads(manifest)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        said["answers_sha256"] = hashlib.sha256(answers).hexdigest()
        manifest = json.dumps(said).encode("utf-8")
    hand_in(zip_parts({MANIFEST: manifest, ANSWERS: answers}))


def book(data: bytes) -> None:
    """The file of answers."""
    found = read_book(decode(data, "answers.jsonl"), "answers.jsonl")
    dump(found.header, found.events).encode("utf-8")
    for event in found.events:
        assert event.clock


def reply(data: bytes) -> None:
    """A parcel from a mentor."""
    unpack_reply(data, "reply.zip")


def reply_parts(data: bytes) -> None:
    """The same with a right checksum."""
    manifest, _, threads = data.partition(SPLIT)
    try:
        said = json.loads(manifest)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        said["sha256"] = hashlib.sha256(threads).hexdigest()
        manifest = json.dumps(said).encode("utf-8")
    reply(zip_parts({MANIFEST: manifest, "threads.json": threads}))


def _from_file(data: bytes, name: str, read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory(prefix="flysolo-fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        read(path)


def family(data: bytes) -> None:
    """An author's case."""
    _from_file(data, "family.toml", lambda path: parse(Family, read_toml(path), path.name).fingerprint)


def key(data: bytes) -> None:
    """An author's key."""
    _from_file(data, "key.toml", lambda path: parse(Key, read_toml(path), path.name).model_dump_json())


def lesson(data: bytes) -> None:
    """An author's lesson."""

    def read(path: Path) -> None:
        found = read_toml(path)
        parse(lesson_kind(found), found, path.name)

    _from_file(data, "lesson.toml", read)


def notes(data: bytes) -> None:
    """The small files that both sides keep for themselves, after an accident."""
    for model in (Journal, Record, CourseCard):
        try:
            _from_file(data, "note.json", lambda path, model=model: parse(model, read_json(path), path.name))
        except ContentError:
            continue


def night(data: bytes) -> None:
    """A recording from somebody's own recorder."""
    _from_file(data, "night.edf", read_edf)


READERS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (hand_in, hand_in_parts, book, reply, reply_parts, family, key, lesson, notes, night)
}


def read(name: str, data: bytes) -> bool:
    """Give ``data`` to one reader; returns whether it could be read, and lets everything but words for people out."""
    try:
        READERS[name](data)
    except ContentError as error:
        for problem in error.problems:
            assert problem.file and problem.found and problem.rule and problem.next_step, problem
        return False
    return True


def a_book() -> Book:
    """Answers with every kind of event and value."""
    seed = seed_for("c", "ada", "one")
    header = Header(format=1, kind="answers", course="c", mentee="ada", subject="one", seed=seed)
    values = [
        {"choice": "watch"},
        {"choices": ["need-a", "need-b"]},
        {"percent": 35.5},
        {"picks": ["link-a"], "because": "Wörter, “quotes”.", "change_mind": "Silence."},
    ]
    events = [
        {"n": n, "at": AT, "do": "save", "item": "child", "question": f"q-{n}", "value": value, "fingerprint": "f" * 16}
        for n, value in enumerate(values, start=1)
    ]
    events += [
        {"n": 5, "at": AT, "do": "commit", "item": "child", "fingerprint": "f" * 16},
        {"n": 6, "at": AT, "do": "ask", "item": "child", "value": {"text": "Why?", "choice": "dispute"}},
        {"n": 7, "at": AT, "do": "draw", "item": "round-1-set-1", "value": {"choices": ["a"], "text": "a b"}},
        {"n": 8, "at": AT, "do": "share", "item": "round-1"},
    ]
    return Book(header, tuple(Event.model_validate(event) for event in events))


def seeds(name: str) -> Iterator[bytes]:
    """Real bytes for one reader."""
    parcel = pack(a_book(), {"child": "f" * 16}, "hand-in")
    answers = dump(a_book().header, a_book().events).encode("utf-8")
    thread = ThreadReply(n=6, item="child", asked="Why?", text="Because of the muscle.", at=AT, mentor="Dr. Example")
    back = pack_reply("c", "ada", "one", "<!DOCTYPE html><p>Words.</p>", [thread])
    root = content_root()
    match name:
        case "hand_in":
            yield parcel
            yield pack(a_book(), {}, "questions")
        case "hand_in_parts":
            yield json.dumps(unpack(parcel, "x").manifest.model_dump(mode="json")).encode() + SPLIT + answers
        case "book":
            yield answers
            yield answers.decode().encode("utf-16")
        case "reply":
            yield back
        case "reply_parts":
            manifest = unpack_reply(back, "x").manifest.model_dump_json().encode()
            yield manifest + SPLIT + json.dumps([thread.model_dump(mode="json")]).encode()
        case "family":
            yield from _some(root / "exercises", "*/families/*.toml")
        case "key":
            yield from _some(root / "graders" / "keys", "*/*.toml")
        case "lesson":
            yield from _some(root / "curriculum", "*/lesson.toml")
        case "notes":
            yield Journal(marked="m", notebook="n", sent="s").model_dump_json().encode()
            yield json.dumps({"format": 1, "course": "c", "mentee": "ada", "drop": "/x"}).encode()
        case "night":
            yield a_night()


def _some(folder: Path, pattern: str) -> Iterator[bytes]:
    for path in sorted(folder.glob(pattern))[:2]:
        yield path.read_bytes()


def a_night() -> bytes:
    """The smallest file that has the layout of EDF: one signal, ten minutes, one sample a second."""
    fields = [("0", 8), ("X X X X", 80), ("Startdate 01-JAN-1985 X X X", 80), ("01.01.8500.00.00", 16), ("512", 8)]
    fields += [("", 44), ("10", 8), ("60", 8), ("1", 4)]
    fields += [
        ("SpO2", 16),
        ("", 80),
        ("%", 8),
        ("0", 8),
        ("100", 8),
        ("0", 8),
        ("100", 8),
        ("", 80),
        ("60", 8),
        ("", 32),
    ]
    return "".join(text.ljust(width) for text, width in fields).encode("ascii") + bytes([96, 0]) * 600
