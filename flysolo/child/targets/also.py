"""Further published tables in the dossier's format, measured as far as the model knows their quantities.

A table names quantities by short keys (`AHI_ge_5`, `nadir`, `lt1_pct`) and says in words whom it is about. Both are
looked up here. What is not found is listed as not simulated, with the reason; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from flysolo.child.targets.estimate import Estimate, centile, mean
from flysolo.child.targets.rows import Quantity, Row
from flysolo.child.targets.world import World

#: Words of a table's description -> population; the first that fits.
WHO: tuple[tuple[str, str], ...] = (
    (r"\bdown\b|trisomy", "down"),
    (r"\bchat\b", "chat"),
    (r"\bpats\b", "pats"),
    (r"\bkate\b", "kate"),
    (r"orthodont", "orthodontic"),
    (r"adult.*(clinic|osa|apn|referred)|(clinic|osa|apn|referred).*adult", "adult clinic"),
    (r"adult", "adults"),
    (r"healthy|norm|asymptomatic|non-?snor", "healthy"),
    (r"referred|clinic|symptomatic|suspected|snor", "referred"),
    (r"community|population|school|unselected", "community"),
)
#: Name of a quantity -> key of the report; shares become percent where the table's key says so.
KEYS: dict[str, str] = {
    "ahi": "ahi",
    "oahi": "oahi",
    "oai": "oai",
    "ohi": "hypopnea_index",
    "cai": "cai",
    "ca_per_h": "cai",
    "central": "cai",
    "nadir": "spo2_min_percent",
    "spo2_nadir": "spo2_min_percent",
    "satmin": "spo2_min_percent",
    "spo2": "spo2_mean_percent",
    "sao2": "spo2_mean_percent",
    "mean_spo2": "spo2_mean_percent",
    "sat50": "spo2_median_percent",
    "odi3": "odi3",
    "odi4": "odi4",
    "di4": "odi4",
    "di90": "di90",
    "rem": "rem_share",
    "n1": "n1_share",
    "n2": "n2_share",
    "n3": "n3_share",
    "slow_wave": "n3_share",
    "slow_wave_total": "n3_share",
    "arousal": "arousal_index",
    "arousal_index": "arousal_index",
    "rem_oahi": "rem_oahi",
    "nrem_oahi": "nrem_oahi",
    "flow_limited": "flow_limited_share",
}
_LINE = re.compile(r"^(o?ahi|cai|oai|odi[34]|mos|mcgill)?_?(ge|gt|lt|le)_?(\d+(?:\.\d+)?)(_pct)?$", re.IGNORECASE)
_COMPARE: dict[str, Callable] = {"ge": np.greater_equal, "gt": np.greater, "lt": np.less, "le": np.less_equal}
_CENTILE = re.compile(r"^(?:p(\d+)(?:_(\d))?|median|mean)$", re.IGNORECASE)
NOT_KNOWN = "the model has no quantity of this name for this table"


def also(rows: list[dict], world: World) -> list[Row]:
    """Return a row per further table; quantities that are not known make it not simulated, by name."""
    return [_row(row, world) for row in rows]


def _row(row: dict, world: World) -> Row:
    tolerance = str(row.get("suggested_tolerance") or row.get("tolerance") or "")
    head = {
        "id": str(row["id"]),
        "name": str(row.get("name", "")),
        "source": str(row.get("source", "")),
        "split": "also",
        "tolerance": tolerance,
        "recalled": row.get("verified") == "memory",
    }
    words = " ".join(str(row.get(key, "")) for key in ("name", "population", "reproduce", "simulate"))
    who = next((name for pattern, name in WHO if re.search(pattern, words, re.IGNORECASE)), None)
    numbers = row.get("numbers") or row.get("target")
    if who is None or not isinstance(numbers, dict):
        reason = "no population of the model fits its words" if isinstance(numbers, dict) else "it holds no numbers"
        return Row(**head, note=reason)
    rules = "adult-2012-recommended" if who.startswith("adult") else "child-2012"
    design = {"ages": _ages(words)} if _ages(words) else {}
    n = row.get("n") if isinstance(row.get("n"), int) else None
    found, unknown = [], []
    report = world.cohort(who, rules, 1.0, **design)[1]
    for key, value in numbers.items():
        known = list(_quantities(key, value, report, tolerance, n))
        found += known
        if not known:
            unknown.append(str(key))
    note = f"taken as: {who}" + (f", {design['ages'][2]:g}-{design['ages'][3]:g} y" if design else "")
    if unknown:
        note = f"{NOT_KNOWN}: {', '.join(unknown)} ({note})"
    return Row(**head, quantities=() if unknown else tuple(found), note=note)


def _ages(words: str) -> tuple | None:
    match = re.search(r"(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*(?:y\b|years?)", words)
    if not match:
        return None
    low, high = float(match[1]), float(match[2])
    return ((low + high) / 2, None, max(low, 2.0), high) if 2.0 <= high <= 100.0 and low < high else None


def _quantities(key: str, value: object, report: dict, tolerance: str, n: int | None) -> Iterator[Quantity]:
    line, name = _LINE.match(key), KEYS.get(key.lower())
    if line:
        values = report.get((line[1] or "ahi").lower().replace("mos", "mcgill"))
        published = _number(value)
        if values is not None and published is not None:
            share = _COMPARE[line[2].lower()](values, float(line[3])) * (100.0 if line[4] or published > 1 else 1.0)
            yield _quantity(key, value, mean(share), tolerance, n)
        return
    if name is None or name not in report:
        return
    values = report[name] * (100.0 if name.endswith("_share") and _first(value) > 1 else 1.0)
    if not isinstance(value, dict):
        yield _quantity(key, value, mean(values), tolerance, n)
        return
    for statistic, number in value.items():
        if statistic in ("sd", "n", "unit", "ci95", "iqr", "range"):
            continue
        simulated = _statistic(statistic, values)
        if simulated is None or _number(number) is None:
            return
        own = {**value, "value": number} if statistic in ("mean", "value", "median") else number
        yield _quantity(f"{key}, {statistic}", own, simulated, tolerance, n)


def _statistic(name: str, values: NDArray) -> Estimate | None:
    match = _CENTILE.match(name)
    if name in ("mean", "value"):
        return mean(values)
    if name == "median":
        return centile(values, 50)
    return centile(values, float(f"{match[1]}.{match[2] or 0}")) if match else None


def _number(value: object) -> float | None:
    if isinstance(value, dict):
        value = next((value[key] for key in ("value", "mean", "median") if key in value), None)
    if isinstance(value, list) and value:
        value = value[0]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _first(value: object) -> float:
    return _number(value) or 0.0


def _quantity(name: str, value: object, simulated: Estimate, tolerance: str, n: int | None) -> Quantity:
    published = _number(value)
    low, high = _bounds(published, value, tolerance, n)
    return Quantity(name, published, low, high, simulated)


def _bounds(published: float, value: object, tolerance: str, n: int | None) -> tuple[float, float]:
    """A printed interval if there is one, else the stated tolerance, else two standard errors, else 25%."""
    if isinstance(value, dict) and isinstance(value.get("ci95"), list):
        return tuple(float(end) for end in value["ci95"])
    if isinstance(value, list) and len(value) == 3:
        return float(value[1]), float(value[2])
    sd = (
        value[1]
        if isinstance(value, list) and len(value) == 2
        else value.get("sd")
        if isinstance(value, dict)
        else None
    )
    if sd is not None and n and ("SE" in tolerance or not tolerance):
        half = 2.0 * float(sd) / n**0.5
    elif share := re.search(r"(\d+(?:\.\d+)?)\s*%", tolerance):
        half = abs(published) * float(share[1]) / 100.0
    elif width := re.search(r"(?:\+/-|±|within)\s*(\d+(?:\.\d+)?)", tolerance):
        half = float(width[1])
    elif 0 < published < 1 and n:
        half = 1.96 * (published * (1 - published) / n) ** 0.5
    else:
        half = 0.25 * abs(published)
    return published - half, published + half
