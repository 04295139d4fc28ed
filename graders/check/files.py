"""Files are whole: each ends with a line break, so that one cut short in the middle of a line is noticed."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem
from graders.check.content import Content


def check(content: Content) -> Iterator[Problem]:
    """Text files that end in the middle of a line; some formats would read them as if nothing was missing."""
    for name, text in sorted(content.texts.items()):
        if not text.endswith("\n"):
            last = text.rsplit("\n", 1)[-1][-60:]
            found = f"it ends in the middle of a line: “{last}”" if last else "nothing"
            rule = "a text file is whole and ends with a line break"
            yield Problem(
                name, "last line", found, rule, "see whether the file was cut short; end it with a line break"
            )
