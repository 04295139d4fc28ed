"""Lessons as a mentee meets them: a real page, a real kernel, a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from flysolo.ui.voila_config import jupyter_path, voila_settings

pytestmark = pytest.mark.journey

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LOST = "This was not saved: the page lost touch with the course."

#: Extensions of the Jupyter server that a lesson does not need; without them the server is up in a second.
NOT_NEEDED = (
    "jupyterlab",
    "notebook",
    "nbgrader",
    "nbgrader.server_extensions.formgrader",
    "nbgrader.server_extensions.validate_assignment",
    "jupytext",
    "jupyterlab_jupytext",
    "jupyter_lsp",
    "jupyter_server_terminals",
)

PANEL_CELL = """
import time
from flysolo.ui.panel import Panel

choices = [{"id": key, "text": f"Option {key}"} for key in "abcd"]
warned = {"kind": "text", "maxlength": 500}
questions = [
    {"id": "one", "kind": "one", "legend": "Which <em>one</em>?", "options": choices, "help": "One choice."},
    {"id": "many", "kind": "many", "legend": "Which two?", "options": choices, "limit": 2},
    {"id": "number", "kind": "number", "legend": "How likely?", "min": 0, "max": 100, "step": 1, "unit": "%"},
    {"id": "text", "legend": "What would change your mind?", **warned},
    {"id": "slow", "legend": "A slow question", **warned},
    {"id": "refused", "legend": "A refused question", **warned},
    {"id": "fields", "kind": "fields", "legend": "Your reason", "fields": [
        {"id": "picks", "kind": "many", "legend": "It rests on", "limit": 2, "options": choices},
        {"id": "because", "legend": "Because", **warned}]},
    {"id": "begun", "kind": "fields", "legend": "A reason saved before", "fields": [
        {"id": "picks", "kind": "many", "legend": "It rests on", "limit": 2, "options": choices, "value": ["d"]},
        {"id": "because", "legend": "Because", "value": "It was so.", **warned}]},
]
saved, threads, hints, revising = {}, [], [], set()
panel = Panel()

def question(each):
    if each["id"] in saved and each["id"] not in revising:
        return {"type": "answered", "id": each["id"], "legend": each["legend"], "text": str(saved[each["id"]]),
                "saved": "Saved 14:03", "can_revise": True}
    return {"type": "question", **each, "value": saved.get(each["id"])}

def draw(status="", focus=None):
    panel.view = {"title": "A child who snores", "level": 2, "status": status, "focus": focus, "blocks": [
        {"type": "progress", "now": len(saved), "of": 8, "label": f"{len(saved)} of 8 answered"},
        {"type": "html", "html": "<p>A seven-year-old snores on most nights.</p>"},
        {"type": "table", "caption": "What you know", "columns": ["Finding", "This child"], "rows": [["Age", "7"]]},
        *[question(each) for each in questions],
        {"type": "feedback", "id": "words", "tone": "seen", "heading": "You linked the two", "html": "<p>Both.</p>",
         "more": [{"summary": "Why posture matters", "html": "<p>It lengthens the throat.</p>"}]},
        {"type": "feedback", "tone": "missing", "heading": "The nose", "html": "<p>Look there.</p>"},
        {"type": "feedback", "tone": "contested", "heading": "Expansion", "html": "<p>Studies disagree.</p>"},
        {"type": "hints", "id": "hints", "shown": hints, "remaining": 2 - len(hints)},
        {"type": "ask", "id": "ask", "open": False, "threads": threads, "delivery": "It goes with your hand-in."},
        {"type": "steps", "items": [{"id": "c1", "label": "Ada", "state": "done"},
                                    {"id": "c2", "label": "Ben", "state": "now"}]},
        {"type": "details", "summary": "Show me the sum", "html": "<p>1 + 1 = 2</p>"},
        {"type": "button", "id": "fault", "label": "Raise a fault", "help": "For the test.", "primary": True},
        {"type": "link", "href": "#", "label": "Back to the start"}]}

