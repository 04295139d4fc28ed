"""The mentor's and author's commands; each only parses and prints, and what it does lives in its own module.

Modules are imported inside the commands, since nbgrader takes seconds to load and most commands do not need it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from flysolo.problems import ContentError, Problem

app = typer.Typer(
    help="Fly Solo for mentors and authors: build, check, collect, mark, reply.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
new = typer.Typer(help="Start a module or a case family.", no_args_is_help=True)
app.add_typer(new, name="new")

Folder = Annotated[
    Path | None, typer.Argument(help="The mentor's course folder; without it, the one around the current folder.")
]


def say(text: str = "") -> None:
    """Print one line as it stands: names and files may hold brackets, which rich would take for markup."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


def _course(folder: Path | None):
    from graders.mentor import find_mentor_course, open_mentor_course

    if folder is None:
        found = find_mentor_course(Path.cwd())
        if found:
            return found
    return open_mentor_course(folder or Path.cwd())


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Say which notebooks are out of date; write nothing.")] = False,
) -> None:
    """Make exercise and lesson notebooks from their text."""
    from flysolo.places import content_root
    from graders import build as builder

    paths = builder.out_of_date() if check else builder.build()
    for path in paths:
        say(f"{'out of date' if check else 'written'}: {path.relative_to(content_root())}")
    if not paths:
        say("Every notebook is up to date.")
    elif check:
        say("Next: python -m graders build")
        raise typer.Exit(1)


@app.command()
def check() -> None:
    """Check all content: cases, keys, evidence, notebooks."""
    from graders.check import run_check

    raise typer.Exit(run_check())


@app.command()
def rules(
    whole: Annotated[bool, typer.Option("--all", help="Show also the rules that no case takes apart yet.")] = False,
) -> None:
    """Count the cases for each rote rule, and say what is still missing."""
    from flysolo.places import content_root
    from graders.check.coverage import covered, table
    from graders.check.reading import read_content

    content = read_content(content_root().resolve())
    if content.rules is None:
        say("The catalog of rote rules cannot be read. Next: python -m graders check")
        raise typer.Exit(1)
    Console(highlight=False).print(table(covered(content), whole=whole))


@new.command("module")
def new_module_command(module_id: Annotated[str, typer.Argument(help="Id, such as 07-what-a-test-sees.")]) -> None:
    """Start a module: lesson, course entry, what is still missing."""
    from graders.authoring import new_module

    new_module(module_id)


@new.command("family")
def new_family_command(
    exercise: Annotated[str, typer.Argument(help="Exercise it belongs to.")],
    family_id: Annotated[str, typer.Argument(help="Id, such as big-tonsils-silent.")],
) -> None:
    """Start a case family and its key."""
    from graders.authoring import new_family

    new_family(exercise, family_id)


@app.command()
def course(
    folder: Annotated[Path, typer.Argument(help="Where the mentor's course folder is made, outside the checkout.")],
    course_id: Annotated[str, typer.Option("--course", help="Id of the course, the same for all its mentees.")] = "",
    mentor: Annotated[str, typer.Option(help="Your name, as replies carry it.")] = "",
    drop: Annotated[str, typer.Option(help="Shared folder through which parcels travel.")] = "",
) -> None:
    """Make a mentor's course folder, or bring one up to date."""
    from graders.mentor import make_mentor_course

    made = make_mentor_course(folder, course=course_id, mentor=mentor, drop=drop)
    say(f"Ready: {made.folder} (course “{made.card.course}”)")
    for place in made.incoming:
        say(f"Parcels arrive in: {place}")


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="Name of the mentee.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="The mentor's course folder.")] = None,
    into: Annotated[Path, typer.Option(help="Where the invitation is written.")] = Path(),
) -> None:
    """Write the invitation file for one mentee."""
    from graders.invite import invite as write_invitation

    say(f"Invitation: {write_invitation(_course(folder).folder, name, into)}")


@app.command()
def collect(folder: Folder = None) -> None:
    """Take in what mentees sent."""
    here = _course(folder)
    from graders.collect import collect as take_in

    report = take_in(here)
    for taken in report.taken:
        asked = f", {taken.questions} question(s) asked" if taken.questions else ""
        say(f"collected: {taken.mentee}, {taken.exercise} ({taken.purpose}{asked})")
        for note in taken.notes:
            say(f"  note: {note}")
    for name in report.again:
        say(f"came before, not collected twice: {name}")
    for name in report.left:
        say(f"left alone, since it is no parcel: {name}")
    for refused in report.refused:
        where = "waits where it is" if refused.waits else "put aside in refused/"
        say(f"{where}: {refused.words}")
    if not (report.taken or report.again or report.left or report.refused):
        say("Nothing waits to be collected.")


@app.command()
def mark(
    folder: Folder = None,
    again: Annotated[bool, typer.Option("--again", help="Mark everything anew.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes beside each other; without it as many as are worth it.")
    ] = None,
) -> None:
    """Mark what was collected and not marked since; a run that was cut off goes on where it was."""
    here = _course(folder)
    from graders.batch import mark as mark_all

    with _bar() as bar:
        task = bar.add_task("marking", total=None)
        report = mark_all(
            here,
            again=again,
            workers=workers,
            progress=lambda count, total, _: bar.update(task, completed=count, total=total),
        )
    for exercise, words in report.release_faults.items():
        say(f"{exercise} could not be released:\n{words}")
    _print_standings(report.standings)
    say(f"{len(report.done)} marked now.")
    if any(each.state == "not marked" for each in report.standings):
        raise typer.Exit(1)


