"""Acceptance tests that rest on large runs: order, distances, the solo lines, naming, calibration, reliability."""

from __future__ import annotations

import ast
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np

import graders
from graders import words
from graders.items.measures import alpha, standard_error
from graders.learners.cast import CAST, learner
from graders.learners.items import cohort, swapped_keys
from graders.learners.run import Sat, Simulation, mean_and_interval, sit
from graders.learners.scoring import carried_rules, leanings, named
from graders.learners.verdict import Verdict, judged, needs, spoken
from graders.learners.world import World, generate
from graders.readiness.criteria import SoloCriteria
from graders.summary import Summary

ORDER = (
    ("L17", "L14"),
    ("L16",),
    ("L15",),
    ("L11", "L13"),
    ("L12",),
    ("L4", "L10"),
    ("L3",),
    ("L5", "L6", "L7", "L8", "L9"),
    ("L1", "L2"),
)
DISTANCES = (("L3", "L16", 3.0), ("L4", "L16", 2.5), ("L11", "L16", 1.2))
#: Highest, then lowest share of runs that may, then must meet the solo lines.
AT_MOST = {each: 0.005 for each in ("L1", "L2", "L3", "L5", "L6", "L7", "L8", "L9", "L10")}
AT_MOST |= {"L4": 0.01, "L13": 0.05, "A5": 0.05}
CLOSE, MORE_BANKS = ("L13", "L14", "L16", "L17", "A5"), 4
AT_LEAST = {"L16": 0.80, "L17": 0.95, "L14": 0.95}
#: Stems of names that would give knowledge tracing away; pacing of practice may use it, readiness may not.
TRACING = ("tracing", "mastery", "knowledge", "pacing", "progress")
TONSIL_RULES = [1, 2]
NAMED_WITHIN, COHORTS, PEOPLE = 6, 20, 340
SWAP_BANKS, SWAP_PEOPLE = 10, 60


def order_of_reasoning(simulation: Simulation) -> Verdict:
    """Test 1."""
    means = {each: float(simulation.sat[each].scores.reasoning_index.mean()) for group in ORDER for each in group}
    holds = all(min(means[each] for each in high) > max(means[each] for each in low) for high, low in pairwise(ORDER))
    figure = " > ".join("/".join(f"{means[each]:.2f}" for each in group) for group in ORDER)
    return judged("1", "Mean Reasoning falls from experts to guessers", holds, figure, means=_rounded(means))


def distances(simulation: Simulation) -> Verdict:
    """Test 2."""
    found = {f"{low}-{high}": _distance(simulation, low, high) for low, high, _ in DISTANCES}
    holds = all(found[f"{low}-{high}"] >= line for low, high, line in DISTANCES)
    figure = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    return judged(
        "2", "Reasoning sets L3, L4 and L11 apart from L16 (d 3.0, 2.5, 1.2)", holds, figure, d=_rounded(found)
    )


def _distance(simulation: Simulation, low: str, high: str) -> float:
    """Cohen's d of Reasoning between two learners."""
    one, two = (simulation.sat[each].scores.reasoning_index for each in (low, high))
    pooled = ((one.var(ddof=1) + two.var(ddof=1)) / 2) ** 0.5
    return float((two.mean() - one.mean()) / pooled)


def solo_lines(simulation: Simulation) -> Verdict:
    """Test 3; shares that lie near their line are counted over more runs, so that the seed does not decide."""
    met = {each: mean_and_interval(_met(simulation, each)) for each in (*AT_MOST, *AT_LEAST)}
    short = [each for each, line in AT_MOST.items() if met[each][0] > line]
    short += [each for each, line in AT_LEAST.items() if met[each][0] < line]
    shown = (*AT_LEAST, "L13", "A5", "L4", "L10", *(each for each in short if each not in AT_LEAST))
    figure = ", ".join(f"{each} {spoken(met[each][0])}" for each in dict.fromkeys(shown))
    figure += f"; off the line: {', '.join(short)}" if short else ""
    claim = "Solo lines pass experts, and at most a trace of rule-users, leaked keys and collectors (A5 is L33)"
    return judged("3", claim, not short, figure, share_and_interval=met)


