"""The handout holds all a mentee needs and nothing of the mentor's."""

from __future__ import annotations

import zipfile

import pytest

from graders.handout import make_handout
from graders.keys import KEYS


@pytest.fixture(scope="module")
def handout(tmp_path_factory) -> dict[str, bytes]:
    with zipfile.ZipFile(make_handout(tmp_path_factory.mktemp("handout"))) as archive:
        return {name.removeprefix("fly-solo/"): archive.read(name) for name in archive.namelist()}


def test_no_key_and_no_canary_is_in_the_handout(handout):
    canaries = [
        line.split('"')[1].encode()
        for path in KEYS.rglob("*.toml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("canary")
    ]
    assert len(canaries) >= 6
    assert not [name for name, data in handout.items() if any(canary in data for canary in canaries)]


def test_nothing_of_the_mentors_side_is_in_the_handout(handout):
    assert {name.split("/")[0] for name in handout} == {
        "README.md",
        "pyproject.toml",
        "flysolo",
        "curriculum",
        "exercises",
    }


def test_a_mentee_can_start_from_the_handout(handout):
    needed = {"flysolo/cli.py", "curriculum/course.toml", "exercises/01-why-a-throat-stays-open/cases.ipynb"}
    assert needed <= set(handout)
    assert any(name.startswith("flysolo/share/jupyter/voila/") for name in handout)
