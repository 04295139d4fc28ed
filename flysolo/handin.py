"""The hand-in: one small file with a manifest and the answers, and nothing else.

It is read as if a stranger had made it: sizes, names and counts are bounded before anything is unpacked, unknown
fields are refused, and nothing inside is ever executed. Practice, predictions, hints, first thoughts and times of day
are never in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from flysolo import __version__
from flysolo.answers import At, Book, Event, Header, dump, now, read_book
from flysolo.files import decode, parse_json
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse

MANIFEST, ANSWERS = "manifest.json", "answers.jsonl"
MAX_BYTES = 20_000_000
#: A mentee who saved ten times an hour for two years would come to fewer; more only fills somebody's memory.
MAX_LINES = 20_000
MAX_ENTRIES = 50
MAX_MANIFEST_BYTES = 200_000
Purpose = Literal["hand-in", "questions", "share"]
#: What travels in a parcel of each purpose; hints and places never do.
_TRAVELS: dict[str, tuple[str, ...]] = {
    "hand-in": ("save", "commit", "ask", "draw", "share"),
    "questions": ("ask",),
    "share": ("share",),
}
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class Manifest(Strict):
    """What a hand-in says of itself; every part of it is checked against what the mentor's side knows."""

    format: Literal[1]
    purpose: Purpose
    course: Annotated[str, Field(max_length=80)]
    mentee: Slug
    exercise: Slug
    seed: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    families: dict[Slug, Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]]
    made_at: At
    made_with: Annotated[str, Field(max_length=40)]
    answers_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class HandIn:
    """A hand-in that was read whole: manifest, answers, and the bytes it came in."""

    manifest: Manifest
    book: Book
    original: bytes


def pack(book: Book, families: dict[str, str], purpose: Purpose) -> bytes:
    """The bytes of a hand-in of ``book``; a ``questions`` parcel carries what was asked, and ``share`` no answer."""
    travelling = [event for event in book.events if event.do in _TRAVELS[purpose]]
    events = tuple(_without_clock(event) for event in _standing(travelling))
    answers = dump(book.header, events).encode("utf-8")
    manifest = Manifest(
        format=1,
        purpose=purpose,
        course=book.header.course,
        mentee=book.header.mentee,
        exercise=book.header.subject,
        seed=book.header.seed,
        families=families,
        made_at=now(),
        made_with=f"flysolo {__version__}",
        answers_sha256=hashlib.sha256(answers).hexdigest(),
    )
    parts = {MANIFEST: json.dumps(manifest.model_dump(mode="json"), indent=1).encode("utf-8"), ANSWERS: answers}
    return zip_parts(parts)


def _standing(events: list[Event]) -> list[Event]:
    """The events without answers that were changed afterwards: what somebody thought first is theirs alone."""
    last: dict[tuple, int] = {}
    closed: set[tuple[str, str]] = set()
    places = []
    for index, event in enumerate(events):
        case = (event.item, event.fingerprint)
        if event.do == "commit":
            closed.add(case)
        # the answer before the twin opened counts even where a later one stands in the file
        place = (*case, event.question, case in closed) if event.do == "save" else (index,)
        last[place] = index
        places.append(place)
    return [event for index, event in enumerate(events) if last[places[index]] == index]


def _without_clock(event: Event) -> Event:
    """An answer with its day and no time of day: how long somebody thought is nobody's business."""
    if event.do not in ("save", "commit"):
        return event
    return event.model_copy(update={"at": f"{event.at[:10]}T00:00:00Z", "window": ""})