events = []

@panel.on_event
def handle(event):
    events.append(event)
    name = event["id"]
    if event["do"] == "save" and name == "refused":
        draw("This was not saved: the window is closed.")
    elif event["do"] == "save":
        if name == "slow":
            time.sleep(5.5)
        saved[name] = event["value"]
        revising.discard(name)
        following = [each["id"] for each in questions if each["id"] not in saved]
        draw(f"Saved {event['value']} as event {len(events)}", focus=(following or ["words"])[0])
    elif event["do"] == "revise":
        revising.add(name)
        draw("You can change it.", focus=name)
    elif event["do"] == "hint":
        hints.append(f"<p>Hint number {len(hints) + 1}.</p>")
        draw("A hint is shown.")
    elif event["do"] == "ask":
        threads.append({"text": event["value"], "at": "today", "reply": None})
        draw("Your question is kept.")
    elif event["do"] == "open":
        draw(f"Opened {name}")
    else:
        raise RuntimeError("a secret detail")

panel.on_fault(lambda error, event: None)
draw()
panel
"""

DIALS_CELL = """
import ipywidgets
import numpy as np
from flysolo.ui.chart import line_chart
from flysolo.ui.dials import Dials
from flysolo.ui.fold import Fold

dials = Dials([
    {"name": "nose", "label": "Resistance", "unit": "cmH2O", "low": 1, "high": 20, "step": 1, "value": 4,
     "kind": "slider", "help": "A blocked nose asks more of the throat."},
    {"name": "stage", "label": "Stage", "kind": "choice", "options": ["awake", "asleep"], "value": "awake"}])
chart = line_chart("Flow against effort", "Effort (cmH2O)", "Flow (L/s)", (0, 20), (0, 1.2),
                   [("where you started", "dashed"), ("this throat", "solid")])
fold = Fold("Show me how it is drawn")
effort = np.linspace(0, 20, 41)
redraws = [0]

def redraw(_=None):
    redraws[0] += 1
    time.sleep(0.1)
    flow = np.minimum(effort / 10, 4 / dials.values["nose"])
    words = f"Redraw {redraws[0]} at {dials.values['nose']:g}, {dials.values['stage']}."
    chart.update([(effort, effort / 20), (effort, flow)], words, ["Effort", "Flow"], [[20, f"{flow[-1]:.2f}"]])
    fold.value = f"<p>4 / {dials.values['nose']:g}</p>"
    dials.echo += 1

dials.observe(redraw, "values")
redraw()
ipywidgets.VBox([dials, chart.widget, fold])
"""


def write_notebook(path: Path, *cells: tuple[str, str, tuple[str, ...]]) -> None:
    made = [
        (nbformat.v4.new_markdown_cell if kind == "text" else nbformat.v4.new_code_cell)(
            source, metadata={"tags": list(tags)}
        )
        for kind, source, tags in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """Address of a Jupyter server that shows three notebooks as pages."""
    folder = tmp_path_factory.mktemp("pages")
    write_notebook(
        folder / "lesson.ipynb",
        ("text", "# Why does a *throat* stay open?\n\nA question before anything else.", ()),
        ("text", "## Your case", ()),
        ("code", PANEL_CELL, ()),
        ("text", "## Turn the dials", ()),
        ("code", DIALS_CELL, ()),
        ("text", "A note for authors.", ("author-only",)),
        ("code", "1 / 0", ("author-only",)),
        ("code", "'hidden words'", ("hide",)),
        ("text", "## The end\n\n" + "A closing line.\n\n" * 30, ()),
    )
    write_notebook(folder / "broken.ipynb", ("text", "# Broken", ()), ("code", "1 / 0", ()))
    dies = "import os; os._exit(1)"
    write_notebook(folder / "dies.ipynb", ("text", "# Dies", ()), ("code", dies, ()), ("code", "1", ()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extensions = {"voila.server_extension": True} | dict.fromkeys(NOT_NEEDED, False)
    settings = {
        "ServerApp": {"port": port, "port_retries": 0, "open_browser": False, "jpserver_extensions": extensions},
        "IdentityProvider": {"token": ""},
        **voila_settings(),
    }
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
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api", running, folder / "server.log")
        yield address
    finally:
        running.terminate()
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()


def _wait_for(address: str, running: subprocess.Popen, log: Path) -> None:
    for _ in range(120):
        assert running.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no chromium on this machine: install Debian's chromium to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def lesson(server: str, browser: Browser) -> Iterator[Page]:
    """The lesson, open; its kernel ends with the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    open_lesson(page, server)
    yield page
    page.evaluate("window.flysoloUnsaved?.clear()")
    page.goto("about:blank")
    context.close()


