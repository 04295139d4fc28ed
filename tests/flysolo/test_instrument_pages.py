"""Instruments in a real browser: marked by mouse, by keyboard and by numbers, readable at every width."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from flysolo.ui.voila_config import jupyter_path, voila_settings
from tests.flysolo.test_ui_pages import NOT_NEEDED, REPOSITORY, _wait_for, browser, write_notebook

pytestmark = pytest.mark.journey
__all__ = ["browser"]  # a fixture

CELLS = [
    ("code", "from flysolo.instruments import make", ("remove-input",)),
    ("text", "## Mark", ()),
    ("code", "rules = make('same-night-different-rules')\nrules.widget", ("remove-input",)),
    ("text", "## Night", ()),
    ("code", "night = make('one-night')\nnight.widget", ("remove-input",)),
    ("text", "## Trap", ()),
    ("code", "trap = make('before-after-trap')\ntrap.widget", ("remove-input",)),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("instruments")
    write_notebook(folder / "instruments.ipynb", ("text", "# Instruments", ()), *CELLS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extensions = {"voila.server_extension": True} | dict.fromkeys(NOT_NEEDED, False)
    server = {"port": port, "port_retries": 0, "open_browser": False, "jpserver_extensions": extensions}
    settings = {"ServerApp": server, "IdentityProvider": {"token": ""}, **voila_settings()}
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    env = os.environ | {
        "JUPYTER_PATH": str(jupyter_path()),
        "PYTHONPATH": str(REPOSITORY),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    command = [sys.executable, "-m", "jupyter", "server", f"--config={folder / 'config.json'}", "--allow-root"]
    with (folder / "server.log").open("w") as log:
        running = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", running, folder / "server.log")
        yield f"http://127.0.0.1:{port}/voila/render/instruments.ipynb"
    finally:
        running.terminate()
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()


@pytest.fixture(scope="module")
def page(address: str, browser: Browser) -> Iterator[Page]:
    """All instruments on one page, opened once: what each test needs of them it sets itself."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(address)
    expect(page.locator("html[data-flysolo=open]")).to_be_attached(timeout=60000)
    expect(strip(page)).to_be_visible(timeout=30000)
    expect(page.locator(".fs-figure")).to_have_count(2, timeout=30000)
    yield page
    page.goto("about:blank")
    context.close()


def strip(page: Page) -> Locator:
    """The strip that can be marked."""
    return page.locator(".fs-strip").filter(has=page.locator(".fs-strip-marking"))


def clear(page: Page) -> None:
    removes = strip(page).get_by_role("button", name="Remove")
    while removes.count():
        left = removes.count() - 1
        removes.first.click()
        expect(removes).to_have_count(left)


def test_an_event_is_marked_by_keyboard_alone(page: Page):
    clear(page)
    board, keys = strip(page).locator(".fs-strip-board"), page.keyboard
    board.focus()
    keys.press("Home")
    for _ in range(3):
        keys.press("Shift+ArrowRight")
    keys.press("Enter")
    for _ in range(12):
        keys.press("ArrowRight")
    keys.press("Enter")
    marks = strip(page).locator(".fs-strip-list li")
    expect(marks).to_have_count(1)
    expect(marks.first).to_contain_text("12 s")
    expect(page.get_by_text("You marked 1 event.")).to_be_visible()
    keys.press("ArrowLeft")
    keys.press("Delete")
    expect(marks).to_have_count(0)


def test_an_event_is_marked_with_the_mouse(page: Page):
    clear(page)
    board = strip(page).locator(".fs-strip-board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    across, down = box["width"] / 10, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4 * across, down)
    page.mouse.down()
    page.mouse.move(box["x"] + 5 * across, down, steps=3)
    page.mouse.up()
    expect(strip(page).locator(".fs-strip-list li")).to_have_count(1)
    expect(page.get_by_text("You marked 1 event.")).to_be_visible()


def test_an_event_is_marked_by_numbers_and_a_senseless_one_is_declined_in_words(page: Page):
    clear(page)
    numbers = strip(page).locator("input[type=number]")
    add = strip(page).get_by_role("button", name="Add mark")
    strip(page).locator("select").select_option("Hypopnea")
    numbers.nth(0).fill("9999")
    add.click()
    expect(strip(page).locator(".fs-strip-say")).to_contain_text("A mark needs a start from 0 to 600")
    numbers.nth(0).fill("70")
    numbers.nth(1).fill("11")
    add.click()
    expect(strip(page).locator(".fs-strip-list li")).to_contain_text("Hypopnea")


def test_pages_of_the_strip_turn_by_key_and_by_button(page: Page):
    board, say = strip(page).locator(".fs-strip-board"), strip(page).locator(".fs-strip-say")
    board.focus()
    page.keyboard.press("PageUp")
    expect(say).to_contain_text("first page")
    page.keyboard.press("PageDown")
    expect(say).to_contain_text("after lights out")
    strip(page).get_by_role("button", name="Earlier").click()
    expect(say).to_contain_text("after lights out")


def test_a_click_on_the_night_moves_the_dial_that_the_keyboard_moves(page: Page):
    start = page.get_by_role("slider", name="The strip starts at")
    before = start.input_value()
    picture = page.locator(".fs-figure-tall svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    expect(start).not_to_have_value(before)
    clicked = start.input_value()
    start.focus()
    page.keyboard.press("ArrowRight")
    expect(start).to_have_value(str(float(clicked) + 0.5).removesuffix(".0"))


def test_every_picture_has_a_name_words_and_a_table(page: Page):
    for figure in page.locator(".fs-figure").all():
        picture = figure.locator(".bqplot")
        expect(picture).to_have_attribute("role", "img")
        assert len(picture.get_attribute("aria-label")) > 40
        assert figure.locator(".fs-chart-sentence").inner_text()
        assert figure.locator("table tbody tr").count()


def test_nothing_serious_is_found_by_axe_and_nothing_broke(page: Page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")] == []
    assert page.faults == []


def test_on_a_phone_and_at_double_size_nothing_runs_off_the_side(page: Page):
    for width in (390, 640):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("innerWidth === document.documentElement.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        for each in page.locator(".fs-strip-board, .fs-figure svg").all():
            box = each.bounding_box()
            assert box is None or box["x"] + box["width"] <= width + 1
    page.set_viewport_size({"width": 1280, "height": 900})
