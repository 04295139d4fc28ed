"""Reading and writing small text files so that nothing is ever half there.

A file is replaced whole: the new text is written beside it, flushed to the disk, then renamed over the old one. A
crash or a full disk at any instant leaves either the old text or the new one.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from flysolo.problems import ContentError, Problem


def write_whole(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` (UTF-8), whole or not at all; raises OSError with the old file untouched."""
    write_bytes_whole(path, text.encode("utf-8"))


def write_bytes_whole(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, whole or not at all; raises OSError with the old file untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; a mentor's collect may run under another account
        temporary.chmod(0o644)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def decode(data: bytes, name: str) -> str:
    """Text of a file that should be UTF-8; a byte order mark and UTF-16 from an editor are honest accidents."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, encoding, name)
    return _decode_as(data, "utf-8", name)


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ContentError(
            [
                Problem(
                    name,
                    f"byte {error.start}",
                    f"a byte that is not {encoding.upper()} text (0x{data[error.start]:02x})",
                    "text files of the course are saved as UTF-8",
                    "open the file in an editor and save it again with the encoding UTF-8",
                )
            ]
        ) from None


def read_text(path: Path, name: str | None = None) -> str:
    """Text of ``path``; a missing or unreadable file becomes a four-part error."""
    name = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContentError(
            [
                Problem(
                    name,
                    "",
                    f"it cannot be read ({error.strerror})",
                    "the file exists and may be read",
                    "check its name and place, and whether another program holds it",
                )
            ]
        ) from None
    return decode(data, name)


def read_toml(path: Path, name: str | None = None) -> dict[str, Any]:
    """A TOML file as a dict; what cannot be parsed becomes a four-part error with the line."""
    name = name or path.name
    try:
        return tomllib.loads(read_text(path, name))
    except (ValueError, RecursionError) as error:
        # besides TOML's own: a number of thousands of digits, brackets nested without end
        raise ContentError(
            [
                Problem(
                    name,
                    "",
                    f"it stops being TOML: {str(error)[:200]}",
                    "content files are whole TOML files",
                    "look at that line: a quote or bracket is open, or the file was cut short",
                )
            ]
        ) from None


def read_json(path: Path, name: str | None = None) -> Any:
    """A JSON file; what cannot be parsed becomes a four-part error with the line."""
    return parse_json(read_text(path, name), name or path.name)


def parse_json(text: str, name: str) -> Any:
    """JSON text as Python values; deep nesting and cut-off text become four-part errors."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        # a number of thousands of digits is a ValueError of Python's own
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        too_deep = "nested too deeply" if isinstance(error, RecursionError) else "a number too long to read"
        what = error.msg if isinstance(error, json.JSONDecodeError) else too_deep
        raise ContentError(
            [
                Problem(
                    name,
                    where,
                    f"it stops being JSON there ({what})",
                    "the file is written by the course and is whole",
                    "use the copy that was sent first, or ask for it to be sent again",
                )
            ]
        ) from None
