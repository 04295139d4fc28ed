"""The command line: ``flysolo start`` for mentees, and a short way to the mentor's and author's commands.

It only parses and prints. The mentor's side is run as a program of its own and never imported: a mentee's copy of the
course does not hold it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flysolo.answers import NotSaved
from flysolo.course import Course, CourseCard, make_course, open_course
from flysolo.files import read_json
from flysolo.places import COURSE_FILE, content_root, default_course_folder, find_course_folder
from flysolo.problems import ContentError, Problem
from flysolo.schema.base import parse

MENTORS_PART = "graders"
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

commands = typer.Typer(
    help="Fly Solo: a mentorship in airway and sleep-disordered breathing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

CourseFolder = Annotated[Path | None, typer.Option("--course", help="The folder that holds your work.")]


def say(text: str = "") -> None:
    """Print one line as it stands: folder names may hold brackets, which rich would take for markup."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


@commands.command()
def start(
    course: CourseFolder = None,
    name: Annotated[str, typer.Option(help="What the home page calls you.")] = "",
    invitation: Annotated[Path | None, typer.Option(help="The invitation file your mentor sent.")] = None,
    drop: Annotated[str, typer.Option(help="Folder you share with your mentor, if you agreed on one.")] = "",
    port: Annotated[int | None, typer.Option(help="Where the server listens, if it must be a certain port.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the home page by itself.")] = True,
) -> None:
    """Open the course in your web browser."""
    from flysolo.server.running import start as run

    made = prepare(course or default_course_folder(), name=name, invitation=invitation, drop=drop)
    run(made, say, port=port, browser=browser)


def prepare(folder: Path, *, name: str = "", invitation: Path | None = None, drop: str = "") -> Course:
    """Make or refresh the course folder; raises ContentError when an invitation is for somebody else's folder."""
    card = {"name": name, "drop": str(Path(drop).expanduser().resolve()) if drop else ""}
    invited = read_invitation(invitation) if invitation else None
    if invited:
        folder = folder.expanduser()
        _refuse_other_folder(folder, invited)
        filled = invited.model_dump(exclude={"format"})
        card = filled | {key: value for key, value in card.items() if value}
    return make_course(folder.expanduser(), **card)


def read_invitation(path: Path) -> CourseCard:
    """What the mentor's invitation says; it holds the same fields as the card of a course folder."""
    return parse(CourseCard, read_json(path.expanduser(), path.name), path.name)


def _refuse_other_folder(folder: Path, invited: CourseCard) -> None:
    """An id can never change under answers: every number of every case is drawn from it."""
    if not (folder / COURSE_FILE).is_file():
        return
    card = open_course(folder).card
    for field in ("mentee", "course"):
        here, there = getattr(card, field), getattr(invited, field)
        if here != there:
            raise ContentError(
                [
                    Problem(
                        str(folder),
                        field,
                        f"work of {field} “{here}”, and an invitation for “{there}”",
                        "one folder holds the work of one person in one course",
                        f'leave this folder as it is and take another: flysolo start --course "{folder} ({there})" '
                        "--invitation FILE",
                    )
                ]
            )


@commands.command("hand-in")
def hand_in(
    exercise: Annotated[str, typer.Argument(help="Id of the exercise, such as 01-why-a-throat-stays-open.")],
    course: CourseFolder = None,
) -> None:
    """Hand in an exercise; the same as the button on the home page."""
    from flysolo.content import module
    from flysolo.deliver import hand_in as deliver

    module(exercise)
    done = deliver(open_course(course or find_course_folder() or default_course_folder()), exercise)
    say(done.words)
    say(f"The file: {done.file}")


@commands.command()
def targets(
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.", min=0)] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows to this file as well.")] = None,
    also: Annotated[
        Path | None, typer.Option(help="A file of further tables, written as cohort_targets.yaml is.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the table to this .png, .svg or .pdf file.")] = None,
    children: Annotated[int, typer.Option(help="Children in a usual cohort.", min=200, max=100_000)] = 3000,
    workers: Annotated[str, typer.Option(help="Processes, or “dask”, or a scheduler's address.")] = "2",
) -> None:
    """Hold the virtual child to published tables: published, simulated, inside or outside."""
    from flysolo.child.targets.show import run

    at_once = int(workers) if workers.isdigit() else workers
    run(seed, n=children, json_file=json_file, also_file=also, picture_file=picture, workers=at_once)


def _mentors_command(command: str, words: str) -> None:
    @commands.command(command, context_settings=PASS_ON, help=words, add_help_option=False)
    def run(context: typer.Context) -> None:
        raise typer.Exit(run_mentors_part([command, *context.args]))


def run_mentors_part(arguments: list[str]) -> int:
    """Run a command of the mentor's side beside the content, and return how it ended."""
    root = content_root()
    if not (root / MENTORS_PART / "__main__.py").is_file():
        raise ContentError(
            [
                Problem(
                    str(root),
                    MENTORS_PART,
                    "nothing: this copy holds the mentee's part only",
                    "checking, building and marking belong to mentors and authors, who have the whole project",
                    "take the whole project for this; for the course itself: flysolo start",
                )
            ]
        )
    # it runs where the person stands, since folders may be named from there; -P keeps that place out of the imports
    command = [sys.executable, "-P", "-m", MENTORS_PART, *arguments]
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": str(root)}).returncode


for _command, _words in (
    ("check", "For authors: check all content and say what is missing."),
    ("build", "For authors: make the notebooks from their text."),
    ("new", "For authors: start a module or a case family."),
    ("demo", "For mentors: make a demonstration course with invented mentees."),
):
    _mentors_command(_command, _words)


def app() -> None:
    """Run a command; what cannot be done is said in four parts, never as a traceback."""
    try:
        commands()
    except ContentError as error:
        for problem in error.problems:
            say(str(problem))
        raise SystemExit(2) from None
    except NotSaved as error:
        say(str(error))
        raise SystemExit(2) from None
    except OSError as error:
        step = "check that the folder exists, may be written to and has room, then run it again"
        found, rule = error.strerror or type(error).__name__, "the course can read and write files"
        say(str(Problem(str(error.filename or "this computer"), "", found, rule, step)))
        raise SystemExit(2) from None
    except Exception:
        note = Path(tempfile.gettempdir()) / "flysolo-fault.txt"
        note.write_text(traceback.format_exc(), encoding="utf-8")
        say("Something did not work. That is ours to mend, not yours; everything you had saved is kept.")
        say(f"Next: try once more; if it comes back, send this file to your mentor: {note}")
        raise SystemExit(1) from None
