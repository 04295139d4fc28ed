"""Words: nothing a mentee reads judges a person, presses a reader or is spelled the British way."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem
from graders.check.content import Content
from graders.check.texts import shown
from graders.check.wordlist import Reader

#: Marks what an author still has to write; ``python -m graders new`` puts it into drafts.
SENTINEL = "WRITE:"


def check(content: Content) -> Iterator[Problem]:
    """The word list over everything a mentee may read, and sentences nobody has written yet."""
    reader = Reader(content.words) if content.words else None
    for file, field, text in shown(content):
        if SENTINEL in text:
            step = "write it, or move the file back to its folder of drafts"
            yield Problem(file, field, f"“{text.strip()[:60]}”", "what mentees see is written to the end", step)
        for hit in reader.hits(text) if reader else ():
            yield Problem(file, field, hit.said, hit.rule, hit.instead)
