"""The desk: what matters first, nobody ranked, words marked without names, one mark in desk and formgrader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from flysolo.problems import ContentError
from graders import desk_actions, threads
from graders.batch import mark
from graders.collect import collect
from graders.desk_counter import counter_case
from graders.desk_data import desk, utc_now
from graders.desk_forms import question_view, words_view
from graders.desk_gradebook import comments, words_rows, write_mark
from graders.desk_time import due, in_words
from graders.desk_views import mentee_view
from graders.reply import make_page, send_all
from tests.graders import invented

EX = invented.EXERCISE
LUCKY = {"reason": "size", "confidence": "act"}


@pytest.fixture
def hand_in(mentor_course, pen, send):
    """Hand in, collect and mark the answers of several mentees; returns the mentor's course."""

    def put(**people):
        for name, write in people.items():
            send(write(pen(name)).parcel(), f"{name}.zip")
        collect(mentor_course)
        report = mark(mentor_course)
        assert not report.faults, report.faults
        return mentor_course

    return put


def kinds(course):
    return [(item.kind, item.mentee, item.family) for item in desk(course, utc_now()).items]


def lucky(page):
    return page.answer_all("loud-child", **LUCKY)


def unsafe(page):
    return page.answer_all("quiet-child", alarm="no")


def asks(page):
    return page.save("loud-child", "decision", choice="letter").write("ask", "loud-child", value={"text": "Why?"})


def test_safety_comes_first_then_loose_reasons_then_questions_then_words(hand_in):
    course = hand_in(ada=asks, ben=lucky, cleo=unsafe)
    assert kinds(course) == [
        ("safety", "cleo", "quiet-child"),
        ("reason", "ben", "loud-child"),
        ("question", "ada", "loud-child"),
        ("words", "ben", "loud-child"),
    ]


def test_a_mentee_whose_answers_hold_waits_for_nothing_but_the_words(hand_in):
    course = hand_in(ada=lambda page: page.answer_all("loud-child").answer_all("quiet-child"))
    assert kinds(course) == [("words", "ada", "loud-child")]


def test_blank_answers_are_never_a_safety_miss_nor_a_loose_reason(hand_in):
    course = hand_in(ada=lambda page: page.save("quiet-child", "decision", choice="letter"))
    assert kinds(course) == []


def test_the_surer_of_two_loose_reasons_comes_first(hand_in):
    course = hand_in(
        ada=lambda page: page.answer_all("quiet-child", reason="size", confidence="guess"),
        ben=lambda page: page.answer_all("quiet-child", reason="size", confidence="act"),
    )
    assert [item.mentee for item in desk(course, utc_now()).items] == ["ben", "ada"]


def test_an_item_says_what_was_chosen_and_why_in_the_mentees_own_numbers(hand_in, pen):
    course = hand_in(ben=lucky)
    item = desk(course, utc_now()).items[0]
    case = pen("ben").cases["loud-child"]
    assert (item.chosen, item.reason) == (
        case.text("Choose letter for {{ name }}"),
        case.text("Think size for {{ name }}"),
    )
    assert item.title == case.text(case.family.title)
    assert item.counter.draft.count(item.reason) == 1
    assert item.href == f"desk/mentee/ben#{EX}--loud-child"


def test_the_first_screen_shows_three_of_each_mentee_and_says_how_many_more(hand_in):
    def many(page):
        unsafe(lucky(page))
        for number in range(3):
            page.write("ask", "loud-child", value={"text": f"Question {number}?"})
        return page

    course = hand_in(ada=many, ben=asks)
    rows = desk(course, utc_now()).first_screen()
    assert [(item.kind, more) for item, more in rows if item.mentee == "ada"] == [
        ("safety", 0),
        ("reason", 0),
        ("question", 2),
    ]
    assert [(item.kind, more) for item, more in rows if item.mentee == "ben"] == [("question", 0)]


def test_mentees_are_listed_by_name_and_nothing_on_the_desk_compares_them(hand_in):
    course = hand_in(cleo=lucky, ada=unsafe, ben=asks)
    found = desk(course, utc_now())
    assert [person.mentee for person in found.people] == ["ada", "ben", "cleo"]
    assert not {"score", "rank", "mean", "decision", "reasoning"} & set(found.people[0].__dataclass_fields__)


def test_waiting_longer_than_promised_is_said(hand_in):
    course = hand_in(ada=asks)
    soon, later = utc_now(), utc_now() + timedelta(days=2, minutes=1)
    assert [item.late for item in desk(course, soon).items] == [False]
    found = desk(course, later)
    assert [(item.late, item.waited) for item in found.items] == [(True, "2 days")]
    assert found.pace.late == 1


