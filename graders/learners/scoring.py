"""Marks of thousands of whole answer sheets at once: the rules of marking and of the summary as arrays.

This is the one place where the rules stand twice. A test marks a sample of the same sheets through the real marking and
wants every score, sum and held rule to be the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

import numpy as np

from graders.learners.policies import ACT, Answers
from graders.learners.world import World
from graders.readiness.criteria import SoloFigures
from graders.rules import CASES, ENOUGH, KINDS, LATEST, SHARE, UNSAID, WEIGHT
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
    def gap_error(self) -> np.ndarray:
        """Standard error of the gap of each run, over its families."""
        apart = self.sureness - self.decision
        return rounded(apart.std(axis=1, ddof=1) / np.sqrt(apart.shape[1]))

    @property
    def acted(self) -> list[tuple[float, int]]:
        """For each run, the mean decision score of what was to be acted on, and how many cases that were."""
        acts = self.sureness == STEPS[ACT]
        rows = zip(self.decision.tolist(), acts.tolist(), strict=True)
        kept = [[score for score, act in zip(*row, strict=True) if act] for row in rows]
        return [(round(fmean(scores), PLACES), len(scores)) if scores else (0.0, 0) for scores in kept]

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
    missed = world.decides & np.where(world.has_safety, answers.safety != world.safety, ~right & ~half)
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
    """(hits - harmful picks) / what can be had, never below 0; nothing where more is picked than may be."""
    picked = picks >= 0
    is_hit = np.take_along_axis(world.hits, np.maximum(picks, 0), -1) & picked
    is_harm = np.take_along_axis(world.harmful, np.maximum(picks, 0), -1) & picked
    full = np.minimum(world.limit, world.hits.sum(-1))
    share = np.minimum(np.maximum(is_hit.sum(-1) - is_harm.sum(-1), 0) / full, 1.0)
    return np.where(picked.sum(-1) > world.limit, 0.0, share)


RULES = 100
_FIELDS = {"decision": "decision", "reason": "reason", "twin": "twin"}
#: What a choice in the base of a case weighs, by step of confidence.
WEIGHTS = np.array([WEIGHT[step] for step in SURENESS])


def leanings(world: World, answers: Answers) -> np.ndarray:
    """How much each family's answers lean on each rote rule where the findings do not: (runs, families, rule)."""
    weights = np.zeros((*world.shape, RULES))
    for kind in KINDS:
        chosen = getattr(answers, _FIELDS[kind])
        unsupported = (chosen != getattr(world, kind)) & ~_is_acceptable(world, kind, chosen)
        rule = np.where(unsupported, _at(world.rules[kind], chosen), 0)
        weight = np.full(world.shape, UNSAID) if kind == "twin" else WEIGHTS[answers.confidence]
        before = np.take_along_axis(weights, rule[..., None].astype(int), -1)
        np.put_along_axis(weights, rule[..., None].astype(int), before + weight[..., None], -1)
        weights[..., 0] = 0.0
    return weights


def _is_acceptable(world: World, kind: str, chosen: np.ndarray) -> np.ndarray:
    return _at(world.acceptable, chosen) if kind == "decision" else np.zeros(world.shape, bool)


def carried_rules(world: World) -> np.ndarray:
    """Which rules could lead off in each family: (runs, families, rule)."""
    carried = np.zeros((*world.shape, RULES), bool)
    for kind in KINDS:
        for option in range(world.rules[kind].shape[-1]):
            supported = getattr(world, kind) == option
            if kind == "decision":
                supported = supported | world.acceptable[..., option]
            _put(carried, np.where(supported, 0, world.rules[kind][..., option]))
    return carried


def _put(held: np.ndarray, rule: np.ndarray) -> None:
    """Mark one rule of each family; number 0 is no rule."""
    np.put_along_axis(held, rule[..., None].astype(int), True, -1)
    held[..., 0] = False


def named(weights: np.ndarray, carried: np.ndarray, limit: int = 3) -> np.ndarray:
    """Rules that would be named to a mentor, by run: (runs, rule); families stand in the order of answering."""
    met = carried | (weights > 0)
    latest = met & (met[:, ::-1].cumsum(axis=1)[:, ::-1] <= LATEST)
    weight = np.where(latest, weights, 0.0).sum(axis=1)
    cases, offered = (latest & (weights > 0)).sum(axis=1), latest.sum(axis=1)
    enough = (cases >= CASES) & (cases >= SHARE * offered) & (weight >= ENOUGH)
    order = np.lexsort((-cases, -np.where(enough, weight, 0)), axis=-1)[:, :limit]
    first = np.zeros(cases.shape, bool)
    np.put_along_axis(first, order, True, -1)
    return first & enough
