"""The nose: two sides side by side, orderly and turbulent flow, and a mouth that can bypass both.

Why this form: at rest most of the pressure is lost to orderly flow and grows with flow; sniffing hard loses more and
more to eddies, which grow with flow squared. So a nose has no single resistance, and one side that is closed costs less
than people expect as long as the other is wide.

The equations
-------------
Pressures are drops along a route in cmH2O, flows in L/s; a drop with a minus sign is a flow outward::

    one route            drop = orderly * flow + turbulent * flow^2
    the same, solved     flow = 2 * drop / (orderly + sqrt(orderly^2 + 4 * turbulent * drop))
    routes side by side  flow = left + right + mouth_open * mouth

Every argument may be a number or a numpy array; they broadcast against each other. Valid from 2 years to adults.

What it leaves out: the nostril that is sucked in by a strong sniff, the nasal cycle through a night, swelling on lying
down, moist and cold air, and the soft palate that decides whether an open mouth is a route at all. An open mouth also
moves the closing pressure of the throat (num-pcrit-mouth-open); that belongs to the airway, not to this file, so "never
more resistance with an open mouth" must not be read as "an open mouth is good".

Sources, by finding id: num-nasal-at (size and spread in children), num-route-resistance (mouth against nose, adults).
The laws of flow in tubes are physics; their use in a nose that is neither round nor straight is an assumption, as are
the turbulent part, the change with age and the difference between sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.models import PA_PER_CMH2O, Constant, assumed, checked_array, cmh2o_s_per_l_from_pa_s_per_cm3, published
from flysolo.problems import InputError

RESISTANCE = "cmH2O/(L/s)"
#: The drop at which rhinomanometers print a resistance: 150 Pa.
REFERENCE_DROP_CMH2O = 150.0 / PA_PER_CMH2O
AGES_YEARS = (2.0, 100.0)

MEDIAN_AT_6_YEARS = Constant(
    round(cmh2o_s_per_l_from_pa_s_per_cm3(0.32) / np.sqrt(1 + (0.10 / 0.32) ** 2), 2),
    RESISTANCE,
    published(
        "num-nasal-at",
        "mean 0.32 (SD 0.10) Pa·s/cm³ after adenotonsillectomy at 5.7 years, as the median of a log-normal; a nose "
        "freed of adenoids stands for a healthy one, and the pressure of the measurement is taken to be 150 Pa.",
    ),
)
SPREAD_LOG = Constant(
    round(float(np.sqrt(np.log(1 + (0.10 / 0.32) ** 2))), 2),
    "log units",
    published("num-nasal-at", "SD 0.10 around 0.32 Pa·s/cm³ after adenotonsillectomy, as the SD of the logarithm."),
)
AGE_EXPONENT = Constant(
    0.45,
    "power of age",
    assumed(
        "resistance falls as a power of age to 16 years and then stays, ending near 2 cmH2O/(L/s); the library holds "
        "no table by age. The 5.2 of the whole upper airway of sleeping adults lies above it, as it must.",
        related=("num-route-resistance",),
    ),
)
TURBULENT_SHARE = Constant(
    0.4, "share of the drop at 150 Pa", assumed("a round share; the library holds no measured split for children.")
)
LEFT_SHARE_SPREAD = Constant(
    0.08, "share of the flow", assumed("sides are alike on average; the spread stands for septum and nasal cycle.")
)
MOUTH_TO_NOSE = Constant(
    2.4,
    "times the nose",
    published(
        "num-route-resistance",
        "12.4 by mouth against 5.2 by nose in 12 sleeping adults, throat included; that a child's mouth stands in the "
        "same ratio to a nose of usual width is an assumption.",
    ),
)
CONSTANTS = {
    "median_at_6_years": MEDIAN_AT_6_YEARS,
    "spread_log": SPREAD_LOG,
    "age_exponent": AGE_EXPONENT,
    "turbulent_share": TURBULENT_SHARE,
    "left_share_spread": LEFT_SHARE_SPREAD,
    "mouth_to_nose": MOUTH_TO_NOSE,
}


@dataclass(frozen=True, eq=False)
class Route:
    """One way for air, or an array of ways: what orderly and what turbulent flow cost.

    `orderly` in cmH2O/(L/s), above 0 (a way without friction would have no smallest flow); `turbulent` in
    cmH2O/(L/s)², 0 or more. Arrays of equal shape, or shapes that broadcast.
    """

    orderly: NDArray[np.float64]
    turbulent: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "orderly", checked_array("orderly", self.orderly, 1e-6, 1e6, RESISTANCE))
        object.__setattr__(self, "turbulent", checked_array("turbulent", self.turbulent, 0.0, 1e9, "cmH2O/(L/s)²"))

    def widened(self, radius_factor: ArrayLike) -> Route:
        """Return the same way with its radius multiplied: both costs fall with the fourth power of the radius.

        Physics of round straight tubes (orderly: friction; turbulent: area squared); in a nose it is an assumption.
        """
        factor = checked_array("radius_factor", radius_factor, 0.05, 20.0, "times")
        return Route(self.orderly / factor**4, self.turbulent / factor**4)


def sides(
    resistance_cmh2o_s_per_l: ArrayLike,
    left_share: ArrayLike = 0.5,
    turbulent_share: ArrayLike = TURBULENT_SHARE.value,
) -> tuple[Route, Route]:
    """Return the left and right side of noses whose two sides together have this resistance at 150 Pa.

    `resistance_cmh2o_s_per_l` 0.1 to 200 (adenoids included, if they narrow the same way), `left_share` of the flow at
    150 Pa 0.01 to 0.99, `turbulent_share` of the drop 0 to 0.95; arrays broadcast.
    """
    resistance = checked_array("resistance_cmh2o_s_per_l", resistance_cmh2o_s_per_l, 0.1, 200.0, RESISTANCE)
    left = checked_array("left_share", left_share, 0.01, 0.99, "of the flow")
    turbulent = checked_array("turbulent_share", turbulent_share, 0.0, 0.95, "of the drop")
    return _route(resistance / left, turbulent), _route(resistance / (1.0 - left), turbulent)


def mouth(age_years: ArrayLike, turbulent_share: ArrayLike = TURBULENT_SHARE.value) -> Route:
    """Return the route by a wide open mouth for these ages: 2.4 times a nose of usual width, free of adenoids."""
    return _route(MOUTH_TO_NOSE.value * median_cmh2o_s_per_l(age_years), np.asarray(turbulent_share, dtype=float))


def flow(
    pressure_cmh2o: ArrayLike, left: Route, right: Route, by_mouth: Route | None = None, mouth_open: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return the flow in L/s for a pressure drop (-200 to 200 cmH2O); outward for a negative drop.

    `mouth_open` runs from 0 (closed) to 1 (wide open) and lets through that share of what `by_mouth` would.
    """
    drop = checked_array("pressure_cmh2o", pressure_cmh2o, -200.0, 200.0, "cmH2O")
    return _flow(drop, _ways(left, right, by_mouth, mouth_open))


