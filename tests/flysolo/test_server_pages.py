"""The home page and what is around it, over HTTP, on a real server: words, privacy, and what can go amiss."""

from __future__ import annotations

import re
import shutil
import time

import pytest

from flysolo.content import load_families, load_safety
from flysolo.files import write_whole
from flysolo.handin import MAX_BYTES
from flysolo.replies import ThreadReply, pack_reply
from tests.flysolo.server_world import CHECKOUT, days_ago, start_server, stop, write_content, write_events
from tests.samples import ANSWERS, EXERCISE

NEVER_SAID = re.compile(
    r"\b(student|wrong|incorrect|fail(ed|ure|s)?|excellent|great job|well done|you should have|score|traceback|"
    r"error|invalid)\b",
    re.I,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    tmp = tmp_path_factory.mktemp("server")
    running = start_server(tmp, "--name", "Ines")
    yield running
    stop(running.process)


@pytest.fixture
def course(server, monkeypatch):
    """A course that nobody has opened, without a shared folder."""
    monkeypatch.setenv("FLYSOLO_CONTENT", str(server.root))
    course = server.fresh()
    set_card(server, name="Ines", drop="")
    return course


@pytest.fixture
def reader(server, course):
    return server.browser()


@pytest.fixture
def families(course):
    return {family.id: family for family in load_families(EXERCISE)}


def set_card(server, **changes):
    card = server.course.card.model_copy(update=changes)
    write_whole(server.folder / "course.json", card.model_dump_json(indent=1))


def one_case(families, name="first-child", ago=3.0):
    """Events that complete one case."""
    kept = {"item": name, "fingerprint": families[name].fingerprint, "at": days_ago(ago)}
    events = []
    for question, value in ANSWERS.items():
        if question == "twin":
            events.append({"do": "commit"} | kept)
        events.append({"do": "save", "question": question, "value": value} | kept)
    return events


def answered(course, families):
    write_events(course.answers(EXERCISE), *one_case(families))


def asked(course, families, text="Would you wait?", ago=0.1):
    ask = {"do": "ask", "item": "first-child", "question": "decision", "value": {"text": text}, "at": days_ago(ago)}
    write_events(course.answers(EXERCISE), *one_case(families), ask)
    return len(one_case(families)) + 1


def finished(course, ago=2.1):
    guess = {"do": "save", "item": "first-guess", "question": "prediction", "value": {"choice": "opens"}}
    write_events(
        course.practice(EXERCISE),
        guess | {"at": days_ago(ago)},
        {"do": "place", "item": "finished", "at": days_ago(ago)},
    )


def primary_buttons(answer):
    return re.findall(r'class="fs-button"[^>]*>([^<]+)<', answer.html)


def parcel(course, page="<h1>Reply</h1><p>You linked stage and sound.</p>", threads=()):
    return pack_reply(course.card.course, course.card.mentee, EXERCISE, page, list(threads))


def thread(n, text="The letter goes today.", asked_text="Would you wait?"):
    return ThreadReply(
        n=n,
        item="first-child",
        question="decision",
        asked=asked_text,
        text=text,
        at=days_ago(0.05),
        mentor="Dr. Example",
    )


# who may look --------------------------------------------------------------------


def test_nobody_sees_the_work_without_the_link(server, course):
    for path in ("flysolo", f"flysolo/handed-in/{EXERCISE}", "flysolo/help", f"flysolo/reply/{EXERCISE}", "flysolo/x"):
        answer = server.browser(signed_in=False).get(path)
        assert "/login" in answer.url and "Please come in through your own link" in answer.text
        assert "Ines" not in answer.text


def test_the_code_leaves_the_address_once_it_has_done_its_work(reader, server):
    answer = server.browser(signed_in=False).get(server.address)
    assert answer.url.endswith("/flysolo") and "token" not in answer.url


def test_a_page_of_another_site_cannot_press_a_button(reader, course, families):
    answered(course, families)
    answer = reader.post(f"flysolo/hand-in/{EXERCISE}", xsrf=False)
    assert answer.status == 403
    assert "Nothing is lost" in answer.text
    assert not (course.folder / "hand-ins").exists()


@pytest.mark.parametrize("path", ["flysolo", "flysolo/help", "flysolo/nothing-here"])
def test_our_pages_load_nothing_remote_and_run_no_script(reader, path):
    answer = reader.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "script-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "<script" not in answer.html and "style=" not in answer.html and "http" not in " ".join(answer.links[:6])
    assert answer.headers["Cache-Control"] == "no-store"


# home ----------------------------------------------------------------------------


def test_a_first_visit_says_what_this_is_and_has_one_thing_to_press(reader):
    home = reader.get()
    assert "Welcome to Fly Solo" in home.text and "Twenty minutes at a time is plenty" in home.text
    assert "Practice is private, and asking never costs anything." in home.text
    assert primary_buttons(home) == ["Start the lesson"]
    assert "not started yet" in home.text


def test_safety_as_the_one_exception_to_privacy_is_said_on_page_one(reader):
    assert "bears on a child's safety, your mentor will always look at it" in reader.get().text


def test_home_says_where_the_work_is_kept(reader, server):
    assert f"Your work is kept in {server.folder}" in reader.get().text


def test_a_module_that_is_being_written_is_named_and_cannot_be_opened(reader):
    home = reader.get()
    assert "1 more module is being written" in home.text and "Why does the nose matter?" in home.text
    assert not any("02-still-written" in link for link in home.links)


def test_home_brings_the_mentee_back_to_the_section_where_they_stopped(reader, course):
    save = {"do": "save", "item": "coached-child", "question": "step-one", "value": {"choice": "way-1"}}
    write_events(course.practice(EXERCISE), save)
    home = reader.get()
    assert primary_buttons(home) == ["Continue the lesson"]
    assert "You stopped at: Practice with hints." in home.text
    assert any(
        link.endswith(f"voila/render/lessons/{EXERCISE}/lesson.ipynb#Practice-with-hints") for link in home.links
    )


def test_a_place_kept_by_the_lesson_itself_is_shown_by_its_heading(reader, course):
    write_events(course.practice(EXERCISE), {"do": "place", "item": "move-it"})
    assert "You stopped at: Move it." in reader.get().text


def test_exercises_are_told_in_cases_and_never_in_points(reader, course, families):
    answered(course, families)
    home = reader.get()
    assert "1 of 2 cases complete" in home.text
    assert not re.search(r"\d ?%|\d/\d|point", home.text)


def test_after_the_lesson_the_exercise_is_next(reader, course):
    finished(course, ago=0)
    home = reader.get()
    assert primary_buttons(home) == ["Open the exercise"]
    assert "finished on" in home.text


def test_once_every_case_is_complete_handing_in_is_next(reader, course, families):
    finished(course, ago=0)
    write_events(course.answers(EXERCISE), *one_case(families), *one_case(families, "second-child"))
    assert primary_buttons(reader.get()) == ["Hand in"]


def test_with_nothing_left_to_do_there_is_still_one_thing_to_press(reader, course, families):
    finished(course, ago=0)
    write_events(course.answers(EXERCISE), *one_case(families), *one_case(families, "second-child"))
    reader.post(f"flysolo/hand-in/{EXERCISE}")
    home = reader.get()
    assert primary_buttons(home) == ["Look at the lesson again"]
    assert "You are through everything that is open" in home.text


def test_an_answer_to_an_earlier_wording_does_not_count_as_complete(reader, course, families):
    events = [event | {"fingerprint": "0" * 16} for event in one_case(families)]
    write_events(course.answers(EXERCISE), *events)
    assert "0 of 2 cases complete" in reader.get().text


def test_a_spoiled_lesson_does_not_take_the_home_page_with_it(tmp_path, monkeypatch):
    from flysolo.course import make_course
    from flysolo.server.home import home

    monkeypatch.setenv("FLYSOLO_CONTENT", str(write_content(tmp_path / "content")))
    course = make_course(tmp_path / "course", mentee="ada")
    (tmp_path / "content" / "curriculum" / EXERCISE / "lesson.toml").write_text("spoiled", encoding="utf-8")
    shown = home(course)
    assert [row.fault for row in shown.rows] == [True]
    assert shown.next.label == "Read how this works"


def test_a_spoiled_answers_file_is_said_to_be_ours_to_mend(reader, course):
    path = course.answers(EXERCISE).path
    path.write_text("not ours\n", encoding="utf-8")
    home = reader.get()
    assert home.status == 200 and "That is for us to mend, not you; your answers in it are kept." in home.text
    assert path.read_text(encoding="utf-8") == "not ours\n"


def test_a_name_can_be_changed_and_the_id_never_does(reader, course, server):
    before = course.card.mentee
    reader.post("flysolo/name", name="  Dr.\tInes <b>Marlow</b> ")
    home = reader.get()
    assert 'value="Dr. Ines &lt;b&gt;Marlow&lt;/b&gt;"' in home.html
    assert server.course.card.mentee == before


def test_a_home_page_is_there_within_a_fifth_of_a_second(reader, course, families):
    answered(course, families)
    finished(course)
    reader.get()
    times = []
    for _ in range(8):
        begun = time.perf_counter()
        reader.get()
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.2, times


# handing in ------------------------------------------------------------------------


def test_one_press_hands_in_and_says_what_is_open_and_how_to_send_it(reader, course, families):
    answered(course, families)
    page = reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert page.url.endswith(f"flysolo/handed-in/{EXERCISE}")
    assert "Handed in on" in page.text and "One step is left: send the file" in page.text
    assert "The quiet child: 7 questions" in page.text and "Leaving questions open is fine." in page.text
    assert "You can hand in again at any time" in page.text
    link = next(each for each in page.links if "/flysolo/files/" in each)
    file = reader.get(link)
    assert file.headers["Content-Type"] == "application/zip" and "attachment" in file.headers["Content-Disposition"]
    assert file.body == next((course.folder / "hand-ins").glob("*.zip")).read_bytes()


def test_reloading_the_page_hands_in_nothing_a_second_time(reader, course, families):
    answered(course, families)
    page = reader.post(f"flysolo/hand-in/{EXERCISE}")
    reader.get(page.url)
    assert len(list((course.folder / "hand-ins").glob("*.zip"))) == 1


def test_an_unchanged_hand_in_is_noted_kindly(reader, course, families):
    answered(course, families)
    reader.post(f"flysolo/hand-in/{EXERCISE}")
    again = reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert "Nothing new to hand in" in again.text and "so that one still stands" in again.text


def test_a_blank_exercise_is_not_handed_in(reader):
    page = reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert page.status == 200 and "Not handed in yet" in page.text and "One answered question is enough" in page.text


def test_with_a_shared_folder_nothing_is_left_to_do(reader, course, server, families, tmp_path):
    (tmp_path / "drop").mkdir()
    set_card(server, drop=str(tmp_path / "drop"))
    answered(course, families)
    page = reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert "You need do nothing more." in page.text and "Save the file" not in page.text
    home = reader.get().text
    assert "Your hand-in of “Why does a throat stay open?”" in home and "Your mentor replies by" in home


def test_a_shared_folder_that_is_away_is_said_calmly(reader, course, server, families, tmp_path):
    set_card(server, drop=str(tmp_path / "away"))
    answered(course, families)
    assert "cannot be reached just now. Everything you save is kept here" in reader.get().text
    page = reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert "cannot be reached just now" in page.text and "Save the file" in page.text


def test_a_promise_that_has_passed_is_named_without_blame(reader, course, server, families, tmp_path, monkeypatch):
    (tmp_path / "drop").mkdir()
    set_card(server, drop=str(tmp_path / "drop"))
    answered(course, families)
    from flysolo import deliver

    monkeypatch.setattr("flysolo.handin.now", lambda: days_ago(5))
    deliver.hand_in(server.course, EXERCISE)
    assert "that day has passed. It is fine to remind your mentor." in reader.get().text


@pytest.mark.parametrize("name", ["..%2F..%2Fcourse.json", "course.json", "sent.txt", "%2e%2e", "%2e%2e%2fx.zip"])
def test_no_file_but_parcels_can_be_fetched(reader, course, families, name):
    answered(course, families)
    reader.post(f"flysolo/hand-in/{EXERCISE}")
    assert reader.get(f"flysolo/files/{name}").status == 404


# questions -------------------------------------------------------------------------


def test_a_question_waits_with_its_case_and_can_be_sent_from_the_home_page(reader, course, families):
    asked(course, families, "Would you wait for <b>the</b> study?")
    home = reader.get()
    assert "Your question in “The loud child”" in home.text
    assert "&lt;b&gt;the&lt;/b&gt;" in home.html, "what a mentee typed is never markup"
    assert "Send your question to your mentor" in home.text
    after = reader.post(f"flysolo/questions/{EXERCISE}")
    assert "Save the file to send it" in after.text and "Send your question to your mentor" not in after.text


def test_an_answer_comes_back_with_a_link_to_the_place_where_it_was_asked(reader, course, families):
    n = asked(course, families)
    page = reader.upload("flysolo/reply", "reply.zip", parcel(course, page=None, threads=[thread(n)]))
    assert "You asked in “The loud child”: Would you wait?" in page.text and "The letter goes today." in page.text
    assert "New" in page.text and "Your question in “The loud child”" not in page.text
    go = reader.opener.open(reader.base + f"flysolo/answer/{EXERCISE}/{n}")
    assert go.url.endswith(f"voila/render/exercises/{EXERCISE}/cases.ipynb?case=first-child")
    assert '<span class="fs-tag fs-tag-new">' not in reader.get().html


def test_an_answer_is_words_and_never_markup(reader, course, families):
    n = asked(course, families)
    bold = thread(n, text="<img src=x onerror=alert(1)> & more")
    page = reader.upload("flysolo/reply", "reply.zip", parcel(course, page=None, threads=[bold]))
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; more" in page.html


# replies ---------------------------------------------------------------------------


def test_a_reply_file_is_added_and_shown_between_our_header_and_nothing_else(reader, course):
    page = reader.upload("flysolo/reply", "reply (1).zip", parcel(course))
    assert page.url.endswith(f"flysolo/reply/{EXERCISE}") and "Reply to “Why does a throat stay open?”" in page.text
    assert 'title="Your mentor&#39;s reply"' in page.html or 'title="Your mentor\'s reply"' in page.html
    assert "flysolo" in page.links[-1] or any(link.endswith("/flysolo") for link in page.links)
    itself = reader.get(f"flysolo/reply/{EXERCISE}/page")
    assert itself.html == "<h1>Reply</h1><p>You linked stage and sound.</p>"


def test_nothing_in_a_reply_can_run_or_ask_anybody_for_anything(reader, course):
    reader.upload("flysolo/reply", "r.zip", parcel(course, page="<script>alert(1)</script><p>Words</p>"))
    itself = reader.get(f"flysolo/reply/{EXERCISE}/page")
    policy = itself.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "allow-scripts" not in policy and "allow-same-origin" not in policy
    assert "default-src 'none'" in policy and "img-src data:" in policy and "script-src" not in policy
    frame = re.search(r"<iframe[^>]*>", reader.get(f"flysolo/reply/{EXERCISE}").html).group(0)
    assert "sandbox=" in frame and "allow-scripts" not in frame and "allow-same-origin" not in frame


def test_new_replies_come_first_and_are_no_longer_new_once_read(reader, course, families):
    n = asked(course, families)
    reader.upload("flysolo/reply", "r.zip", parcel(course, threads=[thread(n)]))
    home = reader.get()
    came = home.text[home.text.index("What came back") :]
    assert came.index("You asked in") < came.index("Reply to your hand-in"), "the reply was opened, the answer was not"
    assert home.html.count("fs-tag-new") == 1


def test_a_reply_for_somebody_else_is_not_opened(reader, course):
    data = pack_reply(course.card.course, "somebody-else", EXERCISE, "<p>Private</p>", [])
    page = reader.upload("flysolo/reply", "reply.zip", data)
    assert (
        "Nothing was added" in page.text and "tell your mentor that a reply for somebody else reached you" in page.text
    )
    assert not (course.folder / "replies").exists()


@pytest.mark.parametrize(
    "data", [b"", b"not a zip", b"PK\x03\x04 cut short", b"x" * (MAX_BYTES + 1)], ids=["empty", "text", "cut", "huge"]
)
def test_a_file_that_is_no_reply_changes_nothing_and_says_what_to_do(reader, course, data):
    page = reader.upload("flysolo/reply", "holiday.zip", data)
    assert page.status == 200 and "Nothing was added" in page.text
    assert not (course.folder / "replies").exists()


def test_a_hand_in_chosen_by_mistake_is_not_taken_for_a_reply(reader, course, families):
    answered(course, families)
    reader.post(f"flysolo/hand-in/{EXERCISE}")
    mine = next((course.folder / "hand-ins").glob("*.zip")).read_bytes()
    assert "Nothing was added" in reader.upload("flysolo/reply", "hand-in.zip", mine).text


def test_replies_in_the_shared_folder_arrive_by_themselves_and_spoiled_ones_are_named(reader, course, server, tmp_path):
    box = tmp_path / "drop" / "to-mentee" / course.card.mentee
    box.mkdir(parents=True)
    set_card(server, drop=str(tmp_path / "drop"))
    (box / "reply-1.zip").write_bytes(parcel(course))
    (box / "reply-2.zip").write_bytes(b"half of a file")
    home = reader.get().text
    assert "Reply to your hand-in of" in home
    assert "A reply waits in the shared folder and cannot be opened: reply-2.zip" in home
    assert "reply-1.zip" not in home


def test_a_reply_whose_inside_makes_no_sense_is_named_too(reader, course, server, tmp_path):
    import hashlib
    import json

    from flysolo.handin import zip_parts

    body = b'[{"n": "no number"}]'
    kept = {"format": 1, "kind": "reply", "course": course.card.course, "mentee": course.card.mentee}
    kept |= {"exercise": EXERCISE, "made_at": days_ago(0), "sha256": hashlib.sha256(body).hexdigest()}
    box = tmp_path / "drop" / "to-mentee" / course.card.mentee
    box.mkdir(parents=True)
    set_card(server, drop=str(tmp_path / "drop"))
    parts = {"manifest.json": json.dumps(kept).encode(), "threads.json": body}
    (box / "reply-1.zip").write_bytes(zip_parts(parts))
    home = reader.get()
    assert home.status == 200 and "cannot be opened: reply-1.zip" in home.text


# recall ----------------------------------------------------------------------------


def recall(name="muscle"):
    return f"flysolo/recall/{EXERCISE}/why-{name}"


def test_a_question_comes_back_on_the_home_page_after_two_days(reader, course):
    finished(course, ago=1.0)
    assert "come back today" not in reader.get().text
    finished(course, ago=2.1)
    home = reader.get()
    assert "3 questions come back today" in home.text and primary_buttons(home) == ["Answer the first"]


def test_one_way_to_say_it_stays_closed_until_the_mentee_has_had_the_box(reader, course):
    finished(course)
    page = reader.get(recall())
    assert "Why does the muscle matter at night?" in page.text and "holds the throat open" not in page.text
    assert "no name, no date of birth, no number" in page.text, "a warning stands beside every box for words"


def test_words_and_parts_are_saved_in_the_private_ledger_and_in_no_hand_in(reader, course, families):
    finished(course)
    answered(course, families)
    shown = reader.post(recall(), round="2", step="words", text="It holds.\r\nIt lets go.")
    assert "It holds.\nIt lets go." in shown.html and "holds the throat open" in shown.text
    assert "What holds it open" in shown.text
    saved = reader.post(recall(), round="2", step="parts", part=["part-1", "part-7", "other"])
    assert re.search(r"Saved at \d\d:\d\d\. This question comes back on", saved.text)
    event = course.practice(EXERCISE).read().latest("why-muscle", "recall-2")
    assert event.value.text == "It holds.\nIt lets go." and event.value.choices == ("part-1",)
    reader.post(f"flysolo/hand-in/{EXERCISE}")
    from flysolo.handin import read_file

    book = read_file(next((course.folder / "hand-ins").glob("*.zip"))).book
    assert "why-muscle" not in {event.item for event in book.events}


def test_saying_it_aloud_is_enough(reader, course):
    finished(course)
    shown = reader.post(recall(), round="2", step="words", text="   ")
    assert "holds the throat open" in shown.text
    assert course.practice(EXERCISE).read().latest("why-muscle", "recall-2") is None
    reader.post(recall(), round="2", step="parts")
    assert course.practice(EXERCISE).read().latest("why-muscle", "recall-2").value.choices == ()
    assert "2 questions come back today" in reader.get().text


def test_two_windows_save_one_round_and_lose_nothing(reader, course, server):
    finished(course)
    other = server.browser()
    reader.post(recall(), round="2", step="words", text="From the first window.")
    other.post(recall(), round="2", step="words", text="From the second window.")
    book = course.practice(EXERCISE).read()
    assert [e.value.text for e in book.of("why-muscle")] == ["From the first window.", "From the second window."]
    assert "2 questions come back today" in reader.get().text


def test_a_round_cannot_be_answered_ahead_of_its_day(reader, course):
    finished(course)
    for ahead in ("7", "21", "99", "x", "", "²"):
        reader.post(recall(), round=ahead, step="words", text="Too early.")
    assert list(course.practice(EXERCISE).read().of("why-muscle")) == []


def test_a_question_that_is_not_due_says_when_it_comes_back(reader, course):
    finished(course, ago=0)
    assert "It comes back on" in reader.get(recall()).text
    shutil.rmtree(course.folder / "practice")
    assert "once you have finished the lesson" in reader.get(recall()).text


def test_what_is_too_long_to_save_stays_on_the_page(reader, course):
    finished(course)
    page = reader.post(recall(), round="2", step="words", text="word " * 500)
    assert "longer than 2,000 characters" in page.text and "word word word" in page.text


def test_words_that_may_point_to_a_patient_are_asked_about_before_they_are_kept(reader, course):
    finished(course)
    words = "As in my patient Anna Schmidt."
    page = reader.post(recall(), round="2", step="words", text=words)
    assert words in page.text and "“Anna Schmidt” looks like a name" in page.text
    assert course.practice(EXERCISE).read().latest("why-muscle", "recall-2") is None
    reader.post(recall(), round="2", step="words", text=words, sure="1")
    assert course.practice(EXERCISE).read().latest("why-muscle", "recall-2").value.text == words


def test_the_studies_are_shown_beside_one_way_to_say_it(reader, course):
    finished(course)
    page = reader.post(recall(), round="2", step="words", text="So.")
    assert "What this rests on" in page.text and 'class="fs-evidence' in page.html


# help, faults, words -----------------------------------------------------------------


def test_help_says_who_sees_what_and_when_to_phone(reader):
    page = reader.get("flysolo/help")
    for words in ("When you are stuck", "How asking works", "Who sees what", "When to phone somebody today"):
        assert words in page.text
    assert 'id="privacy"' in page.html and "Predictions, practice and how often you tried" in page.text


@pytest.mark.parametrize("path", ["flysolo/help", "flysolo/today"])
def test_every_safety_line_shows_the_pathway_it_rests_on(reader, path):
    page = reader.get(path)
    assert "Emergency department, now." in page.text
    wanted = {each for row in load_safety().rows for each in row.findings}
    assert page.html.count("<article") == len(wanted) and "Limits" in page.text


def test_a_safety_line_that_lost_its_finding_is_not_said(monkeypatch):
    from flysolo import house
    from flysolo.problems import ContentError

    def gone(_):
        raise ContentError([])

    monkeypatch.setattr(house, "card_html", gone)
    assert [row.findings for row in house.safety_rows()] == [()], "only what the course decided itself is left"


def test_what_the_mentor_sees_has_a_page_of_its_own_and_says_the_exception_first(reader):
    page = reader.get("flysolo/privacy").text
    assert page.index("a child's safety") < page.index("Your mentor sees only if you share it")
    assert "Your needs assessment and your estimates" in page.split("Nobody sees but you")[1]


def test_the_safety_page_is_one_press_away_from_every_page(reader):
    for path in ("flysolo", "flysolo/help", "flysolo/privacy", "flysolo/nothing-here"):
        assert any(link.endswith("flysolo/today") for link in reader.get(path).links), path


@pytest.mark.parametrize(
    "path",
    ["flysolo/nothing-here", "nothing-here", "flysolo/handed-in/02-no-such-module"],
)
def test_an_address_that_leads_nowhere_says_that_nothing_is_lost(reader, path):
    page = reader.get(path)
    assert page.status == 404 and "This page is not here" in page.text and "Nothing is lost" in page.text
    assert "Traceback" not in page.html and "Jupyter" not in page.html


def test_a_lesson_that_is_not_there_is_answered_in_words(reader):
    page = reader.get("voila/render/nothing.ipynb")
    assert page.status == 404 and "Traceback" not in page.html and "Jupyter" not in page.text
    assert "Fly Solo" in page.text


def test_a_fault_of_ours_is_ours_and_is_noted_without_words_of_the_mentee(reader, course, server):
    card = (server.folder / "course.json").read_text(encoding="utf-8")
    write_whole(server.folder / "course.json", '{"format": 1, "mentee": "private words"}')
    try:
        page = reader.get()
    finally:
        write_whole(server.folder / "course.json", card)
    assert page.status == 500 and "That is ours to mend, not yours." in page.text
    assert "Traceback" not in page.html and "ContentError" not in page.html
    faults = (course.folder / ".fly" / "faults.txt").read_text(encoding="utf-8")
    assert "GET /flysolo: ContentError" in faults and "private" not in faults


def test_a_spoiled_reply_is_ours_to_mend_and_leaves_the_rest_of_the_page(reader, course, families):
    n = asked(course, families)
    reader.upload("flysolo/reply", "r.zip", parcel(course, page=None, threads=[thread(n)]))
    (course.folder / "replies" / EXERCISE / "threads.json").write_text('[{"n": "spoiled"}]', encoding="utf-8")
    page = reader.get()
    assert page.status == 200 and "That is for us to mend, not you; your answers in it are kept." in page.text


def test_no_page_speaks_to_people_in_words_of_school(reader, course, families):
    finished(course)
    n = asked(course, families)
    pages = [reader.get(path).text for path in ("flysolo", "flysolo/help", "flysolo/nothing", recall(), "login")]
    pages.append(reader.post(f"flysolo/hand-in/{EXERCISE}").text)
    pages.append(reader.post(recall(), round="2", step="words", text="So.").text)
    pages.append(reader.upload("flysolo/reply", "x.zip", b"nothing").text)
    pages.append(reader.upload("flysolo/reply", "x.zip", parcel(course, threads=[thread(n)])).text)
    for text in pages:
        found = NEVER_SAID.search(text)
        assert not found, f"“{found.group(0)}” in: {text[max(0, found.start() - 80) : found.end() + 40]}"


# what runs beside our pages -------------------------------------------------------------


def test_a_lesson_opens_as_a_page_with_the_python_that_runs_the_server(reader):
    import sys

    page = reader.get(f"voila/render/lessons/{EXERCISE}/lesson.ipynb")
    assert page.status == 200 and "Practice with hints" in page.text
    assert sys.executable in page.html


def test_a_kernel_of_the_same_name_in_the_users_own_folder_is_never_used(tmp_path, monkeypatch):
    import json
    import sys

    from flysolo.server.kernel import OwnKernel

    strange = tmp_path / "kernels" / "python3"
    strange.mkdir(parents=True)
    spec = {"argv": ["/usr/bin/false"], "display_name": "Another", "language": "python"}
    (strange / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager = OwnKernel()
    assert list(manager.find_kernel_specs()) == ["python3"]
    assert manager.get_kernel_spec("python3").argv[0] == sys.executable


def test_jupyterlab_shows_none_of_the_panels_for_teachers_and_asks_no_news(reader):
    page = reader.get("lab")
    assert page.status == 200
    off = re.search(r'"disabledExtensions": \[([^\]]*)\]', page.html).group(1)
    for part in ("@jupyter/nbgrader", "@jupyterlab/apputils-extension:announcements", "@jupyterlab/terminal-extension"):
        assert part in off
    assert reader.get("api/terminals").status == 404


def test_the_hidden_folder_is_not_offered_in_the_file_list(reader, server):
    listing = reader.get("api/contents").html
    assert '"lessons"' in listing and ".fly" not in listing
    assert (server.folder / ".fly").is_dir()


def test_the_users_own_jupyter_settings_stay_as_they_are(server):
    home = server.folder.parent / "home"
    assert not (home / ".jupyter").exists() and not (home / ".ipython").exists()


def test_the_style_is_served_to_anybody_and_says_nothing(server):
    answer = server.browser(signed_in=False).get("flysolo/static/style.css")
    assert answer.status == 200 and answer.body == (CHECKOUT / "flysolo/server/static/style.css").read_bytes()
    assert server.browser(signed_in=False).get("flysolo/static/%2e%2e%2froutes.py").status in (403, 404)
