"""`st-spectrum ledger ...`: the audit trail as a person reads it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.engine.breaker_documents import end_pause
from st_spectrum.engine.interventions import take_word
from st_spectrum.engine.redrive import make_due
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.ledger.witness import ledger_place

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session


@contextmanager
def _opened(account_file: Path) -> Iterator[tuple[Account, Ledger]]:
    account = load_account(account_file)
    ledger = open_ledger(account.ledger)
    try:
        yield account, ledger
    finally:
        ledger.close()


def show_entry(account_file: Path, flow: str, key: str) -> int:
    """One entry in full; found by ServiceTrade id, else by Spectrum key."""
    (flow,) = flows_named(flow)
    with _opened(account_file) as (account, ledger):
        held = ledger.get(flow, key)
        entry = (
            held.entry
            if held
            else next((entry for entry in ledger.entries(flow) if entry.target_key == key), None)
        )
        doubt = _why_another_ledger(account, ledger)
    if doubt:
        print(doubt)
    if entry is None:
        print(f"The ledger knows no record {key!r} in {flow}.")
        return 1
    _print_entry(entry)
    return 0


def list_open(account_file: Path, flow: str) -> int:
    """Everything that somebody or something still has to come back to."""
    with _opened(account_file) as (account, ledger):
        flows = flows_named(flow)
        entries = [
            held.entry
            for name in flows
            for _, held in ledger.open_entries(name)
            if held is not None
        ]
        if doubt := _why_another_ledger(account, ledger):
            print(doubt)
    print_open(entries)
    return 0


def _why_another_ledger(account: Account, ledger: Ledger) -> str:
    """Why this may not be the ledger that was meant, so that nobody takes its silence for an
    answer; else "".
    """
    epoch = ledger.epochs.read()
    if epoch is not None and epoch.account not in ("", account.name):
        whose = f"{epoch.account!r}, and this account file is of {account.name!r}"
        return f"Attention: the ledger {ledger_place(account.ledger)} is that of account {whose}."
    if epoch is None and not any(True for flow in FLOWS for _ in ledger.entries(flow)):
        return (
            f"Attention: the ledger {ledger_place(account.ledger)} is empty; nothing was ever"
            " carried with it."
        )
    return ""


def print_open(entries: Iterable[Entry]) -> None:
    """Open entries by what they wait for. Ids are never cut, for commands take them."""
    groups: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.flow, entry.state.value, entry.reason, entry.advice), []).append(
            entry
        )
    console = Console()
    for (flow, state, reason, advice), waiting in groups.items():
        why = escape(reason or "no reason yet")
        console.print(f"[bold]{flow}, {state}: {len(waiting)} × {why}[/bold]", highlight=False)
        if advice:
            console.print(Padding(escape(advice), (0, 0, 0, 2)), highlight=False)
        for entry in waiting:
            line = f"{entry.key}  {entry.title}, since {entry.changed_at:%Y-%m-%d %H:%M} UTC"
            console.print(Padding(escape(line), (0, 0, 0, 4)), highlight=False)
        console.print()
    console.print(_how_many(groups) if groups else "Nothing waits.")


def _how_many(groups: Mapping[tuple[str, str, str, str], Sequence[Entry]]) -> str:
    count = sum(map(len, groups.values()))
    return (
        f"{count} {'record waits' if count == 1 else 'records wait'} for {len(groups)}"
        f" {'thing' if len(groups) == 1 else 'things'}. `st-spectrum ledger show FLOW ID` tells all"
        " about one."
    )


def resolve_entry(account_file: Path, flow: str, key: str, *, is_there: bool) -> int:
    """Take a person's word for a write whose answer was lost; 1 when the record waits for none."""
    from st_spectrum.commands.acting import person_of, run_resolve

    return run_resolve(account_file, flow, key, person_of(""), is_there=is_there)


def resolve_in(session: "Session", flow: str, key: str, *, is_there: bool) -> str:
    """The next round goes on from that word; what was noted, or "" when the record waits for
    none.
    """
    return take_word(session, flow, key, is_there=is_there)


