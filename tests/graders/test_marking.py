"""Marks follow the design: decisions and reasons apart, blanks never zero, nothing guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from flysolo.content import Case
from flysolo.schema.family import Option, Question
from flysolo.schema.words import OptionWords
from graders import words
from graders.keys import Key, ListKey
from graders.markers import MARKERS
from graders.marking import Mark, mark_family
from graders.stuffing import LINKED, LISTED
from graders.summary import Summary, summarize
from tests.graders import invented

LOUD, QUIET = "loud-child", "quiet-child"


def marks_of(pen, family: str = LOUD, **key_changes) -> dict[str, Mark]:
    key = pen.key(family)
    if key_changes:
        key = key.model_copy(update=key_changes)
    return {mark.question: mark for mark in mark_family(pen.cases[family], key, pen.book())}


def test_supported_answers_get_every_point(whole_answers):
    for family in (LOUD, QUIET):
        for mark in marks_of(whole_answers, family).values():
            if mark.kind not in ("confidence", "justification"):
                assert mark.score == mark.points == 1, mark.question


def test_a_blank_answer_is_never_called_zero(pen):
    for mark in marks_of(pen()).values():
        assert mark.state == "not answered" and mark.score is None
        assert mark.gradebook_points == 0
    assert summarize(list(marks_of(pen()).values())).decision is None


def test_white_space_is_no_answer(pen):
    marks = marks_of(pen().save(LOUD, "why", because="  \n "))
    assert marks["why"].state == "not answered"


def test_an_acceptable_decision_gets_half_and_carries_no_pair(pen):
    marks = marks_of(pen().answer_all(LOUD, decision="tonight"))
    assert marks["decision"].score == 0.5
    assert marks["twin"].score == 0 and marks["twin"].supported
    assert marks["reason"].score == 0 and marks["reason"].slipped


def test_a_supported_reason_beside_another_decision_is_a_sound_idea_that_slipped(pen):
    marks = marks_of(pen().answer_all(LOUD, decision="watch"))
    assert marks["reason"].score == 0
    assert marks["reason"].supported and marks["reason"].slipped


def test_a_pair_counts_only_when_both_hold(pen):
    assert marks_of(pen().answer_all(LOUD, twin="letter"))["twin"].score == 0
    assert marks_of(pen().answer_all(LOUD, decision="plate"))["twin"].score == 0
    assert marks_of(pen().answer_all(LOUD))["twin"].score == 1


@pytest.mark.parametrize(
    ("picks", "score"),
    [
        (["need-a", "need-b", "need-c"], 1),
        (["need-a", "need-b"], 2 / 3),
        (["need-a", "need-b", "need-j"], 1 / 3),
        (["need-j"], 0),
        (["need-j", "need-a"], 0),
        (["need-d", "need-e", "need-f"], 0),
        (invented.NEEDS, 0),
        (["need-a", "need-a", "need-a"], 1 / 3),
    ],
)
def test_key_features_are_hits_less_harmful_picks_in_thirds(pen, picks, score):
    assert marks_of(pen().save(LOUD, "needs", choices=picks))["needs"].score == pytest.approx(score)


STATEMENTS = ("one", "two", "three", "four", "five", "six")


@pytest.mark.parametrize(
    ("ticked", "score"),
    [
        (["one", "two", "three"], 1.0),
        (["one", "two"], 0.5),
        (["one", "two", "three", "four"], 0.5),
        (["one"], 0.0),
        (["four", "five"], 0.0),
        (list(STATEMENTS), 0.0),
    ],
)
def test_ticking_every_statement_about_a_study_or_a_single_one_earns_nothing(ticked, score):
    words = OptionWords(sees="It.", leads="A thought.", breaks="Another child.", look="The row.")
    key = ListKey(can=STATEMENTS[:3], because="So.", options=dict.fromkeys(STATEMENTS, words))
    question = Question(id="ev", kind="evidence", ask="What?", options=[Option(id=o, text=o) for o in STATEMENTS])
    mark = Mark(
        family="a", question="ev", kind="evidence", state="answered", points=1, chosen=[(each, each) for each in ticked]
    )
    case = type("Drawn", (), {"text": str, "options": lambda self, asked: [(o, o) for o in STATEMENTS]})()
    assert MARKERS["evidence"](mark, case, question, None, key, {}).score == score


TERMS = "Mechanism, closing pressure, tonsil, nose, jaw, load, drive, arousal, flow, collapse, obstruction."


def test_a_row_of_terms_is_told_to_the_marker_and_costs_nothing(pen):
    mark = marks_of(pen().save(LOUD, "why", picks=["link-a"], because=TERMS))["why"]
    assert mark.state == "waits for mentor" and mark.score is None and LISTED in mark.note


def test_ticking_every_link_is_told_to_the_marker(pen):
    answers = pen()
    every = [option.id for option in answers.cases[LOUD].family.question("why").options]
    assert LINKED in marks_of(answers.save(LOUD, "why", picks=every, because="She snores."))["why"].note


@pytest.mark.parametrize(
    "honest",
    [
        "Throat close. So refer.",
        "The tonsils are small, but the tube is soft in REM, so the size of it does not tell us what it does at night.",
        "Grosses amygdales, gorge molle, pression de fermeture élevée, sommeil paradoxal, apnées, désaturations.",
    ],
)
def test_short_or_foreign_sentences_are_no_row_of_terms(pen, honest):
    assert marks_of(pen().save(LOUD, "why", picks=["link-a"], because=honest))["why"].note == ""


def test_picking_everything_is_noticed(pen):
    assert "10 picks" in marks_of(pen().save(LOUD, "needs", choices=invented.NEEDS))["needs"].note


def test_a_probability_is_scored_by_its_distance(pen):
    near = marks_of(pen().save(QUIET, "chance", percent=30), QUIET)["chance"]
    assert near.score == pytest.approx(1 - 0.1**2)
    assert words.probability_reading(near) == "You said 30 %, and the known rate is 20 %: 10 points apart."


def test_a_probability_of_zero_percent_is_an_answer(pen):
    assert marks_of(pen().save(QUIET, "chance", percent=0), QUIET)["chance"].score == pytest.approx(1 - 0.2**2)


def test_written_reasons_wait_for_a_person(whole_answers):
    why = marks_of(whole_answers)["why"]
    assert why.state == "waits for mentor" and why.score is None and why.points == 3


def test_an_answer_to_an_earlier_wording_is_shown_and_not_marked(pen):
    mark = marks_of(pen().write("save", LOUD, question="decision", value={"choice": "plate"}, fingerprint="e" * 16))
    assert mark["decision"].state == "earlier wording"
    assert mark["decision"].score is None and mark["decision"].chosen[0][0] == "plate"
    assert mark["decision"].standing == {} and mark["decision"].words == {}


def test_what_was_saved_before_the_twin_opened_is_what_counts(pen):
    late = pen().answer_all(LOUD, decision="plate").save(LOUD, "decision", choice="letter")
    assert marks_of(late)["decision"].chosen[0][0] == "plate"


def test_a_contested_answer_carries_no_mark_and_its_reason_does(pen):
    answers = pen().answer_all(LOUD, decision="plate", twin="plate", reason="size")
    marks = marks_of(answers, status="contested")
    for question in ("decision", "twin", "needs"):
        assert marks[question].state == "contested"
        assert marks[question].score is None and marks[question].standing == {} and not marks[question].keyed
        assert marks[question].gradebook_points == 1
    assert marks["reason"].score == 0
    assert marks_of(pen().answer_all(LOUD, decision="plate"), status="contested")["reason"].score == 1


def test_an_unknown_option_is_told_to_the_mentor_and_never_crashes(pen):
    mark = marks_of(pen().save(LOUD, "decision", choice="no-such-thing"))["decision"]
    assert mark.state == "cannot be marked" and "no-such-thing" in mark.note


def test_an_unknown_question_is_told_to_the_mentor(pen):
    mark = marks_of(pen().save(LOUD, "invented", choice="x"))["invented"]
    assert mark.state == "cannot be marked" and mark.kind == "unknown"


def test_a_key_without_an_entry_is_told_to_the_mentor(whole_answers):
    choices = {name: each for name, each in whole_answers.key(LOUD).choice.items() if name != "news"}
    assert marks_of(whole_answers, choice=choices)["news"].state == "cannot be marked"


def test_a_held_rule_is_named_only_where_it_led_astray(pen):
    marks = marks_of(pen().answer_all(LOUD, decision="plate", reason="size"))
    assert (marks["decision"].held_rule, marks["reason"].held_rule) == ("X02", "X01")
    assert not any(mark.held_rule for mark in marks_of(pen().answer_all(LOUD)).values())


def test_words_carry_this_mentees_own_numbers(pen):
    mark = marks_of(pen().answer_all(LOUD))["decision"]
    name = pen().cases[LOUD].drawn["name"]
    assert mark.words["letter"].breaks == f"It breaks for {name} and letter."
    assert mark.because == f"Because of letter, in {name}."


def test_an_answer_saved_after_its_key_was_shown_is_kept_and_not_marked(pen):
    first = pen().answer_all(LOUD, news="less")
    n = max(event.n for event in first.events)
    fingerprint = first.cases[LOUD].family.fingerprint
    first.save(LOUD, "news", choice="more")
    marks = mark_family(first.cases[LOUD], first.key(LOUD), first.book(), {f"{LOUD}--news": (fingerprint, n)})
    news = next(mark for mark in marks if mark.question == "news")
    assert news.chosen[0][0] == "less" and news.score == 0 and news.later_kept
    marks = mark_family(first.cases[LOUD], first.key(LOUD), first.book(), {f"{LOUD}--news": ("f" * 16, n)})
    assert next(mark for mark in marks if mark.question == "news").score == 1


# ---- the two numbers ----


def test_decision_and_reasoning_are_weighed_apart(pen):
    answers = pen().answer_all(LOUD, reason="size", twin="plate", news="less").answer_all(QUIET)
    marks = [*marks_of(answers).values(), *marks_of(answers, QUIET).values()]
    summary = summarize(marks)
    assert summary.decision == 1.0
    assert summary.reasoning == 0.5
    assert summary.right_for_the_wrong_reason == (LOUD,)


def test_the_weights_are_those_of_the_design(pen):
    summary = summarize(list(marks_of(pen().answer_all(LOUD, decision="plate")).values()))
    assert summary.decision == pytest.approx(0.40)
    assert summary.reasoning == pytest.approx(0.20)


def test_a_number_from_several_cases_says_how_far_it_may_be_off(pen):
    def mark(family, kind, score):
        return Mark(family=family, question=kind[:3], kind=kind, state="answered", points=1, score=score)

    alike = [mark(f"f{n}", kind, 1.0) for n in range(5) for kind in ("decision", "key_features")]
    assert summarize(alike).decision_error == 0.0
    apart = [mark(f"f{n}", kind, float(n % 2)) for n in range(6) for kind in ("decision", "key_features")]
    # for equal numbers of answers the jackknife of a mean is its ordinary standard error
    assert summarize(apart).decision_error == pytest.approx((0.3 / 6) ** 0.5, abs=1e-4)
    assert summarize(apart[:6]).decision_error is None


def test_somebody_who_acts_on_everything_hears_it_and_honest_doubt_does_not():
    sure = Summary(gap=0.24, gap_error=0.1, by_step={"act": (0.66, 24)}, parts={"decision": (0.66, 24)})
    assert "surer" in words.calibration(sure)
    honest = Summary(
        gap=0.24, gap_error=0.1, by_step={"act": (0.5, 4), "guess": (0.3, 20)}, parts={"decision": (0.33, 24)}
    )
    assert "surer" not in words.calibration(honest)


def test_evidence_takes_the_place_of_new_information_in_its_own_case_alone():
    def mark(family, kind, score):
        return Mark(family=family, question=kind[:3], kind=kind, state="answered", points=1, score=score)

    studied = [mark("a", "twin", 1), mark("a", "reason", 1), mark("a", "new_information", 0), mark("a", "evidence", 1)]
    plain = [mark("b", "twin", 1), mark("b", "reason", 1), mark("b", "new_information", 0)]
    assert summarize([*studied, *plain]).reasoning == pytest.approx(0.45 + 0.35 + 0.20 * 0.5)


def test_evidence_takes_the_place_of_new_information():
    def mark(kind, score):
        return Mark(family="a", question=kind.replace("_", "-"), kind=kind, state="answered", points=1, score=score)

    marks = [mark("twin", 1), mark("reason", 0), mark("new_information", 0), mark("evidence", 1)]
    assert summarize(marks).reasoning == pytest.approx(0.45 + 0.20)


def test_confident_and_not_supported_is_listed(pen):
    answers = pen().answer_all(LOUD, decision="plate", confidence="act").answer_all(QUIET, confidence="guess")
    marks = [*marks_of(answers).values(), *marks_of(answers, QUIET).values()]
    summary = summarize(marks)
    assert summary.confident_not_supported == (LOUD,)
    assert summary.gap == pytest.approx((0.90 + 0.45) / 2 - 0.5)


def test_phoning_about_a_calm_child_passes_nothing_urgent_over(pen):
    marks = marks_of(pen().answer_all(QUIET, alarm="no"), QUIET, safety=False)
    assert marks["alarm"].supported is False
    assert summarize(list(marks.values())).safety_misses == ()


def test_a_safety_miss_is_always_listed(pen):
    missed = pen().answer_all(QUIET, alarm="no")
    assert summarize(list(marks_of(missed, QUIET).values())).safety_misses == (QUIET,)
    urgent = list(marks_of(pen().answer_all(LOUD, decision="plate")).values())
    assert summarize(urgent, safety_cases=frozenset({LOUD})).safety_misses == (LOUD,)
    assert summarize(urgent).safety_misses == ()


def test_a_set_that_is_sat_whole_may_count_blanks(pen):
    marks = list(marks_of(pen().answer_all(LOUD, twin=None, news=None)).values())
    assert summarize(marks).reasoning is None
    assert summarize(marks, blanks_count=True).reasoning == pytest.approx(0.35)


def test_marking_the_same_answers_twice_gives_the_same_bytes(whole_answers):
    def dump():
        return "".join(mark.model_dump_json() for mark in marks_of(whole_answers).values())

    assert dump() == dump()


def test_a_mark_survives_being_stored(whole_answers):
    for mark in marks_of(whole_answers, QUIET).values():
        assert Mark.model_validate_json(mark.model_dump_json()) == mark


# ---- whatever is handed in ----

SLUGS = some.sampled_from([*invented.DECISIONS, *invented.REASONS, *invented.NEEDS, "less", "more", "act", "strange"])
VALUES = some.fixed_dictionaries(
    {},
    optional={
        "choice": SLUGS,
        "choices": some.lists(SLUGS, max_size=12),
        "picks": some.lists(SLUGS, max_size=12),
        "percent": some.floats(0, 100),
        "because": some.text(max_size=40),
    },
)
QUESTIONS = ["needs", "decision", "reason", "confidence", "twin", "news", "why", "chance", "alarm", "strange"]
EVENTS = some.tuples(
    some.sampled_from(["save", "commit", "ask"]), some.sampled_from(QUESTIONS), VALUES, some.booleans()
)


def _cases() -> tuple[Case, Case, Key, Key]:
    from flysolo.schema.family import Family

    loud = Family.model_validate(invented.family(LOUD, (invented.JUSTIFICATION,)))
    key = Key.model_validate(invented.key(LOUD, justification={"why": invented._why()}))
    quiet = Family.model_validate(invented.family(QUIET, (invented.PROBABILITY, invented.SAFETY)))
    extra = invented.key(QUIET, probability={"chance": {"truth_percent": 20, "because": "Known."}})
    extra["choice"]["alarm"] = invented._choice(["yes", "no"], "yes")
    return Case(loud, "0" * 16), Case(quiet, "0" * 16), key, Key.model_validate(extra)


@settings(max_examples=150, deadline=None)
@given(some.lists(EVENTS, max_size=14), some.sampled_from(["keyed", "contested", "draft"]))
def test_no_answers_whatever_crash_marking_or_leave_the_scale(written, status):
    from flysolo.answers import Book, Event, Header

    loud, quiet, key, extra = _cases()
    header = Header(format=1, kind="answers", course="c", mentee="m", subject="s", seed="0" * 16)
    for case, own in ((loud, key), (quiet, extra)):
        events = []
        for n, (do, question, value, now) in enumerate(written, start=1):
            base = {"n": n, "at": "2026-01-05T09:00:00Z", "do": do, "item": case.family.id, "value": value}
            fingerprint = case.family.fingerprint if now else "f" * 16
            events.append(Event.model_validate(base | {"question": question, "fingerprint": fingerprint}))
        marks = mark_family(case, own.model_copy(update={"status": status}), Book(header, tuple(events)))
        assert {question.id for question in case.family.questions} <= {mark.question for mark in marks}
        for mark in marks:
            assert mark.score is None or 0 <= mark.score <= mark.points
            assert 0 <= mark.gradebook_points <= mark.points
            assert mark.score is None or mark.state == "answered"
        summary = summarize(marks)
        assert all(value is None or 0 <= value <= 1 for value in (summary.decision, summary.reasoning))


# ---- words ----

NEVER = (
    r"\b(wrong|incorrect|fail|fails|failed|failure|student|students|excellent|well done|great job|should have|"
    r"stupid|score)\b"
)


def test_no_sentence_of_ours_passes_a_verdict_on_a_person():
    for sentence in words.all_sentences():
        assert not re.search(NEVER, sentence, re.IGNORECASE), sentence
        assert sentence == sentence.strip() and "!" not in sentence


def test_every_pattern_of_decision_reason_and_confidence_has_words(pen):
    said = set()
    for decision in ("letter", "plate"):
        for reason in ("closing", "size"):
            for sure in ("act", "guess"):
                marks = marks_of(pen().answer_all(LOUD, decision=decision, reason=reason, confidence=sure))
                said.add(words.case_reading(marks["decision"], marks["reason"], marks["confidence"]))
    assert len(said) == 7 and "" not in said
