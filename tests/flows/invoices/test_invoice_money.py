"""Money, whatever the invoice: documents of one sign that net to the total, and voids that net to
nothing.
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold, Void
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.invoices.flow import posted_by
from st_spectrum.flows.invoices.kept import from_document, to_document
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.rules import InvoiceBundle, decide_invoice
from st_spectrum.ledger.documents.invoices import PostedInvoice
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job
from tests.flows.records import account

RULES = account(invoices={"gl": {"default": "4000"}})
JOB = Job.model_validate(
    {
        "id": 10482,
        "number": 10482,
        "customer": {"id": 1201},
        "location": {"id": 3310},
        "externalIds": {"spectrum": "10482"},
    }
)
TODAY = date(2025, 11, 10)

amounts = st.integers(-500_000, 500_000).map(lambda number: Decimal(number).scaleb(-2))


@st.composite
def lines(draw):
    """Lines with tax of the same sign as their amount, as ServiceTrade computes it."""
    made = []
    for number in range(draw(st.integers(1, 12))):
        amount = draw(amounts)
        tax = (
            amount * draw(st.sampled_from([Decimal(0), Decimal("0.0725"), Decimal("0.06")]))
        ).quantize(Decimal("0.01"))
        made.append({"id": number + 1, "description": f"line {number}", "quantity": 1, "price": str(amount), "subtotal": str(amount),
                     "taxAmount": str(tax), "totalPrice": str(amount + tax), "orderIndex": number})  # fmt: skip
    return made


def invoice(items, **changes):
    subtotal = sum((Decimal(item["subtotal"]) for item in items), Decimal(0))
    tax = sum((Decimal(item["taxAmount"]) for item in items), Decimal(0))
    known = {
        "id": 88001, "type": "invoice", "status": "pending_accounting", "invoiceNumber": "10482-1", "transactionDate": 1762232400,
        "subtotal": str(subtotal), "taxAmount": str(tax), "totalPrice": str(subtotal + tax), "items": items,
        "customer": {"id": 1201, "name": "Harbor", "externalIds": {"spectrum": "C00001"}},
        "location": {"id": 3310, "taxable": True, "address": {"state": "VA"}},
        "job": {"id": 10482, "number": 10482, "type": "repair"},
    }  # fmt: skip
    return Invoice.model_validate(known | changes)


def decide(found, posted=(), progress=Progress()):  # noqa: B008 - frozen
    return decide_invoice(InvoiceBundle(found, TODAY, JOB, None, posted, progress), RULES)


@given(lines())
def test_what_is_posted_nets_to_the_total_of_the_invoice_to_the_cent(items):
    found = invoice(items)
    decision = decide(found)

    assert isinstance(decision, Create)
    documents = posted_by(decision)
    assert sum((document.total for document in documents), Decimal(0)) == found.total_price
    assert all(
        Decimal(line["Line_Extension"]) > 0 for document in documents for line in document.details
    )
    assert all(Decimal(document.header["Sales_Tax_Amount"]) >= 0 for document in documents)
    assert len({document.number for document in documents}) == len(documents) <= 2


@given(lines(), lines())
def test_a_void_nets_to_nothing_whatever_the_invoice_says_by_then(items, changed):
    documents = posted_by(decide(invoice(items)))
    kept = from_document(PostedInvoice.read(to_document(documents).as_text(), "x"))
    posted = Progress(
        target_key="|".join(document.number for document in documents) or "none", is_confirmed=True
    )

    decision = decide(invoice(changed, status="void"), kept, posted)

    if not documents:
        assert not isinstance(decision, Void)
        return
    assert isinstance(decision, Void)
    everything = posted_by(decision)
    assert sum((document.total for document in everything), Decimal(0)) == 0
    assert (
        len({document.number for document in everything}) == len(everything) == 2 * len(documents)
    )


@given(lines(), st.integers(1, 500), st.sampled_from(["subtotal", "taxAmount", "totalPrice"]))
def test_a_header_that_differs_by_any_cent_is_held(items, difference, field):
    off = invoice(items)
    wrong = Decimal(
        str(
            getattr(
                off,
                {"subtotal": "subtotal", "taxAmount": "tax_amount", "totalPrice": "total_price"}[
                    field
                ],
            )
        )
    )

    decision = decide(invoice(items, **{field: str(wrong + Decimal(difference).scaleb(-2))}))

    assert isinstance(decision, Hold)


@given(lines(), st.randoms())
def test_the_order_of_the_lines_on_the_wire_does_not_matter(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)

    assert posted_by(decide(invoice(items))) == posted_by(decide(invoice(shuffled)))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.125", "0.13"), ("-0.125", "-0.13"), ("2.675", "2.68"), ("0.0049", "0.00")],
)
def test_half_a_cent_is_rounded_away_from_zero_as_an_accountant_does(amount, rounded):
    assert cents(Decimal(amount)) == Decimal(rounded)


def test_an_amount_finer_than_a_cent_is_posted_half_up_and_agrees_with_its_header():
    item = {"id": 1, "description": "Wire", "quantity": "2.5", "price": "0.05", "subtotal": "0.125", "taxAmount": "0.005",
            "totalPrice": "0.13", "orderIndex": 1}  # fmt: skip

    (document,) = posted_by(decide(invoice([item], totalPrice="0.14")))

    assert document.details[0]["Line_Extension"] == "0.13"
    assert document.header["Sales_Tax_Amount"] == "0.01"
