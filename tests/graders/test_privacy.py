"""Practice, predictions, hints, timings, the needs assessment and drafts never leave the mentee's folder.

A canary is written into every private place; then every parcel is made, taken apart, and searched byte by byte.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flysolo import answers, deliver
from flysolo.content import load_families, load_needs
from flysolo.course import Course, make_course
from flysolo.handin import unpack
from flysolo.server.parcels import parcels
from graders.collect import collect
from graders.mentor import open_mentor_course

EXERCISE = "01-why-a-throat-stays-open"
CANARY = "canary"


class Clock:
    """A clock whose every reading is told apart, so that each of them can be searched for."""

    def __init__(self):
        self.readings: list[str] = []

    def __call__(self) -> str:
        n = len(self.readings)
        self.readings.append(f"2026-03-{10 + n // 60:02d}T07:{n % 60:02d}:13Z")
        return self.readings[-1]


@pytest.fixture(scope="module")
def clock() -> Iterator[Clock]:
    with pytest.MonkeyPatch.context() as patch:
        made = Clock()
        patch.setattr(answers, "now", made)
        yield made


@pytest.fixture(scope="module")
def course(tmp_path_factory, clock) -> Course:
    """A mentee's folder with a canary in every private place, and every parcel made of it."""
    root = tmp_path_factory.mktemp("privacy")
    (root / "drop" / "to-mentor").mkdir(parents=True)
    course = make_course(root / "course", mentee="ada", name=f"{CANARY}-own-name", drop=str(root / "drop"))
    write_private(course)
    write_answers(course)
    # a line torn by a crash stays at home too
    path = course.answers(EXERCISE).path
    path.write_text(path.read_text("utf-8") + f'{{"n": 99, "text": "{CANARY}-torn"\n', encoding="utf-8")
    send_everything(course)
    return course


def write_private(course: Course) -> None:
    """One canary for each thing of which the mentor hears nothing."""
    practice = course.practice(EXERCISE)
    for name in ("prediction", "confidence", "choice-in-practice"):
        practice.append(
            "save", f"{CANARY}-{name}-item", question=f"{CANARY}-{name}", value={"choice": f"{CANARY}-{name}"}
        )
    practice.append("save", "reflection", question="text", value={"text": f"{CANARY}-reflection"})
    practice.append(
        "save", "why", question="recall-2", value={"text": f"{CANARY}-recall", "choices": [f"{CANARY}-part"]}
    )
    practice.append("hint", f"{CANARY}-hint", question=f"{CANARY}-hint-step")
    practice.append("place", f"{CANARY}-place")
    orientation = course.practice("00-how-this-works")
    for case in load_needs("00-how-this-works").cases[:2]:
        orientation.append("save", case.id, question="decision", value={"choice": f"{CANARY}-needs"})
    orientation.append("save", "needs", question="prediction", value={"choice": f"{CANARY}-needs-guess"})
    (course.folder / "notes.txt").write_text(f"{CANARY}-file-of-my-own", encoding="utf-8")
    notebook = course.exercise_folder(EXERCISE) / "cases.ipynb"
    text = json.loads(notebook.read_text(encoding="utf-8"))
    text["metadata"]["mine"] = f"{CANARY}-notebook"
    notebook.write_text(json.dumps(text), encoding="utf-8")
    (course.exercise_folder(EXERCISE) / "draft.txt").write_text(f"{CANARY}-draft", encoding="utf-8")
    deliver.note_fault(course.folder, ValueError(f"{CANARY}-typed"), {"do": "save", "id": f"{CANARY}-fault"})


def write_answers(course: Course) -> None:
    """Answers that may travel, among them a first thought, a hint, a place and a window that may not."""
    ledger, family = course.answers(EXERCISE), load_families(EXERCISE)[0]
    mark = family.fingerprint
    ledger.append("hint", family.id, question=f"{CANARY}-hint")
    ledger.append("place", f"{CANARY}-where-i-was")
    for choice in (f"{CANARY}-first-thought", f"{CANARY}-second-thought", "watch"):
        ledger.append("save", family.id, question="decision", value={"choice": choice}, fingerprint=mark, window=CANARY)
    ledger.append("commit", family.id, fingerprint=mark, window=CANARY)
    ledger.append("save", family.id, question="twin", value={"choice": "travels"}, fingerprint=mark, window=CANARY)
    ledger.append("ask", family.id, value={"text": "This question travels."})
    ledger.append("draw", "round-1-set-1", value={"choices": ["a"], "text": "a b"})


