"""An invented solo bank for tests: small families about several modules, and a course that has solo sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flysolo.course import Course
from flysolo.draws import seed_for
from tests.samples import ANSWERS, family

BANK = "solo"
MODULES = ("01-throat", "02-nose", "03-night", "04-face", "05-chance")
SETTINGS = {"title": "Solo sets", "question": "Eight by yourself?", "sets": 3, "families_per_set": 8, "days_apart": 7}


def toml(data: dict[str, Any]) -> str:
    """A dictionary as TOML text, nested parts in line."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in data.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_value(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def course_file(**solo: Any) -> dict[str, Any]:
    """The course, with its solo settings changed by ``solo``."""
    modules = [
        {"id": each, "title": f"About {each[3:]}", "question": "Why?", "minutes": 20, "status": "open"}
        for each in MODULES
    ]
    return {
        "format": 1,
        "title": "An invented course",
        "clinical_review": "awaiting",
        "competencies": [{"id": "E4", "text": "Decide"}, {"id": "E5", "text": "Write a letter"}],
        "solo": SETTINGS | solo,
        "modules": modules,
    }


def solo_family(number: int) -> dict[str, Any]:
    """One family of the bank; every fifth asks for a written reason."""
    data = family(f"bank-child-{number:02d}", module=MODULES[number % len(MODULES)], title=f"Child {number}")
    if number % 5:
        data["questions"] = [question for question in data["questions"] if question["kind"] != "justification"]
    return data


def write_bank(root: Path, count: int, **solo: Any) -> Path:
    """Write a course with a bank of ``count`` families below ``root``."""
    folder = root / "exercises" / BANK / "families"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "curriculum").mkdir(parents=True, exist_ok=True)
    (root / "curriculum" / "course.toml").write_text(toml(course_file(**solo)), encoding="utf-8")
    for number in range(count):
        data = solo_family(number)
        (folder / f"{data['id']}.toml").write_text(toml(data), encoding="utf-8")
    return root


def sit(page, family_id: str) -> None:
    """Answer one case whole, as the page would."""
    for question in page.families[family_id].questions:
        if question.kind == "twin":
            page.close_base(family_id)
        page.save(family_id, question.id, ANSWERS[question.id])


def seed_of(course: Course) -> str:
    """The seed of this mentee's bank."""
    return seed_for(course.card.course, course.card.mentee, BANK)
