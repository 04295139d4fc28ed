"""The first unit by keyboard alone: from the first page to a suggestion where to begin, and back after a restart."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from flysolo.content import load_lesson, load_needs, module
from tests.journeys.conftest import mentee_server
from tests.journeys.steps import choose, no_remote_requests, press, serious_violations

pytestmark = pytest.mark.journey
UNIT = "00-how-this-works"


def save(page: Page, option: str) -> None:
    """Choose an option and press the Save of its own form."""
    radio = page.get_by_role("radio", name=option, exact=True)
    form = page.locator("form", has=radio)
    choose(page, radio)
    press(page, form.get_by_role("button", name="Save"))
    expect(radio).to_have_count(0)


def answer_first_case(page: Page) -> None:
    """The first case, with confidence that the findings do not bear out."""
    case = load_needs(UNIT).cases[0]
    expect(page.get_by_role("heading", name=case.title)).to_be_focused()
    for tier in ("decision", "reason"):
        question = getattr(case, tier)
        save(page, next(option.text for option in question.options if option.id != question.supported))
    sure = page.locator("form", has=page.get_by_role("group", name="How sure are you of the two together?"))
    choose(page, sure.get_by_role("radio", name="I would act on it"))
    press(page, sure.get_by_role("button", name="Save"))
    expect(page.get_by_text("1 of 12 cases answered")).to_be_visible()


def test_a_mentee_finds_out_by_keyboard_where_to_begin(tmp_path, browser: Browser):
    tour = load_lesson(UNIT).tour[0]
    with mentee_server(tmp_path / "mentee") as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        remote = no_remote_requests(page)
        page.goto(address)
        press(page, page.get_by_role("link", name="Start the lesson"))
        save(page, tour.options[0].text)
        expect(page.get_by_role("heading", name=tour.title)).to_be_focused()
        prediction = page.get_by_role("spinbutton", name="Before you begin")
        prediction.focus()
        page.keyboard.type("9")
        page.keyboard.press("Enter")
        answer_first_case(page)
        assert serious_violations(page) == []
    page.close()
    with mentee_server(tmp_path / "mentee") as address:
        page = browser.new_page(viewport={"width": 640, "height": 450})
        page.goto(address)
        press(page, page.get_by_role("link", name="Continue the lesson"))
        expect(page.get_by_text("1 of 12 cases answered")).to_be_visible()
        expect(page.get_by_text(tour.options[0].text)).to_be_visible()
        press(page, page.get_by_role("button", name="Show me where I stand"))
        expect(page.get_by_text("You answer module 1 with confidence that the cases do not bear out.")).to_be_visible()
        assert serious_violations(page) == []
        finish = page.get_by_role("button", name="I have finished this unit for now")
        press(page, finish)
        # the home page is read from what is saved, so leave only once the page says that it is
        expect(finish).to_be_hidden()
        press(page, page.get_by_role("link", name="Back to the home page"))
        first = module("01-why-a-throat-stays-open").title
        expect(page.get_by_role("region", name="Next").get_by_text(first)).to_be_visible()
        expect(
            page.get_by_text("Your needs assessment suggests beginning here. Only you see this line.")
        ).to_be_visible()
        assert remote == []
        page.close()