def unpacked(data: bytes) -> Iterator[bytes]:
    """A parcel and everything in it, packed archives inside archives too."""
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment
            for entry in archive.infolist():
                yield entry.filename.encode() + entry.comment + entry.extra
                yield from unpacked(archive.read(entry))


def everything_sent(course: Course) -> bytes:
    """Every byte that lies where a mentor or a mail program would find it."""
    files = [p for folder in (course.drop, course.folder / "hand-ins") for p in folder.rglob("*") if p.is_file()]
    assert len([p for p in files if p.suffix == ".zip"]) == 6, "three parcels, each kept and dropped"
    return b"\n".join(part for path in files for part in (path.name.encode(), *unpacked(path.read_bytes())))


def send_everything(course: Course) -> None:
    """Each way in which something leaves the mentee's folder."""
    deliver.hand_in(course, EXERCISE)
    deliver.send_questions(course, EXERCISE)
    deliver.share_readiness(course, EXERCISE, 1)


def test_no_private_thing_is_in_any_parcel(course):
    assert sum(CANARY in p.read_text("utf-8") for p in course.folder.rglob("*.jsonl")) >= 3, "the canaries sing"
    sent = everything_sent(course)
    assert b"travels" in sent, "the search does see what travels"
    at = sent.find(CANARY.encode())
    assert at == -1, sent[max(0, at - 80) : at + 80]


def test_the_time_of_day_of_an_answer_is_in_no_parcel(course, clock):
    """How long somebody thought could be read off two of them; a question's time and a set's day are agreed."""
    sent = everything_sent(course).decode("utf-8", "replace")
    told = {event.at for event in course.answers(EXERCISE).read().events if event.do in ("ask", "draw", "share")}
    assert len(told) == 3
    assert [reading for reading in clock.readings if reading in sent and reading not in told] == []


def test_only_the_answer_that_stands_travels(course):
    hand_in = parcels(course, EXERCISE, "hand-in")[0].hand_in
    saves = [(e.question, e.value.choice) for e in hand_in.book.events if e.do == "save"]
    assert saves == [("decision", "watch"), ("twin", "travels")]
    assert len(list(course.answers(EXERCISE).read().of(load_families(EXERCISE)[0].id))) == 4, "nothing is lost here"


def test_an_answer_from_before_the_twin_counts_alike_on_both_sides(course):
    """What is left out of a parcel must not change what is marked."""
    family = load_families(EXERCISE)[0]
    here = course.answers(EXERCISE).read()
    there = parcels(course, EXERCISE, "hand-in")[0].hand_in.book
    for question in family.questions:
        base = question in family.base_questions
        mine = here.counted(family.id, question.id, family.fingerprint, base)
        theirs = there.counted(family.id, question.id, family.fingerprint, base)
        assert (mine.value if mine else None) == (theirs.value if theirs else None)


def test_a_question_or_a_shared_page_carries_no_answer(course):
    for purpose, kinds in (("questions", {"ask"}), ("share", {"share"})):
        parcel = parcels(course, EXERCISE, purpose)[0]
        assert {event.do for event in parcel.hand_in.book.events} == kinds
        parts = b"".join(unpacked(parcel.path.read_bytes()))
        assert b"watch" not in parts and b"decision" not in parts


def test_the_mentors_folder_holds_no_private_thing_either(course, tmp_path):
    # without its released notebooks, which take long to make and hold nothing of anybody
    card = {"format": 1, "course": "open-course", "drop": str(course.drop)}
    (tmp_path / "mentor.json").write_text(json.dumps(card), encoding="utf-8")
    mentor = open_mentor_course(tmp_path)
    assert {taken.purpose for taken in collect(mentor).taken} == {"hand-in", "questions", "share"}
    kept = [path for path in mentor.folder.rglob("*") if path.is_file()]
    assert b"travels" in b"".join(part for path in kept for part in unpacked(path.read_bytes()))
    assert [str(p) for p in kept if any(CANARY.encode() in part for part in unpacked(p.read_bytes()))] == []


def test_a_parcel_packed_by_hand_is_still_whole(course):
    """The canary search would also be passed by an empty parcel."""
    for parcel in parcels(course, EXERCISE):
        assert unpack(parcel.path.read_bytes(), "x").book.events
        assert Path(parcel.path).stat().st_size > 200