def resistance(
    pressure_cmh2o: ArrayLike, left: Route, right: Route, by_mouth: Route | None = None, mouth_open: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return pressure over flow in cmH2O/(L/s) at this drop; at a drop of 0 its limit, which is the orderly part."""
    drop = np.abs(checked_array("pressure_cmh2o", pressure_cmh2o, -200.0, 200.0, "cmH2O"))
    ways = _ways(left, right, by_mouth, mouth_open)
    # Conductance, not flow, so that a drop of 0 has its limit without a division by 0.
    return 1.0 / sum(share * 2.0 / _brake(drop, way) for way, share in ways)


def pressure(
    flow_l_per_s: ArrayLike, left: Route, right: Route, by_mouth: Route | None = None, mouth_open: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return the drop in cmH2O that drives this flow (-5 to 5 L/s), to 1e-9 of itself.

    Newton steps from below: flow is concave in the drop, so each step stays below the answer and none overshoots.
    """
    asked = checked_array("flow_l_per_s", flow_l_per_s, -5.0, 5.0, "L/s")
    ways = _ways(left, right, by_mouth, mouth_open)
    drop = np.abs(asked) / _slope(np.zeros(()), ways)
    for _ in range(60):
        step = (np.abs(asked) - _flow(drop, ways)) / _slope(drop, ways)
        drop = drop + np.maximum(step, 0.0)
        if np.all(step <= 1e-10 * drop):
            break
    return np.copysign(drop, asked)


def median_cmh2o_s_per_l(age_years: ArrayLike) -> NDArray[np.float64]:
    """Return the usual resistance of both sides together at 150 Pa for ages from 2 to 100 years."""
    age = checked_array("age_years", age_years, *AGES_YEARS, "years")
    return MEDIAN_AT_6_YEARS.value * (np.minimum(age, 16.0) / 5.7) ** -AGE_EXPONENT.value


def draw(age_years: ArrayLike, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw one nose per age: resistance of both sides at 150 Pa, and the left side's share of the flow.

    Log-normal around the median for the age; shares are kept between 0.2 and 0.8, since a closed side is a finding of
    its own and not the tail of ordinary noses.
    """
    middle = median_cmh2o_s_per_l(age_years)
    drawn = middle * np.exp(SPREAD_LOG.value * rng.standard_normal(middle.shape))
    share = np.clip(0.5 + LEFT_SHARE_SPREAD.value * rng.standard_normal(middle.shape), 0.2, 0.8)
    return drawn, share


def _route(resistance_at_reference: NDArray, turbulent_share: NDArray) -> Route:
    flow_at_reference = REFERENCE_DROP_CMH2O / resistance_at_reference
    orderly = (1.0 - turbulent_share) * resistance_at_reference
    return Route(orderly, turbulent_share * resistance_at_reference / flow_at_reference)


def _ways(
    left: Route, right: Route, by_mouth: Route | None, mouth_open: ArrayLike
) -> list[tuple[Route, NDArray | float]]:
    opened = checked_array("mouth_open", mouth_open, 0.0, 1.0, "of wide open")
    if by_mouth is None:
        if np.any(opened > 0.0):
            found, rule = "an open mouth and no route by it", "an open mouth needs the route `by_mouth`"
            raise InputError("by_mouth", found, rule, "Give nose.mouth(age_years), or leave mouth_open at 0.")
        return [(left, 1.0), (right, 1.0)]
    return [(left, 1.0), (right, 1.0), (by_mouth, opened)]


def _brake(drop: NDArray, way: Route) -> NDArray:
    return way.orderly + np.sqrt(way.orderly**2 + 4.0 * way.turbulent * drop)


def _flow(drop: NDArray, ways: list) -> NDArray:
    size = np.abs(drop)
    return sum(share * 2.0 * drop / _brake(size, way) for way, share in ways)


def _slope(drop: NDArray, ways: list) -> NDArray:
    """How fast flow grows with the drop: exact, 1 / (orderly + 2 * turbulent * flow) for each way."""
    return sum(share / np.sqrt(way.orderly**2 + 4.0 * way.turbulent * drop) for way, share in ways)
