"""One mentee, one mentor, one module: from the first page to the mentor's reply, in a real browser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from flysolo.content import load_lesson, module
from flysolo.course import open_course
from flysolo.exercise import Exercise
from graders.keys import load_key
from tests.journeys.conftest import graders, mentee_server, mentor_server
from tests.journeys.steps import choose, no_remote_requests, press, serious_violations

pytestmark = pytest.mark.journey
MODULE = "01-why-a-throat-stays-open"
REASON = "The ribs draw in while no sound comes: the throat pinches, so pulling harder adds no flow."
COMMENT = "You tied the hour to the drive. Next time name the finding that would have changed it."


@dataclass
class World:
    """Folders of one mentee and one mentor who share a drop folder."""

    root: Path

    @property
    def mentee(self) -> Path:
        return self.root / "mentee"

    @property
    def mentor(self) -> Path:
        return self.root / "mentor"

    @property
    def drop(self) -> Path:
        return self.root / "shared"

    def exercise(self) -> Exercise:
        return Exercise(MODULE, open_course(self.mentee))


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    made = World(tmp_path_factory.mktemp("journey"))
    made.drop.mkdir()
    graders("course", str(made.mentor), "--course", "spring", "--mentor", "Dr. Maren Holt", "--drop", str(made.drop))
    graders("invite", "Dr. Vale", "--folder", str(made.mentor), "--into", str(made.root))
    return made


def opened(browser: Browser, address: str) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    remote = no_remote_requests(page)
    page.set_default_timeout(30_000)
    page.goto(address)
    return page, remote


def test_a_mentee_learns_from_the_lesson(world, browser):
    invitation = next(world.root.glob("invitation-*.json"))
    with mentee_server(world.mentee, "--invitation", str(invitation)) as address:
        page, remote = opened(browser, address)
        assert serious_violations(page) == []
        press(page, page.get_by_role("link", name=f"Start with the lesson “{module(MODULE).title}”"))
        lesson = load_lesson(MODULE)
        dial = page.get_by_role("slider").first
        expect(dial).to_be_disabled()
        for prediction in lesson.predictions:
            page.get_by_role("radio", name=prediction.options[0].text, exact=True).check()
            page.get_by_role("radio", name="It is a guess").check()
            page.get_by_role("button", name="Lock my prediction").click()
            expect(page.get_by_text("Locked").first).to_be_visible()
        expect(dial).to_be_enabled()
        dial.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        expect(page.get_by_role("columnheader", name="What happened").first).to_be_visible()
        box = page.get_by_role("textbox", name=lesson.reflection.ask[:40])
        box.fill("I thought more pull brings more air.")
        page.get_by_role("button", name="Save", exact=True).first.click()
        expect(page.get_by_text("One way to say it").first).to_be_visible()
        coached = next(case for case in lesson.practice if case.rung == "coached")
        page.get_by_role("button", name="Show a hint").click()
        page.get_by_role("radio", name=coached.steps[0].options[0].text, exact=True).check()
        page.get_by_role("button", name="Save and see why").last.click()
        expect(page.get_by_text("Where that breaks:").first).to_be_visible()
        assert serious_violations(page) == []
        page.get_by_role("button", name="I have finished this lesson for now").click()
        expect(page.get_by_text("Set aside at")).to_be_visible()
        page.goto(address)
        expect(page.get_by_text("finished on")).to_be_visible()
        assert remote == []
        page.close()


def test_a_whole_case_can_be_answered_by_keyboard_and_outlives_a_restart(world, browser):
    with mentee_server(world.mentee) as address:
        page, remote = opened(browser, address)
        press(
            page,
            page.get_by_role("link", name="Open the exercise")
            .or_(page.get_by_role("link", name="Open", exact=True))
            .first,
        )
        exercise = world.exercise()
        family = next(iter(exercise.families))
        case = exercise.cases[family]
        for question in case.family.questions[:2]:
            answer_by_keyboard(page, exercise, family, question.id)
        assert serious_violations(page) == []
    with mentee_server(world.mentee) as address:
        page.close()
        page, remote = opened(browser, address)
        page.goto(address.split("/flysolo")[0] + f"/voila/render/exercises/{MODULE}/cases.ipynb")
        expect(page.get_by_text("Saved").first).to_be_visible()
        for question in case.family.questions[2:]:
            if question.kind == "twin":
                press(page, page.get_by_role("button", name="Close this part and meet the twin"))
            answer_by_keyboard(page, exercise, family, question.id)
        expect(page.get_by_text("This case is complete")).to_be_visible()
        assert exercise.state(family).done
        press(page, page.get_by_role("button", name="Ask my mentor about this"))
        page.keyboard.type("Why does he wait <script>document.title='x'</script> four months?")
        press(page, page.get_by_role("button", name="Send", exact=True))
        expect(page.get_by_text("Your question was kept at")).to_be_visible()
        assert serious_violations(page) == [] and remote == []
        page.close()


def answer_by_keyboard(page: Page, exercise: Exercise, family: str, question_id: str) -> None:
    """Answer one question with the supported options of its key, without a mouse."""
    case, key = exercise.cases[family], load_key(MODULE, family)
    question = case.family.question(question_id)
    texts = dict(case.options(question))
    if question.kind == "key_features":
        for each in key.of(question_id).hits:
            choose(page, page.get_by_role("checkbox", name=texts[each], exact=True))
    elif question.kind == "confidence":
        choose(page, page.get_by_role("radio", name=texts["discuss"], exact=True))
    else:
        choose(page, page.get_by_role("radio", name=texts[key.of(question_id).supported], exact=True))
    press(page, page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved at").first).to_be_visible()


def answer_the_rest(exercise: Exercise) -> None:
    """The other cases, through the same ledger: supported answers, and reasons in the mentee's own words."""
    for family, case in exercise.cases.items():
        key = load_key(MODULE, family)
        for question in case.family.questions:
            state = exercise.state(family)
            if state.answer(question):
                continue
            if question.kind == "twin" and not state.base_closed:
                exercise.close_base(family)
            match question.kind:
                case "key_features":
                    value = {"choices": list(key.of(question.id).hits)}
                case "confidence":
                    value = {"choice": "act"}
                case "justification":
                    picks = [option.id for option in question.options[:2]]
                    value = {"picks": picks, "because": REASON, "change_mind": "<b>Silence</b> after four."}
                case _:
                    value = {"choice": key.of(question.id).supported}
            exercise.save(family, question.id, value)


