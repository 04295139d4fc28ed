"""Marking goes through nbgrader with nothing executed, the same rows whichever way it is started."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from nbgrader.api import Gradebook

from flysolo.handin import ANSWERS
from flysolo.problems import ContentError
from graders import batch
from graders.cards import neutral, quoted
from graders.collect import collect
from graders.mentor import MentorCourse
from graders.release import nbgrader_api, refresh
from tests.graders import invented
from tests.graders.conftest import forget_content

EX = invented.EXERCISE
WHY = "loud-child--why"


def rows(course: MentorCourse, mentee: str = "ada") -> dict[str, tuple]:
    """Gradebook rows of one hand-in, by cell."""
    with Gradebook(course.db_url) as book:
        notebook = book.find_submission_notebook("cases", EX, mentee)
        return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade, g.max_score) for g in notebook.grades}


def mark_by_hand(course: MentorCourse, score: float, comment: str = "", mentee: str = "ada") -> None:
    """What a mentor does in formgrader: a score, which settles the cell, and a comment."""
    with Gradebook(course.db_url) as book:
        grade = book.find_grade(WHY, "cases", EX, mentee)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment(WHY, "cases", EX, mentee).manual_comment = comment or None
        book.db.commit()


def marked(course: MentorCourse, mentee: str = "ada"):
    return nbformat.read(course.autograded(mentee, EX) / "cases.ipynb", as_version=4)


def cell(course: MentorCourse, name: str, mentee: str = "ada"):
    return next(c for c in marked(course, mentee).cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def hand_in(course: MentorCourse, send, answers) -> None:
    send(answers.parcel(), f"{answers.mentee}-{len(answers.events)}.zip")
    assert len(collect(course).taken) == 1


# ---- what is marked ----


def test_supported_answers_fill_the_gradebook(marked_case):
    found = rows(marked_case)
    assert found.pop(WHY) == (None, None, True, 3.0)
    assert len(found) == 12
    assert set(found.values()) == {(1.0, None, False, 1.0)}


def test_partial_scores_reach_the_gradebook_as_numbers(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", decision="tonight", needs={"choices": ["need-a", "need-j", "need-b"]})
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    found = rows(mentor_course)
    assert found["loud-child--decision"][0] == 0.5
    assert found["loud-child--needs"][0] == pytest.approx(1 / 3, abs=1e-5)


def test_blank_answers_are_zero_for_nbgrader_and_wait_for_nobody(mentor_course, pen, send):
    hand_in(mentor_course, send, pen().save("loud-child", "decision", choice="letter"))
    report = batch.mark(mentor_course)
    found = rows(mentor_course)
    assert found[WHY] == (0.0, None, False, 3.0)
    assert found["quiet-child--decision"] == (0.0, None, False, 1.0)
    assert report.standings[0].state == "marked"
    assert cell(mentor_course, WHY).metadata.flysolo.mark.state == "not answered"


def test_a_card_shows_question_child_choice_and_words_and_the_number_comes_last(marked_case):
    outputs = cell(marked_case, "loud-child--decision").outputs
    assert [output.output_type for output in outputs] == ["display_data", "execute_result"]
    card = outputs[0].data["text/html"]
    for words in ("What now?", "years old", "Choose letter", "It sees letter.", "Tonsils"):
        assert words in card
    assert outputs[1].data["text/plain"] == "1"
    assert "&lt;script&gt;" in card and "<script" not in card


def test_words_to_be_marked_stand_beside_their_anchors(marked_case):
    source = cell(marked_case, WHY).source
    assert "First 3&#46;" in source and "Anchor 2 says." in source
    assert "\n" not in source


def test_a_marked_notebook_carries_its_marks_for_machines(marked_case):
    found = cell(marked_case, "loud-child--decision").metadata.flysolo.mark
    assert (found.state, found.score, found.supported) == ("answered", 1.0, True)
    notebook = marked(marked_case)
    assert notebook.metadata.flysolo.summary.decision == 1.0
    assert not any(canary in json.dumps(notebook) for canary in invented.CANARIES.values())


def test_no_kernel_is_started_and_nothing_is_executed(handed_in_case, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("jupyter_client.manager.KernelManager.start_kernel", refuse)
    monkeypatch.setattr("nbclient.NotebookClient.execute", refuse)
    assert batch.mark(handed_in_case).done == [("ada", EX)]


def test_the_mentees_own_notebook_is_never_opened(mentor_course, whole_answers, send):
    # a hand-in cannot carry one; one laid into the folder by hand is replaced before marking
    hand_in(mentor_course, send, whole_answers)
    (mentor_course.submitted("ada", EX) / "cases.ipynb").write_text("{ not a notebook", encoding="utf-8")
    assert batch.mark(mentor_course).done == [("ada", EX)]


def test_the_same_hand_in_marked_twice_gives_the_same_bytes(marked_case):
    path = marked_case.autograded("ada", EX) / "cases.ipynb"
    before, found = path.read_bytes(), rows(marked_case)
    assert batch.mark(marked_case, again=True).done == [("ada", EX)]
    assert path.read_bytes() == before
    assert rows(marked_case) == found


# ---- hostile words ----

HOSTILE = [
    "<script>alert(1)</script>",
    "</pre></div><img src=x onerror=alert(1)>",
    "**bold** [link](javascript:alert(1)) `code`",
    "# heading\n\n- list\n\n```\nfence\n```",
    "$\\href{javascript:alert(1)}{x}$ \\(y\\) $$z$$",
    "{{ config }} {% raw %}",
    "&lt;script&gt; &#60;script&#62;",
    "right\u202eleft\x00null",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_cannot_become_markup_in_formgraders_page(text):
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    html = MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(f'<div class="x">{quoted(text)}</div>')
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    assert [tag.name for tag in soup.find_all()] == ["div", "pre"]
    shown = soup.pre.get_text()
    assert shown == text.strip().replace("\u202e", "\ufffd").replace("\x00", "\ufffd")


def test_neutral_words_hold_nothing_that_markup_could_begin_with():
    assert set(neutral("".join(HOSTILE))) <= set(
        "&#;, " + "".join(map(chr, range(48, 58))) + "abcdefghijklmnopqrstuvwxyz"
    )


def test_hostile_words_are_marked_like_any_others(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", why={"picks": ["link-a"], "because": "\n".join(HOSTILE[:7])})
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    assert rows(mentor_course)[WHY][2] is True
    assert "<script" not in cell(mentor_course, WHY).source


# ---- marks by hand ----


def test_a_mark_stays_settled_when_its_words_are_handed_in_again(marked_case, whole_answers, send):
    mark_by_hand(marked_case, 2.0)
    whole_answers.save("quiet-child", "news", choice="less")
    hand_in(marked_case, send, whole_answers)
    assert batch.mark(marked_case).standings[0].state == "marked"
    assert rows(marked_case)[WHY] == (None, 2.0, False, 3.0)
    assert "New words" not in cell(marked_case, WHY).source
    assert rows(marked_case)["quiet-child--news"][0] == 0.0


def test_new_words_after_a_mark_are_shown_to_the_mentor_with_the_earlier_mark(marked_case, whole_answers, send):
    mark_by_hand(marked_case, 2.0)
    whole_answers.save("loud-child", "why", picks=["link-a"], because="Another thought.")
    hand_in(marked_case, send, whole_answers)
    standing = batch.mark(marked_case).standings[0]
    assert (standing.state, standing.waiting) == ("waits for mentor", 1)
    assert rows(marked_case)[WHY] == (None, 2.0, True, 3.0)
    note = "New words since your mark. The mark of the earlier words was 2 of 3."
    assert note in cell(marked_case, WHY).source and cell(marked_case, WHY).metadata.flysolo.note == note
    # marking again without a new mark must not take the flag down
    batch.mark(marked_case, again=True)
    assert rows(marked_case)[WHY][2] is True and note in cell(marked_case, WHY).source
    # the mentor reads the new words, and it is settled again
    mark_by_hand(marked_case, 3.0)
    batch.mark(marked_case, again=True)
    assert rows(marked_case)[WHY] == (None, 3.0, False, 3.0)
    assert "New words" not in cell(marked_case, WHY).source


def test_going_back_to_the_marked_words_settles_the_mark_again(marked_case, whole_answers, send):
    mark_by_hand(marked_case, 2.0)
    first = next(event.value for event in whole_answers.events if event.question == "why")
    whole_answers.save("loud-child", "why", because="Another thought.")
    hand_in(marked_case, send, whole_answers)
    batch.mark(marked_case)
    whole_answers.save("loud-child", "why", **first.model_dump(exclude_none=True))
    hand_in(marked_case, send, whole_answers)
    batch.mark(marked_case)
    assert rows(marked_case)[WHY] == (None, 2.0, False, 3.0)


def test_a_mentors_own_number_for_a_machine_mark_stands_until_the_answer_changes(marked_case, whole_answers, send):
    with Gradebook(marked_case.db_url) as book:
        grade = book.find_grade("quiet-child--news", "cases", EX, "ada")
        grade.manual_score, grade.needs_manual_grade = 0.5, False
        book.db.commit()
    batch.mark(marked_case, again=True)
    assert rows(marked_case)["quiet-child--news"] == (1.0, 0.5, False, 1.0)
    whole_answers.save("quiet-child", "news", choice="less")
    hand_in(marked_case, send, whole_answers)
    batch.mark(marked_case)
    assert rows(marked_case)["quiet-child--news"] == (0.0, 0.5, True, 1.0)


# ---- the batch ----


def test_only_what_is_new_is_marked(marked_case, pen, send):
    assert batch.mark(marked_case).done == []
    hand_in(marked_case, send, pen(mentee="ben").answer_all("loud-child"))
    assert batch.mark(marked_case).done == [("ben", EX)]


def test_a_corrected_key_marks_anew(marked_case, tmp_path):
    path = tmp_path / "course" / "keys" / EX / "loud-child.toml"
    key = invented.key("loud-child", justification={"why": invented._why()})
    key["choice"]["decision"] = invented._choice(invented.DECISIONS, "watch")
    path.write_text(invented.toml(key), encoding="utf-8")
    assert batch.standings(marked_case)[0].state == "not marked"
    assert batch.mark(marked_case).done == [("ada", EX)]
    assert rows(marked_case)["loud-child--decision"][0] == 0.0


def test_a_half_done_marking_is_finished_by_the_next_run(marked_case):
    path = marked_case.autograded("ada", EX) / "cases.ipynb"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    assert batch.standings(marked_case)[0].state == "not marked"
    assert batch.mark(marked_case).done == [("ada", EX)]


def test_one_hand_in_that_cannot_be_marked_stops_no_other(mentor_course, pen, send, monkeypatch):
    for mentee in ("ada", "ben", "cleo"):
        hand_in(mentor_course, send, pen(mentee=mentee).answer_all("loud-child"))
    from graders.submission import Submission

    real = Submission.marks

    def marks(self):
        if self.mentee == "ben":
            raise RuntimeError("a fault of ours")
        return real(self)

    monkeypatch.setattr(Submission, "marks", marks)
    report = batch.mark(mentor_course)
    assert report.done == [("ada", EX), ("cleo", EX)]
    by_mentee = {each.mentee: each for each in report.standings}
    assert by_mentee["ben"].state == "not marked" and "a fault of ours" in by_mentee["ben"].reason
    assert by_mentee["ada"].state == by_mentee["cleo"].state == "waits for mentor"
    monkeypatch.undo()


def test_a_run_that_is_stopped_stops_and_the_next_one_finishes(handed_in_case, monkeypatch):
    from graders.submission import Submission

    def stop(self):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Submission, "marks", stop)
        with pytest.raises(KeyboardInterrupt):
            batch.mark(handed_in_case)
    assert batch.mark(handed_in_case).done == [("ada", EX)]


def test_everyone_who_handed_in_stands_in_the_closing_list(mentor_course, pen, send, tmp_path):
    for mentee in ("ada", "ben"):
        hand_in(mentor_course, send, pen(mentee=mentee).answer_all("loud-child"))
    (tmp_path / "course" / "keys" / EX / "loud-child.toml").unlink()
    forget_content()
    report = batch.mark(mentor_course)
    assert [each.mentee for each in report.standings] == ["ada", "ben"]
    assert all("loud-child.toml" in each.reason for each in report.standings)


def test_two_batches_do_not_run_at_once(handed_in_case):
    with FileLock(handed_in_case.folder / ".marking.lock"), pytest.raises(ContentError, match="another marking run"):
        batch.mark(handed_in_case)
    assert batch.mark(handed_in_case).done


def test_the_gradebook_is_copied_before_it_is_written(marked_case):
    copies = sorted((marked_case.folder / "gradebook-copies").glob("*.db"))
    assert len(copies) == 1
    with closing(sqlite3.connect(copies[0])) as book:
        assert book.execute("select count(*) from submitted_assignment").fetchone() == (0,)


def test_only_the_last_copies_are_kept(marked_case):
    for _ in range(batch.KEPT_COPIES + 3):
        batch.copy_gradebook(marked_case)
    assert len(list((marked_case.folder / "gradebook-copies").glob("*.db"))) == batch.KEPT_COPIES


def test_answers_changed_by_hand_are_set_out_again_from_the_original(marked_case):
    path = marked_case.submitted("ada", EX) / ANSWERS
    path.write_text(path.read_text(encoding="utf-8").replace('"letter"', '"plate"'), encoding="utf-8")
    batch.mark(marked_case, again=True)
    assert rows(marked_case)["loud-child--decision"][0] == 1.0


def test_answers_of_somebody_else_are_not_marked_under_a_mentees_name(marked_case):
    api = nbgrader_api(marked_case)
    path = marked_case.submitted("ada", EX) / ANSWERS
    path.write_text(path.read_text(encoding="utf-8").replace('"mentee":"ada"', '"mentee":"ben"'), encoding="utf-8")
    result = api.autograde(EX, "ada")
    assert not result["success"] and "answers of this hand-in say mentee" in result["log"]


def test_a_new_case_finds_room_beside_hand_ins_that_are_marked(marked_case, tmp_path):
    mark_by_hand(marked_case, 2.0)
    invented.write_family(tmp_path / "course", invented.family("new-child"), invented.key("new-child"))
    forget_content()
    report = batch.mark(marked_case)
    assert report.done == [("ada", EX)], report
    found = rows(marked_case)
    assert found["new-child--decision"] == (0.0, None, False, 1.0)
    assert found[WHY] == (None, 2.0, False, 3.0)
    assert found["loud-child--decision"][0] == 1.0


def test_a_case_that_people_answered_cannot_vanish_silently(marked_case, tmp_path):
    (tmp_path / "course" / "content" / "exercises" / EX / "families" / "quiet-child.toml").unlink()
    forget_content()
    faults = refresh(marked_case)
    assert "quiet-child--decision" in str(faults[EX])
    assert rows(marked_case)["quiet-child--decision"][0] == 1.0


# ---- whichever way it is started ----


@pytest.fixture
def both(mentor_course, pen, send) -> MentorCourse:
    """Two mentees with mixed answers, marked by our command; a third copy of the rows is what others must equal."""
    mixed = (
        pen(mentee="ada").answer_all("loud-child", decision="plate").answer_all("quiet-child", chance={"percent": 35})
    )
    hand_in(mentor_course, send, mixed)
    hand_in(mentor_course, send, pen(mentee="ben").answer_all("quiet-child", needs={"choices": ["need-a", "need-j"]}))
    assert len(batch.mark(mentor_course).done) == 2
    return mentor_course


def forget_rows(course: MentorCourse) -> None:
    with Gradebook(course.db_url) as book:
        for mentee in ("ada", "ben"):
            book.remove_submission(EX, mentee)


def test_nbgraders_command_line_gives_the_same_rows(both):
    wanted = {mentee: rows(both, mentee) for mentee in ("ada", "ben")}
    forget_rows(both)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", "autograde", EX, "--force"]
    done = subprocess.run(command, cwd=both.folder, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {mentee: rows(both, mentee) for mentee in ("ada", "ben")} == wanted
    assert [each.state for each in batch.standings(both)] == ["waits for mentor", "marked"]


def test_formgraders_button_gives_the_same_rows(both, tmp_path):
    wanted = {mentee: rows(both, mentee) for mentee in ("ada", "ben")}
    forget_rows(both)
    with formgrader(both.folder, tmp_path) as address:
        for mentee in ("ada", "ben"):
            url = f"{address}/formgrader/api/submission/{EX}/{mentee}/autograde?token=test"
            with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60) as answer:
                assert json.load(answer)["success"]
    assert {mentee: rows(both, mentee) for mentee in ("ada", "ben")} == wanted


class formgrader:  # noqa: N801 - used as a with-statement
    """A Jupyter server with formgrader in a mentor's folder, as a mentor starts it."""

    def __init__(self, folder: Path, tmp_path: Path):
        self.folder, self.info = folder, tmp_path / "runtime"

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--port=0"]
        command += [f"--ServerApp.root_dir={self.folder}", "--IdentityProvider.token=test"]
        command += ["--ServerApp.disable_check_xsrf=True", "--ServerApp.jpserver_extensions=nbgrader=True"]
        env = os.environ | {"JUPYTER_RUNTIME_DIR": str(self.info), "JUPYTER_CONFIG_DIR": str(self.info / "config")}
        self.log = (self.info.parent / "server.log").open("w")
        self.process = subprocess.Popen(command, cwd=self.folder, env=env, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            # the file naming the port is written before the port listens: only an answer says that it does
            for path in self.info.glob("jpserver-*.json"):
                with suppress(OSError, ValueError):
                    address = json.loads(path.read_text())["url"].rstrip("/")
                    urllib.request.urlopen(f"{address}/api/status?token=test", timeout=5).close()
                    return address
            time.sleep(0.25)
        self.__exit__()
        raise AssertionError((self.info.parent / "server.log").read_text())

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()
