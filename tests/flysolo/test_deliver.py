"""Handing in makes one small file, puts it where it was agreed, and says what lies where; nothing private is in it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from flysolo import deliver
from flysolo.answers import NotSaved
from flysolo.course import make_course
from flysolo.handin import asks, read_file
from flysolo.server import exchange
from flysolo.server.parcels import parcels
from tests.flysolo.server_world import write_content
from tests.samples import ANSWERS, EXERCISE

unix_only = pytest.mark.skipif(os.name == "nt", reason="nbgrader's exchange does not run on Windows")


@pytest.fixture
def content(tmp_path, monkeypatch) -> Path:
    """The invented course, and no exchange of the machine that runs the test."""
    monkeypatch.setenv("FLYSOLO_CONTENT", str(write_content(tmp_path / "content")))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "no-settings"))
    monkeypatch.delenv(exchange.OWN_CONFIG, raising=False)
    return tmp_path / "content"


@pytest.fixture
def alone(content, tmp_path):
    """A mentee who sends files by mail."""
    return make_course(tmp_path / "course", mentee="ada")


@pytest.fixture
def sharing(content, tmp_path):
    """A mentee who shares a folder with the mentor."""
    (tmp_path / "drop").mkdir()
    return make_course(tmp_path / "course", mentee="ada", drop=str(tmp_path / "drop"))


def answer(course, question="needs", family="first-child", value=None):
    from flysolo.content import load_families

    fingerprint = next(each.fingerprint for each in load_families(EXERCISE) if each.id == family)
    value = value or ANSWERS[question]
    return course.answers(EXERCISE).append("save", family, question=question, value=value, fingerprint=fingerprint)


def test_a_hand_in_without_a_shared_folder_is_a_file_and_says_so(alone):
    answer(alone)
    done = deliver.hand_in(alone, EXERCISE)
    assert done.where == "file" and done.file.parent == alone.folder / "hand-ins"
    assert read_file(done.file).manifest.mentee == "ada"
    assert f"Send the file {done.file.name}" in done.words
    assert "within 2 days" in done.words
    assert not done.unreachable


def test_a_hand_in_says_what_is_open_and_that_this_is_fine(alone):
    answer(alone)
    done = deliver.hand_in(alone, EXERCISE)
    assert done.open_questions == (("The loud child", 6), ("The quiet child", 7))
    assert "Questions still open, which is fine: 6 in “The loud child”; 7 in “The quiet child”." in done.words
    assert "You can hand in again at any time" in done.words


def test_a_blank_exercise_is_not_handed_in_and_nothing_is_made(alone):
    with pytest.raises(NotSaved, match="Nothing is answered in this exercise yet"):
        deliver.hand_in(alone, EXERCISE)
    assert not (alone.folder / "hand-ins").exists()


def test_an_unchanged_hand_in_is_noted_and_makes_no_second_file(alone):
    answer(alone)
    first = deliver.hand_in(alone, EXERCISE)
    again = deliver.hand_in(alone, EXERCISE)
    assert again.unchanged and again.file == first.file and again.made_at == first.made_at
    assert again.words.startswith("Nothing has changed since you handed in")
    assert len(list(first.file.parent.glob("*.zip"))) == 1


def test_a_changed_answer_makes_a_new_hand_in(alone, monkeypatch):
    answer(alone)
    first = deliver.hand_in(alone, EXERCISE)
    answer(alone, value={"choices": ["need-9"]})
    monkeypatch.setattr("flysolo.handin.now", lambda: "2030-01-01T10:00:00Z")
    again = deliver.hand_in(alone, EXERCISE)
    assert not again.unchanged and again.file != first.file
    assert [parcel.path for parcel in parcels(alone, EXERCISE)] == [first.file, again.file]


def test_the_newest_hand_in_is_the_one_with_the_newest_answers_even_if_the_clock_went_back(alone, monkeypatch):
    answer(alone)
    monkeypatch.setattr("flysolo.handin.now", lambda: "2031-01-01T10:00:00Z")
    deliver.hand_in(alone, EXERCISE)
    answer(alone, value={"choices": ["need-9"]})
    monkeypatch.setattr("flysolo.handin.now", lambda: "2026-01-01T10:00:00Z")
    later = deliver.hand_in(alone, EXERCISE)
    assert parcels(alone, EXERCISE)[-1].path == later.file


def test_hints_places_and_practice_are_in_no_hand_in(alone):
    answer(alone)
    alone.answers(EXERCISE).append("hint", "first-child", question="decision")
    alone.answers(EXERCISE).append("place", "first-child")
    alone.practice(EXERCISE).append("save", "first-guess", question="prediction", value={"choice": "opens"})
    book = read_file(deliver.hand_in(alone, EXERCISE).file).book
    assert {event.do for event in book.events} == {"save"}
    assert {event.item for event in book.events} == {"first-child"}


def test_a_shared_folder_gets_the_same_file_and_the_mentee_keeps_one(sharing):
    answer(sharing)
    done = deliver.hand_in(sharing, EXERCISE)
    there = sharing.drop / "to-mentor" / done.file.name
    assert done.where == "drop" and there.read_bytes() == done.file.read_bytes()
    assert "the folder you share with your mentor" in done.words


def test_a_hand_in_that_the_mentor_took_out_of_the_shared_folder_counts_as_sent(sharing):
    answer(sharing)
    done = deliver.hand_in(sharing, EXERCISE)
    (sharing.drop / "to-mentor" / done.file.name).unlink()
    again = deliver.hand_in(sharing, EXERCISE)
    assert again.unchanged and again.where == "drop"
    assert list((sharing.drop / "to-mentor").iterdir()) == [], "the mentor is not sent the same twice"


def test_a_shared_folder_that_is_away_is_never_made_anew_and_nothing_is_lost(sharing):
    answer(sharing)
    sharing.drop.rmdir()
    done = deliver.hand_in(sharing, EXERCISE)
    assert done.where == "file" and done.unreachable and done.file.is_file()
    assert not sharing.drop.exists(), "a folder made in the place of an absent share would swallow every hand-in"
    assert "cannot be reached just now" in done.words
    sharing.drop.mkdir()
    back = deliver.hand_in(sharing, EXERCISE)
    assert back.unchanged and back.where == "drop"
    assert (sharing.drop / "to-mentor" / done.file.name).is_file()


def test_a_full_disk_is_said_in_words_and_the_answers_stay(alone, monkeypatch):
    answer(alone)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("flysolo.server.parcels.write_bytes_whole", full)
    with pytest.raises(NotSaved, match="Every answer is kept as it was"):
        deliver.hand_in(alone, EXERCISE)
    assert alone.answers(EXERCISE).read().latest("first-child", "needs")


def test_damaged_lines_are_mentioned_and_do_not_stop_a_hand_in(alone):
    answer(alone)
    ledger = alone.answers(EXERCISE).path
    ledger.write_text(ledger.read_text(encoding="utf-8") + '{"n": 2, "at"\n', encoding="utf-8")
    done = deliver.hand_in(alone, EXERCISE)
    assert done.damaged == 1 and "One line in the file of your answers could not be read" in done.words


def test_a_question_travels_without_the_answers(sharing):
    answer(sharing)
    sharing.answers(EXERCISE).append("ask", "first-child", question="decision", value={"text": "Why not wait?"})
    done = deliver.send_questions(sharing, EXERCISE)
    sent = read_file(sharing.drop / "to-mentor" / done.file.name)
    assert sent.manifest.purpose == "questions"
    assert [event.value.text for event in asks(sent.book)] == ["Why not wait?"]
    assert {event.do for event in sent.book.events} == {"ask"}
    assert "travels without your answers" in done.words


def test_a_question_that_was_kept_and_not_sent_is_not_forgotten(alone):
    ledger = alone.answers(EXERCISE)
    ledger.append("ask", "first-child", value={"text": "One?"})
    assert deliver.unsent_questions(alone, EXERCISE, ledger.read()) == 1
    deliver.send_questions(alone, EXERCISE)
    assert deliver.unsent_questions(alone, EXERCISE, ledger.read()) == 0
    ledger.append("ask", "first-child", value={"text": "Two?"})
    assert deliver.unsent_questions(alone, EXERCISE, ledger.read()) == 1
    deliver.hand_in(alone, EXERCISE)
    assert deliver.unsent_questions(alone, EXERCISE, ledger.read()) == 0


def test_what_is_said_about_asking_fits_how_questions_travel(alone, tmp_path):
    assert "file" in deliver.how_asking_works(alone)
    shared = make_course(tmp_path / "other", mentee="bea", drop=str(tmp_path))
    assert "at once" in deliver.how_asking_works(shared)
    assert "cannot be sent" in deliver.how_asking_works(None)
    for each in (alone, shared):
        assert "Asking never costs anything" in deliver.how_asking_works(each)


def test_a_fault_is_noted_without_a_word_of_what_was_typed(alone):
    note = deliver.fault_log(alone)
    try:
        raise ValueError("my patient's private words")
    except ValueError as error:
        note(error, {"do": "save", "id": "decision", "value": "more private words"})
    text = (alone.folder / ".fly" / "faults.txt").read_text(encoding="utf-8")
    assert "save decision: ValueError" in text and "test_deliver" in text
    assert "private words" not in text.replace('raise ValueError("my patient\'s private words")', "")


def test_the_file_of_faults_stays_small(alone):
    note = deliver.fault_log(alone)
    path = alone.folder / ".fly" / "faults.txt"
    path.parent.mkdir()
    path.write_text("x" * 900_000, encoding="utf-8")
    note(ValueError(), {"do": "save", "id": "decision"})
    assert path.stat().st_size < 2 * deliver.FAULTS_LIMIT


# nbgrader's exchange ------------------------------------------------------------


@pytest.fixture
def exchange_root(content, tmp_path) -> Path:
    """An exchange in which a mentor has released the exercise."""
    root = tmp_path / "exchange"
    released = root / "airway" / "outbound" / EXERCISE
    released.mkdir(parents=True)
    (released / "cases.ipynb").write_bytes((content / "exercises" / EXERCISE / "cases.ipynb").read_bytes())
    inbound = root / "airway" / "inbound"
    inbound.mkdir()
    root.chmod(0o777)
    inbound.chmod(0o2733)
    return root


@pytest.fixture
def on_a_server(alone, exchange_root, monkeypatch, tmp_path):
    """A mentee on a server with an exchange, set up by nbgrader's own settings."""
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'airway'\nc.Exchange.root = {str(exchange_root)!r}\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(exchange.OWN_CONFIG, str(settings))
    return alone


