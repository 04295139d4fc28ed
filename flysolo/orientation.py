"""The first unit in front of a mentee: what its notebook's cells call.

It is private like every lesson. Its needs assessment and its estimates are worked out on the mentee's own computer
and lie in the practice ledger, which is in no hand-in.
"""

from __future__ import annotations

import ipywidgets
from IPython.display import HTML

from flysolo import confidence_page, house, needs_page, orientation_pages
from flysolo.lesson import Sitting
from flysolo.ui.panel import Panel


class OrientationPage(Sitting):
    """The first unit, one method for each part of its fixed shape."""

    def tour(self) -> Panel:
        """Controls to try: nothing breaks, everything can be put back."""
        return orientation_pages.TryOuts(self, "tour").panel

    def play(self) -> ipywidgets.Widget:
        """Dials to move, with one sentence that follows them."""
        return orientation_pages.play(self.content.play)

    def rehearse(self) -> Panel:
        """Asking, handing in and reading a reply, once through with nothing sent."""
        return orientation_pages.TryOuts(self, "rehearsal").panel

    def who_sees(self) -> HTML:
        """What the mentor sees, what only if it is shared, what nobody sees."""
        return HTML(house.privacy_html())

    def safety(self) -> HTML:
        """When to phone somebody today."""
        return HTML(house.safety_html())

    def confidence(self) -> Panel:
        """Eight estimates, each with how sure one is; the pattern is shown after the last."""
        return confidence_page.ConfidencePage(self).panel

    def needs(self) -> Panel:
        """The private needs assessment."""
        return needs_page.NeedsPage(self).panel

    def summary(self) -> Panel:
        """The unit in one sentence, and setting it aside."""
        return orientation_pages.Close(self).panel
