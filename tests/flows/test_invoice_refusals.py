"""What Spectrum does not take: told once, where AR sees it, without a cent going out twice or
getting lost.
"""

from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.engine.rounds.round import run_round
from tests.world.ar_clerk import POST, ArClerk

TOO_MUCH = {"price": 99999999999.99}
TOLD = "Spectrum did not take this invoice"


def test_a_corrected_invoice_goes_out_with_its_correction_and_not_with_what_was_refused(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice(TOO_MUCH)
    ar_clerk.round()
    ar_clerk.correct(key, price=5)
    ar_clerk.change(key, status="pending_accounting")

    report = ar_clerk.round()

    assert report.money()["posted"] == Decimal("5.00")
    assert ar_clerk.documents(key) == [("I", "", "0.00", (("Labor", "5.00", "4010"),))]
    assert ar_clerk.seen(key)["status"] == "processed"


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_the_void_of_a_corrected_invoice_offsets_the_correction_and_not_what_was_refused(
    ar_clerk: ArClerk, target: str
) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    key = ar_clerk.invoice(TOO_MUCH)
    ar_clerk.round()
    ar_clerk.correct(key, price=5)
    ar_clerk.change(key, status="pending_accounting")
    ar_clerk.round()
    ar_clerk.change(key, status="void")

    report = ar_clerk.round()

    assert report.money()["voided"] == Decimal("5.00")
    assert len(ar_clerk.documents(key)) == 2
    assert ar_clerk.net(key) == 0


def test_a_split_invoice_refused_by_half_goes_on_once_the_other_half_is_corrected(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 40}, {"description": "Credit", "price": -99999999999.99})
    ar_clerk.round()
    half = ar_clerk.documents(key)
    ar_clerk.correct(key, 1, price=-15)
    ar_clerk.change(key, status="pending_accounting")

    ar_clerk.round()

    assert [document[:2] for document in half] == [("I", "")]
    assert ar_clerk.documents(key) == [
        ("C", "C", "0.00", (("Credit", "15.00", "4010"),)),
        ("I", "", "0.00", (("Labor", "40.00", "4010"),)),
    ]
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.contractor.posted_twice() == []


def test_a_half_posted_invoice_that_is_voided_takes_back_what_was_posted_and_sends_nothing_else(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 40}, {"description": "Credit", "price": -99999999999.99})
    ar_clerk.round()
    ar_clerk.change(key, status="void")

    report = ar_clerk.round()

    assert [document[:2] for document in ar_clerk.documents(key)] == [("C", "V"), ("I", "")]
    assert report.counts()["voided"] == 1
    assert ar_clerk.entry(key).state == "voided"
    assert len(ar_clerk.comments(key)) == 1


def test_good_and_bad_ones_of_one_batch_whose_answer_is_lost(ar_clerk: ArClerk) -> None:
    good = [ar_clerk.invoice({"price": 10 + n}) for n in range(3)]
    bad = [ar_clerk.invoice({"description": f"Wrong {n}"} | TOO_MUCH) for n in range(2)]
    ar_clerk.contractor.overrides["pace"] = {"workers": 8}
    taken = [ar_clerk.number(key) for key in good]
    ar_clerk.control.switch("spectrum", ar_first_day="2020-01-01")
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)

    report = ar_clerk.round()
    ar_clerk.rounds_until_quiet()

    assert ar_clerk.control.faults() == ()
    assert report.money_agrees()
    assert report.money()["rejected"] == 2 * Decimal("99999999999.99")
    assert report.money()["posted"] == Decimal(10 + 11 + 12)
    assert ar_clerk.contractor.posted_twice() == []
    assert [ar_clerk.seen(key)["status"] for key in good] == ["processed"] * 3
    assert [ar_clerk.seen(key)["status"] for key in bad] == ["failed"] * 2
    assert [len(ar_clerk.comments(key)) for key in (*good, *bad)] == [0, 0, 0, 1, 1]
    assert [ar_clerk.sent(number) for number in taken] == [1, 1, 1]


