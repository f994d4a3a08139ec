"""Invoices that are dated before the account went live: somebody typed them into Spectrum, or means
them to cross after all. A person says which. Pure.
"""

from datetime import date

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step
from st_spectrum.flows.go_live import GO_LIVE, begins_at, outside_scope
from st_spectrum.flows.invoices.commands import SetInvoiceStatus
from st_spectrum.flows.invoices.documents import InvoiceBundle, day_of_invoice
from st_spectrum.flows.invoices.steps import CLOSED
from st_spectrum.flows.invoices.voids import void_without_memory
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job

POST, BY_HAND, TAKEN_BACK = "post", "by hand", "taken back"
"""What a person may say of such an invoice, as the ledger keeps it: post it, it stands in Spectrum,
or its void has been dealt with there.
"""

SUBMITTED_LATE = "dated before go-live, and submitted since"
VOIDED_SINCE = "dated before go-live, and voided since"
TYPED = "dated before go-live and entered by hand: closed without posting"
DEALT_WITH = "void, and dealt with in Spectrum by hand"
NOTHING_THERE = "void and dated before go-live, and nothing stands in Spectrum under its number"


def is_older(invoice: Invoice, account: Account) -> bool:
    """Whether its invoice date lies before the day on which the account went live."""
    if not account.go_live or not invoice.transaction_date:
        return False
    return day_of_invoice(invoice, account) < date.fromisoformat(account.go_live)


def is_history(invoice: Invoice, account: Account) -> bool:
    """Whether it was voided before the account went live: nobody has to look at it any more."""
    return (
        invoice.status == "void"
        and is_older(invoice, account)
        and 0 < invoice.updated < begins_at(account)
    )


def office_of(invoice: Invoice, job: Job | None) -> str:
    """The office of an invoice, or else of its job; "" where neither has one."""
    office = invoice.assigned_office or (job.assigned_office if job else None)
    return office.name if office else ""


def invoice_left_out(invoice: Invoice, job: Job | None, account: Account) -> Skip | Hold | None:
    """Why another office's invoice does not cross; a void without one is told by Spectrum."""
    other = outside_scope(office_of(invoice, job), "invoices", account)
    return None if invoice.status == "void" and isinstance(other, Hold) else other


def decide_older(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision | None:
    """What becomes of an invoice from before go-live not posted here; None for any other."""
    if not is_older(invoice, account):
        return None
    if invoice.status == "void":
        return _void(bundle, invoice, account)
    if invoice.status != "pending_accounting" or bundle.word == POST:
        return None
    if bundle.word == BY_HAND:
        # What was typed is not ours to compare with what the invoice says.
        closing = SetInvoiceStatus(invoice.id, "processed")
        return Create("", (Step(CLOSED, (closing,)),), notes=(TYPED,))
    return Hold(
        f"its date {day_of_invoice(invoice, account):%m/%d/%Y} is before go-live on"
        f" {account.go_live}",
        "See whether it stands in Spectrum. If it does, say `st-spectrum ledger resolve invoices"
        f" {invoice.id} --there`, and it is closed without posting; if it does not, say"
        " --not-there, and it is posted. Or correct its date in ServiceTrade.",
        ("a person",),
        SUBMITTED_LATE,
    )


def void_of_one_typed(invoice: Invoice, bundle: InvoiceBundle, account: Account) -> Decision | None:
    """What becomes of a void whose invoice was closed here as typed by hand; else None."""
    if bundle.posted or not bundle.word or not is_older(invoice, account):
        return None
    if bundle.word == TAKEN_BACK:
        return Skip(DEALT_WITH, by_setting=GO_LIVE)
    return _for_a_person(invoice, account)


def _void(bundle: InvoiceBundle, invoice: Invoice, account: Account) -> Decision:
    if is_history(invoice, account):
        return Skip(f"voided before go-live on {account.go_live}", by_setting=GO_LIVE)
    if bundle.word == TAKEN_BACK:
        return Skip(DEALT_WITH, by_setting=GO_LIVE)
    if not bundle.stored and bundle.can_be_seen:
        return Skip(NOTHING_THERE, by_setting=GO_LIVE)
    if bundle.stored:
        decision = void_without_memory(bundle, invoice, account)
        if isinstance(decision, Skip):
            return decision
    return _for_a_person(invoice, account)


def _for_a_person(invoice: Invoice, account: Account) -> Hold:
    return Hold(
        f"it is void, and its date {day_of_invoice(invoice, account):%m/%d/%Y} is before go-live"
        f" on {account.go_live}: whoever typed it into Spectrum has to take it back there",
        "Reverse it in Spectrum (Reverse Customer Invoice), unless that is done or it never stood"
        f" there; then say `st-spectrum ledger resolve invoices {invoice.id} --there`.",
        ("a person",),
        VOIDED_SINCE,
    )
