"""A reply says the mentor's words first, numbers last, and nothing that a mentee should not have."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

import flysolo.evidence
from flysolo.course import make_course
from flysolo.problems import ContentError
from flysolo.replies import keep_reply, take_from_drop, unpack_reply
from graders import batch, reply, words
from graders.collect import collect
from graders.journal import read_journal
from graders.mentor import MentorCourse
from tests.graders import invented
from tests.graders.test_autograde import hand_in, mark_by_hand
from tests.graders.test_marking import NEVER

EX = invented.EXERCISE
CARD = '<article class="fs-evidence"><h4>Claim of {}</h4><p class="fs-evidence-limits">One small study.</p></article>'


@pytest.fixture(autouse=True)
def invented_evidence(monkeypatch):
    """Evidence cards of findings that stand in no library."""
    monkeypatch.setattr(flysolo.evidence, "card_html", CARD.format, raising=False)


def page_of(course: MentorCourse, mentee: str = "ada") -> str:
    return reply.make_page(course, mentee, EX)


def marked_page(course: MentorCourse, send, answers) -> str:
    hand_in(course, send, answers)
    report = batch.mark(course)
    assert not report.faults, report.faults
    return page_of(course, answers.mentee)


class Outline(HTMLParser):
    """Text of a page in order, and its tags."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not {"style", "title"} & set(self.inside):
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return "\n".join(self.words)


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text, each after the one before."""
    place = 0
    for part in parts:
        place = text.find(part, place)
        assert place >= 0, part
    return True


# ---- what it says ----


def test_two_cases_are_too_few_for_numbers(marked_case):
    text = Outline(page_of(marked_case)).text
    assert words.NOT_ENOUGH in text and "Both run from 0 to 1" not in text


def test_the_mentors_voice_comes_first_and_the_numbers_last(marked_case, monkeypatch):
    monkeypatch.setattr(words, "CASES_TO_READ", 1)
    mark_by_hand(marked_case, 2.0, "You linked two findings.\nThat decided it.")
    batch.mark(marked_case)
    text = Outline(page_of(marked_case)).text
    assert in_order(
        text,
        "From Dr. Example",
        "You linked two findings.",
        "years old and",
        "Choose letter",
        "It sees letter.",
        "Because of letter",
        "The mechanism of",
        "Claim of invented-finding",
        "Same child, but silent.",
        "Choose watch",
        "How it reads together",
        words.PATTERN[(True, True)],
        "Decision",
        "1.00",
        "Reasoning",
    )
    assert text.rstrip().endswith(words.REVIEW)


def test_a_mark_by_hand_comes_in_words(marked_case):
    mark_by_hand(marked_case, 2.0)
    assert "Read by your mentor: 2 of 3. Anchor 2 says." in Outline(page_of(marked_case)).text


def test_without_a_comment_no_voice_is_made_up(marked_case):
    text = Outline(page_of(marked_case)).text
    assert "From Dr. Example" not in text and "No response" not in text
    assert words.WORDS_WAIT in text


def test_new_words_are_not_answered_with_the_earlier_mark(marked_case, whole_answers, send):
    mark_by_hand(marked_case, 1.0)
    whole_answers.save("loud-child", "why", because="Better words.")
    text = Outline(marked_page(marked_case, send, whole_answers)).text
    assert "1 of 3" not in text and words.WORDS_WAIT in text
    assert "New words since your mark" not in text


def test_a_child_carries_this_mentees_own_numbers(marked_case, whole_answers):
    text = Outline(page_of(marked_case)).text
    for case in whole_answers.cases.values():
        assert f"{case.drawn['name']} is {case.drawn['age']} years old" in text
    assert "{{" not in text


def test_another_choice_is_met_with_words_and_with_what_is_supported(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", decision="plate", reason="size", twin="plate", news="less")
    text = Outline(marked_page(mentor_course, send, answers)).text
    name = answers.cases["loud-child"].drawn["name"]
    assert "The findings of this child do not support it." in text
    assert f"It breaks for {name} and plate." in text
    assert f"What the findings support\nChoose letter for {name}" in text
    assert f"The mechanism that decides here\nThink closing for {name}" in text
    assert words._READINGS[(False, False, True)] in text


# ---- what it keeps back ----


def test_a_question_without_an_answer_is_still_open_and_keeps_its_key(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", twin=None, news=None)
    text = Outline(marked_page(mentor_course, send, answers)).text
    assert words.STILL_OPEN in text
    assert "Because of letter" in text
    for secret in ("Because of watch", "Because of more", "The mechanism of", "Claim of", "It sees watch."):
        assert secret not in text, secret
    assert not re.search(r"\b0(\.00)?\b", text.split("How it reads together")[1])


def test_before_the_twin_is_open_no_key_of_the_first_part_is_shown(mentor_course, pen, send):
    answers = pen().save("loud-child", "decision", choice="plate").save("loud-child", "reason", choice="size")
    page = marked_page(mentor_course, send, answers)
    text = Outline(page).text
    assert words.BASE_OPEN in text and "Choose plate" in text
    for secret in ("It sees plate.", "Because of letter", "support it", "Same child, but silent."):
        assert secret not in text, secret


def test_the_keys_of_a_case_nobody_opened_stay_closed(mentor_course, pen, send):
    text = Outline(marked_page(mentor_course, send, pen().answer_all("loud-child"))).text
    quiet = text.split("A quiet child called")[-1].split("How it reads together")[0]
    assert "Because of" not in quiet and "Known" not in quiet
    assert words.CASE_OPEN in quiet and "The nose of" not in quiet


def test_what_is_learned_after_the_twin_is_not_told_before_it(mentor_course, pen, send):
    answers = pen().save("loud-child", "decision", choice="letter")
    assert "The nose of" not in Outline(marked_page(mentor_course, send, answers)).text


def test_a_contested_case_says_so_and_gives_no_standing_to_the_decision(mentor_course, pen, send, tmp_path):
    key = invented.key("loud-child", status="contested", justification={"why": invented._why()})
    (tmp_path / "course" / "keys" / EX / "loud-child.toml").write_text(invented.toml(key), encoding="utf-8")
    text = Outline(marked_page(mentor_course, send, pen().answer_all("loud-child", decision="plate"))).text
    assert words.CONTESTED in text
    loud = text.split("How sure are you?")[0]
    assert "The findings of this child" not in loud
    assert "It is the mechanism that decides here." in loud


def test_a_page_holds_no_canary_no_code_and_nobody_elses_work(mentor_course, pen, send):
    other = pen(mentee="ben").answer_all("loud-child", why={"picks": ["link-c"], "because": "Words of Ben."})
    hand_in(mentor_course, send, other)
    page = marked_page(mentor_course, send, pen(mentee="ada").answer_all("loud-child").answer_all("quiet-child"))
    for secret in (*invented.CANARIES.values(), "KEY-", "exercise.answer", "open_exercise", "nbgrader", "Words of Ben"):
        assert secret not in page, secret
    assert "Anchor 1 says." not in page and str(mentor_course.folder) not in page


def test_words_on_a_page_pass_no_verdict_on_a_person(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", decision="plate", reason="size").answer_all("quiet-child", alarm="no")
    text = Outline(marked_page(mentor_course, send, answers)).text
    assert not re.search(NEVER, text, re.IGNORECASE)


# ---- what it is made of ----


def test_a_page_holds_no_script_and_asks_for_nothing_from_anywhere(marked_case):
    page = page_of(marked_case)
    found = Outline(page)
    names = {name for name, _ in found.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "img", "video", "base"}
    for name, attributes in found.tags:
        assert not [each for each in attributes if each.startswith("on")], (name, attributes)
        assert "src" not in attributes
    assert not re.search(r"@import|url\((?!['\"]?data:)|javascript:", page)
    policy = next(attributes for name, attributes in found.tags if attributes.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_a_page_is_one_whole_document_with_one_heading_and_its_review(marked_case):
    page = page_of(marked_case)
    assert page.startswith("<!DOCTYPE html>") and page.rstrip().endswith("</html>")
    found = Outline(page)
    assert [name for name, _ in found.tags].count("h1") == 1
    assert ("html", {"lang": "en"}) in found.tags
    assert "Awaiting clinical review" in found.text
    levels = [int(name[1]) for name, _ in found.tags if re.fullmatch(r"h[1-6]", name)]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_hostile_words_stay_words_on_a_page(mentor_course, pen, send):
    hostile = "</blockquote><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }}\n**b**"
    answers = pen().answer_all("loud-child", why={"picks": ["link-a"], "because": hostile})
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    mark_by_hand(mentor_course, 1.0, hostile)
    found = Outline(page_of(mentor_course))
    assert not {"script", "img"} & {name for name, _ in found.tags}
    assert found.text.count("<script>alert(1)</script>") == 2
    assert "{{ 7*7 }}" in found.text and "**b**" in found.text


def test_nbgraders_own_feedback_command_makes_the_same_page(marked_case, tmp_path):
    ours = page_of(marked_case)
    made = marked_case.folder / "feedback" / "ada" / EX / "cases.html"
    made.unlink()
    # the command runs elsewhere, where the invented finding is in no library: its card is left out there
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", EX, "--force"]
    env = os.environ | {"PATH": path, "PYTHONPATH": str(_library_of(tmp_path))}
    done = subprocess.run(command, cwd=marked_case.folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert made.read_text(encoding="utf-8") == ours


def _library_of(tmp_path: Path) -> Path:
    """A folder that gives a new process the same invented evidence."""
    folder = tmp_path / "site"
    folder.mkdir()
    text = f"import flysolo.evidence\nflysolo.evidence.card_html = {CARD!r}.format\n"
    (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
    return folder


def test_a_page_is_readable_for_everyone(mentor_course, pen, send, tmp_path):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    answers = pen().answer_all("loud-child", decision="plate").answer_all("quiet-child", twin=None)
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    mark_by_hand(mentor_course, 2.0, "A thought.")
    path = tmp_path / "reply.html"
    path.write_text(page_of(mentor_course), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        violations = Axe().run(page).response["violations"]
        width = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    serious = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
    assert serious == []
    assert width <= 360


# ---- how it travels ----


@pytest.fixture
def ada(invented_course, tmp_path, drop):
    """Ada's own course folder, which shares a drop with the mentor."""
    return make_course(tmp_path / "ada", course=invented.COURSE, mentee="ada", drop=str(drop))


