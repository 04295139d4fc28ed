"""What goes amiss when a finding is asked for: nobody has it, or nobody has read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flysolo.problems import ContentError, Problem, nearest

if TYPE_CHECKING:
    from flysolo.evidence.models import Finding


class UnknownFinding(ContentError, KeyError):
    """No finding, or no paper, of that name."""

    def __init__(self, what: str, name: str, valid: Iterable[str], where: str):
        near = nearest(name, valid)
        super().__init__(
            [
                Problem(
                    where,
                    name,
                    f"no {what} “{name}”",
                    f"a {what} is named by its id",
                    f"correct the name, or add the {what}.{near}",
                )
            ]
        )

    # KeyError would show its argument in quotes, on one line
    __str__ = ContentError.__str__


class NotShown(ContentError):
    """A finding that nobody has read yet was about to be shown."""

    def __init__(self, finding: Finding):
        super().__init__(
            [
                Problem(
                    f"evidence/findings/{finding.topic}.yaml",
                    f"{finding.id}.verified",
                    "memory",
                    "what was recalled and not read is never shown or keyed",
                    "read the source and correct “verified”, or rest the statement on another finding",
                )
            ]
        )
