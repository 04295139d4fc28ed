"""The floppy tube: why the same throat is silent awake, limits flow in light sleep and closes in REM.

What it is
----------
A Starling resistor: a rigid nose, a short stretch of floppy throat, a rigid lower airway, in series. Breathing in
pulls on the lower end. The floppy stretch can hold no less than its closing pressure (Pcrit); once the pull has
brought it down to that, pulling harder adds nothing, and flow is set by the nose and the closing pressure alone.
In sleeping children flow behaved so: it followed the pressure at the nose and not the pull (phys-starling-upstream).

The equations
-------------
Inspiration only; pressures in cmH2O against the room; P_ds = -effort is the pressure in the windpipe::

    Pcrit        = passive Pcrit - 20 * drive * share left by the sleep stage + head + mouth
    closed       : P_nose <= Pcrit                  flow = 0
    open         :                                  flow = (P_nose - P_ds) / (R_up + R_down)
    flow-limited : the open flow would exceed       flow = (P_nose - Pcrit) / R_up

Flow is the smaller of the open and the limited flow and never below zero, so it has no jump where the regimes meet.
They meet where the pressure just below the floppy stretch reaches Pcrit. With R_down = 0 that is the textbook
"downstream pressure equals Pcrit"; with R_down > 0 the windpipe is lower than that by flow * R_down.

What it leaves out
------------------
`LEAVES_OUT` says it in sentences for the page; `WHERE_IT_MISLEADS` is a named case in which the model is a bad guide.

Sources, by finding id
----------------------
phys-pcrit-osa-vs-snoring, phys-pcrit-mild-sdb (closing pressures of the presets), phys-starling-upstream (the law),
num-nasal-at (nasal resistance of children), num-route-resistance (the adult range), num-pcrit-mouth-open (the mouth,
in sedated adults), num-pcrit-head-posture (the head, in anesthetized adults), phys-rem-osa (direction of the REM
effect), sig-vitals-centiles (breathing rate at two years),
phys-child-less-collapsible-than-adult, path-red-flags-urgent (what the model leaves out). Every other number is an
assumption and says so in its `Basis`; `bases()` lists them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.models import (
    Constant,
    Parameter,
    assumed,
    checked_number,
    cmh2o_s_per_l_from_pa_s_per_cm3,
    published,
)
from flysolo.problems import InputError, nearest

RESISTANCE = "cmH2O/(L/s)"
_PA_HINT = "A value in Pa·s/cm³ is converted by cmh2o_s_per_l_from_pa_s_per_cm3."
_ADULT_MOUTH = "Measured in healthy adults under midazolam; that a sleeping child shifts as much is an assumption."

FULL_DRIVE_LOWERING = Constant(
    20.0,
    "cmH2O",
    assumed(
        "no finding gives the size for children, so full drive spans about the 21 cmH2O that lie between the mean "
        "closing pressures of children with OSA and of primary snorers.",
        related=("phys-pcrit-osa-vs-snoring", "phys-stable-breathing-possible"),
    ),
)
STAGE_DRIVE_SHARE = {
    "awake": Constant(1.0, "share of drive", assumed("being awake is the reference, so it keeps the whole drive.")),
    "light non-REM": Constant(
        0.3,
        "share of drive",
        assumed("set so that the starting throat is open awake and flow-limited in light sleep; not measured."),
    ),
    "deep non-REM": Constant(
        0.4,
        "share of drive",
        assumed("set a little above light sleep so that the two can be compared; no finding measures it."),
    ),
    "REM": Constant(
        0.05,
        "share of drive",
        assumed(
            "only the direction is supported: obstruction clusters in REM in most children with moderate or severe "
            "OSA, while 30% have more of it in non-REM.",
            related=("phys-rem-osa", "phys-rem-osa-community", "phys-rem-drive"),
        ),
    ),
}
_ADULT_HEAD = "Measured in 12 healthy adults under propofol; that a sleeping child shifts as much is an assumption."
HEAD_SHIFT = {
    "neutral": Constant(0.0, "cmH2O", assumed("the neutral head is the reference.")),
    "flexed": Constant(
        4.1,
        "cmH2O",
        published("num-pcrit-head-posture", f"mean 3.7 less mean -0.4 with the head neutral. {_ADULT_HEAD}"),
    ),
    "extended": Constant(
        -9.0,
        "cmH2O",
        published("num-pcrit-head-posture", f"mean -9.4 less mean -0.4 with the head neutral. {_ADULT_HEAD}"),
    ),
}
MOUTH_SHIFT = {
    "closed": Constant(0.0, "cmH2O", assumed("the closed mouth is the reference.")),
    "moderately open": Constant(
        1.5,
        "cmH2O",
        published("num-pcrit-mouth-open", f"mean -7.2 less mean -8.7 with the mouth closed. {_ADULT_MOUTH}"),
    ),
    "wide open": Constant(
        5.1,
        "cmH2O",
        published("num-pcrit-mouth-open", f"mean -3.6 less mean -8.7 with the mouth closed. {_ADULT_MOUTH}"),
    ),
}
INSPIRATORY_SHARE = Constant(
    0.4, "share of the breath", assumed("a round share for quiet breathing; no finding gives it for sleeping children.")
)
BREATHS_AT_2_YEARS = Constant(
    26.0,
    "breaths/min",
    published("sig-vitals-centiles", "median at two years in healthy children, awake and asleep mixed."),
)
BREATHS_FROM_15_YEARS = Constant(
    16.0,
    "breaths/min",
    assumed(
        "the rate falls with age; a straight line from two to fifteen years and this end value stand in for a table.",
        related=("sig-norms-rr-hr-sleep",),
    ),
)

PARAMETERS: dict[str, Parameter] = {
    "upstream_resistance_cmh2o_s_per_l": Parameter(
        "Resistance of the nose",
        RESISTANCE,
        0.5,
        50.0,
        0.5,
        4.5,
        published(
            "num-nasal-at",
            "0.44 Pa·s/cm³ in children with OSA before adenotonsillectomy (mean 5.7 years), converted to 4.49 and "
            "rounded; the nose is taken for everything above the floppy stretch. The range covers the 1.7 to 40.2 "
            "of the whole upper airway in sleeping adults, by nose or by mouth.",
            related=("num-route-resistance", "num-pcrit-mouth-open"),
        ),
        "default: children about 6 years; range: adults",
        hint=_PA_HINT,
    ),
    "passive_pcrit_cmh2o": Parameter(
        "Closing pressure of the throat without muscle drive",
        "cmH2O",
        -40.0,
        10.0,
        0.5,
        1.0,
        published(
            "phys-pcrit-osa-vs-snoring",
            "mean of prepubertal children with OSA in non-REM sleep (SD 3), read as the closing pressure without "
            "drive. The range holds both group means and two SD either way.",
            related=("phys-pcrit-mild-sdb",),
        ),
        "prepubertal children",
        hint="Pressures below that of the room are negative.",
    ),
    "drive_fraction": Parameter(
        "Muscle drive",
        "",
        0.0,
        1.0,
        0.05,
        0.5,
        assumed(
            "a scale from none to all; that muscle activation holds the throat open is supported, its size is not.",
            related=("phys-stable-breathing-possible", "phys-response-falls-with-age-not-puberty"),
        ),
        "none measured",
        hint="Half of the drive is 0.5.",
    ),
    "sleep_stage": Parameter(
        "Sleep stage",
        "",
        None,
        None,
        None,
        "light non-REM",
        assumed(
            "the stage sets how much drive is left; only the REM direction is supported.", related=("phys-rem-osa",)
        ),
        "none measured",
        choices=tuple(STAGE_DRIVE_SHARE),
    ),
    "head_position": Parameter(
        "Head position",
        "",
        None,
        None,
        None,
        "neutral",
        published(
            "num-pcrit-head-posture",
            f"closing pressure -0.4 neutral, 3.7 flexed, -9.4 extended. {_ADULT_HEAD}",
            related=("path-red-flags-urgent", "growth-head-posture"),
        ),
        "adults, anesthetized",
        choices=tuple(HEAD_SHIFT),
    ),
    "mouth": Parameter(
        "Mouth",
        "",
        None,
        None,
        None,
        "closed",
        published(
            "num-pcrit-mouth-open",
            "closing pressure -8.7 closed, -7.2 moderately open, -3.6 wide open, while upstream resistance did not "
            f"change. {_ADULT_MOUTH}",
        ),
        "adults, sedated",
        choices=tuple(MOUTH_SHIFT),
    ),
    "downstream_resistance_cmh2o_s_per_l": Parameter(
        "Resistance below the throat",
        RESISTANCE,
        0.0,
        20.0,
        0.5,
        2.0,
        assumed(
            "set below the nose; it moves the effort at which flow stops rising, never the flow at which it stops."
        ),
        "none measured",
        hint=_PA_HINT,
    ),
    "effort_cmh2o": Parameter(
        "Effort of breathing in",
        "cmH2O",
        0.0,
        80.0,
        0.5,
        3.0,
        assumed("starts just past the point where the starting throat limits flow; wide enough for strong efforts."),
        "none measured",
        hint="Effort is a positive number: a windpipe 5 cmH2O below the room is an effort of 5.",
    ),
    "nasal_pressure_cmh2o": Parameter(
        "Pressure at the nose",
        "cmH2O",
        -40.0,
        30.0,
        0.5,
        0.0,
        assumed("0 is the room; the range reaches the closing pressures below and usual mask pressures above."),
        "all ages",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Throat:
    """One throat in one state; every field is given, checked and kept as given.

    No field has a default here: a throat whose closing pressure nobody named would still draw a plausible curve.
    Start from `starting_throat()` or a preset and turn dials with `with_dials`.
    """

    upstream_resistance_cmh2o_s_per_l: float
    downstream_resistance_cmh2o_s_per_l: float
    passive_pcrit_cmh2o: float
    drive_fraction: float
    sleep_stage: str
    head_position: str
    mouth: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = PARAMETERS[field.name].checked(field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, value)


@dataclass(frozen=True)
class Preset:
    """An invented throat built on published group means; the means are real, the child is not."""

    label: str
    throat: Throat
    finding_ids: tuple[str, ...]
    note: str


@dataclass(frozen=True, eq=False)
class Breath:
    """One breath in: time, effort and flow sample by sample, and where the tube limited the flow."""

    time_s: NDArray[np.float64]
    effort_cmh2o: NDArray[np.float64]
    flow_l_per_s: NDArray[np.float64]
    regime: NDArray[np.str_]

    @property
    def limited_share(self) -> float:
        """Share of the breath in spent flow-limited: how much of the top is flat (0 to 1)."""
        return float(np.mean(self.regime == "flow-limited"))


def starting_throat() -> Throat:
    """Return the throat at which the lesson's dials start: closed in REM, limited in light sleep, open awake."""
    return Throat(**{field.name: PARAMETERS[field.name].default for field in fields(Throat)})


