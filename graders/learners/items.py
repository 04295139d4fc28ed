"""Two questions about a bank that scripted learners can answer: how reliable it is, and whether a swapped key shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graders.items.lines import SUSPECT
from graders.learners.cast import CAST, Learner
from graders.learners.policies import Answers
from graders.learners.scoring import score
from graders.learners.world import World, generate


@dataclass(frozen=True)
class Sitting:
    """One bank, the sheets of everybody who sat it, and Reasoning by person and family."""

    bank: World
    sheets: list[Answers]
    reasoning: np.ndarray

    def taken(self, field: str) -> np.ndarray:
        """What each person chose in each family."""
        return np.concatenate([getattr(each, field) for each in self.sheets])


def cohort(families: int, people: int, rng: np.random.Generator, who: tuple[Learner, ...] = CAST) -> Sitting:
    """One bank that everybody sits; as many of each learner as ``people`` allows."""
    bank = generate(1, families, rng)
    several = bank.select(np.zeros(max(people // len(who), 1), int))
    sheets = [each.policy.answer(several, rng) for each in who]
    return Sitting(bank, sheets, np.concatenate([score(several, each).family_reasoning for each in sheets]))


def correlations(chosen: np.ndarray, rest: np.ndarray, options: int) -> np.ndarray:
    """Point-biserial correlation of taking each option with the score on everything else; 0 where nobody takes it."""
    took = (chosen[:, None] == np.arange(options)).astype(float)
    took -= took.mean(axis=0)
    centered = rest - rest.mean()
    below = np.sqrt((took**2).sum(axis=0) * (centered**2).sum())
    return np.divide(took.T @ centered, below, out=np.zeros(options), where=below > 0)


def is_suspect(chosen: np.ndarray, rest: np.ndarray, keyed: int, options: int) -> bool:
    """Whether some other option goes with good answers elsewhere, and more so than the keyed one."""
    found = correlations(chosen, rest, options)
    unkeyed = np.delete(found, keyed)
    return bool(unkeyed.max() >= SUSPECT and unkeyed.max() > found[keyed])


def swapped_keys(people: int, rng: np.random.Generator, families: int = 24) -> Iterator[tuple[str, bool, bool]]:
    """For each single-choice question of one bank: its kind, whether a swapped key shows, whether the true one does.

    The key of one question is exchanged for another option while all others stay, as a slip of an author would.
    """
    sitting = cohort(families, people, rng)
    kinds = {"decision": ("decision", 5), "reason": ("reason", 5), "twin": ("twin", 5), "new_information": ("news", 3)}
    for kind, (field, options) in kinds.items():
        taken = sitting.taken(field)
        for column in range(families):
            rest = np.delete(sitting.reasoning, column, axis=1).mean(axis=1)
            keyed = int(getattr(sitting.bank, field)[0, column])
            swapped = int((keyed + rng.integers(1, options)) % options)
            chosen = taken[:, column]
            yield kind, is_suspect(chosen, rest, swapped, options), is_suspect(chosen, rest, keyed, options)
