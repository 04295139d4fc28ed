"""Whatever is sent, what can be read is kept and set out, and what cannot is put aside with its reason."""

from __future__ import annotations

import io
import json
import os
import zipfile

import pytest

from flysolo.handin import ANSWERS, MANIFEST, pack, unpack
from flysolo.problems import ContentError
from graders.collect import collect
from graders.mentor import make_mentor_course, open_mentor_course
from tests.graders import invented

EX = invented.EXERCISE


def rezip(data: bytes, **changes: bytes | None) -> bytes:
    """A parcel with parts exchanged, added or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | changes
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            if part is not None:
                archive.writestr(name, part)
    return buffer.getvalue()


def test_a_hand_in_is_kept_byte_for_byte_and_set_out(mentor_course, whole_answers, send):
    data = whole_answers.parcel()
    path = send(data)
    report = collect(mentor_course)
    assert [(taken.mentee, taken.exercise, taken.purpose) for taken in report.taken] == [("ada", EX, "hand-in")]
    assert (mentor_course.kept / "ada" / EX / "0001-hand-in.zip").read_bytes() == data
    assert not path.exists()
    folder = mentor_course.submitted("ada", EX)
    assert sorted(each.name for each in folder.iterdir()) == [ANSWERS, "cases.ipynb", "timestamp.txt"]
    assert (folder / "cases.ipynb").read_bytes() == (mentor_course.folder / "release" / EX / "cases.ipynb").read_bytes()
    assert (folder / "timestamp.txt").read_text().endswith(" UTC\n")
    assert mentor_course.mentees() == ["ada"]


def test_the_file_name_does_not_matter(mentor_course, whole_answers, send):
    send(whole_answers.parcel(), "hand-in (1).ZIP")
    assert len(collect(mentor_course).taken) == 1


def test_a_file_sent_by_mail_is_collected_from_the_mentors_own_folder(mentor_course, whole_answers):
    (mentor_course.folder / "incoming" / "mail.zip").write_bytes(whole_answers.parcel())
    assert len(collect(mentor_course).taken) == 1


def test_the_same_file_twice_is_noticed_and_not_collected_twice(mentor_course, whole_answers, send):
    data = whole_answers.parcel()
    send(data, "one.zip")
    send(data, "two.zip")
    report = collect(mentor_course)
    assert len(report.taken) == 1 and len(report.again) == 1
    send(data, "three.zip")
    assert collect(mentor_course).again == ["three.zip"]
    assert len(mentor_course.hand_ins("ada", EX)) == 1


def test_of_two_hand_ins_the_fuller_counts_and_both_are_kept(mentor_course, pen, send):
    answers = pen().answer_all("loud-child")
    early = answers.parcel()
    answers.answer_all("quiet-child")
    late = answers.parcel()
    # they arrive in the other order, and within the same minute
    send(late, "a.zip")
    collect(mentor_course)
    send(early, "b.zip")
    report = collect(mentor_course)
    assert "fewer answers" in report.taken[0].notes[0]
    assert [hand_in.original for hand_in in mentor_course.hand_ins("ada", EX)] == [early, late]
    assert "quiet-child" in (mentor_course.submitted("ada", EX) / ANSWERS).read_text(encoding="utf-8")


def test_one_unreadable_parcel_never_holds_up_the_rest(mentor_course, pen, send):
    send(b"PK no zip at all", "broken.zip")
    send(b"", "empty.zip")
    send(pen(mentee="ada").answer_all("loud-child").parcel(), "good.zip")
    send(pen(mentee="ben").answer_all("loud-child").parcel(), "good too.zip")
    report = collect(mentor_course)
    assert {taken.mentee for taken in report.taken} == {"ada", "ben"}
    assert {refused.name for refused in report.refused} == {"broken.zip", "empty.zip"}
    for name in ("broken.zip", "empty.zip"):
        assert (mentor_course.refused / name).exists()
        words = (mentor_course.refused / f"{name}.txt").read_text(encoding="utf-8")
        assert "Found:" in words and "Next:" in words and "Traceback" not in words


def test_two_unreadable_parcels_of_one_name_are_both_kept(mentor_course, send):
    for content in (b"one", b"two"):
        send(content, "broken.zip")
        collect(mentor_course)
    assert {path.read_bytes() for path in mentor_course.refused.glob("*.zip")} == {b"one", b"two"}


def test_a_parcel_of_another_course_is_refused(mentor_course, pen, send):
    send(pen(course="elsewhere").answer_all("loud-child").parcel())
    assert "elsewhere" in collect(mentor_course).refused[0].words
    assert mentor_course.mentees() == []


def test_a_parcel_whose_numbers_were_drawn_for_somebody_else_is_refused(mentor_course, pen, send):
    answers = pen(mentee="ben").answer_all("loud-child")
    stolen = rezip(answers.parcel())
    with zipfile.ZipFile(io.BytesIO(stolen)) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        lines = archive.read(ANSWERS).decode().replace('"mentee":"ben"', '"mentee":"ada"')
    import hashlib

    manifest |= {"mentee": "ada", "answers_sha256": hashlib.sha256(lines.encode()).hexdigest()}
    send(rezip(stolen, **{MANIFEST: json.dumps(manifest).encode(), ANSWERS: lines.encode()}))
    assert "seed" in collect(mentor_course).refused[0].words


@pytest.mark.parametrize(
    "changes",
    [
        {"extra.txt": b"more"},
        {"../../evil.sh": b"#!/bin/sh"},
        {MANIFEST: None},
        {ANSWERS: None},
        {MANIFEST: b"{"},
        {MANIFEST: b'{"format": 2}'},
        {ANSWERS: b"other answers\n"},
        {"answers.jsonl\x00.py": b"x"},
    ],
)
def test_a_parcel_with_other_parts_than_agreed_is_refused(mentor_course, whole_answers, send, changes):
    send(rezip(whole_answers.parcel(), **changes))
    report = collect(mentor_course)
    assert len(report.refused) == 1 and not report.taken
    assert not (mentor_course.folder.parent / "evil.sh").exists()


def test_a_parcel_that_unpacks_to_more_than_the_limit_is_refused(mentor_course, whole_answers, send):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b"{}")
        archive.writestr(ANSWERS, b"\n" * 30_000_000)
    send(buffer.getvalue())
    assert "20,000,000" in collect(mentor_course).refused[0].words


def test_a_link_in_the_shared_folder_is_not_followed(mentor_course, drop, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("private", encoding="utf-8")
    (drop / "to-mentor" / "hand-in.zip").symlink_to(secret)
    report = collect(mentor_course)
    assert "plain" in report.refused[0].words
    assert secret.read_text(encoding="utf-8") == "private"


def test_a_pipe_or_a_folder_named_like_a_parcel_does_not_hang_the_round(mentor_course, drop):
    os.mkfifo(drop / "to-mentor" / "pipe.zip")
    (drop / "to-mentor" / "folder.zip").mkdir()
    assert {refused.name for refused in collect(mentor_course).refused} == {"pipe.zip", "folder.zip"}


def test_a_file_that_is_no_parcel_is_left_where_it_is(mentor_course, drop):
    note = drop / "to-mentor" / "note.docx"
    note.write_bytes(b"hello")
    assert collect(mentor_course).left == ["note.docx"]
    assert note.exists()


def test_answers_to_an_earlier_wording_are_taken_with_a_note(mentor_course, pen, send):
    answers = pen().write("save", "loud-child", question="decision", value={"choice": "letter"}, fingerprint="a" * 16)
    send(pack(answers.book(), {"loud-child": "a" * 16}, "hand-in"))
    taken = collect(mentor_course).taken[0]
    assert "earlier wording" in taken.notes[0]


def test_a_question_parcel_is_kept_and_sets_nothing_out(mentor_course, pen, send):
    asking = pen().write("ask", "loud-child", question="decision", value={"text": "Why not?"}, fingerprint="")
    send(asking.parcel("questions"))
    taken = collect(mentor_course).taken[0]
    assert (taken.purpose, taken.questions) == ("questions", 1)
    assert [event.value.text for event in mentor_course.asks("ada", EX)] == ["Why not?"]
    assert not mentor_course.submitted("ada", EX).exists()
    assert mentor_course.hand_ins("ada", EX) == []


def test_a_question_that_came_twice_is_one_question(mentor_course, pen, send):
    answers = pen().write("ask", "loud-child", value={"text": "Why not?"}, fingerprint="")
    send(answers.parcel("questions"), "a.zip")
    send(answers.answer_all("loud-child").parcel(), "b.zip")
    collect(mentor_course)
    assert len(mentor_course.asks("ada", EX)) == 1
    assert mentor_course.arrived("ada", EX, 1)


def test_a_damaged_line_is_kept_and_told(mentor_course, pen, send):
    import hashlib

    data = pen().answer_all("loud-child").parcel()
    hand_in = unpack(data, "x")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = archive.read(ANSWERS) + b'{"n": 99, "at"\n'
    manifest = hand_in.manifest.model_dump() | {"answers_sha256": hashlib.sha256(lines).hexdigest()}
    send(rezip(data, **{MANIFEST: json.dumps(manifest).encode(), ANSWERS: lines}))
    taken = collect(mentor_course).taken[0]
    assert "damaged" in taken.notes[0]
    assert '{"n": 99, "at"' in (mentor_course.submitted("ada", EX) / ANSWERS).read_text(encoding="utf-8")


def test_whatever_else_lies_in_the_submitted_folder_is_cleared(mentor_course, whole_answers, send):
    folder = mentor_course.submitted("ada", EX)
    (folder / "deep").mkdir(parents=True)
    (folder / "evil.py").write_text("print()", encoding="utf-8")
    send(whole_answers.parcel())
    collect(mentor_course)
    assert sorted(each.name for each in folder.iterdir()) == [ANSWERS, "cases.ipynb", "timestamp.txt"]


# ---- nbgrader's exchange ----


def exchange_submission(mentor_course, tmp_path, pen, account: str, mentee: str):
    root = tmp_path / "exchange"
    folder = root / invented.COURSE / "inbound" / f"{account}+{EX}+2026-01-05 10:00:00 UTC+abc"
    folder.mkdir(parents=True)
    from flysolo.answers import dump

    answers = pen(mentee=mentee).answer_all("loud-child")
    (folder / ANSWERS).write_text(dump(answers.header, answers.events), encoding="utf-8")
    (folder / "cases.ipynb").write_text("never opened", encoding="utf-8")
    config = mentor_course.folder / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + f"\nc.Exchange.root = {str(root)!r}\n", encoding="utf-8")
    return folder


def test_answers_from_nbgraders_exchange_are_taken_alike(mentor_course, tmp_path, pen):
    folder = exchange_submission(mentor_course, tmp_path, pen, "ada", "ada")
    assert [(taken.mentee, taken.purpose) for taken in collect(mentor_course).taken] == [("ada", "hand-in")]
    assert (mentor_course.submitted("ada", EX) / ANSWERS).exists()
    assert folder.exists(), "the exchange is not ours to tidy"
    again = collect(mentor_course)
    assert not again.taken and not again.again and not again.refused


def test_an_account_cannot_hand_in_as_somebody_else(mentor_course, tmp_path, pen):
    exchange_submission(mentor_course, tmp_path, pen, "mallory", "ada")
    assert "mallory" in collect(mentor_course).refused[0].words
    assert not collect(mentor_course).refused, "it is said once"
    assert mentor_course.mentees() == []


# ---- the mentor's folder ----


def test_a_mentors_folder_inside_the_course_is_refused(invented_course):
    with pytest.raises(ContentError, match="outside"):
        make_mentor_course(invented_course / "mentor", course="x")


def test_making_a_course_again_keeps_what_is_there(handed_in_case, drop):
    config = handed_in_case.folder / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    again = make_mentor_course(handed_in_case.folder, mentor="Dr. Other")
    assert (again.card.course, again.card.mentor, again.card.drop) == (invented.COURSE, "Dr. Other", str(drop))
    assert again.mentees() == ["ada"]
    assert "# mine" in config.read_text(encoding="utf-8")
    assert config.read_text(encoding="utf-8").count("configure(get_config()") == 1


def test_a_folder_does_not_change_its_course(mentor_course):
    with pytest.raises(ContentError, match="another folder"):
        make_mentor_course(mentor_course.folder, course="another")


def test_a_folder_without_a_card_is_no_mentors_course(tmp_path):
    with pytest.raises(ContentError, match="mentor.json"):
        open_mentor_course(tmp_path)


def test_released_notebooks_frighten_nobody(mentor_course):
    text = (mentor_course.folder / "release" / EX / "cases.ipynb").read_text(encoding="utf-8")
    assert "NotImplementedError" not in text and "YOUR " not in text
    assert "The words are written in the case page." in text
