"""How often a person's confidence was borne out, in words and as a small picture; never a mark, never a comparison.

The three steps are read as about 0.45, 0.70 and 0.90: what people who are well calibrated reach when they guess, when
they would ask somebody first, and when they would act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from flysolo.schema.family import FIXED_OPTIONS

#: Confidence step -> share of answers borne out in a person whose words fit what they know.
READ_AS = {"guess": 0.45, "discuss": 0.70, "act": 0.90}
STEP_WORDS = dict(FIXED_OPTIONS["confidence"])
#: Fewer answers than this at a step are named, and nothing is made of them.
ENOUGH = 3
_HEIGHT, _LEFT, _WIDTH = 38, 8, 300


@dataclass(frozen=True)
class Step:
    """What happened at one confidence step: ``held`` of ``of`` answers were borne out."""

    id: str
    held: int
    of: int

    @property
    def share(self) -> float | None:
        """Share borne out, or None where nothing was answered."""
        return self.held / self.of if self.of else None


def by_step(answers: Iterable[tuple[str, bool]]) -> list[Step]:
    """(confidence, borne out) of each answer, gathered by step in the order of the steps."""
    answers = list(answers)
    gathered = {step: [held for sure, held in answers if sure == step] for step in READ_AS}
    return [Step(step, sum(found), len(found)) for step, found in gathered.items()]


def step_sentence(step: Step) -> str:
    """One step in words, with how it is read; too few answers are said to be too few."""
    words = STEP_WORDS[step.id]
    if not step.of:
        return f"“{words}”: you did not use it this time."
    read_as = f"“{words}” is read as about {round(READ_AS[step.id] * 10):d} in 10."
    if step.id == "guess":
        read_as = f"“{words}” is read as a little under half."
    told = f"“{words}”: the studies bear out {step.held} of {step.of}."
    if step.of < ENOUGH:
        return f"{told} {read_as} {'One answer says' if step.of == 1 else 'Two answers say'} nothing yet."
    return f"{told} {read_as} {_lean(step)}"


def _lean(step: Step) -> str:
    """Which way a step leans; a gap that one answer more or less would close is none."""
    gap = step.share - READ_AS[step.id]
    if abs(gap) <= 1 / step.of:
        return "That fits."
    if gap > 0:
        return "You know more here than the word says."
    return "The word says more here than these answers carry."


def rows(steps: Iterable[Step]) -> list[list[str]]:
    """The picture as a table."""
    return [
        [STEP_WORDS[step.id], f"{step.held} of {step.of}" if step.of else "not used", f"{READ_AS[step.id]:.0%}"]
        for step in steps
    ]


def chart_html(steps: list[Step], sentence: str) -> str:
    """One bar for each step, with a line where the step is read; the table beside it says the same."""
    lines = "".join(_bar(step, number) for number, step in enumerate(steps))
    height = _HEIGHT * len(steps) + 22
    ends = (
        f'<text x="{_LEFT}" y="{height - 4}" class="fs-steps-axis">none</text>'
        f'<text x="{_LEFT + _WIDTH}" y="{height - 4}" class="fs-steps-axis" text-anchor="end">all</text>'
    )
    return (
        f'<figure class="fs-steps-chart"><svg viewBox="0 0 {_LEFT * 2 + _WIDTH} {height}" role="img" '
        f'aria-label="{escape(sentence)} The words beside it say the same.">{lines}{ends}</svg>'
        f"<figcaption>{escape(sentence)} The bar is the share of your answers that was borne out. The upright line is "
        "where the word is read.</figcaption></figure>"
    )


def _bar(step: Step, number: int) -> str:
    top = number * _HEIGHT
    mark = _LEFT + READ_AS[step.id] * _WIDTH
    bar = ""
    if step.of:
        width = max(2, step.share * _WIDTH)
        bar = f'<rect x="{_LEFT}" y="{top + 18}" width="{width:.0f}" height="12" class="fs-steps-bar"/>'
    return (
        f'<text x="{_LEFT}" y="{top + 13}" class="fs-steps-name">{escape(STEP_WORDS[step.id])}</text>'
        f'<rect x="{_LEFT}" y="{top + 18}" width="{_WIDTH}" height="12" class="fs-steps-ground"/>{bar}'
        f'<line x1="{mark:.0f}" x2="{mark:.0f}" y1="{top + 15}" y2="{top + 33}" class="fs-steps-mark"/>'
    )
