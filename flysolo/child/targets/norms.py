"""Tables of healthy and unselected children: what a night looks like before anything is amiss."""

from __future__ import annotations

import numpy as np

from flysolo.child import reports as told
from flysolo.child.airway import REM
from flysolo.child.night import simulate
from flysolo.child.targets.estimate import area_under_curve, centile, estimate, mean
from flysolo.child.targets.rows import around, echoed, mean_of, near, not_simulated, target, within
from flysolo.child.targets.world import World

PUBLISHED_BINOMIAL = 1.96


@target("tgt-01", tolerance="5th centile of the minimum within 2 points, of the median within 1")
def home_oximetry(world: World, t: dict, n: int):
    _, night = world.cohort("healthy", "oximetry-only", ages=(9.3, 0.6, 8.0, 11.0))
    yield near("median of SAT50", t["SAT50"]["median"], centile(night["spo2_median_percent"], 50), 1)
    yield near("5th centile of SAT50", t["SAT50"]["p5"], centile(night["spo2_median_percent"], 5), 1)
    yield near("median of SATmin", t["SATmin"]["median"], centile(night["spo2_min_percent"], 50), 1)
    yield near("5th centile of SATmin", t["SATmin"]["p5"], centile(night["spo2_min_percent"], 5), 2)
    yield near("median of DI4", t["DI4"]["median"], centile(night["odi4"], 50), 1)
    yield around("95th centile of DI4", t["DI4"]["p95"], centile(night["odi4"], 95), 0.25)
    yield near("median of DI90", t["DI90"]["median"], centile(night["di90"], 50), 1)
    yield around("95th centile of DI90", t["DI90"]["p95"], centile(night["di90"], 95), 0.25)


@target("tgt-02", tolerance="slow-wave share within 2.5 points")
def lab_norms_2_to_9(world: World, t: dict, n: int):
    _, night = world.cohort("healthy", "child-2007", ages=(6.0, None, 2.0, 9.0))
    yield echoed(mean_of("REM %", t["REM"], n, mean(100 * night["rem_share"])))
    yield echoed(mean_of("N2 %", t["N2"], n, mean(100 * night["n2_share"])))
    yield echoed(near("slow-wave %", t["slow_wave_total"], mean(100 * night["n3_share"]), 2.5))
    yield echoed(mean_of("arousal index", t["arousal"], n, mean(night["arousal_index"])))
    yield mean_of("obstructive hypopneas /h", t["OHI"], n, mean(night["hypopnea_index"]))
    yield mean_of("lowest SpO2", t["nadir"], n, mean(night["spo2_min_percent"]))


@target(
    "tgt-03",
    tolerance="share within 2 binomial SE; SD of the central rate taken from its printed 97.5th centile",
    note="three laboratories print healthy minima of 94.6, 92 and 91.8, further apart than their standard errors; "
    "the model follows the two that agree",
)
def lab_norms_1_to_15(world: World, t: dict, n: int):
    _, night = world.cohort("healthy", "child-2007", ages=(8.0, 4.6, 2.0, 15.0))
    share = t["any_OA"]
    central = t["CA_per_h"]
    yield near("any obstructive apnea", share, mean(night["oai"] > 0), 2 * (share * (1 - share) / n) ** 0.5)
    spread = [central["mean"], (central["p97_5"] - central["mean"]) / PUBLISHED_BINOMIAL]
    yield mean_of("central apneas /h", spread, n, mean(night["cai"]))
    yield mean_of("lowest SpO2", t["nadir"], n, mean(night["spo2_min_percent"]))
    yield mean_of("mean SpO2", t["SpO2"], n, mean(night["spo2_mean_percent"]))


@target("tgt-04")
def lab_norms_6_to_16(world: World, t: dict, n: int):
    _, night = world.cohort("healthy", "child-2007", ages=(11.7, 2.6, 6.0, 16.0))
    yield mean_of("OAHI", t["OAHI"], n, mean(night["oahi"]))
    yield mean_of("central index", t["CAI"], n, mean(night["cai"]))
    yield mean_of("lowest SpO2", t["nadir"], n, mean(night["spo2_min_percent"]))
    yield mean_of("mean SpO2", t["SaO2"], n, mean(night["spo2_mean_percent"]))


@target(
    "tgt-06",
    tolerance="each within 25%",
    note="central indices of healthy school children are printed as 0.45, 0.85 and 1.5 by three groups; one set of "
    "children cannot have all three",
)
def preschool_and_school(world: World, t: dict, n: int):
    small = world.cohort("healthy", "child-2007", ages=(4.5, None, 3.2, 5.99))[1]
    large = world.cohort("healthy", "child-2007", ages=(7.3, None, 6.0, 8.6))[1]
    for label, night in (("3-5y", small), ("6+y", large)):
        yield around(f"obstructive apneas /h, {label}", t["OAI"][label], mean(night["oai"]), 0.25)
        yield around(f"central index, {label}", t["CAI"][label], mean(night["cai"]), 0.25)
    rich = world.cohort("healthy", "child-2012", ages=(6.0, None, 3.2, 8.6))[1]
    yield around("any CO2 above 45 mmHg", t["ETCO2_gt45_any"], mean(rich["co2_above_45_share"] > 0), 0.25)


