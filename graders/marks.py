"""The shape of a mark: what one question got, and what is said about it."""

from __future__ import annotations

from typing import Literal

from flysolo.schema.base import Strict

State = Literal["answered", "not answered", "earlier wording", "waits for mentor", "contested", "cannot be marked"]
Standing = Literal["supported", "acceptable", "not supported", "neither", ""]

JUSTIFICATION_POINTS = 3


class ChosenWords(Strict):
    """The key's words for one chosen option, with this mentee's numbers in them."""

    sees: str
    leads: str
    breaks: str
    look: str
    rule: str = ""


class Mark(Strict):
    """What one question got.

    Attributes
    ----------
    score : points, or None where there are none: not answered, waiting for a person, contested, not to be marked
    supported : whether what was chosen is supported by the findings, taken by itself; None where that is not asked
    chosen : (id, text) of what was chosen, in the mentee's order
    standing : for each chosen id, how it stands
    words : for each chosen id, the words of the key
    because : the key's own reason, for the reply
    keyed : (id, text) of what the key supports
    held_rule : id of the rote rule that an unsupported choice embodies, or ""
    urgent : of a safety question, whether this child needs somebody today, so that another answer passes that over
    slipped : a supported reason beside an unsupported decision: a sound idea that slipped in use
    later_kept : another answer was saved after a reply had explained this one; this one counts
    own_words : what was written, by field
    saved_at : when the answer was saved, "" for none; ``event`` is its number in the answers
    note : something the mentor ought to know
    """

    family: str
    question: str
    kind: str
    state: State
    points: float
    score: float | None = None
    supported: bool | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    standing: dict[str, Standing] = {}
    words: dict[str, ChosenWords] = {}
    because: str = ""
    keyed: tuple[tuple[str, str], ...] = ()
    held_rule: str = ""
    urgent: bool = True
    slipped: bool = False
    later_kept: bool = False
    percent: float | None = None
    truth_percent: float | None = None
    own_words: dict[str, str] = {}
    fingerprint: str = ""
    saved_at: str = ""
    event: int = 0
    note: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether an answer to this wording was handed in."""
        return self.state in ("answered", "waits for mentor", "contested")

    @property
    def gradebook_points(self) -> float:
        """The number for nbgrader, which knows no blank: 0 where nothing counts, full where credit is given back."""
        if self.state == "contested" and self.score is None:
            return self.points
        return min(max(self.score or 0.0, 0.0), self.points)
