"""Taking in what mentees sent: read as if strangers had made it, kept as it came, set out for marking.

A parcel that cannot be read is put aside with the reason in plain words, and never holds up another one.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from flysolo.answers import dump, now
from flysolo.content import exercises, load_families
from flysolo.draws import seed_for
from flysolo.files import write_bytes_whole, write_whole
from flysolo.handin import ANSWERS, HandIn, asks, read_file
from flysolo.places import content_root
from flysolo.problems import ContentError, Problem
from graders import exchange
from graders.mentor import NOTEBOOK, MentorCourse, Record

Outcome = Literal["taken", "refused", "waits"]
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Taken:
    """One parcel that was collected."""

    mentee: str
    exercise: str
    purpose: str
    name: str
    notes: tuple[str, ...] = ()
    questions: int = 0


@dataclass(frozen=True)
class Refused:
    """One parcel that was not taken, and why; one that ``waits`` is no fault of its own and lies where it was."""

    name: str
    words: str
    waits: bool = False


@dataclass
class Collected:
    """What one round of collecting brought; ``left`` names files that are no parcels and were left alone."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def collect(course: MentorCourse) -> Collected:
    """Take in every parcel that waits, from the folders and from nbgrader's exchange where there is one."""
    with _alone(course):
        return _collect(course)


def _collect(course: MentorCourse) -> Collected:
    report = Collected()
    for path in _waiting(course, report):
        _take_file(course, path, report)
    for name, read in exchange.inbound(course):
        if _take(course, name, read, report) == "refused":
            write_whole(exchange.refusal_path(course, name), report.refused[-1].words + "\n")
    for taken in [each for each in report.taken if each.purpose == "hand-in"]:
        # marking sets it out again, and says so there, if it cannot be done just now
        with contextlib.suppress(ContentError, OSError):
            set_out(course, taken.mentee, taken.exercise)
    return report


