"""What Spectrum does not take: told once, where AR sees it, without a cent going out twice or
getting lost.
"""

from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.engine.round import run_round
from tests.flows.desk import POST, Desk

TOO_MUCH = {"price": 99999999999.99}
TOLD = "Spectrum did not take this invoice"


def test_a_corrected_invoice_goes_out_with_its_correction_and_not_with_what_was_refused(
    desk: Desk,
) -> None:
    key = desk.invoice(TOO_MUCH)
    desk.round()
    desk.correct(key, price=5)
    desk.change(key, status="pending_accounting")

    report = desk.round()

    assert report.money()["posted"] == Decimal("5.00")
    assert desk.documents(key) == [("I", "", "0.00", (("Labor", "5.00", "4010"),))]
    assert desk.seen(key)["status"] == "processed"


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_the_void_of_a_corrected_invoice_offsets_the_correction_and_not_what_was_refused(
    desk: Desk, target: str
) -> None:
    desk.contractor.overrides["invoices"] = {"target": target}
    key = desk.invoice(TOO_MUCH)
    desk.round()
    desk.correct(key, price=5)
    desk.change(key, status="pending_accounting")
    desk.round()
    desk.change(key, status="void")

    report = desk.round()

    assert report.money()["voided"] == Decimal("5.00")
    assert len(desk.documents(key)) == 2
    assert desk.net(key) == 0


def test_a_split_invoice_refused_by_half_goes_on_once_the_other_half_is_corrected(
    desk: Desk,
) -> None:
    key = desk.invoice({"price": 40}, {"description": "Credit", "price": -99999999999.99})
    desk.round()
    half = desk.documents(key)
    desk.correct(key, 1, price=-15)
    desk.change(key, status="pending_accounting")

    desk.round()

    assert [document[:2] for document in half] == [("I", "")]
    assert desk.documents(key) == [
        ("C", "C", "0.00", (("Credit", "15.00", "4010"),)),
        ("I", "", "0.00", (("Labor", "40.00", "4010"),)),
    ]
    assert desk.seen(key)["status"] == "processed"
    assert desk.contractor.posted_twice() == []


def test_a_half_posted_invoice_that_is_voided_takes_back_what_was_posted_and_sends_nothing_else(
    desk: Desk,
) -> None:
    key = desk.invoice({"price": 40}, {"description": "Credit", "price": -99999999999.99})
    desk.round()
    desk.change(key, status="void")

    report = desk.round()

    assert [document[:2] for document in desk.documents(key)] == [("C", "V"), ("I", "")]
    assert report.counts()["voided"] == 1
    assert desk.entry(key).state == "voided"
    assert len(desk.comments(key)) == 1


def test_good_and_bad_ones_of_one_batch_whose_answer_is_lost(desk: Desk) -> None:
    good = [desk.invoice({"price": 10 + n}) for n in range(3)]
    bad = [desk.invoice({"description": f"Wrong {n}"} | TOO_MUCH) for n in range(2)]
    desk.contractor.overrides["pace"] = {"workers": 8}
    taken = [desk.number(key) for key in good]
    desk.control.switch("spectrum", ar_first_day="2020-01-01")
    desk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)

    report = desk.round()
    desk.quiet()

    assert desk.control.faults() == ()
    assert report.money_agrees()
    assert report.money()["rejected"] == 2 * Decimal("99999999999.99")
    assert report.money()["posted"] == Decimal(10 + 11 + 12)
    assert desk.contractor.posted_twice() == []
    assert [desk.seen(key)["status"] for key in good] == ["processed"] * 3
    assert [desk.seen(key)["status"] for key in bad] == ["failed"] * 2
    assert [len(desk.comments(key)) for key in (*good, *bad)] == [0, 0, 0, 1, 1]
    assert [desk.sent(number) for number in taken] == [1, 1, 1]