def zip_parts(parts: dict[str, bytes]) -> bytes:
    """A small zip of ``parts``, the same bytes for the same content whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def file_name(header: Header, purpose: str, made_at: str) -> str:
    """Name of a hand-in file: who, what, when; fit for every file system."""
    return f"{purpose}-{header.mentee}-{header.subject}-{made_at.replace(':', '').replace('-', '')}.zip"


def read_parts(data: bytes, name: str, wanted: dict[str, bool]) -> dict[str, bytes]:
    """Named parts of a small archive; ``wanted`` maps each allowed name to whether it must be there.

    Raises ContentError for anything but a plain archive of just those parts within the size limit.
    """
    if len(data) > MAX_BYTES:
        raise _refused(name, "", f"{len(data):,} bytes", f"a parcel has at most {MAX_BYTES:,} bytes")
    # counted before the directory is read, since each entry of it costs memory
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _refused(name, "", "a crowd of entries", f"only {', '.join(wanted)}, once each")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_entries(archive, name, wanted)
    except ContentError:
        raise
    except _UNREADABLE as error:
        raise _refused(
            name, "", f"an archive that cannot be opened ({error})", "a parcel is a whole zip file"
        ) from None


#: What Python's zip reader raises on bytes that only look like an archive, as fuzzing found it to.
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    OverflowError,
)


def _read_entries(archive: zipfile.ZipFile, name: str, wanted: dict[str, bool]) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        if entry.filename not in wanted or names.count(entry.filename) > 1:
            raise _refused(
                name, entry.filename[:60], "an entry that does not belong", f"only {', '.join(wanted)}, once each"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(name, entry.filename, "an unusual kind of packing", "entries are stored or deflated")
        if (entry.external_attr >> 16) & 0o170000 not in (0, 0o100000):
            raise _refused(name, entry.filename, "a link or device", "entries are regular files")
    missing = [part for part, needed in wanted.items() if needed and part not in names]
    if missing:
        raise _refused(name, missing[0], "nothing", "this part is needed")
    parts: dict[str, bytes] = {}
    room = MAX_BYTES
    for entry in entries:
        with archive.open(entry) as stream:
            parts[entry.filename] = stream.read(room + 1)
        room -= len(parts[entry.filename])
        if room < 0:
            raise _refused(name, entry.filename, "more data than it says", f"at most {MAX_BYTES:,} bytes unpacked")
    return parts


def unpack(data: bytes, name: str) -> HandIn:
    """Read a hand-in made by anyone; raises ContentError in four parts when it cannot be used."""
    parts = read_parts(data, name, {MANIFEST: True, ANSWERS: True})
    if len(parts[MANIFEST]) > MAX_MANIFEST_BYTES:
        found, rule = f"{len(parts[MANIFEST]):,} bytes", f"at most {MAX_MANIFEST_BYTES:,} bytes"
        raise _refused(name, MANIFEST, found, rule)
    manifest = _manifest(decode(parts[MANIFEST], f"{name}: {MANIFEST}"), f"{name}: {MANIFEST}")
    if hashlib.sha256(parts[ANSWERS]).hexdigest() != manifest.answers_sha256:
        raise _refused(name, ANSWERS, "other content than was handed in", "the answers match the manifest's checksum")
    lines = parts[ANSWERS].count(b"\n")
    if lines > MAX_LINES:
        raise _refused(name, ANSWERS, f"{lines:,} lines", f"answers of at most {MAX_LINES:,} lines")
    book = read_book(decode(parts[ANSWERS], f"{name}: {ANSWERS}"), f"{name}: {ANSWERS}")
    for here, there, field in (
        (book.header.mentee, manifest.mentee, "mentee"),
        (book.header.course, manifest.course, "course"),
        (book.header.subject, manifest.exercise, "exercise"),
        (book.header.seed, manifest.seed, "seed"),
    ):
        if here != there:
            raise _refused(name, field, f"answers say “{here}”, the manifest “{there}”", "both name the same one")
    return HandIn(manifest, book, data)


def _manifest(text: str, name: str) -> Manifest:
    data = parse_json(text, name)
    if isinstance(data, dict) and data.get("format") != 1:
        raise _refused(name, "format", str(data.get("format"))[:40], "this version of the course reads format 1")
    return parse(Manifest, data, name)


def _refused(name: str, field: str, found: str, rule: str) -> ContentError:
    step = "the file is kept as it came; ask for the hand-in to be made again from the home page and sent once more"
    return ContentError([Problem(name, field, found, rule, step)])


def read_file(path: Path) -> HandIn:
    """Read the hand-in at ``path``; its name is not trusted, so “hand-in (1).zip” is as good as any."""
    if path.stat().st_size > MAX_BYTES:
        raise _refused(path.name, "", f"{path.stat().st_size:,} bytes", f"a parcel has at most {MAX_BYTES:,} bytes")
    return unpack(path.read_bytes(), path.name)


def asks(book: Book) -> list[Event]:
    """Questions to the mentor in ``book``, oldest first."""
    return [event for event in book.events if event.do == "ask" and event.value and not event.value.is_blank]
