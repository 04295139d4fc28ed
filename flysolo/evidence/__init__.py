"""The course's evidence: findings with their numbers, the papers they come from, and the card that shows one.

Every clinical statement of the course rests on a finding here, so that a changed finding finds what rests on it.
"""

from flysolo.evidence.cards import card_html, cite_short, one_line
from flysolo.evidence.errors import NotShown, UnknownFinding
from flysolo.evidence.store import Evidence, load_evidence

__all__ = ["Evidence", "NotShown", "UnknownFinding", "card_html", "cite_short", "load_evidence", "one_line"]