def retry_entries(account_file: Path, flow: str, keys: Sequence[str]) -> int:
    """Have what waits or was refused tried again by the next round, however often it went out
    before.
    """
    (flow,) = flows_named(flow)
    with _opened(account_file) as (_, ledger):
        print(f"{flow}: {retry_in(ledger, flow, keys)}")
    return 0


def retry_in(ledger: Ledger, flow: str, keys: Sequence[str]) -> str:
    """The records of these keys, or all that wait, are due, and the breakers that hold them try one
    at once; in words.
    """
    wanted = keys or ledger.open_keys(flow)
    found = {key: held.entry for key in wanted if (held := ledger.get(flow, key)) is not None}
    due = [key for key in found if make_due(ledger, flow, key, sends={})]
    blocking = {entry.blocked_by for entry in found.values() if entry.blocked_by} if keys else {""}
    causes = sum(end_pause(ledger, flow, ledger.now(), only) for only in blocking)
    nouns = (
        f"{len(due)} {'record' if len(due) == 1 else 'records'}",
        f"{causes} {'cause' if causes == 1 else 'causes'}",
    )
    unknown = [key for key in keys if key not in due]
    more = f"; nothing waits under {', '.join(unknown)}" if unknown else ""
    return f"{nouns[0]} and {nouns[1]} of refusals are tried again in the next round{more}."


def accept_doubles(account_file: Path, flow: str, key: str) -> int:
    """Take a person's word for what stands twice; 1 when the last look found nothing under the
    key.
    """
    from st_spectrum.engine.doubles import accept

    (flow,) = flows_named(flow)
    with _opened(account_file) as (_, ledger):
        taken = accept(ledger, flow, key)
    for double in taken:
        print(f"{flow}: accepted as it is. {double}.")
    if not taken:
        print(f"{flow}: nothing was found standing twice under {key}.")
    return 0 if taken else 1


def rebuild_ledger(account_file: Path) -> int:
    """Fill an empty ledger from external ids and natural keys."""
    from st_spectrum.engine.recovering import rebuild
    from st_spectrum.flows.session import open_session
    from st_spectrum.spectrum.lookup import LookupImpossible

    with open_session(load_account(account_file)) as session:
        try:
            counts = rebuild(session.flows.values())
            session.guard.adopt()
        except LookupImpossible as impossible:
            raise SettingsInvalid(
                [f"Spectrum cannot list its records: {impossible}; configure spectrum.infolink"]
            ) from None
    for rebuilt in counts:
        print(
            f"{rebuilt.flow}: {rebuilt.closed} have crossed, {rebuilt.half_way} found half-way in"
            " Spectrum"
        )
    return 0


def _print_entry(entry: Entry) -> None:
    table = Table.grid(padding=(0, 2))
    values = {
        "record": f"{entry.title} (ServiceTrade id {entry.key})",
        "state": entry.state.value,
        "Spectrum": entry.target_key,
        "why": entry.reason,
        "what to do": entry.advice,
        "waits for": ", ".join(entry.needs),
        "notes": "\n".join(entry.notes),
        "steps done": ", ".join(entry.done_steps),
        "steps in doubt": ", ".join(entry.started_steps),
        "attempts": str(entry.attempts),
        "first seen": _at(entry.first_seen_at),
        "confirmed": _at(entry.confirmed_at),
        "next try": _at(entry.retry_at),
        "run": entry.run_id,
        "digest of what was read": entry.source_version,
        "digest of what was sent": entry.payload_digest,
    }
    for name, text in values.items():
        if text:
            table.add_row(f"[bold]{name}[/bold]", escape(text))
    for passage in entry.history:
        arrow = f"{passage.from_state or 'new'} → {passage.to_state}"
        table.add_row(_at(passage.at), escape(f"{arrow}  {passage.reason}  ({passage.run_id})"))
    Console().print(table)


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""
