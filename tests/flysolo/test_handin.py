"""A hand-in is small, carries answers and nothing private, and is read as if a stranger had made it."""

from __future__ import annotations

import io
import json
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flysolo import handin
from flysolo.answers import Book, Event, Header
from flysolo.problems import ContentError

HEADER = Header(format=1, kind="answers", course="c", mentee="ada", subject="one", seed="0123456789abcdef")
FAMILIES = {"child": "0123456789abcdef"}
AT = "2026-05-01T10:00:00Z"


def event(n: int, do: str = "save", **fields) -> Event:
    return Event.model_validate({"n": n, "at": AT, "do": do, "item": "child"} | fields)


BOOK = Book(
    HEADER,
    (
        event(1, question="decision", value={"choice": "watch"}, fingerprint="f"),
        event(2, "hint", question="decision"),
        event(3, "ask", value={"text": "Why not wait?"}),
        event(4, "commit", fingerprint="f"),
        event(5, "place"),
    ),
)


def rebuilt(change=None, extra=(), drop=()) -> bytes:
    """A hand-in taken apart, changed and put together again."""
    with zipfile.ZipFile(io.BytesIO(handin.pack(BOOK, FAMILIES, "hand-in"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change:
        manifest = json.loads(parts[handin.MANIFEST])
        change(manifest)
        parts[handin.MANIFEST] = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*parts.items(), *extra]:
            if name not in drop:
                archive.writestr(name, data)
    return buffer.getvalue()


def test_what_was_handed_in_is_read_back():
    found = handin.unpack(handin.pack(BOOK, FAMILIES, "hand-in"), "x.zip")
    assert found.manifest.mentee == "ada" and found.manifest.families == FAMILIES
    assert found.book.latest("child", "decision").value.choice == "watch"


def test_hints_and_places_are_never_in_a_hand_in():
    found = handin.unpack(handin.pack(BOOK, FAMILIES, "hand-in"), "x.zip")
    assert {e.do for e in found.book.events} == {"save", "commit", "ask"}


def test_a_question_travels_without_any_answer():
    found = handin.unpack(handin.pack(BOOK, FAMILIES, "questions"), "x.zip")
    assert [e.do for e in found.book.events] == ["ask"]
    assert handin.asks(found.book)[0].value.text == "Why not wait?"


def test_a_hand_in_is_small():
    assert len(handin.pack(BOOK, FAMILIES, "hand-in")) < 2000


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(handin.pack(BOOK, FAMILIES, "hand-in")[:-30], id="truncated"),
        pytest.param(b"PK\x03\x04" + b"\x00" * 50, id="not a zip"),
        pytest.param(rebuilt(lambda m: m.update(format=2)), id="another version"),
        pytest.param(rebuilt(lambda m: m.update(surprise=1)), id="an unknown field"),
        pytest.param(rebuilt(lambda m: m.update(mentee="bea")), id="another mentee's answers"),
        pytest.param(rebuilt(lambda m: m.update(seed="f" * 16)), id="another seed"),
        pytest.param(rebuilt(lambda m: m.update(answers_sha256="0" * 64)), id="edited after handing in"),
        pytest.param(rebuilt(extra=[("../../evil.txt", b"x")]), id="a path outside"),
        pytest.param(rebuilt(extra=[("cases.ipynb", b"{}")]), id="a notebook"),
        pytest.param(rebuilt(drop=[handin.ANSWERS]), id="no answers"),
        pytest.param(rebuilt(extra=[(handin.ANSWERS, b"x")]), id="a part twice"),
        pytest.param(rebuilt(drop=[handin.MANIFEST], extra=[(handin.MANIFEST + "x", b"x")]), id="no manifest"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_cannot_be_used_is_refused_in_four_parts(data):
    with pytest.raises(ContentError) as said:
        handin.unpack(data, "hand-in.zip")
    problem = said.value.problems[0]
    assert problem.file.startswith("hand-in.zip") and problem.found and problem.rule and problem.next_step


def test_a_bomb_is_refused_before_it_fills_memory():
    bomb = rebuilt(drop=[handin.ANSWERS], extra=[(handin.ANSWERS + "", b"0" * (handin.MAX_BYTES + 10))])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(handin.MANIFEST, b"{}")
        archive.writestr(handin.ANSWERS, b"0" * (handin.MAX_BYTES + 10))
    assert len(buffer.getvalue()) < 100_000
    for data in (bomb, buffer.getvalue()):
        with pytest.raises(ContentError):
            handin.unpack(data, "bomb.zip")


def test_a_link_is_refused():
    info = zipfile.ZipInfo(handin.ANSWERS)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(handin.MANIFEST, b"{}")
        archive.writestr(info, b"/etc/passwd")
    with pytest.raises(ContentError, match="regular files"):
        handin.unpack(buffer.getvalue(), "link.zip")


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_down(data):
    with pytest.raises(ContentError):
        handin.unpack(data, "any.zip")


@given(st.binary(max_size=200), st.binary(max_size=400))
def test_no_parts_bring_the_reader_down(manifest, answers):
    with pytest.raises(ContentError):
        handin.unpack(handin.zip_parts({handin.MANIFEST: manifest, handin.ANSWERS: answers}), "any.zip")


def test_the_same_answers_pack_into_the_same_bytes(monkeypatch):
    monkeypatch.setattr(handin, "now", lambda: AT)
    assert handin.pack(BOOK, FAMILIES, "hand-in") == handin.pack(BOOK, FAMILIES, "hand-in")
