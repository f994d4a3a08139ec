"""What a person says of an invoice that waits for a word, and that the ledger keeps."""

from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.invoices.older import (
    BY_HAND,
    POST,
    SUBMITTED_LATE,
    TAKEN_BACK,
    VOIDED_SINCE,
)
from st_spectrum.ledger.documents.invoices import OlderInvoice
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

UNDER_ANOTHER_NUMBER = "Spectrum has it under another number that no invoice carries any more"


def word_of(ledger: Ledger, key: str) -> str:
    """What a person said of an invoice; "" for nothing."""
    kept = ledger.document(OlderInvoice, key)
    return kept.word if kept else ""


def take_word(ledger: Ledger, entry: Entry, *, is_there: bool) -> str:
    """An invoice from before go-live: `--there` says that it was dealt with by hand, `--not-there`
    that it is to be posted; so it does of one like which something stands under another number.
    """
    if entry.state is State.HELD and entry.cause == UNDER_ANOTHER_NUMBER and not is_there:
        ledger.put(OlderInvoice(POST), entry.key)
        make_due(ledger, INVOICES.name, entry.key)
        return "noted as not in Spectrum; the next round posts it."
    if entry.state is not State.HELD or entry.cause not in (SUBMITTED_LATE, VOIDED_SINCE):
        return ""
    is_void_one = entry.cause == VOIDED_SINCE
    word = TAKEN_BACK if is_void_one else BY_HAND if is_there else POST
    ledger.put(OlderInvoice(word), entry.key)
    make_due(ledger, INVOICES.name, entry.key)
    if is_void_one:
        return "noted as dealt with in Spectrum by hand; the next round closes it."
    return (
        "noted as entered by hand; the next round closes it without posting."
        if is_there
        else "noted as not in Spectrum; the next round posts it."
    )
