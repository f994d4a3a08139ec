"""The limits of the account file for what waits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from st_spectrum.account import Support
from st_spectrum.assets.backlog import delay_verdict, verdict
from st_spectrum.assets.metadata import delays
from st_spectrum.engine.report import Outcome, Report, Result
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.ledger.entry import Entry, State, new_entry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMITS = Support(oldest_waiting_hours=24, waiting_money=Decimal("100.00"))


def waiting(amount: str) -> Entry:
    return new_entry(
        "invoices", "7", State.HELD, NOON, title="Invoice 7", reason="x", amount=amount
    )


def test_a_young_and_small_backlog_is_in_bounds() -> None:
    result = verdict([waiting("100.00")], LIMITS, NOON + timedelta(hours=24))

    assert result.passed
    assert verdict([], LIMITS, NOON).passed


def test_an_old_record_and_too_much_money_are_told_by_name_and_sum() -> None:
    result = verdict([waiting("60.00"), waiting("40.01")], LIMITS, NOON + timedelta(hours=25))

    assert not result.passed
    assert result.description == (
        "Invoice 7 has waited for 25 hours: x. 100.01 waits, and 100.00 is allowed."
    )


def test_a_run_tells_how_long_its_records_took() -> None:
    outcomes = tuple(
        Outcome("invoices", str(n), "", Result.CREATED, delay_seconds=float(n))
        for n in range(1, 21)
    )
    found = {name: value.value for name, value in delays(Report(INVOICES, outcomes)).items()}

    assert found == {
        "delay_p50_seconds": 10.0,
        "delay_p95_seconds": 19.0,
        "delay_max_seconds": 20.0,
    }
    assert delays(Report(INVOICES)) == {}


def test_records_that_took_longer_than_allowed_are_told_unless_it_was_one_of_many() -> None:
    limits = Support(delay_hours=0.5)
    slow = delay_verdict({"delay_p95_seconds": 5400.0, "delay_max_seconds": 9000.0}, limits)
    one_of_many = delay_verdict({"delay_p95_seconds": 4.0, "delay_max_seconds": 9000.0}, limits)

    assert not slow.passed
    assert slow.description == (
        "From their change at the source, records took up to 1.5 hours until they had crossed, and"
        " 0.5 are allowed."
    )
    assert one_of_many.passed
    assert delay_verdict({}, limits).passed, "a run in which nothing crossed"
