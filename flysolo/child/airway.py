"""The airway: where pressures meet, and what they leave of a breath, by stage, posture and mouth.

The throat is a Starling resistor behind the nose (phys-starling-upstream). What decides is one number, the *excess*:
closing pressure of the floppy stretch, less what drive wins back, less the pressure that stands above the stretch::

    upstream = machine pressure - drop in the nose (and mouth) at the flow the child wants
    closing  = throat + tonsils + adenoids + weight + jaw                (light sleep, on the side, mouth closed)
               + stage + back + open mouth + loop gain
    excess   = closing - compensation - upstream                         cmH2O

Below 0 the child gets enough air. From breath to breath the excess wanders by a logistic noise; where it comes above 0
for a while, an event happens, and the size of the excess says how much flow is left (`remaining_flow`).

What it leaves out: where along the throat it closes, one throat for adenoid, tonsil and tongue, expiration, the time
course of drive inside an event, and any change of sleep stage because of events.

Sources: phys-pcrit-osa-vs-snoring, phys-starling-upstream, num-pcrit-mouth-open, num-nasal-at, num-route-resistance;
each number's own source stands in parameters.toml.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flysolo.child import nose
from flysolo.child.children import Children
from flysolo.child.parameters import P

STAGES = ("wake", "N1", "N2", "N3", "REM")
WAKE, N1, N2, N3, REM = range(5)
POSTURES = ("supine", "side", "prone")
SUPINE, SIDE, PRONE = range(3)


def closing_pressure_cmh2o(children: Children) -> NDArray[np.float64]:
    """Return the closing pressure in light sleep, on the side, mouth closed, one per child (cmH2O).

    This is what falls in a laboratory when nasal pressure is lowered in non-REM sleep; drive is not yet counted.
    """
    return (
        children.throat_cmh2o
        + P.pcrit_per_tonsil_cmh2o * (children.tonsil - P.tonsil_reference)
        + P.pcrit_per_adenoid_cmh2o * (children.adenoid_ratio - P.adenoid_reference)
        + P.pcrit_per_bmi_z_cmh2o * children.bmi_z
        + P.pcrit_per_jaw_z_cmh2o * children.jaw_z
    )


def wanted_flow_l_per_s(age_years: ArrayLike) -> NDArray[np.float64]:
    """Return the peak inspiratory flow a sleeper wants (L/s); grows to 16 years. Assumed."""
    return P.flow_at_birth_l_per_s + P.flow_per_year_l_per_s * np.minimum(np.asarray(age_years, float), 16.0)


def adenoid_resistance_cmh2o_s_per_l(adenoid_ratio: ArrayLike) -> NDArray[np.float64]:
    """Return what adenoids add to the nose: nothing while small, then steeply (num-nasal-adenoid-grade direction)."""
    above = np.maximum(np.asarray(adenoid_ratio, float) - P.adenoid_free_ratio, 0.0)
    return P.adenoid_resistance_cmh2o_s_per_l * (above / 0.25) ** 2


def nasal_resistance_cmh2o_s_per_l(children: Children) -> NDArray[np.float64]:
    """Return the resistance of the whole nose with adenoids at 150 Pa, as a rhinomanometer prints it."""
    return children.nose_cmh2o_s_per_l + adenoid_resistance_cmh2o_s_per_l(children.adenoid_ratio)


def upstream_drop_cmh2o(children: Children) -> NDArray[np.float64]:
    """Return the drop above the floppy stretch at the wanted flow; shape (n, 2): mouth closed, mouth open.

    Nose (or nose and mouth side by side), then the stiff part of the throat, which a tongue that hangs back with an
    open mouth narrows as the whole airway was found narrowed (num-route-resistance).
    """
    left, right = nose.sides(nasal_resistance_cmh2o_s_per_l(children), children.nose_left_share)
    flow, by_mouth = wanted_flow_l_per_s(children.age_years), nose.mouth(children.age_years)
    closed = nose.pressure(flow, left, right)
    opened = nose.pressure(flow, left, right, by_mouth, children.mouth_open)
    pharynx = flow * P.pharynx_resistance_cmh2o_s_per_l * nose.median_cmh2o_s_per_l(children.age_years)
    pharynx = pharynx / nose.median_cmh2o_s_per_l(20.0)
    by_route = 1.0 + (nose.MOUTH_TO_NOSE.value - 1.0) * children.mouth_open
    return np.stack([closed + pharynx, opened + pharynx * by_route], axis=1)


def excess_cmh2o(children: Children) -> NDArray[np.float32]:
    """Return the excess per child, stage, posture and mouth: shape (n, 5, 3, 2), without machine pressure.

    Awake the value is far below 0: drive keeps the throat open.
    """
    n = len(children)
    stage = np.zeros((n, 5))
    stage[:, WAKE] = -200.0
    stage[:, N1] = P.n1_shift_cmh2o
    stage[:, N3] = P.n3_shift_cmh2o
    stage[:, REM] = children.rem_loss_cmh2o
    posture = np.zeros((n, 3))
    posture[:, SUPINE] = children.supine_cmh2o
    mouth = np.zeros((n, 2))
    mouth[:, 1] = P.wide_mouth_cmh2o * children.mouth_open
    mouth += upstream_drop_cmh2o(children)
    base = closing_pressure_cmh2o(children) - children.compensation_cmh2o
    base = base + P.loop_gain_pressure_cmh2o * (children.loop_gain - P.loop_gain_reference)
    table = base[:, None, None, None] + stage[:, :, None, None] + posture[:, None, :, None] + mouth[:, None, None, :]
    return table.astype(np.float32)


def remaining_flow(excess: ArrayLike) -> NDArray:
    """Return the share of wanted flow that is left at an excess of 0 or more: 0.7 at 0, then falling to 0.

    Limited flow falls in a straight line with the excess, because it is pressure over resistance.
    """
    return np.clip(0.7 - np.asarray(excess) / P.flow_pressure_cmh2o, 0.0, 0.7)


def expected_events_per_h(children: Children) -> NDArray[np.float64]:
    """Return the expected obstructive events per hour of sleep in an average night, without drawing one.

    A closed form for dials and quick looks: usual stage shares, half the night on the back.
    """
    table = excess_cmh2o(children).astype(float)
    share = np.array([0.0, 0.04, 0.45, 0.31, 0.20])
    back = np.array([P.supine_share, 1.0 - P.supine_share, 0.0])
    mouth = np.stack([1.0 - children.mouth_open_share, children.mouth_open_share], axis=1)
    chance = 1.0 / (1.0 + np.exp(-np.clip(table / P.noise_cmh2o, -60, 60)))
    return 120.0 * np.einsum("nspm,s,p,nm->n", chance, share, back, mouth)