def test_a_reply_reaches_the_mentee_through_the_shared_folder(marked_case, ada):
    path = reply.send_reply(marked_case, "ada", EX)
    assert path.parent == marked_case.outgoing("ada")
    taken = take_from_drop(ada)
    assert [each.manifest.exercise for each in taken] == [EX]
    assert taken[0].page == (marked_case.folder / "feedback" / "ada" / EX / "cases.html").read_text(encoding="utf-8")


def test_a_reply_carries_answers_to_questions(marked_case, whole_answers, send, ada):
    from graders.threads import answer

    whole_answers.write("ask", "loud-child", question="decision", value={"text": "Why not?"}, fingerprint="")
    hand_in(marked_case, send, whole_answers)
    answer(marked_case, "ada", EX, whole_answers.events[-1].n, "Because of the nose.", "Dr. Example")
    batch.mark(marked_case)
    parcel = unpack_reply(reply.send_reply(marked_case, "ada", EX).read_bytes(), "reply.zip")
    assert [thread.text for thread in parcel.threads] == ["Because of the nose."]
    assert keep_reply(ada, reply.send_reply(marked_case, "ada", EX).read_bytes(), "reply.zip").threads


def test_nothing_is_sent_while_words_wait_unless_asked_for(marked_case):
    assert reply.send_all(marked_case).waiting == [("ada", EX)]
    assert reply.send_all(marked_case, waiting_too=True).sent == [("ada", EX)]