def test_what_spectrum_itself_refuses_in_a_batch_is_told_and_the_others_are_posted_once(
    ar_clerk: ArClerk,
) -> None:
    """A number that somebody typed into Spectrum before, seen there or refused."""
    first, taken, last = (ar_clerk.invoice({"price": 10}) for _ in range(3))
    ar_clerk.contractor.controller.add_document(ar_clerk.number(taken), "77.00")
    ar_clerk.contractor.overrides["pace"] = {"workers": 8}
    ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="drop_answer", count=1)

    ar_clerk.round()
    ar_clerk.rounds_until_quiet()

    assert [ar_clerk.seen(key)["status"] for key in (first, last)] == ["processed"] * 2
    assert ar_clerk.entry(taken).state in ("rejected", "held")
    assert ar_clerk.entry(taken).reason
    assert ar_clerk.contractor.posted_twice() == []


def test_a_comment_that_servicetrade_does_not_take_stops_no_other_invoice_and_comes_later_once(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    bad, good = ar_clerk.invoice(TOO_MUCH), ar_clerk.invoice({"price": 12})
    ar_clerk.control.add_fault(
        system="servicetrade", operation="POST /comment", kind="status", status=400, count=1
    )

    first = ar_clerk.round()
    waiting = ar_clerk.entry(bad)
    ar_clerk.rounds_until_quiet()

    assert first.stopped_by is None
    assert first.money_agrees()
    assert first.money()["posted"] == Decimal("12.00")
    assert waiting.reason
    assert waiting.retry_at is not None
    assert len(ar_clerk.comments(bad)) == 1
    assert ar_clerk.seen(bad)["status"] == "failed"
    assert ar_clerk.entry(bad).state == "rejected"
    assert ar_clerk.seen(good)["status"] == "processed"


@pytest.mark.parametrize("kind", ["fail_before", "drop_answer", "refuse", "truncate"])
@pytest.mark.parametrize("operation", ["POST /comment", "PUT /invoice/{id}", "GET /comment"])
def test_telling_ar_that_is_interrupted_is_completed_later_and_told_once(
    ar_clerk: ArClerk, operation: str, kind: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    bad = ar_clerk.invoice({"description": f"{operation} {kind}"} | TOO_MUCH)
    ar_clerk.control.add_fault(system="servicetrade", operation=operation, kind=kind, count=2)

    report = ar_clerk.round()
    ar_clerk.rounds_until_quiet()

    assert report.stopped_by is None or report.stopped_by.stops_the_run
    assert len(ar_clerk.comments(bad)) == 1
    assert TOLD in ar_clerk.comments(bad)[0]
    assert ar_clerk.seen(bad)["status"] == "failed"
    assert ar_clerk.entry(bad).state == "rejected"


def test_a_closing_that_servicetrade_refuses_is_not_told_as_a_refusal_of_spectrum(
    ar_clerk: ArClerk,
) -> None:
    ar_clerk.contractor.retry_at_once()
    key = ar_clerk.invoice({"price": 33})
    ar_clerk.control.add_fault(
        system="servicetrade", operation="PUT /invoice/{id}", kind="status", status=400, count=1
    )

    first = ar_clerk.round()
    entry = ar_clerk.entry(key)
    ar_clerk.rounds_until_quiet()

    assert first.money_agrees()
    assert entry.state == "held"
    assert "ServiceTrade" in entry.reason
    assert ar_clerk.comments(key) == []
    assert ar_clerk.seen(key)["status"] == "processed"
    assert ar_clerk.sent(ar_clerk.number(key)) == 1


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_document_that_somebody_has_open_waits_and_is_not_failed(
    ar_clerk: ArClerk, target: str
) -> None:
    ar_clerk.contractor.retry_at_once()
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    key = ar_clerk.invoice({"price": 8})
    ar_clerk.control.add_fault(
        system="spectrum", operation="AddARInvoice" if target == "soap" else POST, kind="locked"
    )

    held = ar_clerk.round()
    seen = ar_clerk.seen(key)["status"]
    ar_clerk.rounds_until_quiet()

    assert [outcome.result for outcome in held.outcomes if outcome.key == key] == ["held"]
    assert seen == "pending_accounting"
    assert ar_clerk.comments(key) == []
    assert ar_clerk.seen(key)["status"] == "processed"


@pytest.mark.parametrize("target", ["rest", "soap"])
def test_a_number_that_is_taken_in_spectrum_is_told_to_ar_with_the_number(
    ar_clerk: ArClerk, target: str
) -> None:
    ar_clerk.contractor.overrides["invoices"] = {"target": target}
    key = ar_clerk.invoice({"price": 8})
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "77.00")

    ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert ar_clerk.number(key) in entry.reason
    assert entry.state in ("rejected", "held")
    assert entry.state == "held" or len(ar_clerk.comments(key)) == 1


def another_customer(ar_clerk: ArClerk) -> None:
    """A second one in Spectrum, if there is none yet."""
    where = {
        "addressStreet": "1 A St",
        "addressCity": "Norfolk",
        "addressState": "VA",
        "addressPostalCode": "23502",
    }
    ar_clerk.office.post("/company", name="Somebody Else", customer=True, **where)
    with ar_clerk.contractor.session() as session:
        run_round(session, ("customers",), "set-up")


@pytest.mark.parametrize(
    "other", [{"kind": "C"}, {"place": -1}], ids=["credit memo", "of another customer"]
)
def test_a_document_of_the_same_number_and_amount_is_not_taken_for_ours(
    ar_clerk: ArClerk, other: dict[str, Any]
) -> None:
    another_customer(ar_clerk)
    ar_clerk.control.switch("spectrum", has_unique_invoice_numbers=True)
    key = ar_clerk.invoice({"price": 8})
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "8.00", **other)

    ar_clerk.round()

    assert ar_clerk.seen(key)["status"] != "processed"
    assert ar_clerk.entry(key).state in ("rejected", "held")
    assert ar_clerk.number(key) in ar_clerk.entry(key).reason


