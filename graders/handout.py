"""The handout: everything a mentee needs, and nothing of the mentor's, as one zip.

It is built by a list of what may go, never by a list of what may not, so that a new file stays home until somebody
decides otherwise. The keys' canaries let a test search it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flysolo.files import write_bytes_whole
from flysolo.handin import zip_parts
from flysolo.places import content_root

#: What may go, as patterns under the content root. Drafts are in none of them.
ALLOWED = (
    "README.md",
    "pyproject.toml",
    "flysolo/**/*.py",
    "flysolo/**/*.js",
    "flysolo/**/*.css",
    "flysolo/**/*.html",
    "flysolo/**/*.j2",
    "flysolo/**/*.json",
    "curriculum/*.toml",
    "curriculum/CLINICAL_REVIEW.md",
    "curriculum/evidence/**/*.json",
    "curriculum/evidence/**/*.yaml",
    "curriculum/*/lesson.md",
    "curriculum/*/lesson.toml",
    "curriculum/*/needs.toml",
    "curriculum/*/lesson.ipynb",
    "exercises/*/cases.ipynb",
    "exercises/*/families/*.toml",
)


def files(root: Path | None = None) -> Iterator[Path]:
    """Files of the handout, relative to the content root, each once, in order."""
    root = root or content_root()
    found = {path for pattern in ALLOWED for path in root.glob(pattern) if path.is_file()}
    hidden = {path for path in found if any(part.startswith(".") for part in path.relative_to(root).parts)}
    yield from sorted(path.relative_to(root) for path in found - hidden)


def make_handout(target: Path, root: Path | None = None) -> Path:
    """Write the handout to ``target`` (a folder gets ``fly-solo.zip``) and return the file."""
    root = root or content_root()
    target = target / "fly-solo.zip" if target.is_dir() else target
    parts = {f"fly-solo/{path.as_posix()}": (root / path).read_bytes() for path in files(root)}
    write_bytes_whole(target, zip_parts(parts))
    return target
