"""The hand-in: one small file with a manifest and the answers, and nothing else.

It is read as if a stranger had made it: sizes, names and counts are bounded before anything is unpacked, unknown
fields are refused, and nothing inside is ever executed. Practice, predictions and hints are never in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from flysolo import __version__
from flysolo.answers import Book, Event, Header, dump, now, read_book
from flysolo.files import decode, parse_json
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse

MANIFEST, ANSWERS = "manifest.json", "answers.jsonl"
MAX_BYTES = 20_000_000
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class Manifest(Strict):
    """What a hand-in says of itself; every part of it is checked against what the mentor's side knows."""

    format: Literal[1]
    purpose: Literal["hand-in", "questions"]
    course: Annotated[str, Field(max_length=80)]
    mentee: Slug
    exercise: Slug
    seed: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    families: dict[Slug, Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]]
    made_at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    made_with: Annotated[str, Field(max_length=40)]
    answers_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class HandIn:
    """A hand-in that was read whole: manifest, answers, and the bytes it came in."""

    manifest: Manifest
    book: Book
    original: bytes


def pack(book: Book, families: dict[str, str], purpose: Literal["hand-in", "questions"]) -> bytes:
    """The bytes of a hand-in of ``book``; a ``questions`` parcel carries what was asked and no answer."""
    wanted = ("ask",) if purpose == "questions" else ("save", "commit", "ask")
    events = tuple(event for event in book.events if event.do in wanted)
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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_entries(archive, name, wanted)
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused(
            name, "", f"an archive that cannot be opened ({error})", "a parcel is a whole zip file"
        ) from None


def _read_entries(archive: zipfile.ZipFile, name: str, wanted: dict[str, bool]) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        if entry.filename not in wanted or names.count(entry.filename) > 1:
            raise _refused(
                name, entry.filename[:60], "an entry that does not belong", f"only {', '.join(wanted)}, once each"
            )
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
    manifest = _manifest(decode(parts[MANIFEST], f"{name}: {MANIFEST}"), f"{name}: {MANIFEST}")
    if hashlib.sha256(parts[ANSWERS]).hexdigest() != manifest.answers_sha256:
        raise _refused(name, ANSWERS, "other content than was handed in", "the answers match the manifest's checksum")
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
