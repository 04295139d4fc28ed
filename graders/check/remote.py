"""Pages load nothing from elsewhere: they work on a train, and nobody learns who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flysolo.problems import Problem
from graders.check.content import Content
from graders.check.leaks import tree_files

_URL = re.compile(r"(?:https?:)?//(?:[a-z0-9-]+\.)+[a-z]{2,}[^\s\"'<>)\]}`]*", re.IGNORECASE)
#: Links to papers, and names that look like addresses.
_ALLOWED = re.compile(
    r"https?://(doi\.org|dx\.doi\.org|(pubmed|pmc)\.ncbi\.nlm\.nih\.gov|www\.w3\.org)(/|$)", re.IGNORECASE
)
_CONTENT = (".ipynb", ".md", ".toml", ".html", ".svg", ".css")
_PAGES = (".html", ".j2", ".css", ".js", ".svg", ".py")


def check(content: Content) -> Iterator[Problem]:
    """Addresses in notebooks, lessons and cases, and in templates, styles and scripts."""
    for name, text in sorted(content.texts.items()):
        evidence = name.startswith("curriculum/evidence/")
        if name.endswith(_CONTENT) and not evidence:
            yield from _addresses(text, name)
    for path in tree_files(content.root):
        name = path.relative_to(content.root).as_posix()
        page = name.startswith(("flysolo/", "graders/templates/")) and path.suffix in _PAGES
        if page:
            yield from _addresses(path.read_text(encoding="utf-8"), name)


def _addresses(text: str, name: str) -> Iterator[Problem]:
    for n, line in enumerate(text.splitlines(), 1):
        for match in _URL.finditer(line):
            if not _ALLOWED.match(match.group()):
                rule = "pages reach for nothing outside; links go to papers alone (doi.org, PubMed, PMC)"
                step = "keep a copy in the project, or name the paper as evidence"
                yield Problem(name, f"line {n}", match.group()[:80], rule, step)
