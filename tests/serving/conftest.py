"""A supervisor whose parts leave no process behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.scripts import Watched


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    assert watched.processes() == []
