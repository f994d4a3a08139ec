"""People and machines that get in the way of an invoice at the worst moment: nothing is lost,
nothing goes out twice.
"""

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from st_spectrum.engine.redrive import due
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.credentials import SPECTRUM_CLIENT_ID, SPECTRUM_CLIENT_SECRET
from tests.flows.desk import POST, Desk

LABOR = (("Labor", "100.00", "4010"),)


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_without_info_link_a_lost_answer_waits_for_a_person_who_is_told_exactly_what_to_do(
    desk: Desk, target: str
) -> None:
    desk.is_impatient()
    desk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    desk.contractor.overrides["invoices"] = {"target": target}
    there, absent = desk.invoice(), desk.invoice()
    operation = POST if target == "rest" else "AddARInvoice"
    desk.contractor.overrides["pace"] |= {"workers": 1}
    desk.control.add_fault(
        system="spectrum", operation=operation, kind="drop_answer", key=desk.number(there)
    )
    desk.control.add_fault(
        system="spectrum", operation=operation, kind="fail_before", key=desk.number(absent)
    )

    report = desk.round()
    desk.round()

    assert report.money()["held"] == Decimal("200.00")
    for key in (there, absent):
        entry = desk.entry(key)
        assert entry.state == "held"
        assert f"st-spectrum ledger resolve invoices {key} --there" in entry.advice
        assert desk.number(key) in entry.advice
        assert desk.sent(desk.number(key)) == 1
    desk.contractor.command("ledger", "resolve", "invoices", there, "--there")
    desk.contractor.command("ledger", "resolve", "invoices", absent, "--not-there")
    desk.quiet()
    assert [desk.seen(key)["status"] for key in (there, absent)] == ["processed", "processed"]
    assert [len(desk.documents(key)) for key in (there, absent)] == [1, 1]
    assert [desk.sent(desk.number(key)) for key in (there, absent)] == [1, 2]
    assert desk.comments(there) == []


def test_a_message_that_arrives_after_its_time_out_is_not_taken_for_a_refusal(desk: Desk) -> None:
    desk.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    key = desk.invoice()
    for delay in (1.3, 0.8):
        desk.control.add_fault(system="spectrum", operation=POST, kind="slow", delay=delay)

    desk.round()
    desk.quiet()

    assert desk.control.faults() == ()
    assert desk.documents(key) == [("I", "", "0.00", LABOR)]
    assert desk.seen(key)["status"] == "processed"
    assert desk.comments(key) == []


def test_of_two_invoices_with_one_number_one_is_posted_and_the_other_waits_until_it_has_its_own(
    desk: Desk,
) -> None:
    desk.is_impatient()
    first = desk.invoice(invoiceNumber="TWIN-1")
    second = desk.invoice({"price": 70}, invoiceNumber="TWIN-1")

    report = desk.round()
    waiting = next(key for key in (first, second) if desk.entry(key).state == "held")
    reason = desk.entry(waiting).reason
    desk.change(waiting, invoiceNumber="TWIN-2")
    desk.quiet()

    assert report.counts()["created"] == report.counts()["held"] == 1
    assert report.money_agrees()
    assert "TWIN-1" in reason
    assert [desk.seen(key)["status"] for key in (first, second)] == ["processed"] * 2
    assert sorted(desk.number(key) for key in (first, second)) == ["TWIN-1", "TWIN-2"]


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
def test_a_number_changed_while_the_answer_is_lost_does_not_make_a_second_document(
    desk: Desk, kind: str
) -> None:
    desk.is_impatient()
    key = desk.invoice()
    number = desk.number(key)
    desk.lose(kind)
    desk.round()
    desk.change(key, invoiceNumber=f"{number}X"[:9])
    desk.find_again()

    desk.quiet()

    assert desk.number(key) == number, "it is written back"
    assert desk.documents(key) == [("I", "", "0.00", LABOR)]


def test_a_number_changed_after_posting_is_told_and_the_posted_one_written_back(desk: Desk) -> None:
    key = desk.invoice()
    desk.round()
    number = desk.number(key)
    desk.control.edit("invoice", int(key), status="pending_accounting", invoiceNumber="OTHER-1")

    outcome = desk.ask(key)[key]

    assert "OTHER-1" in " ".join(outcome.notes)
    assert desk.number(key) == number
    assert desk.seen(key)["status"] == "processed"
    assert desk.sent() == 1


def test_an_invoice_voided_between_claim_and_write_is_offset_by_the_next_round(desk: Desk) -> None:
    key = desk.invoice()
    desk.is_impatient()
    desk.ask_after(key, status="void")
    waiting = desk.entry(key)

    with desk.contractor.session() as session:
        keys = due(session.ledger, "invoices", FLOWS, datetime.now(UTC))
    report = desk.round()

    assert [document[:2] for document in desk.documents(key)] == [("C", "V"), ("I", "")]
    assert key in keys, "it comes back even if nobody lists the void again"
    assert "voided in ServiceTrade" in waiting.reason
    assert report.money()["voided"] == Decimal("100.00")
    assert desk.entry(key).state == "voided"


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
@pytest.mark.parametrize("lines", [({},), ({}, {"price": -30})], ids=["whole", "split"])
def test_an_invoice_voided_while_its_answer_is_lost_nets_to_nothing(
    desk: Desk, lines: tuple[dict[str, float], ...], kind: str
) -> None:
    desk.is_impatient()
    key = desk.invoice(*lines)
    desk.lose(kind)
    desk.round()
    desk.change(key, status="void")
    desk.find_again()

    desk.quiet()

    assert desk.entry(key).state in ("voided", "skipped")
    assert desk.net(key) == 0
    assert desk.contractor.posted_twice() == []


