"""An AR invoice or credit memo as a value: what Spectrum is told, and its worth. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

NUMBER = "Invoice_Or_Transaction"
INVOICE, CREDIT_MEMO = "I", "C"


def with_sign_of_sending(kind: str, before_tax: Decimal, tax: Decimal) -> tuple[Decimal, Decimal]:
    """Amounts of a document as it stands in Spectrum, with the sign that they went out with. A
    credit memo goes out with positive amounts; which sign its row bears is not known [SP 16.3], so
    one that is below zero as a whole is turned round. An invoice below zero stays one: it is none
    of ours.
    """
    if kind == CREDIT_MEMO and before_tax + tax < 0:
        return -before_tax, -tax
    return before_tax, tax


@dataclass(frozen=True)
class ArDocument:
    """One AR document as Spectrum's field tables name it [SP 12.2]: texts by field name, absent
    where there is nothing to say.

    Amounts are positive plain decimals such as "1250.00", for a credit memo (type C) as well; dates
    are MM/DD/CCYY. `base` is the number of the invoice that it is made of, without the suffix of a
    credit memo or an offset; Spectrum is not told it. Nor is it told `tax_codes`: what job or
    customer showed there for a document that went out without a sales tax code.
    """

    header: Mapping[str, str]
    details: tuple[Mapping[str, str], ...]
    base: str = ""
    tax_codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The natural key in its company [SP 5]; "" when the header has none."""
        return self.header.get(NUMBER, "").strip()

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

    @property
    def by_account(self) -> dict[str, Decimal]:
        """Its lines by GL account, and its sales tax where there is any; negative for a credit
        memo. Together they are the total.
        """
        sums: dict[str, Decimal] = {}
        for line in self.details:
            amount = Decimal(line["Line_Extension"])
            account = line["GL_Account"]
            sums[account] = sums.get(account, Decimal(0)) + (-amount if self.is_credit else amount)
        return sums | ({"sales tax": self.tax} if self.tax else {})
