"""Markers of cards that payroll has: one listing tells a whole week, with all that its table needs.

A marker's name bears the facts, because a listing shows names only: what was sent, when, and where
it was booked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, unquote

from st_spectrum.domain.time_entries import TimeEntry, week_of_key
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.timecards import REST_NAMES

FLOW = TIMECARDS.name
SEPARATOR = "@"

_BOOKED = ("Employee_Code", "Department_Code", "Pay_Type", "Job_Number")


@dataclass(frozen=True, slots=True)
class DoneCard:
    """One card that stands in payroll. `version` is that of the time as it was sent; codes are ""
    where the card has none.
    """

    key: str
    version: str
    hours: Decimal
    first_seen_at: datetime
    sent_at: datetime
    employee: str = ""
    department: str = ""
    pay_type: str = ""
    job: str = ""

    def name(self) -> str:
        """The marker's name."""
        seconds = (str(int(at.timestamp())) for at in (self.first_seen_at, self.sent_at))
        facts = (
            self.version,
            str(self.hours),
            *seconds,
            self.employee,
            self.department,
            self.pay_type,
            self.job,
        )
        return SEPARATOR.join(quote(fact, safe="") for fact in (self.key, *facts))

    @classmethod
    def from_name(cls, name: str) -> "DoneCard":
        """What `name` wrote; raises `ValueError`."""
        key, version, hours, first_seen, sent, *codes = map(unquote, name.split(SEPARATOR))
        first_seen_at, sent_at = (datetime.fromtimestamp(int(at), UTC) for at in (first_seen, sent))
        return cls(key, version, Decimal(hours), first_seen_at, sent_at, *codes)


def done_card(entry: Entry, sent: TimeEntry, fields: Mapping[str, str]) -> DoneCard:
    """The card of a confirmed entry; `fields` are those sent, under SOAP's names or REST's."""
    codes = (fields.get(name) or fields.get(REST_NAMES[name]) or "" for name in _BOOKED)
    sent_at = entry.confirmed_at or entry.changed_at
    return DoneCard(entry.key, sent.version, sent.hours, entry.first_seen_at, sent_at, *codes)


def mark(ledger: Ledger, card: DoneCard) -> None:
    """Leave the marker; nothing happens when it is there."""
    ledger.mark_done(FLOW, week_of_key(card.key), card.name())


def unmark(ledger: Ledger, key: str) -> None:
    """Take back every marker of a card: it stands in payroll no more."""
    week = week_of_key(key)
    for name in ledger.done(FLOW, week):
        if DoneCard.from_name(name).key == key:
            ledger.unmark_done(FLOW, week, name)


def done_cards(ledger: Ledger, week: str) -> dict[str, DoneCard]:
    """A week's cards by key: one listing for each 1,000. Of a key's markers the earliest counts."""
    found: dict[str, DoneCard] = {}
    for name in ledger.done(FLOW, week):
        card = DoneCard.from_name(name)
        known = found.get(card.key)
        if known is None or card.sent_at < known.sent_at:
            found[card.key] = card
    return found
