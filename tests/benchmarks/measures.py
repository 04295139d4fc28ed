"""Each measure is a function that yields rows; none of them passes or falls short of anything."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from flysolo.answers import Header, Ledger
from flysolo.course import make_course
from tests.journeys.conftest import CHROMIUM, REPOSITORY, graders, mentee_server

MODULE = "01-why-a-throat-stays-open"
LESSON = f"/voila/render/lessons/{MODULE}/lesson.ipynb"
CASES = f"/voila/render/exercises/{MODULE}/cases.ipynb"


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, how often, the middle, the 95th centile, the unit."""

    measure: str
    unit: str
    median: float
    p95: float
    n: int


def row(measure: str, unit: str, values: list[float]) -> Row:
    """A row from single values."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Row(measure, unit, round(statistics.median(ordered), 3), round(p95, 3), len(ordered))


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="flysolo-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def browser_page() -> Iterator[Callable[[], Page]]:
    """A maker of fresh browser pages."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield lambda: chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        chromium.close()


def _tree_mib(process: psutil.Process) -> float:
    """Memory of a process and all it started, in MiB (unique set size: pages shared with others count once at most)."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_full_info().uss
        except psutil.Error:
            continue
    return total / 2**20


def pages(times: int = 5) -> Iterator[Row]:
    """Page open to usable, dial to picture, and memory of the mentee's server with its kernels."""
    with workplace() as folder, browser_page() as new_page:
        began = time.perf_counter()
        with mentee_server(folder / "course") as address:
            yield row("start to server listening", "s", [time.perf_counter() - began])
            server = next(
                p for p in psutil.process_iter(["cmdline"]) if str(folder / "course") in (p.info["cmdline"] or [])
            )
            base = address.split("/flysolo")[0]
            homes, lessons, cases = [], [], []
            peak = 0.0
            for _ in range(times):
                page = new_page()
                homes.append(_opened(page, address, "h1"))
                lessons.append(_opened(page, base + LESSON, "input[type=radio]:enabled"))
                cases.append(_opened(page, base + CASES, "input[type=checkbox]:enabled"))
                peak = max(peak, _tree_mib(server))
                page.context.close()
            yield row("home page open", "s", homes)
            yield row("lesson open to usable", "s", lessons)
            yield row("exercise open to usable", "s", cases)
            page = new_page()
            page.goto(address)
            yield row("dial to picture (key press to drawn curve)", "ms", _dial(page, base))
            yield row("exercise Save to answer on the page", "ms", _save_on_page(page, base))
            yield row("peak memory: server and its kernels", "MiB", [max(peak, _tree_mib(server))])


def _opened(page: Page, address: str, usable: str) -> float:
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(usable, timeout=60_000)
    return time.perf_counter() - began


def _dial(page: Page, base: str) -> list[float]:
    """Lock the predictions, then move a dial by key and read the page's own clock: from event to redrawn curve."""
    page.goto(base + LESSON)
    page.wait_for_selector("input[type=radio]:enabled", timeout=60_000)
    while page.get_by_role("button", name="Lock my prediction").count():
        form = page.locator("fieldset").filter(has=page.locator("input[type=radio]:enabled"))
        form.nth(0).locator("input[type=radio]").first.check()
        page.get_by_role("radio", name="It is a guess").first.check()
        page.get_by_role("button", name="Lock my prediction").click()
        page.wait_for_timeout(400)
    dial = page.get_by_role("slider").first
    dial.focus()
    for key in ["ArrowRight"] * 20 + ["ArrowLeft"] * 20:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    return page.evaluate("window.flysoloLatency.map(Number)")


def _save_on_page(page: Page, base: str) -> list[float]:
    """From pressing Save to the words that say what was saved."""
    page.goto(base + CASES)
    page.wait_for_selector("input[type=checkbox]:enabled", timeout=60_000)
    page.get_by_role("checkbox").first.check()
    began = time.perf_counter()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved at").first.wait_for()
    return [(time.perf_counter() - began) * 1000]


def saves(times: int = 200) -> Iterator[Row]:
    """Answers saved per second, each flushed to the disk before it is said to be saved."""
    with workplace() as folder:
        header = Header(format=1, kind="answers", course="c", mentee="m", subject="s", seed="0" * 16)
        ledger = Ledger(folder / "answers.jsonl", header)
        took = []
        for n in range(times):
            began = time.perf_counter()
            ledger.append("save", "child", question="decision", value={"choice": f"c{n}"}, fingerprint="f")
            took.append(time.perf_counter() - began)
        yield row("one answer saved, with fsync", "ms", [1000 * each for each in took])
        yield row("answers saved per second, with fsync", "1/s", [times / sum(took)])


def loop(mentees: int = 3) -> Iterator[Row]:
    """From hand-in to reply: pack, collect, mark through nbgrader, reply; and the memory of marking."""
    from flysolo.deliver import hand_in
    from flysolo.exercise import Exercise
    from tests.journeys.test_first_module import answer_the_rest

    with workplace() as folder:
        (folder / "drop").mkdir()
        mentor = str(folder / "mentor")
        graders("course", mentor, "--course", "bench", "--drop", str(folder / "drop"))
        packed = []
        for n in range(mentees):
            course = make_course(folder / f"m{n}", course="bench", mentee=f"m{n}", drop=str(folder / "drop"))
            answer_the_rest(Exercise(MODULE, course))
            began = time.perf_counter()
            hand_in(course, MODULE)
            packed.append((time.perf_counter() - began) * 1000)
        yield row("hand-in written", "ms", packed)
        total = 0.0
        for words, arguments in (
            ("collect", ["collect", mentor]),
            ("mark", ["mark", mentor]),
            ("reply", ["reply", mentor, "--waiting-too"]),
        ):
            seconds, peak = _timed_command(arguments)
            total += seconds
            yield row(f"{words}, {mentees} hand-ins, one command", "s", [seconds])
            yield row(f"{words}, peak memory", "MiB", [peak])
        yield row(f"hand-in to reply, {mentees} hand-ins, all three commands", "s", [total])


def _timed_command(arguments: list[str]) -> tuple[float, float]:
    began = time.perf_counter()
    process = psutil.Popen(
        [sys.executable, "-m", "graders", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0.0
    while process.poll() is None:
        try:
            peak = max(peak, _tree_mib(process))
        except psutil.Error:
            break
        time.sleep(0.1)
    if process.wait() != 0:
        raise RuntimeError(f"python -m graders {' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - began, peak


def notebooks() -> Iterator[Row]:
    """Time nbval takes for every notebook of the course, from cold."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "--nbval-lax",
        "--nbval-current-env",
        "--nbval-cell-timeout=60",
    ]
    for path in sorted([*REPOSITORY.glob("curriculum/*/*.ipynb"), *REPOSITORY.glob("exercises/*/*.ipynb")]):
        began = time.perf_counter()
        done = subprocess.run(
            [*command, str(path)], cwd=REPOSITORY, capture_output=True, text=True, env=dict(os.environ)
        )
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:])
        cells = int(re.search(r"(\d+) passed", done.stdout).group(1))
        name = path.relative_to(REPOSITORY).as_posix()
        yield row(f"nbval from cold: {name} ({cells} cells)", "s", [time.perf_counter() - began])


MEASURES: dict[str, Callable[[], Iterator[Row]]] = {
    "saves": saves,
    "notebooks": notebooks,
    "loop": loop,
    "pages": pages,
}


def as_json(rows: list[Row]) -> str:
    """Rows as a JSON list."""
    return json.dumps([each.__dict__ for each in rows], indent=1)
