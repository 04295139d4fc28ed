"""A real browser and real servers. A journey that cannot run fails in CI and says why elsewhere."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ADDRESS = re.compile(r"http://\S+")
START_SECONDS = 90
# A journey asks whether a thing happens at all; how fast is the benchmarks' business.
expect.set_options(timeout=40_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium from this machine."""
    if CHROMIUM is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium on this machine: install Debian's package “chromium” to run the journeys")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextlib.contextmanager
def served(command: list[str], log: Path) -> Iterator[str]:
    """Run a command that serves pages, yield the address that it prints, and stop it as Ctrl+C would."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=REPOSITORY, env=environment)
        try:
            yield _address(process, log)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        found = ADDRESS.search(log.read_text(encoding="utf-8"))
        if found:
            return found.group(0)
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


def mentee_server(course: Path, *options: str):
    """``flysolo start`` on a course folder."""
    command = [str(Path(sys.executable).parent / "flysolo"), "start", "--course", str(course), "--no-browser", *options]
    return served(command, course.parent / f"{course.name}.log")


def mentor_server(folder: Path):
    """``python -m graders desk`` on a mentor's course folder."""
    command = [sys.executable, "-m", "graders", "desk", str(folder), "--no-browser"]
    return served(command, folder.parent / f"{folder.name}.log")


def graders(*arguments: str) -> str:
    """Run a command of the mentor's side and return what it printed."""
    command = [sys.executable, "-m", "graders", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
