"""The demonstration: the whole loop between a mentor and four invented mentees, with the course's own commands.

Nothing here is staged. Answers go through the ledger, parcels through a shared folder, marks through nbgrader, replies
back into the mentees' folders; whatever a step leaves behind can be opened and looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from flysolo.cli import prepare
from flysolo.content import exercises
from flysolo.course import Course, slug
from flysolo.deliver import hand_in, send_questions
from flysolo.exercise import Exercise, open_exercise
from flysolo.files import write_whole
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from flysolo.replies import reply_folder, take_from_drop
from graders import demo_cast as cast
from graders.keys import load_key
from graders.mentor import MentorCourse, keys_folder

MARK = "demonstration.json"
PARTS = ("mentor", "mentees", "shared", "invitations")
STEPS = 9


@dataclass
class Demo:
    """A demonstration that was made: where things lie, and how long each step took, in seconds."""

    folder: Path
    mentor: MentorCourse
    courses: list[Course]
    exercise: str
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def reply_pages(self) -> list[Path]:
        """The reply page of each mentee."""
        return [reply_folder(course, self.exercise) / "reply.html" for course in self.courses]


def run_demo(into: Path) -> Demo:
    """Make the demonstration in ``into``; an earlier one there is made anew.

    Raises
    ------
    ContentError
        when the folder holds something else.
    """
    folder = _clear(Path(into).expanduser().resolve())
    # nbgrader calls alembic by name, and this may run without the environment being activated
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    seconds: dict[str, float] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(), transient=True) as bar:
        demo = _loop(folder, _timer(bar, seconds))
    demo.seconds = seconds
    _tell(demo)
    return demo


def _clear(folder: Path) -> Path:
    """An empty folder to work in; only an earlier demonstration is ever taken away."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise ContentError(
            [
                Problem(
                    str(folder),
                    "",
                    "something else than an earlier demonstration",
                    "the demonstration is made in a new or empty folder",
                    "name another folder: python -m graders demo FOLDER",
                )
            ]
        )
    for part in PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    write_whole(folder / MARK, json.dumps({"format": 1, "kind": "demonstration"}) + "\n")
    return folder


def _timer(bar: Progress, seconds: dict[str, float]) -> Callable:
    """A step: shown while it runs, timed when it is done."""
    task = bar.add_task("", total=STEPS)

    @contextmanager
    def step(name: str):
        bar.update(task, description=name)
        start = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - start
        bar.advance(task)

    return step


def _loop(folder: Path, step: Callable) -> Demo:
    """Once round, and the first steps of the second time."""
    from graders.batch import mark
    from graders.collect import collect
    from graders.mentor import make_mentor_course
    from graders.reply import send_all

    with step("making the mentor's course"):
        (folder / "shared").mkdir(parents=True, exist_ok=True)
        mentor = make_mentor_course(
            folder / "mentor", course="demonstration", mentor="Dr. Example", drop=str(folder / "shared")
        )
    with step("inviting four mentees"):
        demo = Demo(folder, mentor, [_join(folder, player) for player in cast.CAST], exercises(content_root())[0])
    with step("answering, asking and handing in"):
        for player, course in zip(cast.CAST, demo.courses, strict=True):
            _work(player, course, demo.exercise)
    with step("collecting"):
        collect(mentor)
    with step("marking by machine"):
        _refuse_faults(mark(mentor).faults)
    with step("marking written reasons, answering the question"):
        _mentor_writes(demo)
    with step("writing replies"):
        _refuse_faults(send_all(mentor).faults)
    with step("taking the replies in"):
        for course in demo.courses:
            take_from_drop(course)
    with step("one mentee goes on"):
        _goes_on(demo)
        collect(mentor)
        _refuse_faults(mark(mentor).faults)
    return demo


def _refuse_faults(faults: dict) -> None:
    if faults:
        who, words = next(iter(faults.items()))
        step = "run the check, mend what it names, then make the demonstration again"
        found = " ".join(words.split())
        raise ContentError([Problem("/".join(who), "", found, "every hand-in of the demonstration is marked", step)])


