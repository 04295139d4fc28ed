"""Item analysis: what it says of questions on simulated hand-ins of real cases, and what it keeps to itself."""

from __future__ import annotations

import json
import os
import re
import shutil

import numpy as np
import pytest
from rich.console import Console

from flysolo.content import Case, load_families
from flysolo.problems import ContentError
from graders.items import lines, run_items
from graders.items.agreement import agreement, icc, pairs
from graders.items.analysis import analyze, whole_bank
from graders.items.constants import constant_rows
from graders.items.drift import drift_rows
from graders.items.gather import Sheet
from graders.items.grid import make_grid
from graders.items.measures import alpha, standard_error, wilson
from graders.items.options import option_rows, suspect
from graders.items.page import page
from graders.items.report import as_json, printed
from graders.keys import load_key
from graders.learners import sheets
from graders.learners.bank import Template, as_world
from graders.learners.cast import CAST
from graders.second_marks import second_marks
from tests.graders import invented

EXERCISE = "01-why-a-throat-stays-open"
NAMES = [f"zebedee-{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
NO_PAIRS = np.empty((0, 2), int)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def bank() -> list[Template]:
    """The real cases of the first module."""
    return [Template(EXERCISE, each, load_key(EXERCISE, each.id)) for each in load_families(EXERCISE)]


def sit(bank: list[Template], people: int, *, seed: int = 1, keyed: list[Template] | None = None) -> list[Sheet]:
    """Hand-ins of the scripted cast in turn, answered by the bank and marked by ``keyed``."""
    rng = np.random.default_rng(seed)
    world, found, keyed = as_world(bank, 1, rng), [], keyed or bank
    for person, who in enumerate(NAMES[:people]):
        answers = CAST[person % len(CAST)].policy.answer(world, rng)
        for exercise, book in sheets.books(bank, answers, 0, who).items():
            found.append(
                Sheet(
                    who,
                    exercise,
                    tuple(Case(each.family, book.header.seed) for each in keyed),
                    tuple(each.key for each in keyed),
                    tuple(sheets.marks(keyed, {exercise: book})),
                    {each.family.id: f"2026-{1 + person % 3:02d}" for each in keyed},
                )
            )
    return found


@pytest.fixture(scope="module")
def sixty(bank) -> list[Sheet]:
    return sit(bank, 60)


@pytest.fixture(scope="module")
def found(sixty) -> dict:
    return analyze(sixty, NO_PAIRS)


def swap(bank: list[Template], column: int, kind: str) -> tuple[list[Template], str]:
    """The bank with one key moved to another option; returns also the option that was keyed."""
    template = bank[column]
    question, key = template.question(kind), template.key
    before = key.choice[question.id]
    other = next(option for option in template.ids(kind) if option not in (before.supported, *before.acceptable))
    moved = before.model_copy(update={"supported": other, "acceptable": ()})
    slipped = key.model_copy(update={"choice": key.choice | {question.id: moved}})
    return [*bank[:column], Template(EXERCISE, template.family, slipped), *bank[column + 1 :]], before.supported


def test_a_swapped_key_is_noticed_within_sixty_learners(bank):
    for column, kind in ((0, "decision"), (3, "reason"), (5, "decision")):
        slipped, true_key = swap(bank, column, kind)
        rows = option_rows(make_grid(sit(bank, 60, keyed=slipped)))
        alarms = {(row["family"], row["kind"]): row["suspect"] for row in rows if row["suspect"]}
        assert alarms.get((bank[column].family.id, kind)) == true_key, (column, kind, alarms)


def test_a_swapped_key_comes_first_on_the_list_of_things_to_look_at(bank):
    slipped, true_key = swap(bank, 0, "decision")
    first = analyze(sit(bank, 60, keyed=slipped), NO_PAIRS)["look"][0]
    assert bank[0].family.id in first["where"]
    assert first["what"] == "the key is suspect"
    assert f"“{true_key}”" in first["said"]


def test_sound_keys_hardly_ever_alarm(bank):
    rows = [row for seed in range(40, 44) for row in option_rows(make_grid(sit(bank, 60, seed=seed)))]
    assert sum(bool(row["suspect"]) for row in rows) <= 0.02 * len(rows)


def test_no_key_is_called_suspect_on_few_answers(bank):
    slipped, _ = swap(bank, 0, "decision")
    rows = option_rows(make_grid(sit(bank, lines.FEW_FOR_KEYS - 1, keyed=slipped)))
    assert not any(row["suspect"] for row in rows)
    assert all(f"key: {lines.TOO_FEW}" in row["reading"] for row in rows)


def test_what_one_or_two_people_chose_is_not_counted_out(bank):
    for people, counted in ((2, False), (lines.FEW_ANSWERS - 1, False), (lines.FEW_ANSWERS, True)):
        options = [each for row in option_rows(make_grid(sit(bank, people))) for each in row["options"]]
        assert all((each["taken"] is not None) == counted for each in options), people


def test_an_option_that_leads_by_luck_alone_is_not_called_suspect():
    def options(keyed: float, other: float, n: int) -> list[dict]:
        return [
            {"option": "a", "standing": "supported", "r": keyed, "r_n": n},
            {"option": "b", "standing": "", "r": other, "r_n": n},
        ]

    assert suspect(options(-0.30, 0.35, 60)) == "b"
    assert suspect(options(0.05, 0.15, 60)) == ""
    assert suspect(options(0.40, -0.10, 60)) == ""
    assert suspect(options(-0.20, 0.20, 12)) == "", "a dozen answers can look like anything"


def test_alpha_is_the_closed_form_on_a_small_table():
    scores = np.array([[1, 1, 0], [2, 1, 1], [3, 3, 2], [4, 3, 3]], float)
    # variances 5/3, 4/3, 5/3 and of the sums (2, 4, 8, 10) 40/3: 3/2 · (1 − (14/3)/(40/3)) = 0.975
    assert alpha(scores) == pytest.approx(0.975)
    spread = np.std([2 / 3, 4 / 3, 8 / 3, 10 / 3], ddof=1)
    assert standard_error(scores) == pytest.approx(spread * np.sqrt(0.025))


def test_alpha_is_not_made_up_where_nobody_differs():
    assert alpha(np.ones((5, 4))) is None
    assert alpha(np.ones((1, 4))) is None
    assert alpha(np.ones((5, 1))) is None


def test_an_interval_of_a_share_stays_between_nothing_and_all():
    assert wilson(1.0, 10)[1] == 1.0
    assert wilson(0.0, 10)[0] == 0.0
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)


