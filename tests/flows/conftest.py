"""The contractors and clerks that most tests of the flows ask for."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.flows.time_cards import last_week_open
from tests.world.ar_clerk import ArClerk, ar_clerk_at_work
from tests.world.buyer import Buyer
from tests.world.contractor import (
    Contractor,
    begun_contractor,
    build_contractor,
    empty_contractor,
)
from tests.world.timekeeper import Timekeeper

FEW = World(
    companies=4, vendors=1, linked_companies=0, locations=4, jobs=8, template_phases=1, old_customers=0,
    technicians=1, salespeople=1, offices=1,
)  # fmt: skip


@pytest.fixture
def buyer(sandbox: Sandbox, tmp_path: Path) -> Iterator[Buyer]:
    """Eight jobs; whatever waits is asked for again in the next round."""
    with closing(begun_contractor(sandbox, tmp_path, FEW, with_numbered_jobs)) as few:
        yield Buyer.of(few)


def with_numbered_jobs(few: Contractor) -> None:
    few.retry_at_once()
    few.round()


@pytest.fixture
def small_contractor(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    """Ten companies, fourteen locations, twenty jobs, a template of three phases."""
    with closing(build_contractor(sandbox, tmp_path)) as contractor:
        yield contractor


@pytest.fixture
def contractor(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    """Nothing but one office and a template of two phases."""
    with empty_contractor(running_sandbox, tmp_path) as contractor:
        yield contractor


@pytest.fixture(scope="module")
def module_ar_clerk(
    running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArClerk]:
    """One tiny contractor for a module; tests ask for `ar_clerk`."""
    with ar_clerk_at_work(running_sandbox, tmp_path_factory.mktemp("ar_clerk")) as clerk:
        yield clerk


@pytest.fixture
def ar_clerk(module_ar_clerk: ArClerk) -> Iterator[ArClerk]:
    """The tiny contractor with no fault, no call and no setting that a test before left behind; its
    invoices stay.
    """
    module_ar_clerk.reset()
    yield module_ar_clerk
    module_ar_clerk.reset()


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Iterator[Timekeeper]:
    """One technician and last week's time, still open."""
    with closing(last_week_open(sandbox, tmp_path)) as timekeeper:
        yield timekeeper