def with_dials(throat: Throat, **dials: float | str) -> Throat:
    """Return the same throat with some dials turned; an unknown dial is refused, never ignored."""
    names = [field.name for field in fields(Throat)]
    for name in dials:
        if name not in names:
            rule = "one of: " + ", ".join(names)
            raise InputError("dial", repr(name), rule, f"Use a name from the list.{nearest(name, names)}")
    return replace(throat, **dials)


def effective_pcrit_cmh2o(throat: Throat) -> float:
    """Return the closing pressure in this state: passive, lowered by drive, moved by head and mouth.

    Effects add, which is an assumption: nothing in the evidence measures two of them together.
    """
    drive = throat.drive_fraction * STAGE_DRIVE_SHARE[throat.sleep_stage].value
    posture = HEAD_SHIFT[throat.head_position].value + MOUTH_SHIFT[throat.mouth].value
    return throat.passive_pcrit_cmh2o - FULL_DRIVE_LOWERING.value * drive + posture


def flow_l_per_s(
    throat: Throat, effort_cmh2o: ArrayLike, nasal_pressure_cmh2o: ArrayLike = 0.0
) -> NDArray[np.float64] | np.float64:
    """Return inspiratory flow in L/s; efforts and nasal pressures broadcast against each other."""
    open_flow, limited_flow = _open_and_limited_flow(throat, effort_cmh2o, nasal_pressure_cmh2o)
    return np.maximum(np.minimum(open_flow, limited_flow), 0.0)


