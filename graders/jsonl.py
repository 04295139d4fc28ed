"""Notes of the desk, one a line: added whole or not at all, and read line by line, so that no line harms another."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from filelock import FileLock
from pydantic import BaseModel, ValidationError

from flysolo.files import write_whole

Entry = TypeVar("Entry", bound=BaseModel)


def append(path: Path, entry: BaseModel) -> int:
    """Add one entry and return its line number; what stands there is copied as it is, also what cannot be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=10):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        before += "\n" if before and not before.endswith("\n") else ""
        write_whole(path, before + entry.model_dump_json() + "\n")
    return before.count("\n") + 1


def read(path: Path, kind: type[Entry]) -> list[Entry]:
    """Every entry that can be read, oldest first; a line that cannot be is left where it is and skipped."""
    found = []
    for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else ():
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError:
            continue
    return found
