"""Whole rounds: exact the first time, silent the second, and one bad record stops only itself."""

import pytest

from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import State
from tests.ledger.texts import put_text
from tests.world.contractor import Contractor, output_of
from tests.world.ledger_file import lose_ledger


def test_a_second_round_makes_no_write(small_contractor: Contractor) -> None:
    small_contractor.round()
    before = small_contractor.writes()

    again = small_contractor.round()

    assert sum(report.writes for report in again.values()) == 0
    assert small_contractor.writes() == before
    small_contractor.assert_exact()


def test_a_lost_cursor_costs_reads_and_no_write(small_contractor: Contractor) -> None:
    small_contractor.round()
    before = small_contractor.writes()
    with small_contractor.session() as session:
        for flow in ("customers", "sites", "jobs"):
            put_text(session.ledger, "rubbish", Cursor, flow)

    small_contractor.round()

    assert small_contractor.writes() == before


def test_a_plan_writes_nothing_anywhere(small_contractor: Contractor) -> None:
    result = small_contractor.process("plan", "--json")

    assert result.returncode == 0, result.stderr
    assert output_of(result)["flows"]["customers"]["counts"]["created"] > 0
    assert small_contractor.writes() == 0
    with small_contractor.session() as session:
        assert list(session.ledger.entries("customers")) == []


def test_a_refused_record_stops_only_itself(small_contractor: Contractor) -> None:
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )

    counts = small_contractor.round()["customers"].counts()

    assert counts["rejected"] == 1
    assert counts["created"] > 1


def test_what_waited_for_a_company_goes_out_by_itself_in_the_round_after(
    small_contractor: Contractor,
) -> None:
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="fail_before", count=100
    )
    small_contractor.round()
    waiting = small_contractor.sides()["sites"].waiting
    small_contractor.sandbox.control.clear_faults()

    small_contractor.rounds_until_quiet()

    assert waiting
    small_contractor.assert_exact()


def test_asking_for_a_pause_is_heard_and_nothing_is_lost(small_contractor: Contractor) -> None:
    small_contractor.sandbox.control.add_fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        count=3,
        retry_after=1,
    )

    reports = small_contractor.round()

    assert not any(report.stopped_by for report in reports.values())
    small_contractor.rounds_until_quiet()
    small_contractor.assert_exact()
    assert small_contractor.committed_twice() == []


def test_a_change_to_a_record_that_another_worker_has_is_asked_for_again(
    small_contractor: Contractor,
) -> None:
    *_, company = (made for made in small_contractor.built.companies if made.planned.is_customer)
    with small_contractor.session() as other:
        claimed = other.ledger.claim("customers", str(company.id), run_id="other")

        assert small_contractor.round()["customers"].counts()["busy"] == 1
        with small_contractor.session() as session:
            assert not session.ledger.has(Cursor, "customers"), (
                "or what the other worker did not see is never seen"
            )
        other.ledger.settle(claimed, State.SKIPPED, reason="looked at before it changed")

    small_contractor.rounds_until_quiet()
    small_contractor.assert_exact()


@pytest.mark.parametrize(("operation", "skip"), [("*", 5), ("PUT /externalid", 0)])
def test_a_token_that_dies_in_the_middle_is_renewed(
    small_contractor: Contractor, operation: str, skip: int
) -> None:
    small_contractor.sandbox.control.add_fault(
        system="servicetrade", operation=operation, kind="expire_token", count=1, skip=skip
    )

    reports = small_contractor.round()

    assert not any(report.stopped_by for report in reports.values())
    small_contractor.rounds_until_quiet()
    small_contractor.assert_exact()
    assert small_contractor.committed_twice() == []


def test_a_lost_ledger_is_rebuilt_and_nothing_is_made_twice(small_contractor: Contractor) -> None:
    # Answers of external ids are refused for three records: they stand in Spectrum and ServiceTrade
    # does not know it.
    small_contractor.sandbox.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind="fail_before", count=6
    )
    small_contractor.round()
    lose_ledger(small_contractor)

    result = small_contractor.command("ledger", "rebuild")

    assert result.returncode == 0, result.stderr
    assert "half-way" in result.stdout
    small_contractor.rounds_until_quiet()
    small_contractor.assert_exact()
    assert [
        name
        for name in small_contractor.committed_twice()
        if name[0] in ("AddCustomer", "AddWOSiteAddress", "AddJob")
    ] == []