def regime(throat: Throat, effort_cmh2o: ArrayLike, nasal_pressure_cmh2o: ArrayLike = 0.0) -> NDArray[np.str_] | str:
    """Return "open", "flow-limited" or "closed" for each effort; the meeting point counts as flow-limited."""
    open_flow, limited_flow = _open_and_limited_flow(throat, effort_cmh2o, nasal_pressure_cmh2o)
    names = np.where(limited_flow <= 0, "closed", np.where(limited_flow <= open_flow, "flow-limited", "open"))
    return names if names.ndim else str(names)


def max_flow_l_per_s(throat: Throat, nasal_pressure_cmh2o: ArrayLike = 0.0) -> NDArray[np.float64] | np.float64:
    """Return the flow that no effort can exceed: (nasal pressure - Pcrit) / upstream resistance, 0 when closed."""
    nasal = PARAMETERS["nasal_pressure_cmh2o"].checked_array("nasal_pressure_cmh2o", nasal_pressure_cmh2o)
    return np.maximum((nasal - effective_pcrit_cmh2o(throat)) / throat.upstream_resistance_cmh2o_s_per_l, 0.0)


def effort_at_flow_limit_cmh2o(
    throat: Throat, nasal_pressure_cmh2o: ArrayLike = 0.0
) -> NDArray[np.float64] | np.float64:
    """Return the effort at which flow stops rising; NaN when closed, since then no effort moves air.

    0 under a mask means that flow is limited from the first instant of the breath.
    """
    nasal = PARAMETERS["nasal_pressure_cmh2o"].checked_array("nasal_pressure_cmh2o", nasal_pressure_cmh2o)
    above = nasal - effective_pcrit_cmh2o(throat)
    ratio = throat.downstream_resistance_cmh2o_s_per_l / throat.upstream_resistance_cmh2o_s_per_l
    return np.where(above > 0, np.maximum(above * (1 + ratio) - nasal, 0.0), np.nan)[()]


