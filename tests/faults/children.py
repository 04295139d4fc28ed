"""Doing something in a forked child of this warm process: imports are paid once, and each child is as good as new."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any


class ChildError(AssertionError):
    """What went on in a child that should have gone well."""


def run(work: Callable[[], Any]) -> tuple[str, Any]:
    """Do ``work`` in a child; returns ("done", its value), ("raised", words), or ("killed", None)."""
    return wait(*start(work))


def start(work: Callable[[], Any]) -> tuple[int, int]:
    """Begin ``work`` in a child; returns its id and where its result is read."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        result = ("done", work())
    except BaseException as error:
        result = ("raised", (type(error).__name__, "".join(traceback.format_exception(error))))
    # not os.fdopen, which may be armed by now
    with open(writing, "wb") as stream:  # noqa: PTH123 a descriptor has no path
        pickle.dump(result, stream)
    os._exit(0)


def wait(child: int, reading: int) -> tuple[str, Any]:
    """The result of a child, once it has ended."""
    with os.fdopen(reading, "rb") as stream:
        data = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return "killed", None
    return pickle.loads(data)


def well(work: Callable[[], Any]) -> Any:
    """The value of ``work`` done in a child; raises ChildError when it did not go well."""
    how, value = run(work)
    if how != "done":
        raise ChildError(f"{how}: {value[1] if value else ''}")
    return value
