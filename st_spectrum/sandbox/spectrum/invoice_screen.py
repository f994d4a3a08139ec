"""What people do to AR documents at the Spectrum screen: update them into the ledger, reverse an
invoice. No service does it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum.database import Book, Record
from st_spectrum.sandbox.spectrum.services.invoice_rules import KEY, post
from st_spectrum.sandbox.spectrum.tables import INVOICE_DETAILS, INVOICE_HEADERS

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

Values = Mapping[str, Any]


def act(system: "SpectrumSystem", number: str, action: str, values: Values) -> None:
    """Do one of `ACTIONS` to an invoice, that of `customer` where several have the number.

    KeyError when there is no such invoice, ValueError for what Spectrum refuses.
    """
    if action not in ACTIONS:
        raise ValueError(
            f"{action!r} cannot be done to an invoice; these can: {', '.join(ACTIONS)}"
        )
    with system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        kind, customer = str(values.get("type", "I")), str(values.get("customer", ""))
        named = {"Customer_Code": customer} if customer else {}
        found = book.all(
            INVOICE_HEADERS, Invoice_Or_Transaction=number, Transaction_Type=kind, **named
        )
        if len(found) != 1:
            raise KeyError(
                f"there are {len(found)} documents {number} of type {kind} and customer"
                f" {customer or 'any'}"
            )
        ACTIONS[action](book, found[0])


def _reverse(book: Book, invoice: Record) -> None:
    """A credit memo with the invoice's own number and lines, which waits to be updated; the invoice
    is flagged [SP 12.5].
    """
    key = {name: invoice[name].strip() for name in KEY}
    credit = {**key, "Transaction_Type": "C"}
    if key["Transaction_Type"] != "I":
        raise ValueError("only an invoice can be reversed")
    if book.has(INVOICE_HEADERS, **credit):
        raise ValueError(f"there is a credit memo {key['Invoice_Or_Transaction']} already")
    if invoice["Post_Flag"].strip() != "Y":
        raise ValueError("an invoice that is not updated yet is deleted, not reversed")
    for line in book.all(INVOICE_DETAILS, **key):
        book.insert(INVOICE_DETAILS, {**_as_typed(line), **credit})
    book.insert(
        INVOICE_HEADERS,
        {**_as_typed(invoice), **credit, "Post_Flag": "N", "Print_Flag": "N", "Reversed": "N"},
    )
    book.update(INVOICE_HEADERS, {"Reversed": "Y"}, **key)


def _post(book: Book, document: Record) -> None:
    """The sales journal's update of one document."""
    if document["Post_Flag"].strip() == "Y":
        raise ValueError("it is updated already")
    post(book, document)


def _as_typed(record: Record) -> dict[str, str]:
    """The values of a stored row as they would be typed: trimmed, dates as Spectrum writes them."""
    texts = {name: str(value).strip() for name, value in record.items() if value is not None}
    return {name: _day(text) if name.endswith("_Date") else text for name, text in texts.items()}


def _day(text: str) -> str:
    return f"{text[5:7]}/{text[8:10]}/{text[:4]}" if text else ""


ACTIONS: Mapping[str, Callable[[Book, Record], None]] = {"reverse": _reverse, "post": _post}
"""What can be done to a document at the screen."""
