"""Invoices: made from a job or for a customer, handed over by their status, canceled by `void` and
never deleted [ST 6.1].
"""

from typing import Any

from st_spectrum.sandbox.servicetrade import fields, filters, invoice_items, invoice_status, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import PLURALS, Shapes, money

TYPES = ("invoice", "vendorbill", "external")
SUBSTATUSES = (
    "pending",
    "review_needed",
    "needs_review_sales",
    "rejected",
    "sales_approved",
    "approved",
)
AMOUNTS = ("subtotal", "taxAmount", "totalPrice")
FROM_THE_JOB = ("locationId", "customerId", "vendorId")

DEFAULTS: Document = {
    "type": "invoice",
    "status": invoice_status.DEFAULT,
    "substatus": None,
    "jobId": None,
    "locationId": None,
    "vendorId": None,
    "refNumber": None,
    "customerPo": None,
    "notes": None,
    "partial": False,
    "assignedUserId": None,
    "assignedOfficeId": None,
    "paymentTermsId": None,
    "dueDate": None,
    "tagIds": [],
}

FIELDS = (
    Field("jobId", fields.one("job"), on_put=False),
    Field("locationId", fields.one("location"), on_put=False),
    Field("customerId", fields.one("company"), on_put=False),
    Field("vendorId", fields.one("company"), on_put=False),
    Field("type", fields.choice((*TYPES, "unknown")), on_put=False, is_nullable=False),
    # Without lines the job's items would be billed, which takes a contract; there are none here.
    Field("items", invoice_items.read, is_required=True, on_put=False),
    Field("applyTax", fields.flag, on_put=False, is_nullable=False),
    Field("status", fields.choice(invoice_status.STATUSES), is_nullable=False),
    Field("name", fields.text(is_filled=True), is_nullable=False),
    Field("invoiceNumber", fields.text(is_filled=True), is_nullable=False),
    Field("notes", fields.text()),
    Field("partial", fields.flag, is_nullable=False),
    Field("assignedUserId", fields.one("user")),
    Field("transactionDate", fields.whole, is_nullable=False),
    # What follows can be set in the office app; as keys of a call it is assumed.
    Field("customerPo", fields.text()),
    Field("substatus", fields.choice(SUBSTATUSES)),
    Field("refNumber", fields.text()),
    Field("paymentTermsId", fields.one("paymentterms")),
    Field("dueDate", fields.whole),
    # Assumed, and for setting up differences alone: the sums of the header are those of the lines
    # otherwise.
    *(Field(amount, fields.number, on_put=False, is_nullable=False) for amount in AMOUNTS),
)


def _paid(_call: Call, value: str) -> filters.Test:
    wanted = filters.truth(value)
    return lambda invoice: (invoice["status"] == "paid") is wanted


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "status": filters.one_of("status", invoice_status.STATUSES),
    "type": filters.one_of("type", TYPES),
    "jobId": filters.ids("jobId"),
    "customerId": filters.ids("customerId"),
    "locationId": filters.ids("locationId"),
    "assignedUserId": filters.ids("assignedUserId"),
    "paid": _paid,
    "partial": filters.flag("partial"),
    "tag": filters.tagged,
    "transactionDateAfter": filters.at_least("transactionDate"),
    "transactionDateBefore": filters.at_most("transactionDate"),
}


def shape(shapes: Shapes, invoice: Document) -> Document:
    """The full invoice, the same in a list and alone. It has no external ids; its customer and its
    location have theirs.
    """
    own = {
        "name": invoice["name"],
        "invoiceNumber": invoice["invoiceNumber"],
        "refNumber": invoice["refNumber"],
        "type": invoice["type"],
        "status": invoice["status"],
        "substatus": invoice["substatus"],
        "transactionDate": invoice["transactionDate"],
        "dueDate": invoice["dueDate"],
        "paymentTerms": shapes.reference("paymentterms", invoice["paymentTermsId"]),
        **{amount: money(invoice, amount) for amount in AMOUNTS},
        "totalPaidAmount": money(invoice, "totalPrice") if invoice["status"] == "paid" else None,
        "paid": invoice["status"] == "paid",
        "sent": invoice["status"] in ("sent", "paid"),
        "partial": invoice["partial"],
        "customer": _with_external_ids(shapes, "company", invoice["customerId"]),
        "location": _with_external_ids(shapes, "location", invoice["locationId"]),
        "vendor": shapes.reference("company", invoice["vendorId"]),
        "job": shapes.reference("job", invoice["jobId"]),
        "assignedOffice": shapes.reference("location", invoice["assignedOfficeId"]),
        "assignedUser": shapes.reference("user", invoice["assignedUserId"]),
        "contract": None,
        "terms": None,
        "customerPo": invoice["customerPo"],
        "notes": invoice["notes"],
        "items": [invoice_items.shape(shapes, line) for line in invoice["items"]],
        "tags": shapes.references("tag", invoice["tagIds"]),
        "visibility": [],
    }
    return shapes.entity("invoice", invoice, own)


