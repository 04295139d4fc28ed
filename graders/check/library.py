"""The evidence library as the check sees it; what fits within it is the library's own to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flysolo.evidence import Evidence
from flysolo.problems import ContentError, Problem
from graders.check.content import Content

FOLDER = "curriculum/evidence"
#: What cards and lessons may show of findings, disputed claims and pitfalls.
_SAID = (
    *("claim", "population", "design", "limits", "teaches", "would_change_our_mind", "claim_as_taught", "verdict"),
    *("how_to_teach", "state_of_evidence", "what_would_settle_it", "looks_right_by_rule", "wrong_by_mechanism"),
    *("mechanism", "do_instead"),
)
_ENTRY = re.compile(r"^- id: *['\"]?([^\s'\"]+)(.*?)(?=^- id:|\Z)", re.MULTILINE | re.DOTALL)
_VERIFIED = re.compile(r"^ +verified: *['\"]?([a-z-]+)", re.MULTILINE)


def check(content: Content) -> Iterator[Problem]:
    """Every problem of the library: files that cannot be read, names that lead nowhere, entries that stand twice."""
    if not (content.root / FOLDER).is_dir():
        step = "bring the folder back from version control"
        yield Problem(FOLDER, "", "no such folder", "the course rests on its evidence", step)
        return
    library = content.library
    if not library.topics:
        step = "bring the folder back from version control"
        yield Problem(f"{FOLDER}/findings", "", "no file of findings", "the course rests on findings", step)
    try:
        found = library.problems()
    except Exception as error:  # a file that parses into something nobody thought of
        what = f"it cannot be looked through: {type(error).__name__}: {error}"
        step = "compare the files with an earlier version of them"
        found = [Problem("evidence", "", what, "the files hold lists of entries with fields", step)]
    yield from (_placed(each) for each in found)


def _placed(problem: Problem) -> Problem:
    """The library names its files from its own folder, a paper after a comma."""
    file, _, paper = problem.file.partition(", ")
    field = ".".join(part for part in (paper, problem.field) if part)
    return replace(problem, file=f"curriculum/{file}", field=field)


def read_findings(library: Evidence, texts: dict[str, str]) -> dict[str, str] | None:
    """How each finding was verified, by id; None when there is nothing to be read.

    A file that is spoiled is scanned line by line, so that what it still names is not called unknown elsewhere.
    """
    try:
        return {each.id: each.verified for each in library.findings.values()} or None
    except Exception:  # reported by the check above
        files = [text for name, text in sorted(texts.items()) if name.startswith(f"{FOLDER}/findings/")]
        found = {}
        for text in files:
            for entry in _ENTRY.finditer(text):
                verified = _VERIFIED.search(entry[2])
                found[entry[1]] = verified[1] if verified else ""
        return found or None


def said(content: Content) -> Iterator[tuple[str, str, str]]:
    """(file, field, text) of every sentence of the library that can be read."""
    for name in ("findings", "disputed", "pitfalls"):
        try:
            entries = getattr(content.library, name)
        except (ContentError, OSError):
            continue  # reported by the check above
        for entry in entries.values():
            file = f"{FOLDER}/findings/{entry.topic}.yaml" if name == "findings" else f"{FOLDER}/{name}.yaml"
            for field in _SAID:
                text = getattr(entry, field, None)
                if text:
                    yield file, f"{entry.id}.{field}", text
