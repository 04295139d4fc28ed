"""What can be out of place between the evidence files: names that lead nowhere, the same name or paper twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flysolo.evidence.numbers import unclassified
from flysolo.files import read_text
from flysolo.problems import ContentError, Problem, nearest

if TYPE_CHECKING:
    from flysolo.evidence.models import Reference
    from flysolo.evidence.store import Evidence

_REFERENCES = "evidence/references.json"


def problems(evidence: Evidence) -> list[Problem]:
    """All problems of the folder: first what cannot be read, and across what can be read, what does not fit."""
    found: list[Problem] = []
    findings: dict[str, Any] = {}
    for topic in evidence.topics:
        findings |= _read(lambda topic=topic: evidence._topic(topic), found)
    references = _read(lambda: evidence.references, found)
    disputed = _read(lambda: evidence.disputed, found)
    pitfalls = _read(lambda: evidence.pitfalls, found)
    found += _twice_named(evidence)
    if references:
        found += _papers_twice(references.values())
        for kind, group, fields in (
            ("findings", findings, ("source", "also_source", "contradicted_by")),
            ("disputed", disputed, ("references_supporting", "references_against")),
            ("pitfalls", pitfalls, ("source", "also_source")),
        ):
            found += _dangling(kind, group, fields, references, "paper")
    found += _dangling("findings", findings, ("same_as",), findings, "finding")
    found += _dangling("disputed", disputed, ("same_as",), disputed, "disputed claim")
    found += _unnamed_numbers(evidence, findings, found)
    return found


def _read(read: Callable[[], dict], found: list[Problem]) -> dict:
    try:
        return read()
    except ContentError as error:
        found += error.problems
        return {}


def _twice_named(evidence: Evidence) -> Iterator[Problem]:
    for finding_id, topics in evidence._where.items():
        if len(topics) > 1:
            where = " and ".join(f"{topic}.yaml" for topic in topics)
            yield _problem("evidence/findings", finding_id, f"this id stands {len(topics)} times, in {where}", "an id")
    try:
        listed = json.loads(read_text(evidence.folder / "references.json", _REFERENCES))
        ids = Counter(each.get("id") for each in listed)
    except (ContentError, ValueError, AttributeError):
        return  # reported where the file is read
    for reference_id, times in ids.items():
        if times > 1:
            yield _problem(_REFERENCES, str(reference_id), f"this id stands {times} times", "an id")


def _papers_twice(references: Iterable[Reference]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for paper in references:
        title = "".join(letter for letter in paper.title.lower() if letter.isalnum())
        marks = {
            ("DOI", (paper.DOI or "").lower()),
            ("PMID", paper.PMID or ""),
            ("title and year", f"{title}{paper.year}"),
        }
        for mark in sorted(marks):
            if mark[1] and seen.setdefault(mark, paper.id) != paper.id:
                yield _problem(_REFERENCES, paper.id, f"the same {mark[0]} as “{seen[mark]}”", "a paper")


def _problem(file: str, field: str, found: str, what: str) -> Problem:
    rule = f"{what} stands once in the whole library"
    return Problem(file, field, found, rule, "merge the two, or rename one of them")


def _dangling(
    kind: str, group: dict[str, Any], fields: tuple[str, ...], valid: dict[str, Any], what: str
) -> Iterator[Problem]:
    for name, entry in group.items():
        file = f"evidence/findings/{entry.topic}.yaml" if kind == "findings" else f"evidence/{kind}.yaml"
        for field in fields:
            value = getattr(entry, field)
            for target in (value,) if isinstance(value, str) else value:
                if target not in valid:
                    yield Problem(
                        file,
                        f"{name}.{field}",
                        f"“{target}”",
                        f"it names a {what} of the library",
                        f"correct the name, or add the {what}.{nearest(target, valid)}",
                    )


def _unnamed_numbers(evidence: Evidence, findings: dict[str, Any], found: list[Problem]) -> Iterator[Problem]:
    before = len(found)
    words = _read(lambda: {"words": evidence.number_words}, found).get("words")
    if words is None or len(found) > before:
        return
    for finding in findings.values():
        for path in (*unclassified(finding.numbers, words), *unclassified(finding.derived, words)):
            yield Problem(
                f"evidence/findings/{finding.topic}.yaml",
                f"{finding.id}.numbers.{path}",
                "a number between 0 and 1 that is neither called a share nor anything else",
                "a card shows a share as a percentage and nothing else as one",
                "name its key in number_words.json under “shares” or “ratios”, or give it a unit",
            )
