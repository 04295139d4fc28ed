"""Solo sets on the mentee's side: drawn once, kept, spaced by days, and never the same case twice."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

import pytest

from flysolo import content
from flysolo.answers import NotSaved, local_time
from flysolo.content import exercises, load_families, module, solo_short
from flysolo.course import make_course
from flysolo.deliver import hand_in, handed_in, share_readiness
from flysolo.draws import seed_for
from flysolo.exercise import open_exercise
from flysolo.handin import read_file
from flysolo.problems import ContentError
from flysolo.replies import keep_reply, pack_reply, readiness_of
from flysolo.schema.readiness import ReadinessCard
from flysolo.server.home import home
from flysolo.server.parcels import parcels
from flysolo.solo import bank_of, draw_set, given, is_sat, opened, redrawn, unseen
from flysolo.solo_gate import gate, gate_of, handed_in_times
from flysolo.solo_page import SoloPage
from tests import solo_world
from tests.solo_world import BANK, MODULES, sit, solo_family, toml, write_bank


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """A course whose bank holds one whole round and four families more."""
    root = write_bank(tmp_path / "content", 28)
    monkeypatch.setenv("FLYSOLO_CONTENT", str(root))
    content._course_at.cache_clear()
    content._families_in.cache_clear()
    return root


@pytest.fixture
def mentee(bank, tmp_path):
    """A course folder in which no set was opened yet."""
    return make_course(tmp_path / "ada", mentee="ada", course="invented-course")


def open_page(course):
    return open_exercise(BANK, course.folder)


def sit_set(course) -> tuple[str, ...]:
    """Open the next set, answer it whole and hand it in."""
    page = open_page(course)
    drawn = page.open_set()
    for name in drawn.families:
        sit(page, name)
    hand_in(course, BANK)
    return drawn.families


def let_days_pass(course, days: float) -> None:
    """Date everything that was saved or sent so many days back."""
    path = course.answers(BANK).path
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if "at" in line:
            line["at"] = _earlier(line["at"], days)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for parcel in parcels(course, BANK, "hand-in"):
        parcel.path.unlink()
    hand_in(course, BANK)
    last = parcels(course, BANK, "hand-in")[-1].path
    _redate(last, days)


def _earlier(at: str, days: float) -> str:
    when = datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ") - timedelta(days=days)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _redate(path, days: float) -> None:
    from flysolo.handin import MANIFEST, read_parts, zip_parts

    parts = read_parts(path.read_bytes(), path.name, {MANIFEST: True, "answers.jsonl": True})
    manifest = json.loads(parts[MANIFEST])
    manifest["made_at"] = _earlier(manifest["made_at"], days)
    # a name of its own: another hand-in of this second would take the place of this file
    dated = zip_parts(parts | {MANIFEST: json.dumps(manifest).encode()})
    path.with_stem(f"{path.stem}-dated").write_bytes(dated)
    path.unlink()


# ---- the bank


def test_a_bank_that_holds_no_whole_round_is_no_exercise_yet(bank):
    for number in range(23, 28):
        (bank / "exercises" / BANK / "families" / f"bank-child-{number:02d}.toml").unlink()
    assert solo_short() == 1
    assert BANK not in exercises()
    assert BANK in exercises(drafts=True)


def test_a_whole_bank_comes_last_and_has_a_title(bank):
    assert exercises()[-1] == BANK
    assert module(BANK).title == "Solo sets"


def test_a_bank_may_not_take_the_name_of_a_module(bank):
    text = toml(solo_world.course_file(exercise=MODULES[0]))
    (bank / "curriculum" / "course.toml").write_text(text, encoding="utf-8")
    content._course_at.cache_clear()
    with pytest.raises(ContentError, match="id of its own"):
        content.load_course()


# ---- drawing


def draw_all(bank_families, solo, seed, sets=3):
    drawn = []
    for number in range(1, sets + 1):
        drawn.append(draw_set(bank_families, solo, seed, number, {name for each in drawn for name in each}))
    return drawn


def test_three_sets_never_share_a_case_and_each_spreads_over_the_modules(bank):
    solo, families = content.load_course().solo, load_families(BANK)
    modules = {each.id: each.module for each in families}
    for mentee in range(20):
        drawn = draw_all(families, solo, seed_for("c", f"mentee-{mentee}", BANK))
        everything = [name for each in drawn for name in each]
        assert len(everything) == len(set(everything)) == 24
        for each in drawn:
            counts = Counter(modules[name] for name in each)
            # eight cases over five modules: nobody sits a set that is mostly about one of them
            assert len(counts) == len(MODULES)
            assert max(counts.values()) <= 3


def test_the_same_seed_draws_the_same_set_and_another_mentee_another(bank):
    solo, families = content.load_course().solo, load_families(BANK)
    one = draw_set(families, solo, "0" * 16, 1, ())
    assert draw_set(reversed(families), solo, "0" * 16, 1, ()) == one
    others = {draw_set(families, solo, f"{number:016x}", 1, ()) for number in range(1, 9)}
    assert len(others | {one}) > 5


def test_a_set_asks_for_written_reasons_as_far_as_the_bank_has_them(bank):
    solo, families = content.load_course().solo, load_families(BANK)
    written = {each.id for each in families if any(q.kind == "justification" for q in each.questions)}
    for number in range(10):
        drawn = draw_all(families, solo, f"{number:016x}")
        assert sum(name in written for each in drawn for name in each) >= 4


def test_too_small_a_bank_draws_nothing_at_all(bank):
    solo, families = content.load_course().solo, load_families(BANK)
    assert draw_set(families[:7], solo, "0" * 16, 1, ()) == ()


def test_a_family_that_an_exercise_of_a_module_holds_is_never_drawn(bank):
    data = solo_family(3) | {"module": MODULES[0]}
    folder = bank / "exercises" / MODULES[0] / "families"
    folder.mkdir(parents=True)
    (folder / f"{data['id']}.toml").write_text(toml(data), encoding="utf-8")
    names = {family.id for family in bank_of(content.load_course().solo)}
    assert data["id"] not in names
    assert len(names) == 27


# ---- opening, keeping


def test_a_set_stays_as_it_was_drawn_when_the_bank_grows(bank, mentee):
    drawn = open_page(mentee).open_set()
    for number in range(28, 40):
        data = solo_family(number)
        (bank / "exercises" / BANK / "families" / f"{data['id']}.toml").write_text(toml(data), encoding="utf-8")
    content._families_in.cache_clear()
    book = mentee.answers(BANK).read()
    assert opened(book)[0].families == drawn.families
    # and the other side, which has the larger bank, still derives the same set
    solo = content.load_course().solo
    assert redrawn(opened(book)[0], opened(book), solo, book.header.seed) == drawn.families


def test_a_second_window_that_opens_the_same_set_changes_nothing(mentee):
    drawn = open_page(mentee).open_set()
    mentee.answers(BANK).append("draw", "set-1", value={"choices": drawn.families[:3]})
    assert opened(mentee.answers(BANK).read())[0].families == drawn.families


def test_the_page_shows_the_present_set_alone(mentee):
    panel = SoloPage(open_page(mentee))
    assert [block["type"] for block in panel.panel.view["blocks"]] == ["feedback", "button", "link"]
    assert panel.panel.receive({"do": "press", "id": "open-set"})
    steps = next(block for block in panel.panel.view["blocks"] if block["type"] == "steps")
    assert len(steps["items"]) == 8
    progress = next(block for block in panel.panel.view["blocks"] if block["type"] == "progress")
    assert progress["label"] == "Solo set 1 of 3: 0 of 8 cases complete"


def test_there_are_no_hints_in_a_solo_set(mentee):
    panel = SoloPage(open_page(mentee))
    panel.panel.receive({"do": "press", "id": "open-set"})
    assert "hint" not in json.dumps(panel.panel.view["blocks"]).replace("without hints", "").lower()


def test_outside_a_course_folder_the_page_can_be_looked_at(bank, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = open_exercise(BANK)
    assert "nothing is saved" in json.dumps(page.page().view["blocks"])
    assert "still open" in repr(page.answer("bank-child-00", "decision"))
    with pytest.raises(NotSaved):
        page.open_set()


def test_what_is_handed_in_holds_the_draw_and_says_what_is_open_in_the_given_cases_only(mentee):
    page = open_page(mentee)
    first, *rest = page.open_set().families
    sit(page, first)
    done = hand_in(mentee, BANK)
    assert len(done.open_questions) == len(rest)
    book = read_file(done.file).book
    assert opened(book)[0].families == (first, *rest)
    assert [family.id for family in given(BANK, book)] == sorted((first, *rest))
    assert handed_in(mentee, BANK).open_questions == done.open_questions


# ---- the days between


def test_the_next_set_waits_until_this_one_is_handed_in_whole(mentee):
    page = open_page(mentee)
    names = page.open_set().families
    for name in names[:-1]:
        sit(page, name)
    hand_in(mentee, BANK)
    assert not handed_in_times(mentee, BANK)
    found = gate_of(mentee, BANK)
    assert (found.number, found.is_open, found.handed_in) == (2, False, False)
    with pytest.raises(NotSaved, match="7 days after this one"):
        page.open_set()


def test_the_next_set_opens_seven_days_later_and_not_a_minute_before(mentee):
    sit_set(mentee)
    times, book = handed_in_times(mentee, BANK), mentee.answers(BANK).read()
    solo = content.load_course().solo
    before = gate(solo, book, times, times[1] + timedelta(days=7, minutes=-1))
    assert not before.is_open
    assert before.opens == (times[1] + timedelta(days=7)).date()
    assert gate(solo, book, times, times[1] + timedelta(days=7)).is_open


def test_a_clock_set_back_opens_nothing_early(mentee):
    sit_set(mentee)
    # the hand-in says it was made eight days ago; the answers in it were saved today
    _redate(parcels(mentee, BANK, "hand-in")[-1].path, 8)
    saved = max(event.at for event in mentee.answers(BANK).read().events)
    assert handed_in_times(mentee, BANK)[1] == local_time(saved)
    assert not gate_of(mentee, BANK).is_open
    # and a clock that stands in the past now does not open it either
    past = datetime.now().astimezone() - timedelta(days=400)
    assert not gate_of(mentee, BANK, now=past).is_open


def test_handing_in_again_never_moves_the_day(mentee):
    sit_set(mentee)
    let_days_pass(mentee, 5)
    before = gate_of(mentee, BANK).opens
    page = open_page(mentee)
    page.ask(opened(page.book())[0].families[0], None, "May I ask?")
    hand_in(mentee, BANK)
    assert gate_of(mentee, BANK).opens == before


def test_needed_modules_come_first(bank, tmp_path):
    text = toml(solo_world.course_file(needs=[MODULES[1]]))
    (bank / "curriculum" / "course.toml").write_text(text, encoding="utf-8")
    data = solo_family(1) | {"id": "module-child"}
    folder = bank / "exercises" / MODULES[1] / "families"
    folder.mkdir(parents=True)
    (folder / "module-child.toml").write_text(toml(data), encoding="utf-8")
    content._course_at.cache_clear()
    course = make_course(tmp_path / "ben", mentee="ben", course="invented-course")
    found = gate_of(course, BANK)
    assert not found.is_open
    assert "About nose" in found.words
    page = open_exercise(MODULES[1], course.folder)
    page.save("module-child", "decision", {"choice": "routine"})
    hand_in(course, MODULES[1])
    assert gate_of(course, BANK).is_open


# ---- further rounds


def card(**changes) -> ReadinessCard:
    data = {
        "format": 1,
        "course": "invented-course",
        "mentee": "ada",
        "round": 1,
        "sets_sat": 3,
        "sets": 3,
        "reading": "So far.",
        "provisional": "Provisional.",
        "sat": [],
        "figures": [],
        "lines": [],
        "may_go_on": True,
    }
    return ReadinessCard.model_validate(data | changes)


def sit_round(mentee) -> None:
    for _ in range(3):
        sit_set(mentee)
        let_days_pass(mentee, 8)


def test_another_round_waits_for_the_readiness_page_and_for_enough_unseen_cases(mentee):
    sit_round(mentee)
    assert "readiness page comes back" in gate_of(mentee, BANK).words
    keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], card()), "reply.zip")
    found = gate_of(mentee, BANK)
    assert not found.is_open
    # four are left of twenty-eight: said calmly here, counted on the mentor's side
    assert "more are being written" in found.words
    assert unseen(content.load_course().solo, opened(mentee.answers(BANK).read())) == 4


def test_a_second_round_takes_only_cases_that_were_never_met_and_a_third_needs_a_talk(bank, mentee):
    write_bank(bank, 80)
    content._families_in.cache_clear()
    sit_round(mentee)
    first = {name for each in opened(mentee.answers(BANK).read()) for name in each.families}
    keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], card()), "reply.zip")
    sit_round(mentee)
    sets = opened(mentee.answers(BANK).read())
    assert not first & {name for each in sets[3:] for name in each.families}
    solo, book = content.load_course().solo, mentee.answers(BANK).read()
    times = handed_in_times(mentee, BANK)
    later = times[6] + timedelta(days=30)
    second = card(round=2)
    assert "talk with your mentor" in gate(solo, book, times, later, card=second).words
    assert gate(solo, book, times, later, card=second.model_copy(update={"talked_after": 2})).is_open


def test_nobody_is_sent_on_when_every_line_is_met(mentee):
    sit_round(mentee)
    met = card(may_go_on=False)
    keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], met), "reply.zip")
    assert "No further set is needed" in gate_of(mentee, BANK).words


# ---- what comes back, and who sees it


def test_readiness_is_kept_newest_first_and_refused_for_somebody_else(mentee):
    keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], card(reading="Newer.")), "reply.zip")
    older = readiness_of(mentee, BANK)
    path = mentee.folder / "replies" / BANK / "readiness.json"
    path.write_text(older.model_copy(update={"made_at": "2199-01-01T00:00:00Z"}).model_dump_json(), encoding="utf-8")
    keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], card(reading="Older.")), "reply.zip")
    assert readiness_of(mentee, BANK).card.reading == "Newer."
    with pytest.raises(ContentError):
        keep_reply(mentee, pack_reply("invented-course", "ada", BANK, None, [], card(mentee="ben")), "reply.zip")


def test_showing_it_sends_no_answer_and_is_noted_once(mentee):
    sit_set(mentee)
    for _ in range(2):
        done = share_readiness(mentee, BANK, 1)
    parcel = read_file(done.file)
    assert parcel.manifest.purpose == "share"
    assert [(event.do, event.item) for event in parcel.book.events] == [("share", "round-1")]


def test_a_reworded_case_does_not_reopen_a_set_that_was_sat(bank, mentee):
    names = sit_set(mentee)
    path = bank / "exercises" / BANK / "families" / f"{names[0]}.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("snores.", "snores loudly."), encoding="utf-8")
    content._families_in.cache_clear()
    book = mentee.answers(BANK).read()
    assert is_sat(opened(book)[0], book)


def test_the_home_page_says_where_the_sets_stand(mentee):
    assert home(mentee).solo.gate.is_open
    sit_set(mentee)
    row = home(mentee).solo
    assert (row.name, row.handed_in, row.cases.done) == ("Solo set 1 of 3", True, 8)
    assert row.next_name == "Solo set 2 of 3"
    assert row.gate.opens is not None
    assert any(each.module.id == BANK for each in home(mentee).waiting)
