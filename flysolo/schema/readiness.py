"""What a mentee is shown of a round of solo sets: made on the mentor's side, in words, and read by the mentee first."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flysolo.schema.base import Slug, Strict, Words

Status = Literal["met", "not yet", "needs more"]
Outcome = Literal["level 2", "level 3", "level 4", "not yet"]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Said = Annotated[str, Field(max_length=2000)]


class Figure(Strict):
    """One number with its name, and what it stands for."""

    label: Words
    value: Said
    note: Said = ""


class Line(Strict):
    """One criterion: what it asks, what was found, and how the two stand to each other."""

    name: Slug
    title: Words
    asks: Said
    found: Said
    status: Status
    words: Said = ""


class Measured(Strict):
    """How often one scripted learner meets all lines, in percent as it is printed."""

    learner: Words
    first_round: Said
    in_two: Said
    decision_alone: Said


class Characteristics(Strict):
    """What the lines let through and hold back, measured on scripted learners."""

    caption: Words
    note: Said
    rows: tuple[Measured, ...]


class Entrusted(Strict):
    """What a talk came to for one competency; “not yet” carries no reason, whoever said it."""

    competency: Annotated[str, Field(pattern=r"^E[1-9]$")]
    text: Words
    outcome: Outcome
    on: Day
    limits: Annotated[str, Field(max_length=400)] = ""
    mentor: Annotated[str, Field(max_length=80)] = ""
    second_mentor: Annotated[str, Field(max_length=80)] = ""


class ReadinessCard(Strict):
    """Readiness as the mentee reads it.

    Attributes
    ----------
    round : which round it is about, from 1
    sets_sat, sets : sets of this round that reached the mentor, and how many there are
    reading : what the figures say together, in words
    first_time : the same figures over cases that nothing in the modules had prepared
    may_go_on : whether another round makes sense: this one is whole, and a line is not met
    talked_after : the last round after which a talk is on record, 0 for none
    """

    format: Literal[1]
    course: Annotated[str, Field(max_length=80)]
    mentee: Slug
    round: Annotated[int, Field(ge=1)]
    sets_sat: Annotated[int, Field(ge=0)]
    sets: Annotated[int, Field(ge=1)]
    reading: Said
    provisional: Said
    sat: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    lines: tuple[Line, ...]
    first_time: tuple[Figure, ...] = ()
    safety: tuple[Said, ...] = ()
    characteristics: Characteristics | None = None
    talks: tuple[Entrusted, ...] = ()
    may_go_on: bool = False
    talked_after: Annotated[int, Field(ge=0)] = 0
    notes: tuple[Said, ...] = ()
