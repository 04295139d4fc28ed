"""What a mentee installs holds the library alone: no key, no lesson, no case, no mentor's code."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from graders.check.leaks import CANARY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """The wheel as it would be published."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = shutil.which("uv")
    assert uv, "uv is needed to build the wheel; README.md says how to get it"
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", str(folder)], cwd=ROOT, check=True, timeout=300)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_library_alone(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"flysolo"}


def test_no_canary_is_in_the_wheel(wheel):
    leaks = [name for name in wheel.namelist() if re.search(CANARY.pattern.encode(), wheel.read(name))]
    assert leaks == []


def test_the_wheel_holds_every_file_of_the_library(wheel):
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "flysolo").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert not files - set(wheel.namelist())
