"""Where things lie: the content that ships, and the course folder that holds one person's work.

Content is read-only and sits in the checkout (or in an unpacked handout). Work is personal data and always sits in a
course folder outside the checkout, marked by ``course.json``.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import platformdirs

from flysolo.problems import ContentError, Problem

COURSE_FILE = "course.json"


def content_root() -> Path:
    """Folder that holds ``curriculum/`` and ``exercises/``.

    ``FLYSOLO_CONTENT`` wins; otherwise the folder above this package (a checkout or a handout).
    """
    return _checked(os.environ.get("FLYSOLO_CONTENT", ""))


#: The folder above this package; asked for hundreds of times on one page, and it does not move.
_ABOVE = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=64)
def _checked(named: str) -> Path:
    """The content folder, once it was seen to be one; a folder that is none is looked at anew each time."""
    root = Path(named) if named else _ABOVE
    if not (root / "curriculum").is_dir():
        raise ContentError(
            [
                Problem(
                    str(root),
                    "",
                    "no folder “curriculum” here",
                    "the course content lies beside the library, or where FLYSOLO_CONTENT points",
                    "run the command from a complete copy of the course, or set FLYSOLO_CONTENT to one",
                )
            ]
        )
    return root


def default_course_folder() -> Path:
    """Where ``flysolo start`` keeps a mentee's work when nobody says otherwise."""
    named = os.environ.get("FLYSOLO_COURSE")
    return Path(named) if named else Path(platformdirs.user_documents_dir()) / "Fly Solo"


def find_course_folder(start: Path | None = None) -> Path | None:
    """Course folder that contains ``start`` (default: where the kernel runs), or None outside any."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / COURSE_FILE).is_file():
            return folder
    return None