def _met(simulation: Simulation, each: str) -> np.ndarray:
    """Whether each run of a learner meets the solo lines."""
    found = [simulation.criteria.meets(simulation.sat[each].scores.figures)]
    for extra in range(MORE_BANKS if each in CLOSE else 0):
        world = generate(simulation.runs, simulation.families, simulation.rng(8, extra))
        scores = sit(learner(each), world, simulation.seed, 8, extra, CLOSE.index(each)).scores
        found.append(simulation.criteria.meets(scores.figures))
    return np.concatenate(found).astype(float)


def typical_only(simulation: Simulation) -> Verdict:
    """Test 4: on typical cases alone the memorizer leads, which is why a bank needs the others."""
    typical = simulation.world.typical
    rote, thinker = (float(simulation.sat[each].scores.decision[typical].mean()) for each in ("L3", "L16"))
    real = sum(not each.key.rule_breaking for each in simulation.bank)
    figure = (
        f"L3 {rote:.2f}, L16 {thinker:.2f} on typical cases; the real bank has {real} typical of {len(simulation.bank)}"
    )
    return judged("4", "On typical cases alone L3 is at least level with L16", rote >= thinker, figure)


def naming(simulation: Simulation) -> Verdict:
    """Test 6, on the generated bank and on those real families in which X01 or X02 can lead somebody off."""
    claim = "L5 has X01 or X02 named within 6 families in 90 %; L17 is named any rule in at most 5 %"
    offer = np.flatnonzero(carried_rules(simulation.real_world)[0][:, TONSIL_RULES].any(axis=1))
    everywhere = np.arange(simulation.families), np.arange(len(simulation.bank))
    found = {
        "generated L5": _named(simulation, simulation.world, simulation.sat["L5"], everywhere[0], TONSIL_RULES),
        "generated L17": _named(simulation, simulation.world, simulation.sat["L17"], everywhere[0]),
        "real L5": _named(simulation, simulation.real_world, simulation.real["L5"], offer, TONSIL_RULES),
        "real L17": _named(simulation, simulation.real_world, simulation.real["L17"], everywhere[1]),
    }
    figure = ", ".join(f"{name} {spoken(share)}" for name, share in found.items())
    holds = all(share >= 0.90 if name.endswith("L5") else share <= 0.05 for name, share in found.items())
    missing = NAMED_WITHIN - len(offer)
    if missing > 0 and found["generated L5"] >= 0.90 and found["generated L17"] <= 0.05:
        figure = f"needs {missing} more families that offer X01 or X02 ({len(offer)} do); {figure}"
        return needs("6", claim, figure, share=_rounded(found))
    return judged("6", claim, holds, figure, share=_rounded(found))


def _named(simulation: Simulation, world: World, sat: Sat, columns: np.ndarray, rules=slice(None)) -> float:
    """Share of runs in which one of ``rules`` is named after six of the families at ``columns``, picked at random."""
    picked = simulation.rng(5).permuted(np.tile(columns, (world.shape[0], 1)), axis=1)[:, :NAMED_WITHIN]
    pick = (np.arange(world.shape[0])[:, None], picked)
    is_named = named(leanings(world, sat.answers)[pick], carried_rules(world)[pick])
    return float(is_named[:, rules].any(axis=1).mean())


def calibration_words(simulation: Simulation) -> Verdict:
    """Test 7: what a reply says of calibration, held against what it says to somebody who is sure of everything."""
    honest, sure = (np.array(_over(simulation, each)) for each in ("L10", "L13"))
    lower = float((honest & ~sure).mean())
    claim = "The honest novice (L10) never (at most 1 run in 1,000) gets a lower calibration statement than L13"
    told = f"L10 {spoken(honest.mean())}, L13 {spoken(sure.mean())}"
    figure = f"lower in {spoken(lower)} of runs; told “surer than the decisions bore out”: {told}"
    return judged("7", claim, lower <= 0.001, figure, lower=lower, l10=float(honest.mean()), l13=float(sure.mean()))


def _over(simulation: Simulation, each: str) -> list[bool]:
    """Whether each run is told that it was surer than the decisions bore out, by the rule that replies use."""
    scores = simulation.sat[each].scores
    rows = zip(scores.gap.tolist(), scores.gap_error.tolist(), scores.acted, strict=True)
    return [
        words.surer_than_borne_out(
            Summary(gap=gap, gap_error=error, by_step={"act": acted, "discuss": (0.0, simulation.families - acted[1])})
        )
        for gap, error, acted in rows
    ]


