"""A year of billing: 5,000 invoices of all kinds, voided before and after posting, with broken prerequisites among them."""

from pathlib import Path

import pytest

from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.flows.contractor import Contractor, contractor

YEAR = World(
    offices=4, companies=120, vendors=6, locations=180, jobs=400, template_phases=1, invoices=5000,
    invoices_in_closed_period=20, invoices_off_by_a_cent=20,
)  # fmt: skip


@pytest.fixture
def year(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    return contractor(sandbox, tmp_path, YEAR)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_five_thousand_invoices_agree_one_by_one_and_in_all_totals(year: Contractor) -> None:
    to_void = [made.id for made in year.built.invoices if made.planned.is_to_be_void]
    early, late = to_void[::2], to_void[1::2]
    for invoice in early:
        year.built.void(invoice)
    first = year.round()["invoices"]
    year.assert_invoices_exact()
    for invoice in late:
        year.built.void(invoice)
    year.round()
    after = year.writes()

    again = year.round()

    side = year.assert_invoices_exact()
    assert not first.stopped_by
    assert again["invoices"].writes == 0
    assert year.writes() == after
    assert year.posted_twice() == []
    assert side.voided == len(to_void) > 300
    assert side.matched > 4000
    assert len(side.waiting) > 100, "broken prerequisites and cents that do not add up must wait"
