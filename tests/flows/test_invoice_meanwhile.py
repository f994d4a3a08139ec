"""People who change an invoice while it is on its way: what stands in Spectrum and what they asked
for never part unseen.
"""

from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.sandbox.callers import SpectrumCaller
from tests.world.ar_clerk import HEADERS, POST, ArClerk

pytestmark = pytest.mark.slow


TOO_MUCH = {"description": "Credit", "price": -99999999999.99}


def posted_while_changed(ar_clerk: ArClerk, key: str, **values: Any) -> None:
    """The invoice goes out as it was read before a clerk changed its line."""
    with ar_clerk.contractor.session() as session:
        read = session.servicetrade.invoice(int(key))
        assert read is not None
        ar_clerk.correct(key, **values)
        session.sources.keep("invoice", [read])
        session.engine.run("invoices", [key], run_id="test")


@pytest.mark.parametrize("target", ["rest", "soap"])
@pytest.mark.parametrize("kind", ["", "drop_answer", "fail_before"])
def test_an_amount_changed_between_our_look_and_the_closing_is_told_and_nothing_is_done_twice(
    ar_clerk: ArClerk, kind: str, target: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    key = ar_clerk.invoice()
    if kind:
        ar_clerk.control.add_fault(system="servicetrade", operation="PUT /invoice/{id}", kind=kind)
    posted_while_changed(ar_clerk, key, price=120)
    ar_clerk.rounds_until_quiet()
    waiting = ar_clerk.entry(key)

    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()

    assert waiting.state == "held"
    assert "100.00" in waiting.reason or "amounts" in waiting.reason
    assert "Do not offset it by hand" in waiting.advice
    assert ar_clerk.entry(key).state == "voided"
    assert ar_clerk.net(key) == 0
    assert ar_clerk.contractor.posted_twice() == []


def test_a_tax_changed_within_the_same_total_is_told_too(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice(taxAmount=0, subtotal=100, totalPrice=100)
    with ar_clerk.contractor.session() as session:
        read = session.servicetrade.invoice(int(key))
        assert read is not None
        ar_clerk.control.edit("invoice", int(key), taxAmount=6, subtotal=94)
        session.sources.keep("invoice", [read])
        session.engine.run("invoices", [key], run_id="test")

    assert ar_clerk.entry(key).state == "held"
    assert "tax of 0.00" in ar_clerk.entry(key).reason


@pytest.mark.parametrize("kind", ["fail_before", "drop_answer"])
def test_an_invoice_voided_while_the_answer_to_its_closing_is_lost_is_never_done_with(
    ar_clerk: ArClerk, kind: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind=kind, skip=1
    )
    ar_clerk.ask_after(key, status="void")
    waiting = ar_clerk.entry(key)

    ar_clerk.rounds_until_quiet()

    assert waiting.state == "held"
    assert ar_clerk.entry(key).state == "voided"
    assert ar_clerk.net(key) == 0


def test_a_person_who_closes_it_quicker_with_another_amount_is_told(ar_clerk: ArClerk) -> None:
    ar_clerk.control.switch("servicetrade", is_processed_twice_allowed=False)
    key = ar_clerk.invoice()
    with ar_clerk.contractor.session() as session:
        read = session.servicetrade.invoice(int(key))
        assert read is not None
        ar_clerk.correct(key, price=120)
        ar_clerk.change(key, status="processed")
        session.sources.keep("invoice", [read])
        session.engine.run("invoices", [key], run_id="test")

    assert ar_clerk.entry(key).state == "held"
    assert "for 100.00" in ar_clerk.entry(key).reason


@pytest.mark.parametrize("is_voided", [True, False])
def test_three_invoices_changed_alike_while_they_were_posted_hold_up_no_other(
    ar_clerk: ArClerk, is_voided: bool
) -> None:
    for key in (ar_clerk.invoice(), ar_clerk.invoice(), ar_clerk.invoice()):
        if is_voided:
            ar_clerk.ask_after(key, status="void")
        else:
            posted_while_changed(ar_clerk, key, price=120)
        assert ar_clerk.entry(key).state == "held"
    other = ar_clerk.invoice()

    ar_clerk.round()

    assert ar_clerk.entry(other).state == "confirmed"
    assert ar_clerk.seen(other)["status"] == "processed"


@pytest.mark.parametrize(("price", "status"), [(100, "processed"), (99999999999.99, "failed")])
def test_what_another_worker_did_with_an_invoice_after_a_list_brought_it_is_not_done_again(
    ar_clerk: ArClerk, price: float, status: str
) -> None:
    key = ar_clerk.invoice({"price": price})
    with ar_clerk.contractor.session() as session:
        read = session.servicetrade.invoice(int(key))
        assert read is not None
        session.sources.keep("invoice", [read])
        ar_clerk.round()
        before = ar_clerk.contractor.writes()
        done = session.engine.run("invoices", [key], run_id="slower")

    assert ar_clerk.seen(key)["status"] == status
    assert [outcome.writes for outcome in done.outcomes] == [0]
    assert ar_clerk.contractor.writes() == before


def test_an_invoice_closed_by_hand_as_it_was_posted_is_done_with_whatever_the_account_file_says_by_then(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice()
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="status", status=400
    )
    ar_clerk.round()
    waiting = ar_clerk.entry(key)
    ar_clerk.control.edit("invoice", int(key), status="processed")
    gl = ar_clerk.contractor.account.invoices.gl.model_copy(
        update={"by_cost_center": {}, "default": "4300"}
    )
    ar_clerk.contractor.overrides["invoices"] = {"gl": gl}

    ar_clerk.rounds_until_quiet()

    assert waiting.state == "held"
    assert "by hand" in waiting.advice
    assert ar_clerk.entry(key).state == "confirmed"
    assert [document[3][0][2] for document in ar_clerk.documents(key)] == ["4010"]


@pytest.mark.parametrize("status", ["ok", "draft", "internal_review"])
def test_a_half_posted_invoice_that_is_taken_out_of_the_queue_waits_until_it_is_submitted_again(
    ar_clerk: ArClerk, status: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice({"price": 40}, {"description": "Credit", "price": -10})
    ar_clerk.control.add_fault(
        system="spectrum", operation=POST, kind="locked", key=f"{ar_clerk.number(key)}C"
    )
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status=status)
    ar_clerk.round()
    ar_clerk.round()
    out = (ar_clerk.seen(key)["status"], ar_clerk.entry(key).state, len(ar_clerk.documents(key)))
    reason = ar_clerk.entry(key).reason
    ar_clerk.correct(key, 1, price=-15)
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")

    ar_clerk.rounds_until_quiet()

    assert out == (status, "held", 1)
    assert f"is {status} now" in reason
    assert ar_clerk.net(key) == Decimal("25.00")
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.comments(key) == []
    assert ar_clerk.contractor.posted_twice() == []


def test_a_half_posted_invoice_that_somebody_closes_gets_its_other_half_as_it_is_by_then(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice({"price": 40}, TOO_MUCH)
    ar_clerk.round()
    ar_clerk.correct(key, 1, price=-15)
    ar_clerk.control.edit("invoice", int(key), status="processed")

    ar_clerk.ask(key)

    assert ar_clerk.net(key) == Decimal("25.00")
    assert ar_clerk.entry(key).state == "confirmed"


def test_a_half_posted_invoice_whose_posted_half_changed_is_voided_once_and_not_twice(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice({"price": 40}, TOO_MUCH)
    ar_clerk.round()
    ar_clerk.correct(key, 0, price=50)
    ar_clerk.correct(key, 1, price=-15)
    ar_clerk.change(key, status="pending_accounting")
    ar_clerk.round()
    waiting = ar_clerk.entry(key)
    ar_clerk.change(key, status="void")

    ar_clerk.rounds_until_quiet()

    assert waiting.state == "held"
    assert "changed since" in waiting.reason
    assert ar_clerk.net(key) == 0
    assert [document[:2] for document in ar_clerk.documents(key)] == [("C", "V"), ("I", "")]


def test_a_customer_code_with_blanks_around_it_is_found_again_after_a_lost_answer(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    company = ar_clerk.seen(key)["customer"]
    code = company["externalIds"]["spectrum"]
    ar_clerk.office.put(f"/externalid/company/{company['id']}/spectrum", value=f"  {code} ")
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer")

    ar_clerk.rounds_until_quiet()

    ar_clerk.office.put(f"/externalid/company/{company['id']}/spectrum", value=code)
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.sent(ar_clerk.number(key)) == 1


def test_a_credit_memo_that_ar_typed_under_our_number_is_recognised_as_the_void(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    number = ar_clerk.number(key)
    headers = ar_clerk.control.records("spectrum", HEADERS)
    (header,) = [header for header in headers if header["Invoice_Or_Transaction"].strip() == number]
    fields = {
        "GL_Date": "06/01/2026",
        "Invoice_Date": "06/01/2026",
        "Batch_Code": "HAND",
        "Transaction_Type": "C",
    }
    spectrum = SpectrumCaller(ar_clerk.contractor.sandbox.spectrum_url)
    spectrum.write(
        "AddARInvoice",
        **fields,
        Customer_Code=header["Customer_Code"].strip(),
        Invoice_Or_Transaction=f"{number}V",
        Line_Extension="100.00",
        GL_Account="4010",
    )
    spectrum.close()
    ar_clerk.change(key, status="void")

    ar_clerk.rounds_until_quiet()

    assert ar_clerk.entry(key).state == "voided"
    assert ar_clerk.net(key) == 0


def test_a_voided_credit_memo_is_offset_by_an_invoice(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice({"price": -30})
    ar_clerk.round()
    ar_clerk.change(key, status="void")

    report = ar_clerk.round()

    assert [document[:2] for document in ar_clerk.documents(key)] == [("C", ""), ("I", "V")]
    assert report.money()["voided"] == Decimal("-30.00")
    assert ar_clerk.net(key) == 0


def test_a_voided_invoice_that_comes_back_is_counted_as_waiting_and_not_as_done(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.change(key, status="void")
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")

    report = ar_clerk.round()

    ar_clerk.control.edit("invoice", int(key), status="void")
    held = {outcome.key: outcome.amount for outcome in report.outcomes if outcome.result == "held"}
    assert held[key] == Decimal("100.00")
    assert report.money()["held"] == sum(amount or 0 for amount in held.values()), (
        "with those of other tests"
    )
    assert report.money()["posted"] == report.writes == 0
    assert ar_clerk.net(key) == 0


def test_refused_corrected_wrongly_and_corrected_again_each_cause_is_told_once_and_it_goes_out_once(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 99999999999.99})
    ar_clerk.round()
    for price in (99999999999.99, 88888888888.88, 99999999999.99, 8):
        ar_clerk.correct(key, price=price)
        ar_clerk.change(key, status="pending_accounting")
        ar_clerk.ask(key)

    assert ar_clerk.documents(key) == [("I", "", "0.00", (("Labor", "8.00", "4010"),))]
    assert ar_clerk.seen(key)["status"] == "processed"
    assert len(ar_clerk.comments(key)) == 2


def test_an_invoice_of_nothing_that_gets_an_amount_after_it_was_closed_waits_for_a_person(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 0})
    ar_clerk.round()
    ar_clerk.control.edit("invoice", int(key), status="pending_accounting")
    ar_clerk.correct(key, price=9)

    ar_clerk.round()

    assert ar_clerk.entry(key).state == "held"
    assert "closed without posting" in ar_clerk.entry(key).reason
    ar_clerk.change(key, status="void")
    ar_clerk.rounds_until_quiet()
    assert ar_clerk.documents(key) == []
