"""Sitting the scripted learners down: in large runs on the generated bank, and on the real one by real marking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graders.learners import sheets
from graders.learners.bank import Template, as_world, templates
from graders.learners.cast import ADVERSARIES, CAST, EXTRAS, Learner
from graders.learners.policies import Answers
from graders.learners.scoring import Scores, score
from graders.learners.world import World, generate
from graders.readiness.criteria import SoloCriteria, figures_of

#: Real families that each learner answers through the real marking, which takes milliseconds a family.
REAL_SHEETS = 64


@dataclass(frozen=True)
class Sat:
    """One learner's answers over all runs, with their scores."""

    learner: Learner
    answers: Answers
    scores: Scores


@dataclass(frozen=True)
class Row:
    """One row of the table: mean and half width of its 95 % interval, by column."""

    id: str
    name: str
    runs: int
    values: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Simulation:
    """Everything that was sat; ``real`` holds the same learners on the real bank."""

    seed: int
    runs: int
    criteria: SoloCriteria
    world: World
    sat: dict[str, Sat]
    bank: list[Template]
    real_world: World
    real: dict[str, Sat]

    @property
    def families(self) -> int:
        """Families in each run."""
        return self.world.shape[1]

    def rng(self, *stream: int) -> np.random.Generator:
        """A generator of its own for each purpose."""
        return generator(self.seed, *stream)


def generator(seed: int, *stream: int) -> np.random.Generator:
    """A generator of its own for each purpose, so that adding one never shifts another.

    The purpose is a spawn key: appended to the seed itself, a 0 at its end would change nothing.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def simulate(runs: int, seed: int) -> Simulation:
    """Let everybody sit the same families: solo sets of the generated bank, and today's real bank."""
    criteria = SoloCriteria()
    world = generate(runs, criteria.families, generator(seed, 0))
    bank = templates()
    real_world = as_world(bank, runs, generator(seed, 1))
    everyone = (*CAST, *ADVERSARIES, *EXTRAS)
    return Simulation(
        seed=seed,
        runs=runs,
        criteria=criteria,
        world=world,
        sat={each.id: sit(each, world, seed, 2, place) for place, each in enumerate(everyone)},
        bank=bank,
        real_world=real_world,
        real={each.id: sit(each, real_world, seed, 3, place) for place, each in enumerate((*CAST, *ADVERSARIES))},
    )


def sit(learner: Learner, world: World, seed: int, *stream: int) -> Sat:
    """One learner's answers to a world, from a stream of its own."""
    answers = learner.policy.answer(world, generator(seed, *stream))
    return Sat(learner, answers, score(world, answers))


def mean_and_interval(values: np.ndarray) -> tuple[float, float]:
    """Mean over runs and the half width of its 95 % interval."""
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return round(float(values.mean()), 4), round(1.96 * spread / max(len(values), 1) ** 0.5, 4)


def row(simulation: Simulation, sat: Sat) -> Row:
    """The table's row of one learner on the generated bank."""
    scores, typical = sat.scores, simulation.world.typical
    share = (scores.decision * typical).sum(axis=1) / typical.sum(axis=1)
    columns = {
        "typ": share,
        "all": scores.decision.mean(axis=1),
        "d": scores.decision_index,
        "r": scores.reasoning_index,
        "pair": scores.mean("twin"),
        "gap": scores.gap,
        "miss": scores.safety_missed.sum(axis=1).astype(float),
        "solo": simulation.criteria.meets(scores.figures).astype(float),
        "solo_d_only": (scores.decision_index >= simulation.criteria.decision).astype(float),
    }
    values = {name: mean_and_interval(column) for name, column in columns.items()}
    return Row(sat.learner.id, sat.learner.name, simulation.runs, values)


def real_row(simulation: Simulation, sat: Sat) -> Row:
    """The same on the real bank: events in a book, marked and summed up as mentees' answers are."""
    bank = simulation.bank
    runs = min(simulation.runs, max(2, REAL_SHEETS // len(bank)))
    found: dict[str, list[float]] = {name: [] for name in ("typ", "all", "d", "r", "pair", "gap", "miss")}
    typical = {each.family.id for each in bank if not each.key.rule_breaking}
    for run in range(runs):
        marks = sheets.marks(bank, sheets.books(bank, sat.answers, run, f"{sat.learner.id.lower()}-{run}"))
        figures = figures_of(sheets.summary(bank, marks))
        decisions = {mark.family: mark.score for mark in marks if mark.kind == "decision"}
        found["typ"].append(float(np.mean([decisions[name] for name in sorted(typical)])) if typical else 0.0)
        found["all"].append(float(np.mean(list(decisions.values()))))
        named = (figures.decision, figures.reasoning, figures.pair, figures.gap, figures.safety_misses)
        for name, value in zip(("d", "r", "pair", "gap", "miss"), named, strict=True):
            found[name].append(float(value))
    values = {name: mean_and_interval(np.array(column)) for name, column in found.items()}
    return Row(sat.learner.id, sat.learner.name, runs, values)