def test_a_reply_goes_out_once_and_again_when_it_says_something_new(marked_case):
    mark_by_hand(marked_case, 2.0)
    assert reply.send_all(marked_case).sent == [("ada", EX)]
    assert reply.send_all(marked_case).unchanged == [("ada", EX)]
    mark_by_hand(marked_case, 2.0, "One more thought.")
    assert reply.send_all(marked_case).sent == [("ada", EX)]
    assert len(list(marked_case.outgoing("ada").glob("*.zip"))) == 2


def test_a_shared_folder_that_was_away_gets_its_replies_later(marked_case, drop):
    away = drop.with_name("away")
    drop.rename(away)
    drop.write_text("not a folder", encoding="utf-8")
    path = reply.send_reply(marked_case, "ada", EX)
    drop.unlink()
    away.rename(drop)
    assert reply.send_all(marked_case).delivered == [path.name]
    assert (drop / "to-mentee" / "ada" / path.name).read_bytes() == path.read_bytes()


def test_no_reply_is_made_from_marks_that_are_out_of_date(marked_case, whole_answers, send):
    whole_answers.save("quiet-child", "news", choice="less")
    hand_in(marked_case, send, whole_answers)
    with pytest.raises(ContentError, match="mark"):
        reply.make_page(marked_case, "ada", EX)
    assert "not marked" in str(batch.standings(marked_case)[0].state)
    report = reply.send_all(marked_case)
    assert not report.sent and ("ada", EX) in report.faults


