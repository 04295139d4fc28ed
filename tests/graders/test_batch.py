"""The direct way of marking leaves what nbgrader's own converter leaves, and a run that is cut off leaves no half."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from graders import batch, put_in_place, ways, workers
from graders.collect import collect
from graders.direct import Task, UpToDate
from graders.mentor import CHECKOUT, MentorCourse, open_mentor_course
from graders.notebook_text import text_of
from graders.release import nbgrader_api
from tests.graders import invented

EX = invented.EXERCISE
WHY = "loud-child--why"
#: Columns that are drawn by chance, or tell the time of an installation; everything else has to be equal.
BY_CHANCE = {"version_num"}


def tables(course: MentorCourse) -> dict[str, list[tuple]]:
    """Every table of the gradebook, rows in an order of their own, each id named by what it stands for."""
    engine = create_engine(course.db_url)
    with engine.connect() as connection:
        names = [row[0] for row in connection.execute(text("select name from sqlite_master where type = 'table'"))]
        found = {
            name: [dict(row._mapping) for row in connection.execute(text(f"select * from {name}"))] for name in names
        }
    engine.dispose()
    meaning = _meanings(found)
    return {
        name: sorted(
            (
                tuple((key, meaning.get(value, value)) for key, value in row.items() if key not in BY_CHANCE)
                for row in rows
            ),
            key=repr,
        )
        for name, rows in found.items()
    }


def _meanings(found: dict[str, list[dict]]) -> dict[str, str]:
    """What each id drawn by chance stands for."""
    meaning = {row["id"]: f"assignment {row['name']}" for row in found["assignment"]}
    meaning |= {row["id"]: f"notebook {row['name']}" for row in found["notebook"]}
    meaning |= {row["id"]: f"{row['type']} {row['name']}" for row in found["base_cell"]}
    meaning |= {row["id"]: f"source {row['name']}" for row in found["source_cell"]}
    meaning |= {row["id"]: f"hand-in {row['student_id']}" for row in found["submitted_assignment"]}
    meaning |= {row["id"]: f"{meaning[row['assignment_id']]} notebook" for row in found["submitted_notebook"]}
    for table in ("grade", "comment"):
        meaning |= {
            row["id"]: f"{table} {meaning[row['notebook_id']]} {meaning[row['cell_id']]}" for row in found[table]
        }
    return meaning


def files(course: MentorCourse) -> dict[str, tuple[bytes, int]]:
    """Every marked file: bytes and permissions."""
    folder = course.folder / "autograded"
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode) for path in paths}


def mark_by_converter(course: MentorCourse) -> None:
    """What `nbgrader autograde` does with our preprocessors, for everyone."""
    for _ in ways.through_nbgrader(
        course, nbgrader_api(course), batch.handed_in(course), again=True, before_writing=lambda: None
    ):
        pass


def mark_by_hand(course: MentorCourse, mentee: str, cell: str, score: float) -> None:
    with Gradebook(course.db_url) as book:
        grade = book.find_grade(cell, "cases", EX, mentee)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


@pytest.fixture
def three(mentor_course, pen, send):
    """Three mentees with whole, mixed and nearly empty answers, collected."""
    mixed = pen(mentee="ben").answer_all("loud-child", decision="plate", needs={"choices": ["need-a", "need-j"]})
    hostile = {"picks": ["link-a"], "because": "<script>\u2028\x0b“ü” \\ \t\n$x$", "change_mind": "{{ x }}"}
    answers = [
        pen(mentee="ada").answer_all("loud-child", why=hostile).answer_all("quiet-child"),
        mixed.answer_all("quiet-child", chance={"percent": 35.5}, decision=None),
        pen(mentee="cleo").save("loud-child", "decision", choice="letter"),
    ]
    for each in answers:
        send(each.parcel(), f"{each.mentee}.zip")
    assert len(collect(mentor_course).taken) == 3
    return mentor_course, answers


@pytest.fixture
def twice(three, tmp_path) -> tuple[MentorCourse, MentorCourse, list]:
    """The same course twice: one to be marked directly, one by nbgrader's converter."""
    course, answers = three
    shutil.copytree(course.folder, tmp_path / "other")
    return course, open_mentor_course(tmp_path / "other"), answers


