"""Invented children for instruments: each with one story, and an expected number of events that stays as it is named.

A story is a few values away from what is usual at that age. The closing pressure that nothing else explains is then
moved until the night holds about as many obstructive events as the story says; so a change in the model's numbers never
turns the child who sleeps quietly into another child.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from flysolo.child import ages, nose
from flysolo.child.airway import expected_events_per_h
from flysolo.child.children import FIELDS, Children, example
from flysolo.child.parameters import P
from flysolo.models import checked_choice

_BY_AGE = (
    "tonsil",
    "adenoid_ratio",
    "throat_cmh2o",
    "compensation_cmh2o",
    "arousal_threshold_cmh2o",
    "lung_reserve",
    "central_per_h",
    "heart_rate_bpm",
    "breaths_per_min",
)


@dataclass(frozen=True)
class Story:
    """One invented child: who it is in a phrase, the age, the events an hour its nights hold, and what is unusual."""

    who: str
    age_years: float
    events_per_h: float
    unusual: dict[str, float] = field(default_factory=dict)


STORIES: dict[str, Story] = {
    "quiet sleeper": Story("six years, nothing unusual", 6.0, 0.3),
    "snorer": Story("five years, a narrow nose, snores", 5.0, 1.5, {"nose_cmh2o_s_per_l": 6.0, "tonsil": 0.55}),
    "big tonsils": Story(
        "five years, big tonsils and adenoids", 5.0, 12.0, {"tonsil": 0.85, "adenoid_ratio": 0.8, "symptom_z": 1.0}
    ),
    "worst in REM": Story(
        "eight years, events gather in REM", 8.0, 6.0, {"rem_loss_cmh2o": 16.0, "supine_cmh2o": 0.0, "tonsil": 0.6}
    ),
    "on the back": Story("nine years, worst on the back", 9.0, 7.0, {"supine_cmh2o": 12.0, "rem_loss_cmh2o": 2.0}),
    "central pauses": Story("three years, pauses without effort", 3.0, 0.5, {"central_per_h": 9.0, "loop_gain": 0.6}),
    "heavy teenager": Story("fifteen years, heavy", 15.0, 15.0, {"bmi_z": 2.6, "tonsil": 0.35, "male": 1}),
}


def names() -> list[str]:
    """Names of the stories, for a choice dial."""
    return list(STORIES)


def introduced(name: str) -> str:
    """A story in one short sentence, for the words under a picture."""
    return f"{name[0].upper()}{name[1:]}: {STORIES[name].who}."


@cache
def child(name: str) -> Children:
    """Return the child of a story, as one row."""
    story = STORIES[checked_choice("child", name, STORIES)]
    values = _usual(story.age_years) | story.unusual
    low, high = FIELDS["throat_cmh2o"].low, FIELDS["throat_cmh2o"].high
    for _ in range(24):  # halving, to 0.00001 cmH2O: expected events only rise with the closing pressure
        middle = (low + high) / 2.0
        above = float(expected_events_per_h(_row(values | {"throat_cmh2o": middle}))[0]) > story.events_per_h
        low, high = (low, middle) if above else (middle, high)
    return _row(values | {"throat_cmh2o": (low + high) / 2.0})


def _row(values: dict[str, float]) -> Children:
    return example(**{name: [float(value)] for name, value in values.items()})


def _usual(age: float) -> dict[str, float]:
    """What is usual at an age, every spread left out; what has no age is taken from `example`."""
    return {
        "age_years": age,
        "nose_cmh2o_s_per_l": float(nose.median_cmh2o_s_per_l(age)),
        "rem_loss_cmh2o": P.rem_loss_middle_cmh2o,
        "supine_cmh2o": P.supine_middle_cmh2o,
        "arousals_per_h": P.arousals_per_h,
        "dips_per_h": P.dips_middle_per_h,
        "night_sd_cmh2o": P.night_sd_cmh2o,
        **{name: float(getattr(ages, name)(age)) for name in _BY_AGE},
    }
