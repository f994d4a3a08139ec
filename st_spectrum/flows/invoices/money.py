"""Whether an invoice's amounts agree with one another, and how they are spread over documents that
bear one sign only.

The rule of the house: no cent is absorbed in silence. What differs by more than the account
tolerates is held; what is tolerated is posted as a line of its own, or told on the line that bears
it.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from st_spectrum.account.invoices import InvoiceRules
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting
from st_spectrum.flows.account_maps import Missing
from st_spectrum.servicetrade.invoice_models import Invoice, InvoiceItem

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One line to be posted. `item` is None for a rounding line; `text` must appear on the line."""

    amount: Decimal
    item: InvoiceItem | None
    text: str = ""


@dataclass(frozen=True)
class Half:
    """The lines of one sign with their tax, both as positive amounts of one document."""

    is_credit: bool
    lines: tuple[Line, ...]
    tax: Decimal


def halves_of(invoice: Invoice, rules: InvoiceRules, fit: Fitting) -> tuple[Half, ...]:
    """One half for the positive lines, one for the negative ones; none when every line is zero.
    They net to the total.

    Raises `Missing` when header and lines do not agree within the tolerance.
    """
    items = sorted(
        invoice.items, key=lambda item: (item.order_index is None, item.order_index or 0, item.id)
    )
    lines = _with_rounding(
        invoice, [Line(cents(item.subtotal), item) for item in items], rules, fit
    )
    shown = [line for line in lines if line.amount]
    for line in lines:
        if not line.amount and line.item is not None and invoice.total_price:
            fit.add_note(f"line {line.item.description!r} of 0.00 left out")
    tax = {is_credit: _tax(shown, is_credit) for is_credit in (False, True)}
    _spread_tax_difference(invoice, shown, tax, rules, fit)
    halves = []
    for is_credit in (False, True):
        own = tuple(line for line in shown if (line.amount < 0) is is_credit)
        if own:
            halves.append(Half(is_credit, own, abs(tax[is_credit])))
        elif tax[is_credit]:
            raise _held(
                "tax without a line of its sign",
                f"tax {tax[is_credit]} has no line that it belongs to",
            )
    _net_to_the_total(invoice, halves)
    return tuple(halves)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to two decimals."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _with_rounding(
    invoice: Invoice, lines: list[Line], rules: InvoiceRules, fit: Fitting
) -> list[Line]:
    difference = cents(invoice.subtotal) - sum((line.amount for line in lines), Decimal(0))
    if not difference:
        return lines
    if abs(difference) > rules.tolerance_cents * CENT or not lines:
        raise _held(
            "header and lines differ",
            f"the lines add up to {cents(invoice.subtotal) - difference}, the header says"
            f" {cents(invoice.subtotal)}",
        )
    largest = max(range(len(lines)), key=lambda place: abs(lines[place].amount))
    fit.add_note(f"rounding: header and lines differ by {difference}")
    if (difference < 0) is (lines[largest].amount < 0):
        return [*lines, Line(difference, None, "Rounding")]
    # A rounding line of the other sign would make a document of its own for a cent; the line that
    # bears it says so.
    borne = Line(
        lines[largest].amount + difference,
        lines[largest].item,
        f"includes rounding of {difference}",
    )
    return [*lines[:largest], borne, *lines[largest + 1 :]]


def _tax(lines: list[Line], is_credit: bool) -> Decimal:
    own = [line for line in lines if (line.amount < 0) is is_credit and line.item is not None]
    tax = sum((cents(line.item.tax_amount) for line in own if line.item), Decimal(0))
    if tax and (tax < 0) is not is_credit:
        raise _held(
            "tax of the wrong sign",
            f"the {'negative' if is_credit else 'positive'} lines bear tax of {tax}",
        )
    return tax


def _spread_tax_difference(
    invoice: Invoice, lines: list[Line], tax: dict[bool, Decimal], rules: InvoiceRules, fit: Fitting
) -> None:
    difference = cents(invoice.tax_amount) - tax[False] - tax[True]
    if not difference:
        return
    if abs(difference) > rules.tolerance_cents * CENT or not lines:
        raise _held(
            "tax of header and lines differ",
            f"the tax of the lines adds up to {cents(invoice.tax_amount) - difference}, the header"
            f" says {cents(invoice.tax_amount)}",
        )
    # The header is what the customer was told; the larger half bears the cent.
    side = abs(tax[True]) > abs(tax[False]) or not any(line.amount > 0 for line in lines)
    tax[side] += difference
    fit.add_note(
        f"rounding: tax of header and lines differ by {difference}; the header's is posted"
    )


def _net_to_the_total(invoice: Invoice, halves: list[Half]) -> None:
    net = sum(
        (
            (-1 if half.is_credit else 1)
            * (sum((abs(line.amount) for line in half.lines), Decimal(0)) + half.tax)
            for half in halves
        ),
        Decimal(0),
    )
    if net != cents(invoice.total_price):
        raise _held(
            "subtotal and tax do not make the total",
            f"lines and tax come to {net}, the invoice's total is {cents(invoice.total_price)}",
        )


def _held(cause: str, reason: str) -> Missing:
    advice = (
        "Correct the invoice's lines or tax in ServiceTrade so that they add up, then submit it"
        " again."
    )
    return Missing(Hold(reason, advice, ("servicetrade: amounts of the invoice",), cause))
