"""Fuzzing with coverage as the guide: python -m tests.fuzz.with_atheris [READER ...] [--seconds 60] [--found FOLDER].

Not a test: it runs for as long as it is given. It needs the group “fuzz” (uv sync --group fuzz). Each reader runs in a
process of its own, from a corpus of real parcels and files; what brought a reader down lies in FOLDER afterwards, and
goes into tests/fuzz/test_readers.py as an example once it is mended.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def fuzz_one(name: str, folder: Path, seconds: int) -> None:
    """Fuzz one reader in this process; libFuzzer ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=["flysolo", "graders", "tomllib", "zipfile", "json"]):
        from tests.fuzz import readers

    corpus = folder / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for n, data in enumerate(readers.seeds(name)):
        (corpus / f"seed-{n}").write_bytes(data)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=8192",
        "-timeout=20",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], *options, f"-artifact_prefix={folder}/{name}-", str(corpus)],
        lambda data: bool(readers.read(name, data)) and None,
    )
    atheris.Fuzz()


def main() -> int:
    """Fuzz each reader for its share of the time; returns 1 when one was brought down."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("readers", nargs="*", metavar="READER", help="which readers; without it all")
    arguments.add_argument("--seconds", type=int, default=60, help="for each reader")
    arguments.add_argument("--found", type=Path, default=None, help="where to put what brought a reader down")
    arguments.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.here:
        # before anything of ours is imported, since only what is imported then is looked into
        fuzz_one(given.readers[0], given.found, given.seconds)
    from tests.fuzz.readers import READERS

    unknown = set(given.readers) - set(READERS)
    if unknown:
        arguments.error(f"no reader {', '.join(sorted(unknown))}; there are {', '.join(READERS)}")
    found = given.found or Path(tempfile.mkdtemp(prefix="flysolo-fuzz-"))
    return 1 if [name for name in given.readers or READERS if not _in_a_process(name, found, given.seconds)] else 0


def _in_a_process(name: str, found: Path, seconds: int) -> bool:
    """Fuzz one reader, and say how often it was run; returns whether it held."""
    found.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.with_atheris",
        name,
        "--here",
        f"--seconds={seconds}",
        f"--found={found}",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    covered = re.findall(r"cov: (\d+)", done.stderr)
    said = f"{int(runs.group(1)):,} runs" if runs else "no count"
    print(f"{name}: {said}, {covered[-1] if covered else '?'} places reached", flush=True)
    if done.returncode:
        (found / f"{name}.log").write_text(done.stderr, encoding="utf-8")
        print(f"  brought down; see {found}/{name}.log and what lies beside it", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