def test_a_constant_answer_earns_no_more_than_chance_and_a_little(bank):
    rows = constant_rows(make_grid(sit(bank, 1)).members)
    assert {"decision", "reason", "twin", "new_information", "key_features"} <= {row["kind"] for row in rows}
    for row in rows:
        assert row["earns"] <= row["chance"] + 0.15, row


def test_a_bank_that_always_keys_the_same_direction_is_told(bank):
    rows = constant_rows(make_grid(sit([_always_more(each) for each in bank], 1)).members)
    news = next(row for row in rows if row["kind"] == "new_information")
    assert (news["earns"], news["holds"]) == (1.0, False)


def _always_more(template: Template) -> Template:
    question, key = template.question("new_information"), template.key
    moved = key.choice[question.id].model_copy(update={"supported": "more"})
    return Template(EXERCISE, template.family, key.model_copy(update={"choice": key.choice | {question.id: moved}}))


@pytest.mark.parametrize("people", [0, 1, 2])
def test_with_hardly_anybody_nothing_is_claimed(bank, people):
    found = analyze(sit(bank, people), NO_PAIRS)
    assert found["people"] == people
    figures = [row["mean"] for row in found["questions"] + found["families"] + found["sets"]]
    figures += [row["alpha"] for row in found["sets"]] + [row["change"] for row in found["drift"]]
    assert not any(figure is not None for figure in figures)
    assert all(row["reading"] == lines.TOO_FEW for row in found["questions"] + found["families"] + found["sets"])
    assert not [row for row in found["look"] if row["what"] != "one fixed answer earns too much"]
    assert page(found).startswith("<!DOCTYPE html>")
    assert "Fly Solo" in page(found)
    assert text_of(found)


