"""The reply: a page with the mentor's voice, the words on each case and, last, two numbers; and its way to the mentee.

nbgrader's own feedback step makes the page, through the exporter here, so ``nbgrader generate_feedback`` and ours are
the same. The page holds no script and asks for nothing from anywhere.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import default
from traitlets.config import Config

from flysolo.answers import now
from flysolo.files import write_bytes_whole
from flysolo.problems import ContentError, Problem
from flysolo.replies import ThreadReply, pack_reply
from graders.batch import Standing, last_line, one_at_a_time, standings
from graders.journal import Explained, digest, read_journal, write_journal
from graders.marking import Mark
from graders.mentor import NOTEBOOK, MentorCourse
from graders.preprocess import RESERVED, course_around
from graders.release import nbgrader_api
from graders.reply_view import Words, explained_marks, view
from graders.submission import Submission, read_submission

TEMPLATES = Path(__file__).parent / "templates"


class ReplyExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template, whatever template formgrader asks for."""

    export_from_notebook = None

    @default("template_name")
    def _template_name_default(self) -> str:
        return "reply"

    @property
    def default_config(self) -> Config:
        """Our template under the exporter's own name, since nbgrader sets another one for every HTMLExporter."""
        config = Config(super().default_config)
        config.merge(Config({"ReplyExporter": {"template_name": "reply", "extra_template_basedirs": [str(TEMPLATES)]}}))
        return config

    def from_notebook_node(self, nb, resources=None, **kw):
        """Render the template as it is; HTMLExporter would parse the page again to look for pictures without text."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


class GatherReply(NbGraderPreprocessor):
    """Gather what the page says; cells, code and cards of the marked notebook never reach the template."""

    def preprocess(self, nb, resources: dict):
        """Put the page's contents into ``resources``; raises ContentError when the marks are out of date."""
        here = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        course = course_around(folder)
        submission = read_submission(course, here["student"], here["assignment"], folder)
        _refuse_old_marks(nb, submission)
        words = read_words(here["db_url"], here["student"], here["assignment"])
        resources[RESERVED] = view(course, submission, marks_in(nb), words)
        return nb, resources


def _refuse_old_marks(nb, submission: Submission) -> None:
    if nb.metadata.get(RESERVED, {}).get("marked") != submission.stamp:
        raise ContentError(
            [
                Problem(
                    f"{submission.mentee}/{submission.exercise}",
                    "",
                    "marks that are older than the answers, the cases or the keys",
                    "a reply says what the present key says of the present answers",
                    "run the marking first: python -m graders mark FOLDER",
                )
            ]
        )


def marks_in(nb) -> list[Mark]:
    """Marks as marking left them in the notebook's cells."""
    found = [cell.metadata.get(RESERVED, {}).get("mark") for cell in nb.cells]
    return [Mark.model_validate(each) for each in found if each]


def read_words(db_url: str, mentee: str, exercise: str) -> dict[str, Words]:
    """What the mentor wrote and marked by hand, by cell."""
    with Gradebook(db_url) as book:
        notebook = book.find_submission_notebook(NOTEBOOK, exercise, mentee)
        comments = {comment.name: comment.manual_comment or "" for comment in notebook.comments}
        return {
            grade.name: Words(comments[grade.name], grade.manual_score, bool(grade.needs_manual_grade))
            for grade in notebook.grades
            if grade.name in comments
        }


def make_page(course: MentorCourse, mentee: str, exercise: str) -> str:
    """The reply's page, made by nbgrader's feedback step; raises ContentError when it cannot be made."""
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    path = course.autograded(mentee, exercise) / f"{NOTEBOOK}.ipynb"
    if not path.exists():
        raise _not_made(mentee, exercise, "it has not been marked")
    _refuse_old_marks(_read(path), submission)
    result = nbgrader_api(course).generate_feedback(exercise, mentee, force=True)
    if not result["success"]:
        raise _not_made(mentee, exercise, last_line(result.get("log", "") + result.get("error", "")))
    return (course.folder / "feedback" / mentee / exercise / f"{NOTEBOOK}.html").read_text(encoding="utf-8")


def _read(path: Path):
    import nbformat

    return nbformat.read(path, as_version=4)


def _not_made(mentee: str, exercise: str, why: str) -> ContentError:
    return ContentError(
        [
            Problem(
                f"{mentee}/{exercise}",
                "",
                f"no reply could be made ({why})",
                "a reply is made from marked answers",
                "run: python -m graders mark FOLDER, then reply again",
            )
        ]
    )