def test_a_void_that_a_closed_period_refuses_goes_out_once_it_is_open(desk: Desk) -> None:
    desk.is_impatient()
    key = desk.invoice({}, {"price": -30})
    desk.round()
    desk.change(key, status="void")
    desk.close_period()
    held = desk.round()
    entry = desk.entry(key)
    desk.open_period()

    report = desk.round()

    assert held.counts()["held"] == 1
    assert entry.state == "held"
    assert "period closed" in entry.reason
    assert report.money()["voided"] == Decimal("70.00")
    assert desk.net(key) == 0
    assert len(desk.documents(key)) == 4
    assert desk.comments(key) == []


def test_resubmitted_with_other_amounts_it_waits_and_back_to_the_old_ones_it_is_closed(
    desk: Desk,
) -> None:
    desk.is_impatient()
    key = desk.invoice()
    desk.round()
    desk.control.edit("invoice", int(key), status="pending_accounting")
    desk.correct(key, price=120)
    first = desk.round()
    again = desk.round()
    reason = desk.entry(key).reason
    desk.correct(key, price=100)

    desk.quiet()

    assert first.counts()["held"] == again.counts()["held"] == 1
    assert "for 100.00 and was submitted again for 120.00" in reason
    assert desk.seen(key)["status"] == "processed"
    assert desk.entry(key).state == "confirmed"
    assert desk.documents(key) == [("I", "", "0.00", LABOR)]


def test_resubmitted_for_the_same_total_on_other_lines_it_waits_for_a_person(desk: Desk) -> None:
    key = desk.invoice({"price": 60}, {"price": 40})
    desk.round()
    desk.control.edit("invoice", int(key), status="pending_accounting")
    desk.correct(key, 0, price=70)
    desk.correct(key, 1, price=30)

    desk.round()

    assert desk.entry(key).state == "held"
    assert "lines had changed" in desk.entry(key).reason
    assert desk.seen(key)["status"] == "pending_accounting"
    desk.change(key, status="void")
    desk.quiet()
    assert desk.net(key) == 0


def test_a_customer_linked_anew_while_the_answer_is_lost_changes_nothing_of_what_went_out(
    desk: Desk,
) -> None:
    desk.is_impatient()
    key = desk.invoice()
    company = desk.seen(key)["customer"]
    code = company["externalIds"]["spectrum"]
    desk.lose("drop_answer")
    desk.round()
    desk.office.put(f"/externalid/company/{company['id']}/spectrum", value="OTHER")
    desk.find_again()

    desk.quiet()
    desk.change(key, status="void")
    desk.quiet()

    desk.office.put(f"/externalid/company/{company['id']}/spectrum", value=code)
    assert desk.net(key) == 0
    assert [document[:2] for document in desk.documents(key)] == [("C", "V"), ("I", "")]


@pytest.mark.parametrize("loose", [True, False])
def test_a_person_who_closes_it_quicker_is_not_contradicted(desk: Desk, loose: bool) -> None:
    desk.control.switch("servicetrade", is_processed_twice_allowed=loose)
    key = desk.invoice()

    report = desk.ask_after(key, status="processed")

    assert report.money()["posted"] == Decimal("100.00")
    assert desk.entry(key).state == "confirmed"
    assert desk.comments(key) == []


def test_a_number_that_is_not_written_back_stays_as_it_was_and_is_found_again_for_the_void(
    desk: Desk,
) -> None:
    numbers = desk.contractor.account.invoices.number
    desk.contractor.overrides["invoices"] = {
        "number": numbers.model_copy(update={"is_written_back": False})
    }
    key = desk.invoice(invoiceNumber="inv.77")
    desk.round()
    number = desk.number(key)
    desk.change(key, status="void")

    desk.quiet()

    assert number == "inv.77"
    assert desk.entry(key).target_key == "INV77|INV77V"


def test_by_soap_the_same_invoice_stands_in_spectrum_and_its_void_beside_it(desk: Desk) -> None:
    desk.contractor.overrides["invoices"] = {"target": "soap"}
    text = 'Ü & <b> "x" 5 ft'
    key = desk.invoice({"description": text, "price": 10}, {"price": 5}, {"price": -4})
    desk.control.add_fault(system="spectrum", operation="AddARInvoice", kind="drop_answer", count=2)

    desk.quiet()
    desk.change(key, status="void")
    desk.quiet()

    assert desk.net(key) == 0
    assert len(desk.documents(key)) == 4
    assert desk.documents(key)[2][3][0][0].startswith(text)
    assert [desk.sent(f"{desk.number(key)}{suffix}") for suffix in ("", "C", "V", "W")] == [
        1,
        1,
        1,
        1,
    ]


