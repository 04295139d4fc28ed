"""The command line speaks in plain words, keeps one person's folder apart from another's, and shows no traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from flysolo import cli
from flysolo.course import make_course, open_course
from flysolo.problems import ContentError
from tests.flysolo.server_world import (
    CHECKOUT,
    environment,
    flysolo,
    start_server,
    stop,
    wait_for_address,
    write_content,
)
from tests.samples import ANSWERS, EXERCISE


@pytest.fixture
def content(tmp_path, monkeypatch) -> Path:
    root = write_content(tmp_path / "content")
    monkeypatch.setenv("FLYSOLO_CONTENT", str(root))
    return root


@pytest.fixture
def invitation(tmp_path) -> Path:
    path = tmp_path / "invitation-ada.json"
    card = {"format": 1, "course": "airway", "mentee": "ada", "name": "Ada", "mentor": "Dr. Example", "drop": ""}
    path.write_text(json.dumps(card), encoding="utf-8")
    return path


def run(tmp_path: Path, *arguments: str, root: Path | None = None) -> subprocess.CompletedProcess:
    (tmp_path / "home").mkdir(exist_ok=True)
    surroundings = environment(root or tmp_path / "content", tmp_path / "home")
    return subprocess.run(flysolo(*arguments), capture_output=True, text=True, env=surroundings, timeout=60)


def test_an_invitation_fills_the_card_of_a_new_folder(content, tmp_path, invitation):
    course = cli.prepare(tmp_path / "course", invitation=invitation)
    assert (course.card.mentee, course.card.course, course.card.mentor) == ("ada", "airway", "Dr. Example")


def test_a_name_given_on_the_command_line_wins_over_the_invitations(content, tmp_path, invitation):
    assert cli.prepare(tmp_path / "course", invitation=invitation, name="Ines").card.name == "Ines"


def test_the_same_invitation_opens_the_same_folder_again(content, tmp_path, invitation):
    cli.prepare(tmp_path / "course", invitation=invitation)
    assert cli.prepare(tmp_path / "course", invitation=invitation).card.mentee == "ada"


def test_an_invitation_for_somebody_else_leaves_the_folder_as_it_is(content, tmp_path, invitation):
    make_course(tmp_path / "course", mentee="bea", course="airway")
    with pytest.raises(ContentError) as refused:
        cli.prepare(tmp_path / "course", invitation=invitation)
    (problem,) = refused.value.problems
    assert problem.field == "mentee" and "bea" in problem.found and "take another" in problem.next_step
    assert open_course(tmp_path / "course").card.mentee == "bea"


def test_a_spoiled_invitation_is_answered_in_four_parts_and_makes_no_folder(content, tmp_path):
    (tmp_path / "invitation.json").write_text('{"format": 1, "course": ', encoding="utf-8")
    done = run(
        tmp_path,
        *("start", "--no-browser", "--course", str(tmp_path / "course")),
        *("--invitation", str(tmp_path / "invitation.json")),
    )
    assert done.returncode == 2
    assert all(part in done.stdout for part in ("invitation.json", "Found:", "Rule:", "Next:"))
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "course").exists()


def test_handing_in_from_the_command_line_says_what_the_button_says(content, tmp_path):
    course = make_course(tmp_path / "course", mentee="ada")
    from flysolo.content import load_families

    family = load_families(EXERCISE)[0]
    course.answers(EXERCISE).append(
        "save", family.id, question="needs", value=ANSWERS["needs"], fingerprint=family.fingerprint
    )
    done = run(tmp_path, "hand-in", EXERCISE, "--course", str(course.folder))
    assert done.returncode == 0, done.stderr
    assert "Handed in on" in done.stdout and "Questions still open, which is fine" in done.stdout
    assert len(list((course.folder / "hand-ins").glob("*.zip"))) == 1


def test_a_blank_exercise_is_answered_kindly(content, tmp_path):
    make_course(tmp_path / "course", mentee="ada")
    done = run(tmp_path, "hand-in", EXERCISE, "--course", str(tmp_path / "course"))
    assert done.returncode == 2 and "nothing to hand in" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_an_exercise_nobody_knows_is_answered_with_the_nearest_name(content, tmp_path):
    make_course(tmp_path / "course", mentee="ada")
    done = run(tmp_path, "hand-in", "01-why-a-throat-stays", "--course", str(tmp_path / "course"))
    assert done.returncode == 2 and f"Did you mean “{EXERCISE}”?" in done.stdout


def test_a_copy_without_the_mentors_part_says_so(content, tmp_path):
    done = run(tmp_path, "check")
    assert done.returncode == 2
    assert "this copy holds the mentee's part only" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_mentors_commands_are_passed_on_as_they_were_typed(tmp_path):
    root = write_content(tmp_path / "content")
    graders = root / "graders"
    graders.mkdir()
    (graders / "__init__.py").write_text("", encoding="utf-8")
    script = "import os, sys\nprint(sys.argv[1:], os.getcwd())\nraise SystemExit(3)\n"
    (graders / "__main__.py").write_text(script, encoding="utf-8")
    done = run(tmp_path, "new", "family", EXERCISE, "--help", root=root)
    assert f"['new', 'family', '{EXERCISE}', '--help'] {Path.cwd()}" in done.stdout
    assert done.returncode == 3


def test_the_mentees_part_never_imports_the_mentors():
    script = (
        "import sys, pkgutil, importlib, flysolo.cli, flysolo.server, flysolo.server.routes\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'graders'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=CHECKOUT, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_start_says_calmly_what_happens_and_where_the_work_is(tmp_path):
    server = start_server(tmp_path, "--name", "Ada")
    try:
        assert server.browser().get(f"voila/render/lessons/{EXERCISE}/lesson.ipynb").status == 200
        kernels = psutil.Process(server.process.pid).children(recursive=True)
    finally:
        assert stop(server.process) == 0
    assert kernels and not any(kernel.is_running() for kernel in kernels), "nothing stays behind"
    said = server.log.read_text(encoding="utf-8")
    for words in (
        f"Your work is kept in {server.folder}",
        "Open this address in your web browser:",
        "To stop: press Ctrl+C in this window.",
        "Fly Solo has stopped. Your work is saved.",
    ):
        assert words in said
    for frightening in ("Traceback", "Jupyter", "WARNING", "[I ", "[W ", "running as root", "kernel"):
        assert frightening not in said


def test_a_second_start_opens_the_course_that_runs_already(tmp_path):
    server = start_server(tmp_path)
    try:
        command = flysolo("start", "--course", str(server.folder), "--no-browser")
        surroundings = environment(server.root, tmp_path / "home")
        again = subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=60)
        assert again.returncode == 0, again.stderr
        assert "already running on this folder" in again.stdout
        assert server.address in again.stdout
    finally:
        stop(server.process)


def test_two_courses_on_one_computer_run_side_by_side_on_ports_of_their_own(tmp_path):
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start_server(tmp_path, "--port", str(port))
        try:
            assert f":{port}/" not in server.address, "a port that is in use is left to whoever has it"
            assert server.browser().get().status == 200
        finally:
            stop(server.process)


@pytest.mark.skipif(os.name == "nt", reason="a process is ended in another way on Windows")
def test_a_server_that_was_killed_does_not_stand_in_the_way_of_the_next(tmp_path):
    server = start_server(tmp_path)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(timeout=10)
    log = tmp_path / "said-again.txt"
    with log.open("w") as said:
        command = flysolo("start", "--course", str(server.folder), "--no-browser")
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment(server.root, tmp_path / "home"))
    try:
        assert wait_for_address(log, process) != server.address
    finally:
        stop(process)


def test_two_starts_in_one_second_become_one_server(tmp_path):
    root = write_content(tmp_path / "content")
    (tmp_path / "home").mkdir()
    command = flysolo("start", "--course", str(tmp_path / "course"), "--no-browser")
    logs = [tmp_path / "one.txt", tmp_path / "two.txt"]
    started = []
    for log in logs:
        with log.open("w") as said:
            surroundings = environment(root, tmp_path / "home")
            started.append(subprocess.Popen(command, stdout=said, stderr=said, env=surroundings))
    try:
        addresses = {wait_for_address(log, process) for log, process in zip(logs, started, strict=True)}
        assert len(addresses) == 1
        assert sum("already running" in log.read_text(encoding="utf-8") for log in logs) == 1
    finally:
        for process in started:
            stop(process)


def test_a_browser_inside_the_text_window_is_not_opened_over_our_words(monkeypatch):
    import webbrowser

    from flysolo.server import running

    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("w3m"))
    assert running._open("http://localhost:1/") is False

    def none_at_all():
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none_at_all)
    assert running._open("http://localhost:1/") is False
