"""Readiness in a real browser: the mentee first, the mentor once it is shown, a talk noted and sent back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flysolo.course import Course, make_course
from flysolo.replies import keep_reply
from graders.batch import mark
from graders.collect import collect
from graders.mentor import MentorCourse, make_mentor_course
from graders.readiness.talks import talks
from graders.reply import send_all
from tests.flysolo import server_world
from tests.graders import invented
from tests.graders.conftest import forget_content
from tests.graders.solo_bank import BANK, SoloPen, redate, write_solo_course
from tests.graders.test_desk_pages import TOKEN, _start, _stop, browser  # noqa: F401 - the fixture
from tests.graders.test_readiness import DAYS

pytestmark = pytest.mark.journey


@dataclass
class Both:
    """A mentor's desk and a mentee's home page, both running, over one shared folder."""

    mentor: MentorCourse
    desk: str
    mentee: Course
    home: str


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[Both]:
    """Ada has sat a round; its reply lies in her folder and she has shown nothing yet."""
    root = tmp_path_factory.mktemp("readiness")
    started: list[subprocess.Popen] = []
    with pytest.MonkeyPatch.context() as patch:
        content = write_solo_course(root / "course")
        patch.setenv("FLYSOLO_CONTENT", str(content))
        patch.setenv("FLYSOLO_KEYS", str(root / "course" / "keys"))
        forget_content()
        drop = root / "drop"
        (drop / "to-mentor").mkdir(parents=True)
        mentor = make_mentor_course(root / "mentor", course=invented.COURSE, mentor="Dr. Example", drop=str(drop))
        mentee = make_course(
            root / "my course", mentee="ada", course=invented.COURSE, drop=str(drop), mentor="Dr. Example"
        )
        _sit(mentor, mentee, drop)
        try:
            process, address = _start(mentor.folder)
            started.append(process)
            home = _mentees_server(root, content, mentee, started)
            yield Both(mentor, address, mentee, home)
        finally:
            for process in started:
                _stop(process)
            forget_content()


def _sit(mentor: MentorCourse, mentee: Course, drop: Path) -> None:
    pen = SoloPen()
    for number in range(3):
        # the mentee's own folder holds the same answers as the parcels
        pen.sit(**({"alarm": "no", "reason": "size"} if number == 1 else {}))
        (drop / "to-mentor" / f"{number}.zip").write_bytes(pen.parcel())
        collect(mentor)
    mentee.answers(BANK).path.parent.mkdir(parents=True, exist_ok=True)
    from flysolo.answers import dump

    mentee.answers(BANK).path.write_text(dump(pen.header, pen.events), encoding="utf-8")
    redate(mentor, "ada", DAYS)
    assert not mark(mentor).faults
    assert send_all(mentor, waiting_too=True).sent == [("ada", BANK)]
    reply = next((drop / "to-mentee" / "ada").glob("*.zip"))
    keep_reply(mentee, reply.read_bytes(), reply.name)


def _mentees_server(root: Path, content: Path, mentee: Course, started: list[subprocess.Popen]) -> str:
    log, home = root / "said.txt", root / "home"
    home.mkdir()
    command = server_world.flysolo("start", "--course", str(mentee.folder), "--no-browser")
    with log.open("w") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env=os.environ | server_world.environment(content, home)
        )
    started.append(process)
    return server_world.wait_for_address(log, process)


@pytest.fixture
def pages(browser, both):  # noqa: F811
    """A page at the mentee's home and one at the desk, both signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    mentee, desk = context.new_page(), browser.new_context().new_page()
    mentee.goto(both.home)
    desk.goto(f"{both.desk}/desk?token={TOKEN}")
    yield mentee, desk
    context.close()
    desk.context.close()


def _is_sound(page, address: str) -> None:
    """No fault that axe can find, and nothing cut off, on a desk, at 200 % and on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        assert found == [], (address, width)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_the_mentee_opens_it_first_shows_it_and_the_talk_comes_back(both, pages):
    mentee, desk = pages
    address, page = both.home.split("?")[0], f"{both.desk}/desk/readiness/ada"
    # before: the desk knows that sets were sat and what was urgent, and no figure
    desk.goto(page)
    before = desk.locator("main").inner_text()
    assert "has not shown it to you yet" in before
    assert "Something urgent" in before
    assert "Reasoning" not in before
    assert desk.get_by_role("button", name="Note it").count() == 0
    desk.goto(f"{both.desk}/desk/mentee/ada")
    assert "The decision held; the reason will not carry" not in desk.locator("main").inner_text()
    # the mentee reads it, then presses once
    mentee.goto(address)
    assert "Readiness" in mentee.locator("main").inner_text()
    mentee.goto(f"{address}/readiness")
    shown = mentee.locator("main").inner_text()
    assert "Only you see this page so far" in shown
    assert "provisional" in shown
    mentee.get_by_role("button", name="Show my mentor").click()
    assert "in the folder you share with your mentor" in mentee.get_by_role("status").inner_text()
    assert mentee.get_by_role("button", name="Show my mentor").count() == 0
    # after: figures, lines, what a talk begins with
    desk.goto(f"{both.desk}/desk")
    desk.get_by_role("button", name="Collect and mark now").click()
    assert "shown to you" in desk.locator("main").inner_text()
    desk.goto(page)
    after = desk.locator("main").inner_text()
    assert all(words in after for words in ("Reasoning", "provisional", "Scripted learner", "Held:", "Did not:"))
    # level 4 by one person is sent back with the words still there; level 3 is kept
    desk.get_by_label("Limits").fill("children over two")
    desk.get_by_label("Level 4").check()
    desk.get_by_role("button", name="Note it").click()
    assert "two mentors" in desk.get_by_role("alert").inner_text()
    assert desk.get_by_label("Limits").input_value() == "children over two"
    assert talks(both.mentor, "ada") == ()
    desk.get_by_label("Level 3").check()
    desk.get_by_role("button", name="Note it").click()
    assert "level 3 (children over two)" in desk.locator("main").inner_text()
    desk.goto(f"{both.desk}/desk")
    desk.get_by_label("also where written reasons still wait").check()
    desk.get_by_role("button", name="Write replies").click()
    assert "1 reply written" in desk.get_by_role("status").inner_text()
    mentee.goto(address)
    mentee.goto(f"{address}/readiness")
    assert "Level 3" in mentee.locator("#talk + dl").inner_text()


def test_the_pages_hold_at_every_width_and_by_every_rule_that_axe_knows(both, pages):
    mentee, desk = pages
    _is_sound(mentee, f"{both.home.split('?')[0]}/readiness")
    _is_sound(desk, f"{both.desk}/desk/readiness/ada")
    for address in (f"{both.desk}/desk/readiness/ada",):
        assert "script-src 'none'" in desk.request.get(address).headers["content-security-policy"]


def test_a_note_from_another_page_is_refused(both, pages):
    _, desk = pages
    answer = desk.request.post(f"{both.desk}/desk/readiness/ada", form={"do": "talk", "competency": "E4"})
    assert answer.status == 403


def test_without_signing_in_nothing_is_shown(both, browser):  # noqa: F811
    context = browser.new_context()
    stranger = context.new_page()
    for address in (f"{both.desk}/desk/readiness/ada", f"{both.home.split('?')[0]}/readiness"):
        stranger.goto(address)
        assert "/login" in stranger.url
    context.close()
