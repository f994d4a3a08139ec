"""The ledger as rows that a controller can add up: one for each step that was carried out.

The money of all rows of an invoice is what was posted for it, so the sum over a period is the
control total of the ledger for it. That of all rows of an order's line is what its item costs now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from st_spectrum.engine.people.person import interventions_of
from st_spectrum.engine.steps.handled import record_name
from st_spectrum.flows import FLOWS
from st_spectrum.flows.invoices.kept import kept_documents
from st_spectrum.flows.invoices.steps import step_name
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.kept import kept_memory
from st_spectrum.flows.purchase_orders.step_costs import costs_of_steps
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.documents.interventions import HandledRecord
from st_spectrum.ledger.entry import Entry, SentCall
from st_spectrum.ledger.ledger import Ledger

HANDLED = "handled by hand"
LOST = "answer lost"


@dataclass(frozen=True)
class Row:
    """One step. Ids, keys and codes are text; `amount` is in dollars, `hours` is work; a time is
    that of the account.
    """

    at: datetime
    flow: str
    servicetrade_id: str
    number: str
    title: str
    step: str
    operation: str
    target_key: str
    answer: str
    who: str
    digest: str
    amount: Decimal | None
    hours: Decimal | None
    lost_answers: int


def ledger_rows(
    ledger: Ledger, flows: Sequence[str], first: date, last: date, timezone: str
) -> tuple[Row, ...]:
    """The rows whose step was carried out on a day of the period, both ends included, the oldest
    first. Reads every entry of the flows.
    """
    zone = ZoneInfo(timezone)
    rows = (
        row
        for flow in flows
        for entry in ledger.entries(flow)
        for row in _rows(ledger, entry, zone)
    )
    wanted = (row for row in rows if first <= row.at.date() <= last)
    return tuple(sorted(wanted, key=lambda row: (row.at, row.flow, row.servicetrade_id, row.step)))


def total_of(rows: Iterable[Row], flow: str) -> Decimal:
    """The money that a flow moved, by these rows."""
    return sum((row.amount for row in rows if row.flow == flow and row.amount), Decimal(0))


def _rows(ledger: Ledger, entry: Entry, zone: ZoneInfo) -> Iterator[Row]:
    who = _people(ledger, entry)
    amounts = _amounts(ledger, entry)
    hours_left = entry.work_hours
    for step in entry.done_steps:
        calls = [call for call in entry.calls if call.step == step]
        last = calls[-1] if calls else None
        yield Row(
            _at(entry, last).astimezone(zone),
            entry.flow,
            entry.key,
            FLOWS[entry.flow].number_in(entry.title),
            entry.title,
            step,
            last.operation if last else "",
            entry.target_key,
            last.answer if last else "done",
            who or (last.run_id if last else entry.run_id),
            last.digest if last else entry.payload_digest,
            amounts.get(step),
            hours_left,
            sum(call.answer.startswith(LOST) for call in calls),
        )
        hours_left = None  # of several steps the first one bears the work
    if entry.is_handled:
        yield from _handled(ledger, entry, zone)


def _handled(ledger: Ledger, entry: Entry, zone: ZoneInfo) -> Iterator[Row]:
    """No money: nothing was moved by us."""
    kept = ledger.document_or_none(HandledRecord, record_name(entry.flow, entry.key))
    if kept is not None:
        yield Row(
            kept.at.astimezone(zone), entry.flow, entry.key,
            FLOWS[entry.flow].number_in(entry.title), entry.title, HANDLED, "",
            kept.target_key, kept.note, kept.who, "", None, None, 0,
        )  # fmt: skip


def _people(ledger: Ledger, entry: Entry) -> str:
    acts = interventions_of(ledger, entry.flow, entry.key)
    return ", ".join(dict.fromkeys(act.who for act in acts))


def _at(entry: Entry, call: SentCall | None) -> datetime:
    return call.at if call else entry.confirmed_at or entry.changed_at


def _amounts(ledger: Ledger, entry: Entry) -> Mapping[str, Decimal]:
    """What each step moved, by what is kept of the record: also where an earlier version carried it
    out.
    """
    flow = FLOWS[entry.flow]
    if flow.costs_jobs:
        return costs_of_steps(entry, _memory(ledger, entry.key))
    said = {step: amount for step in entry.done_steps if (amount := _said(entry, step)) is not None}
    return {**said, **_posted(ledger, entry.key)} if flow.carries_money else said


def _said(entry: Entry, step: str) -> Decimal | None:
    """By the calls of a step, each counted once."""
    own = (call for call in entry.calls if call.step == step and call.amount)
    amounts = {call.key: Decimal(call.amount) for call in own}
    return sum(amounts.values(), Decimal(0)) if amounts else None


def _posted(ledger: Ledger, key: str) -> Mapping[str, Decimal]:
    try:
        documents = kept_documents(ledger, key)
    except DamagedDocument:
        return {}
    return {step_name(document): document.total for document in documents}


def _memory(ledger: Ledger, key: str) -> Memory | None:
    try:
        return kept_memory(ledger, key)
    except DamagedDocument:
        return None
