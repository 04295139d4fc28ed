"""Everything the check looks at, read once: files, what they hold, and what reading them met.

A file that cannot be read is a problem and then absent; every other file is still looked at, so that one run names
everything there is to mend.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from flysolo.evidence import Evidence
from flysolo.problems import Problem
from flysolo.schema.course import CourseFile, Module, Solo
from flysolo.schema.family import Family
from flysolo.schema.house import Privacy, Safety
from flysolo.schema.lesson import Lesson
from flysolo.schema.needs import Needs
from flysolo.schema.orientation import Orientation
from flysolo.schema.rules import RoteRules
from graders.check.pages import Page
from graders.check.wordlist import WordList
from graders.keys import Key

#: Folders whose files are content.
FOLDERS = ("curriculum", "exercises", "graders/keys")
#: What a file is called by in this folder is read by nobody but the check: an author's drafts.
DRAFTS = "drafts"


@dataclass(frozen=True)
class Content:
    """The content under one root, as far as it could be read.

    Attributes
    ----------
    root : folder that holds ``curriculum/``, ``exercises/`` and ``graders/keys/``
    names : every content file, readable or not, by its name under the root
    texts : text of every file that is UTF-8
    library : the evidence, each part read when it is first asked for
    findings : finding id -> how it was verified, or None while the evidence cannot be read
    found : the problems that reading met
    """

    root: Path
    names: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    course: CourseFile | None = None
    rules: RoteRules | None = None
    words: WordList | None = None
    library: Evidence | None = None
    findings: dict[str, str] | None = None
    lessons: dict[str, Lesson] = field(default_factory=dict)
    orientations: dict[str, Orientation] = field(default_factory=dict)
    needs: dict[str, Needs] = field(default_factory=dict)
    privacy: Privacy | None = None
    safety: Safety | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    families: dict[str, dict[str, Family]] = field(default_factory=dict)
    keys: dict[str, dict[str, Key]] = field(default_factory=dict)
    notebooks: dict[str, nbformat.NotebookNode] = field(default_factory=dict)
    found: tuple[Problem, ...] = ()

    @property
    def modules(self) -> dict[str, Module]:
        """Modules of the course by id; none while the course file cannot be read."""
        return {each.id: each for each in self.course.modules} if self.course else {}

    @property
    def solo(self) -> Solo | None:
        """The settings of the solo sets; None where the course has none, or cannot be read."""
        return self.course.solo if self.course else None

    def is_solo(self, exercise: str) -> bool:
        """Whether an exercise is the solo bank."""
        return self.solo is not None and self.solo.exercise == exercise

    @property
    def solo_short(self) -> int:
        """How many more families the solo bank needs for one whole round."""
        return max(0, self.solo.families - len(self.family_ids(self.solo.exercise))) if self.solo else 0

    def is_draft(self, module_id: str) -> bool:
        """Whether mentees do not see this module, or the solo bank, yet."""
        if self.is_solo(module_id):
            return self.solo_short > 0
        return module_id in self.modules and self.modules[module_id].status == "draft"

    def family_ids(self, exercise: str) -> set[str]:
        """Families that have a file, readable or not."""
        return _stems(self.names, f"exercises/{exercise}/families/")

    def key_ids(self, exercise: str) -> set[str]:
        """Families whose key has a file, readable or not."""
        return _stems(self.names, f"graders/keys/{exercise}/")

    @property
    def exercises(self) -> list[str]:
        """Folders of ``exercises/`` that hold at least one family."""
        found = (name.split("/") for name in sorted(self.names) if name.startswith("exercises/"))
        return list(dict.fromkeys(parts[1] for parts in found if len(parts) == 4 and parts[2] == "families"))


def family_file(exercise: str, family: str) -> str:
    """Name of a family's file."""
    return f"exercises/{exercise}/families/{family}.toml"


def key_file(exercise: str, family: str) -> str:
    """Name of a key's file."""
    return f"graders/keys/{exercise}/{family}.toml"


def is_draft_file(name: str) -> bool:
    """Whether a file lies in an author's folder of drafts."""
    return DRAFTS in name.split("/")[:-1]


def _stems(names: frozenset[str], folder: str) -> set[str]:
    return {
        name.removeprefix(folder).removesuffix(".toml")
        for name in names
        if name.startswith(folder) and name.endswith(".toml") and "/" not in name.removeprefix(folder)
    }
