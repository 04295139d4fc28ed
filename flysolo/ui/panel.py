"""A form that Python describes and the page draws.

The whole state of a page part is one dictionary, ``view``. What the mentee does comes back as small events. So a case
can be written, tested and reloaded without a browser, and nothing is decided in the page.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from flysolo.ui.assets import script, widget_style
from flysolo.ui.doubts import doubted
from flysolo.ui.view import EMPTY_VIEW, complete_view

Event = dict[str, Any]

FAULT_STATUS = (
    "Something went wrong on our side, not yours. What you had saved is kept. Ask your mentor, or reload this page."
)


class Panel(anywidget.AnyWidget):
    """Shows ``view`` and hands each event to its handlers.

    Setting ``view`` redraws only the blocks that changed: words typed elsewhere on the page, and the focus, stay.
    Texts that people wrote reach the page as text; only ``html`` and ``legend`` are markup, and they are ours.
    """

    _esm = script("dom.js", "drafts.js", "line.js", "fields.js", "question.js", "blocks.js", "panel.js")
    _css = widget_style()
    view = traitlets.Dict(default_value=dict(EMPTY_VIEW)).tag(sync=True)

    def __init__(self, view: dict[str, Any] | None = None, **kwargs: Any):
        self._handlers: list[Callable[[Event], None]] = []
        self._fault_hooks: list[Callable[[Exception, Event], None]] = []
        super().__init__(**kwargs)
        self.on_msg(lambda _widget, content, _buffers: self._answer(content))
        if view is not None:
            self.view = view

    @traitlets.validate("view")
    def _complete(self, proposal: dict[str, Any]) -> dict[str, Any]:
        return complete_view(proposal["value"])

    def on_event(self, handler: Callable[[Event], None]) -> Callable[[Event], None]:
        """Call ``handler({"do", "id", "value"})`` for each event; usable as a decorator."""
        self._handlers.append(handler)
        return handler

    def on_fault(self, hook: Callable[[Exception, Event], None]) -> Callable[[Exception, Event], None]:
        """Call ``hook(error, {"do", "id"})`` when a handler raises; what was typed is left out of it on purpose."""
        self._fault_hooks.append(hook)
        return hook

    def say(self, status: str) -> None:
        """Announce one line without touching the rest of the page."""
        self.view = {**self.view, "status": status}

    def receive(self, content: Event) -> bool:
        """Handle one event as if the page had sent it; False when a handler raised, or words are doubted first.

        A mentee never meets a traceback: the page says whose fault it is and the details go to the fault hooks.
        Words that look like patient data reach no handler before the mentee was ``sure`` of them.
        """
        event = {"do": str(content.get("do", "")), "id": str(content.get("id", "")), "value": content.get("value")}
        warned = None if content.get("sure") is True else doubted(self.view, event)
        if warned:
            self.view = warned
            return False
        try:
            for handler in self._handlers:
                handler(event)
        except Exception as error:
            self._report(error, {"do": event["do"], "id": event["id"]})
            self.say(FAULT_STATUS)
            return False
        return True

    def _answer(self, content: Any) -> None:
        """Handle a message from the page and say that it arrived; silence tells the page it has lost touch."""
        if not isinstance(content, dict):
            return
        ok = self.receive(content)
        if "n" in content:
            self.send({"ack": content["n"], "ok": ok})

    def _report(self, error: Exception, event: Event) -> None:
        if not self._fault_hooks:
            logging.getLogger("flysolo.ui").error("A panel event failed: %s", event, exc_info=error)
        for hook in self._fault_hooks:
            # A full disk while the fault is being logged must not become a second fault.
            with contextlib.suppress(Exception):
                hook(error, event)
