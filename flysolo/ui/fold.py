"""A summary that unfolds, for what only the curious want to see.

The accordion of ipywidgets cannot be opened by keyboard; the browser's own details element can.
"""

from __future__ import annotations

import anywidget
import traitlets

from flysolo.ui.assets import script, widget_style


class Fold(anywidget.AnyWidget):
    """Shows ``summary`` and, once unfolded, ``value``: HTML of ours that may change while it is open."""

    _esm = script("dom.js", "fold.js")
    _css = widget_style()
    summary = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(self, summary: str, value: str = "", **kwargs: object):
        super().__init__(summary=summary, value=value, **kwargs)
