"""The desk in a real browser: by keyboard, without harm from anything a mentee wrote, as formgrader shows it too."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from graders.batch import mark
from graders.collect import collect
from graders.desk_data import desk, utc_now
from graders.desk_gradebook import write_mark
from graders.items.agreement import pairs
from graders.mentor import CHECKOUT, MentorCourse, make_mentor_course
from graders.second_marks import second_marks
from tests.graders import invented
from tests.graders.conftest import Pen, forget_content

pytestmark = pytest.mark.journey

EX, TOKEN = invented.EXERCISE, "a-token-for-tests"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EVIL = (
    "<script>window.harm = 1</script><img src=x onerror='window.harm = 2'> [press](javascript:window.harm=3)\n"
    "# not a heading **not bold** </textarea></blockquote><form action='https://example.org'>{{ 7 * 7 }}"
)


@dataclass
class Served:
    """A desk that runs, and the course behind it."""

    course: MentorCourse
    address: str


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """Three mentees handed in hostile words, one of them asked with them, and the desk is open."""
    root = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLYSOLO_CONTENT", str(invented.write_course(root / "course")))
        patch.setenv("FLYSOLO_KEYS", str(root / "course" / "keys"))
        forget_content()
        (root / "drop" / "to-mentor").mkdir(parents=True)
        course = make_mentor_course(
            root / "mentor", course=invented.COURSE, mentor="Dr. Example", drop=str(root / "drop")
        )
        for name in ("ada", "ben", "cleo"):
            _hand_in(root / "drop", name)
        collect(course)
        assert not mark(course).faults
        process, address = _start(course.folder)
        try:
            yield Served(course, address)
        finally:
            _stop(process)
            forget_content()


def _hand_in(drop: Path, name: str) -> None:
    page = Pen(name)
    page.answer_all("loud-child", why={"picks": ["link-a"], "because": EVIL, "change_mind": EVIL}, reason="size")
    page.answer_all("quiet-child", alarm="no")
    page.write("ask", "loud-child", question="decision", value={"text": EVIL})
    (drop / "to-mentor" / f"{name}.zip").write_bytes(page.parcel())


def _start(folder: Path) -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "graders", "desk", str(folder), "--port", str(port), "--no-browser"]
    log = (folder / "server.log").open("wb")
    environment = os.environ | {"JUPYTER_TOKEN": TOKEN}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/desk/static/desk.css", timeout=2).read()
            return process, address
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    process.kill()
    raise AssertionError((folder / "server.log").read_text(errors="replace")[-3000:])


def _stop(process: subprocess.Popen) -> None:
    """End the server, whatever state it is in; none is left behind."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def browser():
    """Chromium; without one these tests are left out on a desk, and are a fault in CI."""
    if CHROMIUM is None:
        reason = "no chromium on this machine: install Debian's chromium to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser, served):
    """A signed-in page that notes whatever it loads from elsewhere and whatever goes amiss."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    asked = []
    opened.on("request", lambda request: asked.append(request))
    opened.goto(f"{served.address}/desk?token={TOKEN}")
    yield opened
    # what the page's own policy stops never leaves this computer (formgrader names a script on the network)
    left = [each.url for each in asked if not each.url.startswith((served.address, "data:")) and each.failure != "csp"]
    assert left == []
    context.close()


def places(served: Served) -> dict[str, str]:
    """Address of one page of each kind."""
    items = desk(served.course, utc_now()).items
    hrefs = {item.kind: f"{served.address}/{item.href}" for item in reversed(items)}
    named = {"desk": "desk", "ada": "desk/mentee/ada", "second": "desk/second"}
    return {name: f"{served.address}/{path}" for name, path in named.items()} | hrefs


def test_no_page_has_a_fault_that_axe_can_find_at_any_width(page, served):
    from axe_playwright_python.sync_playwright import Axe

    for width in (1280, 640, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for name, address in places(served).items():
            page.goto(address)
            found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
            assert found == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def test_nothing_a_mentee_wrote_runs_or_becomes_markup(page, served):
    for address in places(served).values():
        page.goto(address)
        assert page.evaluate("window.harm") is None
        assert (
            page.locator("main script, main img, main a[href^='javascript'], main form[action*='example']").count() == 0
        )
    page.goto(places(served)["words"])
    shown = page.locator("blockquote").first.inner_text()
    assert shown.split() == EVIL.split(), "words are shown as they were typed"
    assert page.get_by_role("heading", name="not a heading").count() == 0


def test_no_page_may_run_a_script_or_load_from_elsewhere(page, served):
    for address in places(served).values():
        policy = page.request.get(address).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'none'" in policy


def test_without_signing_in_nothing_is_shown_or_written(browser, served):
    context = browser.new_context()
    stranger = context.new_page()
    for address in places(served).values():
        stranger.goto(address)
        assert "/login" in stranger.url
    context.close()


def test_a_post_from_another_page_is_refused(page, served):
    answer = page.request.post(places(served)["question"], form={"text": "From elsewhere.", "asked": EVIL})
    assert answer.status == 403
    assert not (served.course.folder / "desk" / "replies.jsonl").exists()


def press(page, selector: str) -> None:
    """Reach something by the Tab key alone, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate(
                "getComputedStyle(document.activeElement.closest('.fs-option') ?? document.activeElement).outlineStyle"
            )
            assert outline != "none", f"{selector} shows no focus"
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_words_are_marked_by_keyboard_and_formgrader_shows_the_same(page, served):
    page.goto(places(served)["words"])
    assert not re.search(r"\b(ada|ben|cleo)\b", page.content(), re.IGNORECASE), "no name on the page or in its address"
    cell = page.get_by_role("link", name="The same cell in formgrader").get_attribute("href")
    press(page, "input[name=score]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    press(page, "textarea#comment")
    page.keyboard.type("Two findings are linked.")
    press(page, "button:not([name])")
    page.keyboard.press("Enter")
    page.get_by_text("The mark is saved").wait_for()
    assert page.get_by_text("Case 2 of 3, names hidden. 2 of them wait").is_visible()
    page.goto(served.address + cell)
    box = page.locator("#loud-child--why")
    box.wait_for()
    page.wait_for_function("document.getElementById('loud-child--why').value === '2'")
    words = "document.getElementById('loud-child--why-comment').value === 'Two findings are linked.'"
    page.wait_for_function(words)
    assert page.evaluate("window.harm") is None


def test_saving_without_a_mark_keeps_what_was_typed(page, served):
    page.goto(places(served)["words"])
    page.fill("#comment", "Do not lose me.")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("alert").get_by_text("choose one, then save").is_visible()
    assert page.input_value("#comment") == "Do not lose me."


def test_a_question_is_answered_by_keyboard_and_the_words_can_serve_again(page, served):
    page.goto(places(served)["question"])
    press(page, "textarea#text")
    page.keyboard.type("Look at the nights first.")
    press(page, "button:not([name])")
    page.keyboard.press("Enter")
    page.get_by_text("It appears beside the question").wait_for()
    page.goto(places(served)["question"])
    page.fill("#text", "For you too:")
    page.get_by_text("Earlier answers to use again").click()
    page.get_by_role("button", name="Take this").click()
    assert page.input_value("#text") == "For you too:\n\nLook at the nights first."
    parcels = list((Path(served.course.card.drop) / "to-mentee").glob("*/*.zip"))
    assert len(parcels) == 1, "taking a text sends nothing"


def test_a_reason_is_read_a_second_time_without_the_first_mark_in_sight(page, served):
    for name in ("ada", "ben", "cleo"):
        write_mark(served.course, name, EX, "loud-child", "why", score=1, comment="A private remark.")
    page.goto(places(served)["second"])
    page.fill("#by", "dr. example")
    page.get_by_role("button", name="Begin").click()
    assert page.get_by_role("alert").get_by_text("come from two people").is_visible()
    page.fill("#by", "Dr. Second")
    page.get_by_role("button", name="Begin").click()
    for left in (3, 2, 1):
        assert page.get_by_text("The first mark is not shown").is_visible()
        assert not re.search(r"\b(ada|ben|cleo)\b|private remark", page.content())
        assert page.locator("input[name=score]:checked").count() == 0
        page.locator(f"input[name=score][value='{left}']").check()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("The second mark is saved").wait_for()
    marks, problems = second_marks(served.course)
    assert sorted(each.mark for each in marks) == [1, 2, 3] and not problems
    assert len(pairs(served.course)[0]) == 3
    page.goto(f"{served.address}/desk/items")
    assert page.get_by_role("heading", level=1).is_visible()


def test_a_disputed_key_is_moved_on_the_page_and_put_back(page, served):
    page.goto(places(served)["ada"])
    card = page.locator(f"article[aria-labelledby='{EX}--loud-child']")
    card.get_by_text("I dispute this key").click()
    card.get_by_label("Why?").fill("Two trials point either way.")
    card.get_by_role("button", name="Move this case to contested").click()
    page.get_by_text("The case is contested from now on").wait_for(timeout=60_000)
    assert page.get_by_role("heading", name="Contested cases").is_visible()
    section = page.locator("section[aria-labelledby='desk-contested']")
    section.locator("summary").click()
    section.get_by_label("Why?").fill("Settled.")
    section.get_by_role("button", name="Let the key count again").click()
    page.get_by_text("The key counts again.").wait_for(timeout=60_000)
    assert page.get_by_role("heading", name="Contested cases").count() == 0


def test_a_safety_miss_is_seen_to_and_leaves_the_desk(page, served):
    page.goto(places(served)["desk"])
    before = page.get_by_text("phone or talk today").count()
    page.locator(".desk-item-safety a").first.click()
    page.get_by_role("button", name="We have talked").first.click()
    page.get_by_text("Noted: you have talked.").wait_for()
    page.goto(places(served)["desk"])
    assert page.get_by_text("phone or talk today").count() == before - 1


def test_collecting_from_the_desk_says_what_came(page, served):
    _hand_in(Path(served.course.card.drop), "dora")
    (Path(served.course.card.drop) / "to-mentor" / "odd.zip").write_bytes(b"not a zip")
    page.goto(places(served)["desk"])
    page.get_by_role("button", name="Collect and mark now").click()
    page.get_by_text("1 parcel taken in, 1 hand-in marked.").wait_for(timeout=60_000)
    assert page.get_by_text("1 parcel could not be read").is_visible()
    assert page.get_by_role("link", name="dora", exact=True).is_visible()


def test_an_address_that_names_nothing_is_answered_in_words(page, served):
    for path in ("desk/mentee/nobody", f"desk/question/ada/{EX}/99", f"desk/justification/x/{EX}/none/why", "desk/x"):
        answer = page.goto(f"{served.address}/{path}")
        assert answer.status == 404
        assert page.get_by_role("link", name="Back to the desk").is_visible()
        assert "Traceback" not in page.content()


def test_these_words_would_run_if_they_were_markup(browser):
    """Without it the tests below could pass with words that never do anything."""
    context = browser.new_context()
    try:
        bare = context.new_page()
        bare.set_content(EVIL)
        bare.wait_for_function("window.harm !== undefined")
    finally:
        context.close()


def test_nothing_a_mentee_wrote_runs_in_any_of_formgraders_pages(page, served):
    with Gradebook(served.course.db_url) as book:
        hand_ins = [each.id for each in book.find_assignment(EX).submissions]
        notebooks = [part.id for each in book.find_assignment(EX).submissions for part in each.notebooks]
    listing = ["", "manage_assignments", f"gradebook/{EX}", f"gradebook/{EX}/cases", "manage_students/ada"]
    listing += [f"manage_submissions/{EX}", *(f"submissions/{each}/" for each in notebooks[:2])]
    assert hand_ins and notebooks
    shown = 0
    for path in listing:
        answer = page.goto(f"{served.address}/formgrader/{path}")
        assert answer.ok, path
        page.wait_for_load_state("load")
        shown += "window.harm = 1" in page.locator("body").inner_text()
        assert page.evaluate("window.harm") is None, path
        assert page.locator("img[onerror], a[href^='javascript:window'], form[action*='example']").count() == 0, path
        policy = answer.headers["content-security-policy"]
        assert "default-src" in policy or "script-src" in policy, path
    assert shown == 2, "the words themselves are there to be read"


def test_nothing_a_mentee_wrote_runs_in_the_reply_as_a_file_or_in_a_page(page, served, browser):
    """A reply is a file that people open by itself, too: its own policy has to hold without our server."""
    from graders.reply import make_page

    make_page(served.course, "ben", EX)
    reply = served.course.folder / "feedback" / "ben" / EX / "cases.html"
    context = browser.new_context()
    try:
        opened = context.new_page()
        opened.goto(reply.as_uri())
        assert "window.harm = 1" in opened.locator("body").inner_text()
        assert opened.evaluate("window.harm") is None
        assert opened.locator("script, img, form, a[href^='javascript']").count() == 0
        # and what slipped through all the same would be stopped by the page's own policy
        spoiled = reply.with_name("spoiled.html")
        spoiled.write_text(reply.read_text("utf-8").replace("</main>", f"{EVIL}</main>"), encoding="utf-8")
        opened.goto(spoiled.as_uri())
        assert opened.locator("script").count() == 1
        opened.wait_for_timeout(300)
        assert opened.evaluate("window.harm") is None
        spoiled.unlink()
    finally:
        context.close()
