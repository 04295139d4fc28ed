"""The mentee's saved answers: a plain file beside the notebook, one line a Save, written whole or not at all.

Saving is always explicit, and reading back needs no kernel and no widget state, so an answer outlives a restart, a
reload, a crash between two writes and a second window. Order is the order of saving, not of clocks.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from filelock import FileLock, Timeout
from pydantic import AfterValidator, Field, ValidationError

from flysolo.files import parse_json, read_text, write_whole
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse

TEXT_LIMIT = 2000
#: What an ask holds as its choice when the mentee sees the case differently from its key.
DISPUTE = "dispute"
Text = Annotated[str, Field(max_length=TEXT_LIMIT)]


def _on_a_clock(at: str) -> str:
    """Refuse a time that has the form of one and is none, before somebody has to show it."""
    if not 1970 <= datetime.fromisoformat(at[:-1]).year < 3000:
        raise ValueError("a time that a clock of ours can show")
    return at


At = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"), AfterValidator(_on_a_clock)]
Pick = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Header(Strict):
    """First line of a ledger: whose it is and what it answers."""

    format: Literal[1]
    kind: Literal["answers", "practice"]
    course: Annotated[str, Field(max_length=80)]
    mentee: Slug
    subject: Slug
    seed: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None


class Value(Strict):
    """What was answered; which fields are filled depends on the kind of question."""

    choice: Pick | None = None
    choices: Annotated[tuple[Pick, ...], Field(max_length=12)] | None = None
    percent: Annotated[float, Field(ge=0, le=100)] | None = None
    picks: Annotated[tuple[Pick, ...], Field(max_length=12)] | None = None
    text: Text | None = None
    because: Text | None = None
    change_mind: Text | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered (white space is nothing)."""
        return not any(v.strip() if isinstance(v, str) else v is not None and v != () for v in self.__dict__.values())


class Event(Strict):
    """One line of a ledger.

    ``do`` is save (an answer), commit (the base is closed, the twin opens), ask (a question to the mentor), hint,
    place (where the mentee was), draw (a solo set was opened, with the cases drawn), or share (readiness is shown to
    the mentor).
    """

    n: Annotated[int, Field(ge=1)]
    at: At
    do: Literal["save", "commit", "ask", "hint", "place", "draw", "share"]
    item: Slug
    question: Slug | None = None
    value: Value | None = None
    fingerprint: Annotated[str, Field(max_length=16)] = ""
    window: Annotated[str, Field(max_length=40)] = ""

    @property
    def clock(self) -> str:
        """Local time of day, as it is said back (``14:03``)."""
        return local_time(self.at).strftime("%H:%M")


