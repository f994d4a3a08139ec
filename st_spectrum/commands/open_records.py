"""`st-spectrum ledger open`: what must be done, oldest first, and what waits because of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from st_spectrum.account.file import load_account
from st_spectrum.alerts.causes import Behind, Cause, cause_of
from st_spectrum.alerts.open_causes import open_roots
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.engine.people.root_causes import RootCause
from st_spectrum.engine.retries.attention import open_since
from st_spectrum.engine.rounds.held_back import held_back
from st_spectrum.engine.steps.handled import record_name
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import HeldBack
from st_spectrum.ledger.documents.interventions import HandledRecord
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.whose import why_another_ledger


def list_open(
    account_file: Path,
    flow: str,
    since: str = "",
    *,
    as_json: bool = False,
    shows_behind: bool = False,
) -> int:
    """0 when the ledger could be read. `shows_behind` lists what waits for other records, too."""
    flows, since_at = flows_named(flow), _moment(since)
    account = load_account(account_file)
    with open_ledger(account.ledger) as ledger:
        roots = open_roots(ledger, flows, since_at)
        older = [] if roots or since_at is None else open_roots(ledger, flows)
        doubt = why_another_ledger(account, ledger, FLOWS)
        by_hand = _handled(ledger, flows)
        beyond = {flow: kept for flow in flows if (kept := held_back(ledger, flow))}
    if as_json:
        causes = [_as_json(root, cause_of(root, account.servicetrade.base_url)) for root in roots]
        document = {
            "attention": doubt,
            "causes": causes,
            "handled_by_hand": len(by_hand),
            "beyond_limits": {flow: list(kept.keys) for flow, kept in beyond.items()},
        }
        print(json.dumps(document, indent=2, ensure_ascii=False, default=str))
        return 0
    if doubt:
        print(doubt)
    for flow, kept in beyond.items():
        print(_beyond(flow, kept))
    if roots or not beyond:
        nothing = _nothing(since, older)
        print_roots(roots, account.timezone, shows_behind=shows_behind, nothing=nothing)
    if by_hand:
        print(_by_hand(by_hand))
    return 0


def _beyond(flow: str, kept: HeldBack) -> str:
    """What was never begun, because it is more than the account file lets go at once."""
    count = len(kept.keys)
    wait = "waits" if count == 1 else "wait"
    return f"{count} {FLOWS[flow].noun(count)} {wait}. {kept.said}. {kept.advice}"


def _nothing(since: str, older: Sequence[RootCause]) -> str:
    waiting = sum(len(root.waiting) for root in older)
    verb = "waits" if waiting == 1 else "wait"
    return f"Nothing since {since}; {waiting} {verb} in all." if waiting else "Nothing waits."


def print_roots(
    roots: Sequence[RootCause],
    timezone: str = "UTC",
    *,
    shows_behind: bool = False,
    nothing: str = "Nothing waits.",
) -> None:
    """Each with its id, which `retry --cause` takes; no id is ever cut. Times are shown in the time
    zone, as in mails.
    """
    console, zone = open_console(), ZoneInfo(timezone)
    for root in roots:
        _print_root(console, root, cause_of(root, ""), zone, shows_behind=shows_behind)
    waiting = sum(len(root.waiting) for root in roots)
    console.print(_how_many(waiting, len(roots)) if roots else nothing)


def _print_root(
    console: Console, root: RootCause, cause: Cause, zone: ZoneInfo, *, shows_behind: bool
) -> None:
    state = "left alone" if root.is_left_alone else root.members[0].state.value
    head = f"{root.flow}, {state}: {len(root.members)} × {escape(root.text)}"
    console.print(f"[bold]{head}[/bold]", highlight=False)
    facts = [
        f"since {_at(root.since, zone)}",
        *(f"frees {_group(group)}" for group in cause.behind),
        *([f"{cause.amount:,.2f} stuck"] if cause.amount is not None else []),
        *([f"{cause.hours:,.2f} h stuck"] if cause.hours is not None else []),
        f"cause {cause.id}",
    ]
    _line(console, "; ".join(facts), 2)
    reasons = {entry.reason for entry in root.members}
    if len(reasons) == 1 and reasons != {root.text}:
        _line(console, reasons.pop(), 2)
    _line(console, ": ".join(filter(None, (cause.who, cause.advice))), 2)
    for entry in root.members:
        _line(console, _record(entry, root, zone), 4)
    for entry in root.behind if shows_behind else ():
        _line(console, f"{entry.flow} {_record(entry, root, zone)}", 6)
    console.print()


def _line(console: Console, text: str, left: int) -> None:
    console.print(Padding(escape(text), (0, 0, 0, left)), highlight=False)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _record(entry: Entry, root: RootCause, zone: ZoneInfo) -> str:
    amount = f", {entry.money:,.2f}" if entry.money is not None else ""
    hours = f", {entry.work_hours:,.2f} h" if entry.work_hours is not None else ""
    differs = len({member.reason for member in root.members}) > 1 and entry in root.members
    why = f": {entry.reason}" if differs else ""
    since = _at(open_since(entry), zone)
    return f"{entry.key}  {entry.title}, since {since}{amount}{hours}{why}"


def _group(group: Behind) -> str:
    return f"{group.count} {FLOWS[group.flow].noun(group.count)}"


def _how_many(count: int, causes: int) -> str:
    return (
        f"{count} {'record waits' if count == 1 else 'records wait'} for {causes}"
        f" {'thing' if causes == 1 else 'things'}. `st-spectrum ledger show FLOW ID` tells all"
        " about one, `st-spectrum retry --cause ID` tries one thing again."
    )


def _handled(ledger: Ledger, flows: Iterable[str]) -> list[HandledRecord]:
    """Those whose word counts: whoever was cut off while saying or undoing it left a text alone."""
    named = (name.partition("/")[::2] for name in ledger.names(HandledRecord))
    found = (
        ledger.document_or_none(HandledRecord, record_name(flow, key))
        for flow, key in named
        if flow in flows and (held := ledger.get(flow, key)) is not None and held.entry.is_handled
    )
    return [handled for handled in found if handled is not None]


def _by_hand(handled: Sequence[HandledRecord]) -> str:
    worth = sum((Decimal(record.amount) for record in handled if record.amount), Decimal(0))
    money = f", {worth:,.2f}" if worth else ""
    work = sum((Decimal(record.hours) for record in handled if record.hours), Decimal(0))
    hours = f", {work:,.2f} h" if work else ""
    number = f"{len(handled)} {'record' if len(handled) == 1 else 'records'}"
    return f"Handled by hand: {number}{money}{hours}."


def _as_json(root: RootCause, cause: Cause) -> dict[str, object]:
    return {
        "cause": cause.id,
        "flow": root.flow,
        "text": root.text,
        "who": cause.who,
        "advice": cause.advice,
        "since": root.since.isoformat(),
        "is_left_alone": root.is_left_alone,
        "frees": cause.frees,
        "amount": cause.amount,
        "hours": cause.hours,
        "behind": [asdict(group) for group in cause.behind],
        "records": [_plain(entry) for entry in (*root.members, *root.behind)],
    }


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "flow": entry.flow,
        "key": entry.key,
        "title": entry.title,
        "state": entry.state.value,
        "since": open_since(entry).isoformat(),
        "reason": entry.reason,
        "needs": list(entry.needs),
        "amount": entry.amount,
        "hours": entry.hours,
        "target_key": entry.target_key,
    }


def _moment(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None
    except ValueError:
        raise ArgumentInvalid([f"{text}: expected a day such as 2026-03-31"]) from None
