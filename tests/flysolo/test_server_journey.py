"""The pages around lessons in a real browser: by keyboard, on a phone, enlarged, and under an accessibility checker."""

from __future__ import annotations

import os
import shutil
import socket

import pytest

from flysolo.content import load_families
from flysolo.replies import ThreadReply, pack_reply
from tests.flysolo.server_world import days_ago, start_server, stop, write_events
from tests.samples import ANSWERS, EXERCISE

pytestmark = pytest.mark.journey

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"desk": (1280, 900), "phone": (360, 740), "doubled": (640, 450), "four-fold": (320, 256)}
LOUD_REPLY = (
    '<!DOCTYPE html><html lang="en"><head><title>Reply</title><style>body{color:#222;background:#fff}</style></head>'
    '<body><main><h1>Reply</h1><p id="words">You linked stage and sound.</p><p><a href="#end">To the end</a></p>'
    '<script>document.getElementById("words").textContent = "RAN"</script>'
    '<img alt="a picture" src="http://localhost:PORT/x.png" onerror="document.title = \'RAN\'">'
    + "<p>More words.</p>" * 80
    + '<p id="end">The end.</p></main></body></html>'
)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        reason = "no chromium on this machine: install Debian's chromium to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory, browser):
    running = start_server(tmp_path_factory.mktemp("journey"), "--name", "Ines")
    yield running
    stop(running.process)


@pytest.fixture
def course(server, monkeypatch):
    monkeypatch.setenv("FLYSOLO_CONTENT", str(server.root))
    return server.fresh()


@pytest.fixture
def page(server, browser, course):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(server.address)
    yield page
    context.close()


@pytest.fixture
def listener():
    """Somebody elsewhere who would like to know that a reply was read."""
    with socket.socket() as waiting:
        waiting.bind(("localhost", 0))
        waiting.listen()
        yield waiting


@pytest.fixture
def busy(course, listener):
    """A mentee in the middle: a lesson finished, a case complete, a question answered, a reply there."""
    family = load_families(EXERCISE)[0]
    kept = {"item": family.id, "fingerprint": family.fingerprint, "at": days_ago(3)}
    events = []
    for question, value in ANSWERS.items():
        if question == "twin":
            events.append({"do": "commit"} | kept)
        events.append({"do": "save", "question": question, "value": value} | kept)
    for text in ("Would you wait for the study?", "And in winter?"):
        events.append({"do": "ask", "item": family.id, "question": "decision", "value": {"text": text}})
    write_events(course.answers(EXERCISE), *events)
    write_events(course.practice(EXERCISE), {"do": "place", "item": "finished", "at": days_ago(2.1)})
    n = len(events) - 1
    answer = ThreadReply(n=n, item=family.id, asked="Would you wait for the study?", text="No.", at=days_ago(0.1))
    from flysolo.replies import keep_reply

    loud = LOUD_REPLY.replace("PORT", str(listener.getsockname()[1]))
    keep_reply(course, pack_reply(course.card.course, course.card.mentee, EXERCISE, loud, [answer]), "reply.zip")
    return course


def base(page):
    return page.url.split("flysolo")[0]


def complaints(page):
    """What the accessibility checker finds, in words."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def is_wider_than_the_window(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


PATHS = {
    "home": "flysolo",
    "help": "flysolo/help",
    "handed-in": f"flysolo/handed-in/{EXERCISE}",
    "reply": f"flysolo/reply/{EXERCISE}",
    "recall": f"flysolo/recall/{EXERCISE}/why-nose",
    "nothing": "flysolo/nothing-here",
}


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_passes_the_accessibility_checker(page, busy, size):
    width, height = SIZES[size]
    from flysolo import deliver

    deliver.hand_in(busy, EXERCISE)
    page.set_viewport_size({"width": width, "height": height})
    for name, path in PATHS.items():
        page.goto(base(page) + path)
        for fold in page.locator("details").all():
            fold.evaluate("each => each.open = true")
        assert not is_wider_than_the_window(page), f"{name} at {width} px"
        assert complaints(page) == [], f"{name} at {width} px"
        assert page.locator("h1").count() == 1


def test_a_first_visit_passes_too(page, course):
    page.goto(base(page) + "flysolo")
    assert complaints(page) == []
    assert (
        page.locator("a.fs-button, button.fs-button").locator("visible=true").first.inner_text() == "Start the lesson"
    )


def test_a_stranger_is_told_how_to_come_in(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.address.split("?")[0])
    assert page.locator("h1").inner_text() == "Please come in through your own link"
    assert complaints(page) == []
    page.get_by_text("I have the code").click()
    page.get_by_label("The code at the end of the address").fill(server.address.split("token=")[1])
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/flysolo")
    context.close()


def test_everything_on_the_home_page_is_reached_by_keyboard_and_is_large_enough_to_hit(page, busy):
    page.goto(base(page) + "flysolo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    for words in ("Answer the first", "Read the reply to “Why does a throat stay open?”", "reply-file", "Add"):
        assert words in reached
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
        .filter(e => e.checkVisibility() && getComputedStyle(e).display !== 'inline')
        .map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
        .filter(([name, box]) => box.height < 24 && name !== 'Skip to the page').map(([name]) => name)"""
    )
    assert small == []


def test_handing_in_by_mail_takes_one_press_and_gives_a_file(page, busy):
    page.goto(base(page) + "flysolo")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url(f"**/flysolo/handed-in/{EXERCISE}")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save the file").click()
    assert taken.value.suggested_filename.startswith(f"hand-in-{busy.card.mentee}-{EXERCISE}")


def test_a_reply_is_read_in_its_frame_and_nothing_in_it_runs_or_asks_anybody(page, busy, listener):
    page.goto(base(page) + "flysolo")
    page.get_by_role("link", name="Read the reply").click()
    frame = page.frame_locator("iframe")
    assert frame.locator("#words").inner_text() == "You linked stage and sound."
    with pytest.raises(TimeoutError):
        listener.settimeout(1)
        listener.accept()
    page.keyboard.press("Tab")
    for _ in range(30):
        # the frame is a process of its own: the focus needs a moment to get there
        page.wait_for_timeout(150)
        if page.evaluate("document.activeElement.tagName") == "IFRAME":
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "IFRAME", "the reply is reached by keyboard"
    frame.get_by_role("link", name="To the end").click()
    page.wait_for_timeout(300)
    assert frame.locator("#end").is_visible()
    page.get_by_role("link", name="Home page").click()
    page.wait_for_url("**/flysolo")


def test_a_reply_file_from_the_mail_is_added_with_a_file_box(page, course, tmp_path):
    file = tmp_path / "reply (2).zip"
    file.write_bytes(pack_reply(course.card.course, course.card.mentee, EXERCISE, LOUD_REPLY, []))
    page.goto(base(page) + "flysolo")
    page.get_by_label("Add a reply file").set_input_files(file)
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(f"**/flysolo/reply/{EXERCISE}")


def test_a_recall_question_goes_from_words_to_parts_to_the_next_one(page, busy):
    page.goto(base(page) + "flysolo")
    page.get_by_role("link", name="Answer the first").click()
    page.get_by_label("Why does the muscle matter at night?").fill("It holds, and in REM it lets go.")
    page.get_by_role("button", name="Save, and see one way to say it").click()
    page.get_by_text("Because the muscle holds the throat open").wait_for()
    assert complaints(page) == []
    page.get_by_label("What holds it open").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("This question comes back on").wait_for()
    assert complaints(page) == []
    page.get_by_role("link", name="Next question").click()
    page.get_by_label("Why does the nose matter at night?").wait_for()
