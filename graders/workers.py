"""Processes that mark beside each other, one a core; each is a fresh Python that knows the course and nothing else.

They are started by their own command and talk through their standard input and output, so that it does not matter
what started the batch (a command, the desk, a notebook), and a worker whose parent is gone reads the end of its input
and ends too.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flysolo.problems import ContentError
from graders.direct import Ready, Task, UpToDate, prepare
from graders.mentor import CHECKOUT, MentorCourse, open_mentor_course
from graders.sanitized import Sanitized

#: Below this many hand-ins a worker, starting it takes longer than it saves.
WORTH_A_WORKER = 25


@dataclass(frozen=True)
class Fault:
    """One hand-in that could not be made ready: words for the mentor, and a log when the fault is ours."""

    task: Task
    words: str
    log: str = ""


Result = Ready | UpToDate | Fault


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def made_ready(course: MentorCourse, base: Sanitized, task: Task) -> Result:
    """Make one hand-in ready; what stands in the way becomes a fault, and never stops another hand-in."""
    try:
        return prepare(course, base, task)
    except (ContentError, OSError) as error:
        return Fault(task, str(error))
    except Exception:
        return Fault(task, "", traceback.format_exc())


def results(
    course: MentorCourse, bases: dict[str, Sanitized], tasks: list[Task], workers: int | None = None
) -> Iterator[Result]:
    """Each task's result, in the order in which they are ready.

    Parameters
    ----------
    workers : how many processes; without it one a core, and none besides this one where that is not worth it
    """
    wanted = workers or min(cores(), max(1, len(tasks) // WORTH_A_WORKER))
    if wanted <= 1:
        yield from (made_ready(course, bases[task.exercise], task) for task in tasks)
        return
    with Pool(course.folder, bases, min(wanted, len(tasks) or 1)) as pool:
        yield from pool.run(tasks)


class Pool:
    """Some workers, and a thread for each that hands it one task after another."""

    def __init__(self, folder: Path, bases: dict[str, Sanitized], count: int):
        self.peaks_mib: list[float] = []
        self._given = (folder, bases)
        self._closed = False
        self._processes = [_started() for _ in range(count)]

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_) -> None:
        self._closed = True
        for process in self._processes:
            _end(process)

    def run(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """Each task's result, in the order in which they are ready."""
        waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
        done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        count = 0
        for task in tasks:
            waiting.put(task)
            count += 1
        for process in self._processes:
            threading.Thread(target=self._feed, args=(process, waiting, done), daemon=True).start()
        for _ in range(count):
            yield done.get()

    def _feed(self, process: subprocess.Popen, waiting: queue.SimpleQueue, done: queue.SimpleQueue) -> None:
        """Give one worker tasks until none is left; a worker that dies takes down only the task it was at."""
        given: list[Any] = [self._given]
        while not self._closed:
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                for each in (*given, task):
                    _send(process.stdin, each)
                given.clear()
                result, peak = _receive(process.stdout)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                if self._closed:
                    return
                done.put(Fault(task, "", "RuntimeError: the process that marked it ended early; run the marking again"))
                process, given = self._replace(process), [self._given]
                continue
            self.peaks_mib.append(peak)
            done.put(result)

    def _replace(self, dead: subprocess.Popen) -> subprocess.Popen:
        _end(dead)
        place = self._processes.index(dead)
        self._processes[place] = _started()
        return self._processes[place]


def _started() -> subprocess.Popen:
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); from graders.workers import serve; serve()"
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        # what was still to be written has no reader any more
        with contextlib.suppress(OSError):
            stream.close()


def _send(stream: BinaryIO, value: Any) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _receive(stream: BinaryIO) -> Any:
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    data = stream.read(int.from_bytes(head, "big"))
    return pickle.loads(data)


def peak_mib() -> float:
    """The most memory that this process has held, in MiB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():
        # what the resource module says here would be the parent's, from the instant of the fork
        found = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(found[0]) / 1024 if found else 0.0
    if sys.platform == "win32":
        return 0.0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def serve() -> None:
    """A worker's whole life: read the course, then one task after another until the input ends."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # whatever a library prints must not get into the answers
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        folder, bases = _receive(source)
        course = open_mentor_course(folder)
        while True:
            task = _receive(source)
            _send(target, (made_ready(course, bases[task.exercise], task), peak_mib()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
