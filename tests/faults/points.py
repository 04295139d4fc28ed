"""Counting what a process does to the disk, and ending it at the k-th thing: killed, or on a disk that is full.

It is armed in a forked child, which then carries out one activity. What counts as a point: opening for writing, writing
(before, in the middle, after), flushing to the disk, renaming, removing, making folders, each SQL statement and each
commit (before and after). A kill is SIGKILL, so nothing tidies up after it.
"""

from __future__ import annotations

import errno
import os
import pathlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError

#: Python's own names of what it is about to do, and which of the arguments are paths.
_AUDITED = {"os.rename": (0, 1), "os.remove": (0,), "os.mkdir": (0,), "os.rmdir": (0,), "os.chmod": (0,)}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass
class Points:
    """Counts points below ``root``; at number ``at`` it kills this process, or from there on the disk is full."""

    root: str
    at: int = 0
    is_full_disk: bool = False
    count: int = 0

    def pass_(self) -> None:
        """One point."""
        self.count += 1
        if not self.at or self.count < self.at:
            return
        if not self.is_full_disk:
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def pass_sql(self) -> None:
        """One point of the database, which has its own way of saying that the disk is full."""
        try:
            self.pass_()
        except OSError as error:
            raise OperationalError("write", None, Exception("database or disk is full")) from error

    def arm(self) -> None:
        """Begin to count; there is no way back, which is why this happens in a child."""
        sys.addaudithook(self._audit)
        os.fsync = _around(os.fsync, self.pass_)
        pathlib.Path.write_bytes = _in_halves(pathlib.Path.write_bytes, self)
        pathlib.Path.write_text = _in_halves(pathlib.Path.write_text, self)
        os.fdopen = _streams(os.fdopen, self)
        DefaultDialect.do_commit = _around(DefaultDialect.do_commit, self.pass_sql)
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "before_cursor_execute", self._statement)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else flags & _WRITING
            if writes and self._is_ours(path):
                self.pass_()
        elif self.is_full_disk and event in ("os.remove", "os.rmdir"):
            return  # taking things away needs no room
        elif event in _AUDITED and any(self._is_ours(args[n]) for n in _AUDITED[event]):
            self.pass_()

    def _statement(self, _connection, _cursor, statement: str, *_rest) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE", "CREATE"):
            self.pass_sql()

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(self.root)


def _around(real: Callable, point: Callable[[], None]) -> Callable:
    def guarded(*args, **kwargs):
        point()
        value = real(*args, **kwargs)
        point()
        return value

    return guarded


def _in_halves(real: Callable, points: Points) -> Callable:
    """Write half of it, then all of it, with a point between."""

    def guarded(path, data, *args, **kwargs):
        if not points._is_ours(path):
            return real(path, data, *args, **kwargs)
        real(path, data[: len(data) // 2], *args, **kwargs)
        points.pass_()
        return real(path, data, *args, **kwargs)

    return guarded


class _Halved:
    """A stream that hands its data on in two halves, with a point between."""

    def __init__(self, stream, points: Points):
        self._stream, self._points = stream, points

    def write(self, data) -> int:
        middle = len(data) // 2
        self._stream.write(data[:middle])
        self._stream.flush()
        self._points.pass_()
        self._stream.write(data[middle:])
        return len(data)

    def __enter__(self):
        self._stream.__enter__()
        return self

    def __exit__(self, *args):
        return self._stream.__exit__(*args)

    def __getattr__(self, name: str):
        return getattr(self._stream, name)


def _streams(real: Callable, points: Points) -> Callable:
    def guarded(descriptor, mode="r", *args, **kwargs):
        stream = real(descriptor, mode, *args, **kwargs)
        return _Halved(stream, points) if "w" in mode else stream

    return guarded
