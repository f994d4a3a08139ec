"""The steps of an invoice: one for each document that is posted, and the one that closes it in
ServiceTrade. Pure.
"""

from collections.abc import Iterable
from decimal import Decimal

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.decisions import Step
from st_spectrum.flows.external_ids import SEPARATOR
from st_spectrum.flows.invoices.commands import AddArInvoice, PostArDocument, SetInvoiceStatus
from st_spectrum.servicetrade.invoice_models import Invoice

CLOSED = "processed"
"""Name of the step that closes an invoice in ServiceTrade for the first time."""


def steps_of(documents: Iterable[ArDocument], account: Account) -> tuple[Step, ...]:
    """The steps that post these documents, in their order."""
    return tuple(post_step(step_name(document), document, account) for document in documents)


def post_step(name: str, document: ArDocument, account: Account) -> Step:
    """The step that posts a document, by the account's way."""
    post = PostArDocument if account.invoices.target == "rest" else AddArInvoice
    return Step(name, (post(document),))


def step_name(document: ArDocument) -> str:
    """By which the ledger remembers that the document was posted."""
    return f"post {document.number}"


def close_step(
    documents: tuple[ArDocument, ...], invoice: Invoice, account: Account, suffix: str = ""
) -> Step:
    """`total` and `tax` are what was posted: the closing sees whether it still says so."""
    number = documents[0].base if documents and account.invoices.number.is_written_back else None
    command = SetInvoiceStatus(
        invoice.id, "processed", sum_of(documents), tax_of(documents), number
    )
    return Step(f"{CLOSED}{suffix}", (command,))


def crossed(posted: Iterable[ArDocument], steps: Iterable[str]) -> list[ArDocument]:
    """Those of the documents whose step is among these."""
    names = frozenset(steps)
    return [document for document in posted if step_name(document) in names]


def target_key_of(documents: Iterable[ArDocument]) -> str:
    """The numbers under which an invoice stands in Spectrum."""
    return SEPARATOR.join(dict.fromkeys(document.number for document in documents))


def sum_of(documents: tuple[ArDocument, ...]) -> Decimal:
    """What the customer owes by all of them, in dollars and cents."""
    return sum((document.total for document in documents), Decimal("0.00"))


def tax_of(documents: tuple[ArDocument, ...]) -> Decimal:
    """The sales tax in it."""
    return sum((document.tax for document in documents), Decimal("0.00"))
