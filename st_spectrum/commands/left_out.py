"""`st-spectrum ledger left-out`: what a setting of the account file keeps from crossing."""

from collections.abc import Iterator
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.commands.sync import flows_named
from st_spectrum.ledger.documents.records import SkippedBySetting
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.ledger.ledger import Ledger, open_ledger


def list_left_out(account_file: Path, flow: str) -> int:
    """One line for each reason; of one flow its records too, whose ids are never cut."""
    flows = flows_named(flow)
    ledger = open_ledger(load_account(account_file).ledger)
    try:
        groups = {name: left_out_by_reason(ledger, name) for name in flows}
    finally:
        ledger.close()
    for name, reasons in groups.items():
        for reason, entries in reasons.items():
            print(f"{name}: {len(entries)} left out: {reason}")
            for entry in entries if len(flows) == 1 else ():
                print(f"    {entry.key}  {entry.title}")
    if not any(groups.values()):
        print("Nothing is left out by the account file.")
    return 0


def left_out_by_reason(ledger: Ledger, flow: str) -> dict[str, list[Entry]]:
    """The records of a flow that a setting leaves out, the most frequent reason first."""
    groups: dict[str, list[Entry]] = {}
    for entry in _left_out(ledger, flow):
        groups.setdefault(entry.reason, []).append(entry)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _left_out(ledger: Ledger, flow: str) -> Iterator[Entry]:
    for key in ledger.names(SkippedBySetting, flow):
        held = ledger.get(flow, key)
        if held is not None and held.entry.state is State.SKIPPED:
            yield held.entry
