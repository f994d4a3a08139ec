"""How long a record takes from one system to the other, in a Dagster with its sensors on: `make
bench-latency`, `make bench-latency EVENTS=50 GAP=2 LOAD=2`.

One run tries every launcher on an office of its own: companies, locations, jobs, approved and
voided invoices, changed lines of purchase orders and approved time, at random moments. A latency
runs from the moment at which the source had it to that at which the whole of it stood in the
target, by the clocks of both stand-ins. What waited for another record first is told apart.
"""

import argparse
import json
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import dagster as dg
import yaml

from benchmarks.arrivals import Arrivals, is_quiet, seconds_of
from benchmarks.busy import busy
from benchmarks.latency_table import LAUNCHERS, Result, machine, table, three
from benchmarks.office import WORLD, Event, Office, card_weeks
from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.commands.services import DagsterServices
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time
from st_spectrum.sandbox.world import build_world
from st_spectrum.serving.home import HOME_VARIABLE, shipped_settings
from st_spectrum.serving.ports import free_port

ACCOUNT = Path(__file__).parents[1] / "accounts" / "sandbox.yaml"
MEAN_GAP_SECONDS = 0.8
PATIENCE_SECONDS = 240.0
FIRST_LOAD_SECONDS = 300.0
QUIET_SECONDS, QUIET_BESIDE_RUNS_SECONDS = 8.0, 45.0


@dataclass(frozen=True)
class Stage:
    """Both systems filled, and Dagster with its sensors on."""

    sandbox: Sandbox
    services: DagsterServices
    account: Account
    office: Office


def settings_of(launcher: str) -> str:
    """What `st-spectrum serve` puts into a new home, with another launcher where one is asked
    for.
    """
    settings = yaml.safe_load(shipped_settings())
    if launcher == "stock":
        del settings["run_launcher"]
    return yaml.safe_dump(settings)


@contextmanager
def stage(launcher: str, seed: int, folder: Path, bytecode: Path) -> Iterator[Stage]:
    """Everything up; ended afterwards."""
    port = free_port()
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(folder / "sandbox"))
        built = build_world(WORLD, sandbox.servicetrade_url, sandbox.spectrum_url)
        kept = keep_time(sandbox.control, built, card_weeks())
        sandbox.control.clear_calls()
        settings = environment(sandbox) | {
            "ST_SPECTRUM_STATE_DIR": str(folder / "state"),
            "ST_SPECTRUM_ACCOUNT": str(ACCOUNT),
            "ST_SPECTRUM_SENSORS": "on",
            "ST_SPECTRUM_BROKER": str(folder / "broker"),
            "DOORBELL_URL": f"http://127.0.0.1:{port}" if launcher == "doorbell" else "",
            "DOORBELL_SECRET": secrets.token_hex(32),
            "DOORBELL_PORT": str(port),
            # As where the program is installed for good: compiled once, not by each process.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(bytecode),
        }
        account = load_account(ACCOUNT, dict(os.environ) | settings)
        doorbell = (account.doorbell.host, port) if launcher == "doorbell" else None
        services = DagsterServices(
            folder / "dagster", settings, settings_of(launcher), account.name, doorbell=doorbell
        )
        stack.enter_context(services)
        caller = stack.enter_context(ServiceTradeCaller(sandbox.servicetrade_url))
        office = Office(sandbox.control, caller, built, kept, seed)
        yield Stage(sandbox, services, account, office)


