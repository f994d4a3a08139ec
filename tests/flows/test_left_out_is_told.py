"""What waits for a record that was left alone says so, with the advice for that, in rounds as by
the sensors.
"""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest

from st_spectrum.alerts.open_causes import open_roots
from st_spectrum.commands.open_records import print_roots
from st_spectrum.engine.retries.attention import open_since
from st_spectrum.engine.retries.redrive import due
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import State, encode
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from tests.world.contractor import Contractor

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
INACTIVE = "its customer Bayview Diner was left out: it is inactive in ServiceTrade"
FLOWS_IN_ORDER = ("customers", "sites", "jobs", "invoices")


@pytest.fixture
def diner(contractor: Contractor) -> Iterator[tuple[int, str]]:
    """An approved invoice of a company that is inactive."""
    company = contractor.dispatcher.company("Bayview Diner", status="inactive")
    location = contractor.dispatcher.location(company)
    yield company, contractor.billing_clerk.approved(customerId=company, locationId=location)


def printed(contractor: Contractor) -> str:
    with contractor.session() as session, redirect_stdout(io.StringIO()) as out:
        print_roots(open_roots(session.ledger, FLOWS_IN_ORDER))
    return " ".join(out.getvalue().split())


def assert_told(contractor: Contractor, company: int, key: str) -> None:
    assert contractor.entry_of("customers", company).state is State.SKIPPED
    assert contractor.entry_of("invoices", key).reason == INACTIVE
    output = printed(contractor)
    assert "customers, left alone: 1 × is inactive in ServiceTrade" in output
    assert "Make the company" in output
    assert "no run has looked at it yet" not in output


def test_one_round_says_of_an_inactive_customer_what_to_do(
    contractor: Contractor, diner: tuple[int, str]
) -> None:
    contractor.round()

    assert_told(contractor, *diner)
    shown = contractor.command("ledger", "show", "invoices", diner[1]).stdout
    assert "was left out" in shown
    assert "next try" not in shown, "it goes by what becomes of its customer"


def test_an_account_file_that_changes_leaves_it_told(
    contractor: Contractor, diner: tuple[int, str]
) -> None:
    contractor.round()
    contractor.overrides["pace"] = {"batch_size": 7}
    contractor.overrides["go_live"] = "2026-01-11"
    contractor.round()

    assert_told(contractor, *diner)


def redrive(contractor: Contractor, now: datetime, passes: int = 6) -> list[tuple[str, str]]:
    """What the sensors ask for until nothing is due."""
    asked = []
    for _ in range(passes):
        for flow in FLOWS_IN_ORDER:
            with contractor.session() as session:
                if keys := due(session.ledger, flow, FLOWS, now):
                    asked += [(flow, key) for key in keys]
                    run_batch(session, flow, keys, "redrive")
    return asked


def test_the_sensors_look_again_at_an_invoice_whose_customer_was_left_out_after_it(
    contractor: Contractor, diner: tuple[int, str]
) -> None:
    company, key = diner
    contractor.retry_at_once()
    with contractor.session() as session:
        run_batch(session, "invoices", [key], "sensor")
    assert "is not an AR customer yet" in contractor.entry_of("invoices", key).reason
    redrive(contractor, datetime.now(UTC))

    assert_told(contractor, company, key)


def hold(ledger: Ledger, reason: str = "its company is not an AR customer yet") -> None:
    ledger.record(
        "jobs",
        "1",
        Judgement(State.HELD, reason, needs=("customers/5",)),
        run_id="run",
        retry_at=ledger.now(),
    )


def skip(ledger: Ledger) -> None:
    ledger.record("customers", "5", Judgement(State.SKIPPED, "is inactive"), run_id="run")


def test_what_was_left_alone_is_told_since_it_was_although_it_was_looked_at_again(
    contractor: Contractor, diner: tuple[int, str]
) -> None:
    contractor.round()
    first = contractor.entry_of("customers", diner[0])
    contractor.ahead = timedelta(hours=2)
    contractor.dispatcher.change("company", diner[0], name="Bayview Diner and Grill")

    contractor.round()

    entry = contractor.entry_of("customers", diner[0])
    assert entry.changed_at > first.changed_at
    assert open_since(entry) == first.changed_at


def test_it_is_looked_at_again_although_it_was_read_just_before_the_other_was_left_out() -> None:
    now = [NOW]
    ledger = Ledger(MemoryStore(), "me", 300, lambda: now[0])
    skip(ledger)
    now[0] += timedelta(seconds=5)
    hold(ledger)

    assert due(ledger, "jobs", FLOWS, now[0]) == ("1",)

    now[0] += timedelta(minutes=2)
    hold(ledger, "its company was left out")
    assert due(ledger, "jobs", FLOWS, now[0]) == ()


def test_one_that_says_the_same_as_before_is_looked_at_once_and_not_for_ever(
    contractor: Contractor, diner: tuple[int, str]
) -> None:
    company, _ = diner
    contractor.round()
    with contractor.session() as session:
        (site,) = session.ledger.open_keys("sites")
    before = encode(contractor.entry_of("sites", site))
    contractor.round()
    assert encode(contractor.entry_of("sites", site)) == before, "nothing was said anew"
    with contractor.session() as session:
        later = session.ledger.now() + timedelta(minutes=5)
        assert due(session.ledger, "sites", FLOWS, later) == (site,)
    contractor.ahead = timedelta(minutes=5)
    with contractor.session() as session:
        run_batch(session, "sites", [site], "redrive")
        assert due(session.ledger, "sites", FLOWS, later + timedelta(hours=1)) == ()
    assert contractor.entry_of("customers", company).state is State.SKIPPED
