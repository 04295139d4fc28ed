"""What the marks of several cases say together: Decision and Reasoning side by side, and how well sure-ness fits.

The two numbers are never averaged with each other: right acts with unsure whys need twins, good whys with slipping
acts need checklists, and one number would hide which it is.
"""

from __future__ import annotations

from math import sqrt
from statistics import fmean, stdev

from flysolo.schema.base import Strict
from graders.indices import Row, index, rows, with_evidence
from graders.marking import Mark

DECISION_WEIGHTS = {"decision": 0.60, "key_features": 0.40}
REASONING_WEIGHTS = {"twin": 0.45, "reason": 0.35, "new_information": 0.20}
#: How a step of confidence is read when it is held against what happened (learning design, case families).
SURENESS = {"guess": 0.45, "discuss": 0.70, "act": 0.90}


class Summary(Strict):
    """An exercise, or several, in a few numbers and in lists of cases worth talking about.

    Attributes
    ----------
    decision, reasoning : 0 to 1, over what was answered; None until every part has an answer
    decision_error, reasoning_error : their standard errors, by families left out one at a time; None from few families
    parts : mean and count of each kind of question
    sureness, accuracy, gap : mean stated confidence, mean decision score, and the first minus the second
    gap_error : standard error of the gap, over cases
    by_step : for each step of confidence, mean decision score and number of cases
    right_for_the_wrong_reason : cases with a supported decision and an unsupported reason
    confident_not_supported : cases acted on with confidence that the findings do not support
    slipped : cases with a sound reason and a decision that slipped
    safety_misses : cases in which something urgent was passed over
    held_rules : rote rules that unsupported choices embodied, with the cases, most frequent first
    """

    decision: float | None = None
    decision_error: float | None = None
    reasoning: float | None = None
    reasoning_error: float | None = None
    parts: dict[str, tuple[float, int]] = {}
    answered: int = 0
    asked: int = 0
    sureness: float | None = None
    accuracy: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    by_step: dict[str, tuple[float, int]] = {}
    brier: float | None = None
    right_for_the_wrong_reason: tuple[str, ...] = ()
    confident_not_supported: tuple[str, ...] = ()
    slipped: tuple[str, ...] = ()
    safety_misses: tuple[str, ...] = ()
    held_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    waiting: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def summarize(marks: list[Mark], *, safety_cases: frozenset[str] = frozenset(), blanks_count: bool = False) -> Summary:
    """Bring marks together.

    Parameters
    ----------
    safety_cases : families whose key says that the decision itself is a matter of safety
    blanks_count : count an unanswered question as 0, for a set that is sat whole; never for words to a mentee
    """
    asked = [mark for mark in marks if mark.points > 0]
    by_case = _by_case(marks)
    decision = index(rows(asked, blanks_count), DECISION_WEIGHTS)
    reasoning = index(rows(with_evidence(asked, blanks_count), blanks_count), REASONING_WEIGHTS)
    return Summary(
        decision=decision.value,
        decision_error=decision.error,
        reasoning=reasoning.value,
        reasoning_error=reasoning.error,
        parts=_parts(rows(asked, blanks_count)),
        answered=sum(mark.is_answered for mark in asked),
        asked=len(asked),
        **_calibration(by_case),
        right_for_the_wrong_reason=_cases(by_case, _right_for_wrong_reason),
        confident_not_supported=_cases(by_case, _confident_not_supported),
        slipped=_cases(by_case, lambda case: bool(case.get("reason") and case["reason"].slipped)),
        safety_misses=tuple(name for name, case in by_case.items() if _safety_miss(case, name in safety_cases)),
        held_rules=_held_rules(marks),
        waiting=tuple(mark.family for mark in marks if mark.state == "waits for mentor"),
        open=tuple(f"{mark.family}--{mark.question}" for mark in marks if mark.state == "not answered"),
    )


def _parts(found: list[Row]) -> dict[str, tuple[float, int]]:
    kinds: dict[str, list[float]] = {}
    for _, kind, score in found:
        kinds.setdefault(kind, []).append(score)
    return {kind: (round(fmean(scores), 4), len(scores)) for kind, scores in sorted(kinds.items())}


def _by_case(marks: list[Mark]) -> dict[str, dict[str, Mark]]:
    """Marks that hold an answer to the present wording, by case and kind."""
    cases: dict[str, dict[str, Mark]] = {}
    for mark in marks:
        if mark.state == "answered":
            cases.setdefault(mark.family, {})[mark.kind] = mark
    return cases


def _cases(by_case: dict[str, dict[str, Mark]], is_so) -> tuple[str, ...]:
    return tuple(name for name, case in by_case.items() if is_so(case))


def sureness(mark: Mark | None) -> float | None:
    """A step of confidence as a probability; None when it was not said."""
    return SURENESS.get(mark.chosen[0][0]) if mark and mark.chosen else None


def _right_for_wrong_reason(case: dict[str, Mark]) -> bool:
    decision, reason = case.get("decision"), case.get("reason")
    return bool(decision and reason and decision.supported and reason.supported is False)


def _confident_not_supported(case: dict[str, Mark]) -> bool:
    decision = case.get("decision")
    stands = next(iter(decision.standing.values()), "") if decision else ""
    return stands == "not supported" and sureness(case.get("confidence")) == SURENESS["act"]


def _safety_miss(case: dict[str, Mark], decides: bool) -> bool:
    safety, decision = case.get("safety"), case.get("decision")
    if safety:
        return safety.urgent and safety.supported is False
    return decides and bool(decision) and decision.score == 0


def _calibration(by_case: dict[str, dict[str, Mark]]) -> dict[str, float | None | dict]:
    said = [
        (case["confidence"].chosen[0][0], case["decision"].score)
        for case in by_case.values()
        if "decision" in case and sureness(case.get("confidence")) is not None
    ]
    if not said:
        return {}
    apart = [SURENESS[step] - score for step, score in said]
    steps = {step: [score for each, score in said if each == step] for step in SURENESS}
    return {
        "sureness": round(fmean(SURENESS[step] for step, _ in said), 4),
        "accuracy": round(fmean(score for _, score in said), 4),
        # the difference of the two means before either is rounded
        "gap": round(fmean(SURENESS[step] for step, _ in said) - fmean(score for _, score in said), 4),
        "gap_error": round(stdev(apart) / sqrt(len(apart)), 4) if len(apart) > 1 else None,
        "by_step": {step: (round(fmean(scores), 4), len(scores)) for step, scores in steps.items() if scores},
        "brier": round(fmean(each**2 for each in apart), 4),
    }


def _held_rules(marks: list[Mark]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    held: dict[str, list[str]] = {}
    for mark in marks:
        if mark.state == "answered" and mark.held_rule and mark.family not in held.setdefault(mark.held_rule, []):
            held[mark.held_rule].append(mark.family)
    return tuple((rule, tuple(cases)) for rule, cases in sorted(held.items(), key=lambda row: (-len(row[1]), row[0])))