def test_the_reply_time_is_the_median_from_arrival_to_the_first_answer(hand_in):
    course = hand_in(ada=asks)
    assert desk(course, utc_now()).pace.median == ""
    threads.answer(course, "ada", EX, 2, "Because.")
    pace = desk(course, utc_now()).pace
    assert (pace.median, pace.answered, pace.late) == ("less than an hour", 1, 0)


def test_a_promise_of_two_days_ends_two_days_after_arrival():
    friday = datetime(2026, 1, 9, 15, tzinfo=UTC)
    assert due(friday, 2) == friday + timedelta(days=2)


@pytest.mark.parametrize(
    ("stretch", "words"),
    [
        (timedelta(minutes=4), "less than an hour"),
        (timedelta(minutes=61), "an hour"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(hours=30), "a day"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_a_wait_is_said_in_the_one_unit_that_matters(stretch, words):
    assert in_words(stretch) == words


def test_a_counter_case_is_another_child_in_whom_the_rule_breaks_or_else_the_twin(pen):
    cases = pen().cases
    keys = {name: pen().key(name) for name in cases}
    breaking = {name: (cases[name], keys[name].model_copy(update={"rules": ("X01",)})) for name in cases}
    other = counter_case(cases["loud-child"], "Size decides.", "X01", breaking)
    assert cases["quiet-child"].text(cases["quiet-child"].family.title) in other.title
    twin = counter_case(cases["loud-child"], "Size decides.", "", breaking)
    assert "Same child, but silent." in twin.draft
    assert "Nights: none" in twin.draft


def see(course, **changes):
    item = desk(course, utc_now()).items[0]
    said = {"kind": item.kind, "exercise": EX, "family": item.family, "event": str(item.event), "text": "", "how": ""}
    return desk_actions.see_to(course, item.mentee, said | changes)


def test_words_on_a_loose_reason_go_out_with_the_reply_and_the_item_is_done(hand_in):
    course = hand_in(ben=lambda page: page.answer_all("quiet-child", **LUCKY))
    see(course, how="wrote", text="Hold it against the <b>silent</b> one.")
    assert kinds(course) == []
    assert list(comments(course, "ben", EX).values()) == ["Hold it against the <b>silent</b> one."]
    page = make_page(course, "ben", EX)
    assert "Hold it against the &lt;b&gt;silent&lt;/b&gt; one." in page


def test_those_words_outlive_a_new_marking(hand_in):
    course = hand_in(ben=lambda page: page.answer_all("quiet-child", **LUCKY))
    see(course, how="wrote", text="Stay.")
    mark(course, again=True)
    assert list(comments(course, "ben", EX).values()) == ["Stay."]


@pytest.mark.parametrize("how", ["talked", "set aside"])
def test_a_safety_miss_leaves_the_desk_once_it_is_seen_to(hand_in, how):
    course = hand_in(cleo=unsafe)
    see(course, how=how)
    assert kinds(course) == []


def test_another_unsafe_answer_is_another_item(hand_in, pen, send):
    course = hand_in(cleo=lambda page: page.save("quiet-child", "alarm", choice="no"))
    see(course, how="talked")
    again = pen("cleo").save("quiet-child", "alarm", choice="no").save("quiet-child", "alarm", choice="no")
    send(again.parcel(), "again.zip")
    desk_actions.collect_and_mark(course)
    assert kinds(course) == [("safety", "cleo", "quiet-child")]


def test_what_changed_since_the_page_was_opened_is_not_seen_to(hand_in):
    course = hand_in(cleo=unsafe)
    with pytest.raises(ContentError, match="than was shown"):
        see(course, how="talked", event="999")
    assert len(kinds(course)) == 1


@pytest.fixture
def three_words(hand_in):
    """Three mentees have written a reason on the same case."""
    return hand_in(**{name: lambda page: page.answer_all("loud-child") for name in ("ada", "ben", "cleo")})


def view(course, item):
    return words_view(course, item.code, EX, "loud-child", "why", utc_now())


def test_words_are_marked_without_names_in_an_order_that_stays(three_words):
    items = desk(three_words, utc_now()).words()[0]
    first = [view(three_words, item)["place"] for item in items]
    assert first == [(1, 3), (2, 3), (3, 3)]
    assert [item.code for item in desk(three_words, utc_now()).words()[0]] == [item.code for item in items]
    for item in items:
        assert not any(name in item.href for name in ("ada", "ben", "cleo"))


def test_a_mark_at_the_desk_is_the_mark_in_nbgrader(three_words):
    item = desk(three_words, utc_now()).words()[0][0]
    said = {"score": "2", "comment": "Two links.", "event": str(item.event)}
    goes_on = desk_actions.mark_words(three_words, (item.code, EX, "loud-child", "why"), said, utc_now())
    with Gradebook(three_words.db_url) as book:
        grade = book.find_grade("loud-child--why", "cases", EX, item.mentee)
        comment = book.find_comment("loud-child--why", "cases", EX, item.mentee)
        assert (grade.manual_score, grade.needs_manual_grade, comment.manual_comment) == (2.0, False, "Two links.")
    assert view(three_words, item)["place"] == (1, 3), "marking does not change who is where"
    assert goes_on == desk(three_words, utc_now()).words()[0][0].href


def test_a_mark_is_counted_as_a_first_reply(three_words):
    item = desk(three_words, utc_now()).words()[0][0]
    said = {"score": "0", "comment": "", "event": str(item.event)}
    desk_actions.mark_words(three_words, (item.code, EX, "loud-child", "why"), said, utc_now())
    assert desk(three_words, utc_now()).pace.answered == 1


@pytest.mark.parametrize("score", ["", "4", "-1", "two"])
def test_a_mark_outside_the_anchors_is_refused_and_nothing_is_written(three_words, score):
    item = desk(three_words, utc_now()).words()[0][0]
    said = {"score": score, "comment": "Kept out.", "event": str(item.event)}
    with pytest.raises(ContentError):
        desk_actions.mark_words(three_words, (item.code, EX, "loud-child", "why"), said, utc_now())
    assert all(row.score is None and not row.comment for row in words_rows(three_words).values())


def test_words_that_changed_while_the_page_was_open_are_not_marked_unread(three_words, pen, send):
    item = desk(three_words, utc_now()).words()[0][0]
    said = {"score": "3", "comment": "", "event": str(item.event)}
    again = pen(item.mentee).answer_all("loud-child")
    again.save("loud-child", "why", picks=["link-a"], because="Other words.")
    send(again.parcel(), "again.zip")
    desk_actions.collect_and_mark(three_words)
    if view(three_words, item)["mark"].event == item.event:
        pytest.fail("the later words do not count; this test needs them to")
    with pytest.raises(ContentError, match="new words came in"):
        desk_actions.mark_words(three_words, (item.code, EX, "loud-child", "why"), said, utc_now())


def test_words_written_on_the_case_before_are_offered_again_without_names(three_words):
    one, two, _ = desk(three_words, utc_now()).words()[0]
    write_mark(three_words, one.mentee, EX, "loud-child", "why", score=1, comment="Which two findings?")
    assert view(three_words, two)["bank"] == ["Which two findings?"]
    assert view(three_words, one)["bank"] == []


def test_taking_an_earlier_text_adds_it_and_loses_nothing():
    typed = {"text": "My own start.", "take": "1"}
    assert desk_actions.with_taken(typed, "text", ["a", "b"])["text"] == "My own start.\n\nb"
    assert desk_actions.with_taken({"text": "x", "take": "9"}, "text", ["a"]) == {"text": "x", "take": "9"}


def test_a_question_stands_beside_the_child_what_was_chosen_and_what_the_key_says(hand_in):
    course = hand_in(ada=asks)
    found = question_view(course, "ada", EX, 2, utc_now())
    assert found["about"]["rows"][0]["label"] == "Decision"
    assert found["about"]["child"].findings[0] == ["Tonsils", "grade 1+"]
    assert any("letter" in text for _, text in found["about"]["key"])


def test_answers_that_were_not_handed_in_are_not_known_at_the_desk(mentor_course, pen, send):
    send(asks(pen()).parcel("questions"), "q.zip")
    collect(mentor_course)
    assert question_view(mentor_course, "ada", EX, 2, utc_now())["about"]["rows"] == []
    assert mentee_view(mentor_course, "ada", utc_now())["exercises"] == []


def test_the_page_of_a_mentee_says_what_stays_private(hand_in):
    found = mentee_view(hand_in(ada=lucky), "ada", utc_now())
    assert "Practice, predictions, hints" in found["private"]
    with pytest.raises(ContentError):
        mentee_view(hand_in(), "nobody", utc_now())


def test_replies_that_wait_for_a_mark_are_named_and_not_sent(three_words):
    assert "0 replies written" in desk_actions.write_replies(three_words, waiting_too=False)
    assert "ada, ben, cleo" in desk_actions.write_replies(three_words, waiting_too=False)


def test_a_reply_after_the_marks_carries_them(three_words):
    for item in desk(three_words, utc_now()).words()[0]:
        write_mark(three_words, item.mentee, EX, "loud-child", "why", score=3, comment="Whole.")
    report = send_all(three_words)
    assert sorted(report.sent) == [("ada", EX), ("ben", EX), ("cleo", EX)]
