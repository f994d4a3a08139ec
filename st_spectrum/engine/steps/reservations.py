"""Numbers of target records that follow from the source: each belongs to the record for which the
ledger reserved it.

A document or a job is ours because the ledger gave it its number, not because it looks like ours.
So every number of a decision is reserved before the first write: that of the credit memo of an
invoice, or of the job of a second cost center, like the first.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from st_spectrum.domain.commands import Numbering
from st_spectrum.domain.decisions import Create, Hold, Update, Void
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.retries.redrive import remember_earlier_skip
from st_spectrum.ledger.documents.records import NumbersReserved, ReservedNumber
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger

FROM_THE_SOURCE = (Numbering.DERIVED, Numbering.PEOPLE)
"""Numbers that follow from the source record, where two records can come to the same."""

READERS = 16
"""Entries read at once where earlier numbers are reserved."""


WHOSE_NUMBER = {
    False: (
        "Give one of the two a number of its own in ServiceTrade, or see that the number format in"
        " the account file makes one."
    ),
    True: "Offset it in Spectrum by hand with a credit memo, under a number that is free.",
}
"""What to do where a number belongs to another record, by whether the record is being voided."""


def numbers_of(decision: Create | Update | Void) -> tuple[str, ...]:
    """The numbers under which the decision inserts, and that by which people know its record."""
    inserted = [
        call.key
        for step in decision.steps
        for call in step.calls
        if call.numbering in FROM_THE_SOURCE
    ]
    unique = [decision.unique_key] if isinstance(decision, Create) and decision.unique_key else []
    return tuple(dict.fromkeys([*unique, *inserted]))


def owner_of(ledger: Ledger, flow: str, number: str) -> str | None:
    """The source record for which a number is reserved."""
    reserved = ledger.document(ReservedNumber, flow, number)
    return reserved.source_key if reserved else None


def reserve(ledger: Ledger, flow: str, key: str, number: str) -> str | None:
    """Reserve a number for a record; the record that has it, or None when it is this one's."""
    if ledger.put_first(ReservedNumber(key), flow, number):
        return None
    owner = owner_of(ledger, flow, number)
    return None if owner == key else owner


def take_numbers(
    ledger: Ledger, flow: str, key: str, decision: Create | Update | Void
) -> Hold | None:
    """Reserve every number of a decision; what a person has to see to if one is another's."""
    for number in numbers_of(decision):
        if (other := reserve(ledger, flow, key, number)) is None:
            continue
        held = ledger.get(flow, other)
        title = f" ({held.entry.title})" if held and held.entry.title else ""
        return Hold(
            f"number {number} was given to ServiceTrade record {other}{title} before, and this is"
            f" record {key}",
            WHOSE_NUMBER[isinstance(decision, Void)],
            ("a person",),
            "its number belongs to another ServiceTrade record",
        )
    return None


def reserve_earlier(ledger: Ledger, description: FlowDescription, settings: str = "") -> None:
    """Reserve the numbers of what crossed before all of them were reserved: once for a ledger, one
    read for each entry.

    By the way it remembers what an earlier version left out by a setting, as judged by the account
    file with this digest.
    """
    flow = description.name
    if not description.has_reserved_numbers or ledger.has(NumbersReserved, flow):
        return
    keys = ledger.keys(flow)
    with ThreadPoolExecutor(READERS, thread_name_prefix="numbers") as pool:
        for key, entry in zip(
            keys, pool.map(lambda key: readable_entry(ledger, flow, key), keys), strict=True
        ):
            for number in _numbers_used(entry) if entry else ():
                reserve(ledger, flow, key, number)
            if entry:
                remember_earlier_skip(ledger, entry, settings)
    ledger.put(NumbersReserved(), flow)


def readable_entry(ledger: Ledger, flow: str, key: str) -> Entry | None:
    """The entry of a record; None where there is none, or a damaged one, which is told when its
    record is asked for.
    """
    try:
        held = ledger.get(flow, key)
    except ContractBroken:
        return None
    return held.entry if held else None


def _numbers_used(entry: Entry) -> Iterator[str]:
    if entry.done_steps or entry.started_steps or entry.state in (State.CONFIRMED, State.VOIDED):
        yield from (number for number in entry.target_key.split(SEPARATOR) if number)
