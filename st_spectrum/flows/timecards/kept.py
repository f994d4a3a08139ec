"""What the ledger keeps of time beside its entries: what was sent, and what people said of it."""

import json
from collections.abc import Mapping

from st_spectrum.domain.time_entries import TimeEntry, decode_entry, encode_entry
from st_spectrum.ledger.ledger import Ledger

SENT = "sent-time"
"""Kind under which the ledger keeps the time as it was when its card went out, with the card's fields."""

ACCEPTED = "accepted-time"
"""Kind under which it keeps the version of changed time that a person has set right in Spectrum."""

TAKEN_OUT = "taken-out-time"
"""Kind under which it keeps that a person took a card out of Spectrum: the time may go out again."""

RELEASED = "released-time"
"""Kind under which it keeps the version of time that a person let go although other time of that day stands beside it."""

ORIGINS = "time-origins"
"""Kind under which it keeps the key that a piece of time was sent under: its day may be moved to another week."""


def kept_card(ledger: Ledger, key: str) -> tuple[TimeEntry | None, Mapping[str, str]]:
    """The time as it was sent, and its card's fields; None and {} when nothing was."""
    return kept_with_difference(ledger, key)[:2]


def kept_with_difference(ledger: Ledger, key: str) -> tuple[TimeEntry | None, Mapping[str, str], str]:
    """The same, and what of the card's codes was not as expected when it was taken over; "" for one that we sent."""
    text = ledger.kept(SENT, key)
    told = json.loads(text) if text else {"entry": None, "fields": {}}
    return decode_entry(told["entry"]), told["fields"], told.get("differs", "")


def keep_sent(ledger: Ledger, key: str, entry: TimeEntry, fields: Mapping[str, str], differs: str = "") -> None:
    """Keep the time and its card's fields, without the blanks, before the card goes out or once it is taken over."""
    told = {"entry": encode_entry(entry), "fields": {name: text for name, text in fields.items() if text}}
    if differs:
        told["differs"] = differs
    ledger.keep(SENT, key, json.dumps(told, ensure_ascii=False))
