"""The first unit: controls to try, a rehearsal of asking and handing in, and practice in saying how sure one is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words
from flysolo.schema.lesson import FindingIds


class TryOption(Strict):
    """One thing to choose where no choice is better than another."""

    id: Slug
    text: Words


class TryOut(Strict):
    """One control to try. Nothing depends on it; afterwards the page says what has just happened."""

    id: Slug
    kind: Literal["one", "number", "text", "press"]
    ask: Words
    help: str = ""
    label: Words = "Save"
    options: tuple[TryOption, ...] = ()
    low: float = 0
    high: float = 100
    unit: str = ""
    hints: tuple[Words, ...] = ()
    title: Words = "What just happened"
    after: Words

    @model_validator(mode="after")
    def _fits_its_kind(self) -> TryOut:
        if (self.kind == "one") != bool(self.options):
            raise ValueError("a choice has options, and nothing else has")
        if self.kind == "number" and not self.low < self.high:
            raise ValueError("a number lies between low and high")
        return self


class PlayDial(Strict):
    """One dial to move; its name is a number in the sentence below the dials."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    label: Words
    low: float
    high: float
    step: float = 1
    value: float
    unit: str = ""


class Play(Strict):
    """Dials that move one sentence: ``says`` names each dial and their product, ``total``, in braces."""

    dials: tuple[PlayDial, ...] = Field(min_length=2, max_length=3)
    says: Words

    @model_validator(mode="after")
    def _names_every_dial(self) -> Play:
        missing = [each for each in (*(dial.name for dial in self.dials), "total") if f"{{{each}}}" not in self.says]
        if missing:
            raise ValueError(f"the sentence names each dial and the total in braces; {missing[0]} is not there")
        return self


class Estimate(Strict):
    """One general estimate with two answers, one of which the study bears out."""

    id: Slug
    ask: Words
    options: tuple[TryOption, ...] = Field(min_length=2, max_length=2)
    supported: Slug
    because: Words
    findings: FindingIds = Field(min_length=1)

    @model_validator(mode="after")
    def _supported_is_an_option(self) -> Estimate:
        if self.supported not in {option.id for option in self.options}:
            raise ValueError(f"supported names one of the options, not “{self.supported}”")
        return self


class Orientation(Strict):
    """Everything interactive in the first unit, as its ``lesson.toml`` holds it."""

    format: Literal[1]
    kind: Literal["orientation"]
    module: Slug
    question: Words
    summary: Annotated[str, Field(max_length=240, min_length=20)]
    tour: tuple[TryOut, ...] = Field(min_length=3)
    play: Play
    rehearsal: tuple[TryOut, ...] = Field(min_length=3)
    estimates: tuple[Estimate, ...] = Field(min_length=8, max_length=8)

    #: Nothing comes back from this unit after days; pages that ask every lesson find none.
    recall: tuple[()] = ()

    @property
    def asked(self) -> tuple[TryOut | Estimate, ...]:
        """Everything the page asks, in the order of its sections, but for the needs assessment in its own file."""
        return (*self.tour, *self.rehearsal, *self.estimates)

    def find(self, kind: str, item_id: str):
        """The item of that kind with that id; KeyError if there is none, as in every lesson."""
        for item in getattr(self, kind, ()):
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    @model_validator(mode="after")
    def _each_id_once(self) -> Orientation:
        ids = [each.id for each in self.asked]
        if len(ids) != len(set(ids)):
            raise ValueError("each id stands once in the unit")
        return self