def _join(folder: Path, player: cast.Player) -> Course:
    """Invite somebody, and let the invitation make the course folder."""
    from graders.invite import invite

    invitation = invite(folder / "mentor", player.name, folder / "invitations")
    return prepare(folder / "mentees" / slug(player.name), invitation=invitation)


def _work(player: cast.Player, course: Course, exercise: str) -> None:
    page = open_exercise(exercise, course.folder)
    families = list(page.families)[: player.cases]
    for family in families:
        _answer_case(page, family, player)
    if player.cases is not None:
        page.ask(families[-1], "decision", cast.ASKED)
        send_questions(course, exercise)
    hand_in(course, exercise)


def _answer_case(page: Exercise, family: str, player: cast.Player) -> None:
    key = load_key(page.id, family, keys_folder())
    for question in page.families[family].questions:
        if question.kind == "twin":
            page.close_base(family)
        page.save(family, question.id, player.answers(question, key))


def _mentor_writes(demo: Demo) -> None:
    """Marks by the anchors, each with words, and an answer made of the key's own words."""
    from graders import threads
    from graders.desk_data import desk, utc_now
    from graders.desk_gradebook import write_mark
    from graders.desk_items import load_work

    for group in desk(demo.mentor, utc_now()).words():
        for item in group:
            work = load_work(demo.mentor, item.mentee, item.exercise)
            anchors = work.cases[item.family][1].justification[item.question].anchors
            said = work.mark(item.family, "justification").own_words.get("because", "")
            score = next((anchor.mark for anchor in anchors if said in anchor.examples), 0)
            place = (demo.mentor, item.mentee, item.exercise, item.family, item.question)
            write_mark(*place, score=score, comment=cast.COMMENTS[score])
    for thread in threads.threads(demo.mentor):
        work = load_work(demo.mentor, thread.mentee, thread.exercise)
        case, key = work.cases[thread.item]
        decision = next(question.id for question in case.family.questions if question.kind == "decision")
        words = key.choice[decision].options[key.choice[decision].supported]
        text = case.text(f"Look here first: {words.look}\n\nThen ask what would turn the plan round. {words.breaks}")
        threads.answer(demo.mentor, thread.mentee, thread.exercise, thread.n, text)


def _goes_on(demo: Demo) -> None:
    """The beginner answers one case more, with a written reason, and asks again: this waits on the desk."""
    player = next(player for player in cast.CAST if player.cases is not None)
    course = demo.courses[cast.CAST.index(player)]
    page = open_exercise(demo.exercise, course.folder)
    later = list(page.families)[player.cases :]
    written = [name for name in later if any(q.kind == "justification" for q in page.families[name].questions)]
    for family in (written or later)[:1]:
        _answer_case(page, family, player)
        page.ask(family, "justification" if written else None, cast.ASKED_LATER)
    hand_in(course, demo.exercise)


def _tell(demo: Demo) -> None:
    """Where everything lies, and how it is opened."""
    console = Console(soft_wrap=True)
    table = Table("Step", "Seconds", box=None, pad_edge=False)
    for name, seconds in demo.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    table.add_row("together", f"{sum(demo.seconds.values()):.1f}")
    console.print(table)
    lines = ["", "Invented mentees, real loop. Look at:"]
    for player, page in zip(cast.CAST, demo.reply_pages, strict=True):
        lines.append(f"  reply to {player.name} ({player.about}): {page}")
    lines += [
        f"  gradebook: {demo.mentor.folder / 'gradebook.db'}",
        f"  the mentor's desk: uv run python -m graders desk {_shown(demo.mentor.folder)}",
        f"  a mentee's course: uv run flysolo start --course {_shown(demo.courses[0].folder)}",
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _shown(folder: Path) -> str:
    """A path as it is typed in a terminal."""
    return f'"{folder}"' if " " in str(folder) else str(folder)
