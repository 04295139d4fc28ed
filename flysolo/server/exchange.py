"""Handing in through nbgrader's own exchange, where a course runs on a shared server that has one.

What is submitted is a notebook as it was handed out and the answers that a hand-in holds: hints, places and practice
stay in the course folder, as they do with every other way of handing in.
"""

from __future__ import annotations

import os
import tempfile
from copy import deepcopy
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config, JSONFileConfigLoader, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound

from flysolo.answers import dump
from flysolo.course import Course
from flysolo.files import write_whole
from flysolo.handin import ANSWERS, HandIn
from flysolo.places import content_root

#: Where the server notes the Jupyter settings folder of the person who started it, since it uses one of its own.
OWN_CONFIG = "FLYSOLO_JUPYTER_CONFIG"
DEFAULT_ROOT = Path("/usr/local/share/nbgrader/exchange")
NOTEBOOK = "cases.ipynb"


def exchange_config(course: Course) -> Config | None:
    """nbgrader's settings when they name a course and an exchange; None where hand-ins go another way.

    Settings that cannot be read count as none: a hand-in must not hang on them.
    """
    if os.name == "nt":  # the exchange is a folder with Unix rights
        return None
    own = [os.environ[OWN_CONFIG]] if os.environ.get(OWN_CONFIG) else []
    config = Config()
    for folder in reversed([str(course.folder), *own, *jupyter_config_path()]):
        for loader, name in (
            (PyFileConfigLoader, "nbgrader_config.py"),
            (JSONFileConfigLoader, "nbgrader_config.json"),
        ):
            try:
                config.merge(loader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
            except Exception:  # settings are somebody's own code: anything may go amiss in it
                return None
    return config if _names_an_exchange(config) else None


def _names_an_exchange(config: Config) -> bool:
    course_id = str(config.CourseDirectory.get("course_id") or "")
    named = config.Exchange.get("root") or config.ExchangeFactory.get("submit")
    return bool(course_id) and bool(named or (DEFAULT_ROOT / course_id / "inbound").is_dir())


def submit(course: Course, exercise: str, hand_in: HandIn, config: Config) -> bool:
    """Submit one hand-in through the exchange; False when it refuses or cannot be reached."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeFactory

    with tempfile.TemporaryDirectory(prefix="flysolo-") as name:
        _set_out(exercise, hand_in, Path(name) / exercise)
        config = deepcopy(config)
        config.Exchange.assignment_dir = name
        config.Exchange.path_includes_course = False
        config.CourseDirectory.root = name
        config.CourseDirectory.assignment_id = exercise
        config.CourseDirectory.student_id = course.card.mentee
        factory = ExchangeFactory(config=config)
        try:
            directory = CourseDirectory(config=config)
            factory.Submit(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()
        except Exception:  # an exchange is a plug-in: it may be away, full, closed, or refuse in its own way
            return False
    return True


def _set_out(exercise: str, hand_in: HandIn, folder: Path) -> None:
    """Lay out what is submitted; the notebook is what nbgrader looks for, the answers are what is marked.

    It is the notebook as it was handed out: the mentee's own copy may hold notes and scratch work, which are theirs.
    """
    notebook = content_root() / "exercises" / exercise / NOTEBOOK
    write_whole(folder / NOTEBOOK, notebook.read_text(encoding="utf-8"))
    write_whole(folder / ANSWERS, dump(hand_in.book.header, hand_in.book.events))
