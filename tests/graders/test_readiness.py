"""Readiness: named lines held against marks and days, a talk that people hold, and nothing else that could enter."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import graders.readiness
from flysolo.content import Case, load_course
from flysolo.course import make_course
from flysolo.problems import ContentError
from flysolo.replies import keep_reply, readiness_of, unpack_reply
from graders.batch import mark
from graders.collect import collect
from graders.desk_data import desk, utc_now
from graders.desk_forms import question_view
from graders.desk_gradebook import write_mark
from graders.desk_readiness import readiness_view
from graders.desk_readiness_pages import noted
from graders.desk_views import mentee_view
from graders.learners.run import SoloCriteria as LearnersCriteria
from graders.learners.run import simulate
from graders.marking import mark_family
from graders.mentor import MentorCourse, make_mentor_course, open_mentor_course
from graders.readiness.card import card_for, make_card
from graders.readiness.characteristics import STORED, characteristics, stored_table
from graders.readiness.criteria import SoloCriteria, SoloFigures, criteria_in
from graders.readiness.round import round_figures
from graders.readiness.sat import SatSet
from graders.readiness.sitting import Reason, Sitting, gather
from graders.readiness.talks import note_talk, talks
from graders.reply import send_all
from graders.submission import read_submission
from tests.graders import invented
from tests.graders.conftest import Pen, content_in
from tests.graders.solo_bank import BANK, NAMES, SoloPen, redate, write_solo_course

DAYS = ["2026-02-01T09:00:00Z", "2026-02-09T09:00:00Z", "2026-02-17T09:00:00Z"]


@pytest.fixture(scope="module")
def released_solo(tmp_path_factory) -> Path:
    """A mentor's folder in which the bank is released; made once, since nbgrader takes seconds."""
    root = tmp_path_factory.mktemp("solo")
    write_solo_course(root / "course")
    with content_in(root / "course"):
        make_mentor_course(root / "mentor", course=invented.COURSE, mentor="Dr. Example")
    return root


@pytest.fixture
def solo(tmp_path) -> Iterator[Path]:
    """Content with a solo bank."""
    write_solo_course(tmp_path / "course")
    with content_in(tmp_path / "course") as root:
        yield root


@pytest.fixture
def mentor(solo, released_solo, tmp_path) -> MentorCourse:
    """A mentor's folder with nothing in it."""
    shutil.copytree(released_solo / "mentor", tmp_path / "mentor")
    return open_mentor_course(tmp_path / "mentor")


def send(course: MentorCourse, parcel: bytes, name: str) -> None:
    (course.folder / "incoming" / f"{name}.zip").write_bytes(parcel)


def sit_round(course: MentorCourse, pen: SoloPen, arrivals=DAYS, marked=False, **choices) -> None:
    """Sit and hand in three sets, which arrive on the days given; nbgrader's part is slow and seldom needed."""
    for number in range(3):
        pen.sit(**choices)
        send(course, pen.parcel(), f"{pen.mentee}-{number}")
        assert not collect(course).refused
    redate(course, pen.mentee, list(arrivals))
    if marked:
        assert not mark(course).faults


def sitting(pen: SoloPen, arrivals=DAYS, **changes) -> Sitting:
    """A sitting without a mentor's folder: the marks of what the pen wrote."""
    from flysolo.solo import opened

    sets = tuple(
        SatSet(each.number, each.families, arrivals[place], arrivals[place], each.event)
        for place, each in enumerate(opened(pen.book()))
    )
    marks = []
    for each in sets:
        for name in each.families:
            marks += mark_family(Case(pen.cases[name].family, pen.header.seed), pen.key(name), pen.book())
    made = Sitting(
        course=pen.course,
        mentee=pen.mentee,
        solo=load_course().solo,
        sets=sets,
        marks=tuple(marks),
        about=tuple((name, "An invented exercise") for name in NAMES),
        reasons=tuple(Reason(name, 3.0, (2,)) for each in sets for name in each.families),
    )
    return replace(made, **changes)


def pen_with(rounds: int = 3, **choices) -> SoloPen:
    pen = SoloPen()
    for _ in range(rounds):
        pen.sit(**choices)
    return pen


SMALL = SoloCriteria(families_per_set=2)


def status(card, name: str) -> str:
    return next(line.status for line in card.lines if line.name == name)