def test_one_reply_that_cannot_be_made_stops_no_other(mentor_course, pen, send, monkeypatch):
    for mentee in ("ada", "ben"):
        hand_in(mentor_course, send, pen(mentee=mentee).answer_all("quiet-child"))
    batch.mark(mentor_course)
    real = reply.make_page

    def make_page(course, mentee, exercise, given):
        if mentee == "ada":
            raise OSError(28, "No space left on device")
        return real(course, mentee, exercise, given)

    monkeypatch.setattr(reply, "make_page", make_page)
    report = reply.send_all(mentor_course)
    assert report.sent == [("ben", EX)] and list(report.faults) == [("ada", EX)]


def test_what_a_reply_explained_is_marked_as_it_was_before(marked_case, whole_answers, send):
    whole_answers.save("quiet-child", "news", choice="less")
    hand_in(marked_case, send, whole_answers)
    batch.mark(marked_case)
    reply.send_reply(marked_case, "ada", EX)
    assert "quiet-child--news" in read_journal(marked_case, "ada", EX).explained
    assert "loud-child--why" not in read_journal(marked_case, "ada", EX).explained
    whole_answers.save("quiet-child", "news", choice="more")
    text = Outline(marked_page(marked_case, send, whole_answers)).text
    assert words.LATER in text
    with Gradebook(marked_case.db_url) as book:
        assert book.find_grade("quiet-child--news", "cases", EX, "ada").auto_score == 0.0


def test_a_question_left_open_can_be_answered_after_a_reply(mentor_course, pen, send):
    answers = pen().answer_all("loud-child", news=None)
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    reply.send_reply(mentor_course, "ada", EX)
    answers.save("loud-child", "news", choice="more")
    hand_in(mentor_course, send, answers)
    batch.mark(mentor_course)
    with Gradebook(mentor_course.db_url) as book:
        assert book.find_grade("loud-child--news", "cases", EX, "ada").auto_score == 1.0


def test_sending_a_reply_leaves_the_marks_up_to_date(marked_case):
    reply.send_reply(marked_case, "ada", EX)
    assert batch.mark(marked_case).done == []


# ---- the commands ----


@pytest.fixture
def command(monkeypatch, capsys):
    """Run one command as ``python -m graders`` would; returns (exit code, what was printed)."""
    from graders.cli import main

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["graders", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return int(left.value.code or 0), " ".join(printed.out.split())

    return run


def test_the_commands_take_a_hand_in_all_the_way_to_a_reply(command, mentor_course, whole_answers, send):
    send(whole_answers.parcel(), "hand-in [1].zip")
    folder = str(mentor_course.folder)
    assert "collected: ada" in command("collect", folder)[1]
    code, printed = command("mark", folder)
    assert code == 0 and "waits for mentor (1)" in printed and "1 marked now." in printed
    assert f"waits for your mark: ada, {EX}" in command("reply", folder)[1]
    code, printed = command("reply", folder, "--waiting-too")
    assert code == 0 and f"sent: ada, {EX}" in printed
    parcels = list(mentor_course.outgoing("ada").glob("*.zip"))
    with zipfile.ZipFile(io.BytesIO(parcels[0].read_bytes())) as archive:
        assert "reply.html" in archive.namelist()


@pytest.mark.parametrize("name", ["collect", "mark", "reply"])
def test_a_folder_that_is_no_mentors_course_is_said_in_four_parts(command, tmp_path, name):
    code, printed = command(name, str(tmp_path))
    assert code == 2 and "Found:" in printed and "Next:" in printed


def test_a_hand_in_that_is_not_marked_makes_the_command_say_so(command, handed_in_case, tmp_path):
    (tmp_path / "course" / "keys" / EX / "loud-child.toml").unlink()
    code, printed = command("mark", str(handed_in_case.folder))
    assert code == 1 and "not marked" in printed and "loud-child.toml" in printed


def test_a_check_of_notebooks_says_which_are_out_of_date(command, invented_course):
    code, printed = command("build", "--check")
    assert code == 1 and "cases.ipynb" in printed
    assert command("build")[0] == 0
    assert command("build", "--check")[0] == 0


def test_a_refused_parcel_is_named_by_the_command(command, mentor_course, send):
    send(b"no zip", "x [bold].zip")
    code, printed = command("collect", str(mentor_course.folder))
    assert code == 0 and "x [bold].zip" in printed
    assert not collect(mentor_course).refused


def test_the_module_itself_runs(tmp_path):
    line = [sys.executable, "-m", "graders", "collect", str(tmp_path)]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 2 and "Next:" in done.stdout and "Traceback" not in done.stderr
