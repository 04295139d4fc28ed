"""What becomes of marks by hand when a hand-in is marked again: pure, and the same whichever way marking is started.

nbgrader raises its flag for every mark that a person ever gave, whenever a hand-in is marked again. Here a mark stays
settled while the words are the ones it was given to; when they have changed, it stays as a note, the flag goes up, and
the mentor is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from graders.filling import UNTOUCHED
from graders.journal import Journal, Pending, WordsMarked, digest
from graders.marking import Mark


class Row(NamedTuple):
    """One grade as nbgrader's gradebook holds it."""

    auto: float | None
    manual: float | None
    waits: bool


NEW = Row(None, None, True)


class Graded(NamedTuple):
    """One graded cell: its name, the machine's score, and its mark when the cell holds words for a person to mark."""

    name: str
    auto: float | None
    words: Mark | None


@dataclass
class Settled:
    """Rows to write, what to remember of the words, notes for the mentor by cell, and what to note beforehand."""

    rows: dict[str, Row] = field(default_factory=dict)
    words: dict[str, WordsMarked] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)


def words_digest(mark: Mark) -> str:
    """Fingerprint of the words that a mark by hand is given to."""
    return digest(repr(sorted(mark.own_words.items())) + repr([each for each, _ in mark.chosen]))


def settle(cells: Iterable[Graded], before: dict[str, Row], journal: Journal) -> Settled:
    """New rows for graded cells, from the rows before and what the journal remembers."""
    found = Settled(words=dict(journal.words))
    for cell in cells:
        old = before.get(cell.name, NEW)
        if cell.words is None:
            # a mentor's own number for a cell stands; it is looked at again only when ours has changed
            waits = old.manual is not None and (old.waits or cell.auto != old.auto)
            found.rows[cell.name] = Row(cell.auto, old.manual, waits)
        else:
            _settle_words(cell, old, journal, found)
    return found


def _settle_words(cell: Graded, old: Row, journal: Journal, found: Settled) -> None:
    """Say whether words wait for a mark, and carry an earlier mark along as a note."""
    if cell.words.state in UNTOUCHED:
        found.rows[cell.name] = Row(cell.auto, old.manual, False)
        return
    now, known = words_digest(cell.words), journal.words.get(cell.name)
    marked = _words_marked(known, journal.pending.get(cell.name), old)
    waits = old.manual is None or marked != now
    found.rows[cell.name] = Row(cell.auto, old.manual, waits)
    found.words[cell.name] = WordsMarked(seen=now, marked=marked)
    if old.manual is None:
        return
    if waits != old.waits or known is None or marked != known.marked:
        found.pending[cell.name] = Pending(marked=marked, manual=old.manual, waits=waits)
    if marked != now:
        found.notes[cell.name] = f"New words since your mark. The mark of the earlier words was {old.manual:g} of 3."


def _words_marked(known: WordsMarked | None, pending: Pending | None, old: Row) -> str:
    """Fingerprint of the words that a mentor's mark was given to.

    A mark that was settled when this marking began was given to the words that were seen last. One that still waited
    was given to whatever it was given to before. What a marking that was cut off wrote itself says neither.
    """
    if old.manual is None:
        return ""
    if pending is not None and (pending.manual, pending.waits) == (old.manual, old.waits):
        return pending.marked
    if known is None:
        return ""
    return known.marked if old.waits else known.seen