def _bar() -> Progress:
    """A bar for work whose amount is known."""
    return Progress(*Progress.get_default_columns(), MofNCompleteColumn(), transient=True)


def _progress() -> Progress:
    columns = [*Progress.get_default_columns()[:1], TextColumn("{task.fields[who]}", markup=False)]
    return Progress(*columns, transient=True)


def _print_standings(standings) -> None:
    """Everyone who handed in, with a mark, a wait or a reason."""
    if not standings:
        say("Nobody has handed in yet.")
        return
    table = Table("Mentee", "Exercise", "Where it stands", "Notes", box=None, pad_edge=False)
    for each in standings:
        where = f"{each.state} ({each.waiting})" if each.waiting else each.state
        table.add_row(each.mentee, each.exercise, where, "; ".join(each.notes))
    Console().print(table, markup=False, highlight=False)
    for each in standings:
        if each.reason:
            say(f"{each.mentee}, {each.exercise}: {each.reason}")


@app.command()
def reply(
    folder: Folder = None,
    waiting_too: Annotated[
        bool, typer.Option("--waiting-too", help="Send also where written reasons still wait for your mark.")
    ] = False,
) -> None:
    """Send every reply that says something new."""
    here = _course(folder)
    from graders.reply import send_all

    with _progress() as bar:
        task = bar.add_task("replying", total=None, who="")
        watch = lambda *who: bar.update(task, who=", ".join(who))  # noqa: E731
        report = send_all(here, waiting_too=waiting_too, progress=watch)
    for words, pairs in (
        ("sent", report.sent),
        ("waits for your mark", report.waiting),
        ("nothing new since the last reply", report.unchanged),
    ):
        for pair in pairs:
            say(f"{words}: {', '.join(pair)}")
    for name in report.delivered:
        say(f"brought to the shared folder: {name}")
    for pair, reason in report.faults.items():
        say(f"no reply for {', '.join(pair)}: {reason}")
    if report.faults:
        raise typer.Exit(1)


@app.command()
def watch(
    folder: Folder = None,
    replies: Annotated[
        bool, typer.Option("--replies/--no-replies", help="Send the part that needs no reading at once.")
    ] = True,
) -> None:
    """Collect, mark and answer whatever arrives, until it is stopped with Ctrl-C."""
    here = _course(folder)
    from graders.watch import watch as watch_course

    say(f"Watching {', '.join(str(each) for each in here.incoming)}. Stop with Ctrl-C.")
    watch_course(here, replies=replies, tell=say)


@app.command()
def bench(
    hand_ins: Annotated[int, typer.Option("--hand-ins", min=4, help="How many hand-ins are made and marked.")] = 200,
    rounds: Annotated[int, typer.Option(min=1, help="How often each way is measured.")] = 5,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure there as well.")] = None,
) -> None:
    """Measure what marking and replying cost here, beside stock nbgrader and others, in one run."""
    from graders.bench.run import run_bench

    run_bench(hand_ins, rounds, json_file)


@app.command()
def desk(
    folder: Folder = None,
    port: Annotated[int | None, typer.Option(help="Port of the local server.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    watching: Annotated[
        bool, typer.Option("--watch", help="Also collect and mark whatever arrives while the desk is open.")
    ] = False,
) -> None:
    """Open the desk: who waits, what to look at first."""
    from graders.desk import run_desk

    run_desk(_course(folder).folder, port=port, open_browser=browser, watching=watching)


@app.command()
def demo(into: Annotated[Path, typer.Option("--into", help="Folder in which the demonstration is made.")]) -> None:
    """Make a demonstration course with invented mentees."""
    from graders.demo import run_demo

    run_demo(into)


@app.command()
def items(
    folder: Folder = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything there as well.")] = None,
) -> None:
    """Look at the questions themselves: which are too easy, which split people oddly, which options nobody takes."""
    from graders.items import run_items

    raise typer.Exit(run_items(_course(folder).folder, json_file=json_file))


@app.command()
def learners(
    runs: Annotated[int, typer.Option(help="How many times each scripted learner sits a set.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 7,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything there as well.")] = None,
) -> None:
    """Try the marking on scripted learners, and print what it says of each."""
    from graders.learners import run_learners

    raise typer.Exit(run_learners(runs, seed, json_file))


@app.command()
def readiness(
    folder: Folder = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure the stored table of scripted learners anew, for the authors.")
    ] = False,
    runs: Annotated[int, typer.Option(help="How many times each scripted learner sits a round.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 7,
) -> None:
    """Print the lines of a round of solo sets, and what they let through and hold back."""
    from graders.readiness.printed import measured, show

    if measure:
        say(f"written: {measured(runs, seed)}")
    show(None if measure else folder and _course(folder).folder)


@app.command()
def handout(into: Annotated[Path, typer.Argument(help="Folder or file to write the handout to.")]) -> None:
    """Write the handout: what a mentee may have, and nothing else."""
    from graders.handout import make_handout

    say(f"Handout: {make_handout(into)}")


def main() -> None:
    """Run a command; what cannot be done is said in four parts, never as a traceback."""
    try:
        app()
    except ContentError as error:
        for problem in error.problems:
            say(str(problem))
        raise SystemExit(2) from None
    except OSError as error:
        name = str(error.filename or "this computer")
        step = "check that the folder exists, may be written to and has room, then run it again"
        say(str(Problem(name, "", error.strerror or str(error), "files of the course can be read and written", step)))
        raise SystemExit(2) from None
