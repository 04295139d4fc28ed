"""The calibration table as a picture: where each simulated value lies between the ends of what is allowed."""

from __future__ import annotations

from pathlib import Path

from flysolo.child.targets.rows import Row
from flysolo.problems import InputError

FORMATS = (".png", ".svg", ".pdf")


def draw(rows: list[Row], file: Path) -> None:
    """Write a picture of all quantities: the band is the published interval, stretched to the same width for each."""
    if file.suffix.lower() not in FORMATS:
        rule = "a name that ends in " + ", ".join(FORMATS)
        raise InputError("--picture", file.name, rule, "Name the file for example table.png.", str(file))
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [(row, quantity) for row in rows for quantity in row.quantities]
    figure, axes = pyplot.subplots(figsize=(9, max(3.0, 0.19 * len(lines) + 1)))
    axes.axvspan(-1, 1, color="#d9e8f5", zorder=0)
    for place, (_, quantity) in enumerate(lines):
        at, low, high = (_stretched(v, quantity) for v in _values(quantity))
        marker, color = ("o", "#1f5c99") if quantity.inside else ("D", "#8a5a00")
        axes.plot([low, high], [place, place], color=color, lw=1)
        axes.plot([at], [place], marker, color=color, ms=4, mfc=color if quantity.inside else "white")
    axes.set_yticks(range(len(lines)), [f"{row.id}  {quantity.name}" for row, quantity in lines], fontsize=5.5)
    axes.set(ylim=(len(lines), -1), xlim=(-3.2, 3.2), xticks=[-1, 0, 1], xticklabels=["low end", "middle", "high end"])
    axes.set_title("Simulated values in published intervals (band); circle inside, diamond outside", fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)
    pyplot.close(figure)


def _values(quantity) -> tuple[float, float, float]:
    return quantity.simulated.value, quantity.simulated.low, quantity.simulated.high


def _stretched(value: float, quantity) -> float:
    """Place of a value when the published interval runs from -1 to 1; far values stay at the edge of the picture."""
    low, high = quantity.low, min(quantity.high, quantity.low + 1e6)
    if high - low > 1e5:  # open at one end: only above or below matters
        return 0.0 if value >= low else -2.0
    half = max((high - low) / 2, 1e-9)
    return max(-3.1, min(3.1, (value - (low + high) / 2) / half))