def breath_length_s(age_years: float) -> float:
    """Return the length of a whole breath in seconds for an age from 2 to 18 years.

    26 breaths a minute at two years is published (sig-vitals-centiles). That the rate falls with age is too
    (sig-norms-rr-hr-sleep); the straight line to 16 at fifteen years is an assumption.
    """
    age = checked_number("age_years", age_years, 2.0, 18.0, "years", "For any other age give the breath length itself.")
    rate = np.interp(age, [2.0, 15.0], [BREATHS_AT_2_YEARS.value, BREATHS_FROM_15_YEARS.value])
    return float(60.0 / rate)


def flow_through_breath(throat: Throat, peak_effort_cmh2o: float, breath_s: float, samples: int = 101) -> Breath:
    """Return one breath in: effort as half a sine wave, and the flow that the tube lets through.

    `breath_s` is the whole breath (see `breath_length_s`); breathing in takes `INSPIRATORY_SHARE` of it. Effort is
    round at the top; where the flow is not, the tube has limited it.
    """
    peak = PARAMETERS["effort_cmh2o"].checked("peak_effort_cmh2o", peak_effort_cmh2o)
    whole = checked_number("breath_s", breath_s, 0.5, 20.0, "s", "breath_length_s(age_years) gives one by age.")
    if isinstance(samples, bool) or not isinstance(samples, Integral) or not 3 <= samples <= 100_000:
        raise InputError("samples", repr(samples), "a whole number from 3 to 100000", "Leave it out to have 101.")
    time = np.linspace(0.0, whole * INSPIRATORY_SHARE.value, int(samples))
    effort = peak * np.sin(np.linspace(0.0, math.pi, int(samples)))
    return Breath(time, effort, flow_l_per_s(throat, effort), regime(throat, effort))


def presets() -> dict[str, Preset]:
    """Return invented throats in the state in which the published means were measured: non-REM sleep, no drive.

    Do not rank throats across studies: the controls (-15.7) and the primary snorers (-20) were measured in two studies
    with two techniques, so the order of those two numbers says nothing about which child breathes better.
    """
    # The source of num-nasal-at prints its unit as Pa/cm3/s; only Pa·s/cm³ is a resistance, and its size agrees.
    before, after = cmh2o_s_per_l_from_pa_s_per_cm3(0.44), cmh2o_s_per_l_from_pa_s_per_cm3(0.32)
    vs_snoring, mild, nose = "phys-pcrit-osa-vs-snoring", "phys-pcrit-mild-sdb", "num-nasal-at"
    borrowed = "Nasal resistance is borrowed from children after adenotonsillectomy: an assumption."
    return {
        "healthy_child": Preset(
            "Healthy child", _as_measured(-15.7, after), (mild, nose), f"Mean of 10 controls, 9.4 years. {borrowed}"
        ),
        "primary_snoring": Preset(
            "Primary snoring",
            _as_measured(-20.0, after),
            (vs_snoring, nose),
            f"Mean of prepubertal primary snorers, SD 9. {borrowed}",
        ),
        "mild_sdb": Preset(
            "Mild sleep-disordered breathing",
            _as_measured(-10.8, after),
            (mild, nose),
            f"Mean of 7 children, 10.6 years, without enlarged tonsils or adenoids. {borrowed}",
        ),
        "osa": Preset(
            "Obstructive sleep apnea",
            _as_measured(1.0, before),
            (vs_snoring, nose),
            "Mean of prepubertal children with OSA, SD 3; nasal resistance of other children with OSA, 5.7 years.",
        ),
        "after_surgery": Preset(
            "OSA after adenotonsillectomy",
            _as_measured(-7.2, after),
            (vs_snoring, nose),
            "Mean of three children only, SD 4.0; nasal resistance of other children after the same operation.",
        ),
    }


