"""Which cases of an exercise are a mentee's own: all of them, or of the solo bank those that were drawn.

The notebook holds the whole bank, since nbgrader knows one notebook for everybody. What a mentor or a mentee reads is
about the drawn cases alone, and a reply only about sets that were handed in whole: words on half a set would be hints.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from flysolo.answers import Book
from flysolo.content import solo_settings
from flysolo.places import content_root
from flysolo.solo import is_sat, opened, place_in_round, redrawn, round_of, seen_in

if TYPE_CHECKING:
    from graders.submission import Submission


def only(submission: Submission, families: Collection[str]) -> Submission:
    """The same hand-in, seen as if it held these cases alone."""
    pairs = zip(submission.cases, submission.keys, strict=True)
    kept = [(case, key) for case, key in pairs if case.family.id in families]
    cases, keys = tuple(case for case, _ in kept), tuple(key for _, key in kept)
    return replace(submission, cases=cases, keys=keys)


def is_solo(exercise: str) -> bool:
    """Whether an exercise is the solo bank."""
    return solo_settings(exercise, content_root()) is not None


def replied(submission: Submission) -> Submission:
    """The part that a reply speaks of."""
    if not is_solo(submission.exercise):
        return submission
    book = submission.book
    return only(submission, seen_in(each for each in opened(book) if is_sat(each, book)))


def draw_notes(exercise: str, book: Book) -> list[str]:
    """Sets that hold other cases than their seed draws; nothing of them is lost, and the mentor is told."""
    solo = solo_settings(exercise, content_root())
    if solo is None:
        return []
    sets = opened(book)
    notes = [
        f"Set {place_in_round(solo, each.number)} of round {round_of(solo, each.number)} holds other cases than its "
        "seed draws. They are marked as they came; ask how the set was opened."
        for each in sets
        if set(redrawn(each, sets, solo, book.header.seed)) != set(each.families)
    ]
    drawn = seen_in(sets)
    stray = sorted({event.item for event in book.events if event.do == "save"} - drawn)
    return notes + ([f"Answered without having been drawn, and kept: {', '.join(stray)}."] if stray else [])
