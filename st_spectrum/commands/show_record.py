"""`st-spectrum ledger show`: one record in full, found by any of its names."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from st_spectrum.account.file import load_account
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.sync import flows_named
from st_spectrum.engine.people.finding import entries_named
from st_spectrum.engine.people.person import interventions_of
from st_spectrum.engine.retries.redrive import ledger_needs
from st_spectrum.flows import FLOWS
from st_spectrum.flows.invoices.kept import kept_documents
from st_spectrum.flows.timecards.kept import readable_card
from st_spectrum.ledger.documents.interventions import Intervention
from st_spectrum.ledger.entry import Entry, SentCall, State
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.whose import why_another_ledger

MOST = 5
"""So many records of one name are shown in full; of more the ids are listed."""


def show_record(account_file: Path, flow: str, name: str) -> int:
    """0 when the ledger knows a record of this ServiceTrade id, key in Spectrum, or number."""
    flows = flows_named(flow)
    account = load_account(account_file)
    with open_ledger(account.ledger) as ledger:
        if doubt := why_another_ledger(account, ledger, FLOWS):
            print(doubt)
        found = [entry for one in flows for entry in entries_named(ledger, one, name)]
        if not found:
            print(f"The ledger knows no record {name!r} in {flow}.", file=sys.stderr)
            return 1
        if len(found) > MOST:
            print(f"{len(found)} records are called {name!r}:")
            print(*(f"  {entry.flow} {entry.key}  {entry.title}" for entry in found), sep="\n")
            return 0
        for entry in found:
            _print_entry(entry, ledger, ZoneInfo(account.timezone))
    return 0


def _print_entry(entry: Entry, ledger: Ledger, zone: ZoneInfo) -> None:
    table = Table.grid(padding=(0, 2))
    values = {
        "record": f"{entry.title} (ServiceTrade id {entry.key})",
        "state": entry.state.value,
        "Spectrum": entry.target_key,
        "amount": f"{entry.money:,.2f}" if entry.money is not None else "",
        "hours": f"{entry.work_hours:,.2f}" if entry.work_hours is not None else "",
        "booked": "\n".join(_booked(entry, ledger)),
        "why": entry.reason,
        "what to do": entry.advice,
        "waits for": ", ".join(entry.needs),
        "notes": "\n".join(entry.notes),
        "steps done": ", ".join(entry.done_steps),
        "steps in doubt": ", ".join(entry.started_steps),
        "attempts": str(entry.attempts),
        "changed there": _at(entry.source_changed_at, zone),
        "first seen": _at(entry.first_seen_at, zone),
        "confirmed": _at(entry.confirmed_at, zone),
        "next try": "" if _waits_for_others(entry) else _at(entry.retry_at, zone),
        "run": entry.run_id,
        "digest of what was read": entry.source_version,
        "digest of what was sent": entry.payload_digest,
    }
    for name, text in values.items():
        if text:
            table.add_row(f"[bold]{name}[/bold]", escape(text))
    happened = sorted(
        [
            *_passages(entry),
            *_calls(entry.calls),
            *_acts(interventions_of(ledger, entry.flow, entry.key)),
        ],
        key=lambda line: line[0],
    )
    for at, text in happened:
        table.add_row(_at(at, zone), escape(text))
    open_console().print(table)


def _waits_for_others(entry: Entry) -> bool:
    """Whether it goes by what becomes of other records and by no time."""
    return entry.state is State.HELD and bool(ledger_needs(entry.needs, FLOWS))


def _booked(entry: Entry, ledger: Ledger) -> Iterator[str]:
    """Where the money or the hours went, as it was sent."""
    if FLOWS[entry.flow].carries_money:
        for document in kept_documents(ledger, entry.key):
            customer = document.header.get("Customer_Code", "")
            yield f"{document.number}: {document.total:,.2f}, customer {customer}"
            for line in document.details:
                account = line.get("GL_Account") or line.get("gL_Account") or "no account"
                amount = line.get("Line_Extension") or line.get("Amount") or ""
                yield f"  {account}  {amount}  {line.get('Detail_Description', '')}".rstrip()
    _, fields = readable_card(ledger, entry.key) if entry.hours else (None, {})
    if fields:
        yield ", ".join(f"{name} {text}" for name, text in fields.items())


def _passages(entry: Entry) -> Iterator[tuple[datetime, str]]:
    for passage in entry.history:
        arrow = f"{passage.from_state or 'new'} → {passage.to_state}"
        yield passage.at, f"{arrow}  {passage.reason}  ({passage.run_id})"


def _calls(calls: Iterable[SentCall]) -> Iterator[tuple[datetime, str]]:
    for call in calls:
        amount = f"  {call.amount}" if call.amount else ""
        yield call.at, f"{call.operation} {call.key}{amount}: {call.answer}"


def _acts(acts: Iterable[Intervention]) -> Iterator[tuple[datetime, str]]:
    for act in acts:
        note = f" ({act.note})" if act.note else ""
        yield act.at, f"{act.who}: {act.act}: {act.outcome}{note}"


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    """As in mails and in an export: the account's time."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if moment else ""