@unix_only
def test_a_hand_in_goes_through_nbgraders_exchange_where_one_is_set_up(on_a_server, exchange_root):
    answer(on_a_server)
    on_a_server.answers(EXERCISE).append("hint", "first-child", question="decision")
    done = deliver.hand_in(on_a_server, EXERCISE)
    assert done.where == "exchange" and "the course's own server" in done.words
    (arrived,) = (exchange_root / "airway" / "inbound").iterdir()
    assert arrived.name.startswith(f"ada+{EXERCISE}+")
    assert (arrived / "cases.ipynb").is_file()
    from flysolo.answers import read_book

    book = read_book((arrived / "answers.jsonl").read_text(encoding="utf-8"), "answers")
    assert book.header.mentee == "ada" and {event.do for event in book.events} == {"save"}


@unix_only
def test_what_somebody_wrote_into_their_own_notebook_stays_with_them(on_a_server, exchange_root):
    answer(on_a_server)
    notebook = on_a_server.exercise_folder(EXERCISE) / "cases.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace('"metadata"', '"notes": "my own scratch work", "metadata"', 1), encoding="utf-8")
    assert deliver.hand_in(on_a_server, EXERCISE).where == "exchange"
    (arrived,) = (exchange_root / "airway" / "inbound").iterdir()
    sent = b"".join(path.read_bytes() for path in arrived.rglob("*") if path.is_file())
    assert b"decision" in sent or b"needs" in sent
    assert b"scratch work" not in sent


