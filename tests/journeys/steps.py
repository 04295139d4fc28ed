"""What a person does on a page, in words: tab to a control, answer a question, look for what blocks people."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

FOCUSED = "element => element === document.activeElement || element.contains(document.activeElement)"


def serious_violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical on this page: rule, and the first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in ("serious", "critical")
    ]


def tab_to(page: Page, target: Locator, most: int = 250) -> None:
    """Reach a control with the Tab key alone."""
    target.wait_for()
    for _ in range(most):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")


def press(page: Page, target: Locator) -> None:
    """Reach a button or link with the keyboard and press it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def choose(page: Page, option: Locator) -> None:
    """Reach a radio button or check box with Tab, then arrows inside a group of radio buttons, and choose it."""
    if option.get_attribute("type") != "radio":
        tab_to(page, option)
        page.keyboard.press("Space")
        return
    name = option.get_attribute("name")
    group = page.locator(f'input[type="radio"][name="{name}"]')
    for _ in range(250):
        if group.evaluate_all("all => all.some(one => one === document.activeElement)"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(group.count()):
        if option.is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(option).to_be_checked()


def no_remote_requests(page: Page) -> list[str]:
    """Collect requests that leave this machine; the list fills while the page is used."""
    remote: list[str] = []
    local = ("http://127.0.0.1", "http://localhost", "ws://127.0.0.1", "ws://localhost", "data:", "blob:", "about:")
    page.on("request", lambda request: remote.append(request.url) if not request.url.startswith(local) else None)
    return remote
