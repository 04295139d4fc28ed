"""Each line by itself: met, not yet, or how much more it needs, in words of the cases and the reasoning.

Pure: a line is a function of a round's marks and days and of the named settings, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import fmean

from flysolo.schema.readiness import Line, Status
from graders.readiness.criteria import SoloCriteria
from graders.readiness.round import Round
from graders.readiness.sat import days_between
from graders.words import give_or_take


def lines(this: Round, criteria: SoloCriteria) -> tuple[Line, ...]:
    """Every line, in the order in which they are read: the reasoning before the decisions, nothing added up."""
    return (
        *_machine_marked(this, criteria),
        _safety(this, criteria),
        _reasons(this, criteria),
        _days(this, criteria),
    )


def _machine_marked(this: Round, criteria: SoloCriteria) -> Iterator[Line]:
    summary, cases = this.summary, this.cases
    pairs, of_pairs = summary.parts.get("twin", (None, 0))
    acted = len(summary.confident_not_supported)
    pick = _picker(this, criteria)
    yield pick(
        "reasoning",
        "Reasoning",
        f"at least {criteria.reasoning:.2f}",
        give_or_take(summary.reasoning, summary.reasoning_error),
        summary.reasoning is not None and summary.reasoning >= criteria.reasoning,
        "The twins, the reasons and the new findings say where the mechanism lets go; the reply has them case by case.",
    )
    yield pick(
        "decision",
        "Decision",
        f"at least {criteria.decision:.2f}",
        give_or_take(summary.decision, summary.decision_error),
        summary.decision is not None and summary.decision >= criteria.decision,
        "What slips lies between the mechanism and the act: which facts are asked for, and what follows from them.",
    )
    whole = "" if pairs is None else f"{pairs:.2f} ({pairs * of_pairs:.0f} of {of_pairs} pairs)"
    yield pick(
        "pair",
        "A child and its twin, read together",
        f"at least {criteria.pair:.2f}",
        whole,
        pairs is not None and pairs >= criteria.pair,
        "In the other pairs one of the two children was read without the row that changed.",
    )
    yield pick(
        "gap",
        "Surer than the findings bore out",
        f"at most {criteria.gap:+.2f}; doubting never counts",
        "" if summary.gap is None else f"{summary.gap:+.2f}",
        summary.gap is not None and summary.gap <= criteria.gap,
        "Say “I would discuss it” where a finding is still missing, and name the finding.",
    )
    yield pick(
        "confident-not-supported",
        "Acted on, where the findings lead elsewhere",
        f"at most {criteria.confident_not_supported} of {criteria.families} cases",
        f"{acted} of {cases}",
        acted <= criteria.confident_not_supported,
        "These are the cases to take to the talk: each has a thought behind it, and a child in whom it breaks.",
    )


def _picker(this: Round, criteria: SoloCriteria) -> Callable[..., Line]:
    """How a machine-marked line is judged: not before all cases of the round are there."""
    missing = criteria.families - this.cases

    def pick(name: str, title: str, asks: str, found: str, met: bool, otherwise: str) -> Line:
        if missing > 0 or not found:
            words = _needs(this, missing) if missing > 0 else "Needs answers that carry a mark."
            return Line(name=name, title=title, asks=asks, found=found or "—", status="needs more", words=words)
        status: Status = "met" if met else "not yet"
        return Line(name=name, title=title, asks=asks, found=found, status=status, words="" if met else otherwise)

    return pick


def _safety(this: Round, criteria: SoloCriteria) -> Line:
    """Urgent things passed over; a missed kind is cleared by a later case of that kind, or together with the mentor."""
    count, missing = len(this.misses), criteria.families - this.cases
    waiting = [miss for miss in this.misses if not miss.cleared]
    asks = f"at most {criteria.safety_misses}, and its kind taken again and cleared"
    kinds = "; ".join(dict.fromkeys(f"“{miss.about}”" for miss in waiting))
    words = f"Still to be taken again: something urgent in {kinds}." if waiting else ""
    if count > criteria.safety_misses:
        status: Status = "not yet"
    elif missing > 0:
        status, words = "needs more", f"{_needs(this, missing)} {words}".strip()
    else:
        status = "not yet" if waiting else "met"
    found = "none passed over" if not count else f"{count} passed over, {count - len(waiting)} cleared"
    return Line(name="safety", title="Something urgent", asks=asks, found=found, status=status, words=words)


def _reasons(this: Round, criteria: SoloCriteria) -> Line:
    """Written reasons, read by two mentors."""
    wanted = criteria.justifications
    asks = f"{wanted}, with a mean of at least {criteria.justification_mean:.1f} of 3, each read by two mentors"
    means = [reason.mean for reason in this.reasons if reason.mean is not None]
    twice = sum(reason.is_read_twice for reason in this.reasons)
    found = f"{len(this.reasons)} written" + (f", {twice} read by two, mean {fmean(means):.1f}" if means else "")
    if len(this.reasons) < wanted:
        status, words = "needs more", f"Needs {wanted - len(this.reasons)} more written {_reason_s(this, wanted)}."
    elif twice < wanted:
        status, words = "needs more", f"Needs a second reader for {wanted - twice} more."
    else:
        met = fmean(means) >= criteria.justification_mean
        words = (
            ""
            if met
            else "What carries a reason further: two findings linked by the mechanism, and what would change it."
        )
        status = "met" if met else "not yet"
    return Line(name="written", title="Written reasons", asks=asks, found=found, status=status, words=words)


def _reason_s(this: Round, wanted: int) -> str:
    return "reason" if wanted - len(this.reasons) == 1 else "reasons"


def _days(this: Round, criteria: SoloCriteria) -> Line:
    """Days between sets, by the arrival of the hand-ins here.

    A mentor who collects late sees two sets arrive together. Then neither “met” nor “not yet” would be true, and the
    talk settles it.
    """
    asks = f"{criteria.sets} sets, at least {criteria.days_apart} days apart"
    pairs = list(zip(this.sets, this.sets[1:], strict=False))
    arrived = [days_between(one.arrived_at, two.arrived_at) for one, two in pairs]
    said = [days_between(one.handed_in_at, two.handed_in_at) for one, two in pairs]
    missing = criteria.sets - len(this.sets)
    found = f"{len(this.sets)} of {criteria.sets} sets"
    found += f"; days between arrivals: {', '.join(f'{days:.0f}' for days in arrived)}" if arrived else ""
    close = [number for number, days in enumerate(arrived) if days < criteria.days_apart]
    if any(said[number] < criteria.days_apart for number in close):
        status: Status = "not yet"
        words = "By arrival and by the hand-ins' own times, two sets lie closer together. Arrival is what counts here."
    elif close:
        status = "needs more"
        own = ", ".join(f"{days:.0f}" for days in said)
        words = (
            f"They were collected closer together than the hand-ins themselves say ({own} days). Arrival is what "
            "counts here; the talk can settle it."
        )
    elif missing > 0:
        status, words = "needs more", f"Needs {missing} more {'set' if missing == 1 else 'sets'}."
    else:
        status, words = "met", "By the arrival of the hand-ins."
    return Line(name="days", title="Days between the sets", asks=asks, found=found, status=status, words=words)


def _needs(this: Round, missing: int) -> str:
    """How many cases more, and how many of them were sat in words that have changed since."""
    words = f"Needs {missing} more {'case' if missing == 1 else 'cases'}."
    if not this.reworded:
        return words
    were = "One was" if this.reworded == 1 else f"{this.reworded} were"
    return f"{words} {were} reworded after the answer, and may be answered again."
