"""Hand-ins made to do harm, and broken ones: refused or harmless, in words; the rest goes on, the original is kept.

What tests/graders/test_collect.py and tests/flysolo/test_handin.py show is not shown again here.
"""

from __future__ import annotations

import bz2
import csv
import hashlib
import io
import json
import os
import tarfile
import tracemalloc
import zipfile

import pytest

from flysolo.answers import Event, dump
from flysolo.content import load_families
from flysolo.handin import ANSWERS, MANIFEST, MAX_LINES, pack, unpack, zip_parts
from flysolo.problems import ContentError
from graders import batch
from graders.collect import collect
from graders.release import nbgrader_api
from graders.reply import make_page
from tests.graders import invented

EX = invented.EXERCISE


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(data: bytes, lines: bytes | None = None, **manifest) -> bytes:
    """A parcel whose checksum is right again after it was changed: what somebody makes who read the program."""
    parts = parts_of(data)
    lines = parts[ANSWERS] if lines is None else lines
    said = json.loads(parts[MANIFEST]) | {"answers_sha256": hashlib.sha256(lines).hexdigest()} | manifest
    return zip_parts({MANIFEST: json.dumps(said).encode(), ANSWERS: lines})


def archive(*entries: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as made:
        for name, data in entries:
            made.writestr(zipfile.ZipInfo(name) if name.startswith("/") else name, data, packing)
    return buffer.getvalue()


def renamed_entry(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with the name of an entry replaced by one of the same length, where no tool would write it."""
    assert len(old) == len(new) and old in data
    return data.replace(old, new)


GOOD = zip_parts({MANIFEST: b"{}", ANSWERS: b"{}\n"})


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        made.addfile(tarfile.TarInfo("../../evil"), io.BytesIO())
    return buffer.getvalue()


def with_bad_deflate(data: bytes) -> bytes:
    """An archive whose directory is sound and whose packed bytes are none."""
    at = data.index(ANSWERS.encode()) + len(ANSWERS)
    return data[:at] + b"\xff" * 8 + data[at + 8 :]


PATHS = ["../answers.jsonl", "/etc/cron.d/evil", "C:\\evil.bat", "..\\..\\evil", "answers.jsonl/", "./manifest.json"]
LOOKALIKES = ["mаnifest.json", "manifest.json ", "manifest．json", "ANSWERS.JSONL", "answers.jsonl.", "Manifest.json"]
BROKEN = {
    **{f"path {name}": archive((MANIFEST, b"{}"), (ANSWERS, b"{}\n"), (name, b"x")) for name in PATHS + LOOKALIKES},
    **{f"only {name}": archive((name, b"{}"), (ANSWERS, b"{}\n")) for name in LOOKALIKES},
    "a name with NUL": renamed_entry(GOOD, b"manifest.json", b"manifest\x00json"),
    "a name that is no text": renamed_entry(GOOD, b"manifest.json", b"manif\xff\xfet.json"),
    "a crowd": archive(*((f"{n}.txt", b"") for n in range(3000))),
    "an archive in it": archive((MANIFEST, GOOD), (ANSWERS, GOOD)),
    "bytes that are not packed": with_bad_deflate(GOOD),
    "packed by bzip2": archive((MANIFEST, b"{}"), (ANSWERS, b"{}"), packing=zipfile.ZIP_BZIP2),
    "packed by lzma": archive((MANIFEST, b"{}"), (ANSWERS, b"{}"), packing=zipfile.ZIP_LZMA),
    "a tar": tar(),
    "a bz2": bz2.compress(GOOD),
    "a word document": archive(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")),
    "a web page": b"<html><script>alert(1)</script></html>",
    "a notebook": b'{"cells": [], "nbformat": 4}',
    "half of it": GOOD[: len(GOOD) // 2],
    "two archives in a row": GOOD[:-10] + GOOD,
}
MANIFESTS = {
    "nested deeply": b"[" * 100_000,
    "nested in a field": b'{"format": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "a number of many digits": b'{"format": ' + b"1" * 5000 + b"}",
    "not a number": b'{"format": NaN}',
    "infinite": b'{"format": Infinity}',
    "a list": b"[1]",
    "a bare word": b"null",
    "UTF-16 without a mark": '{"format": 1}'.encode("utf-16-le"),
    "latin-1": '{"mentee": "jörg"}'.encode("latin-1"),
    "half a pair": b'{"mentee": "\\ud800"}',
    "a mark and nothing": b"\xef\xbb\xbf",
    "a field twice": b'{"format": 2, "format": 1}',
}


@pytest.mark.parametrize("name", [*BROKEN, *MANIFESTS])
def test_what_is_no_parcel_is_refused_in_four_parts(name):
    data = BROKEN.get(name) or zip_parts({MANIFEST: MANIFESTS[name], ANSWERS: b"{}\n"})
    with pytest.raises(ContentError) as said:
        unpack(data, "x.zip")
    problem = said.value.problems[0]
    assert problem.file.startswith("x.zip") and problem.found and problem.rule and problem.next_step
    str(said.value).encode("utf-8")


def test_a_whole_folder_of_broken_parcels_holds_up_nobody(mentor_course, pen, send):
    """One round takes them all: the good ones are marked, each other one lies in refused/ with its reason."""
    for n, data in enumerate(BROKEN.values()):
        send(data, f"broken-{n:02d}.zip")
    send(pen(mentee="ben").answer_all("loud-child").parcel(), "broken-05b.zip")
    report = collect(mentor_course)
    assert [taken.mentee for taken in report.taken] == ["ben"]
    assert len(report.refused) == len(BROKEN)
    for n, data in enumerate(BROKEN.values()):
        kept = mentor_course.refused / f"broken-{n:02d}.zip"
        assert kept.read_bytes() == data, "byte for byte"
        words = kept.with_name(f"{kept.name}.txt").read_text(encoding="utf-8")
        assert "Found:" in words and "Rule:" in words and "Next:" in words and "Traceback" not in words
    assert batch.mark(mentor_course).done == [("ben", EX)]
    outside = {path.name for path in mentor_course.folder.parent.iterdir()}
    assert outside <= {"course", "drop", "mentor"}, "nothing was written anywhere else"


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.zip", "\u202egpj.zip".encode(), b"line\nbreak.zip", b"a" * 251 + b".zip", b"=cmd().zip"]
)
def test_the_name_of_a_file_may_be_anything(mentor_course, whole_answers, drop, name):
    """A name is bytes that a stranger chose; it decides nothing and stops nothing."""
    folder = os.fsencode(drop / "to-mentor")
    for data in (b"broken", whole_answers.parcel()):
        with open(os.path.join(folder, name), "wb") as stream:  # noqa: PTH118, PTH123 a name that is no text
            stream.write(data)
        report = collect(mentor_course)
        assert len(report.taken) + len(report.refused) == 1
    assert [kept.record.n for kept in mentor_course.records("ada", EX)] == [1]
    assert [path.read_bytes() for path in mentor_course.refused.glob("*.zip")] == [b"broken"]
    assert len(list(mentor_course.refused.glob("*.txt"))) == 1
    assert not list((drop / "to-mentor").iterdir())


def test_reading_a_parcel_never_takes_more_memory_than_it_may():
    """A ratio of 1000, a directory of thousands of entries and millions of lines all end early."""
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for n in range(20_000):
            made.writestr(f"{n}", b"")
    lines = archive((MANIFEST, b"{}"), (ANSWERS, b"{}\n" * 6_000_000))
    for data in (many.getvalue(), lines):
        tracemalloc.start()
        with pytest.raises(ContentError):
            unpack(data, "x.zip")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 80_000_000, "four times what one parcel may hold"


def test_more_lines_than_anyone_saves_are_refused_and_as_many_as_allowed_are_read(pen):
    data = pen().answer_all("loud-child").parcel()
    lines = parts_of(data)[ANSWERS]
    with pytest.raises(ContentError, match="lines"):
        unpack(forged(data, lines + b"\n" * MAX_LINES), "x.zip")
    assert unpack(forged(data, lines + b"\n" * 1000), "x.zip").book.events


STRANGE = [
    b'{"n":50,"at":"2026-01-05T09:00:00Z","do":"save","item":"quiet-child","question":"chance","value":{"percent":NaN}}',
    b'{"n":51,"at":"2026-01-05T09:00:00Z","do":"save","item":"quiet-child","question":"chance","value":{"percent":Infinity}}',
    b'{"n":52,"at":"2026-01-05T09:00:00Z","do":"save","item":"quiet-child","question":"chance","value":{"percent":-1e309}}',
    b'{"n":53,"at":"2026-01-05T09:00:00Z","do":"save","item":"quiet-child","question":"chance","value":{"percent":1e308}}',
    b'{"n":54,"at":"2026-01-05T09:00:00Z","do":"save","item":"../../evil","value":{"choice":"x"}}',
    b'{"n":55,"at":"2026-01-05T09:00:00Z","do":"exec","item":"loud-child"}',
    b'{"n":56,"at":"2026-01-05T09:00:00Z","do":"save","item":"loud-child","value":{"text":"\\ud800"}}',
    b'{"n":57,"at":"2026-01-05T09:00:00Z","do":"save","item":"loud-child","score":1}',
    b'{"n":' + b"9" * 5000 + b"}",
    b"[" * 50_000,
    b'{"n":58,"at":"9999-99-99T99:99:99Z","do":"save","item":"loud-child","value":{"text":"' + b"x" * 3000 + b'"}}',
]


def test_lines_that_are_no_answers_are_kept_told_and_mark_nothing(mentor_course, whole_answers, send):
    data = whole_answers.parcel()
    before = parts_of(data)[ANSWERS]
    send(forged(data, before + b"\n".join(STRANGE) + b"\n"))
    taken = collect(mentor_course).taken[0]
    assert f"{len(STRANGE)} damaged" in taken.notes[0]
    assert batch.mark(mentor_course).done == [("ada", EX)]
    rows = nbgrader_api(mentor_course).gradebook
    with rows as gradebook:
        submission = gradebook.find_submission(EX, "ada")
        assert 0 < submission.score <= submission.max_score
    page = make_page(mentor_course, "ada", EX)
    assert "NaN" not in page and "nan" not in page.split("<body")[1].replace("nance", "")


def test_a_time_that_no_clock_shows_stops_nothing(mentor_course, whole_answers, send):
    """The form of a time is checked, its meaning may still be none."""
    data = whole_answers.parcel()
    lines = parts_of(data)[ANSWERS].replace(b"2026-01-05T00:00:00Z", b"9999-99-99T99:99:99Z")
    send(forged(data, made_at="9999-99-99T99:99:99Z"), "a.zip")
    send(forged(data, lines), "b.zip")
    report = collect(mentor_course)
    assert "made_at" in report.refused[0].words and len(report.refused) == 1
    assert "damaged" in report.taken[0].notes[0]
    assert batch.mark(mentor_course).done == [("ada", EX)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_editors_encoding_is_an_accident_and_the_work_is_marked(mentor_course, whole_answers, send, encoding):
    data = whole_answers.parcel()
    send(forged(data, parts_of(data)[ANSWERS].decode().encode(encoding)))
    assert len(collect(mentor_course).taken) == 1
    assert batch.mark(mentor_course).done == [("ada", EX)]


def test_an_older_hand_in_sent_again_changes_nothing(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", decision="plate")
    early = answers.parcel()
    late = answers.save("quiet-child", "decision", choice="letter").parcel()
    for data in (early, late):
        send(data)
        collect(mentor_course)
    batch.mark(mentor_course)
    before = (mentor_course.autograded("ada", EX) / "cases.ipynb").read_bytes()
    send(early)
    assert collect(mentor_course).again == ["hand-in.zip"]
    # the same answers in a parcel of another minute are no news either
    send(forged(early, made_at="2030-01-01T00:00:00Z"))
    assert "fewer answers" in collect(mentor_course).taken[0].notes[0]
    assert batch.mark(mentor_course).done == []
    assert (mentor_course.autograded("ada", EX) / "cases.ipynb").read_bytes() == before


def test_a_seed_chosen_by_hand_is_refused_with_its_checksum_right(mentor_course, whole_answers, send):
    data = whole_answers.parcel()
    seed = json.loads(parts_of(data)[MANIFEST])["seed"]
    other = "0" * 16
    lines = parts_of(data)[ANSWERS].replace(seed.encode(), other.encode())
    send(forged(data, lines, seed=other))
    assert "seed" in collect(mentor_course).refused[0].words


def test_answers_whose_wording_was_edited_mark_nothing(mentor_course, pen, send):
    """A fingerprint says to which wording somebody answered; an invented one answers to none."""
    answers = pen().answer_all("loud-child")
    real = load_families(EX)[0].fingerprint
    events = [Event.model_validate(e.model_dump() | {"fingerprint": "f" * 16}) for e in answers.events]
    book = answers.book()
    lines = dump(book.header, events).encode()
    send(forged(answers.parcel(), lines, families={"loud-child": real}))
    collect(mentor_course)
    batch.mark(mentor_course)
    with nbgrader_api(mentor_course).gradebook as gradebook:
        assert gradebook.find_submission(EX, "ada").score == 0


def test_points_cannot_be_given_to_oneself(mentor_course, whole_answers, send):
    """Nothing that is sent has a place for marks: each try is an unknown field, or a line that is no answer."""
    data = whole_answers.parcel()
    with pytest.raises(ContentError, match="declared"):
        unpack(forged(data, score=100), "x.zip")
    assert "marks" not in json.loads(parts_of(data)[MANIFEST])


def test_somebody_elses_answers_under_ones_own_name_are_refused(mentor_course, pen, send):
    """Copied answers carry the numbers of the one who was asked; the copy says so."""
    ada, ben = pen(mentee="ada").answer_all("loud-child"), pen(mentee="ben")
    copied = dump(ada.header.model_copy(update={"mentee": "ben"}), ada.events).encode()
    send(forged(ada.parcel(), copied, mentee="ben", seed=ben.header.seed))
    assert "seed" in collect(mentor_course).refused[0].words


@pytest.mark.parametrize("name", ["../ada", "ada/../../x", "ADA", "аda", "ada\n", "con", "ada ", "-rf", "=1+1", "@sum"])
def test_a_name_that_is_no_id_reaches_no_folder(mentor_course, whole_answers, send, name):
    data = whole_answers.parcel()
    lines = parts_of(data)[ANSWERS].replace(b'"ada"', json.dumps(name).encode())
    send(forged(data, lines, mentee=name))
    report = collect(mentor_course)
    assert len(report.refused) == 1 and mentor_course.mentees() == []


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "{% import os %}{{ ''.__class__ }}",
    "$\\href{javascript:alert(1)}{x}$",
    '=HYPERLINK("http://evil.example")',
    "\u202e\u0000\u0007",
    "</textarea></style><svg onload=alert(1)>",
]


def test_markup_in_every_field_that_takes_words_is_shown_as_words(mentor_course, pen, send):
    hostile = " ".join(MARKUP).replace("\u0000", "")
    reason = {"picks": ["link-a"], "because": hostile, "change_mind": hostile}
    answers = pen().answer_all("loud-child", why=reason).write("ask", "loud-child", value={"text": hostile})
    send(answers.parcel())
    collect(mentor_course)
    batch.mark(mentor_course)
    page = make_page(mentor_course, "ada", EX)
    for tag in ("<script", "<img", "<svg", "</textarea", 'href="javascript'):
        assert tag not in page.lower()
    assert "&lt;script&gt;alert(1)" in page
    marked = json.loads((mentor_course.autograded("ada", EX) / "cases.ipynb").read_text(encoding="utf-8"))
    drawn = [cell["source"] for cell in marked["cells"]] + [cell.get("outputs", []) for cell in marked["cells"]]
    assert "HYPERLINK" in str(drawn), "the words are there"
    assert "<script>alert(1)" not in str(drawn) and "<img" not in str(drawn) and "<svg" not in str(drawn)


def test_no_cell_of_an_exported_table_can_become_a_formula(mentor_course, pen, send, tmp_path):
    """nbgrader writes its table unescaped; what saves it is that no words of a mentee are in it."""
    formula = '=HYPERLINK("http://evil.example","x")\t+1@a'
    reason = {"picks": ["link-a"], "because": formula, "change_mind": formula}
    for mentee in ("ada", "e-1"):
        answers = pen(mentee=mentee).answer_all("loud-child", why=reason)
        answers.write("ask", "loud-child", value={"text": formula})
        send(answers.parcel(), f"{mentee}.zip")
    collect(mentor_course)
    batch.mark(mentor_course)
    from nbgrader.plugins import CsvExportPlugin

    with nbgrader_api(mentor_course).gradebook as gradebook:
        CsvExportPlugin(to=str(tmp_path / "grades.csv")).export(gradebook)
    rows = list(csv.reader((tmp_path / "grades.csv").open(encoding="utf-8")))
    assert [row[3] for row in rows[1:]] == ["ada", "e-1"]
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert "HYPERLINK" not in (tmp_path / "grades.csv").read_text(encoding="utf-8")


def test_ten_thousand_answers_to_one_question_are_one_answer(pen):
    """As many lines as a parcel may hold are read in seconds and counted once."""
    answers = pen().answer_all("loud-child")
    line = dump(answers.header, answers.events[1:2]).split("\n")[1].encode()
    lines = parts_of(answers.parcel())[ANSWERS] + (line + b"\n") * (MAX_LINES // 2)
    book = unpack(forged(answers.parcel(), lines), "x.zip").book
    assert len(book.events) > MAX_LINES // 2
    assert len(unpack(pack(book, {}, "hand-in"), "y").book.events) < 50


def test_a_full_disk_here_is_no_fault_of_the_parcel(mentor_course, whole_answers, send, monkeypatch):
    """It waits where it is, and the next round takes it."""
    import errno

    from graders import collect as module

    path, data = send(whole_answers.parcel()), whole_answers.parcel()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_bytes_whole", full)
        report = collect(mentor_course)
    assert not report.taken and "No space left" in report.refused[0].words and "waits" in report.refused[0].words
    assert path.read_bytes() == data and not list(mentor_course.refused.iterdir())
    assert len(collect(mentor_course).taken) == 1


def test_a_course_that_cannot_be_read_is_no_fault_of_the_parcel(mentor_course, whole_answers, send, invented_course):
    from tests.graders.conftest import forget_content

    family = invented_course / "exercises" / EX / "families" / "quiet-child.toml"
    text = family.read_text(encoding="utf-8")
    data = whole_answers.parcel()
    send(data)
    family.write_text("broken", encoding="utf-8")
    forget_content()
    report = collect(mentor_course)
    assert len(report.taken) == 1 and not report.refused
    family.write_text(text, encoding="utf-8")
    forget_content()
    assert batch.mark(mentor_course).done == [("ada", EX)]


def test_a_fault_of_our_reader_takes_down_one_parcel(mentor_course, pen, send, monkeypatch):
    from graders import collect as module

    real = module.check

    def check(course, hand_in, name):
        if hand_in.manifest.mentee == "ada":
            raise KeyError("nobody thought of this")
        return real(course, hand_in, name)

    monkeypatch.setattr(module, "check", check)
    for mentee in ("ada", "ben"):
        send(pen(mentee=mentee).answer_all("loud-child").parcel(), f"{mentee}.zip")
    report = collect(mentor_course)
    assert [taken.mentee for taken in report.taken] == ["ben"] and "unforeseen" in report.refused[0].words
    assert (mentor_course.refused / "ada.zip").exists()


# ---- nbgrader's exchange, where anyone with an account may make folders ----


@pytest.fixture
def inbound(mentor_course, tmp_path):
    """The folder in which accounts leave what they submit."""
    folder = tmp_path / "exchange" / invented.COURSE / "inbound"
    folder.mkdir(parents=True)
    config = mentor_course.folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "name", ["..+..+2026", "..+.+x", ".+.+x", "ada", "+++", "ada+" + "x" * 200 + "+t", "ada+01-invented+t\nx", "A+B+C"]
)
def test_a_folder_in_the_exchange_may_have_any_name(mentor_course, inbound, pen, name):
    (inbound / name).mkdir()
    (inbound / name / ANSWERS).write_bytes(b"[")
    good = pen(mentee="ben").answer_all("loud-child")
    submitted = inbound / f"ben+{EX}+2026-01-05 10:00:00 UTC+abc"
    submitted.mkdir()
    (submitted / ANSWERS).write_text(dump(good.header, good.events), encoding="utf-8")
    report = collect(mentor_course)
    assert [taken.mentee for taken in report.taken] == ["ben"]
    assert len(report.refused) == 1
    again = collect(mentor_course)
    assert not again.taken and not again.refused, "it is said once"
    assert {path.name for path in mentor_course.kept.iterdir()} == {"ben"}


def test_answers_in_the_exchange_that_are_a_link_or_a_crowd_are_refused(mentor_course, inbound, pen, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("private", encoding="utf-8")
    linked, crowded = inbound / f"ada+{EX}+t", inbound / f"ben+{EX}+t"
    for folder in (linked, crowded):
        folder.mkdir()
    (linked / ANSWERS).symlink_to(secret)
    header = dump(pen(mentee="ben").header, ()).encode()
    (crowded / ANSWERS).write_bytes(header + b"\n" * (2 * MAX_LINES) + b"{}\n" * (2 * MAX_LINES))
    report = collect(mentor_course)
    assert {refused.name for refused in report.refused} == {f"exchange: {each.name}" for each in (linked, crowded)}
    assert "lines" in str(report.refused)
    assert "private" not in str(report.refused)
