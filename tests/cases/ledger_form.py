"""Decisions about invoices in the form in which an accountant reads them."""

from decimal import Decimal

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.commands import System
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip, Update, Void
from st_spectrum.flows.invoices.flow import posted_by

HEADER = (
    ("Customer_Code", "customer"),
    ("Job_Number", "job"),
    ("Invoice_Date", "date"),
    ("GL_Date", "GL date"),
    ("Batch_Code", "batch"),
    ("Terms_Code", "terms"),
    ("Salesperson_Code", "salesperson"),
    ("Sales_Tax_Code", "tax code"),
    ("Customer_PO", "customer PO"),
    ("Remarks", "remarks"),
)


def rendered(title: str, decision: Decision) -> str:
    """Markdown: what happens, each document with its lines, and what is written back."""
    lines = [f"# {title}", ""]
    if isinstance(decision, Hold):
        lines += [
            f"**Held:** {decision.reason}.",
            "",
            f"{decision.advice}",
            "",
            f"Cause: {decision.cause or decision.reason}",
        ]
    elif isinstance(decision, Skip):
        lines += [f"**Nothing to do:** {decision.reason}."]
    elif isinstance(decision, LeaveUnchanged):
        lines += [f"**Left as it is:** {decision.reason}."]
    else:
        lines += _written(decision)
    return "\n".join(lines).rstrip() + "\n"


def _written(decision: Create | Update | Void) -> list[str]:
    lines: list[str] = []
    documents = posted_by(decision)
    for document in documents:
        lines += _document(document)
    if documents:
        net = sum((document.total for document in documents), Decimal(0))
        lines += [f"**Net effect on the customer: {net}**", ""]
    for step in decision.steps:
        if step.system is System.SERVICETRADE:
            fields = step.calls[0].fields
            number = f", number {fields['invoice_number']}" if "invoice_number" in fields else ""
            lines += [
                (
                    f"Then in ServiceTrade: invoice {fields['invoice_id']} is"
                    f" {fields['status']}{number}."
                )
            ]
    lines += ["", *(f"- {note}" for note in decision.notes)]
    return lines


def _document(document: ArDocument) -> list[str]:
    kind = "Credit memo" if document.is_credit else "Invoice"
    lines = [f"## {kind} {document.number}", ""]
    lines += [
        f"    {label:<12} {document.header[field]}"
        for field, label in HEADER
        if document.header.get(field)
    ]
    lines += [
        "",
        (
            f"    {'quantity':>10}  {'description':<30} {'GL':<8} {'center':<7} {'tax':<3}"
            f" {'amount':>12}"
        ),
    ]
    for line in document.details:
        cells = (
            line.get("Quantity", ""),
            line["Detail_Description"],
            line["GL_Account"],
            line.get("Income_Cost_Center", ""),
        )
        lines += [
            (
                f"    {cells[0]:>10}  {cells[1]:<30} {cells[2]:<8} {cells[3]:<7}"
                f" {line['Taxable_Flag']:<3} {line['Line_Extension']:>12}"
            )
        ]
        if line.get("Message"):
            lines += [f"    {'':>10}  {line['Message']}"]
    lines += [
        (
            f"    {'':>10}  {'sales tax':<30} {'':<8} {'':<7} {'':<3}"
            f" {document.header['Sales_Tax_Amount']:>12}"
        )
    ]
    lines += [f"    {'':>10}  {'total':<30} {'':<8} {'':<7} {'':<3} {abs(document.total):>12}", ""]
    return lines
