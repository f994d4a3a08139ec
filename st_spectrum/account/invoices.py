"""Rules of invoices."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from st_spectrum.account.master import CodesFrom
from st_spectrum.account.number_formats import InvoiceNumberFormat
from st_spectrum.account.section import Contradiction, Section
from st_spectrum.account.types import (
    SANDBOX_INVOICE_ENTITY_TYPE,
    CommentEntityType,
    CostCenterCode,
    GlAccount,
    InvoiceSuffix,
    JobType,
    Month,
    OptionalGlAccount,
)

INVOICE_NUMBER_LENGTH = 10
"""Spectrum's Invoice_Or_Transaction [SP 12.2]."""


class InvoiceNumbers(Section):
    """The Spectrum number of an invoice, always made the same way from the same invoice.

    `format` may name `invoice_number`, `id` and `job`. The suffixes tell the credit memo of a split
    invoice, and what offsets a void, from the invoice itself; number and suffix together have ten
    characters at most [SP 12.2]. With `is_same_for_offset` what offsets a void bears the number of
    what it takes back, as a reversal at the screen does [SP 12.5], so that Spectrum refuses a
    second one; whether the web service takes it is assumed.
    """

    format: InvoiceNumberFormat = "{invoice_number}"
    credit_suffix: InvoiceSuffix = "C"
    void_suffix: InvoiceSuffix = "V"
    void_credit_suffix: InvoiceSuffix = "W"
    is_same_for_offset: bool = False
    is_written_back: bool = True

    def contradictions(self) -> Iterator[Contradiction]:
        """Four documents of one invoice need four numbers, and each must stay the same and fit."""
        suffixes = {
            name: getattr(self, name)
            for name in ("credit_suffix", "void_suffix", "void_credit_suffix")
        }
        if len(set(suffixes.values())) < len(suffixes):
            yield tuple(suffixes), "the three suffixes must differ"
        longest = max(suffixes, key=lambda name: len(suffixes[name]))
        shortest = self._made("1") + suffixes[longest]
        if len(shortest) > INVOICE_NUMBER_LENGTH:
            limit = f"longer than the {INVOICE_NUMBER_LENGTH} characters of Spectrum"
            yield (
                ("format", longest),
                f"makes numbers such as {shortest[:60]!r} with {longest}, {limit}",
            )
        if self.is_written_back and self._made(self._made("1")) != self._made("1"):
            text = (
                "would grow, as what is written back is the next invoice_number; write"
                " {invoice_number} alone, or {id}"
            )
            yield ("format", "is_written_back"), text

    def _made(self, invoice_number: str) -> str:
        return self.format.format(invoice_number=invoice_number, id=1, job=1)


class InvoiceGl(Section):
    """Income GL account of a line, in the order of `precedence`; without dashes [SP 1.8]."""

    precedence: tuple[Literal["cost_center", "job_type"], ...] = ("cost_center", "job_type")
    by_cost_center: dict[CostCenterCode, GlAccount] = {}
    by_job_type: dict[JobType, GlAccount] = {}
    default: OptionalGlAccount = ""

    def contradictions(self) -> Iterator[Contradiction]:
        """Every map has its turn."""
        if len(set(self.precedence)) < len(self.precedence):
            yield ("precedence",), "names the same thing twice"
        for name, by_name in (("cost_center", self.by_cost_center), ("job_type", self.by_job_type)):
            if by_name and name not in self.precedence:
                yield (
                    (f"by_{name}", "precedence"),
                    f"is never used, because precedence does not name {name}",
                )


class InvoiceRules(Section):
    """Approved invoice -> AR invoice, voided invoice -> AR credit memo.

    `target` says whether the site authorises the REST service or only SOAP AddARInvoice, which
    takes one line [SP 12]. `open_periods` are the open months of AR, which no table shows; empty:
    Spectrum's refusal tells [SP 12.1]. With `terms_from` spectrum a document bears the terms that
    its customer has there when it is posted, with `tax_from` the sales tax code of its contract,
    job or customer [SP 12.2]. With `cost_center_from` its lines take the cost center that the job
    has there, as it is read. `comment_entity_type` is ServiceTrade's number for invoices in
    comments, which is not known in public [ST 10].
    """

    target: Literal["rest", "soap"] = "rest"
    number: InvoiceNumbers = InvoiceNumbers()
    batch: Literal["week_ending", "day"] = "week_ending"
    batch_week_ends_on: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "saturday"
    gl_date: Literal["invoice_date", "posting_date"] = "invoice_date"
    open_periods: tuple[Month, ...] = ()
    gl: InvoiceGl = InvoiceGl()
    has_income_cost_center: bool = False
    is_job_required: bool = True
    terms_from: CodesFrom = "account"
    tax_from: CodesFrom = "account"
    cost_center_from: CodesFrom = "account"
    salesperson: Literal["none", "if_known", "required"] = "none"
    zero_amount: Literal["close", "hold"] = "close"
    tolerance_cents: int = Field(default=0, ge=0, le=100)
    rounding_gl_account: OptionalGlAccount = ""
    comment_entity_type: CommentEntityType = SANDBOX_INVOICE_ENTITY_TYPE

    @property
    def reads_spectrum(self) -> bool:
        """Whether what an invoice's customer or job has there must be seen before it is posted."""
        return "spectrum" in (self.tax_from, self.cost_center_from)

    def contradictions(self) -> Iterator[Contradiction]:
        """A tolerated difference must be posted somewhere, and beside the other lines."""
        if self.tolerance_cents and not self.rounding_gl_account:
            yield (
                ("tolerance_cents", "rounding_gl_account"),
                "a tolerance needs a rounding_gl_account to post it to",
            )
        if self.tolerance_cents and self.target == "soap":
            text = (
                "soap takes one line, which leaves none for a tolerated difference; set it to 0, or"
                " target to rest"
            )
            yield ("tolerance_cents", "target"), text
