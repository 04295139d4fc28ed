"""Replies: what comes back from the mentor, as one small file, and where it is kept in the course folder.

A reply carries a page (marks, words, the mentor's comment) or answers to questions, or both. The page is shown in a
sandbox without scripts; answers to questions appear in the case they were asked in.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from flysolo.answers import At, now
from flysolo.course import Course
from flysolo.files import decode, parse_json, read_json, write_whole
from flysolo.handin import read_parts, zip_parts
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import Slug, Strict, parse
from flysolo.schema.readiness import ReadinessCard

MANIFEST, PAGE, THREADS, READINESS = "manifest.json", "reply.html", "threads.json", "readiness.json"


class ThreadReply(Strict):
    """A mentor's answer to one question asked in a case; ``n`` is the number of the ask in the mentee's answers."""

    n: Annotated[int, Field(ge=1)]
    item: Slug
    question: Slug | None = None
    asked: Annotated[str, Field(max_length=2000)]
    text: Annotated[str, Field(max_length=8000)]
    at: At
    mentor: Annotated[str, Field(max_length=80)] = ""


class ReplyManifest(Strict):
    """Whose reply this is, and a checksum of what it holds."""

    format: Literal[1]
    kind: Literal["reply"]
    course: str
    mentee: Slug
    exercise: Slug
    made_at: At
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Reply:
    """A reply as it was read."""

    manifest: ReplyManifest
    page: str | None
    threads: tuple[ThreadReply, ...]
    readiness: ReadinessCard | None = None


class KeptReadiness(Strict):
    """The newest readiness that came back, and when it was made."""

    made_at: At
    card: ReadinessCard


_THREADS = TypeAdapter(tuple[ThreadReply, ...])


def pack_reply(
    course: str,
    mentee: str,
    exercise: str,
    page: str | None,
    threads: list[ThreadReply],
    readiness: ReadinessCard | None = None,
) -> bytes:
    """The bytes of a reply parcel; one to solo sets carries the readiness, which the mentee reads first."""
    body = _dump_threads(threads).encode("utf-8")
    card = readiness.model_dump_json(indent=1).encode("utf-8") if readiness else b""
    html = (page or "").encode("utf-8")
    manifest = ReplyManifest(
        format=1,
        kind="reply",
        course=course,
        mentee=mentee,
        exercise=exercise,
        made_at=now(),
        sha256=hashlib.sha256(html + body + card).hexdigest(),
    )
    parts = {MANIFEST: manifest.model_dump_json(indent=1).encode("utf-8"), THREADS: body}
    if readiness:
        parts[READINESS] = card
    if page is not None:
        parts[PAGE] = html
    return zip_parts(parts)


def _dump_threads(threads: list[ThreadReply]) -> str:
    return json.dumps([thread.model_dump(mode="json") for thread in threads], ensure_ascii=False, indent=1)


def unpack_reply(data: bytes, name: str) -> Reply:
    """Read a reply parcel; raises ContentError in four parts when it cannot be used."""
    parts = read_parts(data, name, {MANIFEST: True, THREADS: True, PAGE: False, READINESS: False})
    manifest = parse(ReplyManifest, parse_json(decode(parts[MANIFEST], name), f"{name}: {MANIFEST}"), name)
    html, body, card = parts.get(PAGE, b""), parts[THREADS], parts.get(READINESS, b"")
    if hashlib.sha256(html + body + card).hexdigest() != manifest.sha256:
        raise ContentError(
            [
                Problem(
                    name,
                    "",
                    "other content than was sent",
                    "a reply matches its own checksum",
                    "ask your mentor to send this reply once more",
                )
            ]
        )
    threads = _threads(parse_json(decode(body, name), f"{name}: {THREADS}"), f"{name}: {THREADS}")
    readiness = _readiness(decode(card, name), f"{name}: {READINESS}", manifest) if card else None
    return Reply(manifest, decode(html, name) if PAGE in parts else None, threads, readiness)


def _readiness(text: str, name: str, manifest: ReplyManifest) -> ReadinessCard:
    """The readiness in a reply; one about somebody else is refused with the whole parcel."""
    card = parse(ReadinessCard, parse_json(text, name), name)
    if (card.mentee, card.course) != (manifest.mentee, manifest.course):
        found, rule = f"readiness of “{card.mentee}”", f"a reply to “{manifest.mentee}” is about nobody else"
        raise ContentError([Problem(name, "mentee", found, rule, "ask your mentor to send this reply once more")])
    return card


def _threads(data: object, name: str) -> tuple[ThreadReply, ...]:
    """Answers to questions, checked; raises ContentError when they have another form."""
    try:
        return _THREADS.validate_python(data)
    except ValidationError as error:
        issue = error.errors()[0]
        raise ContentError(
            [
                Problem(
                    name,
                    ".".join(map(str, issue["loc"])),
                    issue["msg"],
                    "answers to questions have the form the course writes",
                    "ask your mentor to send this reply once more",
                )
            ]
        ) from None


def keep_reply(course: Course, data: bytes, name: str) -> Reply:
    """Store a reply in the course folder; a reply for another mentee or course is refused and nothing is changed."""
    reply = unpack_reply(data, name)
    for field in ("mentee", "course"):
        here, wanted = getattr(reply.manifest, field), getattr(course.card, field)
        if here != wanted:
            raise ContentError(
                [
                    Problem(
                        name,
                        field,
                        f"a reply for {field} “{here}”",
                        f"this course folder belongs to {field} “{wanted}”",
                        "tell your mentor that a reply for somebody else reached you; it was not opened",
                    )
                ]
            )
    folder = reply_folder(course, reply.manifest.exercise)
    if reply.page is not None:
        write_whole(folder / PAGE, reply.page)
        write_whole(folder / MANIFEST, reply.manifest.model_dump_json(indent=1))
    if reply.readiness:
        _keep_readiness(course, reply)
    known = {thread.n: thread for thread in replies_to_asks(course, reply.manifest.exercise)}
    for thread in reply.threads:
        # parcels may arrive in any order; the answer written last is the one that is shown
        if thread.n not in known or thread.at >= known[thread.n].at:
            known[thread.n] = thread
    write_whole(folder / THREADS, _dump_threads([known[n] for n in sorted(known)]))
    return reply


def _keep_readiness(course: Course, reply: Reply) -> None:
    """Keep the newest readiness; parcels may arrive in any order."""
    before = readiness_of(course, reply.manifest.exercise)
    if before is None or reply.manifest.made_at >= before.made_at:
        kept = KeptReadiness(made_at=reply.manifest.made_at, card=reply.readiness)
        path = reply_folder(course, reply.manifest.exercise) / READINESS
        write_whole(path, kept.model_dump_json(indent=1) + "\n")


def readiness_of(course: Course, exercise: str) -> KeptReadiness | None:
    """The readiness that came back with replies to the solo sets; None while there is none."""
    path = reply_folder(course, exercise) / READINESS
    name = f"replies/{exercise}/{READINESS}"
    return parse(KeptReadiness, read_json(path, name), name) if path.exists() else None


def reply_folder(course: Course, exercise: str) -> Path:
    """Where the replies to one exercise are kept."""
    return course.folder / "replies" / exercise


def replies_to_asks(course: Course, exercise: str) -> list[ThreadReply]:
    """Mentor's answers to questions asked in ``exercise``, oldest question first."""
    path = reply_folder(course, exercise) / THREADS
    return list(_threads(read_json(path), path.name)) if path.exists() else []