def send_reply(course: MentorCourse, mentee: str, exercise: str) -> Path:
    """Make the reply, with page and answered questions, and put it where the mentee finds it; returns the parcel.

    From here on the answers it explained are settled: later ones to the same wording could have been read off it.
    """
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    page = make_page(course, mentee, exercise)
    threads = _threads(course, mentee, exercise)
    path = _put(course, mentee, exercise, page, threads)
    journal = read_journal(course, mentee, exercise)
    shown = {
        f"{mark.family}--{mark.question}": Explained(fingerprint=mark.fingerprint, n=mark.event)
        for mark in explained_marks(submission)
    }
    changes = {
        "explained": shown | _still_explained(journal.explained, submission),
        "sent": state(course, mentee, exercise),
        "sent_at": now(),
    }
    write_journal(course, mentee, exercise, journal.model_copy(update=changes))
    return path


def _still_explained(explained: dict[str, Explained], submission: Submission) -> dict[str, Explained]:
    """What earlier replies explained in the present wording; it was settled then and stays so."""
    wording = {case.family.id: case.family.fingerprint for case in submission.cases}
    return {name: each for name, each in explained.items() if wording.get(name.split("--")[0]) == each.fingerprint}


def _threads(course: MentorCourse, mentee: str, exercise: str) -> list[ThreadReply]:
    from graders.threads import replies_for

    return list(replies_for(course, mentee, exercise))


def _put(course: MentorCourse, mentee: str, exercise: str, page: str | None, threads: list[ThreadReply]) -> Path:
    """Write the parcel to the outgoing folder, and to the shared drop where there is one."""
    data = pack_reply(course.card.course, mentee, exercise, page, threads)
    stamp = now().replace(":", "").replace("-", "")
    name = f"reply-{mentee}-{exercise}-{stamp}.zip"
    count = 1
    while (course.outgoing(mentee) / name).exists():
        count += 1
        name = f"reply-{mentee}-{exercise}-{stamp}-{count}.zip"
    write_bytes_whole(course.outgoing(mentee) / name, data)
    deliver_missed(course)
    return course.outgoing(mentee) / name


def state(course: MentorCourse, mentee: str, exercise: str) -> str:
    """Fingerprint of all that a page rests on, without making it."""
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    words = read_words(course.db_url, mentee, exercise)
    return digest(submission.stamp + repr(sorted(words.items())))


@dataclass
class Sent:
    """What one round of replying did; ``delivered`` names parcels that a shared folder had missed before."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[tuple[str, str]] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)


def send_all(
    course: MentorCourse, *, waiting_too: bool = False, progress: Callable[[str, str], None] | None = None
) -> Sent:
    """Send every reply that says something new; one that cannot be made never stops another.

    Answers to questions do not wait for this: they go out when they are written. What the shared folder missed then
    is brought there now.

    Parameters
    ----------
    waiting_too : send also where words still wait for the mentor; the page then says so
    """
    report = Sent()
    with one_at_a_time(course):
        report.delivered = deliver_missed(course)
        for stands in standings(course):
            if progress:
                progress(stands.mentee, stands.exercise)
            try:
                _send_due(course, stands, waiting_too, report)
            except (ContentError, OSError) as error:
                report.faults[stands.mentee, stands.exercise] = str(error)
    return report


def _send_due(course: MentorCourse, stands: Standing, waiting_too: bool, report: Sent) -> None:
    pair = (stands.mentee, stands.exercise)
    if stands.state == "not marked":
        report.faults[pair] = stands.reason
    elif stands.state == "waits for mentor" and not waiting_too:
        report.waiting.append(pair)
    elif state(course, *pair) == read_journal(course, *pair).sent:
        report.unchanged.append(pair)
    else:
        send_reply(course, *pair)
        report.sent.append(pair)


def deliver_missed(course: MentorCourse, days: int = 30) -> list[str]:
    """Copy recent parcels to a shared folder that could not be reached when they were made; returns their names."""
    found = []
    for path in sorted((course.folder / "outgoing").glob("*/*.zip")):
        drop = course.to_mentee(path.parent.name)
        if drop is None or time.time() - path.stat().st_mtime > days * 86_400 or (drop / path.name).exists():
            continue
        # the folder may be away again; the parcel then waits for the next round
        with contextlib.suppress(OSError):
            write_bytes_whole(drop / path.name, path.read_bytes())
            found.append(path.name)
    return found
