"""The fifteen acceptance tests of the learning design (8d), each with what was measured."""

from __future__ import annotations

from graders.learners import accept_bank, accept_runs, special, verdicts
from graders.learners.run import Simulation
from graders.learners.verdict import Verdict


def acceptance(simulation: Simulation, odd: list[Verdict]) -> list[Verdict]:
    """Tests 1 to 15; ``odd`` are the verdicts on L18 to L33, on which test 10 rests."""
    return [
        accept_runs.order_of_reasoning(simulation),
        accept_runs.distances(simulation),
        accept_runs.solo_lines(simulation),
        accept_runs.typical_only(simulation),
        accept_bank.constant_answers(simulation),
        accept_runs.naming(simulation),
        accept_runs.calibration_words(simulation),
        accept_runs.doubt_is_never_held_against(simulation),
        accept_bank.marked_twice(simulation),
        accept_bank.odd_hand_ins(odd),
        accept_bank.words(simulation),
        accept_runs.reliability(simulation),
        accept_bank.templates_by_rule(simulation),
        accept_runs.key_swap(simulation),
        accept_runs.tracing(simulation),
    ]


def odd_learners(simulation: Simulation) -> list[Verdict]:
    """What must happen to L2 and to L18 to L33, in their order."""
    found = [*verdicts.all_verdicts(simulation), *special.all_verdicts(simulation.bank)]
    return sorted(found, key=lambda verdict: (int(verdict.id[1:].rstrip("ab")), verdict.id))
