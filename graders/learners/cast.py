"""The cast of the learning design (8b): who answers how, as data.

L1 to L17 are answered in large runs and stand in the table; L18 to L33 each have one thing that must happen to them.
The numbers of the rule-followers were set so that typical and all answers, D and R come out as the design states them.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders.learners.mixtures import FixedTwin, Parrot, SameNews, Slipping, Then, Tilted
from graders.learners.policies import Guesser, Policy, Principled, Recaller, RuleFollower
from graders.learners.world import CAUSES

SURE, ALWAYS_ACT, ALWAYS_DISCUSS = (0.0, 0.1, 0.9), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)
MOSTLY_ACT, DOUBTING = (0.1, 0.1, 0.8), (0.5, 0.5, 0.0)
EXPERT, COMPETENT, DEVELOPING, NOVICE = 3.3, 2.2, 0.8, -0.6


@dataclass(frozen=True)
class Learner:
    """One scripted learner.

    Attributes
    ----------
    says : what the marking must say of these answers, as the learning design has it
    rules : rote rules that it carries, where it carries any
    """

    id: str
    name: str
    policy: Policy
    says: str
    rules: tuple[str, ...] = ()


MEMORIZER = Recaller(typical=0.98, exceptions=0.14, reason=0.57, features=0.59, safety=0.65, mix=SURE)
DEVELOPER = Principled(DEVELOPING)

CAST = (
    Learner("L1", "Guesser", Guesser(), "near chance; nothing can be said"),
    Learner("L2", "Select-all clicker", Guesser(ticks_all=True), "no credit for key features, with the reason"),
    Learner("L3", "Rote memorizer", MEMORIZER, "answers ride on cues; never ready"),
    Learner(
        "L4",
        "Leaked answer key (60 %)",
        Recaller(typical=0.99, exceptions=0.14, reason=0.57, features=0.69, safety=0.81, mix=SURE, leaked=0.6),
        "Decision high beside Reasoning low; never ready",
    ),
    Learner(
        "L5",
        "Tonsil-anchored",
        RuleFollower("tonsil", 0.60, 0.48, MOSTLY_ACT, 0.44),
        "names X01, X02 within six families",
        ("X01", "X02"),
    ),
    Learner(
        "L6",
        "Cut-off follower",
        RuleFollower("number", 0.37, 0.46, MOSTLY_ACT, 0.44),
        "names X05 to X07",
        ("X05", "X06", "X07"),
    ),
    Learner(
        "L7",
        "Expands everyone",
        RuleFollower("expand", 0.60, 0.43, ALWAYS_ACT, 0.41),
        "names X16 to X18",
        ("X16", "X17", "X18"),
    ),
    Learner("L8", "Refers everything", RuleFollower("refer", 0.43, 0.56, ALWAYS_DISCUSS, 0.79), "names X42", ("X42",)),
    Learner(
        "L9",
        "Nihilist",
        RuleFollower("nothing", 0.33, 0.39, (0.1, 0.3, 0.6), 0.38),
        "names X35, X51",
        ("X35", "X51"),
    ),
    Learner("L10", "Honest novice", Principled(NOVICE), "calibration holds; a guided rung"),
    Learner("L11", "Developing", DEVELOPER, "coached; modules to revisit"),
    Learner("L12", "Midpoint picker", SameNews(DEVELOPER), "new information at chance"),
    Learner(
        "L13", "Over-confident developing", Principled(DEVELOPING, ALWAYS_ACT, ALWAYS_ACT), "not ready, by calibration"
    ),
    Learner("L14", "Under-confident expert", Principled(EXPERT, DOUBTING, DOUBTING), "ready; shown own hit rate"),
    Learner("L15", "Careless expert", Slipping(Principled(EXPERT), 0.10), "borderline; a pause to read once more"),
    Learner("L16", "Competent principle-user", Principled(COMPETENT), "ready"),
    Learner("L17", "Expert principle-user", Principled(EXPERT), "ready"),
)


def _collector(exceptions: float, reason: float, twin: float | None, typical: float = 0.95) -> Recaller:
    """Somebody who learned the catalog of exceptions by heart (8c)."""
    return Recaller(
        typical=typical,
        exceptions=exceptions,
        reason=reason,
        features=0.74,
        safety=0.8,
        mix=SURE,
        twin=twin,
        news=0.36 + 0.30 * exceptions if exceptions > 0.1 else 0.36,
    )


#: 8c: how hard the solo lines can be pushed by memory alone; all know 95 % of typical cases.
ADVERSARIES = (
    Learner("A1", "plain memorizer", _collector(0.05, 0.60, None), "never ready"),
    Learner("A2", "+ recognizes 95 % of reasons", _collector(0.05, 0.95, None), "never ready"),
    Learner("A3", "+ twins at 70 %", _collector(0.05, 0.60, 0.70), "never ready"),
    Learner("A4", "collector, 50 % of exceptions", _collector(0.50, 0.60, 0.55), "never ready"),
    Learner("A5", "collector, 70 % (L33)", _collector(0.70, 0.70, 0.60), "at most 5 %; a talk, not a badge"),
    Learner("A6", "collector, 85 %", _collector(0.85, 0.75, 0.65), "new templates and the conversation tell"),
    Learner("A7", "collector, 85 %, reasons 90 %", _collector(0.85, 0.90, 0.75), "for practical purposes competent"),
)

EXTRAS = (
    Learner("L19", "Dogma parrot", Parrot(MEMORIZER), "agrees with the textbook everywhere, and is not ready"),
    Learner("L21", "Late bloomer", Then(Principled(NOVICE), 12, Principled(EXPERT)), "the last sets count"),
    Learner("L22", "Forgetter", Then(Principled(EXPERT), 8, MEMORIZER), "later sets show what has gone"),
    Learner("L23a", "Always flips", FixedTwin(Principled(EXPERT), "flips"), "at most half of the pair credit"),
    Learner("L23b", "Always holds", FixedTwin(Principled(EXPERT), "holds"), "at most half of the pair credit"),
    Learner("L24", "Surface flipper", FixedTwin(Principled(EXPERT), "surface"), "at most half of the pair credit"),
    Learner(
        "L32",
        "Specialist tilt",
        Tilted(CAUSES.index("jaw"), Principled(EXPERT), MEMORIZER),
        "the profile shows it; not ready",
    ),
)


def learner(learner_id: str) -> Learner:
    """One of them by id; KeyError if there is none."""
    return {each.id: each for each in (*CAST, *ADVERSARIES, *EXTRAS)}[learner_id]
