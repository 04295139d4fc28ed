"""The sentences a reply says, apart from those of the key: always about the case and the reasoning, never the person.

They stand together so that one test can read every one of them.
"""

from __future__ import annotations

from graders.contested import Moved
from graders.desk_time import day
from graders.marking import Mark
from graders.summary import SURENESS, Summary, sureness

REVIEW = "Awaiting clinical review. The patients are invented. This is teaching, not medical advice."
STILL_OPEN = "Still open. Answer it and hand in again whenever you like."
CASE_OPEN = "This case is still open. Its words come once you have answered it; take it whenever you like."
BASE_OPEN = (
    "Your answer is kept. The words on it come once this part is closed and the twin is open, so that the twin is met "
    "without them."
)
CLOSED_OPEN = "This question was not answered before the twin was opened, so it stays open."
EARLIER = "Answered to an earlier wording of this case. It is shown here, and not marked; the new wording is open."
CANNOT = "This answer could not be read on our side. The fault is ours, not yours; your mentor has been told."
CONTESTED = (
    "Clinicians who know the evidence disagree about this decision, so it carries no mark. The reasons behind it do: "
    "they are what the next child is decided with."
)
LATER = "You saved another answer after a reply had explained this question. Both are kept; the first one counts."
PAIR_OPEN = "It counts together with the decision, which is not marked here."
WORDS_WAIT = "Your mentor has not read these words yet. They come back with a later reply."
PART = "Your written words are still with your mentor. This is the part that did not have to wait for them."

#: How a chosen option stands, by kind of question where a kind has words of its own.
STANDING = {
    "supported": "The findings of this child support it.",
    "acceptable": "It can be defended with the findings of this child, although another choice is better supported.",
    "not supported": "The findings of this child do not support it.",
    "neither": "It does no harm, and the case does not turn on it.",
}
STANDING_OF = {
    "key_features": {
        "supported": "This case turns on it.",
        "not supported": "It would do harm here, or cost time that is needed.",
    },
    "reason": {
        "supported": "It is the mechanism that decides here.",
        "not supported": "The findings of this child lead to another mechanism.",
    },
    "new_information": {
        "supported": "The mechanism reads it this way.",
        "not supported": "The mechanism reads it another way.",
    },
    "evidence": {
        "supported": "The study can carry this.",
        "not supported": "The study cannot carry this.",
    },
}
KEYED = {
    "key_features": "The case turns on",
    "reason": "The mechanism that decides here",
    "new_information": "The mechanism reads it as",
    "evidence": "What the study can carry",
}

#: Decision high or low, Reasoning high or low (learning design 6b).
PATTERN = {
    (True, True): (
        "Decisions and reasons hold together. The next step is to be stretched: rarer cases, and cases where "
        "clinicians disagree."
    ),
    (True, False): (
        "The decisions hold and the reasons behind them are still loose. Twins and contrasts help most here: look at "
        "each pair again, and ask what would have had to change for the decision to change."
    ),
    (False, True): (
        "The model of the throat is good and slips on the way into use. What helps is at the last step: which facts to "
        "gather, and a short checklist before deciding."
    ),
    (False, False): (
        "The mechanism is the place to begin. Go through the lesson's guided cases once more, with somebody to talk to."
    ),
}
#: Provisional lines, until mentors have set them together.
DECISION_LINE, REASONING_LINE = 0.72, 0.66
HOW_TO_READ = (
    "Decision: what you chose to do and to look for. Reasoning: whether the twin, the reason and the new finding were "
    "read by the mechanism. They are never added together. A few cases give a direction, not a measurement."
)
#: Below this many decided cases the two numbers are held back: they would say more than they know.
CASES_TO_READ = 4
NOT_ENOUGH = "There is not enough answered yet to say how decisions and reasons go together."

SURENESS_WORDS = {"guess": "a guess", "discuss": "to be discussed first", "act": "ready to act on"}


#: Said where a mentor moved a key, or put it back, with the mentor's own words after it.
MOVED = {
    "contested": "Somebody who knows the evidence sees this case differently from its key. {by} moved it on {on}:",
    "keyed": "The key of this case was contested for a while. It counts again since {on}. {by} wrote:",
}


def moved(history: list[Moved]) -> dict[str, str] | None:
    """What everybody who answered a case is told about its key; None while nobody has moved it."""
    if not history:
        return None
    last = history[-1]
    line = MOVED[last.status].format(by=last.by or "Your mentor", on=day(last.at).rsplit(",", 1)[0])
    return {"line": line, "why": last.why}


def standing(kind: str, stands: str) -> str:
    """How one chosen option stands, in a sentence; "" where it has no standing."""
    return STANDING_OF.get(kind, {}).get(stands) or STANDING.get(stands, "")


def keyed(kind: str) -> str:
    """What stands before the supported option, when another one was chosen."""
    return KEYED.get(kind, "What the findings support")


def case_reading(decision: Mark | None, reason: Mark | None, confidence: Mark | None) -> str:
    """Decision, reason and confidence read together; "" while one of them has no standing."""
    if not (decision and reason) or decision.supported is None or reason.supported is None:
        return ""
    defended = decision.supported or "acceptable" in decision.standing.values()
    sure = sureness(confidence) == SURENESS["act"]
    return _READINGS[(defended, reason.supported, sure)]


