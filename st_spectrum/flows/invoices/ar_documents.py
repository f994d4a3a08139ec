"""AR documents as values: how one is named, kept for later, and offset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.domain.fitting import CENT

INVOICE, CREDIT_MEMO = "I", "C"


@dataclass(frozen=True)
class Document:
    """One AR invoice or credit memo [SP 12.2]: texts by field name, amounts positive. `base` is the invoice's own number."""

    base: str
    header: Mapping[str, str]
    details: tuple[Mapping[str, str], ...]

    @property
    def number(self) -> str:
        """The natural key in Spectrum."""
        return self.header["Invoice_Or_Transaction"]

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what the customer owes."""
        return self.header["Transaction_Type"] == CREDIT_MEMO

    @property
    def total(self) -> Decimal:
        """What the customer owes by it, tax included; negative for a credit memo."""
        return (-self.before_tax if self.is_credit else self.before_tax) + self.tax

    @property
    def before_tax(self) -> Decimal:
        """The sum of its lines, positive for a credit memo too."""
        return sum((Decimal(line["Line_Extension"]) for line in self.details), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Sales tax in it; negative for a credit memo."""
        tax = Decimal(self.header.get("Sales_Tax_Amount") or "0.00")
        return -tax if self.is_credit else tax

    def offset(self, number: str, day: date, batch_code: str) -> "Document":
        """The document that takes this one back to the cent: the other type, the same lines, another number and day."""
        header = dict(self.header) | {
            "Invoice_Or_Transaction": number,
            "Transaction_Type": INVOICE if self.is_credit else CREDIT_MEMO,
            "Invoice_Date": spectrum_date(day),
            "GL_Date": spectrum_date(day),
            "Batch_Code": batch_code,
            "Remarks": offset_remark(self.number),
        }
        return replace(self, header=header)


def originals(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Those of an invoice's documents that take back no other one of them."""
    remarks = {(offset_remark(each.number), not each.is_credit) for each in documents}
    return tuple(each for each in documents if (each.header.get("Remarks", ""), each.is_credit) not in remarks)


def offset_remark(number: str) -> str:
    """What an offset says of itself."""
    return f"Void of {number}"


MONEY_OF_A_DOCUMENT: Mapping[str, Callable[[Document], object]] = {
    "its customer": lambda document: document.header["Customer_Code"],
    "its date": lambda document: document.header["Invoice_Date"],
    "its tax": lambda document: (document.header["Sales_Tax_Code"], document.header["Sales_Tax_Amount"]),
    "amounts or accounts of its lines": lambda document: sorted(
        (line["GL_Account"], line.get("Income_Cost_Center", ""), line["Taxable_Flag"], line["Line_Extension"])
        for line in document.details
    ),
}


def differences(before: Sequence[Document], now: Sequence[Document]) -> str:
    """What differs between documents posted and the same made anew, as far as it moves money; "" when nothing does.

    Numbers, texts, terms and the day of posting may differ: they are no reason to post anything.
    """
    if [each.header["Transaction_Type"] for each in before] != [each.header["Transaction_Type"] for each in now]:
        return "the signs of its lines"
    told = [
        words
        for words, view in MONEY_OF_A_DOCUMENT.items()
        if [view(each) for each in before] != [view(each) for each in now]
    ]
    return " and ".join(told)


def spectrum_date(day: date) -> str:
    """`MM/DD/CCYY` [SP 1.8]."""
    return f"{day:%m/%d/%Y}"


def plain(amount: Decimal) -> str:
    """An amount as Spectrum takes it: no sign, two decimals [SP 1.8, 12.1]."""
    return f"{abs(amount).quantize(CENT, ROUND_HALF_UP):.2f}"
