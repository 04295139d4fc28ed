"""What every instrument does alike: dials that wait to be unlocked, a redraw at each move, and word to who asks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from flysolo.ui.dials import Dials
from flysolo.ui.fold import Fold


class DialInstrument(ABC):
    """An instrument moved by dials; a subclass sets ``widget`` and draws."""

    def __init__(self, specs: list[dict]) -> None:
        self._moved: list[Callable[[], None]] = []
        self.dials = Dials(specs=specs)
        self.sum = Fold("Show me the sum")
        self.dials.observe(self._redraw_and_tell, names="values")

    def on_moved(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` each time a dial was moved."""
        self._moved.append(callback)

    def lock(self, note: str) -> None:
        """Hold the dials still until the prediction is locked; ``note`` says why."""
        self.dials.locked_note, self.dials.locked = note, True

    def unlock(self) -> None:
        """Let the dials move."""
        self.dials.locked = False

    def _redraw_and_tell(self, _change: dict) -> None:
        self._redraw()
        for callback in self._moved:
            callback()

    @abstractmethod
    def _redraw(self) -> None:
        """Draw picture, words, table and sum as the dials stand."""
