"""States of the mentor's side: an invented course, a mentor's folder, answers handed in, answers marked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flysolo import content
from flysolo.answers import Book, Event, Header
from flysolo.content import Case, load_families
from flysolo.draws import seed_for
from flysolo.handin import pack
from graders import keys as keys_module
from graders.keys import Key, load_key
from graders.mentor import MentorCourse, keys_folder, make_mentor_course, open_mentor_course
from graders.model_answers import model_value
from tests.graders import invented


def forget_content() -> None:
    """Drop what was read from other content; reading is cached by path, and a test changes what lies there."""
    content._course_at.cache_clear()
    content._families_in.cache_clear()
    keys_module.load_key.cache_clear()


@contextmanager
def content_in(root: Path) -> Iterator[Path]:
    """Let the invented course below ``root`` be the content, with its keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLYSOLO_CONTENT", str(root / "content"))
        patch.setenv("FLYSOLO_KEYS", str(root / "keys"))
        forget_content()
        yield root / "content"
    forget_content()


@pytest.fixture
def invented_course(tmp_path) -> Iterator[Path]:
    """Content root of the invented course; the environment points to it and to its keys."""
    invented.write_course(tmp_path / "course")
    with content_in(tmp_path / "course") as root:
        yield root


@pytest.fixture
def drop(tmp_path) -> Path:
    """A folder that mentor and mentees share."""
    (tmp_path / "drop" / "to-mentor").mkdir(parents=True)
    return tmp_path / "drop"


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """A mentor's folder as it is made; nbgrader takes seconds for it, so tests get copies."""
    root = tmp_path_factory.mktemp("released")
    invented.write_course(root / "course")
    with content_in(root / "course"):
        return make_mentor_course(root / "mentor", course=invented.COURSE, mentor="Dr. Example").folder


@pytest.fixture
def mentor_course(invented_course, released, tmp_path, drop) -> MentorCourse:
    """A mentor's folder, made and released, with nothing in it yet."""
    shutil.copytree(released, tmp_path / "mentor")
    card = tmp_path / "mentor" / "mentor.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"drop": str(drop)}), encoding="utf-8")
    return open_mentor_course(tmp_path / "mentor")


@dataclass
class Pen:
    """Writes one mentee's answers event by event, as the page would."""

    mentee: str = "ada"
    course: str = invented.COURSE
    exercise: str = invented.EXERCISE
    events: list[Event] = field(default_factory=list)

    @property
    def header(self) -> Header:
        seed = seed_for(self.course, self.mentee, self.exercise)
        return Header(
            format=1, kind="answers", course=self.course, mentee=self.mentee, subject=self.exercise, seed=seed
        )

    @property
    def cases(self) -> dict[str, Case]:
        return {family.id: Case(family, self.header.seed) for family in load_families(self.exercise)}

    def key(self, family: str) -> Key:
        return load_key(self.exercise, family, keys_folder())

    def write(self, do: str, family: str, **fields) -> Pen:
        n = len(self.events) + 1
        at = f"2026-01-05T{9 + n // 60:02d}:{n % 60:02d}:00Z"
        fingerprint = fields.pop("fingerprint", None)
        if fingerprint is None:
            fingerprint = self.cases[family].family.fingerprint if family in self.cases else "0" * 16
        event = {"n": n, "at": at, "do": do, "item": family, "fingerprint": fingerprint} | fields
        self.events.append(Event.model_validate(event))
        return self

    def save(self, family: str, question: str, **value) -> Pen:
        return self.write("save", family, question=question, value=value)

    def close(self, family: str) -> Pen:
        return self.write("commit", family)

    def answer_all(self, family: str, **choices: str | dict) -> Pen:
        """Supported answers to every question of a case, but for those named."""
        for question in self.cases[family].family.questions:
            if question.kind == "twin":
                self.close(family)
            value = choices.get(question.id, model_value(question, self.key(family)))
            if value is not None:
                self.save(family, question.id, **({"choice": value} if isinstance(value, str) else value))
        return self

    def book(self) -> Book:
        return Book(self.header, tuple(self.events))

    def parcel(self, purpose: str = "hand-in") -> bytes:
        families = {family: case.family.fingerprint for family, case in self.cases.items()}
        return pack(self.book(), families, purpose)


@pytest.fixture
def pen(invented_course) -> Callable[..., Pen]:
    """A new pen for a mentee."""
    return Pen


@pytest.fixture
def whole_answers(pen) -> Pen:
    """Ada has answered everything as the keys support it."""
    return pen().answer_all("loud-child").answer_all("quiet-child")


@pytest.fixture
def send(drop) -> Callable[..., Path]:
    """Put a parcel into the shared folder."""

    def put(data: bytes, name: str = "hand-in.zip") -> Path:
        path = drop / "to-mentor" / name
        path.write_bytes(data)
        return path

    return put


@pytest.fixture
def handed_in_case(mentor_course, whole_answers, send) -> MentorCourse:
    """Ada's whole answers lie collected in the mentor's folder."""
    from graders.collect import collect

    send(whole_answers.parcel())
    assert len(collect(mentor_course).taken) == 1
    return mentor_course


@pytest.fixture
def marked_case(handed_in_case) -> MentorCourse:
    """Ada's whole answers are marked by the machine; her written reason waits."""
    from graders.batch import mark

    report = mark(handed_in_case)
    assert report.done == [("ada", invented.EXERCISE)], report.faults
    return handed_in_case
