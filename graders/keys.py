"""Keys: which option the mechanism supports, and the words for every option. They never leave the mentor's side.

Each key file carries a canary, a string that stands nowhere else, so that a test can search everything that ships for
a leak.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.files import read_toml
from flysolo.schema.base import Slug, Strict, Words, parse
from flysolo.schema.words import OptionWords, RuleId

KEYS = Path(__file__).parent / "keys"


class ChoiceKey(Strict):
    """Key of a question with one choice (decision, reason, twin, new_information, safety)."""

    supported: Slug
    acceptable: tuple[Slug, ...] = ()
    because: Words
    options: dict[Slug, OptionWords]


class FeatureKey(Strict):
    """Key of a key_features question: what the case turns on, and what would harm or waste."""

    hits: tuple[Slug, ...] = Field(min_length=1, max_length=6)
    harmful: tuple[Slug, ...] = Field(min_length=1)
    because: Words
    options: dict[Slug, OptionWords]

    @model_validator(mode="after")
    def _apart(self) -> FeatureKey:
        if set(self.hits) & set(self.harmful):
            raise ValueError("an option is either a hit or harmful")
        return self


class Anchor(Strict):
    """Two real-sounding texts that earn this mark, so that two mentors mean the same by it."""

    mark: Annotated[int, Field(ge=0, le=3)]
    says: Words
    examples: Annotated[tuple[Words, ...], Field(min_length=2, max_length=2)]


class JustificationKey(Strict):
    """How a mentor marks the written reason, 0 to 3."""

    links: tuple[Slug, ...] = Field(min_length=1)
    because: Words
    anchors: tuple[Anchor, ...]

    @model_validator(mode="after")
    def _all_four(self) -> JustificationKey:
        if [anchor.mark for anchor in self.anchors] != [0, 1, 2, 3]:
            raise ValueError("anchors stand for 0, 1, 2 and 3, in that order")
        return self


class ProbabilityKey(Strict):
    """The rate that a probability is held against, in percent, with the findings it comes from."""

    truth_percent: Annotated[float, Field(ge=0, le=100)]
    because: Words


class ListKey(Strict):
    """Key of an evidence question: what the study can support; everything else it cannot."""

    can: tuple[Slug, ...]
    because: Words
    options: dict[Slug, OptionWords]


class Key(Strict):
    """The key of one family, as ``graders/keys/<exercise>/<family>.toml`` holds it."""

    format: Literal[1]
    exercise: Slug
    family: Slug
    canary: Annotated[str, Field(pattern=r"^FLYSOLO-KEY-[0-9a-f]{16}$")]
    status: Literal["draft", "keyed", "contested"]
    rule_breaking: bool
    rules: tuple[RuleId, ...] = ()
    mechanism: Words
    findings: tuple[Slug, ...] = Field(min_length=1)
    twin_effect: Literal["flips", "holds"]
    twin_look: Literal["eye-catching", "dull"]
    safety: bool = False
    choice: dict[Slug, ChoiceKey]
    features: dict[Slug, FeatureKey] = {}
    justification: dict[Slug, JustificationKey] = {}
    probability: dict[Slug, ProbabilityKey] = {}
    evidence: dict[Slug, ListKey] = {}

    def of(self, question_id: str):
        """The key of one question, whatever its kind; KeyError if the key misses it."""
        for group in (self.choice, self.features, self.justification, self.probability, self.evidence):
            if question_id in group:
                return group[question_id]
        raise KeyError(question_id)


@lru_cache(maxsize=512)
def load_key(exercise: str, family: str, folder: Path = KEYS) -> Key:
    """The key of ``family``; raises ContentError naming the key's file when it is missing or spoiled."""
    path = folder / exercise / f"{family}.toml"
    name = f"graders/keys/{exercise}/{family}.toml"
    return parse(Key, read_toml(path, name), name)