# ---- the lines


def test_learners_and_readiness_read_the_same_lines():
    assert LearnersCriteria is SoloCriteria
    assert SoloCriteria().families == 24


def test_supported_answers_meet_every_line(solo):
    card = make_card(sitting(pen_with()), SMALL)
    assert {line.status for line in card.lines} == {"met"}
    assert not card.may_go_on


def test_before_the_round_is_whole_every_line_says_how_much_more_it_needs(solo):
    card = make_card(sitting(pen_with(1)), SMALL)
    machine = [line for line in card.lines if line.name != "written"]
    assert {line.status for line in machine} == {"needs more"}
    assert all("Needs " in line.words for line in machine)
    assert status(card, "written") == "needs more"
    assert "direction only" in card.reading or "not enough" in card.reading


def test_cases_that_were_reworded_since_are_neither_counted_nor_held_against_anybody(solo):
    pen = pen_with()
    whole = sitting(pen)
    family = whole.sets[0].families[0]
    changed = tuple(
        each.model_copy(update={"state": "earlier wording", "score": None}) if each.family == family else each
        for each in whole.marks
    )
    card = make_card(replace(whole, marks=changed), SMALL)
    assert status(card, "reasoning") == "needs more"
    words = next(line.words for line in card.lines if line.name == "reasoning")
    assert words == "Needs 1 more case. One was reworded after the answer, and may be answered again."


def test_decisions_without_reasons_do_not_meet_the_lines(solo):
    card = make_card(sitting(pen_with(reason="size", twin="letter")), SMALL)
    assert status(card, "decision") == "met"
    assert {status(card, name) for name in ("reasoning", "pair")} == {"not yet"}
    assert card.may_go_on


def test_doubting_oneself_never_counts_against_anybody(solo):
    card = make_card(sitting(pen_with(confidence="guess")), SMALL)
    assert status(card, "gap") == "met"


def test_acting_on_what_the_findings_do_not_support_is_counted_in_cases(solo):
    card = make_card(sitting(pen_with(decision="watch")), SMALL)
    assert status(card, "confident-not-supported") == "not yet"
    assert "6 of 6" in next(line.found for line in card.lines if line.name == "confident-not-supported")


def test_written_reasons_need_two_readers(solo):
    alone = tuple(Reason(name, 3.0) for name in NAMES[:4])
    card = make_card(sitting(pen_with(), reasons=alone), SMALL)
    # only reasons of drawn cases count
    drawn = {name for each in sitting(pen_with()).sets for name in each.families}
    missing = 4 - len(drawn & set(NAMES[:4]))
    words = next(line.words for line in card.lines if line.name == "written")
    assert words.startswith("Needs ")
    assert status(card, "written") == "needs more"
    assert (f"{missing} more written" in words) if missing else ("second reader for 4 more" in words)
    low = tuple(Reason(name, 1.0, (2,)) for name in drawn)
    assert status(make_card(sitting(pen_with(), reasons=low), SMALL), "written") == "not yet"


def test_days_are_judged_by_arrival_and_say_so(solo):
    pen = pen_with()
    assert "arrival" in next(line for line in make_card(sitting(pen), SMALL).lines if line.name == "days").words
    close = ["2026-02-01T09:00:00Z", "2026-02-03T09:00:00Z", "2026-02-17T09:00:00Z"]
    assert status(make_card(sitting(pen, close), SMALL), "days") == "not yet"
    # collected together, but sat a week apart by the hand-ins' own times: neither, and the talk settles it
    together = sitting(pen)
    late = tuple(replace(each, arrived_at=DAYS[2]) for each in together.sets)
    line = next(line for line in make_card(replace(together, sets=late), SMALL).lines if line.name == "days")
    assert (line.status, "collected closer together" in line.words) == ("needs more", True)


def test_a_missed_urgent_kind_is_cleared_by_a_later_set_or_together(solo):
    pen = SoloPen()
    first = pen.sit(alarm="no")
    pen.sit()
    pen.sit()
    found = round_figures(sitting(pen), 1)
    assert {miss.family for miss in found.misses} == set(first)
    assert all(miss.cleared == "cleared in set 2" for miss in found.misses)
    # two were missed where one may be: cleared or not, the line is not met
    assert status(make_card(sitting(pen), SMALL), "safety") == "not yet"
    lenient = replace(SMALL, safety_misses=2)
    assert status(make_card(sitting(pen), lenient), "safety") == "met"


