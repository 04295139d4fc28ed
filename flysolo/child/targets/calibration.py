"""The calibration table: every published table beside what the one model makes of it."""

from __future__ import annotations

from pathlib import Path

import yaml

from flysolo.child.targets import adults, clinic, course, norms, treated  # noqa: F401  (each registers its tables)
from flysolo.child.targets.rows import TARGETS, Row
from flysolo.child.targets.world import World
from flysolo.places import content_root
from flysolo.problems import InputError

PUBLISHED = "curriculum/evidence/cohort_targets.yaml"


def published(path: Path | None = None) -> list[dict]:
    """Return the published tables of a file in the dossier's format, as they stand there."""
    path = path or content_root() / PUBLISHED
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            "whole file", error.strerror, "a file that can be read", "Check the name.", str(path)
        ) from None
    except yaml.YAMLError as error:
        raise InputError("whole file", error, "a YAML file", "Mend that line.", str(path)) from None
    rows = data.get("cohort_targets") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        rule = "a list of tables under `cohort_targets`, each with an `id`"
        raise InputError("cohort_targets", type(rows).__name__, rule, "Look at cohort_targets.yaml.", str(path))
    return rows


def table(
    seed: int = 1, *, n: int = 3000, only: str | None = None, workers: int | str = 1, world: World | None = None
) -> list[Row]:
    """Return a row per published table; `only` "fit" or "held" leaves the other part unlooked at."""
    world = world or World(seed, n, workers)
    return [_row(each, world) for each in published() if only in (None, each["split"])]


def _row(each: dict, world: World) -> Row:
    target = TARGETS.get(each["id"])
    head = {
        "id": each["id"],
        "name": each["name"],
        "source": each["source"],
        "split": each["split"],
        "recalled": each.get("verified") == "memory",
    }
    stated = str(each.get("suggested_tolerance") or each.get("tolerance") or "")
    if target is None or target.measure is None:
        reason = target.note if target else "no measure of this table was written"
        return Row(**head, tolerance=stated, note=reason)
    numbers = each.get("numbers") or each.get("target")
    quantities = tuple(target.measure(world, numbers, each.get("n") or 0))
    return Row(**head, tolerance=target.tolerance or stated, quantities=quantities, note=target.note, echo=target.echo)