def open_lesson(page: Page, server: str) -> None:
    page.goto(f"{server}/voila/render/lesson.ipynb")
    expect(page.locator("html[data-flysolo=open]")).to_be_attached(timeout=40000)


def end_kernel(page: Page) -> None:
    """Take the kernel away from under the page, as a crash or a sleeping laptop would."""
    answer = page.evaluate("""async () => {
        const { kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
        const token = document.cookie.match("_xsrf=([^;]*)")[1];
        const headers = { "X-XSRFToken": token };
        return (await fetch(`/api/kernels/${kernelId}`, { method: "DELETE", headers })).status;
    }""")
    assert answer == 204


def question(page: Page, name: str) -> Locator:
    return page.locator(f"[data-fs-block={name}]")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until ``target`` has the focus."""
    for _ in range(80):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never reached it")


def status(page: Page) -> Locator:
    return page.locator(".fs-panel .fs-status").first


# ---- answering by keyboard alone ---------------------------------------------------------------------------------


def test_every_kind_of_question_can_be_answered_by_keyboard_alone(lesson: Page):
    keys = lesson.keyboard
    tab_to(lesson, question(lesson, "one").get_by_label("Option a"))
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Enter")
    expect(status(lesson)).to_contain_text("Saved b as event 1")

    tab_to(lesson, question(lesson, "many").get_by_label("Option a"))
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    tab_to(lesson, question(lesson, "many").get_by_role("button", name="Save"))
    keys.press("Space")
    expect(status(lesson)).to_contain_text("Saved ['a', 'b'] as event 2")

    tab_to(lesson, question(lesson, "number").get_by_label("How likely?"))
    keys.type("62")
    keys.press("Enter")
    expect(status(lesson)).to_contain_text("Saved 62 as event 3")

    tab_to(lesson, question(lesson, "text").get_by_label("What would change your mind?"))
    keys.type("The flow through the nose.")
    keys.press("Tab")
    keys.press("Enter")
    expect(status(lesson)).to_contain_text("as event 4")

    tab_to(lesson, question(lesson, "fields").get_by_label("Option c"))
    keys.press("Space")
    tab_to(lesson, question(lesson, "fields").get_by_label("Because"))
    keys.type("It is so.")
    keys.press("Tab")
    keys.press("Enter")
    expect(status(lesson)).to_contain_text("Saved {'picks': ['c'], 'because': 'It is so.'} as event 5")


def test_words_that_may_point_to_a_patient_stay_in_their_box_until_the_mentee_is_sure(lesson: Page):
    box, words = question(lesson, "text"), "As in my patient Anna Schmidt."
    box.get_by_label("What would change your mind?").fill(words)
    box.get_by_role("button", name="Save").click()
    expect(box.locator(".fs-doubt")).to_contain_text("“Anna Schmidt” looks like a name")
    expect(status(lesson)).to_contain_text("Not saved yet")
    expect(box.get_by_label("What would change your mind?")).to_have_value(words)
    expect(box.get_by_text("Not saved yet")).to_be_visible()
    lesson.evaluate("window.flysoloUnsaved?.clear()")
    lesson.reload()
    expect(question(lesson, "text").get_by_label("What would change your mind?")).to_have_value(words, timeout=40000)
    question(lesson, "text").get_by_role("button", name="Save").click()
    question(lesson, "text").get_by_role("button", name="It is invented").click()
    expect(status(lesson)).to_contain_text(f"Saved {words} as event 1")


def test_a_doubted_question_to_the_mentor_keeps_its_words_and_goes_when_the_mentee_is_sure(lesson: Page):
    asking, words = question(lesson, "ask"), "Is this like Anna Schmidt?"
    asking.get_by_role("button", name="Ask my mentor about this").click()
    asking.get_by_label("Your question to your mentor").fill(words)
    asking.get_by_role("button", name="Send", exact=True).click()
    expect(asking.locator(".fs-doubt")).to_contain_text("“Anna Schmidt”")
    expect(asking.get_by_label("Your question to your mentor")).to_have_value(words)
    asking.get_by_role("button", name="send it as it is").click()
    expect(asking.locator(".fs-thread-text")).to_have_text(words)


def test_after_a_save_the_focus_waits_at_the_next_question(lesson: Page):
    question(lesson, "one").get_by_label("Option a").check()
    question(lesson, "one").get_by_role("button", name="Save").press("Enter")
    expect(question(lesson, "many").locator("legend").first).to_be_focused()


def test_an_empty_save_is_spoken_about_and_sends_nothing(lesson: Page):
    form = question(lesson, "text")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-problem")).to_have_text(re.compile("Nothing is written here yet"))
    expect(form.get_by_label("What would change your mind?")).to_be_focused()
    question(lesson, "one").get_by_label("Option a").check()
    question(lesson, "one").get_by_role("button", name="Save").click()
    expect(status(lesson)).to_contain_text("as event 1")


def test_one_choice_too_many_is_explained_and_never_blocked(lesson: Page):
    form = question(lesson, "many")
    for name in "abc":
        form.get_by_label(f"Option {name}").check()
    expect(form.locator(".fs-count")).to_have_text(re.compile("3 chosen, and the limit is 2. Take 1 away"))
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-problem")).to_contain_text("the limit here is 2")
    form.get_by_label("Option c").uncheck()
    form.get_by_role("button", name="Save").click()
    expect(status(lesson)).to_contain_text("as event 1")


def test_a_number_outside_its_range_is_told_the_range(lesson: Page):
    form = question(lesson, "number")
    form.get_by_label("How likely?").fill("140")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-problem")).to_contain_text("a number between 0 and 100 %")


def test_a_double_click_saves_once(lesson: Page):
    form = question(lesson, "slow")
    form.get_by_label("A slow question").fill("words")
    form.get_by_role("button", name="Save").dblclick()
    expect(status(lesson)).to_contain_text("as event 1", timeout=12000)


# ---- words are never lost ------------------------------------------------------------------------------------------


def test_a_save_elsewhere_leaves_unsaved_words_and_focus_alone(lesson: Page):
    box = question(lesson, "text").get_by_label("What would change your mind?")
    box.fill("half a sentence")
    hint = lesson.get_by_role("button", name="Show a hint")
    hint.focus()
    box.focus()
    lesson.evaluate("document.querySelector('[data-fs-key=\"hints:hint\"]').click()")
    expect(lesson.get_by_text("Hint number 1.")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("half a sentence")
    expect(question(lesson, "text").get_by_text("Not saved yet")).to_be_visible()


def test_a_button_that_is_drawn_anew_keeps_the_focus(lesson: Page):
    lesson.get_by_role("button", name="Show a hint").press("Enter")
    expect(lesson.get_by_role("button", name="Show the next hint")).to_be_focused()


def test_a_kernel_that_is_gone_is_told_and_the_words_outlive_the_reload(lesson: Page, server: str):
    form = question(lesson, "text")
    form.get_by_label("What would change your mind?").fill("words worth keeping")
    end_kernel(lesson)
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-lost")).to_contain_text(LOST, timeout=7000)
    expect(form.get_by_label("What would change your mind?")).to_have_value("words worth keeping")
    open_lesson(lesson, server)
    expect(form.get_by_label("What would change your mind?")).to_have_value("words worth keeping")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-answered-text")).to_have_text("words worth keeping")


def test_a_late_answer_takes_the_warning_away(lesson: Page):
    form = question(lesson, "slow")
    form.get_by_label("A slow question").fill("words")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".fs-lost")).to_contain_text(LOST, timeout=6000)
    expect(form.locator(".fs-answered-text")).to_have_text("words", timeout=6000)


def test_what_was_refused_is_not_shown_as_saved(lesson: Page):
    form = question(lesson, "refused")
    form.get_by_label("A refused question").fill("words")
    form.get_by_role("button", name="Save").click()
    expect(status(lesson)).to_contain_text("the window is closed")
    expect(form.get_by_text("Not saved yet")).to_be_visible()
    expect(form.get_by_label("A refused question")).to_have_value("words")


def test_whoever_stays_on_the_page_still_has_a_course(lesson: Page):
    question(lesson, "text").get_by_label("What would change your mind?").type("words")
    asked = []
    lesson.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    lesson.evaluate("setTimeout(() => location.reload(), 0)")
    lesson.wait_for_timeout(1500)
    assert asked == ["beforeunload"]
    question(lesson, "text").get_by_role("button", name="Save").click()
    expect(status(lesson)).to_contain_text("Saved words")


def test_leaving_the_page_ends_its_kernel(lesson: Page, server: str):
    kernel = lesson.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    lesson.goto("about:blank")
    for _ in range(40):
        running = json.load(urllib.request.urlopen(f"{server}/api/kernels", timeout=5))
        if kernel not in [each["id"] for each in running]:
            return
        time.sleep(0.25)
    raise AssertionError("the kernel is still running")


def test_a_fault_is_ours_in_words_and_shows_no_traceback(lesson: Page):
    lesson.get_by_role("button", name="Raise a fault").click()
    expect(status(lesson)).to_contain_text("Something went wrong on our side, not yours.")
    assert "secret detail" not in lesson.content()
    assert "RuntimeError" not in lesson.content()


def test_what_people_write_is_shown_as_text(lesson: Page):
    markup = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>"
    question(lesson, "text").get_by_label("What would change your mind?").fill(markup)
    question(lesson, "text").get_by_role("button", name="Save").click()
    expect(question(lesson, "text").locator(".fs-answered-text")).to_have_text(markup)
    lesson.get_by_role("button", name="Ask my mentor about this").click()
    lesson.get_by_label("Your question to your mentor").fill(markup)
    lesson.get_by_role("button", name="Send", exact=True).click()
    expect(lesson.locator(".fs-thread-text")).to_have_text(markup)
    assert lesson.locator(".fs-panel img").count() == 0
    assert "taken" not in lesson.title()


def test_asking_takes_one_click_and_closes_when_sent(lesson: Page):
    opener = lesson.get_by_role("button", name="Ask my mentor about this")
    opener.click()
    box = lesson.get_by_label("Your question to your mentor")
    expect(box).to_be_focused()
    expect(lesson.locator(".fs-ask-box")).to_contain_text("could point to a real patient")
    box.fill("Is two a week many?")
    lesson.get_by_role("button", name="Send", exact=True).click()
    expect(lesson.get_by_text("Waiting for a reply")).to_be_visible()
    expect(box).to_be_hidden()


def test_a_saved_answer_can_be_revised_with_what_was_saved_in_it(lesson: Page):
    question(lesson, "one").get_by_label("Option b").check()
    question(lesson, "one").get_by_role("button", name="Save").click()
    question(lesson, "one").get_by_role("button", name="Revise").click()
    expect(question(lesson, "one").get_by_label("Option b")).to_be_checked()


def test_what_was_saved_before_stands_in_its_fields_and_counts_as_saved(lesson: Page):
    form = question(lesson, "begun")
    expect(form.get_by_label("Option d")).to_be_checked()
    expect(form.get_by_label("Because")).to_have_value("It was so.")
    expect(form.get_by_text("Not saved yet")).to_be_hidden()
    form.get_by_label("Because").fill("It was not.")
    expect(form.get_by_text("Not saved yet")).to_be_visible()
    form.get_by_label("Because").fill("It was so.")
    expect(form.get_by_text("Not saved yet")).to_be_hidden()


# ---- dials and chart -----------------------------------------------------------------------------------------------


def test_a_slider_a_box_and_reset_all_move_the_model(lesson: Page):
    words = lesson.locator(".fs-chart-sentence")
    slider = lesson.get_by_role("slider", name="Resistance")
    slider.press("ArrowRight")
    expect(words).to_contain_text("at 5, awake")
    assert slider.get_attribute("aria-valuetext") == "5 cmH2O"
    box = lesson.get_by_label("Resistance, in cmH2O, as a number")
    box.fill("500")
    box.press("Enter")
    expect(words).to_contain_text("at 20, awake")
    lesson.get_by_label("asleep").check()
    expect(words).to_contain_text("at 20, asleep")
    lesson.get_by_role("button", name="Reset").click()
    expect(words).to_contain_text("at 4, awake")


def test_a_hasty_hand_never_outruns_the_model(lesson: Page):
    slider = lesson.get_by_role("slider", name="Resistance")
    slider.evaluate("""async node => {
        for (let i = 0; i < 40; i++) {
            node.value = 1 + (i % 20);
            node.dispatchEvent(new Event("input"));
            await new Promise(done => setTimeout(done, 10));
        }
    }""")
    words = lesson.locator(".fs-chart-sentence")
    expect(words).to_contain_text("at 20, awake")
    redraws = int(re.search(r"Redraw (\d+)", words.inner_text())[1])
    assert redraws < 20
    assert lesson.evaluate("window.flysoloLatency.length") > 0


def test_a_picture_is_one_named_image_with_its_numbers_beside_it(lesson: Page):
    picture = lesson.get_by_role("img", name=re.compile("Flow against effort. Line chart of Flow"))
    expect(picture).to_be_visible()
    labels = lesson.locator(".bqplot text.axislabel")
    assert labels.evaluate_all("nodes => nodes.map(node => node.textContent)") == ["Effort (cmH2O)", "Flow (L/s)"]
    assert labels.evaluate_all("nodes => nodes.every(node => getComputedStyle(node).fill !== 'none')")
    lesson.get_by_text("Show the numbers as a table").click()
    expect(lesson.get_by_role("table", name="The numbers behind the picture")).to_be_visible()


def test_what_is_unfolded_by_keyboard_stays_open_while_a_dial_moves(lesson: Page):
    lesson.get_by_text("Show me how it is drawn").press("Enter")
    expect(lesson.get_by_text("4 / 4")).to_be_visible()
    lesson.get_by_role("slider", name="Resistance").press("ArrowRight")
    expect(lesson.get_by_text("4 / 5")).to_be_visible()


# ---- the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_has_no_serious_barrier(server: str, browser: Browser, width: int):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    open_lesson(page, server)
    question(page, "one").get_by_label("Option a").check()
    question(page, "one").get_by_role("button", name="Save").click()
    expect(question(page, "one").get_by_text("Saved 14:03")).to_be_visible()
    page.get_by_role("button", name="Ask my mentor about this").click()
    question(page, "text").get_by_role("button", name="Save").click()
    page.get_by_text("Show the numbers as a table").click()
    found = Axe().run(page).response["violations"]
    grave = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
    page.goto("about:blank")
    context.close()
    assert grave == []


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (640, 450), (360, 740), (320, 256)])
def test_nothing_has_to_be_scrolled_sideways_at_any_zoom(server: str, browser: Browser, width: int, height: int):
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    open_lesson(page, server)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate("""() => [...document.querySelectorAll("button, a, summary, input, label.fs-option")]
        .filter(node => node.getClientRects().length && !node.closest("label") && !node.matches(".fs-skip, p a"))
        .filter(node => node.getBoundingClientRect().height < 24).map(node => node.outerHTML.slice(0, 120))""")
    page.goto("about:blank")
    context.close()
    assert small == []


def test_nothing_is_fetched_from_anywhere_else(server: str, browser: Browser):
    context = browser.new_context()
    page, elsewhere = context.new_page(), []
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url)
            if not request.url.startswith((f"{server}/", "data:", "blob:", "about:"))
            else None
        ),
    )
    open_lesson(page, server)
    page.wait_for_timeout(1000)
    page.goto("about:blank")
    context.close()
    assert elsewhere == []


def test_the_page_says_what_it_is_in_the_places_where_people_look(lesson: Page):
    assert lesson.title() == "Why does a throat stay open? · Fly Solo"
    assert lesson.locator("html").get_attribute("lang") == "en"
    assert lesson.locator("h1").count() == 1
    expect(lesson.get_by_role("banner")).to_contain_text("Awaiting clinical review")
    assert lesson.get_by_role("link", name="Ask / help").get_attribute("href") == "/flysolo/help"
    assert lesson.get_by_role("link", name="Fly Solo", exact=True).get_attribute("href") == "/flysolo"
    expect(lesson.get_by_role("contentinfo")).to_contain_text("Invented patients. Not medical advice.")
    lesson.keyboard.press("Tab")
    expect(lesson.get_by_role("link", name="Skip to the page")).to_be_focused()


def test_code_and_cells_for_authors_stay_out_of_sight(lesson: Page):
    content = lesson.content()
    assert "A note for authors" not in content
    assert "hidden words" not in content
    assert "import" not in lesson.locator("main").inner_text()


@pytest.mark.parametrize("name", ["broken", "dies"])
def test_a_lesson_that_cannot_start_says_so_without_a_traceback(server: str, browser: Browser, name: str):
    page = browser.new_page()
    page.goto(f"{server}/voila/render/{name}.ipynb")
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong on our side, not yours.")
    assert "Error" not in page.locator("main").inner_text()
    assert "ZeroDivisionError" not in page.content()
    page.goto("about:blank")
    page.close()


def test_the_text_can_be_read_before_anything_has_run(server: str, browser: Browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/voila/render/lesson.ipynb", wait_until="commit")
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    assert page.locator(".fs-panel").count() == 0
    expect(page.locator(".fs-opening")).to_have_text("Opening your lesson…")
    expect(page.locator(".fs-panel").first).to_be_visible(timeout=40000)
    expect(page.locator(".fs-opening")).to_have_count(0)
    parts = page.locator("main h2, .fs-panel, .fs-dials").evaluate_all("nodes => nodes.map(node => node.className)")
    assert parts == ["", "fs-panel", "fs-panel-title", "", "fs-dials fs-card", ""]
    page.goto("about:blank")
    context.close()


def test_an_address_without_a_page_leads_back_to_the_start(server: str, browser: Browser):
    page = browser.new_page()
    answer = page.goto(f"{server}/voila/render/no-such-lesson.ipynb")
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    expect(page.get_by_role("link", name="the start page")).to_have_attribute("href", "/flysolo")
    assert "Traceback" not in page.content()
    page.close()


def test_the_place_is_offered_again_and_never_jumped_to(server: str, browser: Browser):
    context = browser.new_context(viewport={"width": 1280, "height": 700})
    page = context.new_page()
    open_lesson(page, server)
    assert page.locator(".fs-continue").count() == 0
    page.get_by_role("heading", name="The end").scroll_into_view_if_needed()
    page.mouse.wheel(0, 3000)
    page.wait_for_function("localStorage.length > 0")
    page.goto("about:blank")
    open_lesson(page, server)
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Continue where you were: The end").click()
    expect(page.get_by_role("heading", name="The end")).to_be_focused()
    assert page.evaluate("scrollY") > 0
    page.goto("about:blank")
    context.close()
