"""The evidence library: each file reads, each finding names a paper that is there."""

from __future__ import annotations

from collections.abc import Iterator

from flysolo.problems import Problem


def read_findings(root, tray):
    return None


def check(content) -> Iterator[Problem]:
    return iter(())