@unix_only
def test_an_exchange_that_refuses_leaves_a_file_and_says_so(on_a_server, exchange_root):
    import shutil

    answer(on_a_server)
    shutil.rmtree(exchange_root / "airway" / "inbound")
    done = deliver.hand_in(on_a_server, EXERCISE)
    assert done.where == "file" and done.unreachable and done.file.is_file()
    assert "cannot be reached just now" in done.words


@unix_only
def test_a_question_is_never_submitted_as_a_hand_in(on_a_server, exchange_root):
    on_a_server.answers(EXERCISE).append("ask", "first-child", value={"text": "Why?"})
    done = deliver.send_questions(on_a_server, EXERCISE)
    assert done.where == "file"
    assert list((exchange_root / "airway" / "inbound").iterdir()) == []


@unix_only
def test_settings_that_cannot_be_read_never_stand_in_the_way_of_a_hand_in(alone, tmp_path, monkeypatch):
    (tmp_path / "spoiled").mkdir()
    (tmp_path / "spoiled" / "nbgrader_config.py").write_text("c = get_config(\n", encoding="utf-8")
    monkeypatch.setenv(exchange.OWN_CONFIG, str(tmp_path / "spoiled"))
    answer(alone)
    assert deliver.hand_in(alone, EXERCISE).where == "file"


def test_a_course_without_nbgraders_settings_has_no_exchange(alone):
    assert exchange.exchange_config(alone) is None