def test_every_row_and_every_file_is_what_nbgraders_converter_leaves(twice, send):
    ours, theirs, answers = twice
    batch.mark(ours)
    mark_by_converter(theirs)
    assert tables(ours) == tables(theirs)
    assert files(ours) == files(theirs)
    # marks by hand on words and on a machine's mark, then other words and another answer
    for course in (ours, theirs):
        mark_by_hand(course, "ada", WHY, 2.0)
        mark_by_hand(course, "ada", "quiet-child--news", 0.5)
        mark_by_hand(course, "ben", WHY, 3.0)
    answers[0].save("loud-child", "why", because="Another thought.").save("quiet-child", "news", choice="less")
    answers[2].answer_all("quiet-child")
    for each in (answers[0], answers[2]):
        parcel = each.parcel()
        for course in (ours, theirs):
            (course.folder / "incoming" / f"{each.mentee}-2.zip").write_bytes(parcel)
    for course in (ours, theirs):
        assert len(collect(course).taken) == 2
    assert batch.mark(ours).done == [("ada", EX), ("cleo", EX)]
    mark_by_converter(theirs)
    assert tables(ours) == tables(theirs)
    assert files(ours) == files(theirs)
    grades = {row for row in tables(ours)["grade"] if ("needs_manual_grade", 1) in row}
    assert any(("manual_score", 2.0) in row for row in grades), "the note on earlier words was not reached"


def test_nbgrader_changes_nothing_when_it_marks_again_after_us(three):
    course, _ = three
    batch.mark(course)
    before = tables(course), files(course)
    mark_by_converter(course)
    assert (tables(course), files(course)) == before
    assert [each.state for each in batch.standings(course)] == ["waits for mentor", "waits for mentor", "marked"]
    assert batch.mark(course).done == []


def test_a_late_hand_in_gets_nbgraders_own_penalty(twice):
    ours, theirs, _ = twice
    for course in (ours, theirs):
        with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
        with Gradebook(course.db_url) as book:
            book.update_or_create_assignment(EX, duedate="2020-01-01 00:00:00 UTC")
    batch.mark(ours)
    mark_by_converter(theirs)
    assert tables(ours) == tables(theirs)
    assert any(dict(row)["late_submission_penalty"] for row in tables(ours)["submitted_notebook"])


def test_settings_of_the_mentors_own_are_left_to_nbgraders_converter(three, monkeypatch):
    course, _ = three
    with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.Autograde.permissions = 664\n")
    monkeypatch.setattr(ways, "directly", lambda *_, **__: pytest.fail("the setting would be passed over"))
    assert len(batch.mark(course).done) == 3
    assert (course.autograded("ada", EX) / "cases.ipynb").stat().st_mode & 0o777 == 0o664


def test_several_processes_leave_what_one_leaves(twice):
    one, many, _ = twice
    assert batch.mark(one, workers=1).done == batch.mark(many, workers=2).done
    assert tables(one) == tables(many) and files(one) == files(many)


def test_a_process_that_dies_takes_down_one_hand_in_and_the_next_run_marks_it(three):
    course, _ = three
    tasks = [Task(mentee, EX, {}) for mentee in ("ada", "ben", "cleo")]
    bases = {EX: ways.sanitize(course, EX, nbgrader_api(course))}
    with workers.Pool(course.folder, bases, 1) as pool:
        found = []
        for result in pool.run(tasks):
            found.append(result)
            if len(found) == 1:
                pool._processes[0].kill()
    # the design's bound; a worker loads neither nbgrader nor a database
    assert max(pool.peaks_mib) < 250
    kinds = sorted(type(each).__name__ for each in found)
    assert len(found) == 3 and kinds.count("Ready") >= 2
    assert len(batch.mark(course).done) == 3