@target(
    "tgt-07",
    tolerance="means within 20%; position changes are an input",
    note="see tgt-06: 1.5 central events an hour is the highest of three printed values",
)
def home_norms(world: World, t: dict, n: int):
    children, night = world.cohort("healthy", "child-2007", ages=(10.1, 1.0, 8.0, 12.0))
    yield around("central index", t["central"], mean(night["cai"]), 0.2)
    yield around("obstructive apneas /h", t["obstructive"], mean(night["oai"]), 0.2)
    yield around("movement arousals /h", t["movement_arousal"], mean(night["spontaneous_arousal_index"]), 0.2)
    yield echoed(around("position changes /h", t["position_change"], mean(_position_changes(children, world)), 0.2))


def _position_changes(children, world: World):
    night = simulate(children.take(slice(0, 500)), world.own_seed("positions"))
    return (np.diff(night.posture, axis=1) != 0).sum(axis=1) / night.hours


@target("tgt-18", tolerance="0.005 to 0.023, the exact binomial interval")
def school_prevalence(world: World, t: dict, n: int):
    _, night = world.cohort("community", "child-2007", 2.5)
    yield within("AHI 5 or more", t["AHI_ge_5"], mean(night["oahi"] >= 5), 0.005, 0.023)


@target("tgt-26", tolerance="within 1.5 s, youngest and oldest against the ends of the printed range")
def event_length(world: World, t: dict, n: int):
    for label, design in (("youngest", (3.0, None, 2.0, 4.0)), ("oldest", (16.0, None, 14.0, 17.8))):
        children, report = world.cohort("referred", "child-2012", 0.25, ages=design)
        night = simulate(children.take(report["oahi"] >= 1), world.own_seed("length" + label))
        obstructive = (night.events.kind == 0) & (night.events.remaining_flow <= 0.7)
        in_rem = night.events.stage == REM
        place = 0 if label == "youngest" else 1
        for state, mask in (("NREM", obstructive & ~in_rem), ("REM", obstructive & in_rem)):
            seconds = centile(night.events.duration_s[mask], 5)
            yield near(f"5th centile, {state}, {label}", t[f"{state}_p5"][place], seconds, 1.5)


@target("tgt-29", tolerance="sign and order, not size", echo=True)
def heart_rate_rises(world: World, t: dict, n: int):
    from flysolo.child.night import heart_rise_bpm

    children, _ = world.referred
    events = simulate(children.take(slice(0, 1000)), world.own_seed("heart")).events
    events = events.where(events.kind <= 2)
    rise, deep = heart_rise_bpm(events), events.desaturation_percent >= 3
    yield within("rise after an event", 1, mean(rise), 0.01, np.inf)
    more = estimate(lambda r, a: r[a].mean() - r[~a].mean(), rise, events.arousal)
    yield within("more with an arousal", 1, more, 0.01, np.inf)
    deeper = estimate(lambda r, d: r[d].mean() - r[~d].mean(), rise, deep)
    yield within("more with a desaturation", 1, deeper, 0.01, np.inf)


@target("tgt-35", tolerance="peak 0.53 to 0.62, at 4 to 6 years", echo=True)
def adenoid_by_age(world: World, t: dict, n: int):
    children, _ = world.cohort("healthy", "child-2012", 2.0, ages=(8.0, None, 2.0, 15.0))
    whole = np.floor(children.age_years)
    means = np.array([children.adenoid_ratio[whole == age].mean() for age in range(2, 15)])
    peak = children.adenoid_ratio[whole == 2 + int(means.argmax())]
    yield within("highest mean ratio", t["peak"], mean(peak), 0.53, 0.62)
    from flysolo.child.targets.estimate import Estimate

    smooth = np.convolve(means, np.ones(3) / 3, "valid")
    at = float(3 + smooth.argmax()) + 0.5
    yield within("age of the peak", t["peak_age"], Estimate(at, at - 0.5, at + 0.5), 4.0, 6.0)


@target("tgt-37", tolerance="0.05 to 0.12")
def orthodontic_questionnaire(world: World, t: dict, n: int):
    children, _ = world.cohort("orthodontic", "child-2012", 2.0)
    share = mean(told.positive(children, "sleep questionnaire", world.own_seed("ortho")))
    yield within("positive questionnaires", t["rohra"][0], share, 0.05, 0.12)


@target("tgt-38", tolerance="inside the printed intervals; maturity by age, from 14 years")
def teen_tool(world: World, t: dict, n: int):
    children, night = world.cohort("community", "child-2012", 2.0, ages=(13.0, None, 9.0, 17.0))
    score = told.score(children, "teen tool", world.own_seed("teen"))
    ill, grown = night["oahi"] >= 1.5, children.age_years >= 14
    for key, mask in (("SMR_ge4", grown), ("SMR_lt4", ~grown)):
        yield within(f"area under the curve, {key}", t[key][0], area_under_curve(score[mask], ill[mask]), *t[key][1:])


not_simulated("tgt-39", "the model has no bladder; bed-wetting by sex would only be the published number drawn again")
