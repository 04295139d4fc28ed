"""The best that one fixed answer can do, by kind of question: always the same option, direction, place or number."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from flysolo.content import Case
from flysolo.draws import seed_for
from flysolo.schema.family import Question
from graders.learners import invented, probe
from graders.learners.bank import Template
from graders.learners.run import Simulation
from graders.learners.world import ACTS, DIRECTIONS, SAFETY_OPTIONS, World

#: What answers at random are worth (learning design 6b).
CHANCE = {
    "decision": 0.20,
    "reason": 0.04,
    "twin": 0.10,
    "new information": 1 / 3,
    "key features": 0.30,
    "safety": 0.35,
    "probability": 0.75,
    "evidence": 0.10,
}
RARE, FEWEST = ("safety", "evidence", "probability"), 6
MARGIN, COPIES = 0.05, 30


def line(name: str) -> float:
    """The line for one finding, whose name ends with the kind of question."""
    return CHANCE[name.split(": ")[1]] + MARGIN


def best(simulation: Simulation) -> dict[str, float]:
    """The best fixed answer on the generated and on the real bank, by kind."""
    found = {f"generated: {kind}": value for kind, value in _generated(simulation.world).items()}
    found["generated: evidence"] = _generated_evidence(simulation)
    return found | {f"real: {kind}": value for kind, value in _real(simulation.bank).items()}


def _generated(world: World) -> dict[str, float]:
    """Always the same option by its name; reasons are mixed anew in each family, so there a name is a place."""
    safety = [float((world.safety == each)[world.has_safety].mean()) for each in range(SAFETY_OPTIONS)]
    acts, directions = range(len(ACTS)), range(len(DIRECTIONS))
    return {
        "decision": max(float((world.decision == each).mean()) for each in acts),
        "reason": max(
            float(((world.decision == act) & (world.reason == reason)).mean()) for act in acts for reason in range(5)
        ),
        "twin": max(float(((world.decision == each) & (world.twin == each)).mean()) for each in acts),
        "new information": max(float((world.news == each).mean()) for each in directions),
        "safety": max(safety),
    }


def _generated_evidence(simulation: Simulation) -> float:
    """Ticking every statement, or one and the same; half of them can be supported, at random."""
    rng = simulation.rng(9)
    plain, statements = invented.template(simulation.world, 0, 0), tuple(f"statement-{letter}" for letter in "abcdef")
    drawn = [rng.permutation(statements)[: len(statements) // 2] for _ in range(COPIES)]
    studies = [invented.with_evidence(plain, tuple(sorted(map(str, can))), statements) for can in drawn]
    ticks = [list(statements), *([each] for each in statements)]
    return max(
        float(np.mean([probe.one_mark(each, "evidence", {"choices": tick}).score for each in studies]))
        for tick in ticks
    )


def _real(bank: list[Template]) -> dict[str, float]:
    """Always the same place among the options as a mentee sees them, over many mentees; marked by the real marking."""
    copies = [(each, seed_for("constant", f"mentee-{copy}", each.exercise)) for each in bank for copy in range(COPIES)]
    news = [each.choice("new_information").supported for each in bank]
    found = {
        "decision": _places(copies, ("decision",)),
        "reason": _places(copies, ("decision", "reason")),
        "twin": _places(copies, ("decision", "twin")),
        "new information": max(news.count(each) / len(news) for each in DIRECTIONS),
        "key features": _all_features(bank),
    }
    few = too_few(bank)
    if "safety" not in few:
        found["safety"] = _places([copy for copy in copies if copy[0].question("safety")], ("safety",))
    if "evidence" not in few:
        found["evidence"] = _all_evidence(bank)
    truths = [each.truth_percent for template in bank for each in template.key.probability.values()]
    if "probability" not in few:
        found["probability"] = max(
            float(np.mean([1 - ((said - truth) / 100) ** 2 for truth in truths])) for said in range(0, 101, 5)
        )
    return found


def too_few(bank: list[Template]) -> dict[str, int]:
    """Kinds of which the real bank asks so few that some fixed answer must fit them: how many there are."""
    counts = {kind: sum(each.question(kind) is not None for each in bank) for kind in RARE}
    return {kind: count for kind, count in counts.items() if count < FEWEST}


def _places(copies: list[tuple[Template, str]], kinds: tuple[str, ...]) -> float:
    """Best share of one place for the first kind, together with any one place for the second where there is one."""
    rows = np.array([[_place(template, kind, seed) for kind in kinds] for template, seed in copies])
    _, counts = np.unique(rows, axis=0, return_counts=True)
    if kinds[-1] == "twin":  # one fixed answer to both: the twin repeats the decision's options
        counts = np.unique(rows[rows[:, 0] == rows[:, 1]], axis=0, return_counts=True)[1]
    return float(max(counts, default=0) / len(rows))


def _place(template: Template, kind: str, seed: str) -> int:
    options = [option for option, _ in Case(template.family, seed).options(template.question(kind))]
    return options.index(template.choice(kind).supported)


def _all_features(bank: list[Template]) -> float:
    """Ticking every feature, whatever the limit; the page refuses it, a hand-in made elsewhere may hold it."""
    return _mean(bank, "key_features")


def _all_evidence(bank: list[Template]) -> float:
    """Ticking every statement about a study."""
    return _mean([each for each in bank if each.question("evidence")], "evidence")


def _mean(bank: Iterable[Template], kind: str) -> float:
    marks = [probe.one_mark(each, kind, {"choices": _ids(each.question(kind))}) for each in bank]
    return float(np.mean([mark.score or 0.0 for mark in marks]))


def _ids(question: Question) -> list[str]:
    return [option.id for option in question.options]
