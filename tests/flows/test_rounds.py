"""Whole rounds: exact the first time, silent the second, and one bad record stops only itself."""

from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import State
from tests.flows.contractor import Contractor, output_of
from tests.ledger.texts import put_text


def test_a_second_round_makes_no_write(small: Contractor) -> None:
    small.round()
    before = small.writes()

    again = small.round()

    assert sum(report.writes for report in again.values()) == 0
    assert small.writes() == before
    small.assert_exact()


def test_a_lost_cursor_costs_reads_and_no_write(small: Contractor) -> None:
    small.round()
    before = small.writes()
    with small.session() as session:
        for flow in ("customers", "sites", "jobs"):
            put_text(session.ledger, "rubbish", Cursor, flow)

    small.round()

    assert small.writes() == before


def test_a_plan_writes_nothing_anywhere(small: Contractor) -> None:
    result = small.process("plan", "--json")

    assert result.returncode == 0, result.stderr
    assert output_of(result)["flows"]["customers"]["counts"]["created"] > 0
    assert small.writes() == 0
    with small.session() as session:
        assert list(session.ledger.entries("customers")) == []


def test_a_refused_record_stops_only_itself(small: Contractor) -> None:
    small.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="locked", count=1
    )

    counts = small.round()["customers"].counts()

    assert counts["rejected"] == 1
    assert counts["created"] > 1


def test_what_waited_for_a_company_goes_out_by_itself_in_the_round_after(small: Contractor) -> None:
    small.sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="fail_before", count=100
    )
    small.round()
    waiting = small.sides()["sites"].waiting
    small.sandbox.control.clear_faults()

    small.rounds_until_quiet()

    assert waiting
    small.assert_exact()


def test_asking_for_a_pause_is_heard_and_nothing_is_lost(small: Contractor) -> None:
    small.sandbox.control.add_fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="rate_limit",
        count=3,
        retry_after=1,
    )

    reports = small.round()

    assert not any(report.stopped_by for report in reports.values())
    small.rounds_until_quiet()
    small.assert_exact()
    assert small.committed_twice() == []


def test_a_change_to_a_record_that_another_worker_has_is_asked_for_again(small: Contractor) -> None:
    *_, company = (made for made in small.built.companies if made.planned.is_customer)
    with small.session() as other:
        claimed = other.ledger.claim("customers", str(company.id), run_id="other")

        assert small.round()["customers"].counts()["busy"] == 1
        with small.session() as session:
            assert not session.ledger.has(Cursor, "customers"), (
                "or what the other worker did not see is never seen"
            )
        other.ledger.settle(claimed, State.SKIPPED, reason="looked at before it changed")

    small.rounds_until_quiet()
    small.assert_exact()


def test_a_token_that_dies_in_the_middle_is_renewed(small: Contractor) -> None:
    small.sandbox.control.add_fault(
        system="servicetrade", operation="*", kind="expire_token", count=1, skip=5
    )

    reports = small.round()

    assert not any(report.stopped_by for report in reports.values())
    small.rounds_until_quiet()
    small.assert_exact()
    assert small.committed_twice() == []


def test_a_lost_ledger_is_rebuilt_and_nothing_is_made_twice(small: Contractor) -> None:
    # Answers of external ids are refused for three records: they stand in Spectrum and ServiceTrade
    # does not know it.
    small.sandbox.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind="fail_before", count=6
    )
    small.round()
    for leftover in small.state_dir.glob("ledger.sqlite*"):
        leftover.unlink()

    result = small.command("ledger", "rebuild")

    assert result.returncode == 0, result.stderr
    assert "half-way" in result.stdout
    small.rounds_until_quiet()
    small.assert_exact()
    assert [
        name
        for name in small.committed_twice()
        if name[0] in ("AddCustomer", "AddWOSiteAddress", "AddJob")
    ] == []
