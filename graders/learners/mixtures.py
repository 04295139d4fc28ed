"""Policies made of policies: slips, fixed habits, and people who answer one part of a course unlike another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from graders.learners.policies import Answers, Generator, Policy, hit_or_other, surface_twin
from graders.learners.world import World, other

SAME = 1


@dataclass(frozen=True)
class Slipping:
    """Answers like ``usual``, but every choice slips to another option now and then."""

    usual: Policy
    share: float

    def answer(self, world: World, rng: Generator) -> Answers:
        """The usual answers with slips in them."""
        said = self.usual.answer(world, rng)

        def slip(chosen: np.ndarray, options: int) -> np.ndarray:
            return np.where(rng.random(chosen.shape) < self.share, other(rng, chosen, options), chosen)

        return said.replace(
            decision=slip(said.decision, 5),
            reason=slip(said.reason, 5),
            twin=slip(said.twin, 5),
            news=slip(said.news, 3),
        )


@dataclass(frozen=True)
class SameNews:
    """Says of every new finding that it makes no difference."""

    usual: Policy

    def answer(self, world: World, rng: Generator) -> Answers:
        """The usual answers, with the middle of every scale."""
        said = self.usual.answer(world, rng)
        return said.replace(news=np.full_like(said.news, SAME))


@dataclass(frozen=True)
class FixedTwin:
    """Treats every twin alike: always flips, always holds, or flips with what catches the eye."""

    usual: Policy
    habit: Literal["flips", "holds", "surface"]

    def answer(self, world: World, rng: Generator) -> Answers:
        """The usual answers; a flip lands where the key would, since the habit is what is being tried."""
        said = self.usual.answer(world, rng)
        if self.habit == "surface":
            return said.replace(twin=surface_twin(rng, world, said.decision, 1.0))
        if self.habit == "holds":
            return said.replace(twin=said.decision)
        lands = world.flips & (world.twin != said.decision)
        return said.replace(twin=np.where(lands, world.twin, other(rng, said.decision, 5)))


@dataclass(frozen=True)
class Then:
    """One way of answering for the first families, another one from there on."""

    first: Policy
    families: int
    after: Policy

    def answer(self, world: World, rng: Generator) -> Answers:
        """Early answers from the one, later ones from the other."""
        early = np.broadcast_to(np.arange(world.shape[1]) < self.families, world.shape)
        return self.first.answer(world, rng).where(early, self.after.answer(world, rng))


@dataclass(frozen=True)
class Tilted:
    """At home in families of one cause, and a rule-follower in all others."""

    cause: int
    inside: Policy
    outside: Policy

    def answer(self, world: World, rng: Generator) -> Answers:
        """Answers by the cause of each family."""
        return self.inside.answer(world, rng).where(world.cause == self.cause, self.outside.answer(world, rng))


@dataclass(frozen=True)
class Parrot:
    """Says what most colleagues would say: the decision and the reason of the textbook's cue, the middle of scales."""

    usual: Policy

    def answer(self, world: World, rng: Generator) -> Answers:
        """The popular answer everywhere; a twin changes nothing, since a saying has no conditions."""
        said = self.usual.answer(world, rng)
        decision = hit_or_other(rng, world.leads["textbook"], 1.0, 5)
        return said.replace(
            decision=decision,
            reason=world.reason_leads["textbook"],
            twin=decision,
            news=np.full_like(said.news, SAME),
        )
