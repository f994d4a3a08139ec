"""How long a new record takes from ServiceTrade to Spectrum, in a Dagster with its sensors on:
`make bench-latency`.

One run tries both launchers, the stock one, which starts a process for each run, and the one with
warm workers, on the same events: companies, locations and jobs that are entered at random moments,
and whose prerequisites stand. A record's latency runs from the answer that ServiceTrade gave to the
person who entered it to Spectrum's first answer for it.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import dagster as dg

from benchmarks.broker import burn
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.commands.services import DagsterServices
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.entering import Account
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world

ACCOUNT = Path(__file__).parents[1] / "accounts" / "sandbox.yaml"
WARM = "run_launcher: {module: st_spectrum.workers.launcher, class: WarmCeleryRunLauncher}\n"
LAUNCHERS = {"stock": "a process per run", "warm": "warm workers over a folder"}
ADDRESS = {
    "addressStreet": "12 Granby St",
    "addressCity": "Norfolk",
    "addressState": "VA",
    "addressPostalCode": "23510",
}
SMALL = World(companies=4, locations=4, jobs=2, linked_companies=0, old_customers=0)
MEAN_GAP_SECONDS = 3.0
PATIENCE_SECONDS = 300.0
WRITES = {"company": "AddCustomer", "location": "AddWOSiteAddress", "job": "AddJob"}


@dataclass(frozen=True)
class Event:
    """What a person entered, and when ServiceTrade had it."""

    kind: str
    id: int
    at: datetime


class Office:
    """Enters companies, and locations and jobs under what has crossed."""

    def __init__(self, servicetrade: ServiceTradeCaller, account: Account, seed: int) -> None:
        self._servicetrade = servicetrade
        self._own, self._office = account.own_company, account.offices[0]
        self._random = random.Random(seed)  # noqa: S311 - moments, not secrets
        self.company = self._company("Standing Contractor Works").id
        self.location = 0
        self._number = 0

    def gap(self) -> float:
        """Seconds until the next person enters something."""
        return self._random.expovariate(1 / MEAN_GAP_SECONDS)

    def enter(self, kind: str = "") -> Event:
        """One record."""
        self._number += 1
        return {"company": self._company, "location": self._location, "job": self._job}[
            kind or self._random.choice(tuple(WRITES))
        ](f"Record {self._number}")

    def spectrum_key(self, event: Event) -> str:
        """What ServiceTrade was told about where it stands in Spectrum; "" as long as it was
        not.
        """
        ids = self._servicetrade.get(f"/{event.kind}/{event.id}").get("externalIds") or {}
        return next(iter(ids.values()), "") if isinstance(ids, dict) else ""

    def _company(self, name: str) -> Event:
        made = self._servicetrade.post("/company", name=name, **ADDRESS, phoneNumber="757-555-0100")
        self._servicetrade.put(f"/company/{made['id']}", customer=True, status="active")
        return Event("company", made["id"], datetime.now(UTC))

    def _location(self, name: str) -> Event:
        made = self._servicetrade.post(
            "/location", name=name, companyId=self.company, officeIds=[self._office], **ADDRESS
        )
        return Event("location", made["id"], datetime.now(UTC))

    def _job(self, name: str) -> Event:
        made = self._servicetrade.post(
            "/job",
            type="repair",
            description=name,
            status="scheduled",
            locationId=self.location,
            vendorId=self._own,
            officeIds=[self._office],
            assignedOfficeId=self._office,
        )
        return Event("job", made["id"], datetime.now(UTC))


@contextmanager
def stage(launcher: str, folder: Path) -> Iterator[tuple[Sandbox, DagsterServices]]:
    """Both systems empty, and Dagster with its sensors on."""
    with Sandbox(folder / "sandbox") as sandbox:
        settings = environment(sandbox) | {
            "ST_SPECTRUM_STATE_DIR": str(folder / "state"),
            "ST_SPECTRUM_ACCOUNT": str(ACCOUNT),
            "ST_SPECTRUM_SENSORS": "on",
            "ST_SPECTRUM_BROKER": str(folder / "broker"),
        }
        name = load_account(ACCOUNT, dict(os.environ) | settings).name
        yaml = files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
        with DagsterServices(
            folder / "dagster", settings, yaml + (WARM if launcher == "warm" else ""), name
        ) as services:
            yield sandbox, services


def measure(launcher: str, events: int, seed: int) -> dict[str, object]:
    """One row of the table."""
    with (
        tempfile.TemporaryDirectory(prefix="latency-", ignore_cleanup_errors=True) as folder,
        stage(launcher, Path(folder)) as (sandbox, services),
        ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade,
    ):
        built = build_world(SMALL, sandbox.servicetrade_url, sandbox.spectrum_url)
        office = Office(servicetrade, built.account, seed)
        wait_until_crossed(office, [Event("company", office.company, datetime.now(UTC))])
        standing = office.enter("location")
        wait_until_crossed(office, [standing])
        office.location = standing.id
        entered = []
        for _ in range(events):
            time.sleep(office.gap())
            entered.append(office.enter())
        wait_until_crossed(office, entered)
        seconds = [
            delay for event in entered if (delay := delay_of(sandbox, office, event)) is not None
        ]
        with dg.DagsterInstance.from_config(str(services.home)) as instance:
            red = instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
            runs = instance.get_runs_count()
    return {
        "launcher": launcher,
        "events": events,
        "crossed": len(seconds),
        "p50": round(statistics.median(seconds), 1),
        "p95": round(statistics.quantiles(seconds, n=20, method="inclusive")[18], 1),
        "max": round(max(seconds), 1),
        "runs": runs,
        "red runs": red,
    }


def wait_until_crossed(office: Office, events: list[Event]) -> None:
    """Return when ServiceTrade knows where each stands in Spectrum, or when patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = list(events)
    while waiting and time.monotonic() < deadline:
        time.sleep(1)
        waiting = [event for event in waiting if not office.spectrum_key(event)]


def delay_of(sandbox: Sandbox, office: Office, event: Event) -> float | None:
    """Seconds until Spectrum had taken it; None when it never did."""
    key = office.spectrum_key(event)
    for call in sandbox.control.calls(system="spectrum", writes=True) if key else ():
        if call.operation == WRITES[event.kind] and key in call.key and call.is_committed:
            return (call.at - event.at).total_seconds()
    return None


def main() -> int:
    """Print one line for each launcher; 0 when everything crossed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument(
        "--load", type=int, default=0, help="other processes that keep the processors busy"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--launchers", default=",".join(LAUNCHERS))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    with ExitStack() as stack:
        for _ in range(asked.load):
            burner = multiprocessing.get_context("spawn").Process(target=burn, daemon=True)
            burner.start()
            stack.callback(burner.kill)
        for launcher in asked.launchers.split(","):
            row = measure(launcher, asked.events, asked.seed)
            rows.append(row)
            said = ", ".join(f"{name} {value}" for name, value in row.items() if name != "launcher")
            print(f"{launcher:<6} {said}   ({LAUNCHERS[launcher]})", file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps(rows, indent=2))
    return 0 if all(row["crossed"] == row["events"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
