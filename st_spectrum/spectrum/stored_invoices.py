"""AR documents as Spectrum holds them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

INVOICE, CREDIT_MEMO = "I", "C"
"""Transaction types that are documents; payments and adjustments bear other letters [SP 16.3]."""


@dataclass(frozen=True)
class ArMasters:
    """Customers and jobs that take no invoices. What could not be read is not among them: then
    Spectrum refuses by itself.
    """

    unused_customers: frozenset[str] = frozenset()
    barred_jobs: frozenset[str] = frozenset()
    jobs_without_contract: frozenset[str] = frozenset()
    """A customer makes an AR contract of a job; these have neither [SP 10, 12.1]."""


NONE_BARRED = ArMasters()
"""Nothing is known against any of them."""


@dataclass(frozen=True)
class StoredDocument:
    """One row of the header table. A document is unique by customer, number and type, posted or not
    [SP 16.3].

    `before_tax` is the taxable and the non-taxable amount together, and `tax` the sales tax, both
    with the sign that they were sent with: which one a credit memo has in the table is not known.
    `is_reversed` says that it was reversed at the screen. `tax_code` is "" also where the column is
    not shown.
    """

    customer_code: str
    number: str
    kind: str
    before_tax: Decimal
    tax: Decimal = Decimal(0)
    job_number: str = ""
    is_posted: bool = False
    is_printed: bool = False
    is_reversed: bool = False
    remarks: str = ""
    tax_code: str = ""

    @property
    def words(self) -> str:
        """How people are told of it."""
        kind = {INVOICE: "invoice", CREDIT_MEMO: "credit memo"}.get(
            self.kind, f"document of type {self.kind}"
        )
        return (
            f"{kind} {self.number} of customer {self.customer_code} for {self.before_tax:.2f}"
            " before tax"
        )


@dataclass(frozen=True)
class DatedDocument:
    """One row of the header table as it is found by customer and invoice date. `before_tax` is
    as it was sent.
    """

    customer_code: str
    number: str
    kind: str
    before_tax: Decimal
    job_number: str
    invoice_date: date | None
    batch_code: str
