"""Reading the evidence files, each only when something in it is asked for.

A lesson opens with about ten findings of one or two topics. Reading all topics costs a good part of a second on a
small machine, so a line scan says which file holds which finding, and only those files are parsed.
"""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flysolo.evidence.errors import UnknownFinding
from flysolo.files import parse_json, read_json, read_text
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem

if TYPE_CHECKING:
    from flysolo.evidence.models import Disputed, Finding, Pitfall, Reference
    from flysolo.evidence.number_words import NumberWords

# models (and with them pydantic, a quarter of a second) are imported where they are used: importing this stays quick
_REFERENCES = "evidence/references.json"
_ID_LINE = re.compile(r"^- id: *(?:['\"])?([^\s'\"]+)", re.MULTILINE)


class Evidence:
    """The evidence in one folder; problems in a file come up when that file is needed, all at once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._topics: dict[str, dict[str, Finding]] = {}
        self._checked_references: dict[str, Reference] = {}

    def finding(self, finding_id: str) -> Finding:
        """One finding by id; an unknown id is answered with the nearest valid one."""
        topics = self._where.get(finding_id)
        if topics:
            return self._topic(topics[0])[finding_id]
        if finding_id in self.findings:  # written in a way the line scan does not see
            return self.findings[finding_id]
        raise UnknownFinding("finding", finding_id, self.findings, "evidence/findings")

    def reference(self, reference_id: str) -> Reference:
        """One paper by id; an unknown id is answered with the nearest valid one."""
        if reference_id not in self._checked_references:
            from flysolo.evidence.models import Reference
            from flysolo.schema.base import parse

            data = self._one_reference(reference_id) or self._raw_references.get(reference_id)
            if data is None:
                raise UnknownFinding("paper", reference_id, self._raw_references, _REFERENCES)
            self._checked_references[reference_id] = parse(Reference, data, f"{_REFERENCES}, {reference_id}")
        return self._checked_references[reference_id]

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """All findings by id."""
        return self._gather(lambda topic: self._topic(topic), self.topics)

    @cached_property
    def references(self) -> dict[str, Reference]:
        """All papers by id."""
        return self._gather(lambda each: {each: self.reference(each)}, list(self._raw_references))

    @cached_property
    def disputed(self) -> dict[str, Disputed]:
        """Claims as taught, with where the evidence stands, by id."""
        from flysolo.evidence.models import DisputedFile

        return {each.id: each for each in self._parse(DisputedFile, "disputed.yaml").disputed}

    @cached_property
    def pitfalls(self) -> dict[str, Pitfall]:
        """Rules that look right and do not hold, by id."""
        from flysolo.evidence.models import PitfallsFile

        return {each.id: each for each in self._parse(PitfallsFile, "pitfalls.yaml").pitfalls}

    @cached_property
    def number_words(self) -> NumberWords:
        """Words for the keys of numbers; a folder may do without."""
        from flysolo.evidence.models import NumberWordsFile
        from flysolo.evidence.number_words import NumberWords
        from flysolo.schema.base import parse

        if not (self.folder / "number_words.json").exists():
            return NumberWords()
        name = "evidence/number_words.json"
        return NumberWords(**dict(parse(NumberWordsFile, read_json(self.folder / "number_words.json", name), name)))

    @cached_property
    def topics(self) -> list[str]:
        """Names of the topic files, in order."""
        return sorted(path.stem for path in (self.folder / "findings").glob("*.yaml"))

    def to_check(self) -> dict[str, tuple[str, ...]]:
        """Papers with fields that were recalled and not read: the list to complete before anything is printed."""
        return {name: paper.custom.recalled for name, paper in self.references.items() if paper.custom.recalled}

    def problems(self) -> list[Problem]:
        """Everything that is not right in the folder, in four parts each; [] if all is well."""
        from flysolo.evidence.check import problems

        return problems(self)

    @cached_property
    def _where(self) -> dict[str, list[str]]:
        """Topic files that hold each finding, by a line scan."""
        where: dict[str, list[str]] = {}
        for topic in self.topics:
            # a file that is no UTF-8 is reported when it is read, not here
            text = (self.folder / "findings" / f"{topic}.yaml").read_bytes().decode("utf-8", "replace")
            for finding_id in _ID_LINE.findall(text):
                where.setdefault(finding_id, []).append(topic)
        return where

    def _one_reference(self, reference_id: str) -> dict | None:
        """One paper read out of its place in the list; None if the list is written in another way."""
        start = self._reference_text.find(f'{{\n  "id": {json.dumps(reference_id)},')
        if start < 0:
            return None
        try:
            return json.JSONDecoder().raw_decode(self._reference_text, start)[0]
        except json.JSONDecodeError:
            return None  # reading the whole list says where it breaks

    @cached_property
    def _reference_text(self) -> str:
        return self._text("references.json")

    @cached_property
    def _raw_references(self) -> dict[str, dict]:
        listed = parse_json(self._reference_text, _REFERENCES)
        if not isinstance(listed, list) or not all(isinstance(each, dict) and "id" in each for each in listed):
            raise ContentError(
                [
                    Problem(
                        _REFERENCES,
                        "",
                        "something else than a list of papers with ids",
                        "the file is one CSL-JSON list",
                        "put the papers back into one list, each with its id",
                    )
                ]
            )
        return {each["id"]: each for each in listed}

    def _topic(self, topic: str) -> dict[str, Finding]:
        if topic not in self._topics:
            from flysolo.evidence.models import TopicFile

            parsed = self._parse(TopicFile, f"findings/{topic}.yaml")
            self._topics[topic] = {finding.id: finding for finding in parsed.findings}
        return self._topics[topic]

    def _parse(self, model: Any, name: str) -> Any:
        from flysolo.schema.base import parse

        data = _yaml(self._text(name), f"evidence/{name}")
        if isinstance(data, dict) and isinstance(data.get("findings"), list):
            # the topic stands once, at the head of its file
            for finding in data["findings"]:
                if isinstance(finding, dict):
                    finding.setdefault("topic", data.get("topic"))
        return parse(model, data, f"evidence/{name}")

    def _text(self, name: str) -> str:
        return read_text(self.folder / name, f"evidence/{name}")

    @staticmethod
    def _gather(read: Any, names: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for name in names:
            try:
                found |= read(name)
            except ContentError as error:
                problems += error.problems
        if problems:
            raise ContentError(problems)
        return found


def _yaml(text: str, name: str) -> Any:
    import yaml

    # libyaml reads these files eight times faster than the Python parser; wheels carry it, but not every build does
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, loader)  # noqa: S506 - a safe loader either way
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        raise ContentError(
            [
                Problem(
                    name,
                    f"line {mark.line + 1}" if mark else "",
                    f"it stops being YAML there ({what})",
                    "evidence files are whole YAML files",
                    "look at that line and the one above: an indent, a colon or a quote is out of place",
                )
            ]
        ) from None


@lru_cache(maxsize=8)
def _load(folder: Path) -> Evidence:
    return Evidence(folder)


def load_evidence(folder: Path | None = None) -> Evidence:
    """The evidence of the course, or of ``folder``; read once, each part when it is first asked for."""
    return _load((folder or content_root() / "curriculum" / "evidence").resolve())
