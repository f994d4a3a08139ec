"""`st-spectrum reconcile`: everything in ServiceTrade against the ledger, as tables or JSON."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from rich.table import Table

from st_spectrum.account.file import load_account
from st_spectrum.commands.printing import open_console
from st_spectrum.commands.running import one_sentence
from st_spectrum.commands.sync import flows_named, print_reports

if TYPE_CHECKING:
    from st_spectrum.engine.reconciled import Reconciled


def run_reconcile(account_file: Path, flow: str, *, as_json: bool) -> int:
    """0 when all flows could be compared; 1 when a system or an unreadable entry stopped it."""
    from st_spectrum.engine.rounds.reconciliation import run_reconciliation
    from st_spectrum.flows.session import open_session

    flows = flows_named(flow)
    run_id = f"cli-{uuid4().hex[:12]}"
    with open_session(load_account(account_file)) as session:
        done = list(run_reconciliation(session, flows, run_id))
    stopped = [reconciled.report.stopped_by for reconciled in done if reconciled.report.stopped_by]
    if as_json:
        found = {
            reconciled.flow: {
                "listed": reconciled.listed,
                "asked": reconciled.asked,
                "missed": list(reconciled.missed),
                "damage": reconciled.damage,
                "doubles": [str(double) for double in reconciled.doubles],
                "doubles_unseen": reconciled.doubles_unseen,
                **reconciled.report.as_json(),
            }
            for reconciled in done
        }
        document = {"run_id": run_id, "is_complete": not stopped, "flows": found}
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        table = Table("flow", title="Everything in ServiceTrade against the ledger")
        for column in ("listed", "missed by the fast path", "asked for now", "standing twice"):
            table.add_column(column, justify="right")
        for reconciled in done:
            table.add_row(
                reconciled.flow,
                str(reconciled.listed),
                str(len(reconciled.missed)),
                str(reconciled.asked),
                str(len(reconciled.doubles)),
            )
        open_console().print(table)
        for sentence in (sentence for reconciled in done for sentence in _doubles_of(reconciled)):
            print(sentence)
        print_reports({reconciled.flow: reconciled.report for reconciled in done}, is_dry_run=False)
    damage = [reconciled.damage for reconciled in done if reconciled.damage]
    for sentence in dict.fromkeys([*damage, *map(one_sentence, stopped)]):
        print(sentence, file=sys.stderr)
    return 1 if stopped or damage else 0


def _doubles_of(done: "Reconciled") -> Iterator[str]:
    for double in done.doubles:
        yield f"{done.flow}: {double}. {double.advice}"
    if done.doubles_unseen:
        yield f"{done.flow}: what stands twice could not be looked at: {done.doubles_unseen}"
