"""What a look for changes costs when a crowd of records was touched at once, by the number of
records known: `make bench-crowd`.

ServiceTrade holds so many companies, all of which have crossed. Somebody touches some of them in
one second, or one after the other while nobody looked; then one is made.
The looks of a sensor follow, each for one batch, in a process of its own: until a look finds
nothing more.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.stage import ACCOUNT_FILE, ROOT, BenchmarkFailed
from st_spectrum.account import Account
from st_spectrum.account.digest import settings_digest
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.engine.retries.redrive import due
from st_spectrum.flows import FLOWS
from st_spectrum.flows.changes import Changed, Source, by_time_of_change, notice_records
from st_spectrum.flows.session import Session, open_session
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import State, encode, move, new_entry
from st_spectrum.ledger.layout import entry_path
from st_spectrum.ledger.sqlite import SqliteStore, fill_file
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.servicetrade.company import DEFAULTS
from st_spectrum.sandbox.servicetrade.documents import FIRST_ID, Document, Documents, Kept

FLOW = "customers"
KNOWN = (1_000, 10_000, 100_000)
TOUCHED = 1_000
LOOKS = 10
"""More looks than that are not waited for."""
AGO = timedelta(days=30)
"""How long ago what is known was changed last."""
BEFORE = timedelta(days=15)
"""How long ago somebody looked last, before the crowd."""


@dataclass(frozen=True)
class Cost:
    """Looks in a row. `requests` and `rows`, what they listed, are those of all of them; the times
    those of the dearest one.

    `todays` says in which look the record was that was made after the crowd, counted from 1; 0 for
    in none. `left` are the records of the crowd that were not asked for, `cursor_kb` the largest
    cursor, which Dagster keeps with each tick.
    """

    known: int
    touched: int
    looks: int
    todays: int
    left: int
    requests: int
    rows: int
    cpu_seconds: float
    seconds: float
    cursor_kb: float = 0.0
    peak_mb: float = 0.0


class CrowdedSandbox(Sandbox):
    """The sandbox, and somebody who puts a whole crowd into it at once."""

    def know(self, count: int, at: datetime) -> None:
        """So many companies that have crossed, made one each hour and changed last at that time."""
        address = {
            "street": "12 Granby Street",
            "city": "Norfolk",
            "state": "VA",
            "postalCode": "23510",
        }
        stamp, documents = int(at.timestamp()), self._documents
        kept = documents.kept()
        first = FIRST_ID + kept.sequences.get("id", 0)
        crowd: tuple[Document, ...] = tuple(
            {
                "id": first + number,
                **DEFAULTS,
                "name": f"Company {number}",
                "customer": True,
                "address": address,
                "externalIds": {"spectrum": f"C{number:06d}"},
                "created": stamp - 3600 * (count - number),
                "updated": stamp,
            }
            for number in range(count)
        )
        own = tuple(
            row | {"created": stamp, "updated": stamp} for row in kept.documents.get("company", ())
        )
        kinds = dict(kept.documents) | {"company": (*own, *crowd)}
        documents.put_back(
            Kept(kinds, dict(kept.sequences) | {"id": kept.sequences.get("id", 0) + count})
        )

    def companies(self) -> list[int]:
        """The ids of all customers, the oldest first."""
        return [row["id"] for row in self._documents.all("company") if row["customer"]]

    def touch(self, companies: list[int], over: int = 0) -> None:
        """Somebody writes the same telephone number into all of them, at once or one after the
        other within the last `over` seconds.
        """
        with self._documents.lock:
            now = self._documents.now()
            for place, number in enumerate(companies):
                at = now - over + place * over // len(companies)
                changes = {"phoneNumber": "7575550100", "updated": at}
                self._documents.change("company", number, changes, moves_updated=False)
            self._documents.commit()

    def make(self) -> int:
        """A new customer, a second after everything else."""
        with self._documents.lock:
            made = self._documents.insert(
                "company", DEFAULTS | {"name": "Of today", "customer": True, "address": {}}
            )
            later = self._documents.now() + 1
            made = self._documents.change(
                "company", made["id"], {"updated": later}, moves_updated=False
            )
            self._documents.commit()
        return int(made["id"])

    @property
    def _documents(self) -> Documents:
        documents: Documents = self.rig.inside("servicetrade").documents
        return documents


@contextmanager
def crowded(known: int) -> Iterator[tuple[CrowdedSandbox, dict[str, str]]]:
    """A sandbox with so many companies that have crossed, and the environment for the account whose
    ledger knows them.
    """
    with (
        tempfile.TemporaryDirectory(prefix="st-spectrum-crowd-") as folder,
        CrowdedSandbox(Path(folder)) as sandbox,
    ):
        at = datetime.now(UTC) - AGO
        sandbox.know(known, at)
        environ = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(Path(folder) / "sync")}
        account = load_account(ACCOUNT_FILE, environ)
        SqliteStore(account.ledger.path).close()
        account.ledger.path.unlink()
        fill_file(account.ledger.path, _entries(sandbox.companies(), at))
        account.ledger.path.chmod(0o600)
        yield sandbox, environ


def _entries(companies: list[int], at: datetime) -> Iterator[tuple[str, str]]:
    for number, company in enumerate(companies):
        key, code = str(company), f"C{number:06d}"
        claimed = new_entry(
            FLOW, key, State.CLAIMED, at, title=f"Company {number}", target_key=code
        )
        yield entry_path(FLOW, key), encode(move(claimed, State.CONFIRMED, at, target_key=code))


def look_through(
    account: Account, known: int, touched: int, todays: str, most: int = LOOKS
) -> Cost:
    """Looks for one batch each, and what the re-drive asks the ledger beside each, until nothing
    more is found.
    """
    since = int((datetime.now(UTC) - BEFORE).timestamp())
    cursor, asked, place, rows = Cursor(since), set[str](), 0, 0
    costs: list[tuple[float, float, float]] = []

    with open_session(account) as session:

        def companies(**filters: Any) -> Iterator[Changed]:
            nonlocal rows
            for company in session.servicetrade.companies(**filters):
                rows += 1
                yield company

        source = by_time_of_change(companies)
        for number in range(1, most + 1):
            began, used = time.monotonic(), time.process_time()
            changes = _look(session, source, cursor)
            text = changes.cursor.as_text() if changes.cursor else ""
            costs.append((time.process_time() - used, time.monotonic() - began, len(text) / 1024))
            cursor = Cursor.decode(text)
            asked.update(changes.keys)
            place = place or (number if todays in changes.keys else 0)
            if changes.is_complete and not changes.keys:
                break
        requests = sum(session.servicetrade.calls.values())
    left = touched + bool(todays) - len(asked)
    dearest = [max(column) for column in zip(*costs, strict=True)]
    return Cost(known, touched, len(costs), place, left, requests, rows, *dearest)


def _look(session: Session, source: Source, cursor: Cursor) -> Changes:
    pace = session.account.pace
    bounds = Bounds(pace.batch_size, time.monotonic() + pace.tick_budget_seconds)
    changes = notice_records(FLOW, source, session.servicetrade, cursor, pace, bounds)
    due(session.ledger, FLOW, FLOWS, session.ledger.now(), settings_digest(session.account))
    return changes


def measure(known: int, touched: int, most: int, over: int) -> Cost:
    """At most so many looks in a process of their own, after so many were touched within the last
    `over` seconds.
    """
    with crowded(known) as (sandbox, environ):
        companies = sandbox.companies()
        sandbox.touch(companies[:: max(1, known // touched)][:touched] if touched else [], over)
        todays = str(sandbox.make()) if touched else ""
        looks = [
            sys.executable,
            "-m",
            "benchmarks.crowd",
            "--child",
            str(known),
            str(touched),
            str(most),
            todays,
        ]
        cost_file = Path(environ["ST_SPECTRUM_STATE_DIR"]) / "cost.json"
        command = [sys.executable, "-m", "benchmarks.measured", str(cost_file), *looks]
        result = subprocess.run(  # noqa: S603  our own command
            command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise BenchmarkFailed(f"the looks failed: {result.stderr[-2000:]}")
        peak_mb = json.loads(cost_file.read_text(encoding="utf-8"))["peak_mb"]
    return Cost(**(json.loads(result.stdout) | {"peak_mb": peak_mb}))


def _child(known: str, touched: str, most: str, todays: str) -> int:
    account = load_account(ACCOUNT_FILE, dict(os.environ))
    print(json.dumps(asdict(look_through(account, int(known), int(touched), todays, int(most)))))
    return 0


TITLES = (
    "known",
    "touched",
    "looks",
    "today's in",
    "left",
    "requests",
    "rows",
    "CPU s",
    "seconds",
    "cursor KB",
    "MB",
)


def main() -> int:
    """One line for each number of known records with nothing touched, and one with a crowd."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crowd", description="What a crowd costs the looks."
    )
    parser.add_argument(
        "--known", type=int, nargs="+", default=KNOWN, help="how many records have crossed"
    )
    parser.add_argument(
        "--touched", type=int, nargs="+", default=(0, TOUCHED), help="how many are touched at once"
    )
    parser.add_argument(
        "--looks", type=int, default=LOOKS, help="more looks than that are not waited for"
    )
    parser.add_argument(
        "--hours", type=int, default=0, help="one after the other within so many hours"
    )
    arguments = parser.parse_args()
    print(" ".join(f"{title:>10}" for title in TITLES))
    for touched in arguments.touched:
        for known in arguments.known:
            cost = measure(known, min(touched, known), arguments.looks, 3600 * arguments.hours)
            counts = (
                cost.known,
                cost.touched,
                cost.looks,
                cost.todays,
                cost.left,
                cost.requests,
                cost.rows,
            )
            times = (
                f"{cost.cpu_seconds:.2f}",
                f"{cost.seconds:.2f}",
                f"{cost.cursor_kb:,.0f}",
                f"{cost.peak_mb:.0f}",
            )
            print(
                " ".join(f"{cell:>10}" for cell in (*(f"{count:,}" for count in counts), *times)),
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(_child(*sys.argv[2:]) if sys.argv[1:2] == ["--child"] else main())
