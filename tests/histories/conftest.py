"""The place of all histories."""

from collections.abc import Iterator

import pytest

from tests.histories.place import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One door and one base world; every history of a session begins there."""
    made = Place(tmp_path_factory.mktemp("histories"))
    yield made
    made.close()
