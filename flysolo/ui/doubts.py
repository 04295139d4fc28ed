"""The warning of a panel before words are saved that look like patient data; the words stay in their box.

It stands between the page and whoever handles its events, so that no page can forget it. Saving the same words once
more with “save it as it is” goes through: a pattern is never surer than the person who typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flysolo.patient_data import spots, warning

View = dict[str, Any]
_MARKUP = re.compile(r"<[^>]*>")
_CAPITALIZED = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w-]*")


def doubted(view: View, event: dict[str, Any]) -> View | None:
    """``view`` with a warning at the box that ``event`` comes from, or None when there is nothing to warn of."""
    where = {"save": "question", "ask": "ask"}.get(event["do"])
    block = next((b for b in view["blocks"] if b["type"] == where and b.get("id") == event["id"]), None)
    if block is None:
        return None
    known = set(_shown_words(view["blocks"]))
    before = {spot.text for text in _saved_texts(block) for spot in spots(text)}
    found = [spot for text in _texts(block, event["value"]) for spot in spots(text, known)]
    found = [spot for spot in found if spot.text not in before]
    if not found:
        return None
    said = warning(tuple(found))
    marked = block | {"doubt": said, "typed": event["value"]}
    blocks = [marked if each is block else each for each in view["blocks"]]
    return {**view, "blocks": blocks, "status": f"Not saved yet. {said}", "focus": None}


def _texts(block: View, value: Any) -> Iterator[str]:
    """What was typed freely in one box; choices and numbers hold nobody's name."""
    if block["type"] == "ask":
        value = value.get("text") if isinstance(value, dict) else value
    elif block.get("kind") == "fields":
        typed = value if isinstance(value, dict) else {}
        for each in block.get("fields") or []:
            if each.get("kind") == "text" and isinstance(typed.get(each["id"]), str):
                yield typed[each["id"]]
        return
    elif block.get("kind") != "text":
        return
    if isinstance(value, str):
        yield value


def _saved_texts(block: View) -> Iterator[str]:
    """What this box held before: it was looked at once, and is not asked about again."""
    for part in (block, *(block.get("fields") or [])):
        if part.get("kind") == "text" and isinstance(part.get("value"), str):
            yield part["value"]


def _shown_words(shown: Any) -> Iterator[str]:
    """Capitalized words on the page: the invented child's name is one of them."""
    if isinstance(shown, str):
        yield from _CAPITALIZED.findall(_MARKUP.sub(" ", shown))
    elif isinstance(shown, dict):
        for name, each in shown.items():
            if name not in ("typed", "doubt"):
                yield from _shown_words(each)
    elif isinstance(shown, list):
        for each in shown:
            yield from _shown_words(each)
