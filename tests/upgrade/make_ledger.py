"""Writes the ledger of the first version, both systems as they stood then, and what that version
sends over them.

It was run once, on the code of commit b031e31, and runs on no other:

    git worktree add --detach ../first-version b031e31
    make -C ../first-version setup
    ../first-version/.venv/bin/python tests/upgrade/make_ledger.py tests/upgrade

With a second folder it keeps there what it made, and plays it through only when it is run again.
Each record is left where one call of it ended: carried out or not, its worker killed, its answer
lost, or in good order. Then the same ledger is played through by that code: a round, a
reconciliation, a person's words; what goes out is
`writes_of_the_first_version.json`. What the ledger keeps of the machine it was made on, and its
process, is replaced.
"""

import json
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

sys.path += [str(Path(__file__).parent), str(Path(__file__).parent / "first_version")]

from invoices import write_invoices
from mails import save_cursors, write_mails
from masters import change_since, write_customers, write_jobs, write_sites
from office import Office
from orders import write_orders
from playing import play_everything
from recorded import as_text
from working_time import write_time
from world import rows_of

from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.server import Sandbox

OWNER = re.compile(r'("owner": )"[^"]+"')
PROCESS = re.compile(r"process \d+ on [\w.-]+")


def main(out: Path, folder: Path) -> None:
    first = folder / "first"
    if not first.exists():
        write(out, first, folder / "empty")
    names = json.loads((out / "records.json").read_text(encoding="utf-8"))["records"]
    played = play_everything(first, folder / "play", names)
    (out / "writes_of_the_first_version.json").write_text(as_text(played), encoding="utf-8")


def write(out: Path, first: Path, empty: Path) -> None:
    office = Office(first)
    try:
        made_at = write_everything(office)
    finally:
        office.close()
    blank = Sandbox(empty)
    blank.start()
    blank.stop()
    write_lines(out / "sandbox.jsonl", rows_of(first / "sandbox", empty))
    write_lines(out / "ledger.jsonl", documents(first / "state" / "ledger.sqlite"))
    about = {"made_at": made_at.isoformat(), "records": office.names}
    (out / "records.json").write_text(
        json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def write_everything(office: Office) -> datetime:
    """Every state of every flow; when it was done."""
    company = office.company("Granby Theater")
    location = office.location(company, "Granby Theater")
    job = office.job(location)
    with office.session() as session:
        run_round(session, FLOWS, "first version")
    for flow, key in (("customers", company), ("sites", location), ("jobs", job)):
        assert office.entry(flow, key, "crossed").state == "confirmed"
    write_customers(office)
    write_sites(office, company)
    waiting = write_jobs(office, location)["waiting"]
    write_invoices(office, job, waiting)
    write_time(office, job)
    write_orders(office, job)
    write_mails(office)
    save_cursors(office)
    time.sleep(2)
    change_since(office, company, location, job)
    return datetime.now(UTC)


def documents(ledger: Path) -> list[dict[str, object]]:
    """Key and body of each, as the stores keep them."""
    with sqlite3.connect(ledger) as database:
        (table,) = (
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if row[0] != "meta"
        )
        found = database.execute(f"SELECT key, body FROM {table} ORDER BY key").fetchall()
    return [{"key": key, "body": _without_machine(body)} for key, body in found]


def _without_machine(body: str) -> str:
    return PROCESS.sub(
        "process 4711 on office-pc", OWNER.sub(r'\1"office-pc|boot|pid|4711|1|0"', body)
    )


def write_lines(file: Path, rows: Iterable[dict[str, object]]) -> None:
    file.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_up:
        main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else made_up))
