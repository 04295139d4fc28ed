"""An invented solo bank with keys, beside the invented exercise: three sets of two, so that a round is soon sat."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from flysolo.content import load_course, load_families
from flysolo.solo import bank_of, draw_set, item_of, opened, seen_in, short_name
from graders.mentor import MentorCourse
from tests.graders import invented
from tests.graders.conftest import Pen

BANK = "solo"
NAMES = tuple(f"solo-{letter}-child" for letter in "abcdefgh")
SETTINGS = {
    "title": "Solo sets",
    "question": "By yourself?",
    "sets": 3,
    "families_per_set": 2,
    "days_apart": 7,
    "written_per_set": 2,
}


def write_solo_course(root: Path) -> Path:
    """The invented course with a solo bank; returns the content root."""
    content = invented.write_course(root)
    path = content / "curriculum" / "course.toml"
    path.write_text(path.read_text(encoding="utf-8") + invented.toml({"solo": SETTINGS}), encoding="utf-8")
    for number, name in enumerate(NAMES):
        _write_family(root, number, name)
    return content


def _write_family(root: Path, number: int, name: str) -> None:
    data = invented.family(name, (invented.JUSTIFICATION, invented.SAFETY))
    keyed = invented.key(
        name, exercise=BANK, canary=f"FLYSOLO-KEY-{number:016x}", justification={"why": invented._why()}
    )
    keyed["choice"]["alarm"] = invented._choice(["yes", "no"], "yes")
    keyed["safety"] = True
    keyed["rules"] = ["X01"] if number % 2 else ["X42"]
    for folder, content in (("content/exercises/solo/families", data), ("keys/solo", keyed)):
        path = root / folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(invented.toml(content), encoding="utf-8")


@dataclass
class SoloPen(Pen):
    """A mentee's pen in the solo bank."""

    exercise: str = BANK

    def open_set(self) -> tuple[str, ...]:
        """Draw the next set, as the page does."""
        solo, sets = load_course().solo, opened(self.book())
        bank = bank_of(solo)
        drawn = draw_set(bank, solo, self.header.seed, len(sets) + 1, seen_in(sets))
        text = " ".join(sorted(short_name(family.id) for family in bank))
        self.write("draw", item_of(len(sets) + 1), value={"choices": drawn, "text": text})
        return drawn

    def sit(self, **choices) -> tuple[str, ...]:
        """Open the next set and answer it whole, supported but for what is named."""
        drawn = self.open_set()
        for family in drawn:
            self.answer_all(family, **(LIKE_A_CLINICIAN | choices))
        return drawn


LIKE_A_CLINICIAN = {"confidence": "act"}


def redate(course: MentorCourse, mentee: str, arrivals: list[str]) -> None:
    """Let the hand-ins of a mentee have arrived on other days, in their order."""
    for kept, at in zip(course.records(mentee, BANK), arrivals, strict=True):
        path = kept.path.with_suffix(".json")
        path.write_text(json.dumps(json.loads(path.read_text()) | {"arrived_at": at}), encoding="utf-8")


def families() -> list[str]:
    """Ids of the bank."""
    return [family.id for family in load_families(BANK)]