def type_and_leave(page: Page, field: str, text: str, saved_at: str) -> None:
    """Fill a field of formgrader, leave it, and wait until formgrader has saved it."""
    page.locator(field).fill(text)
    with page.expect_response(lambda response: saved_at in response.url and response.request.method == "PUT") as saved:
        page.locator(field).press("Tab")
    assert saved.value.ok


def written_reasons(exercise: Exercise) -> list[tuple[str, str]]:
    """(family, question) of every reason that a person marks."""
    return [(f.id, q.id) for f in exercise.families.values() for q in f.questions if q.kind == "justification"]


def test_one_press_hands_in(world, browser):
    answer_the_rest(world.exercise())
    with mentee_server(world.mentee) as address:
        page, _ = opened(browser, address.split("/flysolo")[0] + "/flysolo?" + address.split("?")[1])
        page.goto(address.split("/flysolo")[0] + f"/voila/render/exercises/{MODULE}/cases.ipynb")
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.get_by_text("Handed in on").first).to_be_visible()
        expect(page.get_by_text("Every question has an answer.").first).to_be_visible()
        page.goto(address)
        assert serious_violations(page) == []
        page.close()
    assert len(list((world.drop / "to-mentor").glob("*.zip"))) == 2, "a question and a hand-in"


def test_the_mentor_marks_a_reason_in_formgrader_and_answers_the_question(world, browser):
    graders("collect", str(world.mentor))
    printed = graders("mark", str(world.mentor))
    assert "waits" in printed
    with mentor_server(world.mentor) as address:
        page, _ = opened(browser, address)
        assert serious_violations(page) == []
        base = address.split("/desk")[0]
        page.get_by_role("link", name="four months").or_(page.locator("a[href*='/desk/question/']")).first.click()
        assert page.title() != "x"
        assert serious_violations(page) == []
        page.get_by_role("textbox").first.fill("Because nothing in this story asks for haste, and the signs are named.")
        page.get_by_role("button", name="Send", exact=True).or_(page.get_by_role("button", name="Answer")).first.click()
        page.goto(f"{base}/formgrader/gradebook/{MODULE}/cases")
        page.locator("#formgrade-table a, a[href*='/formgrader/submissions/']").first.click()
        page.wait_for_load_state()
        expect(page.get_by_text(REASON).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        for family, question in written_reasons(world.exercise()):
            type_and_leave(page, f'input[id="{family}--{question}"]', "2", "/api/grade/")
            type_and_leave(page, f'textarea[id="{family}--{question}-comment"]', COMMENT, "/api/comment/")
        page.close()
    printed = graders("reply", str(world.mentor))
    assert "sent" in printed


def test_the_reply_comes_back_and_says_why(world, browser):
    with mentee_server(world.mentee) as address:
        page, remote = opened(browser, address)
        assert serious_violations(page) == []
        page.locator(f"a[href*='/flysolo/reply/{MODULE}']").first.click()
        page.wait_for_load_state()
        frame = page.frames[-1]
        expect(frame.get_by_text(COMMENT).first).to_be_visible()
        assert serious_violations(page) == []
        words = frame.locator("main").inner_text().lower()
        assert words.count("why") + words.count("because") > 8 * words.count("score")
        assert "flysolo-key-" not in json.dumps(frame.content()).lower()
        page.goto(address.split("/flysolo")[0] + f"/voila/render/exercises/{MODULE}/cases.ipynb")
        first = next(iter(world.exercise().families.values()))
        page.get_by_role("button", name=world.exercise().cases[first.id].text(first.title)).first.click()
        expect(page.get_by_text("nothing in this story asks for haste")).to_be_visible()
        assert remote == []
        page.close()
