"""Item analysis: how the questions behave, read off what was handed in; a table for CI and a page for mentors.

It says nothing about any person. Below stated counts it says that the answers are too few.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.mentor import MentorCourse


def found_in(course: MentorCourse) -> dict[str, Any]:
    """Everything that the hand-ins of a mentor's course say of the questions, as plain data."""
    from graders.items.agreement import pairs
    from graders.items.analysis import analyze
    from graders.items.gather import gather

    sheets, unread = gather(course)
    double, problems = pairs(course)
    return analyze(sheets, double, unread=unread, problems=problems)


def run_items(folder: Path, *, json_file: Path | None = None) -> int:
    """Analyze every hand-in of a mentor's course: print the tables, write ``desk/items.html``.

    Parameters
    ----------
    folder : a mentor's course folder; raises ContentError when it is none
    json_file : where everything found is written whole, if it is named

    Returns
    -------
    0, or 1 when some part could not be computed. A question that wants a look is a finding, not a fault: whoever
    needs a gate reads the JSON.
    """
    from flysolo.files import write_whole
    from graders.items.page import PAGE, page
    from graders.items.report import as_json, show
    from graders.mentor import open_mentor_course

    course = open_mentor_course(Path(folder))
    found = found_in(course)
    show(found)
    write_whole(course.folder / PAGE, page(found))
    if json_file is not None:
        write_whole(Path(json_file), as_json(found))
    return 1 if found["problems"] or found["unread"] else 0
