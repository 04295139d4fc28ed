"""Cases as arrays: what a policy may go by and what the key says, for thousands of invented families at once.

The generated bank re-builds the simulated world of the learning design (8a). Nothing in it is clinical: causes are
labels, and a cue is only a bit that follows the cause in a typical family and points elsewhere in the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

CAUSES = ("nose", "tonsil", "jaw", "load", "neuromotor", "none")
SHARES = (0.24, 0.22, 0.18, 0.12, 0.10, 0.14)
ACTS = ("nasal-care", "tonsil-referral", "expansion", "sleep-referral", "watch")
#: The act that each cause calls for; weight and weak muscles both go to a sleep physician.
ACT_OF_CAUSE = np.array([0, 1, 2, 3, 3, 4])
NASAL, TONSIL, EXPAND, REFER, WATCH = range(5)
DIRECTIONS = ("less", "same", "more")
#: Which reason, counted before options are mixed, is each rule-follower's own wording; 0 is the mechanism.
REASON_LEADS = {"tonsil": 1, "number": 2, "expand": 3, "refer": 4, "nothing": 4}
#: For a textbook memorizer the wording depends on the cue that the act was read off.
TEXTBOOK_REASON = np.array([4, 1, 3, 2, 4])
FEATURES, LIMIT, SAFETY_OPTIONS = 10, 3, 3
DIFFICULTY_SD, ATYPICAL_HARDER, SAFETY_AT_RANDOM = 0.8, 0.5, 0.12


@dataclass(frozen=True)
class World:
    """Families by run: every array has the shape (runs, families), some with a last axis for options.

    Attributes
    ----------
    decision, reason, twin, news, safety : index of the supported option
    acceptable : decisions worth half a point
    hits, harmful, offered : key features that count, that harm, and that are there at all
    typical : whether the popular rule leads to the supported decision
    flips, eye : whether the twin turns the decision, and whether what changed catches the eye
    has_safety, decides : a safety question is asked; the child needs somebody today, so that a miss is one
    safety_options : how many options it has
    cause, difficulty : of the generated world; cause is -1 where families are real
    leads, reason_leads : for each kind of rule-follower, the option its rule leads to
    rules : for each kind of question, the number of the rote rule that each option embodies (0 for none)
    """

    decision: np.ndarray
    acceptable: np.ndarray
    reason: np.ndarray
    twin: np.ndarray
    news: np.ndarray
    safety: np.ndarray
    hits: np.ndarray
    harmful: np.ndarray
    offered: np.ndarray
    typical: np.ndarray
    flips: np.ndarray
    eye: np.ndarray
    has_safety: np.ndarray
    safety_options: np.ndarray
    decides: np.ndarray
    cause: np.ndarray
    difficulty: np.ndarray
    leads: dict[str, np.ndarray] = field(repr=False)
    reason_leads: dict[str, np.ndarray] = field(repr=False)
    rules: dict[str, np.ndarray] = field(repr=False)
    limit: int = LIMIT

    @property
    def shape(self) -> tuple[int, int]:
        """(runs, families)."""
        return self.decision.shape

    def select(self, where) -> World:
        """The part of this world at ``where``, an index into (runs, families)."""
        arrays = {name: value[where] for name, value in self.__dict__.items() if isinstance(value, np.ndarray)}
        groups = {
            name: {key: value[where] for key, value in getattr(self, name).items()}
            for name in ("leads", "reason_leads", "rules")
        }
        return World(**arrays, **groups, limit=self.limit)


def other(rng: np.random.Generator, index: np.ndarray, options: int | np.ndarray) -> np.ndarray:
    """A random option that is not ``index``."""
    return (index + rng.integers(1, options, index.shape)) % options


def balanced(rng: np.random.Generator, shape: tuple[int, int], values: int) -> np.ndarray:
    """0 to ``values`` - 1, each equally often in every run, in random places."""
    return rng.permuted(np.tile(np.resize(np.arange(values), shape[1]), (shape[0], 1)), axis=1)


def generate(runs: int, families: int, rng: np.random.Generator) -> World:
    """Draw a bank of ``families`` for each run.

    Half of a run's families are typical, and twins cross what they do with how they look, as an author's bank must.
    """
    shape = (runs, families)
    cause = rng.choice(len(CAUSES), size=shape, p=SHARES)
    decision = ACT_OF_CAUSE[cause]
    typical = balanced(rng, shape, 2) == 0
    cell = balanced(rng, shape, 4)
    flips, eye = cell % 2 == 1, cell >= 2
    cue = np.where(typical, decision, other(rng, decision, len(ACTS)))
    reason_places = rng.permuted(np.tile(np.arange(5), (*shape, 1)), axis=-1)
    is_hit, is_harm = np.zeros((*shape, FEATURES), bool), np.zeros((*shape, FEATURES), bool)
    is_hit[..., :LIMIT], is_harm[..., -1] = True, True
    neuromotor = cause == CAUSES.index("neuromotor")
    return World(
        decision=decision,
        acceptable=np.zeros((*shape, len(ACTS)), bool),
        reason=reason_places[..., 0],
        twin=np.where(flips, other(rng, decision, len(ACTS)), decision),
        news=balanced(rng, shape, 3),
        safety=rng.integers(0, SAFETY_OPTIONS, shape),
        hits=is_hit,
        harmful=is_harm,
        offered=np.ones((*shape, FEATURES), bool),
        typical=typical,
        flips=flips,
        eye=eye,
        has_safety=(asked := neuromotor | (rng.random(shape) < SAFETY_AT_RANDOM)),
        safety_options=np.full(shape, SAFETY_OPTIONS),
        decides=asked,
        cause=cause,
        difficulty=rng.normal(0, DIFFICULTY_SD, shape) + ATYPICAL_HARDER * ~typical,
        leads=_leads(cue),
        reason_leads=_reason_leads(cue, reason_places),
        rules=_rules(rng, cue, reason_places),
    )


def _leads(cue: np.ndarray) -> dict[str, np.ndarray]:
    """Where each rule leads: large tonsils, a number over a line, or the same act always."""
    return {
        "textbook": cue,
        "tonsil": np.where(cue == TONSIL, TONSIL, WATCH),
        "number": np.where(cue == REFER, REFER, WATCH),
        "expand": np.full_like(cue, EXPAND),
        "refer": np.full_like(cue, REFER),
        "nothing": np.full_like(cue, WATCH),
    }


def _reason_leads(cue: np.ndarray, places: np.ndarray) -> dict[str, np.ndarray]:
    """Where the options were mixed to: for each rule, the reason that says it in its own words."""
    leads = {kind: places[..., place] for kind, place in REASON_LEADS.items()}
    return leads | {"textbook": np.take_along_axis(places, TEXTBOOK_REASON[cue][..., None], -1)[..., 0]}


def _rules(rng: np.random.Generator, cue: np.ndarray, places: np.ndarray) -> dict[str, np.ndarray]:
    """Rote rules on options, by what the cues show; where two rules lead to one act, one of them is written on it."""
    small, under = cue != TONSIL, cue != REFER
    tonsil_rule = np.where(small, 1, 2)
    number_rule = np.where(under, rng.choice((5, 6), cue.shape), 7)
    palate_rule = np.where(cue == EXPAND, 17, 18)
    wait_rule = rng.choice((35, 51), cue.shape)
    acts = np.zeros((*cue.shape, len(ACTS)), np.int8)
    acts[..., TONSIL] = np.where(small, 0, 2)
    acts[..., EXPAND] = palate_rule
    acts[..., REFER] = np.where(under, 42, 7)
    watch = np.stack([wait_rule, np.where(small, 1, wait_rule), np.where(under, number_rule, wait_rule)])
    acts[..., WATCH] = np.take_along_axis(watch, rng.integers(0, 3, (1, *cue.shape)), 0)[0]
    always_rule = np.where(rng.random(cue.shape) < 0.5, 42, 35)
    wording = np.stack([np.zeros_like(cue), tonsil_rule, number_rule, palate_rule, always_rule], -1)
    reasons = np.zeros_like(wording)
    np.put_along_axis(reasons, places, wording, -1)
    features = np.zeros((*cue.shape, FEATURES), np.int8)
    features[..., -1] = 14
    return {
        "decision": acts,
        "twin": acts,
        "reason": reasons,
        "key_features": features,
        "new_information": np.zeros((*cue.shape, len(DIRECTIONS)), np.int8),
        "safety": np.zeros((*cue.shape, SAFETY_OPTIONS), np.int8),
    }
