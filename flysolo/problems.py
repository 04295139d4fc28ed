"""What is said when a file or a value cannot be used: always four parts, always a next step.

People who meet these words are clinicians and authors. A message that names the file, what was found, the rule and
what to do next can be acted on; a traceback cannot.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is not right, in four parts.

    Attributes
    ----------
    file : the file, as the reader knows it (relative where possible)
    field : where in the file (``questions[2].options``, ``line 14``), or "" for the whole file
    found : what stands there now
    rule : what should stand there
    next_step : what to do
    """

    file: str
    field: str
    found: str
    rule: str
    next_step: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.field}" if self.field else self.file
        return f"{where}\n  Found: {self.found}\n  Rule:  {self.rule}\n  Next:  {self.next_step}"


class ContentError(ValueError):
    """One or more files cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class InputError(ContentError):
    """A value handed to a model cannot be used."""

    def __init__(self, field: str, found: object, rule: str, next_step: str, file: str = "value"):
        super().__init__([Problem(file, field, str(found), rule, next_step)])


def nearest(name: str, valid: Iterable[str]) -> str:
    """Name the nearest valid spelling, as the end of a sentence ("" when nothing is near)."""
    close = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f" Did you mean “{close[0]}”?" if close else ""
