"""What the ledger keeps of time that was sent; a later change is told by it."""

from collections.abc import Mapping

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.documents.timecards import AcceptedTime, SentTime
from st_spectrum.ledger.ledger import Ledger


def kept_card(ledger: Ledger, key: str) -> tuple[TimeEntry | None, Mapping[str, str]]:
    """The time as it was sent, and its card's fields; None and {} when nothing was."""
    return kept_with_difference(ledger, key)[:2]


def readable_card(ledger: Ledger, key: str) -> tuple[TimeEntry | None, Mapping[str, str]]:
    """The same for many: a damaged one counts as none, and holds its own record alone."""
    try:
        return kept_card(ledger, key)
    except DamagedDocument:
        return None, {}


def kept_with_difference(
    ledger: Ledger, key: str
) -> tuple[TimeEntry | None, Mapping[str, str], str]:
    """The same, and what of the card's codes was not as expected when it was taken over; "" for one
    that we sent.
    """
    sent = ledger.document(SentTime, key)
    return (sent.entry, sent.fields, sent.differs) if sent else (None, {}, "")


def keep_sent(
    ledger: Ledger, key: str, entry: TimeEntry, fields: Mapping[str, str], differs: str = ""
) -> None:
    """Keep the time and its card's filled fields before the card goes out or once taken over."""
    ledger.put(SentTime(entry, {name: text for name, text in fields.items() if text}, differs), key)


def accepted_version(ledger: Ledger, key: str) -> str | None:
    """The version of changed time that a person set right in Spectrum, or None."""
    accepted = ledger.document(AcceptedTime, key)
    return accepted.version if accepted else None
