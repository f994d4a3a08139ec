"""`st-spectrum reconcile`: everything in ServiceTrade against the ledger, told as tables or as one JSON document."""

import json
import sys
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from st_spectrum.account_file import load_account
from st_spectrum.commands.running import one_sentence
from st_spectrum.commands.sync import flows_named, print_reports


def run_reconcile(account_file: Path, flow: str, *, as_json: bool) -> int:
    """0 when all flows could be compared; 1 when a system stopped it, or an entry of the ledger cannot be read."""
    from st_spectrum.flows.round import run_reconciliation
    from st_spectrum.flows.session import open_session

    flows = flows_named(flow)
    run_id = f"cli-{uuid4().hex[:12]}"
    with open_session(load_account(account_file)) as session:
        done = list(run_reconciliation(session, flows, run_id))
    stopped = [each.report.stopped_by for each in done if each.report.stopped_by]
    if as_json:
        found = {
            each.flow: {
                "listed": each.listed,
                "asked": each.asked,
                "missed": list(each.missed),
                "damage": each.damage,
                **each.report.as_json(),
            }
            for each in done
        }
        document = {"run_id": run_id, "is_complete": not stopped, "flows": found}
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        table = Table("flow", title="Everything in ServiceTrade against the ledger")
        for column in ("listed", "missed by the fast path", "asked for now"):
            table.add_column(column, justify="right")
        for each in done:
            table.add_row(each.flow, str(each.listed), str(len(each.missed)), str(each.asked))
        Console().print(table)
        print_reports({each.flow: each.report for each in done}, is_dry_run=False)
    damage = [each.damage for each in done if each.damage]
    for sentence in dict.fromkeys([*damage, *map(one_sentence, stopped)]):
        print(sentence, file=sys.stderr)
    return 1 if stopped or damage else 0
