"""Whatever arrives is collected, marked and answered by itself, while the mentor does something else.

Folders are looked at four times a second by name and size only, which works on every disk and share. A file is read
once its size has stood still and it is whole; one that is still being copied is left alone and holds up no other. All
of it happens under the marking lock, so that no second writer ever touches the gradebook.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from flysolo.handin import read_file
from flysolo.problems import ContentError
from graders.batch import course_lock, handed_in, mark_pairs
from graders.collect import Collected, collect
from graders.exchange import inbound
from graders.mentor import MentorCourse
from graders.reply import Sent, send_standing

LOOK_SECONDS = 0.25
#: A file that has stood still this long and cannot be read never will be; collecting it says why.
GIVEN_UP_SECONDS = 5.0

Tell = Callable[[str], None]
Shape = tuple[int, int]


class _Arrived:
    """A folder of which only what has arrived whole is shown."""

    def __init__(self, folder: Path, whole: frozenset[Path]):
        self._folder, self._whole = folder, whole

    def glob(self, pattern: str) -> Iterator[Path]:
        return (path for path in self._folder.glob(pattern) if path in self._whole)


@dataclass(frozen=True)
class _CourseNow(MentorCourse):
    """The course as collecting may see it at this moment."""

    whole: frozenset[Path] = frozenset()

    @property
    def incoming(self) -> list:
        return [_Arrived(folder, self.whole) for folder in super().incoming]


class Watch:
    """What is remembered from one look to the next."""

    def __init__(self, course: MentorCourse, *, replies: bool = True, tell: Tell = print):
        self.course, self.replies, self.tell = course, replies, tell
        self._seen: dict[Path, tuple[Shape, float]] = {}
        self._exchange: frozenset[str] | None = None
        self._refused: set[str] = set()
        self._is_first = True

    def look(self) -> bool:
        """Look once; returns whether there was anything to do."""
        whole = self._whole()
        exchange = self._new_in_exchange()
        if not (whole or exchange or self._is_first):
            return False
        try:
            with course_lock(self.course):
                self._take(whole)
        except Timeout:
            # a marking run of the mentor's own has the course; what arrived is still there at the next look
            return False
        self._is_first, self._exchange = False, exchange if exchange is not None else self._exchange
        return True

    def _whole(self) -> frozenset[Path]:
        """Parcels that have arrived whole."""
        now, seen, whole = time.monotonic(), {}, set()
        for path, shape in self._shapes():
            before, since = self._seen.get(path, (None, now))
            since = since if before == shape else now
            seen[path] = (shape, since)
            if before == shape and (_is_readable(path) or now - since >= GIVEN_UP_SECONDS):
                whole.add(path)
        self._seen = seen
        return frozenset(whole)

    def _shapes(self) -> Iterator[tuple[Path, Shape]]:
        for folder in self.course.incoming:
            for path in folder.glob("*"):
                if path.suffix.lower() != ".zip" or path.name.startswith("."):
                    continue
                try:
                    status = path.lstat()
                except OSError:
                    continue
                yield path, (status.st_size, status.st_mtime_ns)

    def _new_in_exchange(self) -> frozenset[str] | None:
        """Names of what waits in nbgrader's exchange, when they are others than at the last look."""
        names = frozenset(name for name, _ in inbound(self.course))
        return names if names and names != self._exchange else None

    def _take(self, whole: frozenset[Path]) -> None:
        """Collect, mark and answer; the first time also what lay there before."""
        report = collect(_CourseNow(self.course.folder, self.course.card, whole))
        now_refused = {refused.words for refused in report.refused}
        for words in sorted(now_refused - self._refused):
            self.tell(f"not taken: {words}")
        # a good parcel that finds no room here is tried again at every look, and said once
        self._refused = now_refused
        pairs = handed_in(self.course) if self._is_first else _handed_in_now(report)
        if not pairs:
            return
        marked = mark_pairs(self.course, pairs)
        for pair, words in marked.faults.items():
            self.tell(f"not marked: {', '.join(pair)}: {words}")
        for pair in marked.done:
            self.tell(f"marked: {', '.join(pair)}")
        if self.replies:
            self._answer([each for each in marked.standings if (each.mentee, each.exercise) in set(marked.done)])

    def _answer(self, standings: list) -> None:
        report = Sent()
        send_standing(self.course, standings, report)
        for pair in report.sent:
            self.tell(f"reply sent: {', '.join(pair)}")
        for pair, words in report.faults.items():
            self.tell(f"no reply for {', '.join(pair)}: {words}")


def _handed_in_now(report: Collected) -> list[tuple[str, str]]:
    return sorted({(each.mentee, each.exercise) for each in report.taken if each.purpose == "hand-in"})


def _is_readable(path: Path) -> bool:
    """Whether a file holds a whole parcel; what it says is judged when it is collected."""
    if path.is_symlink():
        return True
    try:
        read_file(path)
    except (ContentError, OSError):
        return False
    return True


def watch(
    course: MentorCourse, *, replies: bool = True, tell: Tell = print, goes_on: Callable[[], bool] = lambda: True
) -> None:
    """Look until ``goes_on`` says no, or Ctrl-C.

    Parameters
    ----------
    replies : send the part of the reply that waits for nobody as soon as it is there
    tell : is given one line for each thing that was done
    """
    looker, trouble = Watch(course, replies=replies, tell=tell), ""
    try:
        while goes_on():
            try:
                looker.look()
                trouble = ""
            except (ContentError, OSError) as error:
                # a shared folder that is away comes back; it is said once, and tried on
                if str(error) != trouble:
                    trouble = str(error)
                    tell(trouble)
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        tell("Stopped. Whatever was under way is finished the next time.")
