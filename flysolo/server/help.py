"""The safety lines of the help page; each stands only while the pathway under it is in the evidence library."""

from __future__ import annotations

from dataclasses import dataclass

from flysolo.evidence import card_html
from flysolo.problems import ContentError


@dataclass(frozen=True)
class SafetyRow:
    """What is seen, what that calls for, and the evidence card under it."""

    when: str
    do: str
    card: str


#: (finding, what is seen, what it calls for). Words stay as close to the pathway as they can.
_ROWS = (
    (
        "path-red-flags-immediate",
        "Low oxygen in sleep that is severe, or that lasts once the child is woken",
        "Emergency department, now.",
    ),
    (
        "path-red-flags-immediate",
        "Long pauses in breathing, blue lips or skin, or altered consciousness",
        "Contact with an ear, nose and throat service within the week: phone them.",
    ),
    (
        "path-red-flags-urgent",
        "Under two years old, extreme obesity, head stretched back in sleep, disabling sleepiness, or signs that the "
        "right heart is strained",
        "Urgent referral.",
    ),
)


def safety_rows() -> list[SafetyRow]:
    """Rows whose finding can be shown; a statement that has lost its source is not made."""
    rows = []
    for finding, when, do in _ROWS:
        try:
            rows.append(SafetyRow(when, do, card_html(finding)))
        except (ContentError, KeyError):
            continue
    return rows
