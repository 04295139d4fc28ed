"""Answers outlive restarts, second windows, crashes and full disks, and are never quietly replaced."""

from __future__ import annotations

import errno
import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from flysolo import answers, files
from flysolo.answers import Header, Ledger, NotSaved, Value
from flysolo.problems import ContentError

HEADER = Header(format=1, kind="answers", course="c", mentee="ada", subject="one", seed="0123456789abcdef")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "answers.jsonl", HEADER)


def save(ledger: Ledger, question: str = "decision", choice: str = "watch", **more):
    return ledger.append("save", "child", question=question, value={"choice": choice}, fingerprint="f", **more)


def test_a_saved_answer_is_there_for_the_next_kernel(ledger):
    save(ledger, choice="refer")
    again = Ledger(ledger.path, HEADER).read()
    assert again.latest("child", "decision").value.choice == "refer"


def test_every_save_is_kept_and_the_last_one_counts(ledger):
    save(ledger, choice="watch")
    save(ledger, choice="refer")
    book = ledger.read()
    assert [event.value.choice for event in book.of("child")] == ["watch", "refer"]
    assert book.counted("child", "decision", "f", base=True).value.choice == "refer"


def test_two_windows_lose_nothing(ledger):
    other = Ledger(ledger.path, HEADER)
    save(ledger, question="decision", window="a")
    save(other, question="reason", window="b")
    save(ledger, question="twin", window="a")
    assert [event.question for event in ledger.read().events] == ["decision", "reason", "twin"]


def _save_many(path: str, window: str, times: int) -> None:
    ledger = Ledger(Path(path), HEADER)
    for _ in range(times):
        save(ledger, window=window)


def test_two_processes_saving_at_once_lose_nothing(ledger):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_save_many, args=(str(ledger.path), name, 15)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    events = ledger.read().events
    assert [event.n for event in events] == list(range(1, 31))
    assert sum(event.window == "a" for event in events) == 15


def test_a_crash_between_two_writes_leaves_the_earlier_answer_whole(ledger, tmp_path):
    save(ledger, choice="refer")
    script = f"""
import os
from pathlib import Path
from flysolo import files
from flysolo.answers import Header, Ledger
os.fsync = lambda descriptor: os._exit(9)   # the power goes while the new text is on its way to the disk
header = Header.model_validate({HEADER.model_dump()!r})
Ledger(Path({str(ledger.path)!r}), header).append("save", "child", question="decision", value={{"choice": "watch"}})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 9, done.stderr
    assert ledger.read().latest("child", "decision").value.choice == "refer"
    save(ledger, choice="expand")
    assert ledger.read().latest("child", "decision").value.choice == "expand"


def test_a_full_disk_is_said_in_words_and_keeps_the_earlier_answer(ledger, monkeypatch):
    save(ledger, choice="refer")

    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(answers, "write_whole", full)
    with pytest.raises(NotSaved, match="disk of this computer is full") as said:
        save(ledger, choice="watch")
    assert "Everything saved before is kept" in str(said.value)
    assert ledger.read().latest("child", "decision").value.choice == "refer"


def test_a_disk_that_fills_while_writing_leaves_no_half_file(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    files.write_whole(path, "before")
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OSError, match="full"):
        files.write_whole(path, "after" * 1000)
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["a.jsonl"]


def test_once_the_twin_is_open_the_first_answer_stands(ledger):
    save(ledger, choice="refer")
    ledger.append("commit", "child", fingerprint="f")
    with pytest.raises(NotSaved, match="was closed at"):
        save(ledger, choice="watch")
    save(ledger, question="twin", choice="watch")
    assert ledger.read().counted("child", "decision", "f", base=True).value.choice == "refer"


def test_an_answer_forged_after_the_twin_opened_does_not_count(ledger):
    save(ledger, choice="refer")
    ledger.append("commit", "child", fingerprint="f")
    book = ledger.read()
    forged = book.events[0].model_copy(update={"n": 9, "value": Value(choice="watch")})
    files.write_whole(ledger.path, answers.dump(HEADER, [*book.events, forged]))
    assert ledger.read().counted("child", "decision", "f", base=True).value.choice == "refer"


def test_an_answer_to_an_earlier_wording_is_kept_but_does_not_count(ledger):
    save(ledger)
    book = ledger.read()
    assert book.latest("child", "decision") is not None
    assert book.counted("child", "decision", "other-words", base=True) is None


def test_a_clock_set_back_does_not_change_which_answer_counts(ledger, monkeypatch):
    monkeypatch.setattr(answers, "now", lambda: "2026-05-02T10:00:00Z")
    save(ledger, choice="watch")
    monkeypatch.setattr(answers, "now", lambda: "2026-05-01T10:00:00Z")
    save(ledger, choice="refer")
    assert ledger.read().latest("child", "decision").value.choice == "refer"


def test_a_cut_off_line_is_kept_aside_and_the_rest_still_counts(ledger):
    save(ledger, choice="refer")
    save(ledger, question="reason", choice="closing")
    ledger.path.write_text(ledger.path.read_text()[:-20], encoding="utf-8")
    book = ledger.read()
    assert book.latest("child", "decision").value.choice == "refer"
    assert len(book.damaged) == 1
    save(ledger, question="reason", choice="size")
    kept = list(ledger.path.parent.glob("answers.as-found-*.jsonl"))
    assert len(kept) == 1 and kept[0].read_text().splitlines()[-1] == book.damaged[0][1]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: "", "whose answers"),
        (lambda text: text.replace('"format":1', '"format":2', 1), "newer one wrote"),
        (lambda text: text.replace('"mentee":"ada"', '"mentee":"bea"', 1), "put the file back"),
        (lambda text: text.replace('"kind"', '"surprise":1,"kind"', 1), "nobody declared"),
        (lambda text: "\x00" + text, "line 1"),
    ],
)
def test_a_spoiled_file_is_said_in_four_parts_and_left_as_it_is(ledger, damage, says):
    save(ledger)
    ledger.path.write_text(damage(ledger.path.read_text()), encoding="utf-8")
    before = ledger.path.read_bytes()
    with pytest.raises(ContentError) as said:
        save(ledger)
    assert says in str(said.value) and "Next:" in str(said.value)
    assert ledger.path.read_bytes() == before


def test_a_file_in_another_encoding_is_named_and_left_as_it_is(ledger):
    save(ledger)
    ledger.path.write_bytes(ledger.path.read_text().encode() + b'{"n":2,"do":"\xe9"}')
    with pytest.raises(ContentError, match="UTF-8"):
        ledger.read()


def test_a_byte_order_mark_from_an_editor_is_no_trouble(ledger):
    save(ledger, choice="refer")
    ledger.path.write_bytes(b"\xef\xbb\xbf" + ledger.path.read_bytes())
    assert ledger.read().latest("child", "decision").value.choice == "refer"


def test_a_text_that_is_too_long_is_not_cut_but_said(ledger):
    with pytest.raises(NotSaved, match="longer than 2,000"):
        ledger.append("save", "child", question="why", value={"because": "x" * 2001})
    assert not ledger.path.exists()


def test_white_space_is_no_answer():
    assert Value(because="  \n").is_blank
    assert not Value(percent=0).is_blank


def test_the_file_is_plain_lines_anyone_can_read(ledger):
    save(ledger)
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["mentee"] == "ada"
    assert json.loads(lines[1])["value"] == {"choice": "watch"}
