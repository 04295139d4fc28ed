"""What is offered next follows from decision, reason and confidence together, and tells no key."""

from __future__ import annotations

import pytest

from flysolo.content import Case, load_families, load_lesson
from flysolo.draws import seed_for
from graders.keys import load_key
from graders.marks import Mark
from graders.offers import BACK, TWIN, offer
from graders.summary import Summary

EX = "01-why-a-throat-stays-open"


def real_bank():
    """The cases of the first module with their keys."""
    seed = seed_for("offers", "somebody", EX)
    return {family.id: (Case(family, seed), load_key(EX, family.id)) for family in load_families(EX)}


BANK = real_bank()
SURE, UNSURE = "act", "discuss"


def marks(decision: bool, reason: bool, sure: str, rule: str = "", twin: bool = True) -> dict[str, Mark]:
    def mark(kind, supported, **more):
        stands = {"x": "supported" if supported else "not supported"}
        fields = {
            "family": "f",
            "question": kind,
            "kind": kind,
            "state": "answered",
            "points": 1,
            "chosen": (("x", "x"),),
        }
        return Mark(**fields, supported=supported, standing=stands, **more)

    said = mark("confidence", None).model_copy(update={"chosen": ((sure, sure),)})
    found = {
        "decision": mark("decision", decision),
        "reason": mark("reason", reason, held_rule=rule),
        "confidence": said,
    }
    return found | ({"twin": mark("twin", True)} if twin else {})


def next_after(found, answered=(), family="small-tonsils-loud", summary=None):
    key = BANK[family][1] if family in BANK else next(iter(BANK.values()))[1]
    return offer(found, key, BANK, {key.family, *answered}, summary or Summary(), EX)


def test_a_case_that_holds_and_would_be_acted_on_needs_nothing_next():
    assert next_after(marks(True, True, SURE)) is None


def test_doubt_about_what_holds_is_answered_with_ones_own_rate():
    summary = Summary(by_step={"discuss": (0.75, 8), "guess": (0.5, 2)})
    assert "Of 10 cases" in next_after(marks(True, True, UNSURE), summary=summary).words
    assert "7 were" in next_after(marks(True, True, UNSURE), summary=summary).words
    assert next_after(marks(True, True, UNSURE), summary=Summary(by_step={"guess": (1.0, 1)})) is None


def test_right_for_a_reason_that_will_not_carry_opens_the_twin_first():
    assert next_after(marks(True, False, SURE, twin=False)).words == TWIN


@pytest.mark.parametrize("rule", sorted({rule for _, key in BANK.values() if key.rule_breaking for rule in key.rules}))
def test_a_held_thought_is_sent_to_a_child_in_whom_it_breaks_and_comes_back(rule):
    found = next_after(marks(False, False, SURE, rule=rule))
    assert found.words.endswith(BACK)
    if found.family:
        assert found.family in BANK and "“" in found.words


def test_an_offered_case_was_never_answered():
    for rule in {rule for _, key in BANK.values() for rule in key.rules}:
        answered = set(list(BANK)[: len(BANK) // 2])
        found = next_after(marks(True, False, SURE, rule=rule), answered)
        assert found is None or found.family not in answered


def test_a_sound_reason_that_slipped_is_walked_to_the_act_in_the_coached_case():
    coached = next(case.title for case in load_lesson(EX).practice if case.rung == "coached")
    assert coached in next_after(marks(False, True, UNSURE)).words


def test_what_is_not_yet_learned_goes_to_the_guided_case():
    guided = next(case.title for case in load_lesson(EX).practice if case.rung == "guided")
    assert guided in next_after(marks(False, False, UNSURE)).words


def test_nothing_is_offered_while_a_part_has_no_standing():
    found = marks(True, True, SURE)
    assert next_after(found | {"reason": found["reason"].model_copy(update={"supported": None})}) is None
