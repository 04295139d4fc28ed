"""The reply: a page with the mentor's voice, the words on each case and, last, two numbers; and its way to the mentee.

``nbgrader generate_feedback`` and formgrader's button make the same page, through the exporter and the preprocessor
here. The page holds no script and asks for nothing from anywhere.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from flysolo.answers import now
from flysolo.files import write_bytes_whole
from flysolo.problems import ContentError, Problem
from flysolo.replies import ThreadReply, pack_reply
from flysolo.schema.readiness import ReadinessCard
from graders.batch import Standing, last_line, one_at_a_time, standings
from graders.given import is_solo, replied
from graders.gradebook_read import words_by_hand
from graders.journal import Explained, digest, read_journal, write_journal
from graders.marking import Mark
from graders.mentor import NOTEBOOK, MentorCourse
from graders.preprocess import RESERVED, course_around
from graders.release import nbgrader_api, nbgrader_config
from graders.reply_page import ReplyExporter, is_stock, read_marked, render
from graders.reply_view import Words, explained_marks, view
from graders.submission import Submission, read_submission

__all__ = ["GatherReply", "ReplyExporter", "make_page", "send_all", "send_reply"]


class GatherReply(NbGraderPreprocessor):
    """Gather what the page says; cells, code and cards of the marked notebook never reach the template."""

    def preprocess(self, nb, resources: dict):
        """Put the page's contents into ``resources``; raises ContentError when the marks are out of date."""
        here = resources["nbgrader"]
        folder = Path(resources["metadata"]["path"])
        course = course_around(folder)
        submission = read_submission(course, here["student"], here["assignment"], folder)
        _refuse_old_marks(nb.metadata.get(RESERVED, {}).get("marked", ""), submission)
        words = read_words(here["db_url"], here["student"], here["assignment"])
        resources[RESERVED] = contents(course, submission, marks_in(nb), words)
        return nb, resources


def contents(
    course: MentorCourse, submission: Submission, marks: list[Mark], by_hand: dict[str, Words]
) -> dict[str, Any]:
    """Everything the template prints."""
    own = replied(submission)
    return view(course, own, marks_of(own, marks), by_hand)


def _refuse_old_marks(stamp: str, submission: Submission) -> None:
    if stamp != submission.stamp:
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


def marks_of(submission: Submission, marks: list[Mark]) -> list[Mark]:
    """Marks of the cases that a reply speaks of."""
    families = {case.family.id for case in submission.cases}
    return [mark for mark in marks if mark.family in families]


def read_words(db_url: str, mentee: str, exercise: str) -> dict[str, Words]:
    """What the mentor wrote and marked by hand, by cell."""
    return words_by_hand(db_url, (mentee, exercise)).get((mentee, exercise), {})


@dataclass(frozen=True)
class Round:
    """What is read once for many replies: whether our settings stand, and every word that was given by hand."""

    is_stock: bool
    db_url: str
    by_hand: dict[tuple[str, str], dict[str, Words]] | None = None

    def words(self, pair: tuple[str, str]) -> dict[str, Words]:
        """What the mentor wrote and marked by hand in one hand-in, by cell."""
        return read_words(self.db_url, *pair) if self.by_hand is None else self.by_hand.get(pair, {})


def a_round(course: MentorCourse, *, of_many: bool = True) -> Round:
    """What replies rest on at this moment; words given by hand later are in the next round."""
    config, db_url = nbgrader_config(course), course.db_url
    return Round(is_stock(config), db_url, words_by_hand(db_url) if of_many else None)


def make_page(course: MentorCourse, mentee: str, exercise: str, given: Round | None = None) -> str:
    """The reply's page, kept where nbgrader keeps its feedback; raises ContentError when it cannot be made.

    Parameters
    ----------
    given : what was read for this and other replies; without it, it is read anew
    """
    given = given or a_round(course, of_many=False)
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    path = course.autograded(mentee, exercise) / f"{NOTEBOOK}.ipynb"
    if not path.exists():
        raise _not_made(mentee, exercise, "it has not been marked")
    marked = read_marked(path)
    _refuse_old_marks(marked.stamp if marked else "", submission)
    target = course.folder / "feedback" / mentee / exercise / f"{NOTEBOOK}.html"
    if not given.is_stock:
        _make_through_nbgrader(course, mentee, exercise)
        return target.read_text(encoding="utf-8")
    page = render(contents(course, submission, marked.marks, given.words((mentee, exercise))))
    _keep_page(target, page)
    return page


def _keep_page(path: Path, page: str) -> None:
    """Replace the page; a power cut may lose it, since it is made again from the marks whenever it is wanted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(page.encode("utf-8"))
    temporary.replace(path)


def _make_through_nbgrader(course: MentorCourse, mentee: str, exercise: str) -> None:
    """Let nbgrader's own feedback step make the page, for settings that only it knows what to make of."""
    result = nbgrader_api(course).generate_feedback(exercise, mentee, force=True)
    if not result["success"]:
        raise _not_made(mentee, exercise, last_line(result.get("log", "") + result.get("error", "")))


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