def _with_external_ids(shapes: Shapes, kind: str, number: int | None) -> Any:
    """The short form with the map that it has inside an invoice only [ST 3]; in a compound answer
    beside it (assumed).
    """
    reference = shapes.reference(kind, number)
    record = shapes.documents.get(kind, number) if number is not None else None
    if record is None or number is None:
        return reference
    if not isinstance(reference, dict):
        shapes.included[PLURALS[kind]][number]["externalIds"] = shapes.external_ids(record)
        return reference
    return {**reference, "externalIds": shapes.external_ids(record)}


def _list(call: Call) -> Answer:
    call.query.setdefault("sort", "name")
    return paging.answer(call, "invoice", filters.select(call, "invoice", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("invoice")))


def _add(call: Call) -> Answer:
    changes = fields.accept(call, FIELDS, is_new=True)
    has_tax = changes.pop("applyTax", True)
    job = _take_from_job(call, changes)
    if changes.get("customerId") is None:
        raise Refused(400, "jobId or customerId is required")
    customer = call.documents.get("company", changes["customerId"]) or {}
    # The terms of a new invoice are those of its customer (assumed); a contract's would win, but
    # there are none.
    changes.setdefault("paymentTermsId", customer["paymentTermsId"])
    changes.setdefault("transactionDate", call.documents.now())
    title = f"Job #{job['number']}" if job else customer["name"]
    changes.setdefault("name", f"Invoice for {title}")
    changes.setdefault("invoiceNumber", _number(call, job))
    lines = enumerate(changes["items"], start=1)
    changes["items"] = [
        invoice_items.settled(call, line, order, has_tax=has_tax) for order, line in lines
    ]
    sums = {amount: invoice_items.total(changes["items"], amount) for amount in AMOUNTS}
    return created(
        call, shape(call.shapes, call.documents.insert("invoice", DEFAULTS | sums | changes))
    )


def _take_from_job(call: Call, changes: Document) -> Document | None:
    """Customer, location and vendor come from the job and cannot be given beside it; its office and
    PO too (assumed).
    """
    job = call.documents.get("job", changes["jobId"]) if changes.get("jobId") is not None else None
    if job is None:
        return None
    if given := [name for name in FROM_THE_JOB if changes.get(name) is not None]:
        raise Refused(400, *(f"{name}: comes from the job" for name in given))
    changes |= {name: job[name] for name in FROM_THE_JOB}
    changes["assignedOfficeId"] = job["assignedOfficeId"]
    changes.setdefault("customerPo", job["customerPo"])
    return job


def _number(call: Call, job: Document | None) -> str:
    """Number of the job and a counter, or a counter of the account; by which rule the real product
    numbers is assumed.
    """
    if job:
        counter = call.documents.next(f"invoice of job {job['id']}")
        return f"{job['number']}-{counter}"
    return f"INV-{call.documents.next('invoice')}"


def _change(call: Call) -> Answer:
    invoice = call.named("invoice")
    changes = fields.accept(call, FIELDS, is_new=False)
    if "status" in changes:
        invoice_status.move(call, invoice, changes["status"])
    return Answer(shape(call.shapes, call.documents.change("invoice", invoice["id"], changes)))


def _correct_line(call: Call) -> Answer:
    """A line anew, as the clerk who corrects an invoice leaves it. Path and keys are assumed; the
    sums follow [ST 6.3].

    What was given for the amounts of the line before is forgotten, and so is what was given for
    those of the header.
    """
    number = int(call.params["id"])
    changes = fields.accept(call, invoice_items.FIELDS, is_new=False)
    for invoice in call.documents.all("invoice"):
        for place, line in enumerate(invoice["items"]):
            if line["id"] != number:
                continue
            kept = {
                key: value for key, value in line.items() if key not in (*AMOUNTS, "id", "taxRate")
            }
            anew = invoice_items.settled(call, kept | changes, line["orderIndex"], has_tax=True) | {
                "id": number
            }
            lines = [*invoice["items"][:place], anew, *invoice["items"][place + 1 :]]
            sums = {amount: invoice_items.total(lines, amount) for amount in AMOUNTS}
            call.documents.change("invoice", invoice["id"], {"items": lines, **sums})
            return Answer(invoice_items.shape(call.shapes, anew))
    raise Refused(404, f"There is no invoice item {number}")


ENDPOINTS = (
    Endpoint("GET", "/invoice", _list),
    Endpoint("POST", "/invoice", _add, key=("jobId", "invoiceNumber")),
    Endpoint("GET", "/invoice/{id}", _read),
    Endpoint("PUT", "/invoice/{id}", _change),
    Endpoint("PUT", "/invoiceitem/{id}", _correct_line),
)
