"""Words: nothing a mentee reads judges a person, presses a reader or is spelled the British way."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem
from graders.check.content import Content, is_draft_file
from graders.check.texts import shown
from graders.check.wordlist import Reader

#: Marks what an author still has to write; ``python -m graders new`` puts it into drafts.
SENTINEL = "WRITE:"


def check(content: Content) -> Iterator[Problem]:
    """The word list over everything a mentee may read, and sentences nobody has written yet."""
    yield from _unwritten(content)
    if content.words is None:
        return
    reader = Reader(content.words)
    for file, field, text in shown(content):
        for hit in reader.hits(text):
            yield Problem(file, field, hit.said, hit.rule, hit.instead)


def _unwritten(content: Content) -> Iterator[Problem]:
    for name, text in content.texts.items():
        for n, line in enumerate(text.splitlines() if not is_draft_file(name) else (), 1):
            # the entry of a draft module in the course file is shown to nobody
            if SENTINEL in line and not name.endswith("course.toml"):
                rule, step = "what mentees see is written to the end", "write it, or move the file back to its drafts"
                yield Problem(name, f"line {n}", f"“{line.strip()[:60]}”", rule, step)
    for module in content.modules.values():
        if module.status == "open" and SENTINEL in module.title + module.question:
            step = "write its title and question, or set its status to “draft”"
            found = f"“{SENTINEL}” in title or question"
            yield Problem("curriculum/course.toml", f"modules “{module.id}”", found, "an open module is written", step)
