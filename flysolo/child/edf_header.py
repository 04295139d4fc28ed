"""The header of an EDF file, read byte by byte before anything else is, so that each fault can be named.

A reader library says only that it cannot open a file. A mentor needs to know whether the file is no EDF at all, was cut
off on its way, or carries a child's name; all three can be told from the first bytes and the file's length.

Layout: the EDF+ specification of Kemp and Olivan, 2003 (ASCII fields: 256 bytes for the file, 256 per signal).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from flysolo.problems import ContentError, Problem

FIXED = 256
PATIENT, RECORDING, DATE = slice(8, 88), slice(88, 168), slice(168, 184)
NOBODY = "X X X X"
ANONYMOUS_DATE = "01.01.8500.00.00"  # the first day that EDF's two-digit years can mean
ANNOTATIONS = "EDF Annotations"
_SIGNAL_WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
_BLANK_WORDS = frozenset(
    {"", "x", "m", "f", "male", "female", "anonymous", "anonymized", "unknown", "none", "deidentified"}
)
# A study number such as S-0123. Longer runs of digits may be a hospital's number for a patient, or a birth date.
_STUDY_NUMBER = re.compile(r"[A-Za-z]{0,4}[-_]?\d{1,4}")
_NIGHT_DATE = re.compile(r"startdate|x|\d{2}-[a-z]{3}-\d{4}", re.IGNORECASE)


@dataclass(frozen=True)
class Signal:
    """One signal as the header describes it."""

    label: str
    unit: str
    physical_low: float
    physical_high: float
    samples_per_record: int


@dataclass(frozen=True)
class EdfHeader:
    """What the header says of the file, checked against the file's length; `plus`: EDF+, else the older EDF."""

    signals: tuple[Signal, ...]
    records: int
    record_s: float
    plus: bool

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return self.records * self.record_s


def read_header(path: Path) -> EdfHeader:
    """Read and check the header, or refuse the file in four parts; nothing about a person is kept or repeated."""
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(FIXED)
            count = count_of_signals(name, start)
            rest = stream.read(FIXED * count)
    except OSError as error:
        raise refusal(name, "", error.strerror or "no file", "a file that can be read", "Check its place.") from None
    if len(rest) < FIXED * count:
        raise refusal(name, "header", f"{len(rest)} of {FIXED * count} bytes", "a whole header", _COPY_AGAIN)
    check_nobody(name, start)
    signals = _signals(name, rest, count)
    return _checked_length(name, start, signals, size)


def check_nobody(name: str, start: bytes) -> None:
    """Refuse a header in which a name, a birth date or a patient's number may stand."""
    found = []
    if any(not _tells_nobody(word) for word in _text(start[PATIENT]).split()):
        found.append("patient")
    words = _text(start[RECORDING]).split()
    if words[:1] == ["Startdate"]:  # EDF+: Startdate, date, number, technician, equipment
        told = [*words[2:4]]
        if any(not _tells_nobody(word) for word in told):
            found.append("recording")
    elif any(not _tells_nobody(word) and not _NIGHT_DATE.fullmatch(word) for word in words):
        found.append("recording")
    if found:
        raise refusal(
            name,
            " and ".join(f"header field {field!r}" for field in found),
            "words that may be a name, a birth date or a patient's number (not repeated here)",
            f"nothing about a person: {NOBODY!r} in the patient field, no number and no technician in the other",
            "Export the night again from the recorder's software with names and dates left out, or write a clean copy "
            "with flysolo.child.edf.without_identity; look through its annotations as well.",
        )


def refusal(file: str, field: str, found: object, rule: str, next_step: str) -> ContentError:
    """One problem of a file, ready to raise."""
    return ContentError([Problem(file, field, str(found), rule, next_step)])


_COPY_AGAIN = "Copy the file again from where it was recorded, or export it again."
_NOT_EDF = "Export the night as EDF or EDF+ from the recorder's software and load that file."


def _tells_nobody(word: str) -> bool:
    return word.strip("_-").lower() in _BLANK_WORDS or bool(_STUDY_NUMBER.fullmatch(word))


def _text(field: bytes) -> str:
    return field.decode("ascii", errors="replace").strip()


def count_of_signals(name: str, start: bytes) -> int:
    if not start:
        raise refusal(name, "", "an empty file", "an EDF or EDF+ file", _NOT_EDF)
    if len(start) < FIXED or start[:8] != b"0       ":
        kind = "a BDF file" if start[:1] == b"\xff" else "bytes that do not begin as EDF does"
        raise refusal(name, "", kind, "an EDF or EDF+ file", _NOT_EDF)
    if _text(start[192:236]).startswith("EDF+D"):
        step = "Export the night in one piece (EDF+C)."
        raise refusal(name, "header", "EDF+D: a recording with gaps", "one unbroken recording", step)
    count = _number(name, "number of signals", start[252:256], 1, 4096)
    return int(count)


def _number(name: str, field: str, raw: bytes, low: float, high: float) -> float:
    try:
        value = float(_text(raw))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and low <= value <= high):
        rule = f"a number from {low:g} to {high:g}"
        raise refusal(name, f"header field {field!r}", repr(_text(raw)), rule, "Export the file again.")
    return value


def _signals(name: str, rest: bytes, count: int) -> tuple[Signal, ...]:
    columns, at = [], 0
    for width in _SIGNAL_WIDTHS:
        columns.append([rest[at + i * width : at + (i + 1) * width] for i in range(count)])
        at += width * count
    return tuple(_signal(name, row) for row in zip(*columns, strict=True))


def _signal(name: str, row: tuple[bytes, ...]) -> Signal:
    label = _text(row[0])
    where = f"channel {label!r}, "
    low = _number(name, where + "physical minimum", row[3], -1e8, 1e8)
    high = _number(name, where + "physical maximum", row[4], -1e8, 1e8)
    per_record = _number(name, where + "samples in a record", row[8], 1, 1e7)
    if low == high and label != ANNOTATIONS:
        rule = "a lowest and a highest value that differ"
        raise refusal(name, f"channel {label!r}", f"both are {low:g}", rule, "Export the file again.")
    return Signal(label, _text(row[2]), low, high, int(per_record))


def _checked_length(name: str, start: bytes, signals: tuple[Signal, ...], size: int) -> EdfHeader:
    records = int(_number(name, "number of records", start[236:244], -1, 1e8))
    record_s = _number(name, "length of a record", start[244:252], 0, 3600)
    if records == -1:
        rule = "a recording that was ended"
        raise refusal(name, "number of records", "-1: never closed", rule, "End the recording, then export it again.")
    if records == 0 or record_s == 0:
        raise refusal(name, "", "an empty night: no records", "a recording of a night", "Load another file.")
    per_record = 2 * sum(signal.samples_per_record for signal in signals)
    held = (size - FIXED * (1 + len(signals))) / per_record
    if held != records:
        what = "cut off" if held < records else "longer than its header says"
        found = f"{what}: {held:.1f} of {records} records"
        raise refusal(name, "length of the file", found, "as many records as the header says", _COPY_AGAIN)
    return EdfHeader(signals, records, record_s, _text(start[192:236]).startswith("EDF+"))
