"""The equation and the control totals of a month of invoices. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.account.invoices import InvoiceNumbers
from st_spectrum.domain.equation import (
    NOTHING,
    ControlTotal,
    Equation,
    Line,
    MoneyOfRecord,
    control_totals,
    summed,
)
from st_spectrum.flows.invoices.documents_compared import BilledInvoice, StoredDocuments, rows_of
from st_spectrum.flows.invoices.documents_summed import (
    Part,
    money_in_spectrum,
    parts_in_spectrum,
    parts_of,
)
from st_spectrum.flows.invoices.money import cents
from st_spectrum.flows.invoices.older import is_older
from st_spectrum.flows.invoices.periods_compared import parts_of_periods
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.servicetrade.invoice_models import Invoice

NOT_HANDED_OVER = ("internal_review", "ok")
"""Statuses of an invoice that the office has not handed over to accounting [ST 6.2]."""


@dataclass(frozen=True)
class InvoiceSide:
    """An invoice as listed, what the ledger has of it, and what was posted or may have been."""

    invoice: Invoice
    entry: Entry | None
    billed: BilledInvoice | None

    @property
    def is_compared(self) -> bool:
        """Whether it was posted completely, by us."""
        entry = self.entry
        return (
            entry is not None
            and entry.state in (State.CONFIRMED, State.VOIDED)
            and not entry.is_handled
        )

    @property
    def approved(self) -> Decimal:
        """What ServiceTrade asks for; nothing for what it does not ask for any more."""
        return cents(self.invoice.total_price) if self.is_asked_for else NOTHING

    @property
    def is_asked_for(self) -> bool:
        """Whether ServiceTrade hands it over: it is neither void nor taken back by the office."""
        return self.invoice.status not in ("void", *NOT_HANDED_OVER)


def equation_of(
    month: str, sides: Sequence[InvoiceSide], stored: StoredDocuments, account: Account
) -> Equation:
    """Every invoice in one line, with what of it stands in Spectrum now."""
    records = []
    for side in sides:
        posted, unposted = (
            money_in_spectrum(side.billed, stored, account.invoices.number)
            if side.billed
            else (NOTHING, NOTHING)
        )
        line, reason = line_of(side, account)
        number = side.invoice.invoice_number or side.invoice.id
        title = (side.entry.title if side.entry else "") or f"Invoice {number}"
        records.append(
            MoneyOfRecord(
                str(side.invoice.id),
                title,
                side.approved,
                posted,
                unposted,
                line,
                reason,
                side.entry.confirmed_at if side.entry else None,
            )
        )
    return Equation(month, tuple(records), f"Invoices of {month or 'no date'}")


def line_of(side: InvoiceSide, account: Account) -> tuple[Line, str]:
    """Where the money of an invoice is that does not stand in Spectrum, and why."""
    invoice, entry = side.invoice, side.entry
    if entry is None:
        return _unknown(invoice, account)
    if entry.is_handled:
        return Line.BY_HAND, entry.reason
    if entry.state is State.CONFIRMED and invoice.status == "void":
        return Line.WAITING, "void in ServiceTrade, and not taken back yet"
    if entry.state in (State.CONFIRMED, State.VOIDED):
        return Line.DIFFERENCE, "ServiceTrade and Spectrum differ"
    if entry.is_in_doubt:
        return Line.IN_DOUBT, entry.reason
    lines = {State.REJECTED: Line.REFUSED, State.SKIPPED: Line.LEFT_OUT}
    return lines.get(entry.state, Line.WAITING), entry.reason


def _unknown(invoice: Invoice, account: Account) -> tuple[Line, str]:
    if invoice.status == "void":
        return Line.LEFT_OUT, "voided before it crossed"
    if is_older(invoice, account):
        return Line.LEFT_OUT, "before go-live"
    if invoice.status == "failed":
        return Line.REFUSED, "failed in ServiceTrade"
    if invoice.status in ("sent", "paid"):
        return Line.NOT_SUBMITTED, ""
    if invoice.status == "pending_accounting":
        return Line.WAITING, "not noticed yet"
    return Line.BY_HAND, f"{invoice.status} in ServiceTrade without us"


def totals_of(
    month: str, sides: Sequence[InvoiceSide], stored: StoredDocuments, rule: InvoiceNumbers
) -> tuple[ControlTotal, ...]:
    """By customer, GL account, cost center and tax code, and by period of the general ledger, of
    what was posted by us. The month itself is that of the invoice dates.
    """
    wanted: list[Part] = []
    found: list[Part] = []
    for side in sides:
        if not side.is_compared or side.billed is None:
            continue
        billed, rows = side.billed, rows_of(side.billed, stored, rule)
        posted = list(parts_of(billed.posted))
        # What was sent blank Spectrum fills by itself.
        dimensions = {part[0] for part in posted} - {part[0] for part in posted if not part[1]}
        if side.is_asked_for:
            now = posted if billed.now is None else list(parts_of(billed.now))
            # What would go out blank now is no other code: what was posted counts.
            blank = {part[0] for part in now if not part[1] and part[2]}
            wanted += (
                part
                for part in (
                    *(part for part in now if part[0] not in blank),
                    *(part for part in posted if part[0] in blank),
                )
                if part[1] and part[0] in dimensions
            )
        found += (part for part in parts_in_spectrum(rows, stored) if part[0] in dimensions)
        asked, booked = parts_of_periods(billed, rows, stored)
        wanted += asked if side.is_asked_for or billed.is_voided else ()
        found += booked
    return control_totals(month, summed(wanted), summed(found))