def test_a_missed_urgent_kind_that_nobody_cleared_holds_the_line(solo):
    pen = SoloPen()
    for _ in range(2):
        pen.sit()
    last = pen.sit(alarm="no")
    lenient = replace(SMALL, safety_misses=2)
    card = make_card(sitting(pen), lenient)
    assert status(card, "safety") == "not yet"
    from graders.readiness.talks import Retaken

    again = tuple(
        Retaken(mentee="ada", family=name, on="2026-03-01", mentor="Dr. Example", at="2026-03-01T09:00:00Z")
        for name in last
    )
    assert status(make_card(sitting(pen, retaken=again), lenient), "safety") == "met"


def test_cases_that_nothing_had_prepared_are_reported_apart(solo):
    pen = pen_with()
    drawn = [name for each in sitting(pen).sets for name in each.families]
    card = make_card(sitting(pen, prepared=frozenset(drawn[:4])), SMALL)
    assert card.first_time[0].value == "2 of 6"
    assert [row.label for row in card.first_time[1:3]] == ["Reasoning", "Decision"]


def test_every_card_says_that_the_lines_are_provisional(solo):
    for rounds in (1, 3):
        assert "provisional" in make_card(sitting(pen_with(rounds)), SMALL).provisional


# ---- settings


def test_a_course_may_change_a_line_by_its_name(mentor):
    (mentor.folder / "readiness.toml").write_text("[lines]\nreasoning = 0.7\njustifications = 3\n", encoding="utf-8")
    found = criteria_in(mentor.folder, load_course().solo)
    assert (found.reasoning, found.justifications, found.decision) == (0.7, 3, 0.72)
    assert found.families_per_set == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("reasonning = 0.7", "reasoning"),
        ("reasoning = 'high'", "number"),
        ("pair = true", "number"),
        ("justifications = 2.5", "whole number"),
        ("days_apart = 1", "course.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_four_parts(mentor, line, says):
    (mentor.folder / "readiness.toml").write_text(f"[lines]\n{line}\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        criteria_in(mentor.folder, load_course().solo)
    problem = caught.value.problems[0]
    assert problem.file == "readiness.toml"
    assert says in f"{problem.rule} {problem.next_step}"


# ---- operating characteristics


def test_the_stored_table_was_measured_with_the_lines_as_they_are_set():
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored["solo_criteria"] == SoloCriteria().settings(), "measure anew: python -m graders readiness --measure"
    shown = characteristics(SoloCriteria())
    assert f"{stored['runs']:,} runs" in shown.caption
    assert f"seed {stored['seed']}" in shown.caption
    assert "scripted learners" in shown.note


def test_other_lines_than_those_measured_are_named():
    assert "reasoning" in characteristics(replace(SoloCriteria(), reasoning=0.5)).note


def test_no_hit_in_so_many_runs_is_never_printed_as_never():
    rows = {row.learner: row for row in characteristics(SoloCriteria()).rows}
    assert rows["Rote memorizer"].first_round.startswith("under ")
    assert rows["Expert principle-user"].decision_alone.startswith("over ")


def test_the_table_is_a_part_of_what_the_learners_command_measures():
    from graders.learners.report import _data
    from graders.learners.run import row

    run = simulate(20, 3)
    rows = [_data(row(run, run.sat[each])) for each in ("L3", "L16")]
    found = {"seed": 3, "runs": 20, "families": 24, "marking_version": 1, "solo_criteria": {}}
    table = stored_table(found | {"learners": rows, "adversaries": []})
    assert [each["id"] for each in table["rows"]] == ["L3", "L16"]
    assert table["rows"][0]["solo"]["mean"] == 0


# ---- nothing else enters


def test_readiness_is_the_same_bytes_whatever_the_mentee_practiced(mentor, tmp_path):
    sit_round(mentor, SoloPen())
    before = card_for(mentor, "ada").model_dump_json()
    # practice, tracing, pacing and tries lie in the mentee's folder and in files of other names; none is ever read
    home = make_course(tmp_path / "home", mentee="ada", course=invented.COURSE)
    home.practice(invented.EXERCISE).append("save", "loud-child", question="step", value={"choice": "way-1"})
    for name in ("tracing.json", "pacing.json", "practice.json", "mastery.json"):
        (mentor.folder / "desk" / name).write_text('{"ada": 0.99}', encoding="utf-8")
        (mentor.folder / "kept" / "ada" / name).write_text('{"knows": 1}', encoding="utf-8")
    assert card_for(mentor, "ada").model_dump_json() == before
    # while one mark more or less does change them
    found = gather(mentor, "ada")
    marks = tuple(each.model_copy(update={"score": 0.0}) if each.kind == "twin" else each for each in found.marks)
    assert make_card(replace(found, marks=marks), SMALL).model_dump_json() != before


def test_no_module_of_readiness_imports_practice_pacing_or_tracing():
    forbidden = ("tracing", "mastery", "knowledge", "pacing", "progress", "recall", "practice", "lesson", "learners")
    folder = Path(graders.readiness.__file__).parent
    for path in folder.glob("*.py"):
        nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
        named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        named += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        # the command that measures the table of scripted learners decides nothing about anybody
        found = [name for name in named if any(stem in name for stem in forbidden) and path.name != "printed.py"]
        assert found == [], path.name


def test_a_sitting_has_no_field_for_anything_but_marks_days_and_what_people_noted():
    assert set(Sitting.__dataclass_fields__) == {
        "course",
        "mentee",
        "solo",
        "sets",
        "marks",
        "safety_cases",
        "about",
        "prepared",
        "reasons",
        "talks",
        "retaken",
        "unseen",
        "notes",
    }
    assert set(SoloFigures._fields) == {
        "decision",
        "reasoning",
        "pair",
        "gap",
        "confident_not_supported",
        "safety_misses",
    }


# ---- the way there and back


def test_the_mentee_sees_readiness_first_and_the_desk_only_once_it_is_shown(mentor, tmp_path):
    pen = SoloPen()
    sit_round(mentor, pen, marked=True, reason="size")
    page = json.dumps(mentee_view(mentor, "ada", utc_now()), default=str)
    assert "not supported" not in page
    assert [item.kind for item in desk(mentor, utc_now()).items if item.kind == "reason"] == []
    before = readiness_view(mentor, "ada")
    assert (before["card"], before["held"], before["reasons"], before["shown"]) == (None, [], None, False)
    assert len(before["sat"]) == 3
    send_all(mentor, waiting_too=True)
    reply = unpack_reply(next((mentor.outgoing("ada")).glob("*.zip")).read_bytes(), "reply.zip")
    assert reply.readiness.round == 1
    assert reply.readiness.sets_sat == 3
    home = make_course(tmp_path / "home", mentee="ada", course=invented.COURSE)
    keep_reply(home, next((mentor.outgoing("ada")).glob("*.zip")).read_bytes(), "reply.zip")
    assert readiness_of(home, BANK).card == reply.readiness
    pen.write("share", "round-1")
    send(mentor, pen.parcel("share"), "share")
    assert [taken.purpose for taken in collect(mentor).taken] == ["share"]
    after = readiness_view(mentor, "ada")
    assert after["shown"]
    assert after["card"] == reply.readiness
    assert any(item.kind == "reason" for item in desk(mentor, utc_now()).items)


def test_a_question_from_an_open_set_says_that_an_answer_would_be_a_hint(mentor):
    pen = SoloPen()
    drawn = pen.open_set()
    pen.write("ask", drawn[0], value={"text": "May I phone?"})
    number = pen.events[-1].n
    send(mentor, pen.parcel("questions"), "asked")
    collect(mentor)
    assert question_view(mentor, "ada", BANK, number, utc_now())["in_open_set"]
    for name in drawn:
        pen.answer_all(name, confidence="act")
    send(mentor, pen.parcel(), "whole")
    collect(mentor)
    assert not question_view(mentor, "ada", BANK, number, utc_now())["in_open_set"]


def test_something_urgent_is_always_seen(mentor):
    pen = SoloPen()
    sit_round(mentor, pen, alarm="no")
    urgent = [item for item in desk(mentor, utc_now()).items if item.kind == "safety"]
    assert len(urgent) == 6
    assert len(readiness_view(mentor, "ada")["misses"]) == 6


def test_a_reply_says_nothing_of_half_a_set_and_nothing_of_undrawn_cases(mentor):
    pen = SoloPen()
    drawn = pen.open_set()
    pen.answer_all(drawn[0], confidence="act")
    send(mentor, pen.parcel(), "half")
    collect(mentor)
    mark(mentor)
    report = send_all(mentor, waiting_too=True)
    assert report.unchanged == [("ada", BANK)]
    pen.answer_all(drawn[1], confidence="act")
    send(mentor, pen.parcel(), "whole")
    collect(mentor)
    mark(mentor)
    assert send_all(mentor, waiting_too=True).sent == [("ada", BANK)]
    page = (mentor.folder / "feedback" / "ada" / BANK / "cases.html").read_text(encoding="utf-8")
    titles = {name: pen.cases[name].text("A " + name.replace("-", " ")) for name in NAMES}
    assert all((titles[name] in page) == (name in drawn) for name in NAMES)


def test_a_set_that_was_not_drawn_so_is_marked_and_said_to_the_mentor(mentor):
    pen = SoloPen()
    solo_settings = load_course().solo
    from flysolo.solo import bank_of, draw_set

    drawn = draw_set(bank_of(solo_settings), solo_settings, pen.header.seed, 1, ())
    others = tuple(name for name in NAMES if name not in drawn)[:2]
    pen.write("draw", "set-1", value={"choices": others})
    for name in others:
        pen.answer_all(name, confidence="act")
    send(mentor, pen.parcel(), "odd")
    assert not collect(mentor).refused
    notes = read_submission(mentor, "ada", BANK, mentor.submitted("ada", BANK)).notes()
    assert any("other cases than its seed draws" in note for note in notes)
    found = gather(mentor, "ada")
    assert {each.family for each in found.marks} == set(others)
    assert found.sets[0].families == others


def test_a_bank_that_grew_since_raises_no_note(mentor, solo):
    pen = SoloPen()
    pen.sit()
    send(mentor, pen.parcel(), "first")
    collect(mentor)
    from tests.graders.solo_bank import _write_family

    _write_family(solo.parent, 9, "another-solo-child")
    from tests.graders.conftest import forget_content

    forget_content()
    assert read_submission(mentor, "ada", BANK, mentor.submitted("ada", BANK)).notes() == []


def test_too_small_a_bank_for_another_round_is_said_to_the_mentor_in_words(mentor):
    sit_round(mentor, SoloPen())
    assert "needs 4 more families" in readiness_view(mentor, "ada")["bank"]


def test_the_desk_lists_who_sat_without_a_figure(mentor):
    from graders.desk_readiness import solo_rows

    sit_round(mentor, SoloPen())
    row = solo_rows(mentor)[0]
    assert (row["said"], row["shown"]) == ("3 of 3 sets sat", False)
    assert set(row) == {"who", "href", "said", "shown"}


def test_rules_met_in_a_module_make_a_case_prepared(mentor):
    exercise = Pen()
    exercise.answer_all("loud-child")
    send(mentor, exercise.parcel(), "module")
    pen = SoloPen()
    pen.sit()
    send(mentor, pen.parcel(), "solo")
    collect(mentor)
    # the invented exercise carries no rule of its own, so nothing is prepared
    assert gather(mentor, "ada").prepared == frozenset()
    path = Path(mentor.folder).parent / "course" / "keys" / invented.EXERCISE / "loud-child.toml"
    path.write_text(path.read_text(encoding="utf-8") + 'rules = ["X01"]\n', encoding="utf-8")
    from tests.graders.conftest import forget_content

    forget_content()
    prepared = gather(mentor, "ada").prepared
    assert prepared == {name for name in gather(mentor, "ada").sets[0].families if NAMES.index(name) % 2}


# ---- the talk


def shown(mentor, marked=True) -> SoloPen:
    pen = SoloPen()
    sit_round(mentor, pen, marked=marked)
    pen.write("share", "round-1")
    send(mentor, pen.parcel("share"), "share")
    collect(mentor)
    return pen


TALK = {"competency": "E4", "outcome": "level 3", "on": "2026-02-20", "limits": "children over two", "mentor": "Dr. A"}
TALK |= {"second_mentor": ""}


def test_a_talk_is_kept_line_by_line_and_goes_back_with_the_next_reply(mentor):
    shown(mentor)
    send_all(mentor, waiting_too=True)
    assert "level 3" in noted(mentor, "ada", TALK | {"do": "talk", "family": ""})
    path = mentor.folder / "desk" / "entrustment.jsonl"
    first = path.read_bytes()
    noted(mentor, "ada", TALK | {"do": "talk", "family": "", "outcome": "not yet", "limits": "tired that day"})
    assert path.read_bytes().startswith(first), "a line is added, and none is changed"
    assert send_all(mentor, waiting_too=True).sent == [("ada", BANK)]
    newest = sorted(mentor.outgoing("ada").glob("*.zip"), key=lambda path: path.stat().st_mtime)[-1]
    card = unpack_reply(newest.read_bytes(), "reply.zip").readiness
    assert [(each.competency, each.outcome, each.limits) for each in card.talks] == [("E4", "not yet", "")]
    assert card.talked_after == 1


def test_not_yet_keeps_no_reason(mentor):
    talk = note_talk(mentor, "ada", TALK | {"outcome": "not yet", "limits": "because"})
    assert talk.limits == ""
    assert "because" not in (mentor.folder / "desk" / "entrustment.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "level 4"}, "second mentor"),
        ({"outcome": "level 4", "second_mentor": "dr. a"}, "second mentor"),
        ({"outcome": "level 5"}, "outcome"),
        ({"competency": "E9"}, "competency"),
        ({"on": "2199-01-01"}, "date"),
        ({"on": "soon"}, "date"),
        ({"mentor": " "}, "mentor"),
        ({"limits": "x" * 401}, "limits"),
    ],
)
def test_a_talk_that_cannot_be_kept_is_said_in_words_and_keeps_nothing(mentor, change, field):
    with pytest.raises(ContentError) as caught:
        note_talk(mentor, "ada", TALK | change)
    assert caught.value.problems[0].field == field
    assert talks(mentor, "ada") == ()


def test_level_4_stands_with_a_second_mentor(mentor):
    talk = note_talk(mentor, "ada", TALK | {"outcome": "level 4", "second_mentor": "Dr. B"})
    assert talks(mentor, "ada") == (talk,)


def test_a_talk_begins_with_what_was_shown(mentor):
    sit_round(mentor, SoloPen())
    with pytest.raises(ContentError, match="shown"):
        noted(mentor, "ada", TALK | {"do": "talk", "family": ""})


def test_an_urgent_case_taken_again_together_is_noted_once(mentor):
    pen = SoloPen()
    sit_round(mentor, pen, alarm="no")
    last = readiness_view(mentor, "ada")["misses"][-1]["family"]
    noted(mentor, "ada", {"do": "retaken", "family": last})
    assert "taken again together" in readiness_view(mentor, "ada")["misses"][-1]["cleared"]
    with pytest.raises(ContentError):
        noted(mentor, "ada", {"do": "retaken", "family": last})


def test_the_page_suggests_one_case_that_held_and_one_that_did_not(mentor):
    pen = SoloPen()
    pen.sit()
    pen.sit(decision="watch")
    pen.sit()
    send(mentor, pen.parcel(), "all")
    collect(mentor)
    pen.write("share", "round-1")
    send(mentor, pen.parcel("share"), "share")
    collect(mentor)
    found = readiness_view(mentor, "ada")["suggested"]
    sets = gather(mentor, "ada").sets
    assert found["missed"]["family"] in sets[1].families
    assert found["met"]["family"] in sets[0].families + sets[2].families


def test_second_marks_of_another_mentor_are_read_and_ones_own_are_not(mentor):
    pen = shown(mentor)
    families = [name for each in gather(mentor, "ada").sets for name in each.families]
    for family in families:
        write_mark(mentor, "ada", BANK, family, "why", score=2, comment="")
    lines = [
        {"mentee": "ada", "exercise": BANK, "family": family, "question": "why", "mark": 3, "by": by, "at": DAYS[0]}
        for family, by in ((families[0], "Dr. Other"), (families[1], "Dr. Example"))
    ]
    path = mentor.folder / "desk" / "second-marks.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    twice = [reason.family for reason in gather(mentor, pen.mentee).reasons if reason.is_read_twice]
    assert twice == [families[0]]