def measure(launcher: str, events: int, gap: float, seed: int, bytecode: Path) -> Result:
    """One row of the table."""
    began, cpu = time.monotonic(), cpu_of_children()
    with (
        tempfile.TemporaryDirectory(prefix="latency-", ignore_cleanup_errors=True) as folder,
        stage(launcher, seed, Path(folder), bytecode) as made,
    ):
        up_after = time.monotonic() - began
        wait_until_loaded(made)
        loaded_after = time.monotonic() - began
        done: list[Event] = []
        for _ in range(events):
            time.sleep(made.office.gap(gap))
            done.append(made.office.step())
        load = os.getloadavg()[1]
        arrivals = wait_until_arrived(made, done)
        ready = [event for event in done if event.is_ready]
        others = [event for event in done if not event.is_ready]
        tell_missing(arrivals, done)
        os.environ[HOME_VARIABLE] = str(made.services.home)
        with dg.DagsterInstance.get() as instance:
            red = instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
            runs = instance.get_runs_count()
            tell_red_runs(instance)
        result = Result(
            launcher, len(ready), seconds_of(arrivals, ready), len(others),
            seconds_of(arrivals, others), runs, red, up_after, loaded_after, load, 0,
        )  # fmt: skip
    return replace(result, cpu_seconds=cpu_of_children() - cpu)


def cpu_of_children() -> float:
    """Of all processes that have ended, and of those that they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_until_loaded(made: Stage) -> None:
    """What stood in ServiceTrade from the start has crossed: nothing is written any more."""
    deadline = time.monotonic() + FIRST_LOAD_SECONDS
    while time.monotonic() < deadline:
        time.sleep(1)
        calls = made.sandbox.control.calls(writes=True)
        is_idle = is_quiet(calls, QUIET_SECONDS) and made.services.runs_in_flight() == 0
        if is_idle or is_quiet(calls, QUIET_BESIDE_RUNS_SECONDS):
            return


def wait_until_arrived(made: Stage, events: Sequence[Event]) -> Arrivals:
    """What stands where once everything does, or when patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        arrivals = Arrivals(made.sandbox.control, made.account)
        if time.monotonic() > deadline or all(arrivals.of(event) for event in events):
            return arrivals
        time.sleep(2)


def tell_missing(arrivals: Arrivals, events: Sequence[Event]) -> None:
    """What did not arrive is named, so that somebody can look why."""
    for event in events:
        if arrivals.of(event) is None:
            word = "ready" if event.is_ready else "waiting for another"
            print(
                f"  not there: {event.kind} {event.id} of {event.at:%H:%M:%S}, {word}",
                file=sys.stderr,
            )


def tell_red_runs(instance: dg.DagsterInstance) -> None:
    """What failed, and in which words, so that somebody can mend it."""
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])):
        run = record.dagster_run
        print(
            f"  red: {run.job_name} {run.run_id}, made {record.create_timestamp}", file=sys.stderr
        )
        for entry in instance.all_logs(run.run_id):
            event = entry.dagster_event
            if event is not None and (event.is_failure or event.is_engine_event):
                detail = getattr(event.event_specific_data, "error", None)
                words = detail.to_string() if detail else entry.user_message or event.message
                print(f"    {event.event_type_value}: {words}", file=sys.stderr)


def main() -> int:
    """Print the table; 0 when all that could cross has crossed and no run is red."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--gap", type=float, default=MEAN_GAP_SECONDS, help="mean seconds between")
    parser.add_argument("--load", type=int, default=0, help="other processes that keep it busy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--launchers", default=",".join(LAUNCHERS))
    parser.add_argument("--json", action="store_true", help="print every number too")
    asked = parser.parse_args()
    said, results = machine(asked), []
    with ExitStack() as stack:
        bytecode = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bytecode-")))
        stack.enter_context(busy(asked.load))
        for launcher in asked.launchers.split(","):
            result = measure(launcher, asked.events, asked.gap, asked.seed, bytecode)
            results.append(result)
            print(
                f"{launcher}: up after {result.up_after:.0f} s, first load after"
                f" {result.loaded_after:.0f} s, {three(result.every)}, {result.red_runs} red runs",
                file=sys.stderr, flush=True,
            )  # fmt: skip
    print(f"{said}\n\n{table(results)}")
    if asked.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    is_whole = all(len(result.every) == result.ready for result in results)
    return 0 if is_whole and not any(result.red_runs for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