def describe(throat: Throat, effort_cmh2o: float, nasal_pressure_cmh2o: float = 0.0) -> str:
    """Say in one plain sentence what the curve shows at this effort, for those who do not see the curve."""
    effort = PARAMETERS["effort_cmh2o"].checked("effort_cmh2o", effort_cmh2o)
    nasal = PARAMETERS["nasal_pressure_cmh2o"].checked("nasal_pressure_cmh2o", nasal_pressure_cmh2o)
    state = regime(throat, effort, nasal)
    flow, most = flow_l_per_s(throat, effort, nasal), max_flow_l_per_s(throat, nasal)
    limit = effort_at_flow_limit_cmh2o(throat, nasal)
    if state == "closed":
        return (
            f"The tube is closed: the pressure at the nose, {_said(nasal, 1)} cmH2O, is not above its closing "
            f"pressure, {_said(effective_pcrit_cmh2o(throat), 1)} cmH2O, so no effort moves air."
        )
    if state == "flow-limited" and limit == 0:
        return f"Flow is {_said(most, 2)} L/s however strong the effort: the tube is flow-limited from the start."
    if state == "flow-limited":
        return (
            f"Flow stops rising at {_said(most, 2)} L/s once effort passes {_said(limit, 1)} cmH2O, so an effort of "
            f"{_said(effort, 1)} cmH2O brings no more: the tube is flow-limited."
        )
    if flow == 0:
        return f"No air comes in at an effort of {_said(effort, 1)} cmH2O: the tube is open, but nothing draws air in."
    return (
        f"Flow is {_said(flow, 2)} L/s at an effort of {_said(effort, 1)} cmH2O and grows with effort: the tube is "
        f"open, and flow would stop rising at {_said(most, 2)} L/s, past an effort of {_said(limit, 1)} cmH2O."
    )


def table(throat: Throat, efforts_cmh2o: ArrayLike, nasal_pressure_cmh2o: float = 0.0) -> list[dict[str, float | str]]:
    """Return the curve as rows of plain values, unrounded: effort, flow, regime."""
    efforts = np.atleast_1d(PARAMETERS["effort_cmh2o"].checked_array("efforts_cmh2o", efforts_cmh2o)).ravel()
    nasal = PARAMETERS["nasal_pressure_cmh2o"].checked("nasal_pressure_cmh2o", nasal_pressure_cmh2o)
    flows, regimes = flow_l_per_s(throat, efforts, nasal), regime(throat, efforts, nasal)
    return [
        {"effort_cmh2o": effort, "flow_l_per_s": flow, "regime": name}
        for effort, flow, name in zip(efforts.tolist(), flows.tolist(), regimes.tolist(), strict=True)
    ]


def bases() -> list[dict[str, object]]:
    """List every number in the model with its kind and source: the page's "what is measured, what is assumed"."""
    named = {parameter.label: (parameter.default, parameter.unit, parameter.basis) for parameter in PARAMETERS.values()}
    named["Full drive lowers the closing pressure by"] = _parts(FULL_DRIVE_LOWERING)
    named |= {f"Drive left: {stage}": _parts(c) for stage, c in STAGE_DRIVE_SHARE.items()}
    named |= {f"Head {position}: closing pressure moves by": _parts(c) for position, c in HEAD_SHIFT.items()}
    named |= {f"Mouth {state}: closing pressure moves by": _parts(c) for state, c in MOUTH_SHIFT.items()}
    named["Breathing in takes"] = _parts(INSPIRATORY_SHARE)
    named["Breathing rate at 2 years"] = _parts(BREATHS_AT_2_YEARS)
    named["Breathing rate from 15 years"] = _parts(BREATHS_FROM_15_YEARS)
    return [
        {"name": name, "value": value, "unit": unit, "kind": b.kind, "finding_id": b.finding_id, "text": b.text}
        | {"related": b.related}
        for name, (value, unit, b) in named.items()
    ]