def test_what_is_posted_at_once_is_found_although_open_items_have_no_amounts(desk: Desk) -> None:
    desk.control.switch("spectrum", posts_at_once=True)
    key = desk.invoice({}, {"price": -30})
    desk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=2)

    desk.quiet()
    assert desk.complaints(key) == []
    desk.change(key, status="void")
    desk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=2)
    desk.quiet()

    assert desk.net(key) == 0
    assert desk.contractor.posted_twice() == []
    assert len(desk.documents(key)) == 4


def test_an_invoice_that_meets_a_limit_waits_with_its_amount(desk: Desk) -> None:
    key = desk.invoice()
    desk.control.add_fault(system="spectrum", operation=POST, kind="rate_limit")

    report = desk.round()
    desk.quiet()

    assert report.counts()["unknown"] == 1, "a page with 429 proves nothing, so it is looked up"
    assert report.money()["unknown"] == Decimal("100.00")
    assert report.money_agrees()
    assert desk.sent(desk.number(key)) == 2
    assert desk.seen(key)["status"] == "processed"


def test_a_token_that_dies_in_the_middle_of_a_batch_costs_nothing(desk: Desk) -> None:
    desk.control.switch("spectrum", auth_mode="bearer")
    desk.contractor.overrides["spectrum"] = {
        "auth": "bearer",
        "client_id": SPECTRUM_CLIENT_ID,
        "client_secret": SecretStr(SPECTRUM_CLIENT_SECRET),
    }
    keys = [desk.invoice() for _ in range(3)]
    desk.control.add_fault(system="spectrum", operation=POST, kind="expire_token", count=1)
    desk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="expire_token", count=1
    )

    desk.quiet()

    assert desk.control.faults() == ()
    assert [desk.seen(key)["status"] for key in keys] == ["processed"] * 3
    assert desk.contractor.posted_twice() == []


def test_odd_amounts_and_texts_are_posted_to_the_cent(desk: Desk) -> None:
    uneven = desk.invoice(
        {"price": 0.005},
        {"quantity": 0.333333333333, "price": 100},
        {"quantity": 2.5, "price": 0.01},
        {"description": "Ünïcode 漢字 & <b> \"quoted\" 'single' \\ / ;", "price": 1},
        {"description": "x" * 300, "price": 2},
    )
    large = desk.invoice(
        {"price": 12345678.91, "taxGroupId": desk.tax_groups[0]}, {"price": -10000000.01}
    )
    many = desk.invoice(
        *({"description": f"Line {n}", "price": (-1) ** n * n / 100} for n in range(1, 41))
    )

    desk.quiet()

    for key in (uneven, large, many):
        assert desk.entry(key).state == "confirmed", desk.entry(key).reason
        assert desk.net(key) == Decimal(str(desk.seen(key)["totalPrice"]))
    assert desk.complaints(uneven, large, many) == []


def test_a_decision_made_before_another_worker_finished_is_made_anew(desk: Desk) -> None:
    """One worker has read the entry and is slow; a person changes the number; another worker posts
    under the first one.
    """
    key = desk.invoice()
    number = desk.number(key)
    with desk.contractor.session() as quick, desk.contractor.session() as slow:
        before = quick.servicetrade.invoice(int(key))
        assert before is not None
        assert before.job is not None
        quick.sources.keep("invoice", [before])
        quick.sources.job(before.job.id)
        desk.change(key, invoiceNumber="RACE-2")
        slow.sources.keep("invoice", [slow.servicetrade.invoice(int(key))])
        desk.control.add_fault(
            system="servicetrade", operation="GET /job/{id}", kind="slow", delay=1.0
        )
        late = threading.Thread(
            target=slow.engine.run, args=("invoices", [key]), kwargs={"run_id": "slow"}
        )
        late.start()
        time.sleep(0.4)
        quick.engine.run("invoices", [key], run_id="quick")
        late.join()

    desk.quiet()

    assert desk.sent(number) == 1
    assert desk.sent("RACE-2") == 0
    assert desk.number(key) == number
    desk.change(key, status="void")
    desk.quiet()
    assert desk.net(key) == 0


def test_two_workers_who_void_at_once_offset_once_and_nobody_stumbles(desk: Desk) -> None:
    key = desk.invoice()
    desk.round()
    desk.change(key, status="void")
    with desk.contractor.session() as quick, desk.contractor.session() as slow:
        desk.control.add_fault(
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
    assert len(desk.documents(key)) == 2


def test_closing_on_another_day_than_posting_is_no_change_of_the_invoice(desk: Desk) -> None:
    desk.is_impatient()
    desk.contractor.overrides["invoices"] = {"gl_date": "posting_date", "batch": "day"}
    key = desk.invoice()
    desk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="status", status=400
    )
    desk.round()
    desk.contractor.overrides["invoices"] = {"gl_date": "invoice_date"}

    desk.quiet()

    assert desk.seen(key)["status"] == "processed"
    assert desk.entry(key).state == "confirmed"
