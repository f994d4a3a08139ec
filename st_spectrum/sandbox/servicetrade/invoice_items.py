"""The lines of an invoice: what a caller may say about one, what is worked out from it, and how it
looks [ST 6.3].
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from st_spectrum.sandbox.servicetrade import fields
from st_spectrum.sandbox.servicetrade.call import Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.shapes import Shapes, money

CENT = Decimal("0.01")

DEFAULTS: Document = {
    "quantity": 1,
    "price": 0,
    "libItemId": None,
    "serviceLineId": None,
    "jobItemId": None,
    "serviceRequestId": None,
    "taxGroupId": None,
    "taxRate": None,
}

# No page lists the keys of a posted line: all of these are assumed. The last three override what
# would be worked out, so that differences of a cent, which other software leaves behind, can be set
# up.
FIELDS = (
    Field("description", fields.text(), is_required=True),
    Field("quantity", fields.number, is_nullable=False),
    Field("price", fields.number, is_nullable=False),
    Field("libItemId", fields.one("libitem")),
    Field("serviceLineId", fields.one("serviceline")),
    Field("jobItemId", fields.one("jobitem")),
    Field("serviceRequestId", fields.one("servicerequest")),
    Field("taxGroupId", fields.one("taxgroup")),
    Field("taxRate", fields.number),
    Field("subtotal", fields.number, is_nullable=False),
    Field("taxAmount", fields.number, is_nullable=False),
    Field("totalPrice", fields.number, is_nullable=False),
)


def exact(value: float) -> Decimal:
    """A JSON number as the decimal that was written."""
    return Decimal(str(value))


def cents(value: Decimal) -> float:
    """Rounded to the cent, half away from zero (assumed); two decimals are safe in a float of this
    size.
    """
    return float(value.quantize(CENT, ROUND_HALF_UP))


def read(call: Call, value: Any) -> list[Document]:
    """The lines of a POST; ValueError tells every problem with the number of its line."""
    if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
        raise ValueError("is not a list of lines")
    lines, problems, body = [], [], call.body
    for number, line in enumerate(value, start=1):
        call.body = line
        try:
            lines.append(fields.accept(call, FIELDS, is_new=True))
        except Refused as refused:
            problems += [f"line {number}: {text}" for text in refused.texts]
        finally:
            call.body = body
    if problems:
        raise ValueError("; ".join(problems))
    return lines


def settled(call: Call, line: Document, order: int, *, has_tax: bool) -> Document:
    """A line as it is kept: with its id, its rate and its three amounts.

    subtotal = quantity x price; the tax is a fraction of it, by the line's rate or else by its tax
    group; each rounded to the cent (assumed). `has_tax` is False where the caller asked for no tax
    at all.
    """
    group = (
        call.documents.get("taxgroup", line["taxGroupId"])
        if line.get("taxGroupId") is not None
        else None
    )
    line = DEFAULTS | line
    rate = line["taxRate"] if line["taxRate"] is not None else group["combinedRate"] if group else 0
    subtotal = line.get("subtotal", cents(exact(line["quantity"]) * exact(line["price"])))
    tax = line.get("taxAmount", cents(exact(subtotal) * exact(rate)) if has_tax else 0)
    total = line.get("totalPrice", cents(exact(subtotal) + exact(tax)))
    own = {"id": call.documents.next("invoiceitem"), "orderIndex": order, "taxRate": rate}
    return {**line, **own, "subtotal": subtotal, "taxAmount": tax, "totalPrice": total}


def total(lines: Iterable[Document], key: str) -> float:
    """The exact sum of one amount over all lines."""
    return float(sum((exact(line[key]) for line in lines), Decimal(0)))


def shape(shapes: Shapes, line: Document) -> Document:
    """The line inside its invoice. Cost stands on its job item and nowhere else [ST 6.3]."""
    job_item = (
        shapes.documents.get("jobitem", line["jobItemId"])
        if line["jobItemId"] is not None
        else None
    )
    return {
        "id": line["id"],
        "uri": shapes.uri("invoiceitem", line["id"]),
        "description": line["description"],
        "quantity": money(line, "quantity"),
        "price": money(line, "price"),
        "subtotal": money(line, "subtotal"),
        "taxGroup": shapes.reference("taxgroup", line["taxGroupId"]),
        "taxRate": line["taxRate"],
        "taxRateDetails": [],
        "taxAmount": money(line, "taxAmount"),
        "totalPrice": money(line, "totalPrice"),
        "orderIndex": line["orderIndex"],
        "libItem": shapes.reference("libitem", line["libItemId"]),
        "serviceLine": shapes.reference("serviceline", line["serviceLineId"]),
        "jobItem": shapes.reference("jobitem", job_item["id"]) if job_item else None,
        "serviceRequest": shapes.reference("servicerequest", line["serviceRequestId"]),
        "invoiceRecurrence": None,
        "windowStart": None,
        "windowEnd": None,
    }
