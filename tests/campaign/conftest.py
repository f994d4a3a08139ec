"""The places of the campaign's tests, and the product's threads in order."""

import logging
import sys
from collections.abc import Iterator

import pytest

from tests.campaign.first_version import FirstVersionPlace
from tests.campaign.in_order import in_order
from tests.histories.conftest import place, reads_are_tried_twice_without_a_pause

__all__ = ["first_version", "place", "reads_are_tried_twice_without_a_pause"]


@pytest.fixture(scope="session")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstVersionPlace]:
    """The systems and the ledger of the first version."""
    made = FirstVersionPlace(tmp_path_factory.mktemp("first-version"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def threads_take_turns() -> Iterator[None]:
    """So that a history is the same each time."""
    with in_order():
        yield


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """A campaign logs nothing in its processes; others in this one want to see what is logged."""
    level, hook = logging.root.manager.disable, sys.unraisablehook
    yield
    logging.disable(level)
    sys.unraisablehook = hook
