"""A small invented course for tests, so that a test says what it needs and does not lean on the real content."""

from __future__ import annotations

from copy import deepcopy

EXERCISE = "01-why-a-throat-stays-open"
DECISIONS = ("urgent", "routine", "watch", "expand", "reassure")
REASONS = ("closing", "size", "habit", "nose", "age")
FEATURES = tuple(f"need-{n}" for n in range(1, 11))


def _options(ids: tuple[str, ...], words: str) -> list[dict]:
    return [{"id": each, "text": f"{words} {each}"} for each in ids]


def family(family_id: str = "sample-child", **changes) -> dict:
    """A family as its file would hold it; ``changes`` replace top-level fields."""
    data = {
        "format": 1,
        "id": family_id,
        "title": "An invented child",
        "module": EXERCISE,
        "competencies": ["E4"],
        "story": "{{ name }} is {{ age }} years old and snores.",
        "findings": [
            {"label": "Tonsils", "text": "grade 1+"},
            {"label": "Snoring", "text": "{{ nights }} nights a week"},
            {"label": "Growth", "text": "on her curve"},
        ],
        "draws": {
            "name": {"one_of": ["Ada", "Mina", "Ines"]},
            "age": {"low": 5, "high": 8, "unit": "years"},
            "nights": {"low": 4, "high": 7},
        },
        "twin": {"change": "Same child, but silent.", "altered": {"label": "Snoring", "text": "none"}},
        "questions": [
            {
                "id": "needs",
                "kind": "key_features",
                "ask": "Which three?",
                "limit": 3,
                "options": _options(FEATURES, "Feature"),
            },
            {"id": "decision", "kind": "decision", "ask": "What do you do?", "options": _options(DECISIONS, "Do")},
            {"id": "reason", "kind": "reason", "ask": "Why?", "options": _options(REASONS, "Because of")},
            {"id": "confidence", "kind": "confidence", "ask": "How sure are you?"},
            {"id": "twin", "kind": "twin", "ask": "And now?"},
            {
                "id": "news",
                "kind": "new_information",
                "ask": "What does it do?",
                "information": "The nose is clear.",
                "hypothesis": "The throat closes.",
            },
            {
                "id": "justification",
                "kind": "justification",
                "ask": "Say why.",
                "options": _options(("link-a", "link-b", "link-c", "link-d"), "Finding"),
            },
        ],
    }
    return deepcopy(data) | changes


ANSWERS = {
    "needs": {"choices": ["need-1", "need-2", "need-3"]},
    "decision": {"choice": "routine"},
    "reason": {"choice": "closing"},
    "confidence": {"choice": "discuss"},
    "twin": {"choice": "watch"},
    "news": {"choice": "more"},
    "justification": {"picks": ["link-a", "link-b"], "because": "One leads to the other.", "change_mind": "Silence."},
}
