"""A strip of a recorded night, one page at a time, on which events can be marked by mouse, keyboard or numbers.

Only the samples of the page in view travel to it, as 16-bit steps between each channel's low and high: two minutes of
eight channels are about 40 kB. Marks live in one trait that goes both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from flysolo.ui.assets import UI_FOLDER, script, widget_style

_LONGEST_MARK_S = 600.0
_MOST_MARKS = 500


@dataclass(frozen=True, eq=False)
class Lane:
    """One row of the strip: a whole night's samples and how they are shown.

    `words` turns whole values into names (stages); `spoken` lanes give their value in words at the cursor.
    """

    label: str
    short: str
    unit: str
    samples: NDArray
    rate_hz: float
    low: float
    high: float
    words: tuple[str, ...] = ()
    spoken: bool = False
    tall: bool = False
    digits: int = 0

    def page(self, start_s: float, seconds: float) -> dict[str, Any]:
        """The samples of one page as the browser takes them."""
        first = int(start_s * self.rate_hz)
        seen = self.samples[first : first + max(int(seconds * self.rate_hz), 1)].astype(np.float32)
        steps = np.rint((np.clip(seen, self.low, self.high) - self.low) / (self.high - self.low) * 65534.0 - 32767.0)
        shown = {name: getattr(self, name) for name in ("label", "short", "unit", "low", "high", "spoken", "tall")}
        return shown | {
            "samples": steps.astype("<i2").tobytes(),
            "rate": float(self.rate_hz),
            "words": list(self.words) or None,
            "digits": self.digits,
        }


class Strip(anywidget.AnyWidget):
    """Shows ``page`` of the lanes; ``marks`` are the mentee's, ``scored`` those of a rule set, shown when given."""

    _esm = script("dom.js", "strip_drawing.js", "strip.js")
    _css = widget_style() + (UI_FOLDER / "js" / "strip.css").read_text(encoding="utf-8")
    page = traitlets.Dict().tag(sync=True)
    marks = traitlets.List(traitlets.Dict()).tag(sync=True)
    scored = traitlets.List(traitlets.Dict()).tag(sync=True)
    kinds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    marking = traitlets.Bool(False).tag(sync=True)

    def __init__(self, marking: bool = False, kinds: Sequence[str] = (), **kwargs: Any):
        self._turned: list[Callable[[float], None]] = []
        super().__init__(marking=marking, kinds=list(kinds), **kwargs)
        self.on_msg(lambda _widget, content, _buffers: self._asked(content))

    def show(self, lanes: Sequence[Lane], start_s: float, seconds: float, low_s: float, high_s: float) -> None:
        """Show the lanes from ``start_s``; pages can be turned from ``low_s`` to ``high_s``, where marks count from."""
        self.page = {
            "start_s": float(start_s),
            "seconds": float(seconds),
            "low_s": float(low_s),
            "high_s": float(high_s),
            "zero_s": float(low_s),
            "lanes": [lane.page(start_s, seconds) for lane in lanes],
        }

    def on_turn(self, callback: Callable[[float], None]) -> None:
        """Call ``callback(start_s)`` when the page asks for another stretch; the caller shows it."""
        self._turned.append(callback)

    @traitlets.validate("marks")
    def _plain_marks(self, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        """Keep what is a mark: a page can send anything, a comparison needs starts, lengths and known kinds."""
        kept = [mark for mark in map(self._mark, proposal["value"][:_MOST_MARKS]) if mark]
        return sorted(kept, key=lambda mark: mark["start_s"])

    def _mark(self, sent: dict[str, Any]) -> dict[str, Any] | None:
        try:
            start, length = float(sent["start_s"]), float(sent["duration_s"])
        except (KeyError, TypeError, ValueError):
            return None
        if not (0.0 <= start < 1e6 and 0.0 < length <= _LONGEST_MARK_S) or sent.get("kind") not in self.kinds:
            return None
        return {"start_s": start, "duration_s": length, "kind": sent["kind"]}

    def _asked(self, content: Any) -> None:
        start = content.get("start_s") if isinstance(content, dict) else None
        if isinstance(start, int | float) and not isinstance(start, bool):
            for callback in self._turned:
                callback(float(start))