def test_what_spectrum_itself_refuses_in_a_batch_is_told_and_the_others_are_posted_once(
    desk: Desk,
) -> None:
    """A number that somebody typed into Spectrum before, seen there or refused."""
    first, taken, last = (desk.invoice({"price": 10}) for _ in range(3))
    desk.foreign(desk.number(taken), "77.00")
    desk.contractor.overrides["pace"] = {"workers": 8}
    desk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)

    desk.round()
    desk.quiet()

    assert [desk.seen(key)["status"] for key in (first, last)] == ["processed"] * 2
    assert desk.entry(taken).state in ("rejected", "held")
    assert desk.entry(taken).reason
    assert desk.contractor.posted_twice() == []


def test_a_comment_that_servicetrade_does_not_take_stops_no_other_invoice_and_comes_later_once(
    desk: Desk,
) -> None:
    desk.is_impatient()
    bad, good = desk.invoice(TOO_MUCH), desk.invoice({"price": 12})
    desk.control.add_fault(
        system="servicetrade", operation="POST /comment", kind="status", status=400, count=1
    )

    first = desk.round()
    waiting = desk.entry(bad)
    desk.quiet()

    assert first.stopped_by is None
    assert first.money_agrees()
    assert first.money()["posted"] == Decimal("12.00")
    assert waiting.reason
    assert waiting.retry_at is not None
    assert len(desk.comments(bad)) == 1
    assert desk.seen(bad)["status"] == "failed"
    assert desk.entry(bad).state == "rejected"
    assert desk.seen(good)["status"] == "processed"


@pytest.mark.parametrize("kind", ["fail_before", "drop_answer", "refuse", "truncate"])
@pytest.mark.parametrize("operation", ["POST /comment", "PUT /invoice/{id}", "GET /comment"])
def test_telling_ar_that_is_interrupted_is_completed_later_and_told_once(
    desk: Desk, operation: str, kind: str
) -> None:
    desk.is_impatient()
    bad = desk.invoice({"description": f"{operation} {kind}"} | TOO_MUCH)
    desk.control.add_fault(system="servicetrade", operation=operation, kind=kind, count=2)

    report = desk.round()
    desk.quiet()

    assert report.stopped_by is None or report.stopped_by.stops_the_run
    assert len(desk.comments(bad)) == 1
    assert TOLD in desk.comments(bad)[0]
    assert desk.seen(bad)["status"] == "failed"
    assert desk.entry(bad).state == "rejected"


def test_a_closing_that_servicetrade_refuses_is_not_told_as_a_refusal_of_spectrum(
    desk: Desk,
) -> None:
    desk.is_impatient()
    key = desk.invoice({"price": 33})
    desk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="status", status=400, count=1
    )

    first = desk.round()
    entry = desk.entry(key)
    desk.quiet()

    assert first.money_agrees()
    assert entry.state == "held"
    assert "ServiceTrade" in entry.reason
    assert desk.comments(key) == []
    assert desk.seen(key)["status"] == "processed"
    assert desk.sent(desk.number(key)) == 1


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_document_that_somebody_has_open_waits_and_is_not_failed(desk: Desk, target: str) -> None:
    desk.is_impatient()
    desk.contractor.overrides["invoices"] = {"target": target}
    key = desk.invoice({"price": 8})
    desk.control.add_fault(
        system="spectrum", operation="AddARInvoice" if target == "soap" else POST, kind="locked"
    )

    held = desk.round()
    seen = desk.seen(key)["status"]
    desk.quiet()

    assert [outcome.result for outcome in held.outcomes if outcome.key == key] == ["held"]
    assert seen == "pending_accounting"
    assert desk.comments(key) == []
    assert desk.seen(key)["status"] == "processed"


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_number_that_is_taken_in_spectrum_is_told_to_ar_with_the_number(
    desk: Desk, target: str
) -> None:
    desk.contractor.overrides["invoices"] = {"target": target}
    key = desk.invoice({"price": 8})
    desk.foreign(desk.number(key), "77.00")

    desk.round()

    entry = desk.entry(key)
    assert desk.number(key) in entry.reason
    assert entry.state in ("rejected", "held")
    assert entry.state == "held" or len(desk.comments(key)) == 1


