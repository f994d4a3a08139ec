"""Approved invoices of the world with ten years of history: those that nobody has typed yet."""

from st_spectrum.sandbox.servicetrade import invoice, invoice_items
from st_spectrum.sandbox.servicetrade.documents import Document, Documents


def approve_invoice(
    documents: Documents, job: Document, line: str, line_id: int, group: int | None, cents: int
) -> None:
    """One line of so many cents on a job, taxed by the group of its site."""
    rate = 0.0
    if group is not None:
        rate = float((documents.get("taxgroup", group) or {}).get("combinedRate", 0))
    tax = round(cents * rate)
    amounts = {
        "subtotal": cents / 100,
        "taxAmount": tax / 100,
        "totalPrice": (cents + tax) / 100,
    }
    item = invoice_items.DEFAULTS | {"description": f"{line} work", "price": cents / 100}
    item |= {"id": documents.next("invoiceitem"), "orderIndex": 1, "taxRate": rate}
    item |= {"serviceLineId": line_id, "taxGroupId": group, **amounts}
    values = {
        "name": f"Invoice for Job #{job['number']}",
        "invoiceNumber": f"{job['number']}-1",
        "status": "pending_accounting",
        "jobId": job["id"],
        "transactionDate": documents.now(),
        "items": [item],
        **amounts,
        **{key: job[key] for key in invoice.FROM_THE_JOB},
        "assignedOfficeId": job["assignedOfficeId"],
    }
    documents.insert("invoice", invoice.DEFAULTS | values)
