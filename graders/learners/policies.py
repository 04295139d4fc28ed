"""Ways to answer: each policy turns a world of cases into answers, on invented and on real families alike.

A policy that understands looks at the key with some probability, which stands for having worked the mechanism out. A
rule-follower never does: it goes by cues and by the rote rules that options carry.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from graders.learners.world import World, other

Generator = np.random.Generator
GUESS, DISCUSS, ACT = range(3)
Mix = tuple[float, float, float]
CHANCE_OF_NEWS, CHANCE_OF_SAFETY = 0.36, 0.36


@dataclass(frozen=True)
class Answers:
    """A whole answer sheet by run and family: the index of what was chosen; ``features`` in order, -1 for no pick."""

    decision: np.ndarray
    reason: np.ndarray
    confidence: np.ndarray
    twin: np.ndarray
    news: np.ndarray
    features: np.ndarray
    safety: np.ndarray

    def replace(self, **changes: np.ndarray) -> Answers:
        """These answers with some of them exchanged."""
        return Answers(**{each.name: changes.get(each.name, getattr(self, each.name)) for each in fields(self)})

    def where(self, mask: np.ndarray, others: Answers) -> Answers:
        """These answers where ``mask`` holds, and ``others`` elsewhere."""
        mixed = {}
        for each in fields(self):
            one, two = getattr(self, each.name), getattr(others, each.name)
            mixed[each.name] = np.where(mask[..., None] if one.ndim > mask.ndim else mask, one, two)
        return Answers(**mixed)


class Policy(Protocol):
    """Anything that answers."""

    def answer(self, world: World, rng: Generator) -> Answers:
        """One whole sheet for each run of ``world``."""
        ...


def hit_or_other(rng: Generator, supported: np.ndarray, chance, options: int | np.ndarray) -> np.ndarray:
    """The supported option with that chance, otherwise one of the others."""
    return np.where(rng.random(supported.shape) < chance, supported, other(rng, supported, options))


def confidences(rng: Generator, shape: tuple[int, ...], mix: Mix) -> np.ndarray:
    """Steps of confidence, by how often each is said."""
    return rng.choice(3, size=shape, p=mix)


def pick_features(rng: Generator, world: World, chance) -> np.ndarray:
    """As many features as may be picked; each is one that counts with that chance, otherwise any of the rest."""
    noise = rng.random(world.hits.shape)
    hits_first = np.argsort(np.where(world.hits, noise, 2), axis=-1)
    rest_first = np.argsort(np.where(world.hits, 2, np.where(world.offered, noise, 3)), axis=-1)
    wanted = np.minimum(rng.binomial(world.limit, chance, world.shape), world.hits.sum(-1))[..., None]
    place = np.broadcast_to(np.arange(world.hits.shape[-1]), world.hits.shape)
    from_rest = np.take_along_axis(rest_first, np.clip(place - wanted, 0, None), -1)
    return np.where(place >= world.limit, -1, np.where(place < wanted, hits_first, from_rest))


def surface_twin(rng: Generator, world: World, decision: np.ndarray, lands: float = 0.86) -> np.ndarray:
    """Change with whatever catches the eye, and with nothing else."""
    turned = hit_or_other(rng, world.twin, lands, 5)
    turned = np.where(world.flips & (turned != decision), turned, other(rng, decision, 5))
    return np.where(world.eye, turned, decision)


@dataclass(frozen=True)
class Principled:
    """Understands a family with probability logistic(ability - difficulty); numbers of the learning design, 8a.

    The design leaves two things open, and they were set so that its table (8b) comes out: safety 0.98 and 0.54, and
    confidence, "act" nearly always where a family is understood and "guess" where it is not.
    """

    ability: float
    sure: Mix = (0.0, 0.08, 0.92)
    unsure: Mix = (1.0, 0.0, 0.0)

    def answer(self, world: World, rng: Generator) -> Answers:
        """Mostly supported answers where the family is understood, near chance where it is not."""
        seen = rng.random(world.shape) < 1 / (1 + np.exp(world.difficulty - self.ability))

        def chance(understood: float, not_understood: float) -> np.ndarray:
            return np.where(seen, understood, not_understood)

        said = np.where(seen, confidences(rng, world.shape, self.sure), confidences(rng, world.shape, self.unsure))
        return Answers(
            decision=hit_or_other(rng, world.decision, chance(0.95, 0.25), 5),
            reason=hit_or_other(rng, world.reason, chance(0.93, 0.22), 5),
            confidence=said,
            twin=hit_or_other(rng, world.twin, chance(0.90, 0.33), 5),
            news=hit_or_other(rng, world.news, chance(0.88, 0.36), 3),
            features=pick_features(rng, world, chance(0.90, 0.40)),
            safety=hit_or_other(rng, world.safety, chance(0.98, 0.54), world.safety_options),
        )


@dataclass(frozen=True)
class RuleFollower:
    """Goes where its rule leads, whatever else the case says.

    Attributes
    ----------
    kind : which lead it follows: tonsil, number, expand, refer, nothing
    reason : how often it picks the mechanism where its rule happened to fit; elsewhere it says the rule
    """

    kind: str
    reason: float
    features: float
    mix: Mix
    safety: float = CHANCE_OF_SAFETY
    follows: float = 0.95

    def answer(self, world: World, rng: Generator) -> Answers:
        """Acts by the cue and changes only with what catches the eye."""
        decision = hit_or_other(rng, world.leads[self.kind], self.follows, 5)
        fits = (decision == world.decision) & (rng.random(world.shape) < self.reason)
        return Answers(
            decision=decision,
            reason=np.where(fits, world.reason, world.reason_leads[self.kind]),
            confidence=confidences(rng, world.shape, self.mix),
            twin=surface_twin(rng, world, decision),
            news=hit_or_other(rng, world.news, CHANCE_OF_NEWS, 3),
            features=pick_features(rng, world, self.features),
            safety=hit_or_other(rng, world.safety, self.safety, world.safety_options),
        )


@dataclass(frozen=True)
class Recaller:
    """Knows answers by heart: typical cases, a share of the exceptions, perhaps a leaked key; not the reasons.

    Attributes
    ----------
    typical, exceptions : share of typical and of rule-breaking cases whose decision is known
    leaked : share of families whose decision was read off a leaked key
    reason, leaked_reason : how often the mechanism is recognized beside a supported decision
    twin : how often the twin is known; None for changing with what catches the eye
    """

    typical: float
    exceptions: float
    reason: float
    features: float
    safety: float
    mix: Mix
    leaked: float = 0.0
    leaked_reason: float = 0.42
    twin: float | None = None
    news: float = CHANCE_OF_NEWS

    def answer(self, world: World, rng: Generator) -> Answers:
        """Supported where it was memorized; elsewhere the textbook's cue is followed to the textbook's act."""
        leaked = rng.random(world.shape) < self.leaked
        known = rng.random(world.shape) < np.where(world.typical, self.typical, self.exceptions)
        lure = np.where(world.typical, other(rng, world.decision, 5), world.leads["textbook"])
        decision = np.where(leaked | known, world.decision, lure)
        recognized = rng.random(world.shape) < np.where(leaked, self.leaked_reason, self.reason)
        recognized &= decision == world.decision
        twin = surface_twin(rng, world, decision)
        if self.twin is not None:
            twin = hit_or_other(rng, world.twin, self.twin, 5)
        return Answers(
            decision=decision,
            reason=np.where(recognized, world.reason, world.reason_leads["textbook"]),
            confidence=confidences(rng, world.shape, self.mix),
            twin=twin,
            news=hit_or_other(rng, world.news, self.news, 3),
            features=pick_features(rng, world, self.features),
            safety=hit_or_other(rng, world.safety, self.safety, world.safety_options),
        )


@dataclass(frozen=True)
class Guesser:
    """Chance everywhere; ``ticks_all`` ticks every feature there is."""

    ticks_all: bool = False

    def answer(self, world: World, rng: Generator) -> Answers:
        """Random options, and random or all features."""
        shuffled = np.argsort(np.where(world.offered, rng.random(world.hits.shape), 2), axis=-1)
        count = world.offered.sum(-1, keepdims=True) if self.ticks_all else world.limit
        place = np.arange(world.hits.shape[-1])
        return Answers(
            decision=rng.integers(0, 5, world.shape),
            reason=rng.integers(0, 5, world.shape),
            confidence=rng.integers(0, 3, world.shape),
            twin=rng.integers(0, 5, world.shape),
            news=rng.integers(0, 3, world.shape),
            features=np.where(place < count, shuffled, -1),
            safety=rng.integers(0, world.safety_options),
        )
