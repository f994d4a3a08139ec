"""A small contractor's month that has crossed, and hands that edit behind everybody's back."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.reconcile.planting import Month
from tests.world.contractor import build_contractor

SMALL = World(
    offices=1, service_lines=2, technicians=0, salespeople=0, companies=8, vendors=1, linked_companies=1,
    locations=9, jobs=12, template_phases=1, old_customers=2, invoices=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def month(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """Everything has crossed; of the invoices one was voided before and one after posting."""
    running_sandbox.control.reset()
    with closing(
        build_contractor(running_sandbox, tmp_path_factory.mktemp("month"), SMALL)
    ) as contractor:
        contractor.rounds_until_quiet()
        yield Month(contractor)
