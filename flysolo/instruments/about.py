"""What stands under an instrument: what it leaves out, where its numbers come from, and that review is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from flysolo.evidence import cite_short
from flysolo.ui.fold import Fold

REVIEW = "Invented children. Awaiting clinical review."


def about(leaves_out: Sequence[str], assumed: Sequence[str] = (), finding_ids: Sequence[str] = ()) -> Fold:
    """Fold away the limits of an instrument: what it leaves out, what it assumes, and the studies it rests on."""
    parts = ["<p><strong>It leaves out</strong></p>", _items(leaves_out)]
    if assumed:
        parts += ["<p><strong>Assumed, not measured</strong></p>", _items(assumed)]
    if finding_ids:
        parts += ["<p><strong>Measured</strong></p>", _items([cite_short(each) for each in finding_ids])]
    parts.append(f"<p><small>{REVIEW}</small></p>")
    return Fold("What this leaves out", "".join(parts))


def minus(value: float, digits: int = 1) -> str:
    """A number with a minus sign that is read as one, and no negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _items(sentences: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in sentences)}</ul>"
