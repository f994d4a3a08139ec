"""One filled pair of stand-ins for all tests that only read it."""

from collections.abc import Iterator

import pytest

from st_spectrum.record.reading import Reading, read_systems
from tests.record.worlds import Installation, installation


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Filled; nobody changes it."""
    with installation(tmp_path_factory.mktemp("recorded")) as found:
        yield found


@pytest.fixture(scope="session")
def reading(world: Installation) -> Reading:
    """All that a recorder reads of it."""
    return read_systems(world.account)
