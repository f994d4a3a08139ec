"""What the reconciliation of one payroll week asks for, by the number of entries in the week: `make
bench-payroll`.

It is meant to cost the pages of the week, one listing for each 1,000 markers, and what was missing.
The week stands in payroll
already, except for what is left out; then it is reconciled twice, each time in a process of its
own.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from benchmarks.counting import CountingStore
from benchmarks.stage import ACCOUNT_FILE, ROOT, BenchmarkFailed, Stage, open_stage
from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import Session, open_session
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import DoneCard, mark
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.paid_hours import is_due
from st_spectrum.ledger.documents.timecards import TimeBegun
from st_spectrum.ledger.stores import open_store
from st_spectrum.reconcile.payroll_week import reconcile_week
from st_spectrum.sandbox.timekeeping import TIME_OFF_JOB, TimeSizes, keep_time
from st_spectrum.sandbox.world import World, build_world

SIZES = (1_000, 10_000, 100_000)
MISSING = 100
"""One entry out of so many has not crossed before the first reconciliation."""

SUNDAY = date(2026, 4, 5)
END = SUNDAY + timedelta(days=6)
DUE_PER_TECHNICIAN = 14.6
"""Entries of a week that are approved and paid, on average."""

QUEUE = "PR_PRE_TC_IMPORT_ERR_MC"


@dataclass(frozen=True)
class Cost:
    """What one reconciliation took. `requests` are those that the two systems saw, by operation;
    `statements` go to Info-Link.

    `ledger` counts what would be requests on S3: listings of 1,000 keys each, documents read, and
    documents written.
    """

    entries: int
    missing: int
    requests: Counter[str]
    statements: int
    ledger: Counter[str]
    seconds: float
    peak_mb: float

    @property
    def pages(self) -> int:
        """Requests for the week's list."""
        return self.requests["GET /timecard"]


def account_of(environ: dict[str, str]) -> Account:
    """The sandbox's account, paying by labor rows through the REST batch."""
    account = load_account(ACCOUNT_FILE, environ)
    pay_types = account.timecards.pay_types
    names = pay_types.by_generic_name | {TIME_OFF_JOB: "V"}
    rules = {
        "first_day": SUNDAY.isoformat(),
        "target": "rest",
        "pay_types": pay_types.model_copy(update={"by_generic_name": names}),
    }
    return account.model_copy(update={"timecards": account.timecards.model_copy(update=rules)})


def fill(stage: Stage, entries: int) -> None:
    """A week of about so many entries that are due, of which all but one in a hundred are in
    payroll, and are marked.
    """
    technicians = round(entries / DUE_PER_TECHNICIAN)
    world = World(
        companies=6,
        vendors=1,
        locations=6,
        jobs=8,
        technicians=technicians,
        invoices=8,
        template_phases=2,
    )
    built = build_world(world, stage.addresses["servicetrade_url"], stage.addresses["spectrum_url"])
    kept = keep_time(stage.control, built, TimeSizes(weeks=1, first_week=SUNDAY))
    codes = {person.user: person.employee_code for person in kept.technicians}
    with open_session(account_of(stage.environ)) as session:
        session.ledger.put(TimeBegun(datetime.now(UTC)))
        for number in range(2):
            run_round(session, ("customers", "sites", "jobs"), f"round-{number}")
        due = [
            entry
            for entry in time_context(session.flows).times.week(END)
            if is_due(entry, session.account)
        ]
        _lay_down(
            stage, session, [entry for place, entry in enumerate(due) if place % MISSING], codes
        )


def _lay_down(
    stage: Stage, session: Session, entries: list[TimeEntry], codes: dict[int, str]
) -> None:
    now = datetime.now(UTC)
    company = session.account.spectrum.company_code
    columns = (
        "Company_Code",
        "Employee_Code",
        "Work_Date",
        "Pay_Type",
        "Hours",
        "Message",
        "Record_Number",
    )
    rows = []
    for number, entry in enumerate(entries, start=1):
        code = codes[entry.user_id]
        mark(session.ledger, DoneCard(entry.key, entry.version, entry.hours, now, now, code))
        day = entry.work_date.isoformat()
        rows.append((company, code, day, "R", str(entry.hours), token_of(entry.key), number))
    with sqlite3.connect(stage.folder / "sandbox" / "infolink.sqlite") as file:
        marks = ", ".join("?" * len(columns))
        file.executemany(f"INSERT INTO {QUEUE} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our names


def reconciled(stage: Stage) -> Cost:
    """One reconciliation in a process of its own."""
    stage.control.clear_calls()
    command = [sys.executable, "-m", "benchmarks.payroll_week", "child"]
    environ = os.environ | stage.environ
    result = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BenchmarkFailed(f"the reconciliation failed: {result.stderr[-2000:]}")
    measured = json.loads(result.stdout)
    requests = Counter(call.operation for call in stage.control.calls())
    return Cost(requests=requests, **(measured | {"ledger": Counter(measured["ledger"])}))


def _child() -> None:
    """Reconcile and print what it took."""
    account = account_of(dict(os.environ))
    store = CountingStore(open_store(account.ledger))
    with open_session(account, store=store) as session:
        began = time.perf_counter()
        week = reconcile_week(session, END, "benchmark")
        seconds = time.perf_counter() - began
        if week.report.stopped_by is not None or week.difference:
            raise BenchmarkFailed(
                f"{week.difference} hours differ; stopped by {week.report.stopped_by}"
            )
        statements = sum(
            count for name, count in session.spectrum.calls.items() if name.startswith("infolink")
        )
    measured = {
        "entries": len(week.rows),
        "missing": len(week.missed),
        "statements": statements,
        "ledger": store.counts,
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }
    print(json.dumps(measured))


def main() -> int:
    """Print one line for each size and case."""
    titles = (
        "entries",
        "missing",
        "pages",
        "other reads",
        "posts",
        "SQL",
        "listings",
        "reads",
        "writes",
        "seconds",
        "MB",
    )
    print(" ".join(f"{title:>11}" for title in titles))
    for size in SIZES:
        with open_stage() as stage:
            fill(stage, size)
            for _ in range(2):
                print(" ".join(f"{cell:>11}" for cell in _cells(reconciled(stage))), flush=True)
    return 0


def _cells(cost: Cost) -> tuple[str, ...]:
    posts = cost.requests["POST /timecard/timecards"]
    others = cost.requests.total() - cost.pages - posts
    counts = (cost.entries, cost.missing, cost.pages, others, posts, cost.statements)
    ledger = (cost.ledger["listings"], cost.ledger["reads"], cost.ledger["writes"])
    return (
        *(f"{count:,}" for count in (*counts, *ledger)),
        f"{cost.seconds:.1f}",
        f"{cost.peak_mb:.0f}",
    )


if __name__ == "__main__":
    sys.exit(_child() if sys.argv[1:] == ["child"] else main())
