"""What holds for every test: no setting of this machine leaks in, and a slow machine is no failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


#: Files that take minutes; begun last, one worker would be left alone with them.
LONGEST = (
    "tests/journeys/",
    "tests/faults/",
    "tests/graders/test_learners",
    "tests/flysolo/test_cli",
    "tests/flysolo/test_ui",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a file, and among the others, the order stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _nobodys_settings() -> Iterator[None]:
    """A course folder or content root named in this shell must not decide what the tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FLYSOLO_CONTENT", "FLYSOLO_COURSE", "FLYSOLO_KEYS", "QUERY_STRING"):
            patch.delenv(name, raising=False)
        yield
