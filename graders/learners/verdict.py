"""What a test found, in a form that is printed and stored: never a bare yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["pass", "falls short", "needs more families"]


@dataclass(frozen=True)
class Verdict:
    """One acceptance test, or one learner to whom one thing must happen.

    Attributes
    ----------
    figure : what was measured, in a few words
    details : every number behind it
    """

    id: str
    claim: str
    status: Status
    figure: str
    details: dict[str, Any] = field(default_factory=dict)


def judged(id_: str, claim: str, holds: bool, figure: str, **details: Any) -> Verdict:
    """A verdict that is either a pass or a shortfall."""
    return Verdict(id_, claim, "pass" if holds else "falls short", figure, details)


def needs(id_: str, claim: str, figure: str, **details: Any) -> Verdict:
    """A verdict that today's bank is too small for; ``figure`` says how many families are missing."""
    return Verdict(id_, claim, "needs more families", figure, details)


def spoken(share: float) -> str:
    """A share as it is printed."""
    return f"{100 * share:.1f} %"