_SLIPPED = (
    "The reason is sound: it is the mechanism this case turns on. It slipped on the last step, from the mechanism to "
    "the act. The words below start there."
)
_READINGS = {
    (True, True, True): "The decision and the reason hold together, and you would act on them.",
    (True, True, False): (
        "The decision and the reason hold together. You trusted them less than this child's findings do."
    ),
    (True, False, True): (
        "The decision is supported, the reason behind it is not, and you would act on it. The twin is where such a "
        "reason shows itself: compare the two children once more."
    ),
    (True, False, False): (
        "The decision is supported and the reason is still loose. Read the mechanism below, then try a case like it."
    ),
    (False, True, True): _SLIPPED,
    (False, True, False): _SLIPPED,
    (False, False, True): (
        "You would act on this, and this child's findings lead elsewhere. The thought behind it has a case in which it "
        "breaks; it stands in the words below."
    ),
    (False, False, False): (
        "This child's findings lead elsewhere, and you said you were not sure. The mechanism below is the place to "
        "begin, and a guided case after it."
    ),
}


_PAIRS = {
    (True, True): "Both children were read by what differs between them. A pair like this is what carries over.",
    (True, False): (
        "The findings of the first child carried the decision. Those of its twin point another way: "
        "look at the row that changed."
    ),
    (False, True): ("The twin was read by its findings; the first child was not. Going back from the twin shows why."),
    (False, False): "Neither child was read by the row that changed. The mechanism below says what that row does.",
}


def twin_reading(decision: Mark | None, twin: Mark) -> str:
    """What a base and its twin say as a pair; "" while one of them has no standing."""
    if decision is None or decision.supported is None or twin.supported is None:
        return ""
    return _PAIRS[(decision.supported, twin.supported)]


def probability_reading(mark: Mark) -> str:
    """The distance between a stated chance and the known one."""
    if mark.percent is None or mark.truth_percent is None:
        return ""
    distance = abs(mark.percent - mark.truth_percent)
    return f"You said {mark.percent:g} %, and the known rate is {mark.truth_percent:g} %: {distance:g} points apart."


def enough(summary: Summary) -> bool:
    """Whether enough cases were decided for two numbers to say anything at all."""
    return summary.parts.get("decision", (0.0, 0))[1] >= CASES_TO_READ


def pattern(summary: Summary) -> str:
    """How Decision and Reasoning go together, in words; a few cases do not say."""
    if not enough(summary) or summary.decision is None or summary.reasoning is None:
        return NOT_ENOUGH
    return PATTERN[(summary.decision >= DECISION_LINE, summary.reasoning >= REASONING_LINE)]


_SURE = {
    "over": "You were surer than the decisions bore out. Ask of each: which finding would change my mind?",
    "under": "The decisions bore out more than you trusted them to.",
    "fits": "How sure you were fitted the decisions well.",
}


#: Cases acted on (and at least half of all) from which their share says something, and how far the gap's interval
#: reaches (one side, 199 in 200): whoever is honest about not being sure should not be told the contrary because a few
#: cases fell badly.
ACTED_FEWEST, REACH = 10, 2.6
GAP_LINE = 0.15


def calibration(summary: Summary) -> str:
    """How well stated confidence fitted the decisions; "" with fewer than three cases to go by."""
    if summary.gap is None or summary.parts.get("decision", (0, 0))[1] < 3:
        return ""
    if surer_than_borne_out(summary):
        return _SURE["over"]
    return _SURE["under" if summary.gap < -GAP_LINE else "fits"]


def surer_than_borne_out(summary: Summary) -> bool:
    """Whether more was acted on than held, beyond what chance does to a few cases.

    Either somebody who acts on most cases sees them hold less often than that step is read as, or the gap as a whole
    lies above its line; both with an interval that clears the line.
    """
    held, acted = summary.by_step.get("act", (0.0, 0))
    said = sum(n for _, n in summary.by_step.values())
    if acted >= max(ACTED_FEWEST, said / 2) and _upper(held, acted) < SURENESS["act"]:
        return True
    return summary.gap_error is not None and summary.gap - REACH * summary.gap_error > GAP_LINE


def _upper(share: float, n: int, z: float = 1.645) -> float:
    """Upper end of Wilson's interval of a share (one side, 95 in 100)."""
    middle = share + z * z / (2 * n)
    return (middle + z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)


def steps(summary: Summary) -> list[str]:
    """How often each step of confidence was borne out, in words, from two cases on."""
    rows = [(SURENESS_WORDS[step], held, n) for step, (held, n) in summary.by_step.items() if n > 1]
    return [f"Said to be {said}: {n} cases, of which the findings bore out {held * n:g}." for said, held, n in rows]


def calibration_figures(summary: Summary) -> str:
    """Gap and Brier score for the desk, where figures help two people talk; "" while there are none."""
    if summary.gap is None:
        return ""
    said = f"Stated confidence less what held: {summary.gap:+.2f}"
    said += f" (give or take {summary.gap_error:.2f})" if summary.gap_error is not None else ""
    return f"{said}. Brier score {summary.brier:.2f}; saying 50 % throughout would be 0.25."


def give_or_take(value: float | None, error: float | None) -> str:
    """A number with its standard error, as a reader takes it in; "" while there is no number."""
    if value is None:
        return ""
    return f"{value:.2f}" if error is None else f"{value:.2f} (give or take {error:.2f})"


def all_sentences() -> list[str]:
    """Every sentence in this module, for a test that reads them."""
    fixed = [
        REVIEW,
        STILL_OPEN,
        CASE_OPEN,
        BASE_OPEN,
        CLOSED_OPEN,
        EARLIER,
        CANNOT,
        CONTESTED,
        LATER,
        PAIR_OPEN,
        WORDS_WAIT,
        PART,
    ]
    fixed += [HOW_TO_READ, NOT_ENOUGH, *STANDING.values(), *PATTERN.values(), *_READINGS.values()]
    fixed += [sentence for each in STANDING_OF.values() for sentence in each.values()] + list(KEYED.values())
    return [*fixed, *_PAIRS.values(), *_SURE.values(), *SURENESS_WORDS.values(), *MOVED.values()]