def another_customer(desk: Desk) -> None:
    """A second one in Spectrum, if there is none yet."""
    where = {
        "addressStreet": "1 A St",
        "addressCity": "Norfolk",
        "addressState": "VA",
        "addressPostalCode": "23502",
    }
    desk.office.post("/company", name="Somebody Else", customer=True, **where)
    with desk.contractor.session() as session:
        run_round(session, ("customers",), "set-up")


@pytest.mark.parametrize(
    "other", [{"kind": "C"}, {"place": -1}], ids=["credit memo", "of another customer"]
)
def test_a_document_of_the_same_number_and_amount_is_not_taken_for_ours(
    desk: Desk, other: dict[str, Any]
) -> None:
    another_customer(desk)
    desk.control.switch("spectrum", has_unique_invoice_numbers=True)
    key = desk.invoice({"price": 8})
    desk.foreign(desk.number(key), "8.00", **other)

    desk.round()

    assert desk.seen(key)["status"] != "processed"
    assert desk.entry(key).state in ("rejected", "held")
    assert desk.number(key) in desk.entry(key).reason


def test_a_void_whose_number_somebody_took_waits_with_a_word_and_is_not_failed(desk: Desk) -> None:
    key = desk.invoice()
    desk.round()
    desk.foreign(f"{desk.number(key)}V", "1.00", kind="C")
    desk.change(key, status="void")

    report = desk.round()

    entry = desk.entry(key)
    assert [outcome.result for outcome in report.outcomes if outcome.key == key] == ["held"]
    assert entry.state == "held"
    assert f"{desk.number(key)}V" in entry.reason
    assert desk.comments(key) == []


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_refusal_in_another_shape_is_told_once_where_it_can_be_confirmed_and_else_waits_for_a_person(
    desk: Desk, has_infolink: bool
) -> None:
    desk.contractor.overrides["pace"] = {
        "retry_rejected_after_seconds": 0.001,
        "retry_held_after_seconds": 0.001,
    }
    if not has_infolink:
        desk.contractor.overrides["spectrum"] = {"infolink": None}
    if has_infolink:
        # The number of a new invoice is looked up before it is sent; that of a half which is still
        # to go is not.
        taken = desk.invoice({"price": 40}, {"description": "Credit", "price": -10})
        number = f"{desk.number(taken)}C"
        desk.control.add_fault(system="spectrum", operation=POST, kind="locked", key=number)
        desk.round()
        desk.foreign(number, "77.00", kind="C")
        desk.control.clear_faults()
    else:
        taken = desk.invoice({"price": 8})
        number = desk.number(taken)
        desk.foreign(number, "77.00")
    good = desk.invoice()
    desk.control.switch("spectrum", refusal_shape="rows")

    for _ in range(4):
        desk.round()

    assert desk.sent(number) == 1
    entry = desk.entry(taken)
    if has_infolink:
        assert (desk.seen(taken)["status"], entry.state) == ("failed", "rejected")
        assert len(desk.comments(taken)) == 1
        assert desk.complaints(good) == []
    else:
        assert (desk.seen(taken)["status"], entry.needs) == ("pending_accounting", ("a person",))


def test_what_stands_under_the_number_of_a_lost_invoice_is_not_called_ours_without_comparing(
    desk: Desk,
) -> None:
    key = desk.invoice({"price": 8})
    desk.lose("fail_before")
    desk.round()
    desk.foreign(desk.number(key), "77.00")
    desk.find_again()

    with desk.contractor.session() as session:
        session.engine.run("invoices", [key], run_id="test")

    advice = desk.entry(key).advice
    assert "customer, type, date and amount" in advice
    assert advice.index("--not-there") < advice.index("Only if all of them agree")
