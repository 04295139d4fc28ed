"""Dials that move a model: sliders with a number box each, and choices.

One trait, ``values``, goes both ways. The page sends at most one change at a time and the newest wins, so a model that
takes its time to redraw never falls behind the hand that moves it.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from flysolo.problems import ContentError, Problem
from flysolo.ui.assets import script, widget_style

DIAL_KINDS = ("slider", "choice")


class Dials(anywidget.AnyWidget):
    """Shows one dial per spec and keeps their ``values``, by name.

    ``locked`` holds the dials still and shows ``locked_note`` (why, and what opens them). Raise ``echo`` by one after
    each redraw: the page then knows how long a movement took to be drawn.
    """

    _esm = script("dom.js", "dials.js")
    _css = widget_style()
    specs = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    locked_note = traitlets.Unicode("").tag(sync=True)
    echo = traitlets.Int(0).tag(sync=True)

    def __init__(self, specs: list[dict[str, Any]], **kwargs: Any):
        start = {spec["name"]: spec["value"] for spec in specs} | kwargs.pop("values", {})
        super().__init__(specs=specs, values=start, **kwargs)

    @traitlets.validate("specs")
    def _check_specs(self, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        specs = proposal["value"]
        problems = [problem for i, spec in enumerate(specs) for problem in _spec_problems(i, spec)]
        if problems:
            raise ContentError(problems)
        return specs

    @traitlets.validate("values")
    def _keep_inside(self, proposal: dict[str, Any]) -> dict[str, Any]:
        """Hold each value within its dial: a page can send anything, a model has a valid range."""
        sent = proposal["value"]
        return {spec["name"]: _inside(spec, sent.get(spec["name"], spec["value"])) for spec in self.specs}

    def reset(self) -> None:
        """Put every dial back where it started."""
        self.values = {spec["name"]: spec["value"] for spec in self.specs}


def _inside(spec: dict[str, Any], value: Any) -> Any:
    if spec.get("kind") == "choice":
        return value if value in _option_ids(spec) else spec["value"]
    try:
        return min(float(spec["high"]), max(float(spec["low"]), float(value)))
    except (TypeError, ValueError):
        return spec["value"]


def _option_ids(spec: dict[str, Any]) -> list[Any]:
    return [option["id"] if isinstance(option, dict) else option for option in spec.get("options") or ()]


def _spec_problems(i: int, spec: dict[str, Any]) -> list[Problem]:
    where = f"specs[{i}] ({spec.get('name', 'no name')})"
    kind = spec.get("kind", "slider")
    if kind not in DIAL_KINDS:
        return [Problem("dials", where, f"kind {kind}", "slider or choice", "use one of the two kinds")]
    needed = ("options",) if kind == "choice" else ("low", "high", "step")
    missing = [name for name in ("name", "label", "value", *needed) if spec.get(name) is None]
    if missing:
        return [Problem("dials", where, f"no {', '.join(missing)}", f"a {kind} has them all", "add what is missing")]
    if kind == "choice" and spec["value"] not in _option_ids(spec):
        return [
            Problem("dials", where, f"value {spec['value']}", "the start is one of the options", "choose one of them")
        ]
    if kind == "slider" and not spec["low"] <= spec["value"] <= spec["high"]:
        found = f"value {spec['value']}, range {spec['low']} to {spec['high']}"
        return [Problem("dials", where, found, "the start lies in the range", "move the start or widen the range")]
    return []
