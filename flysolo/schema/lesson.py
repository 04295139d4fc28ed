"""What a lesson asks and shows, beside its prose: predictions, contrasts, steps, practice, recall, the script card."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words
from flysolo.schema.words import WordedOption

FindingIds = tuple[Slug, ...]


class PlainOption(Strict):
    """An option of a prediction, with what is said once the instrument has shown what happens."""

    id: Slug
    text: Words
    after: Words


class Prediction(Strict):
    """A question answered and locked before anything moves; never marked, never leaves the mentee's folder."""

    id: Slug
    ask: Words
    options: tuple[PlainOption, ...] = Field(min_length=3, max_length=5)
    observed: Slug
    reveal: Words
    findings: FindingIds = Field(min_length=1)

    @model_validator(mode="after")
    def _observed_is_an_option(self) -> Prediction:
        if self.observed not in {option.id for option in self.options}:
            raise ValueError(f"observed names one of the options, not “{self.observed}”")
        return self


class Reflection(Strict):
    """One box after the reveal: what did you expect, what happened, what changes in your model."""

    id: Slug
    ask: Words
    one_way_to_say_it: Words


class ContrastRow(Strict):
    """One feature of the two children, side by side."""

    feature: Words
    left: Words
    right: Words


class Contrast(Strict):
    """Two children compared: what they share first, then how they differ, the principle after."""

    id: Slug
    left: Words
    right: Words
    rows: tuple[ContrastRow, ...] = Field(min_length=3)
    ask_shared: Words
    ask_different: Words
    shared: Words
    different: Words
    principle: Words


class Mechanism(Strict):
    """One named mechanism statement and the findings under it."""

    id: Slug
    statement: Words
    findings: FindingIds = Field(min_length=1)


class HowStep(Strict):
    """One thing to do in the chair, and the mechanism that earns it."""

    do: Words
    because: Slug
    say: str = ""


class PracticeStep(Strict):
    """One question inside a practice case; every option answers at once."""

    id: Slug
    ask: Words
    options: tuple[WordedOption, ...] = Field(min_length=3, max_length=5)
    supported: Slug
    hints: tuple[Words, ...] = Field(min_length=2, max_length=4)

    @model_validator(mode="after")
    def _supported_is_an_option(self) -> PracticeStep:
        if self.supported not in {option.id for option in self.options}:
            raise ValueError(f"supported names one of the options, not “{self.supported}”")
        return self


class Practice(Strict):
    """A private case with instant words: guided (worked, one blank) or coached (a hint ladder)."""

    id: Slug
    rung: Literal["guided", "coached"]
    title: Words
    story: Words
    worked: tuple[Words, ...] = ()
    steps: tuple[PracticeStep, ...] = Field(min_length=1, max_length=4)
    mechanism: Words
    findings: FindingIds = Field(min_length=1)

    @model_validator(mode="after")
    def _guided_is_worked(self) -> Practice:
        if self.rung == "guided" and not self.worked:
            raise ValueError("a guided case shows worked steps before its blank")
        return self


class Recall(Strict):
    """A question that comes back after 2, 7 and 21 days; asks why, not which."""

    id: Slug
    ask: Words
    one_way_to_say_it: Words
    parts: tuple[Words, ...] = Field(min_length=2, max_length=5)
    findings: FindingIds = Field(min_length=1)


class LeavesOut(Strict):
    """How the model is wrong, in a stated way, and one case where it misleads."""

    items: tuple[Words, ...] = Field(min_length=3)
    misleads: Words


class ScriptCard(Strict):
    """One condition on a card; it carries the line on which it breaks, so that it does not become a list by rote."""

    condition: Words
    who: Words
    vulnerable: Words
    fault: Words
    consequences: Words
    twin_condition: Words
    breaks_when: Words


class Lesson(Strict):
    """Everything interactive in one lesson, as ``lesson.toml`` holds it."""

    format: Literal[1]
    module: Slug
    question: Words
    instrument: Slug
    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)
    predictions: tuple[Prediction, ...] = Field(min_length=1, max_length=2)
    reflection: Reflection
    contrasts: tuple[Contrast, ...] = Field(min_length=1)
    how: tuple[HowStep, ...] = Field(min_length=2)
    practice: tuple[Practice, ...] = Field(min_length=2)
    leaves_out: LeavesOut
    script_card: ScriptCard
    summary: Annotated[str, Field(max_length=240, min_length=20)]
    recall: tuple[Recall, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _hangs_together(self) -> Lesson:
        names = {mechanism.id for mechanism in self.mechanisms}
        for step in self.how:
            if step.because not in names:
                raise ValueError(f"each HOW step names a mechanism of this lesson; “{step.because}” is none")
        asked = [q.id for q in (*self.asked, *self.recall)]
        if len(asked) != len(set(asked)):
            raise ValueError("each id stands once in a lesson")
        if {case.rung for case in self.practice} != {"guided", "coached"}:
            raise ValueError("a lesson has guided and coached practice")
        return self

    @property
    def asked(self) -> tuple[Prediction | Reflection | Contrast | Practice, ...]:
        """Everything the page asks, in the order of its sections; recall comes later and elsewhere."""
        return (*self.predictions, self.reflection, *self.contrasts, *self.practice)

    def find(self, kind: str, item_id: str):
        """The prediction, contrast, practice case or recall question with that id; KeyError if there is none."""
        for item in getattr(self, kind):
            if item.id == item_id:
                return item
        raise KeyError(item_id)
