"""Invoices and comments of ServiceTrade as they come over the wire."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from st_spectrum.servicetrade.invoice_models import Comment, Invoice

LABOR = {
    "id": 91001,
    "description": "Labor",
    "quantity": 5,
    "price": 250,
    "subtotal": 1250,
    "taxGroup": None,
    "taxRate": 0,
    "taxRateDetails": [],
    "taxAmount": 0,
    "totalPrice": 1250,
    "orderIndex": 1,
    "libItem": {"id": 501, "name": "Labor", "type": "labor", "code": "LAB-REG", "externalIds": []},
    "serviceLine": {"id": 12, "name": "Sprinkler", "trade": "Fire Protection", "abbr": "SP"},
    "jobItem": {"id": 71001, "description": "Labor", "cost": 62.5, "usedOn": 1762174800},
    "serviceRequest": None,
}
SEAL = {
    "id": 91002,
    "description": "Pump seal kit",
    "quantity": 1,
    "price": 500,
    "subtotal": 500,
    "taxGroup": {
        "id": 9,
        "name": "Norfolk City",
        "code": "VANORF",
        "combinedRate": Decimal("0.0725"),
    },
    "taxAmount": Decimal("36.25"),
    "totalPrice": Decimal("536.25"),
    "libItem": None,
    "serviceLine": None,
    "jobItem": None,
}
PUMP: dict[str, Any] = {
    "id": 88001,
    "name": "Invoice for Job #10482",
    "type": "invoice",
    "status": "pending_accounting",
    "invoiceNumber": "10482-1",
    "refNumber": None,
    "transactionDate": 1762232400,
    "paymentTerms": {"id": 3, "name": "Net 30"},
    "subtotal": 1750,
    "taxAmount": Decimal("36.25"),
    "totalPrice": Decimal("1786.25"),
    "customerPo": "PO-7781",
    "notes": None,
    "customer": {
        "id": 1201,
        "name": "Harbor Foods LLC",
        "status": "active",
        "externalIds": {"spectrum": "HARBOR"},
    },
    "location": {"id": 3310, "name": "Harbor Foods #3", "taxable": True, "externalIds": []},
    "job": {"id": 2500000000010482, "number": 10482, "name": "Repair Job #10482", "type": "repair"},
    "assignedOffice": {"id": 901, "name": "Norfolk Office"},
    "items": [LABOR, SEAL],
    "created": 1762228000,
    "updated": 1762236000,
}


def test_an_invoice_keeps_its_lines_its_parties_and_every_cent() -> None:
    invoice = Invoice.model_validate(PUMP)

    assert (invoice.id, invoice.status, invoice.invoice_number) == (
        88001,
        "pending_accounting",
        "10482-1",
    )
    assert (invoice.subtotal, invoice.tax_amount, invoice.total_price) == (
        Decimal(1750),
        Decimal("36.25"),
        Decimal("1786.25"),
    )
    assert invoice.customer.external_ids == {"spectrum": "HARBOR"}
    assert invoice.location is not None
    assert (invoice.location.is_taxable, invoice.location.external_ids) == (True, {})
    assert invoice.job is not None
    assert (invoice.job.number, invoice.job.type) == (10482, "repair")
    assert invoice.payment_terms is not None
    assert invoice.payment_terms.name == "Net 30"
    labor, seal = invoice.items
    assert labor.lib_item is not None
    assert (labor.lib_item.code, labor.lib_item.type) == ("LAB-REG", "labor")
    assert labor.service_line is not None
    assert labor.service_line.abbr == "SP"
    assert labor.job_item is not None
    assert labor.job_item.cost == Decimal("62.5")
    assert seal.tax_group is not None
    assert (seal.tax_group.code, seal.tax_amount) == ("VANORF", Decimal("36.25"))


def test_nulls_are_nothing() -> None:
    nothing = dict.fromkeys(
        ("notes", "customerPo", "location", "job", "assignedOffice", "paymentTerms", "items")
    )
    invoice = Invoice.model_validate({**PUMP, **nothing, "taxAmount": None, "invoiceNumber": None})

    assert (invoice.notes, invoice.customer_po, invoice.invoice_number, invoice.items) == (
        "",
        "",
        "",
        (),
    )
    assert (invoice.location, invoice.job, invoice.assigned_office, invoice.payment_terms) == (
        None,
        None,
        None,
        None,
    )
    assert invoice.tax_amount == Decimal(0)


@pytest.mark.parametrize(
    "name", ["subtotal", "taxAmount", "totalPrice", "items", "status", "customer"]
)
def test_an_invoice_that_lacks_what_money_depends_on_is_not_read(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Invoice.model_validate({key: value for key, value in PUMP.items() if key != name})


def test_lines_of_which_only_the_ids_came_are_not_taken_for_free_ones() -> None:
    with pytest.raises(ValidationError, match="subtotal"):
        Invoice.model_validate({**PUMP, "items": [91001, 91002]})


@pytest.mark.parametrize("value", ["NaN", "Infinity", "a lot", True, []])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Invoice.model_validate({**PUMP, "subtotal": value})


def test_an_amount_that_comes_as_text_keeps_its_cents() -> None:
    assert Invoice.model_validate({**PUMP, "subtotal": "9,250.10"}).subtotal == Decimal("9250.10")


def test_references_may_be_bare_ids() -> None:
    invoice = Invoice.model_validate({**PUMP, "customer": 1201, "job": 10, "location": 3310})

    assert (invoice.customer.id, invoice.customer.external_ids) == (1201, {})
    assert invoice.job is not None
    assert invoice.job.number is None


def test_a_comment_tells_who_wrote_what() -> None:
    comment = Comment.model_validate(
        {
            "id": 5,
            "content": "Tax code?",
            "author": {"id": 51, "name": "Office"},
            "visibility": None,
            "created": 7,
        }
    )

    assert comment.author is not None
    assert (comment.content, comment.author.name, comment.visibility, comment.created) == (
        "Tax code?",
        "Office",
        (),
        7,
    )