def test_workers_end_with_the_process_that_started_them(three, tmp_path):
    course, _ = three
    code = (
        "import os, sys, time; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from graders import workers; "
        "pool = workers.Pool(Path(sys.argv[2]), {}, 1); print(pool._processes[0].pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(CHECKOUT), str(course.folder)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
        time.sleep(0.1)
        with_state = Path(f"/proc/{worker}/stat")
        if with_state.exists() and ") Z " in with_state.read_text():
            break
    else:
        assert not Path(f"/proc/{worker}").exists()


@pytest.mark.parametrize(
    "value",
    [
        {"b": [], "a": {}, "c": [1, 2.5, None, True, False, -0.1, 1e-07]},
        {"text": 'quote " back \\ line \n tab \t nul \x00 ü 😀 \u2028 </script>'},
        [["nested", [{"deep": ["x"]}]]],
    ],
)
def test_text_is_written_as_nbformat_writes_it(value):
    wanted = json.dumps(value, ensure_ascii=False, indent=1, separators=(",", ": "), sort_keys=True)
    assert text_of(value) == wanted


def test_a_marked_notebook_is_valid(three):
    course, _ = three
    batch.mark(course)
    nbformat.validate(nbformat.read(course.autograded("ada", EX) / "cases.ipynb", as_version=4))


# ---- cut off at any instant ----


class Cut(BaseException):
    """Stands for a process that ends at this instant: nothing after it runs, not even what tidies up."""


def points(monkeypatch, cut_at: int) -> list[str]:
    """Every place where marking touches the disk or the database; the one with number ``cut_at`` is never passed."""
    seen: list[str] = []

    def guard(module, name: str):
        real = getattr(module, name)

        def passing(*args, **kwargs):
            seen.append(name)
            if len(seen) == cut_at:
                raise Cut
            value = real(*args, **kwargs)
            seen.append(f"{name} done")
            if len(seen) == cut_at:
                raise Cut
            return value

        monkeypatch.setattr(module, name, passing)

    guard(put_in_place, "write_journal")
    guard(put_in_place, "sync_folder")
    guard(put_in_place, "_put_files")
    guard(put_in_place.Rows, "write")
    guard(Path, "replace")
    return seen


def states(course: MentorCourse) -> tuple:
    journals = {path.name: path.read_text() for path in sorted((course.folder / "journal").rglob("*.json"))}
    return tables(course), files(course), journals


@pytest.fixture
def second_time(three):
    """Ada's words are marked by hand, and other words of hers are collected: the state with most to lose."""
    course, answers = three
    batch.mark(course)
    mark_by_hand(course, "ada", WHY, 2.0)
    answers[0].save("loud-child", "why", because="Another thought.")
    (course.folder / "incoming" / "second.zip").write_bytes(answers[0].parcel())
    assert len(collect(course).taken) == 1
    return course


def test_a_run_cut_off_anywhere_is_finished_by_the_next_to_the_same_end(second_time, tmp_path, monkeypatch):
    course = second_time
    shutil.copytree(course.folder, tmp_path / "undisturbed")
    undisturbed = open_mentor_course(tmp_path / "undisturbed")
    batch.mark(undisturbed)
    wanted = states(undisturbed)
    with monkeypatch.context() as patch:
        shutil.copytree(course.folder, tmp_path / "count")
        passed = points(patch, 0)
        batch.mark(open_mentor_course(tmp_path / "count"))
    count = len(passed)
    assert count >= 20
    for cut_at in range(1, count + 1):
        folder = tmp_path / f"cut-{cut_at}"
        shutil.copytree(course.folder, folder)
        cut = open_mentor_course(folder)
        with monkeypatch.context() as patch:
            points(patch, cut_at)
            with pytest.raises(Cut):
                batch.mark(cut)
        # the notebook is whole, old or new
        nbformat.validate(nbformat.read(cut.autograded("ada", EX) / "cases.ipynb", as_version=4))
        batch.mark(cut)
        assert states(cut) == wanted, f"cut off at point {cut_at}"


def test_what_the_mentor_marks_while_a_batch_runs_is_not_written_over(second_time, monkeypatch):
    course = second_time
    real = put_in_place.put_in_place

    def meanwhile(*args, **kwargs):
        mark_by_hand(course, "ada", WHY, 3.0)
        return real(*args, **kwargs)

    monkeypatch.setattr(ways, "put_in_place", meanwhile)
    batch.mark(course)
    with Gradebook(course.db_url) as book:
        grade = book.find_grade(WHY, "cases", EX, "ada")
        assert (grade.manual_score, grade.needs_manual_grade) == (3.0, True)
    notebook = (course.autograded("ada", EX) / "cases.ipynb").read_text(encoding="utf-8")
    assert "The mark of the earlier words was 3 of 3." in notebook


def test_a_batch_killed_while_its_processes_work_is_finished_by_the_next(three, tmp_path):
    course, _ = three
    command = [
        sys.executable,
        "-c",
        "from graders.__main__ import main; main()",
        "mark",
        str(course.folder),
        "--workers=2",
    ]
    running = subprocess.Popen(command, cwd=CHECKOUT, env=os.environ, stdout=subprocess.DEVNULL)
    stage, until = course.folder / ".marking", time.monotonic() + 60
    while not stage.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert stage.exists(), "the batch ended before it could be killed"
    running.kill()
    running.wait()
    report = batch.mark(course)
    assert {each.state for each in report.standings} == {"waits for mentor", "marked"}
    assert not (course.folder / ".marking").exists()


def test_what_is_up_to_date_is_left_alone(three):
    course, _ = three
    batch.mark(course)
    before = {path: path.stat().st_mtime_ns for path in (course.folder / "autograded").rglob("*")}
    base = ways.sanitize(course, EX, nbgrader_api(course))
    assert isinstance(workers.made_ready(course, base, Task("ada", EX, {})), UpToDate)
    assert batch.mark(course).done == []
    assert {path: path.stat().st_mtime_ns for path in (course.folder / "autograded").rglob("*")} == before
