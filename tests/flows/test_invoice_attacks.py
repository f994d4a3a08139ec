"""People and machines that get in the way of an invoice at the worst moment: nothing is lost,
nothing goes out twice.
"""

import threading
import time
from decimal import Decimal

import pytest
from pydantic import SecretStr

from st_spectrum.sandbox.credentials import SPECTRUM_CLIENT_ID, SPECTRUM_CLIENT_SECRET
from tests.world.ar_clerk import POST, ArClerk

LABOR = (("Labor", "100.00", "4010"),)


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_without_info_link_a_lost_answer_waits_for_a_person_who_is_told_exactly_what_to_do(
    ar_clerk: ArClerk, target: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    there, absent = ar_clerk.invoice(), ar_clerk.invoice()
    operation = POST if target == "rest" else "AddARInvoice"
    ar_clerk.contractor.overrides["pace"] |= {"workers": 1}
    ar_clerk.control.add_fault(
        system="spectrum", operation=operation, kind="drop_answer", key=ar_clerk.number(there)
    )
    ar_clerk.control.add_fault(
        system="spectrum", operation=operation, kind="fail_before", key=ar_clerk.number(absent)
    )

    report = ar_clerk.round()
    ar_clerk.round()

    assert report.money()["held"] == Decimal("200.00")
    for key in (there, absent):
        entry = ar_clerk.entry(key)
        assert entry.state == "held"
        assert f"st-spectrum ledger resolve invoices {key} --there" in entry.advice
        assert ar_clerk.number(key) in entry.advice
        assert ar_clerk.sent(ar_clerk.number(key)) == 1
    ar_clerk.contractor.command("ledger", "resolve", "invoices", there, "--there")
    ar_clerk.contractor.command("ledger", "resolve", "invoices", absent, "--not-there")
    ar_clerk.rounds_until_quiet()
    assert [ar_clerk.seen(key)["status"] for key in (there, absent)] == ["processed", "processed"]
    assert [len(ar_clerk.documents(key)) for key in (there, absent)] == [1, 1]
    assert [ar_clerk.sent(ar_clerk.number(key)) for key in (there, absent)] == [1, 2]
    assert ar_clerk.comments(there) == []


def test_a_message_that_arrives_after_its_time_out_is_not_taken_for_a_refusal(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.overrides["spectrum"] = {"timeout_seconds": 1.0}
    key = ar_clerk.invoice()
    for delay in (1.3, 0.8):
        ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="slow", delay=delay)

    ar_clerk.round()
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.control.faults() == ()
    assert ar_clerk.documents(key) == [("I", "", "0.00", LABOR)]
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.comments(key) == []


def test_of_two_invoices_with_one_number_one_is_posted_and_the_other_waits_until_it_has_its_own(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    first = ar_clerk.invoice(invoiceNumber="TWIN-1")
    second = ar_clerk.invoice({"price": 70}, invoiceNumber="TWIN-1")

    report = ar_clerk.round()
    waiting = next(key for key in (first, second) if ar_clerk.entry(key).state == "held")
    reason = ar_clerk.entry(waiting).reason
    ar_clerk.change(waiting, invoiceNumber="TWIN-2")
    ar_clerk.rounds_until_quiet()

    assert report.counts()["created"] == report.counts()["held"] == 1
    assert report.money_agrees()
    assert "TWIN-1" in reason
    assert [ar_clerk.seen(key)["status"] for key in (first, second)] == ["processed"] * 2
    assert sorted(ar_clerk.number(key) for key in (first, second)) == ["TWIN-1", "TWIN-2"]


@pytest.mark.parametrize("kind", ["drop_answer", "fail_before"])
def test_a_number_changed_while_the_answer_is_lost_does_not_make_a_second_document(
    ar_clerk: ArClerk, kind: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    number = ar_clerk.number(key)
    ar_clerk.lose(kind)
    ar_clerk.round()
    ar_clerk.change(key, invoiceNumber=f"{number}X"[:9])
    ar_clerk.find_again()

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.number(key) == number, "it is written back"
    assert ar_clerk.documents(key) == [("I", "", "0.00", LABOR)]


def test_a_number_changed_after_posting_is_told_and_the_posted_one_written_back(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    number = ar_clerk.number(key)
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting", invoiceNumber="OTHER-1")

    outcome = ar_clerk.ask(key)[key]

    assert "OTHER-1" in " ".join(outcome.notes)
    assert ar_clerk.number(key) == number
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.sent() == 1


def test_resubmitted_with_other_amounts_it_waits_and_back_to_the_old_ones_it_is_closed(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    ar_clerk.correct(key, price=120)
    first = ar_clerk.round()
    again = ar_clerk.round()
    reason = ar_clerk.entry(key).reason
    ar_clerk.correct(key, price=100)

    ar_clerk.rounds_until_quiet()

    assert first.counts()["held"] == again.counts()["held"] == 1
    assert "for 100.00 and was submitted again for 120.00" in reason
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.entry(key).state == "confirmed"
    assert ar_clerk.documents(key) == [("I", "", "0.00", LABOR)]


def test_resubmitted_for_the_same_total_on_other_lines_it_waits_for_a_person(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 60}, {"price": 40})
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    ar_clerk.correct(key, 0, price=70)
    ar_clerk.correct(key, 1, price=30)

    ar_clerk.round()

    assert ar_clerk.entry(key).state == "held"
    assert "lines had changed" in ar_clerk.entry(key).reason
    assert ar_clerk.seen(key)["status"] == "pending_accounting"
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(key) == 0


def test_a_customer_linked_anew_while_the_answer_is_lost_changes_nothing_of_what_went_out(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    company = ar_clerk.seen(key)["customer"]
    code = company["externalIds"]["spectrum"]
    ar_clerk.lose("drop_answer")
    ar_clerk.round()
    ar_clerk.office.put(f"/externalid/company/{company['id']}/spectrum", value="OTHER")
    ar_clerk.find_again()

    ar_clerk.rounds_until_quiet()
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()

    ar_clerk.office.put(f"/externalid/company/{company['id']}/spectrum", value=code)
    assert ar_clerk.net(key) == 0
    assert [document[:2] for document in ar_clerk.documents(key)] == [("C", "V"), ("I", "")]


@pytest.mark.parametrize("loose", [True, False])
def test_a_person_who_closes_it_quicker_is_not_contradicted(ar_clerk: ArClerk, loose: bool) -> None:
    ar_clerk.control.switch("servicetrade", is_processed_twice_allowed=loose)
    key = ar_clerk.invoice()

    report = ar_clerk.ask_after(key, status="processed")

    assert report.money()["posted"] == Decimal("100.00")
    assert ar_clerk.entry(key).state == "confirmed"
    assert ar_clerk.comments(key) == []


def test_what_is_posted_at_once_is_found_although_open_items_have_no_amounts(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.control.switch("spectrum", posts_at_once=True)
    key = ar_clerk.invoice({}, {"price": -30})
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=2)

    ar_clerk.rounds_until_quiet()
    assert ar_clerk.complaints(key) == []
    ar_clerk.change(key, status="void")
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=2)
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.net(key) == 0
    assert ar_clerk.contractor.posted_twice() == []
    assert len(ar_clerk.documents(key)) == 4


def test_an_invoice_that_meets_a_limit_waits_with_its_amount(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="rate_limit")

    report = ar_clerk.round()
    ar_clerk.rounds_until_quiet()

    assert report.counts()["unknown"] == 1, "a page with 429 proves nothing, so it is looked up"
    assert report.money()["unknown"] == Decimal("100.00")
    assert report.money_agrees()
    assert ar_clerk.sent(ar_clerk.number(key)) == 2
    assert ar_clerk.seen(key)["status"] == "processed"


def test_a_token_that_dies_in_the_middle_of_a_batch_costs_nothing(ar_clerk: ArClerk) -> None:
    ar_clerk.control.switch("spectrum", auth_mode="bearer")
    ar_clerk.contractor.overrides["spectrum"] = {
        "auth": "bearer",
        "client_id": SPECTRUM_CLIENT_ID,
        "client_secret": SecretStr(SPECTRUM_CLIENT_SECRET),
    }
    keys = [ar_clerk.invoice() for _ in range(3)]
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="expire_token", count=1)
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="expire_token", count=1
    )

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.control.faults() == ()
    assert [ar_clerk.seen(key)["status"] for key in keys] == ["processed"] * 3
    assert ar_clerk.contractor.posted_twice() == []


def test_odd_amounts_and_texts_are_posted_to_the_cent(ar_clerk: ArClerk) -> None:
    uneven = ar_clerk.invoice(
        {"price": 0.005},
        {"quantity": 0.333333333333, "price": 100},
        {"quantity": 2.5, "price": 0.01},
        {"description": "Ünïcode 漢字 & <b> \"quoted\" 'single' \\ / ;", "price": 1},
        {"description": "x" * 300, "price": 2},
    )
    large = ar_clerk.invoice(
        {"price": 12345678.91, "taxGroupId": ar_clerk.tax_groups[0]}, {"price": -10000000.01}
    )
    many = ar_clerk.invoice(
        *({"description": f"Line {n}", "price": (-1) ** n * n / 100} for n in range(1, 41))
    )

    ar_clerk.rounds_until_quiet()

    for key in (uneven, large, many):
        assert ar_clerk.entry(key).state == "confirmed", ar_clerk.entry(key).reason
        assert ar_clerk.net(key) == Decimal(str(ar_clerk.seen(key)["totalPrice"]))
    assert ar_clerk.complaints(uneven, large, many) == []


def test_a_decision_made_before_another_worker_finished_is_made_anew(ar_clerk: ArClerk) -> None:
    """One worker has read the entry and is slow; a person changes the number; another worker posts
    under the first one.
    """
    key = ar_clerk.invoice()
    number = ar_clerk.number(key)
    with ar_clerk.contractor.session() as quick, ar_clerk.contractor.session() as slow:
        before = quick.servicetrade.invoice(int(key))
        assert before is not None
        assert before.job is not None
        quick.sources.keep("invoice", [before])
        quick.sources.job(before.job.id)
        ar_clerk.change(key, invoiceNumber="RACE-2")
        slow.sources.keep("invoice", [slow.servicetrade.invoice(int(key))])
        ar_clerk.control.add_fault(
            system="servicetrade", operation="GET /job/{id}", kind="slow", delay=1.0
        )
        late = threading.Thread(
            target=slow.engine.run, args=("invoices", [key]), kwargs={"run_id": "slow"}
        )
        late.start()
        time.sleep(0.4)
        quick.engine.run("invoices", [key], run_id="quick")
        late.join()

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.sent(number) == 1
    assert ar_clerk.sent("RACE-2") == 0
    assert ar_clerk.number(key) == number
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.net(key) == 0


def test_closing_on_another_day_than_posting_is_no_change_of_the_invoice(ar_clerk: ArClerk) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.overrides["invoices"] = {"gl_date": "posting_date", "batch": "day"}
    key = ar_clerk.invoice()
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="status", status=400
    )
    ar_clerk.round()
    ar_clerk.contractor.overrides["invoices"] = {"gl_date": "invoice_date"}

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.entry(key).state == "confirmed"
