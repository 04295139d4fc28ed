"""Marks of thousands of whole answer sheets at once: the rules of marking and of the summary as arrays.

This is the one place where the rules stand twice. A test marks a sample of the same sheets through the real marking and
wants every score, sum and held rule to be the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

import numpy as np

from graders.learners.criteria import NAMED_AT_MOST, NAMED_FROM_CASES, NAMED_FROM_SHARE, SoloFigures
from graders.learners.policies import ACT, Answers
from graders.learners.world import World
from graders.summary import DECISION_WEIGHTS, REASONING_WEIGHTS, SURENESS

STEPS = np.array(list(SURENESS.values()))
PLACES = 4


@dataclass(frozen=True)
class Scores:
    """Scores by run and family; ``safety_missed`` and ``acted_unsupported`` say yes or no."""

    decision: np.ndarray
    key_features: np.ndarray
    reason: np.ndarray
    twin: np.ndarray
    new_information: np.ndarray
    sureness: np.ndarray
    safety_missed: np.ndarray
    acted_unsupported: np.ndarray

    def mean(self, kind: str) -> np.ndarray:
        """Mean of one kind of question by run, rounded as a summary rounds it."""
        return rounded(means(getattr(self, kind)))

    def families(self, first: int, last: int) -> Scores:
        """The same for a part of the families, as one set of several."""
        return Scores(**{name: value[:, first:last] for name, value in self.__dict__.items()})

    @property
    def decision_index(self) -> np.ndarray:
        """Decision (D) of each run."""
        return _weighted(self, DECISION_WEIGHTS)

    @property
    def reasoning_index(self) -> np.ndarray:
        """Reasoning (R) of each run."""
        return _weighted(self, REASONING_WEIGHTS)

    @property
    def family_reasoning(self) -> np.ndarray:
        """Reasoning of each family by itself, for reliability: the family is the unit, not the question."""
        return sum(weight * getattr(self, kind) for kind, weight in REASONING_WEIGHTS.items())

    @property
    def gap(self) -> np.ndarray:
        """Stated confidence minus accuracy of each run."""
        return rounded(means(self.sureness) - means(self.decision))

    @property
    def figures(self) -> SoloFigures:
        """What the solo lines are held against."""
        return SoloFigures(
            decision=self.decision_index,
            reasoning=self.reasoning_index,
            pair=self.mean("twin"),
            gap=self.gap,
            confident_not_supported=self.acted_unsupported.sum(axis=1),
            safety_misses=self.safety_missed.sum(axis=1),
        )


def means(scores: np.ndarray) -> np.ndarray:
    """Means by run, summed exactly as a summary sums them: a last digit can decide a line that is met or not."""
    return np.array([fmean(row) for row in scores.tolist()])


def rounded(values: np.ndarray) -> np.ndarray:
    """Rounded as Python rounds; numpy's own rounding differs in the last place of a tie."""
    return np.array([round(each, PLACES) for each in values.tolist()])


def _weighted(scores: Scores, weights: dict[str, float]) -> np.ndarray:
    return rounded(sum(weight * scores.mean(kind) for kind, weight in weights.items()))


def score(world: World, answers: Answers) -> Scores:
    """Mark whole sheets (every question answered)."""
    right = answers.decision == world.decision
    half = _at(world.acceptable, answers.decision)
    missed = np.where(world.has_safety, answers.safety != world.safety, world.decides & ~right & ~half)
    return Scores(
        decision=np.where(right, 1.0, 0.5 * half),
        key_features=_features(world, answers.features),
        reason=(right & (answers.reason == world.reason)).astype(float),
        twin=(right & (answers.twin == world.twin)).astype(float),
        new_information=(answers.news == world.news).astype(float),
        sureness=STEPS[answers.confidence],
        safety_missed=missed,
        acted_unsupported=~right & ~half & (answers.confidence == ACT),
    )


def _at(table: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.take_along_axis(table, index[..., None], -1)[..., 0]


def _features(world: World, picks: np.ndarray) -> np.ndarray:
    """(hits within the limit - harmful picks) / what can be had, never below 0."""
    picked = picks >= 0
    is_hit = np.take_along_axis(world.hits, np.maximum(picks, 0), -1) & picked
    is_harm = np.take_along_axis(world.harmful, np.maximum(picks, 0), -1) & picked
    full = np.minimum(world.limit, world.hits.sum(-1))
    return np.minimum(np.maximum(is_hit[..., : world.limit].sum(-1) - is_harm.sum(-1), 0) / full, 1.0)


RULES = 100


def held_rules(world: World, answers: Answers) -> np.ndarray:
    """Whether a family's answers embodied a rote rule where the findings do not support it: (runs, families, rule)."""
    held = np.zeros((*world.shape, RULES), bool)
    asked = np.where(world.has_safety, answers.safety, world.safety)
    chosen = {
        "decision": (answers.decision, answers.decision != world.decision),
        "reason": (answers.reason, answers.reason != world.reason),
        "twin": (answers.twin, answers.twin != world.twin),
        "new_information": (answers.news, answers.news != world.news),
        "safety": (asked, asked != world.safety),
    }
    for kind, (index, unsupported) in chosen.items():
        _put(held, np.where(unsupported, _at(world.rules[kind], index), 0))
    _put(held, _first_harmful_rule(world, answers.features))
    return held


def _put(held: np.ndarray, rule: np.ndarray) -> None:
    """Mark one rule of each family; number 0 is no rule."""
    np.put_along_axis(held, rule[..., None].astype(int), True, -1)
    held[..., 0] = False


def _first_harmful_rule(world: World, picks: np.ndarray) -> np.ndarray:
    """The rule of the first harmful pick that embodies one."""
    at = np.maximum(picks, 0)
    harmful = np.take_along_axis(world.harmful, at, -1) & (picks >= 0)
    rules = np.where(harmful, np.take_along_axis(world.rules["key_features"], at, -1), 0)
    return np.take_along_axis(rules, (rules > 0).argmax(-1)[..., None], -1)[..., 0]


def carried_rules(world: World) -> np.ndarray:
    """Which rules could lead off in each family: (runs, families, rule)."""
    carried = np.zeros((*world.shape, RULES), bool)
    supported = {
        "decision": world.decision,
        "reason": world.reason,
        "twin": world.twin,
        "new_information": world.news,
        "safety": world.safety,
    }
    for kind, index in supported.items():
        for option in range(world.rules[kind].shape[-1]):
            _put(carried, np.where(index == option, 0, world.rules[kind][..., option]))
    for option in range(world.harmful.shape[-1]):
        _put(carried, np.where(world.harmful[..., option], world.rules["key_features"][..., option], 0))
    return carried


def named(held: np.ndarray, carried: np.ndarray) -> np.ndarray:
    """Rules that would be named to a mentor, by run: (runs, rule)."""
    cases, offered = held.sum(axis=1), carried.sum(axis=1)
    enough = (cases >= NAMED_FROM_CASES) & (cases >= NAMED_FROM_SHARE * offered)
    order = np.argsort(-np.where(enough, cases, 0), axis=-1, kind="stable")[:, :NAMED_AT_MOST]
    first = np.zeros(cases.shape, bool)
    np.put_along_axis(first, order, True, -1)
    return first & enough
