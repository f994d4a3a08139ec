"""Voids that come at the worst moment: what was posted is offset once, and nets to nothing."""

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from st_spectrum.engine.retries.redrive import due
from st_spectrum.flows import FLOWS
from tests.world.ar_clerk import ArClerk


def test_an_invoice_voided_between_claim_and_write_is_offset_by_the_next_round(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.contractor.retry_at_once()
    ar_clerk.ask_after(key, status="void")
    waiting = ar_clerk.entry(key)

    with ar_clerk.contractor.session() as session:
        keys = due(session.ledger, "invoices", FLOWS, datetime.now(UTC))
    report = ar_clerk.round()

    assert [document[:2] for document in ar_clerk.documents(key)] == [("C", "V"), ("I", "")]
    assert key in keys, "it comes back even if nobody lists the void again"
    assert "voided in ServiceTrade" in waiting.reason
    assert report.money()["voided"] == Decimal("100.00")
    assert ar_clerk.entry(key).state == "voided"


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
@pytest.mark.parametrize("lines", [({},), ({}, {"price": -30})], ids=["whole", "split"])
def test_an_invoice_voided_while_its_answer_is_lost_nets_to_nothing(
    ar_clerk: ArClerk, lines: tuple[dict[str, float], ...], kind: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice(*lines)
    ar_clerk.lose(kind)
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.find_again()

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(key).state in ("voided", "skipped")
    assert ar_clerk.net(key) == 0
    assert ar_clerk.contractor.posted_twice() == []


def test_a_void_that_a_closed_period_refuses_goes_out_once_it_is_open(ar_clerk: ArClerk) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice({}, {"price": -30})
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.contractor.controller.close_period()
    held = ar_clerk.round()
    entry = ar_clerk.entry(key)
    ar_clerk.contractor.controller.open_period()

    report = ar_clerk.round()

    assert held.counts()["held"] == 1
    assert entry.state == "held"
    assert "period closed" in entry.reason
    assert report.money()["voided"] == Decimal("70.00")
    assert ar_clerk.net(key) == 0
    assert len(ar_clerk.documents(key)) == 4
    assert ar_clerk.comments(key) == []


def test_a_number_that_is_not_written_back_stays_as_it_was_and_is_found_again_for_the_void(
    ar_clerk: ArClerk,
) -> None:
    numbers = ar_clerk.contractor.account.invoices.number
    ar_clerk.contractor.overrides["invoices"] = {
        "number": numbers.model_copy(update={"is_written_back": False})
    }
    key = ar_clerk.invoice(invoiceNumber="inv.77")
    ar_clerk.round()
    number = ar_clerk.number(key)
    ar_clerk.change(key, status="void")

    ar_clerk.rounds_until_quiet()

    assert number == "inv.77"
    assert ar_clerk.entry(key).target_key == "INV77|INV77V"


def test_by_soap_the_same_invoice_stands_in_spectrum_and_its_void_beside_it(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"target": "soap"}
    text = 'Ü & <b> "x" 5 ft'
    key = ar_clerk.invoice({"description": text, "price": 10}, {"price": 5}, {"price": -4})
    ar_clerk.control.add_fault(
        system="spectrum", operation="AddARInvoice", kind="drop_answer", count=2
    )

    ar_clerk.rounds_until_quiet()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.net(key) == 0
    assert len(ar_clerk.documents(key)) == 4
    assert ar_clerk.documents(key)[2][3][0][0].startswith(text)
    assert [ar_clerk.sent(f"{ar_clerk.number(key)}{suffix}") for suffix in ("", "C", "V", "W")] == [
        1,
        1,
        1,
        1,
    ]


def test_two_workers_who_void_at_once_offset_once_and_nobody_stumbles(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    with ar_clerk.contractor.session() as quick, ar_clerk.contractor.session() as slow:
        ar_clerk.control.add_fault(
            system="servicetrade", operation="GET /job/{id}", kind="slow", delay=0.8
        )
        found = []
        late = threading.Thread(
            target=lambda: found.append(slow.engine.run("invoices", [key], run_id="slow"))
        )
        late.start()
        time.sleep(0.3)
        quick.engine.run("invoices", [key], run_id="quick")
        late.join()

    assert found[0].stopped_by is None
    assert found[0].money()["voided"] == 0
    assert len(ar_clerk.documents(key)) == 2