def test_a_void_whose_number_somebody_took_waits_with_a_word_and_is_not_failed(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice()
    ar_clerk.round()
    ar_clerk.contractor.controller.add_document(f"{ar_clerk.number(key)}V", "1.00", kind="C")
    ar_clerk.change(key, status="void")

    report = ar_clerk.round()

    entry = ar_clerk.entry(key)
    assert [outcome.result for outcome in report.outcomes if outcome.key == key] == ["held"]
    assert entry.state == "held"
    assert f"{ar_clerk.number(key)}V" in entry.reason
    assert ar_clerk.comments(key) == []


@pytest.mark.parametrize("has_infolink", [True, False])
def test_a_refusal_in_another_shape_is_told_once_where_it_can_be_confirmed_and_else_waits_for_a_person(
    ar_clerk: ArClerk, has_infolink: bool
) -> None:
    ar_clerk.contractor.overrides["pace"] = {
        "retry_rejected_after_seconds": 0.001,
        "retry_held_after_seconds": 0.001,
    }
    if not has_infolink:
        ar_clerk.contractor.overrides["spectrum"] = {"infolink": None}
    if has_infolink:
        # The number of a new invoice is looked up before it is sent; that of a half which is still
        # to go is not.
        taken = ar_clerk.invoice({"price": 40}, {"description": "Credit", "price": -10})
        number = f"{ar_clerk.number(taken)}C"
        ar_clerk.control.add_fault(system="spectrum", operation=POST, kind="locked", key=number)
        ar_clerk.round()
        ar_clerk.contractor.controller.add_document(number, "77.00", kind="C")
        ar_clerk.control.clear_faults()
    else:
        taken = ar_clerk.invoice({"price": 8})
        number = ar_clerk.number(taken)
        ar_clerk.contractor.controller.add_document(number, "77.00")
    good = ar_clerk.invoice()
    ar_clerk.control.switch("spectrum", refusal_shape="rows")

    for _ in range(4):
        ar_clerk.round()

    assert ar_clerk.sent(number) == 1
    entry = ar_clerk.entry(taken)
    if has_infolink:
        assert (ar_clerk.seen(taken)["status"], entry.state) == ("failed", "rejected")
        assert len(ar_clerk.comments(taken)) == 1
        assert ar_clerk.complaints(good) == []
    else:
        assert (ar_clerk.seen(taken)["status"], entry.needs) == (
            "pending_accounting",
            ("a person",),
        )


def test_what_stands_under_the_number_of_a_lost_invoice_is_not_called_ours_without_comparing(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 8})
    ar_clerk.lose("fail_before")
    ar_clerk.round()
    ar_clerk.contractor.controller.add_document(ar_clerk.number(key), "77.00")
    ar_clerk.find_again()

    with ar_clerk.contractor.session() as session:
        session.engine.run("invoices", [key], run_id="test")

    advice = ar_clerk.entry(key).advice
    assert "customer, type, date and amount" in advice
    assert advice.index("--not-there") < advice.index("Only if all of them agree")
