"""A table of Info-Link that is missing or closed to us stops the flows that need it, and no
other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from st_spectrum.domain.errors import AccessDenied, ContractBroken, Unavailable
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import Session
from tests.world.buyer import Buyer, part
from tests.world.contractor import Contractor

MISSING, DENIED = 208, 229
"""What SQL Server answers for a table that is not there, and for one that the user may not read."""
FAMILIES = {MISSING: ContractBroken, DENIED: AccessDenied}


@contextmanager
def closed(session: Session, table: str, number: int) -> Iterator[None]:
    """Info-Link answers every question about one table with an error of SQL Server."""
    assert session.spectrum.infolink is not None
    engine = session.spectrum.infolink._engine

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if table in statement:
            raise OperationalError(statement, {}, Exception(number, b"refused"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def stopped(reports: dict[str, Report]) -> list[str]:
    return [flow for flow, report in reports.items() if report.stopped_by]


@pytest.mark.parametrize("number", [MISSING, DENIED])
def test_orders_cross_although_the_customers_cannot_be_read(buyer: Buyer, number: int) -> None:
    office = buyer.contractor.office
    for name in ("Harbor Foods", "Pier Foods", "Dock Foods"):
        office.post("/company", name=name, customer=True, addressState="VA")
    buyer.order(part())

    with buyer.contractor.session() as session, closed(session, "CR_CUSTOMER_MASTER_MC", number):
        reports = run_round(session, FLOWS, "half blind")

    assert tuple(reports) == tuple(FLOWS)
    assert stopped(reports) == ["customers"]
    assert isinstance(reports["customers"].stopped_by, FAMILIES[number])
    assert len(buyer.items()) == 1


def test_a_list_that_cannot_be_read_is_told_beside_what_the_other_flows_did(
    contractor: Contractor,
) -> None:
    company = contractor.dispatcher.company()

    with contractor.session() as session, closed(session, "PO_PURCHASE_ORDER", DENIED):
        reports = run_round(session, FLOWS, "half blind")
        nightly = list(run_reconciliation(session, FLOWS, "night"))

    assert contractor.dispatcher.external_id("company", company)
    assert reports["customers"].counts()["created"] == 1
    assert stopped(reports) == ["purchase_orders"]
    assert [comparison.flow for comparison in nightly] == list(FLOWS)
    assert [comparison.flow for comparison in nightly if comparison.report.stopped_by] == [
        "purchase_orders"
    ]


@pytest.mark.parametrize("number", [MISSING, DENIED])
def test_spectrum_is_not_taken_for_dead_because_one_table_is_closed(
    contractor: Contractor, number: int
) -> None:
    with contractor.session() as session:
        for table in (
            "CR_TERMS_MASTER_MC",
            "CR_CUSTOMER_MASTER_MC",
            "WO_ADDRESS_MC",
            "JC_JOB_MASTER_MC",
        ):
            with closed(session, table, number):
                assert session.targets.answers("spectrum")


def test_spectrum_is_dead_when_the_whole_database_does_not_answer(contractor: Contractor) -> None:
    contractor.overrides = {"spectrum": {"read_attempts": 1}}
    contractor.environ["SPECTRUM_INFOLINK_URL"] = "sqlite:////nowhere/at/all.sqlite"
    with contractor.session() as session:
        assert not session.targets.answers("spectrum")
        carried = run_round(session, FLOWS, "blind")
        assert any(isinstance(one.stopped_by, Unavailable) for one in carried.values())
