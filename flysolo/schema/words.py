"""What is said about one option: never a verdict alone, always what it sees, what leads there, where that breaks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words

RuleId = Annotated[str, Field(pattern=r"^(X\d\d)?$")]


class OptionWords(Strict):
    """Feedback for one option (80 words at most, since length kills).

    Attributes
    ----------
    sees : what this choice gets right
    leads : the rule or thought that leads there
    breaks : the case in which that rule breaks, or for a supported option what would make it break
    look : where to look next
    rule : id of the rote rule it embodies (``X01``), or ""
    """

    sees: Words
    leads: Words
    breaks: Words
    look: Words
    rule: RuleId = ""

    @model_validator(mode="after")
    def _is_short(self) -> OptionWords:
        count = len(" ".join((self.sees, self.leads, self.breaks, self.look)).split())
        if count > 80:
            raise ValueError(f"the words for one option are at most 80 in all; these are {count}")
        return self


class WordedOption(Strict):
    """An option of a practice question, which answers at once and so carries its own words."""

    id: Slug
    text: Words
    words: OptionWords
