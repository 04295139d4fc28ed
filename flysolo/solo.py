"""Solo sets: which cases a mentee is given, drawn once from a recorded seed and then kept in the mentee's answers.

Both sides can draw the same set again. What was drawn stands in the answers with the bank it was drawn from, so a bank
that grows later changes nothing for anyone.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flysolo.answers import Book, Event
from flysolo.content import exercises, load_families, solo_settings
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.schema.course import Solo
from flysolo.schema.family import Family

_ITEM = re.compile(r"set-([1-9]\d?)")


@dataclass(frozen=True)
class SoloSet:
    """One set that was opened.

    Attributes
    ----------
    number : counted over all rounds, from 1
    families : its cases, in the order in which they are shown
    bank : short names of the families that it was drawn from
    event : number of the opening in the mentee's answers
    """

    number: int
    families: tuple[str, ...]
    bank: frozenset[str]
    opened_at: str
    event: int


def opened(book: Book) -> tuple[SoloSet, ...]:
    """Sets that were opened, in order; of two openings of one set the first counts."""
    found: dict[int, SoloSet] = {}
    for event in book.events:
        named = _ITEM.fullmatch(event.item) if event.do == "draw" else None
        if named and event.value and event.value.choices and int(named[1]) not in found:
            found[int(named[1])] = _set(int(named[1]), event)
    return tuple(found[number] for number in sorted(found))


def _set(number: int, event: Event) -> SoloSet:
    bank = frozenset((event.value.text or "").split())
    return SoloSet(number, event.value.choices, bank, event.at, event.n)


def item_of(number: int) -> str:
    """How the answers name a set."""
    return f"set-{number}"


def round_of(solo: Solo, number: int) -> int:
    """The round that a set belongs to, from 1."""
    return (number - 1) // solo.sets + 1


def place_in_round(solo: Solo, number: int) -> int:
    """Which set of its round a set is, from 1."""
    return (number - 1) % solo.sets + 1


def short_name(family: str) -> str:
    """A family's id in six letters, so that the bank of a draw fits into one line of the answers."""
    return hashlib.sha256(family.encode("utf-8")).hexdigest()[:6]


def draw_set(bank: Iterable[Family], solo: Solo, seed: str, number: int, seen: Collection[str]) -> tuple[str, ...]:
    """Ids of the families of one set; () when the bank holds too few that are unseen.

    Families are taken round-robin over modules, those that were met least first, so that a set is about the whole
    course and not about its largest module.

    Parameters
    ----------
    seen : families of earlier sets, which never come again
    """
    bank = list(bank)
    pool = [family for family in bank if family.id not in seen]
    if len(pool) < solo.families_per_set:
        return ()
    met = Counter(family.module for family in bank if family.id in seen)
    queues: dict[str, list[Family]] = {}
    for family in sorted(pool, key=lambda each: _rank(seed, "family", each.id)):
        queues.setdefault(family.module, []).append(family)
    turn = sorted(queues, key=lambda name: (met[name], _rank(seed, item_of(number), name)))
    picked: list[Family] = []
    while len(picked) < solo.families_per_set:
        for name in turn:
            if queues[name] and len(picked) < solo.families_per_set:
                picked.append(queues[name].pop(0))
    rest = [family for name in turn for family in queues[name]]
    chosen = _with_written(picked, rest, solo.written_per_set)
    return tuple(sorted((each.id for each in chosen), key=lambda each: _rank(seed, item_of(number), each)))


def _rank(seed: str, *names: str) -> str:
    """A place in an order that looks like chance and is the same wherever it is derived."""
    return hashlib.sha256("\x1f".join(("flysolo-solo-1", seed, *names)).encode("utf-8")).hexdigest()


def _with_written(picked: Sequence[Family], rest: Sequence[Family], wanted: int) -> list[Family]:
    """The same set with enough written reasons in it; a family of the same module makes room where there is one."""
    chosen = list(picked)
    spare = [family for family in rest if _is_written(family)]
    while spare and sum(map(_is_written, chosen)) < wanted:
        places = [place for place, family in enumerate(chosen) if not _is_written(family)]
        if not places:
            break
        modules = {chosen[place].module for place in places}
        new = next((family for family in spare if family.module in modules), spare[0])
        same = [place for place in places if chosen[place].module == new.module]
        chosen[(same or places)[-1]] = new
        spare.remove(new)
    return chosen


def _is_written(family: Family) -> bool:
    return any(question.kind == "justification" for question in family.questions)


def bank_of(solo: Solo) -> list[Family]:
    """Families that may be drawn: those of the bank that no exercise of a module holds too."""
    elsewhere = {
        path.stem
        for exercise in exercises(drafts=True)
        if exercise != solo.exercise
        for path in (content_root() / "exercises" / exercise / "families").glob("*.toml")
    }
    return [family for family in load_families(solo.exercise) if family.id not in elsewhere]


def seen_in(sets: Iterable[SoloSet]) -> frozenset[str]:
    """Every family that was drawn."""
    return frozenset(family for each in sets for family in each.families)


def given(exercise: str, book: Book) -> list[Family]:
    """Cases of an exercise that this mentee was given: all of them, or of the solo bank those drawn so far."""
    families = load_families(exercise)
    if solo_settings(exercise) is None:
        return families
    drawn = seen_in(opened(book))
    return [family for family in families if family.id in drawn]


def is_sat(each: SoloSet, book: Book) -> bool:
    """Whether every question of a set has an answer, in whatever wording it was asked.

    A case that was reworded after it was answered stays sat; one that the bank no longer holds asks for nothing.
    """
    try:
        solo_families = {family.id: family for family in load_families(book.header.subject)}
    except ContentError:
        return False
    answered = {(event.item, event.question) for event in book.events if event.do == "save"}
    return all(
        (name, question.id) in answered
        for name in each.families
        if name in solo_families
        for question in solo_families[name].questions
    )


def redrawn(each: SoloSet, sets: Sequence[SoloSet], solo: Solo, seed: str) -> tuple[str, ...]:
    """The same set drawn again, from the families that were in the bank when it was opened."""
    bank = [family for family in bank_of(solo) if not each.bank or short_name(family.id) in each.bank]
    seen = seen_in(other for other in sets if other.number < each.number)
    return draw_set(bank, solo, seed, each.number, seen)


def unseen(solo: Solo, sets: Iterable[SoloSet]) -> int:
    """How many families of the bank this mentee has not met."""
    return len({family.id for family in bank_of(solo)} - seen_in(sets))