def now() -> str:
    """This instant in UTC, to the second, as ledgers hold it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(at: str) -> datetime:
    """A ledger's time in the reader's own time zone."""
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone()


class NotSaved(Exception):
    """An answer could not be saved; its text is fit to be shown to a mentee as it stands."""


@dataclass(frozen=True)
class Book:
    """Everything a ledger holds at one moment; reading it changes nothing.

    ``damaged`` lists lines that could not be read, as (line number, text): they are kept, and not guessed at.
    """

    header: Header
    events: tuple[Event, ...] = ()
    damaged: tuple[tuple[int, str], ...] = field(default=())

    def of(self, item: str, do: str = "save") -> Iterator[Event]:
        """Events of one kind on one case or lesson item, oldest first."""
        return (event for event in self.events if event.item == item and event.do == do)

    def committed(self, item: str, fingerprint: str = "") -> Event | None:
        """The event that closed the base of ``item`` (for this wording, when one is given)."""
        return next((e for e in self.of(item, "commit") if not fingerprint or e.fingerprint == fingerprint), None)

    def latest(self, item: str, question: str, fingerprint: str = "") -> Event | None:
        """The answer that counts: the last Save of ``question``, for this wording when one is given."""
        saves = [e for e in self.of(item) if e.question == question]
        saves = [e for e in saves if not fingerprint or e.fingerprint == fingerprint]
        return saves[-1] if saves else None

    def counted(self, item: str, question: str, fingerprint: str, base: bool) -> Event | None:
        """The answer that is marked: the last Save, and for a base question the last one before the twin opened."""
        closed = self.committed(item, fingerprint) if base else None
        saves = [e for e in self.of(item) if e.question == question and e.fingerprint == fingerprint]
        saves = [e for e in saves if closed is None or e.n < closed.n]
        return saves[-1] if saves else None


class Ledger:
    """The file of one subject (an exercise, or a module's practice) of one mentee."""

    def __init__(self, path: Path, header: Header):
        self.path, self.header = Path(path), header

    def read(self) -> Book:
        """The book as it stands; an absent file is an empty book.

        Raises
        ------
        ContentError
            when the file belongs to another mentee or subject, or to another version of the course.
        """
        if not self.path.exists():
            return Book(self.header)
        book = read_book(read_text(self.path, self.path.name), self.path.name)
        self._check_owner(book.header)
        return book

    def _check_owner(self, found: Header) -> None:
        for name in ("kind", "course", "mentee", "subject", "seed"):
            here, wanted = getattr(found, name), getattr(self.header, name)
            if here != wanted:
                raise ContentError(
                    [
                        Problem(
                            self.path.name,
                            name,
                            f"“{here}”",
                            f"this file holds answers of {name} “{wanted}”",
                            "put the file back where it came from; nothing in it was changed",
                        )
                    ]
                )

    def append(self, do: str, item: str, **fields: Any) -> Event:
        """Add one event and return it as it was stored.

        The file is read again under a lock, so a second window's answers are kept beside this one's.

        Raises
        ------
        NotSaved
            with words for the mentee, when the disk is full, the folder is locked, or the event is not allowed.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(f"{self.path}.lock", timeout=5):
                return self._append(do, item, fields)
        except Timeout:
            raise NotSaved(
                "Another window is saving at this moment, and has not finished. Nothing was lost. "
                "Wait a few seconds, then press Save again."
            ) from None
        except OSError as error:
            raise NotSaved(_disk_words(error)) from error

    def _append(self, do: str, item: str, fields: dict[str, Any]) -> Event:
        book = self.read()
        if book.damaged:
            keep_aside(self.path)
        number = max((event.n for event in book.events), default=0) + 1
        event = _event({"n": number, "at": now(), "do": do, "item": item} | fields)
        _refuse_after_commit(book, event)
        write_whole(self.path, dump(book.header, (*book.events, event)))
        return event


def _event(data: dict[str, Any]) -> Event:
    try:
        return Event.model_validate(data)
    except ValidationError as error:
        long_text = any(issue["type"] == "string_too_long" for issue in error.errors())
        raise NotSaved(
            f"This text is longer than {TEXT_LIMIT:,} characters. Your words are still on the page: shorten them, "
            "then press Save again."
            if long_text
            else "This answer has a form the course does not know. What you had saved before is kept. "
            "Reload the page and answer again."
        ) from error


def _refuse_after_commit(book: Book, event: Event) -> None:
    """Once the twin is open the base stands: it was answered without knowing the twin."""
    if event.do != "save" or book.header.kind != "answers":
        return
    closed = book.committed(event.item, event.fingerprint)
    if closed and event.question in _base_of(book, event.item, event.fingerprint, closed):
        raise NotSaved(
            f"The first part of this case was closed at {closed.clock}, when the twin was opened. "
            "Your answer from before that stands."
        )


def _base_of(book: Book, item: str, fingerprint: str, closed: Event) -> set[str]:
    saves = (e for e in book.of(item) if e.fingerprint == fingerprint and e.n < closed.n)
    return {e.question for e in saves if e.question}


def _disk_words(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            "The disk of this computer is full, so this answer could not be saved. Everything saved before is kept. "
            "Make some room, then press Save again; your words are still on the page."
        )
    return (
        "This computer did not let the course save here. Everything saved before is kept. "
        "Check that the course folder may be written to, then press Save again."
    )


def dump(header: Header, events: tuple[Event, ...] | list[Event]) -> str:
    """A ledger as text: the header, then one line an event, fields that say nothing left out."""
    lines = [header.model_dump(mode="json", exclude_none=True)]
    lines += [event.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for event in events]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def read_book(text: str, name: str) -> Book:
    """A ledger's text as a book; raises ContentError when the first line is not a header of this version."""
    lines = text.split("\n")
    first = parse_json(lines[0], name) if lines[0].strip() else None
    if not isinstance(first, dict) or "format" not in first:
        raise ContentError([_header_problem(name, lines[0][:60] or "an empty line")])
    if first["format"] != 1:
        raise ContentError(
            [
                Problem(
                    name,
                    "format",
                    str(first["format"])[:40],
                    "this version of the course reads format 1",
                    "update the course (a newer one wrote this file); nothing was changed",
                )
            ]
        )
    header = parse(Header, first, name)
    events, damaged = _events(lines[1:])
    return Book(header, tuple(events), tuple(damaged))


def _header_problem(name: str, found: str) -> Problem:
    return Problem(
        name,
        "line 1",
        found,
        "the first line says whose answers these are",
        "use the copy that was sent first, or open the case and save again; the file was not changed",
    )


def _events(lines: list[str]) -> tuple[list[Event], list[tuple[int, str]]]:
    events, damaged = [], []
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            events.append(Event.model_validate(json.loads(line)))
        except (ValueError, RecursionError):
            damaged.append((number, line))
    return events, damaged


def keep_aside(path: Path) -> Path:
    """Copy a damaged file beside itself before it is written again, so that nothing in it is lost."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = path.with_name(f"{path.stem}.as-found-{stamp}{path.suffix}")
    if not copy.exists():
        shutil.copy2(path, copy)
    return copy
