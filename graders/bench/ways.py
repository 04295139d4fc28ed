"""The ways that are measured: each marks or answers some hand-ins, and is told which round it is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from graders import batch
from graders import ways as marking
from graders.bench import ordinary, otter, synthetic
from graders.mentor import MentorCourse
from graders.release import nbgrader_api
from graders.reply import a_round, make_page
from graders.submission import read_submission
from graders.workers import Pool, cores

#: Hand-ins a round for the slow ways; a kernel for each takes seconds.
STOCK, CONVERTER, OTTER = 2, 3, 1


@dataclass
class Ground:
    """What the ways work on: our course, and the same answers as an ordinary assignment and, where it is, for otter."""

    course: MentorCourse
    exercise: str
    count: int
    rounds: int
    ordinary: object
    archive: Path | None = None
    notebooks: list[Path] = field(default_factory=list)

    def slice(self, number: int) -> list[tuple[str, str]]:
        """Hand-ins of one round, which no other round marks for the first time."""
        size = self.count // self.rounds
        return [(synthetic.mentee(each), self.exercise) for each in range((number - 1) * size, max(number, 1) * size)]


def prepare(exercise: str, count: int, rounds: int, folder: Path) -> Ground:
    """Make the courses; round 0 warms every way up and is not counted."""
    course = synthetic.course_with(exercise, count, folder / "course")
    few = [synthetic.answers(exercise, number) for number in range((rounds + 1) * STOCK)]
    api = ordinary.make_assignment(exercise, few, folder / "ordinary")
    ground = Ground(course, exercise, count, rounds, api)
    if otter.is_there():
        ground.archive, ground.notebooks = otter.make(exercise, few[: rounds + 1], folder / "otter")
    return ground


def stock(ground: Ground, number: int) -> int:
    """``nbgrader autograde`` as shipped, in a process that is warm, on the ordinary assignment."""
    for each in range(number * STOCK, (number + 1) * STOCK):
        result = ground.ordinary.autograde(ordinary.ASSIGNMENT, synthetic.mentee(each))
        if not result["success"]:
            raise RuntimeError(result.get("log", "") + result.get("error", ""))
    return STOCK


def converter(ground: Ground, number: int) -> int:
    """Our preprocessors inside nbgrader's converter: what formgrader's button does."""
    api = nbgrader_api(ground.course)
    pairs = ground.slice(max(number, 1))[:CONVERTER]
    for pair in pairs:
        fault = marking.convert(ground.course, api, pair)
        if fault:
            raise RuntimeError(fault)
    return len(pairs)


def direct(ground: Ground, number: int) -> int:
    """``python -m graders mark`` in one process, everything included, on hand-ins that are new to the gradebook."""
    pairs = ground.slice(number)[CONVERTER:] if number else ground.slice(1)[:CONVERTER]
    report = batch.mark_pairs(ground.course, pairs, again=True, workers=1)
    _refuse_faults(report)
    return len(report.done)


def every_core(ground: Ground, number: int) -> int:
    """The same on all cores, over every hand-in there is."""
    pairs = batch.handed_in(ground.course) if number else ground.slice(1)
    report = batch.mark_pairs(ground.course, pairs, again=True, workers=cores())
    _refuse_faults(report)
    return len(report.done)


def floor(ground: Ground, number: int) -> int:
    """The marking function alone, on hand-ins that were read before: no file, no gradebook, no notebook."""
    submissions = _read(ground, number)
    for submission in submissions:
        submission.marks()
    return len(submissions)


_submissions: dict[int, list] = {}


def _read(ground: Ground, number: int) -> list:
    if number not in _submissions:
        _submissions[number] = [
            read_submission(ground.course, *pair, ground.course.submitted(*pair))
            for pair in ground.slice(max(number, 1))
        ]
    return _submissions[number]


def otter_local(ground: Ground, number: int) -> int:
    """otter-grader in its local mode."""
    for notebook in ground.notebooks[number : number + OTTER]:
        otter.grade(ground.archive, notebook)
    return OTTER


def replies(ground: Ground, number: int) -> int:
    """Reply pages, each read, made and written, as a round of replying makes them."""
    pairs, given = ground.slice(max(number, 1)), a_round(ground.course)
    for pair in pairs:
        make_page(ground.course, *pair, given)
    return len(pairs)


def _refuse_faults(report: batch.Marked) -> None:
    if report.faults:
        raise RuntimeError("; ".join(report.faults.values()))


def peak_worker_mib(ground: Ground) -> float:
    """The most memory that a worker held, over every hand-in there is."""
    api = nbgrader_api(ground.course)
    bases = {ground.exercise: marking.sanitize(ground.course, ground.exercise, api)}
    tasks = [marking.Task(*pair, {}, True) for pair in batch.handed_in(ground.course)]
    with Pool(ground.course.folder, bases, cores()) as pool:
        for _ in pool.run(tasks):
            pass
    shutil.rmtree(ground.course.folder / marking.STAGE, ignore_errors=True)
    return max(pool.peaks_mib)


def compared(ground: Ground) -> tuple[int, int]:
    """How many marks stock nbgrader and we both gave, and how many of them differ."""
    from nbgrader.api import Gradebook

    cells = differ = 0
    with Gradebook(ground.ordinary.coursedir.db_url) as theirs, Gradebook(ground.course.db_url) as ours:
        for number in range((ground.rounds + 1) * STOCK):
            name = synthetic.mentee(number)
            place = (ordinary.NOTEBOOK, ordinary.ASSIGNMENT, name)
            found = {row.name: row.auto_score for row in theirs.find_submission_notebook(*place).grades}
            for row in ours.find_submission_notebook("cases", ground.exercise, name).grades:
                if row.max_score == 1:
                    cells += 1
                    # ours passes through six digits on its way to nbgrader
                    differ += abs(row.auto_score - found[f"{ordinary.variable_of(row.name)}_test"]) > 1e-5
    return cells, differ
