"""What a moved dial costs in the kernel: from the new value to picture, words, table and sum, without the browser.

Wall clock and processor time are both given: on a machine that others use as well, only the second says what the
redraw itself takes. Each value is new to the instrument, so that nothing comes out of its memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from flysolo.child import growth
from flysolo.instruments import INSTRUMENTS, make
from tests.benchmarks.measures import MEASURES, Row, row

MOVES = 25


def _values(spec: dict) -> list:
    if spec["kind"] == "choice":
        ids = [each["id"] if isinstance(each, dict) else each for each in spec["options"]]
        return [each for each in ids if each != spec["value"]]
    steps = round((spec["high"] - spec["low"]) / spec["step"])
    return [spec["low"] + spec["step"] * k for k in range(steps + 1)][: MOVES + 1][1:]


def instruments() -> Iterator[Row]:
    """Every dial of every instrument, moved over values it has not held before."""
    for name in INSTRUMENTS:
        tool = make(name)
        for spec in tool.dials.specs:
            tool.dials.reset()
            walls, processors = [], []
            for value in _values(spec):
                wall, processor = time.perf_counter(), time.process_time()
                tool.dials.values = {**tool.dials.values, spec["name"]: value}
                walls.append(1000 * (time.perf_counter() - wall))
                processors.append(1000 * (time.process_time() - processor))
            yield row(f"{name}: {spec['name']}, wall", "ms", walls)
            yield row(f"{name}: {spec['name']}, processor", "ms", processors)
    yield row("growth charts read once (with their library)", "ms", [_charts_ms()])


def _charts_ms() -> float:
    begun = time.process_time()
    for measure in growth.MEASURES:
        for sex in ("male", "female"):
            growth.table("uk-who", measure, sex)
    return 1000 * (time.process_time() - begun)


MEASURES["instruments"] = instruments
