"""Hand-ins that came through nbgrader's own exchange, where a course runs on a shared server.

There the exchange names each submission after who submitted it, so the answers inside must say the same name. Only the
answers are read; the notebook that came along is never opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from flysolo.answers import read_book
from flysolo.files import decode
from flysolo.handin import ANSWERS, MAX_BYTES, MAX_LINES, HandIn, pack, unpack
from flysolo.problems import ContentError, Problem
from graders.mentor import MentorCourse

#: Where nbgrader keeps its exchange when nobody says otherwise.
DEFAULT_ROOT = "/usr/local/share/nbgrader/exchange"


def inbound(course: MentorCourse) -> Iterator[tuple[str, Callable[[], HandIn]]]:
    """(name, reader) of each submission in the exchange that was not taken before, oldest first."""
    folder = _inbound_folder(course)
    if folder is None:
        return
    for path in sorted(folder.iterdir(), key=lambda each: (each.lstat().st_mtime, each.name)):
        name = f"exchange: {path.name}"
        if path.is_dir() and not path.is_symlink() and not _is_known(course, name):
            yield name, lambda path=path: read_submission_folder(path)


def _inbound_folder(course: MentorCourse) -> Path | None:
    """The exchange's inbound folder of this course, if this course has one."""
    from graders.release import nbgrader_config

    config = nbgrader_config(course)
    course_id = config.CourseDirectory.get("course_id")
    if not course_id:
        return None
    folder = Path(str(config.Exchange.get("root") or DEFAULT_ROOT)) / str(course_id) / "inbound"
    return folder if folder.is_dir() else None


def _is_known(course: MentorCourse, name: str) -> bool:
    parts = name.removeprefix("exchange: ").split("+")
    known = course.records(parts[0], parts[1]) if len(parts) >= 3 else []
    return any(kept.record.name == name for kept in known) or refusal_path(course, name).exists()


def refusal_path(course: MentorCourse, name: str) -> Path:
    """Where it is said why a submission was not taken; it stays in the exchange, which is not ours to tidy."""
    return course.refused / f"{name.replace(': ', '-')}.txt"


def read_submission_folder(path: Path) -> HandIn:
    """One submission of the exchange as a hand-in; its folder is named account+exercise+time."""
    parts = path.name.split("+")
    answers = path / ANSWERS
    if len(parts) < 3 or answers.is_symlink() or not answers.is_file():
        raise _refusal(path.name, ANSWERS, "no answers in it", "a submission holds the answers beside the notebook")
    if answers.stat().st_size > MAX_BYTES:
        raise _refusal(path.name, ANSWERS, "too much", f"at most {MAX_BYTES:,} bytes")
    data = answers.read_bytes()
    lines = data.count(b"\n")
    if lines > MAX_LINES:
        raise _refusal(path.name, ANSWERS, f"{lines:,} lines", f"at most {MAX_LINES:,} lines")
    book = read_book(decode(data, path.name), path.name)
    for field, wanted in (("mentee", parts[0]), ("subject", parts[1])):
        if getattr(book.header, field) != wanted:
            rule = f"the account and the exercise it was submitted under: “{wanted}”"
            raise _refusal(path.name, field, f"“{getattr(book.header, field)}”", rule)
    if book.header.seed is None:
        raise _refusal(path.name, "seed", "nothing", "the seed the numbers were drawn from")
    families = {event.item: event.fingerprint for event in book.events if event.fingerprint}
    return unpack(pack(book, families, "hand-in"), path.name)


def _refusal(name: str, where: str, found: str, rule: str) -> ContentError:
    step = "nothing of it was marked; ask for it to be submitted once more from the course folder"
    return ContentError([Problem(name, where, found, rule, step)])
