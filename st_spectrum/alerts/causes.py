"""Why records do not go on: open ledger entries by flow and cause. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from st_spectrum.alerts.links import record_link
from st_spectrum.domain.digests import digest
from st_spectrum.engine.attention import (
    needs_a_person,
    open_since,
    waits_for_a_system,
    waits_for_records,
)
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry, State

RECORDS_NAMED = 10
"""Records that a mail names for one cause, the oldest first; the others are counted."""

HALF_WAY = "left in the middle of crossing"


@dataclass(frozen=True)
class Affected:
    """One record, or one failed run, as a mail names it. `why` is "" when the cause says it all."""

    key: str
    title: str
    since: datetime
    why: str = ""
    amount: Decimal | None = None
    link: str = ""


@dataclass(frozen=True)
class Cause:
    """What some records have in common. `since` is when the oldest began to wait, `amount` the
    money in all of them.
    """

    flow: str
    text: str
    who: str
    advice: str
    count: int
    since: datetime
    amount: Decimal | None = None
    affected: tuple[Affected, ...] = ()
    noun: str = "records"

    @property
    def id(self) -> str:
        """The same for the same cause in every run and on every machine."""
        return digest([self.flow, self.text])


def causes_of(
    entries: Iterable[Entry], api_url: str, now: datetime, attempts: int
) -> tuple[Cause, ...]:
    """The causes that deserve a mail at `now`, those with the most records first.

    `api_url` is ServiceTrade's. A record that was tried `attempts` times deserves it at once.
    """
    grouped: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if needs_a_person(entry, now, attempts, FLOWS):
            grouped[entry.flow, _text(entry)].append(entry)
    found = (_cause(flow, text, members, api_url) for (flow, text), members in grouped.items())
    return tuple(sorted(found, key=lambda cause: (-cause.count, cause.flow, cause.text)))


def _text(entry: Entry) -> str:
    if entry.state is State.CLAIMED:
        return HALF_WAY
    return entry.cause or entry.reason or f"no reason was recorded ({entry.state})"


def _cause(flow: str, text: str, entries: Sequence[Entry], api_url: str) -> Cause:
    oldest_first = sorted(entries, key=lambda entry: (open_since(entry), entry.key))
    amounts = [amount for entry in entries if (amount := _amount(entry)) is not None]
    advice, _ = Counter(entry.advice for entry in oldest_first).most_common(1)[0]
    return Cause(
        flow,
        text,
        _who(oldest_first[0]),
        advice,
        len(entries),
        open_since(oldest_first[0]),
        sum(amounts, Decimal(0)) if amounts else None,
        tuple(_affected(entry, text, api_url) for entry in oldest_first[:RECORDS_NAMED]),
    )


def _affected(entry: Entry, text: str, api_url: str) -> Affected:
    why = "" if entry.reason == text else entry.reason
    link = record_link(api_url, entry.flow, entry.key)
    return Affected(
        entry.key, entry.title or entry.key, open_since(entry), why, _amount(entry), link
    )


def _amount(entry: Entry) -> Decimal | None:
    try:
        amount = Decimal(entry.amount) if entry.amount else None
    except InvalidOperation:
        return None
    return amount if amount is None or amount.is_finite() else None


def _who(entry: Entry) -> str:
    """Who can do something about it, from what the entry lacks."""
    if entry.state is State.REJECTED:
        return "Accounting, in ServiceTrade or in Spectrum's set-up"
    if entry.state in (State.UNKNOWN, State.CLAIMED):
        return (
            "Nobody yet: it is looked up and goes on by itself; if it stays, whoever maintains the"
            " integration"
        )
    need = entry.needs[0] if entry.needs else ""
    if need.startswith("account:"):
        return "Whoever maintains the account file"
    if need.startswith("spectrum:") or need == "a person":
        return "Accounting, in Spectrum"
    if need == "a correction of st_spectrum":
        return "Whoever maintains the integration"
    if waits_for_a_system(entry):
        return "Nobody, once the system answers again; if it stays away, whoever runs it"
    if waits_for_records(entry, FLOWS):
        return (
            "Nobody, once the record that it waits for has crossed; that one has a cause of its own"
        )
    return "The office, in ServiceTrade"
