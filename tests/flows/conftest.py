"""The small contractor that most tests of the flows run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.flows.buyer import Buyer
from tests.flows.contractor import Contractor, contractor
from tests.flows.desk import Desk, open_desk
from tests.flows.little import Little, little_world

FEW = World(
    companies=4, vendors=1, linked_companies=0, locations=4, jobs=8, template_phases=1, old_customers=0,
    technicians=1, salespeople=1, offices=1,
)  # fmt: skip


@pytest.fixture
def buyer(sandbox: Sandbox, tmp_path: Path) -> Buyer:
    """Eight jobs; whatever waits is asked for again in the next round."""
    few = contractor(sandbox, tmp_path, FEW)
    few.overrides["pace"] = {
        "retry_held_after_seconds": 0.001,
        "retry_rejected_after_seconds": 0.001,
    }
    return Buyer.of(few)


@pytest.fixture
def small(sandbox: Sandbox, tmp_path: Path) -> Iterator[Contractor]:
    """Ten companies, fourteen locations, twenty jobs, a template of three phases."""
    yield contractor(sandbox, tmp_path)


@pytest.fixture
def little(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Little]:
    """Nothing but one office and a template of two phases."""
    with little_world(running_sandbox, tmp_path) as little:
        yield little


@pytest.fixture(scope="module")
def open_office(
    running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One tiny contractor for a module; tests ask for `desk`."""
    with open_desk(running_sandbox, tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture
def desk(open_office: Desk) -> Iterator[Desk]:
    """The tiny contractor with no fault, no call and no setting that a test before left behind; its
    invoices stay.
    """
    open_office.freshen()
    yield open_office
    open_office.freshen()
