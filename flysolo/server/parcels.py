"""Parcels in the course folder: everything that was made for the mentor, read again from the files themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from flysolo.answers import NotSaved
from flysolo.course import Course
from flysolo.files import write_bytes_whole, write_whole
from flysolo.handin import HandIn, Purpose, file_name, read_file
from flysolo.problems import ContentError

Where = Literal["drop", "file", "exchange"]
SENT = "sent.txt"


@dataclass(frozen=True)
class Parcel:
    """A parcel that was made before, and whether it is known to have reached a place where the mentor looks."""

    path: Path
    hand_in: HandIn
    sent: Where | None

    @property
    def made_at(self) -> str:
        """When it was made."""
        return self.hand_in.manifest.made_at

    @property
    def order(self) -> tuple[int, str]:
        """Answers only ever grow, so their number says more than a clock that may have been set back."""
        return max((event.n for event in self.hand_in.book.events), default=0), self.made_at


def folder_of(course: Course) -> Path:
    """Where everything that was made for the mentor is kept."""
    return course.folder / "hand-ins"


def parcels(course: Course, exercise: str, purpose: Purpose | None = None) -> list[Parcel]:
    """Parcels of one exercise, oldest first; a file that cannot be read is left out here and stays where it is."""
    sent = _sent(course)
    found = []
    for path in folder_of(course).glob("*.zip"):
        stat = path.stat()
        hand_in = _read(path, stat.st_mtime_ns, stat.st_size)
        manifest = hand_in.manifest if hand_in else None
        mine = manifest and (manifest.mentee, manifest.exercise) == (course.card.mentee, exercise)
        if mine and purpose in (None, manifest.purpose):
            found.append(Parcel(path, hand_in, sent.get(path.name)))
    return sorted(found, key=lambda parcel: parcel.order)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, _size: int) -> HandIn | None:
    try:
        return read_file(path)
    except (ContentError, OSError):
        return None


def keep(course: Course, made: HandIn) -> Path:
    """Keep a parcel in the course folder; raises NotSaved with words for the mentee when that cannot be done."""
    path = folder_of(course) / file_name(made.book.header, made.manifest.purpose, made.manifest.made_at)
    try:
        write_bytes_whole(path, made.original)
    except OSError as error:
        raise NotSaved(
            f"This computer did not let the course write the file ({error.strerror}). Every answer is kept as it was. "
            "Make some room on the disk, or check that the course folder may be written to, then press again."
        ) from error
    return path


def drop(course: Course, path: Path) -> bool:
    """Copy a parcel into the shared folder; a folder that is away is never made anew in its place."""
    if not (course.drop and course.drop.is_dir()):
        return False
    try:
        write_bytes_whole(course.drop / "to-mentor" / path.name, path.read_bytes())
    except OSError:
        return False
    note_sent(course, path.name, "drop")
    return True


def _sent(course: Course) -> dict[str, Where]:
    """Parcels known to have reached the mentor's side, which takes them out of the shared folder again."""
    path = folder_of(course) / SENT
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def note_sent(course: Course, name: str, where: Where) -> None:
    """Remember that a parcel reached a place where the mentor looks."""
    known = _sent(course) | {name: where}
    write_whole(folder_of(course) / SENT, "".join(f"{key}\t{value}\n" for key, value in known.items()))