def ask_threads(course: Course, exercise: str, item: str) -> list[dict]:
    """Questions asked in one case, oldest first, each with the mentor's answer once it is there; for the page."""
    replies = {reply.n: reply for reply in replies_to_asks(course, exercise)}
    rows = []
    for event in course.answers(exercise).read().of(item, "ask"):
        reply = replies.get(event.n)
        answer = {"text": reply.text, "at": reply.at[:10], "from": reply.mentor or "Your mentor"} if reply else None
        rows.append({"text": event.value.text, "at": event.clock, "reply": answer})
    return rows


def take_from_drop(course: Course) -> list[Reply]:
    """Fetch replies waiting in the shared folder; what cannot be read stays there and is skipped."""
    if not course.drop:
        return []
    taken = []
    seen = course.folder / "replies" / "taken.txt"
    names = set(seen.read_text(encoding="utf-8").split("\n")) if seen.exists() else set()
    for path in sorted((course.drop / "to-mentee" / course.card.mentee).glob("*.zip")):
        if path.name in names:
            continue
        try:
            taken.append(keep_reply(course, path.read_bytes(), path.name))
        except (ContentError, OSError):
            continue
        names.add(path.name)
    if taken:
        write_whole(seen, "\n".join(sorted(names - {""})))
    return taken
