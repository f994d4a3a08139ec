"""Numbers of invoices after a ledger was lost: what stands under one that nobody carries is put
before a person, and what another invoice carries is no matter.
"""

import pytest

from tests.campaign.people import ByHand, do_by_hand
from tests.campaign.whole import EVERY_CASE
from tests.histories.history import History
from tests.histories.place import Place

RENUMBERED = "gets another number after it was posted, and is handed in again"


def documents(history: History) -> list[str]:
    rows = history.records("spectrum", "CR_INVOICE_HEADER_MC")
    return sorted(str(row["Invoice_Or_Transaction"]).strip() for row in rows)


@pytest.mark.parametrize("way", ["REST", "SOAP"])
def test_two_invoices_of_one_job_day_and_amount_are_both_posted_by_a_new_ledger(
    place: Place, way: str
) -> None:
    with place.history(EVERY_CASE[f"invoices by {way}"]) as history:
        history.make()
        history.settle()
        history.lose()
        (first,) = documents(history)
        rows = history.records("servicetrade", "invoice")
        billed = next(row for row in rows if row["id"] == history.made[0])
        history.contractor.billing_clerk.draft(
            jobId=billed["jobId"],
            status="pending_accounting",
            invoiceNumber="10001-9",
            transactionDate=billed["transactionDate"],
        )
        history.settle()
        assert documents(history) == [first, "10001-9"]


def test_one_that_waits_under_another_number_is_posted_once_a_person_says_that_it_is_another(
    place: Place,
) -> None:
    with place.history(EVERY_CASE["invoices by REST"]) as history:
        history.make()
        history.settle()
        history.lose()
        do_by_hand(history, ByHand("invoices", RENUMBERED))
        history.settle()
        key = str(history.made[0])
        with history.session() as session:
            held = session.ledger.get("invoices", key)
            assert held is not None
            assert "Spectrum has invoice 10001-1 of the same customer, job" in held.entry.reason
            assert "posted as R00-9" in held.entry.reason
            assert session.flows["invoices"].resolve(held.entry, is_there=True) == ""
            said = session.flows["invoices"].resolve(held.entry, is_there=False)
            assert said == "noted as not in Spectrum; the next round posts it."
        history.settle()
        assert documents(history) == ["10001-1", "R00-9"]
