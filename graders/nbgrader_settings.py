"""nbgrader's settings for a mentor's course; its ``nbgrader_config.py`` calls ``configure``.

Classes are named by import path, since that is how formgrader can print the settings it runs with.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from traitlets.config import Config

from flysolo.files import read_json, write_whole
from flysolo.handin import ANSWERS
from graders.build import WORDS_STUB
from graders.mentor import CHECKOUT, CONFIG_FILE, MENTOR_FILE

#: As nbgrader's own, with marking in the place of running, and grades that know their words.
AUTOGRADE = [
    "graders.preprocess.MarkAnswers",
    "nbgrader.preprocessors.LimitOutput",
    "graders.preprocess.SaveMarks",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
FEEDBACK = ["nbgrader.preprocessors.GetGrades", "graders.reply.GatherReply"]


def configure(c: Config, folder: Path | None = None) -> None:
    """Set nbgrader up to mark answers as data and to write replies.

    Parameters
    ----------
    folder : the mentor's course folder; without it nbgrader uses the folder it is started in
    """
    c.Autograde.autograde_preprocessors = AUTOGRADE
    c.GenerateFeedback.preprocessors = FEEDBACK
    c.GenerateFeedback.exporter_class = "graders.reply.ReplyExporter"
    # nbgrader's own stub raises NotImplementedError, which would meet a mentee as a traceback
    c.ClearSolutions.code_stub = {"python": "pass"}
    c.ClearSolutions.text_stub = WORDS_STUB
    _let_alembic_be_found()
    if folder is None:
        return
    folder = Path(folder).resolve()
    c.CourseDirectory.root = str(folder)
    course = read_json(folder / MENTOR_FILE).get("course", "")
    if re.fullmatch(r"[A-Za-z0-9_-]+", course):
        c.CourseDirectory.course_id = course
    # a file of the same name in source would take the place of the answers
    assignments = [path.name for path in (folder / "source").glob("*") if path.is_dir()]
    c.Autograde.exclude_overwriting = {name: [ANSWERS] for name in assignments}


def _let_alembic_be_found() -> None:
    """Put this environment's programs on the path: nbgrader runs ``alembic`` by name when it makes a gradebook."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


_BEGIN, _END = "# fly solo: begin (written anew by “python -m graders course”)", "# fly solo: end"
_CONFIG = """{begin}
import sys
from pathlib import Path

if {checkout!r} not in sys.path:
    sys.path.append({checkout!r})
from graders.nbgrader_settings import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821 - traitlets gives get_config
{end}
"""


def write_config(folder: Path) -> None:
    """Write our part of ``nbgrader_config.py``; what a mentor added around it (an exchange, PostgreSQL) stays."""
    path = folder / CONFIG_FILE
    ours = _CONFIG.format(begin=_BEGIN, end=_END, checkout=str(CHECKOUT))
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if _BEGIN in text and _END in text:
        before, _, rest = text.partition(_BEGIN)
        text = before + ours.rstrip("\n") + rest.partition(_END)[2]
    else:
        text = ours + ("\n" + text if text else "\n# your own settings\nc = get_config()  # noqa: F821\n")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text)
