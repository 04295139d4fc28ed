"""Scripted learners: invented ways to answer, sat down before the marking meets people.

They show whether the marking tells understanding from rules, and how far it can be gamed. The world they answer in is
re-built from the learning design; on the real bank they answer through the format and the marking of real mentees.
"""

from __future__ import annotations

from pathlib import Path


def run_learners(runs: int, seed: int, json_file: Path | None) -> int:
    """Sit the scripted learners down, print what was found, and write it whole to ``json_file`` if one is named.

    Returns the exit code: 0 also where an acceptance test falls short, since a measurement that comes out low has
    worked; whoever needs a gate reads the JSON.
    """
    from flysolo.files import write_whole
    from graders.learners.report import as_json, measure, show
    from graders.learners.run import simulate

    found = measure(simulate(runs, seed))
    show(found)
    if json_file is not None:
        write_whole(Path(json_file), as_json(found))
    return 0