def doubt_is_never_held_against(simulation: Simulation) -> Verdict:
    """Test 8."""
    parts = simulation.criteria.parts(simulation.sat["L14"].scores.figures)
    held = int((~(parts["gap"] & parts["confident_not_supported"])).sum())
    figure = f"{held} of {simulation.runs} runs; widest gap {simulation.sat['L14'].scores.gap.max():+.2f}"
    return judged("8", "L14 is never held back for confidence", held == 0, figure)


def reliability(simulation: Simulation) -> Verdict:
    """Test 12, on banks that a mixed cohort sits; a narrower group of people shows less."""
    groups = {"whole cast": CAST, "principle-users": tuple(each for each in CAST if int(each.id[1:]) >= 10)}
    found: dict[str, dict[str, list[float]]] = {name: {} for name in groups}
    for place, (name, who) in enumerate(groups.items()):
        for families in (6, 12, 18, 24):
            sat = [cohort(families, PEOPLE, simulation.rng(6, place, families, bank), who) for bank in range(COHORTS)]
            mean = np.mean([(alpha(each.reasoning), standard_error(each.reasoning)) for each in sat], axis=0)
            found[name][str(families)] = [round(float(each), 4) for each in mean]
    value, error = found["whole cast"]["24"]
    figure = f"alpha {value:.2f}, SEM {error:.3f} at 24 families"
    figure += "; at 6, 12, 18: " + ", ".join(f"{found['whole cast'][count][0]:.2f}" for count in ("6", "12", "18"))
    figure += f"; principle-users alone {found['principle-users']['24'][0]:.2f}"
    claim = "Alpha of family Reasoning in a mixed cohort is at least 0.85"
    return judged("12", claim, value >= 0.85, figure, alpha_and_sem=found)


def key_swap(simulation: Simulation) -> Verdict:
    """Test 14."""
    rows = [row for bank in range(SWAP_BANKS) for row in swapped_keys(SWAP_PEOPLE, simulation.rng(7, bank))]
    kinds = list(dict.fromkeys(kind for kind, _, _ in rows))
    shown = {kind: float(np.mean([swapped for each, swapped, _ in rows if each == kind])) for kind in kinds}
    false = {kind: float(np.mean([true for each, _, true in rows if each == kind])) for kind in kinds}
    figure = ", ".join(f"{kind} {spoken(share)}" for kind, share in shown.items())
    figure += f"; on true keys {spoken(float(np.mean([true for _, _, true in rows])))}"
    claim = f"A swapped key shows within {SWAP_PEOPLE} learners (in 95 % of swaps, each kind)"
    holds = min(shown.values()) >= 0.95
    return judged("14", claim, holds, figure, shown=_rounded(shown), on_true_keys=_rounded(false))


def tracing(simulation: Simulation) -> Verdict:
    """Test 15: what knowledge tracing would have said, and that the solo lines have no place for it."""
    traced = {}
    for each in ("L3", "L4", "L10", "L11"):
        scores = simulation.sat[each].scores
        whole = (scores.twin > 0) & (scores.reason > 0)
        traced[each] = {
            "answers": float((trace(scores.decision > 0) >= 0.95).mean()),
            "pair and reason": float((trace(whole) >= 0.95).mean()),
        }
    names = [each.name for each in fields(SoloCriteria)] + sorted(imported_by_readiness())
    found = [name for name in names if any(stem in name for stem in TRACING)]
    figure = "no place for it among the lines; by answers it would pass "
    figure += ", ".join(f"{each} {spoken(shares['answers'])}" for each, shares in traced.items())
    claim = "Knowledge tracing is no part of a readiness decision"
    return judged("15", claim, not found, ", ".join(found) or figure, traced=traced)


def imported_by_readiness() -> set[str]:
    """Modules that the readiness code names in its imports."""
    folder = Path(graders.__file__).parent
    files = sorted({*folder.glob("**/*readiness*.py"), *folder.glob("readiness/*.py")})
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return named | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def trace(answered: np.ndarray, known=0.25, learns=0.12, slips=0.10, guesses=0.25) -> np.ndarray:
    """Highest estimate of knowledge reached, by run: Bayesian knowledge tracing in its first form."""
    belief = np.full(answered.shape[0], known)
    highest = belief.copy()
    for right in answered.T:
        seen = np.where(right, belief * (1 - slips), belief * slips)
        unseen = np.where(right, (1 - belief) * guesses, (1 - belief) * (1 - guesses))
        belief = seen / (seen + unseen)
        belief = belief + (1 - belief) * learns
        highest = np.maximum(highest, belief)
    return highest


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
