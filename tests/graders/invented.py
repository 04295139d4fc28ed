"""An invented course of one exercise and two cases, with keys: as small as a course can be and still be one.

The texts are nonsense on purpose. Tests of the machinery must not change when the real cases do.
"""

from __future__ import annotations

import json
from pathlib import Path

EXERCISE = "01-invented"
COURSE = "invented-course"
CANARIES = {"loud-child": "FLYSOLO-KEY-00000000000000aa", "quiet-child": "FLYSOLO-KEY-00000000000000bb"}

DECISIONS = ["tonight", "letter", "watch", "plate", "goodbye"]
REASONS = ["closing", "size", "habit", "nose", "age"]
NEEDS = [f"need-{letter}" for letter in "abcdefghij"]


def toml(data: dict) -> str:
    """A dict as TOML: one key a line, everything below it inline."""
    return "".join(f"{key} = {_inline(value)}\n" for key, value in data.items())


def _inline(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_inline(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _options(ids: list[str], words: str) -> list[dict]:
    return [{"id": each, "text": f"{words} {each} for {{{{ name }}}}"} for each in ids]


def family(family_id: str, extra: tuple[dict, ...] = ()) -> dict:
    """A family as its file holds it."""
    questions = [
        {"id": "needs", "kind": "key_features", "ask": "Which three?", "limit": 3, "options": _options(NEEDS, "Get")},
        {"id": "decision", "kind": "decision", "ask": "What now?", "options": _options(DECISIONS, "Choose")},
        {"id": "reason", "kind": "reason", "ask": "Why so?", "options": _options(REASONS, "Think")},
        {"id": "confidence", "kind": "confidence", "ask": "How sure are you?"},
        {"id": "twin", "kind": "twin", "ask": "And for the twin?"},
        {
            "id": "news",
            "kind": "new_information",
            "ask": "What does it do?",
            "information": "The nose of {{ name }} is clear.",
            "hypothesis": "The throat closes.",
        },
        *extra,
    ]
    return {
        "format": 1,
        "id": family_id,
        "title": f"A {family_id.replace('-', ' ')} called {{{{ name }}}}",
        "module": EXERCISE,
        "competencies": ["E4"],
        "story": "{{ name }} is {{ age }} years old and *snores*. <script>alert('story')</script>",
        "findings": [
            {"label": "Tonsils", "text": "grade 1+"},
            {"label": "Nights", "text": "{{ nights }} a week"},
            {"label": "Growth", "text": "on the curve"},
        ],
        "draws": {
            "name": {"one_of": ["Ada", "Mina", "Ines", "Lena"]},
            "age": {"low": 5, "high": 8, "unit": "years"},
            "nights": {"low": 4, "high": 7},
        },
        "twin": {"change": "Same child, but silent.", "altered": {"label": "Nights", "text": "none"}},
        "questions": questions,
    }


JUSTIFICATION = {
    "id": "why",
    "kind": "justification",
    "ask": "Say why.",
    "options": [{"id": f"link-{letter}", "text": f"Link {letter}"} for letter in "abcd"],
}
PROBABILITY = {"id": "chance", "kind": "probability", "ask": "How likely?"}
SAFETY = {
    "id": "alarm",
    "kind": "safety",
    "ask": "Is this urgent?",
    "options": [{"id": "yes", "text": "Yes, today"}, {"id": "no", "text": "It can wait"}],
}


def _words(option: str, rule: str = "") -> dict:
    return {
        "sees": f"It sees {option}.",
        "leads": f"A thought about {option} leads there.",
        "breaks": f"It breaks for {{{{ name }}}} and {option}.",
        "look": f"Look at {option}.",
        "rule": rule,
    }


def _choice(ids: list[str], supported: str, acceptable: tuple[str, ...] = (), rules: dict[str, str] | None = None):
    return {
        "supported": supported,
        "acceptable": list(acceptable),
        "because": f"Because of {supported}, in {{{{ name }}}}.",
        "options": {each: _words(each, (rules or {}).get(each, "")) for each in ids},
    }


def key(family_id: str, **changes) -> dict:
    """A key as its file holds it; its supported answers are letter, closing, watch, more, needs a to c."""
    data = {
        "format": 1,
        "exercise": EXERCISE,
        "family": family_id,
        "canary": CANARIES.get(family_id, "FLYSOLO-KEY-00000000000000cc"),
        "status": "keyed",
        "rule_breaking": True,
        "mechanism": "The mechanism of {{ name }}.",
        "findings": ["invented-finding"],
        "twin_effect": "flips",
        "twin_look": "dull",
        "choice": {
            "decision": _choice(DECISIONS, "letter", ("tonight",), {"plate": "X02"}),
            "reason": _choice(REASONS, "closing", (), {"size": "X01"}),
            "twin": _choice(DECISIONS, "watch"),
            "news": _choice(["less", "same", "more"], "more"),
        },
        "features": {
            "needs": {
                "hits": NEEDS[:3],
                "harmful": ["need-j"],
                "because": "Three things are open.",
                "options": {each: _words(each) for each in NEEDS},
            }
        },
    }
    return data | changes


def _anchors() -> list[dict]:
    return [
        {"mark": mark, "says": f"Anchor {mark} says.", "examples": [f"First {mark}.", f"Second {mark}."]}
        for mark in range(4)
    ]


def write_course(root: Path) -> Path:
    """Write content and keys below ``root``; returns the content root (keys lie in ``root/keys``)."""
    content = root / "content"
    module = {
        "id": EXERCISE,
        "title": "An invented exercise",
        "question": "Why?",
        "minutes": 20,
        "status": "open",
    }
    course = {
        "format": 1,
        "title": "An invented course",
        "clinical_review": "awaiting",
        "competencies": [{"id": "E4", "text": "Decide"}],
        "modules": [module],
    }
    _write(content / "curriculum" / "course.toml", toml(course))
    cell = "```{code-cell} ipython3\n:tags: [remove-input]\n\n1 + 1\n```"
    lesson = f"# An invented lesson\n\nText.\n\n{cell}\n\n## Part\n\nMore.\n"
    _write(content / "curriculum" / EXERCISE / "lesson.md", lesson)
    write_family(root, family("loud-child", (JUSTIFICATION,)), key("loud-child", justification={"why": _why()}))
    extra = {"probability": {"chance": {"truth_percent": 20, "because": "A known rate."}}}
    quiet = key("quiet-child", safety=True, **extra)
    quiet["choice"]["alarm"] = _choice(["yes", "no"], "yes")
    write_family(root, family("quiet-child", (PROBABILITY, SAFETY)), quiet)
    return content


def _why() -> dict:
    return {"links": ["link-a", "link-b"], "because": "Two links make it.", "anchors": _anchors()}


def write_family(root: Path, family_data: dict, key_data: dict) -> None:
    """Write one family and its key."""
    name = f"{family_data['id']}.toml"
    _write(root / "content" / "exercises" / EXERCISE / "families" / name, toml(family_data))
    _write(root / "keys" / EXERCISE / name, toml(key_data))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
