"""The place of all histories."""

from collections.abc import Iterator

import pytest
import stamina

from tests.histories.place import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One door and one base world; every history of a session begins there."""
    made = Place(tmp_path_factory.mktemp("histories"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def reads_are_tried_twice_without_a_pause() -> Iterator[None]:
    """For the whole test: two workers that each set it and put it back would leave it set for all
    tests after them.
    """
    with stamina.set_testing(True, attempts=2, cap=True):
        yield
