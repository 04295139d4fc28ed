"""L19 to L33 who sit in large runs: for each, the one thing that must happen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graders.learners.cast import EXPERT, NOVICE, learner
from graders.learners.mixtures import Then
from graders.learners.policies import Principled
from graders.learners.run import Simulation, mean_and_interval
from graders.learners.scoring import score
from graders.learners.verdict import Verdict, judged, spoken
from graders.learners.world import CAUSES, generate

EARLY = 12


def all_verdicts(simulation: Simulation) -> Iterator[Verdict]:
    """L19, L21 to L24, L32 and L33 on the generated bank."""
    yield parrot(simulation)
    yield late_bloomer(simulation)
    yield forgetter(simulation)
    for learner_id in ("L23a", "L23b", "L24"):
        yield fixed_twin(simulation, learner_id)
    yield specialist(simulation)
    yield collector(simulation)


def passing(simulation: Simulation, learner_id: str) -> float:
    """Share of runs that meet the solo lines."""
    return float(np.mean(simulation.criteria.meets(simulation.sat[learner_id].scores.figures)))


def parrot(simulation: Simulation) -> Verdict:
    """L19: the popular answer everywhere."""
    scores = simulation.sat["L19"].scores
    breaking = float(scores.decision[~simulation.world.typical].mean())
    share = passing(simulation, "L19")
    claim = "L19 dogma parrot: unsupported wherever the popular answer and the mechanism part; never ready"
    figure = f"{breaking:.2f} on rule-breaking cases; {spoken(share)} ready"
    return judged("L19", claim, share <= 0.005 and breaking <= 0.05, figure)


def late_bloomer(simulation: Simulation) -> Verdict:
    """L21: a novice for twelve families, an expert after: only the latest three sets are held against the lines."""
    latest = simulation.criteria.families
    world = generate(simulation.runs, EARLY + latest, simulation.rng(4))
    policy = Then(Principled(NOVICE), EARLY, Principled(EXPERT))
    scores = score(world, policy.answer(world, simulation.rng(4, 1)))
    late = float(simulation.criteria.meets(scores.families(EARLY, EARLY + latest).figures).mean())
    whole = float(simulation.criteria.meets(scores.figures).mean())
    figure = f"{spoken(late)} ready by the latest sets, {spoken(whole)} if the early families counted"
    return judged("L21", "L21 late bloomer: the latest sets count", late >= 0.90, figure, late=late, whole=whole)


def forgetter(simulation: Simulation) -> Verdict:
    """L22: an expert on the first day, a rule-user a week later."""
    scores, size = simulation.sat["L22"].scores, simulation.criteria.families_per_set
    first = float(scores.families(0, size).reasoning_index.mean())
    later = float(scores.families(size, simulation.families).reasoning_index.mean())
    share = passing(simulation, "L22")
    figure = f"R {first:.2f} in the first set, {later:.2f} after; {spoken(share)} ready"
    return judged("L22", "L22 forgetter: spaced sets show it", share <= 0.01 and first - later >= 0.3, figure)


def fixed_twin(simulation: Simulation, learner_id: str) -> Verdict:
    """L23, L24: one habit for every twin; at most half of what the decisions would allow, within chance."""
    scores = simulation.sat[learner_id].scores
    mean, half = mean_and_interval(scores.twin.sum(axis=1) / np.maximum(scores.decision.sum(axis=1), 1))
    claim = f"{learner_id} {learner(learner_id).name.lower()}: at most half of the pair credit, given the decision"
    return judged(learner_id, claim, mean - half <= 0.5, f"{mean:.3f} ± {half:.3f}", share=mean, interval=half)


def specialist(simulation: Simulation) -> Verdict:
    """L32: at home in one cause."""
    reasoning, jaw = simulation.sat["L32"].scores.family_reasoning, simulation.world.cause == CAUSES.index("jaw")
    inside, outside = float(reasoning[jaw].mean()), float(reasoning[~jaw].mean())
    share = passing(simulation, "L32")
    figure = f"R {inside:.2f} inside, {outside:.2f} outside; {spoken(share)} ready"
    claim = "L32 specialist tilt: the profile shows it; not ready"
    return judged("L32", claim, share <= 0.01 and inside - outside >= 0.3, figure)


def collector(simulation: Simulation) -> Verdict:
    """L33: knows 70 % of exceptions by heart."""
    share = passing(simulation, "A5")
    figure = f"{spoken(share)} ready; a score on first-time templates needs templates unseen in practice"
    return judged("L33", "L33 exception collector at 70 %: at most 5 % ready", share <= 0.05, figure, solo=share)
