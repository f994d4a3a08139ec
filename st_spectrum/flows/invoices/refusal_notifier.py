"""Tells AR in ServiceTrade that Spectrum refused an invoice: status `failed` and one comment for
each cause [ST 6.2]; and what one waits for that is corrected there, by a comment alone.
"""

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.flows.invoices.commands import SetInvoiceStatus
from st_spectrum.flows.invoices.refusals import failure_comment, waiting_comment
from st_spectrum.flows.invoices.target import InvoiceTargets
from st_spectrum.ledger.documents.invoices import CommentedInvoice
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade


class RefusalNotifier:
    """Comment first, then the status, then the ledger's note: whatever is interrupted is completed
    the next time.
    """

    def __init__(
        self, servicetrade: ServiceTrade, targets: InvoiceTargets, ledger: Ledger, entity_type: int
    ) -> None:
        self._servicetrade = servicetrade
        self._targets = targets
        self._ledger = ledger
        self._entity_type = entity_type

    def refused(self, key: str, refusal: Rejected) -> None:
        """Put the refusal where the AR clerk sees it. Raises `Unavailable` and its like."""
        self._say(key, failure_comment(refusal))
        self._set_failed(key)

    def waits(self, key: str, hold: Hold) -> None:
        """Say on a queued invoice what it waits for; its status stays. Raises as `refused`."""
        self._say(key, waiting_comment(hold))

    def _say(self, key: str, text: str) -> None:
        comment = CommentedInvoice(digest(text))
        if self._ledger.document(CommentedInvoice, key) != comment:
            self._comment(int(key), text)
            self._ledger.put(comment, key)

    def _comment(self, invoice_id: int, text: str) -> None:
        if self._has_comment(invoice_id, text):
            return
        try:
            self._servicetrade.comment(self._entity_type, invoice_id, text)
        except OutcomeUnknown:
            if not self._has_comment(invoice_id, text):
                raise

    def _has_comment(self, invoice_id: int, text: str) -> bool:
        return any(
            comment.content == text
            for comment in self._servicetrade.comments(self._entity_type, invoice_id)
        )

    def _set_failed(self, key: str) -> None:
        command = SetInvoiceStatus(int(key), "failed")
        try:
            self._targets.set_status(command)
        except OutcomeUnknown:
            if not self._targets.has_status(command):
                raise