def text_of(found: dict) -> str:
    """The terminal's text."""
    console = Console(width=400, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(printed(found))
    return console.export_text()


def test_fixed_answers_are_measured_before_anybody_answers():
    assert whole_bank()
    found = analyze([], NO_PAIRS)
    assert {row["kind"] for row in found["constants"]} >= {"decision", "twin", "new_information"}


def test_nobody_is_named_anywhere(found):
    for text in (text_of(found), page(found), as_json(found)):
        assert "zebedee" not in text


def test_every_figure_stands_with_its_count_and_interval(found):
    for row in found["questions"] + found["families"]:
        assert row["n"] == 60
        assert row["interval"][0] <= row["mean"] <= row["interval"][1]
        assert row["item_total_interval"][0] <= row["item_total"] <= row["item_total_interval"][1]
    for row in found["sets"]:
        assert row["alpha_interval"][0] <= row["alpha"] <= row["alpha_interval"][1]
        assert row["sem_interval"][0] <= row["sem"] <= row["sem_interval"][1]


def test_the_order_in_which_hand_ins_came_changes_nothing(sixty, found):
    again = analyze(list(reversed(sixty)), NO_PAIRS)
    assert as_json(again) == as_json(found)
    assert page(again) == page(found)


def test_options_are_counted_as_they_were_taken(sixty, found):
    entry = next(row for row in found["options"] if row["kind"] == "decision")
    taken = [
        mark.chosen[0][0]
        for sheet in sixty
        for mark in sheet.marks
        if (mark.family, mark.question) == (entry["family"], entry["question"])
    ]
    assert {each["option"]: each["taken"] for each in entry["options"]} == {
        each["option"]: taken.count(each["option"]) for each in entry["options"]
    }
    assert sum(each["taken"] for each in entry["options"]) == entry["n"] == 60


def test_an_option_nobody_takes_is_told_after_fifty_answers_and_not_before(bank):
    rng = np.random.default_rng(1)
    world = as_world(bank, 1, rng)
    answers = CAST[16].policy.answer(world, rng)

    def same(people: int) -> list[dict]:
        made = []
        for who in NAMES[:people]:
            book = sheets.books(bank, answers, 0, who)
            cases = tuple(Case(each.family, book[EXERCISE].header.seed) for each in bank)
            keys = tuple(each.key for each in bank)
            made.append(Sheet(who, EXERCISE, cases, keys, tuple(sheets.marks(bank, book))))
        return option_rows(make_grid(made))

    decisions = [row for row in same(50) if row["kind"] == "decision"]
    assert all(len(row["nobody_takes"]) >= 3 for row in decisions)
    assert not any(row["nobody_takes"] for row in same(49))


def test_shares_of_decision_and_reason_add_up(found):
    for entry in found["patterns"]:
        assert sum(each["share"] for each in entry["patterns"]) == pytest.approx(1, abs=0.001)
        assert all(each["act"] <= each["share"] for each in entry["patterns"])


def drifting(bank: list[Template], leaked: bool) -> list[Sheet]:
    """Guessers for three months, then for three more; with ``leaked``, the first case is known to the later ones."""
    rng = np.random.default_rng(5)
    world, found = as_world(bank, 1, rng), []
    for person, who in enumerate(NAMES[:48]):
        answers = CAST[0].policy.answer(world, rng)
        if leaked and person >= 24:
            known = {"decision": world.decision, "reason": world.reason, "twin": world.twin, "news": world.news}
            first = np.arange(len(bank)) == 0
            changes = {name: np.where(first, true, getattr(answers, name)) for name, true in known.items()}
            answers = answers.replace(**changes)
        book = sheets.books(bank, answers, 0, who)
        cases = tuple(Case(each.family, book[EXERCISE].header.seed) for each in bank)
        months = {each.family.id: f"2026-{1 + person // 8:02d}" for each in bank}
        marks = tuple(sheets.marks(bank, book))
        found.append(Sheet(who, EXERCISE, cases, tuple(each.key for each in bank), marks, months))
    return found


def test_a_case_that_alone_gets_easier_is_told(bank):
    rows = drift_rows(make_grid(drifting(bank, leaked=True)))
    assert rows[0]["reading"].startswith("look:")
    assert rows[0]["beyond"] >= lines.LEAK
    assert [row["reading"] for row in rows[1:]] == ["steady"] * 7
    assert [month["month"] for month in rows[0]["months"]] == [f"2026-0{month}" for month in range(1, 7)]


def test_cases_that_stay_as_they_are_are_called_steady(bank):
    assert {row["reading"] for row in drift_rows(make_grid(drifting(bank, leaked=False)))} == {"steady"}


def test_a_contested_key_leaves_its_answers_without_figures(bank):
    contested = [Template(EXERCISE, each.family, each.key.model_copy(update={"status": "contested"})) for each in bank]
    found = analyze(sit(bank, 34, keyed=contested), NO_PAIRS)
    decisions = [row for row in found["questions"] if row["kind"] == "decision"]
    assert all(row["mean"] is None and "contested" in row["reading"] for row in decisions)
    assert all(row["answered"] == 34 for row in decisions)
    assert not [row for row in found["options"] if row["suspect"] and row["kind"] == "decision"]


def test_agreement_of_markers_is_that_of_a_known_table():
    # the worked example of Shrout and Fleiss (1979): six targets, four judges
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    assert icc(table)[0] == pytest.approx(0.29, abs=0.005)
    assert icc(np.array([[1, 1], [2, 2], [3, 3]]))[0] == pytest.approx(1)
    assert icc(np.full((5, 2), 2)) is None


def test_agreement_needs_enough_double_marks():
    assert agreement(NO_PAIRS)["kappa"] is None
    few = agreement(np.array([[1, 1]] * (lines.FEW_PAIRS - 1)))
    assert (few["n"], few["kappa"], few["reading"]) == (lines.FEW_PAIRS - 1, None, lines.TOO_FEW)


def mark_twice(course, *lines_: str) -> None:
    (course.folder / "desk" / "second-marks.jsonl").write_text("\n".join(lines_) + "\n", encoding="utf-8")


def second(**changes) -> str:
    place = {"mentee": "ada", "exercise": invented.EXERCISE, "family": "loud-child", "question": "why"}
    return json.dumps(place | {"mark": 3, "by": "Dr. Second", "at": "2026-02-01T10:00:00Z"} | changes)


def test_second_marks_meet_the_first_ones_of_the_gradebook(marked_case):
    from graders.desk_gradebook import write_mark

    mark_twice(marked_case, second(mark=1), second(mark=2), second(by="dr. example"), second(mentee="nobody"))
    assert pairs(marked_case)[0].tolist() == [], "the first mark still waits"
    write_mark(marked_case, "ada", invented.EXERCISE, "loud-child", "why", score=3, comment="")
    found, problems = pairs(marked_case)
    assert found.tolist() == [[3, 2]], "the last mark of another marker counts, one's own second look does not"
    assert problems == []


def test_a_spoiled_second_mark_is_told_by_its_line_and_names_nobody(mentor_course):
    mark_twice(mentor_course, second(), second(mark=7), "{", second(mentee="ben"))
    marks, problems = second_marks(mentor_course)
    assert [each.mentee for each in marks] == ["ada", "ben"]
    assert [problem.field.split(",")[0] for problem in problems] == ["line 2", "line 3"]
    assert not any("ada" in str(problem) for problem in problems)


@pytest.mark.parametrize("people", [(), ("quentina",), ("quentina", "ursulin")])
def test_a_mentors_folder_gets_its_page_and_its_file(mentor_course, pen, send, people, tmp_path, capsys):
    from graders.collect import collect

    for who in people:
        send(pen(who).answer_all("loud-child", reason="size").answer_all("quiet-child").parcel(), f"{who}.zip")
    assert len(collect(mentor_course).taken) == len(people)
    target = tmp_path / "items.json"
    assert run_items(mentor_course.folder, json_file=target) == 0
    written = (mentor_course.folder / "desk" / "items.html").read_text(encoding="utf-8")
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["people"] == found["hand_ins"] == len(people)
    said = written + target.read_text(encoding="utf-8") + capsys.readouterr().out
    assert not re.search("quentina|ursulin", said)
    assert run_items(mentor_course.folder) == 0
    assert (mentor_course.folder / "desk" / "items.html").read_text(encoding="utf-8") == written


def test_months_are_those_in_which_answers_came_in(mentor_course, pen, send, monkeypatch):
    from graders import collect as collecting
    from graders.items.gather import gather

    monkeypatch.setattr(collecting, "now", lambda: "2026-07-04T10:00:00Z")
    send(pen().answer_all("loud-child").parcel())
    collecting.collect(mentor_course)
    sheets_, unread = gather(mentor_course)
    assert unread == 0
    assert sheets_[0].months == {"loud-child": "2026-07"}, "a mentee's clock says January"


def test_a_hand_in_that_cannot_be_read_is_counted_and_not_named(handed_in_case, capsys):
    answers = next((handed_in_case.folder / "submitted" / "ada").rglob("*.jsonl"))
    answers.write_text("spoiled\n", encoding="utf-8")
    assert run_items(handed_in_case.folder) == 1
    written = (handed_in_case.folder / "desk" / "items.html").read_text(encoding="utf-8")
    assert "1 hand-in could not be read" in written
    assert "ada" not in re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL).lower().split()


def test_a_folder_that_is_no_mentors_course_is_said_in_words(tmp_path):
    with pytest.raises(ContentError, match="no mentor's course here"):
        run_items(tmp_path)


def test_the_page_can_run_nothing_and_load_nothing(found):
    written = page(found)
    assert "default-src 'none'" in written
    assert not re.search(r"<script|https?://|url\((?!\s*['\"]?data:)|@import", written)


@pytest.mark.journey
def test_the_page_is_clean_for_axe_at_any_width(found, tmp_path):
    if CHROMIUM is None:
        reason = "no chromium on this machine: install Debian's chromium to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "items.html"
    path.write_text(page(found), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(path.as_uri())
        opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for width in (1280, 640, 360):
            opened.set_viewport_size({"width": width, "height": 800})
            faults = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(opened).response["violations"]]
            assert faults == [], width
            assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        browser.close()
