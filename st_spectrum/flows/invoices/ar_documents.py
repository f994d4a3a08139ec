"""AR documents: how one is offset, and what differs between two of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.domain.ar_documents import CREDIT_MEMO, INVOICE, NUMBER, ArDocument
from st_spectrum.domain.fitting import CENT
from st_spectrum.spectrum.request_fields import spectrum_date


def offset_of(document: ArDocument, number: str, day: date, batch_code: str) -> ArDocument:
    """The document that takes another back to the cent: the other type, the same lines, another
    number and day.
    """
    header = dict(document.header) | {
        NUMBER: number,
        "Transaction_Type": INVOICE if document.is_credit else CREDIT_MEMO,
        "Invoice_Date": spectrum_date(day),
        "GL_Date": spectrum_date(day),
        "Batch_Code": batch_code,
        "Remarks": offset_remark(document.number),
    }
    return replace(document, header=header)


def originals(documents: Sequence[ArDocument]) -> tuple[ArDocument, ...]:
    """Those of an invoice's documents that take back no other one of them."""
    remarks = {(offset_remark(document.number), not document.is_credit) for document in documents}
    return tuple(
        document
        for document in documents
        if (document.header.get("Remarks", ""), document.is_credit) not in remarks
    )


def offset_remark(number: str) -> str:
    """What an offset says of itself."""
    return f"Void of {number}"


MONEY_OF_A_DOCUMENT: Mapping[str, Callable[[ArDocument], object]] = {
    "its customer": lambda document: document.header["Customer_Code"],
    "its date": lambda document: document.header["Invoice_Date"],
    "its tax": lambda document: (
        document.header["Sales_Tax_Code"],
        document.header["Sales_Tax_Amount"],
    ),
    "amounts or accounts of its lines": lambda document: sorted(
        (
            line["GL_Account"],
            line.get("Income_Cost_Center", ""),
            line["Taxable_Flag"],
            line["Line_Extension"],
        )
        for line in document.details
    ),
}


def differences(before: Sequence[ArDocument], now: Sequence[ArDocument]) -> str:
    """What differs between documents posted and the same made anew, as far as it moves money; ""
    when nothing does.

    Numbers, texts, terms and the day of posting may differ: they are no reason to post anything.
    """
    if [document.header["Transaction_Type"] for document in before] != [
        document.header["Transaction_Type"] for document in now
    ]:
        return "the signs of its lines"
    changed = [
        words
        for words, view in MONEY_OF_A_DOCUMENT.items()
        if [view(document) for document in before] != [view(document) for document in now]
    ]
    return " and ".join(changed)


def plain(amount: Decimal) -> str:
    """An amount as Spectrum takes it: no sign, two decimals [SP 1.8, 12.1]."""
    return f"{abs(amount).quantize(CENT, ROUND_HALF_UP):.2f}"
