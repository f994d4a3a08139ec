"""The asset check `sums_agree`: what stands in Spectrum is, to the cent, what AR approved."""

from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.alerts.links import record_link
from st_spectrum.assets.failures import requested_keys
from st_spectrum.assets.flow_checks import FlowCheck, Look
from st_spectrum.assets.metadata import ROWS_SHOWN
from st_spectrum.domain import markdown
from st_spectrum.domain.errors import SyncFault
from st_spectrum.domain.markdown import linked

if TYPE_CHECKING:
    from st_spectrum.reconcile.invoice_sums import Sum, SumsComparison

CHECK = "sums_agree"


def do_sums_agree(look: Look) -> dg.AssetCheckResult:
    """Looks at the records of this run, at what was wrong before, and goes on through the older
    ones from run to run."""
    from st_spectrum.reconcile.invoice_sums import compare_sums

    try:
        comparison = compare_sums(look.ledger, requested_keys(look.context.run.run_config))
        return verdict(comparison, look.account.servicetrade.base_url)
    except SyncFault as fault:
        description = f"The sums could not be checked. {fault} {fault.advice}"
        return dg.AssetCheckResult(
            passed=False, severity=dg.AssetCheckSeverity.WARN, description=description
        )


SUMS_CHECK = FlowCheck(
    CHECK,
    "What was posted for every invoice nets, to the cent, to what was approved for it in"
    " ServiceTrade.",
    do_sums_agree,
)
"""It takes seconds where there are many invoices, so what every flow has comes before it."""


def verdict(comparison: "SumsComparison", api_url: str = "") -> dg.AssetCheckResult:
    """The result of one look; an error when a single invoice is a cent off."""
    from st_spectrum.reconcile.invoice_sums import MOST, SECONDS

    wrong = comparison.wrong
    named = "; ".join(
        f"{invoice.title}: approved {_amount_text(invoice.amount)}, posted"
        f" {_amount_text(invoice.documents)}"
        for invoice in wrong[:3]
    )
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    bound = (
        f"{comparison.seen} of the {comparison.known} invoices in the ledger were read,"
        f" {len(comparison.sums)} of them posted. One check reads at most {MOST} and takes about"
        f" {SECONDS:.0f} s: first those of its run, then those wrong before, then it goes on where"
        " the last check ended."
    )
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{named}{more}." if wrong else "",
        metadata={
            "checked": len(comparison.sums),
            "disagree": len(wrong),
            "approved": float(
                sum((invoice.amount or Decimal(0) for invoice in comparison.sums), Decimal(0))
            ),
            "posted": float(
                sum((invoice.documents or Decimal(0) for invoice in comparison.sums), Decimal(0))
            ),
            "scope": bound,
            "invoices": dg.MetadataValue.md(table(wrong, api_url)),
        },
    )


def table(wrong: "tuple[Sum, ...]", api_url: str = "") -> str:
    """Both sums of each invoice that does not add up, as Markdown."""
    if not wrong:
        return "All agree."
    head = ("Invoice", "ServiceTrade id", "Spectrum", "Approved", "Posted")
    rows = (
        (
            invoice.title,
            linked(invoice.key, record_link(api_url, "invoices", invoice.key) if api_url else ""),
            invoice.target_key,
            _amount_text(invoice.amount),
            _amount_text(invoice.documents),
        )
        for invoice in wrong
    )
    return markdown.table(head, rows, numbers=(3, 4), most=ROWS_SHOWN)


def _amount_text(amount: Decimal | None) -> str:
    return "not readable in the ledger" if amount is None else f"{amount:,.2f}"
