"""The small world that is killed again and again: made once for a file, copied for each kill."""

from __future__ import annotations

import pytest

from tests.faults.world import made


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with made(tmp_path_factory.mktemp("faults")) as found:
        yield found