WHERE_IT_MISLEADS = (
    "Mara (invented, 6 years) snores every night and her throat closes only at -20 cmH2O: the model draws an open tube "
    "and a round breath, yet she snores, because a fluttering palate is not in it. A round curve is not a quiet night."
)

LEAVES_OUT: tuple[str, ...] = (
    "Shape: a throat is neither round nor even, and its size is not in the model.",
    "Several segments: real throats can close at more than one level, each with its own closing pressure.",
    "The way from nose to floppy stretch: upstream resistance was 18.4 cmH2O/(L/s) in sedated adults "
    "(num-pcrit-mouth-open), these noses alone have 3 to 4.5 (num-nasal-at). Read flows for shape, not for size.",
    "Turbulence: the nose is one fixed resistance, whatever the flow.",
    "Mucus, the nasal cycle and swelling.",
    "The mouth as a second way in: opening it moves the closing pressure here but lets no air past the nose.",
    "Reflexes: healthy children lost about 8 mL/s of flow for each cmH2O of suction at the nose "
    "(phys-child-less-collapsible-than-adult); this tube does not defend itself and loses far more.",
    "What a posture means: a head bent back in sleep counts as a reason for urgent referral in one public pathway "
    "(path-red-flags-urgent); the dial is no advice.",
    "Lung volume, and the pull that stretches the lungs: effort here only moves air through the airway.",
    "Lungs that settle at the mask's pressure: effort is counted from the room even with a mask on.",
    "Arousal, oxygen, carbon dioxide and the control of breathing: nothing here answers an obstruction.",
    "Learning, growth and age: the drive dial stands still unless somebody turns it.",
    "Breathing out.",
    "Sound: snoring is not in it.",
    WHERE_IT_MISLEADS,
)


def _open_and_limited_flow(throat: Throat, effort: ArrayLike, nasal: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    effort = PARAMETERS["effort_cmh2o"].checked_array("effort_cmh2o", effort)
    nasal = PARAMETERS["nasal_pressure_cmh2o"].checked_array("nasal_pressure_cmh2o", nasal)
    try:
        np.broadcast_shapes(effort.shape, nasal.shape)
    except ValueError:
        rule = "one nasal pressure, or as many as there are efforts, or shapes that broadcast"
        found = f"{effort.shape} efforts and {nasal.shape} nasal pressures"
        raise InputError("nasal_pressure_cmh2o", found, rule, "Give one nasal pressure for all efforts.") from None
    upstream, downstream = throat.upstream_resistance_cmh2o_s_per_l, throat.downstream_resistance_cmh2o_s_per_l
    # P_ds = -effort, so P_nose - P_ds is a sum
    return np.broadcast_arrays(
        (nasal + effort) / (upstream + downstream), (nasal - effective_pcrit_cmh2o(throat)) / upstream
    )


def _as_measured(passive_pcrit_cmh2o: float, upstream_resistance_cmh2o_s_per_l: float) -> Throat:
    # Non-REM sleep, mouth closed, and no drive: the findings say non-REM and short pressure drops, so that the
    # published mean is the closing pressure without drive is this model's reading of them.
    return with_dials(
        starting_throat(),
        passive_pcrit_cmh2o=passive_pcrit_cmh2o,
        upstream_resistance_cmh2o_s_per_l=upstream_resistance_cmh2o_s_per_l,
        drive_fraction=0.0,
    )


def _parts(constant: Constant) -> tuple[float, str, object]:
    return constant.value, constant.unit, constant.basis


def _said(value: float, digits: int) -> str:
    """Write a number as it is spoken: no trailing zeros, no minus zero, and something small is not called nothing."""
    rounded = round(float(value), digits)
    if rounded:
        return f"{rounded:.{digits}f}".rstrip("0").rstrip(".")
    if value == 0:
        return "0"
    return f"{value:.1g}" if abs(value) >= 0.001 else "almost 0"