def send_reply(course: MentorCourse, mentee: str, exercise: str, given: Round | None = None) -> Path:
    """Make the reply, with page and answered questions, and put it where the mentee finds it; returns the parcel.

    From here on the answers it explained are settled: later ones to the same wording could have been read off it.
    """
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    given = given or a_round(course, of_many=False)
    page = make_page(course, mentee, exercise, given)
    threads = _threads(course, mentee, exercise)
    path = _put(course, mentee, exercise, page, threads, _readiness(course, mentee, exercise))
    journal = read_journal(course, mentee, exercise)
    shown = {
        f"{mark.family}--{mark.question}": Explained(fingerprint=mark.fingerprint, n=mark.event)
        for mark in explained_marks(replied(submission))
    }
    changes = {
        "explained": shown | _still_explained(journal.explained, submission),
        "sent": state(course, mentee, exercise, given),
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


def _readiness(course: MentorCourse, mentee: str, exercise: str) -> ReadinessCard | None:
    """What a reply to solo sets says of readiness; None for every other exercise."""
    if not is_solo(exercise):
        return None
    from graders.readiness.card import card_for

    return card_for(course, mentee)


def _put(
    course: MentorCourse,
    mentee: str,
    exercise: str,
    page: str | None,
    threads: list[ThreadReply],
    readiness: ReadinessCard | None,
) -> Path:
    """Write the parcel to the outgoing folder, and to the shared drop where there is one."""
    data = pack_reply(course.card.course, mentee, exercise, page, threads, readiness)
    stamp = now().replace(":", "").replace("-", "")
    name = f"reply-{mentee}-{exercise}-{stamp}.zip"
    count = 1
    while (course.outgoing(mentee) / name).exists():
        count += 1
        name = f"reply-{mentee}-{exercise}-{stamp}-{count}.zip"
    write_bytes_whole(course.outgoing(mentee) / name, data)
    _deliver(course, course.outgoing(mentee) / name)
    return course.outgoing(mentee) / name


def state(course: MentorCourse, mentee: str, exercise: str, given: Round | None = None) -> str:
    """Fingerprint of all that a page rests on, without making it."""
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    words = (given or a_round(course, of_many=False)).words((mentee, exercise))
    card = _readiness(course, mentee, exercise)
    said = card.model_dump_json() if card else ""
    return digest(submission.stamp + repr(sorted(words.items())) + said)


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
        send_standing(course, standings(course), report, waiting_too=waiting_too, progress=progress)
    return report


def send_standing(
    course: MentorCourse,
    stand: list[Standing],
    report: Sent,
    *,
    waiting_too: bool = True,
    progress: Callable[[str, str], None] | None = None,
) -> None:
    """Send the replies of those who stand as said, for whoever holds the course already."""
    given = a_round(course) if stand else None
    for each in stand:
        if progress:
            progress(each.mentee, each.exercise)
        try:
            _send_due(course, each, waiting_too, report, given)
        except (ContentError, OSError) as error:
            report.faults[each.mentee, each.exercise] = str(error)


def _send_due(course: MentorCourse, stands: Standing, waiting_too: bool, report: Sent, given: Round) -> None:
    pair = (stands.mentee, stands.exercise)
    if stands.state == "not marked":
        report.faults[pair] = stands.reason
    elif stands.state == "waits for mentor" and not waiting_too:
        report.waiting.append(pair)
    elif _says_nothing(course, *pair) or state(course, *pair, given) == read_journal(course, *pair).sent:
        report.unchanged.append(pair)
    else:
        send_reply(course, *pair, given)
        report.sent.append(pair)


def _says_nothing(course: MentorCourse, mentee: str, exercise: str) -> bool:
    """Whether a reply would be empty: of a solo set, words come once it is handed in whole."""
    if not is_solo(exercise):
        return False
    return not replied(read_submission(course, mentee, exercise, course.submitted(mentee, exercise))).cases


def deliver_missed(course: MentorCourse, days: int = 30) -> list[str]:
    """Copy recent parcels to a shared folder that could not be reached when they were made; returns their names."""
    recent = time.time() - days * 86_400
    paths = sorted((course.folder / "outgoing").glob("*/*.zip"))
    return [path.name for path in paths if path.stat().st_mtime >= recent and _deliver(course, path)]


def _deliver(course: MentorCourse, path: Path) -> bool:
    """Copy a parcel to the shared folder where there is one; returns whether it was not there before and is now."""
    drop = course.to_mentee(path.parent.name)
    # the folder may be away again; the parcel then waits for the next round
    with contextlib.suppress(OSError):
        if drop is not None and not (drop / path.name).exists():
            write_bytes_whole(drop / path.name, path.read_bytes())
            return True
    return False
