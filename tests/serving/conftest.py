"""A supervisor whose parts leave no process behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.scripts import Observed


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Observed]:
    watched = Observed(tmp_path)
    yield watched
    assert watched.processes() == []
