"""What the check prints: problems under their files, what is still missing, one line to sum up."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.text import Text

from graders.check import Report, coverage


def show(report: Report, console: Console | None = None) -> None:
    """Print a report; file names are printed as text, so that no bracket in them is read as markup."""
    console = console or Console(highlight=False, soft_wrap=True)
    for file, found in groupby(report.problems, key=lambda problem: problem.file):
        console.print(Text(file, style="bold"))
        for problem in found:
            console.print(Text(f"  {problem.field or 'whole file'}"))
            for label, text in (("Found", problem.found), ("Rule", problem.rule), ("Next", problem.next_step)):
                console.print(Text(f"    {label + ':':7}{text}"))
        console.print()
    if report.missing:
        console.print(Text("Still missing (drafts; mentees do not see them)", style="bold"))
        for each in report.missing:
            console.print(Text(f"  {each}"))
        console.print()
    for line in coverage.summary(list(report.coverage)):
        console.print(Text(line))
    console.print(Text(summary(report)))


def summary(report: Report) -> str:
    """One line that sums a report up."""
    count = len(report.problems)
    files = len({problem.file for problem in report.problems})
    found = f"{count} problem{'' if count == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
    said = found if count else "No problem"
    return f"{said}. {report.files} content files read; {len(report.missing)} things still missing in drafts."