@contextlib.contextmanager
def _alone(course: MentorCourse) -> Iterator[None]:
    """One round at a time: two would give two parcels the same number, and one would write over the other."""
    lock = FileLock(course.folder / ".collecting.lock", timeout=PATIENCE_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        found, rule = "another round of collecting is under way here", "one round at a time takes parcels in"
        step = "wait until it has finished, then run it again; nothing was changed"
        raise ContentError([Problem(str(course.folder), "", found, rule, step)]) from None
    try:
        yield
    finally:
        lock.release()


def _waiting(course: MentorCourse, report: Collected) -> list[Path]:
    """Parcels in the order of their arrival, so that the first of two comes first."""
    found = []
    for path in [path for folder in course.incoming for path in folder.glob("*") if not path.name.startswith(".")]:
        if path.suffix.lower() == ".zip":
            found.append(path)
        else:
            report.left.append(path.name)
    return sorted(found, key=lambda path: (path.lstat().st_mtime, path.name))


def _take_file(course: MentorCourse, path: Path, report: Collected) -> None:
    """Take one file in, and only then out of the folder it came in."""
    outcome = _take(course, _readable(path.name), lambda: _plain_file(path), report)
    # a shared folder may be read-only here; the file is then known again next time
    with contextlib.suppress(OSError):
        if outcome == "taken":
            path.unlink(missing_ok=True)
        elif outcome == "refused":
            _put_aside(course, path, report.refused[-1].words)


def _readable(name: str) -> str:
    """A file's name as text that can be written down; a name may hold bytes that are no text at all."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _plain_file(path: Path) -> HandIn:
    if path.is_symlink() or not path.is_file():
        raise _refusal(path.name, "", "not a plain file", "a parcel is one plain zip file")
    return read_file(path)


def _take(course: MentorCourse, name: str, read: Callable[[], HandIn], report: Collected) -> Outcome:
    """Read one parcel, check it and keep it; a disk that is full here is no fault of the parcel, which waits."""
    try:
        hand_in = read()
        notes = check(course, hand_in, name)
    except ContentError as error:
        report.refused.append(Refused(name, _readable(str(error))))
        return "refused"
    except OSError as error:
        refusal = _refusal(name, "", f"it cannot be read ({error.strerror})", "a file that may be read")
        report.refused.append(Refused(name, str(refusal)))
        return "refused"
    except Exception as error:  # whatever a stranger thought of that the reader did not: the rest goes on
        refusal = _refusal(
            name, "", f"something unforeseen ({type(error).__name__})", "a parcel as the course makes it"
        )
        report.refused.append(Refused(name, str(refusal)))
        return "refused"
    try:
        taken = keep(course, hand_in, name, notes)
    except (ContentError, OSError) as error:
        report.refused.append(Refused(name, str(_not_kept(course, name, error)), waits=True))
        return "waits"
    if taken is None:
        report.again.append(name)
    else:
        report.taken.append(taken)
    return "taken"


def check(course: MentorCourse, hand_in: HandIn, name: str) -> list[str]:
    """Hold what a parcel says of itself against what is known here; returns notes for the mentor.

    Raises ContentError when it belongs to another course or exercise, or its numbers were drawn for somebody else.
    """
    manifest = hand_in.manifest
    if manifest.course != course.card.course:
        rule = f"parcels here are for the course “{course.card.course}”"
        raise _refusal(name, "course", f"“{manifest.course}”", rule)
    if manifest.exercise not in exercises(content_root()):
        raise _refusal(name, "exercise", f"“{manifest.exercise}”", "an exercise of this version of the course")
    if manifest.seed != seed_for(manifest.course, manifest.mentee, manifest.exercise):
        rule = f"the seed that belongs to “{manifest.mentee}” in this course"
        raise _refusal(name, "seed", f"“{manifest.seed}”, which draws other numbers", rule)
    return _notes(hand_in)


def _notes(hand_in: HandIn) -> list[str]:
    """What is not as it should be, and is no reason to refuse."""
    notes = []
    try:
        families = load_families(hand_in.manifest.exercise, content_root())
    except ContentError:
        return ["This copy of the course cannot be read just now; what was handed in is kept and waits."]
    now_worded = {family.id: family.fingerprint for family in families}
    answered = {event.item for event in hand_in.book.events if event.do == "save"}
    for family, fingerprint in sorted(hand_in.manifest.families.items()):
        if family in answered and family in now_worded and fingerprint != now_worded[family]:
            notes.append(f"{family}: answered to an earlier wording; those answers are shown, not marked.")
    for family in sorted(answered - set(now_worded)):
        notes.append(f"{family}: this version of the course has no such case.")
    if hand_in.book.damaged:
        notes.append(f"{len(hand_in.book.damaged)} damaged lines are kept and not guessed at; the others are marked.")
    return notes


def keep(course: MentorCourse, hand_in: HandIn, name: str, notes: list[str]) -> Taken | None:
    """Keep the original byte for byte and set its answers out for marking; None when the same file came before."""
    manifest = hand_in.manifest
    mentee, exercise = manifest.mentee, manifest.exercise
    sha256 = hashlib.sha256(hand_in.original).hexdigest()
    known = course.records(mentee, exercise)
    if any(kept.record.sha256 == sha256 for kept in known):
        return None
    number = max((kept.record.n for kept in known), default=0) + 1
    last_event = max((event.n for event in hand_in.book.events), default=0)
    hand_ins = [kept.record.last_event for kept in known if kept.record.purpose == "hand-in"]
    if manifest.purpose == "hand-in" and last_event < max(hand_ins, default=0):
        notes = [*notes, "It holds fewer answers than a hand-in that came before; the fuller one is marked."]
    folder = course.kept / mentee / exercise
    folder.mkdir(parents=True, exist_ok=True)
    original = folder / f"{number:04d}-{manifest.purpose}.zip"
    write_bytes_whole(original, hand_in.original)
    record = Record(
        n=number,
        purpose=manifest.purpose,
        mentee=mentee,
        exercise=exercise,
        name=name,
        sha256=sha256,
        made_at=manifest.made_at,
        arrived_at=now(),
        last_event=last_event,
        notes=tuple(notes),
    )
    # the record is what counts as collected, so it is written last
    write_whole(original.with_suffix(".json"), record.model_dump_json(indent=1) + "\n")
    return Taken(mentee, exercise, manifest.purpose, name, tuple(notes), len(asks(hand_in.book)))


def set_out(course: MentorCourse, mentee: str, exercise: str) -> None:
    """Lay the newest hand-in beside a fresh released notebook; the mentee's own notebook is never opened.

    Raises ContentError when the exercise has not been released here.
    """
    from graders.release import released_notebook

    newest = course.kept_hand_ins(mentee, exercise)[-1]
    book = newest.read().book
    released = released_notebook(course, exercise)
    if not released.exists():
        raise _refusal(str(released.name), "", "no released notebook", f"“{exercise}” is released before it is marked")
    folder = course.submitted(mentee, exercise)
    folder.mkdir(parents=True, exist_ok=True)
    for stray in folder.iterdir():
        if stray.name not in (f"{NOTEBOOK}.ipynb", ANSWERS, "timestamp.txt"):
            shutil.rmtree(stray) if stray.is_dir() and not stray.is_symlink() else stray.unlink()
    _put(folder / f"{NOTEBOOK}.ipynb", released.read_text(encoding="utf-8"))
    _put(folder / ANSWERS, dump(book.header, book.events) + "".join(f"{line}\n" for _, line in book.damaged))
    _put(folder / "timestamp.txt", newest.record.made_at.replace("T", " ").replace("Z", " UTC") + "\n")


def _put(path: Path, text: str) -> None:
    """Write a file whole, and not at all when it says that already."""
    if not path.exists() or path.read_bytes() != text.encode("utf-8"):
        write_whole(path, text)


def _put_aside(course: MentorCourse, path: Path, words: str) -> None:
    """Move what could not be read out of the way, with the reason beside it."""
    course.refused.mkdir(parents=True, exist_ok=True)
    # room for “ (2)” and “.txt” within the 255 bytes that a name may have
    stem = _readable(path.stem).encode("utf-8")[:200].decode("utf-8", "ignore")
    target = course.refused / f"{stem}{path.suffix}"
    count = 1
    while target.exists() or target.is_symlink():
        count += 1
        target = course.refused / f"{stem} ({count}){path.suffix}"
    # the reason first: cut off between the two, the parcel is still where it was and is put aside once more
    write_whole(target.with_name(f"{target.name}.txt"), words + "\n")
    shutil.move(path, target)


def _not_kept(course: MentorCourse, name: str, error: ContentError | OSError) -> ContentError:
    """What is said when a good parcel could not be written down here."""
    if isinstance(error, ContentError):
        return error
    found = f"this computer could not write it down ({error.strerror})"
    rule = "a parcel counts as collected once it is kept whole"
    step = "make room, or check that the folder may be written to, then collect again; the parcel waits where it is"
    return ContentError([Problem(name, str(course.kept), found, rule, step)])


def _refusal(name: str, where: str, found: str, rule: str) -> ContentError:
    step = "nothing of it was marked; ask for the hand-in to be made again from the home page and sent once more"
    return ContentError([Problem(name, where, found, rule, step)])
