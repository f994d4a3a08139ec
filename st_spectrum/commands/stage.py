"""What the demo plays on: a filled sandbox, Dagster with its sensors on, the ledger."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.demo_environment import write_environment
from st_spectrum.commands.sandbox import ACCOUNT_FILE, WORLDS, environment, started_sandbox
from st_spectrum.commands.services import DagsterServices
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import Kept, keep_time, weeks_until_now
from st_spectrum.sandbox.world import Built, build_world
from st_spectrum.serving.ports import held_from

STATE = Path(".local/demo")
WEB_PORT = 3000
"""Dagster's page, or the next free one."""


@dataclass(frozen=True)
class Stage:
    """The demo while it runs."""

    sandbox: Sandbox
    built: Built
    kept: Kept
    dagster: DagsterServices
    account: Account
    ledger: Ledger
    console: Console
    line: str
    """By which another terminal takes up the demo's variables."""


@contextmanager
def set_stage(world: str, console: Console) -> Iterator[Stage]:
    """Everything up and running; ends all of it afterwards."""
    shutil.rmtree(STATE, ignore_errors=True)
    with started_sandbox(STATE / "sandbox") as sandbox, held_from(WEB_PORT) as web_port:
        for_commands = environment(sandbox) | {
            "ST_SPECTRUM_STATE_DIR": str(STATE.resolve()),
            "ST_SPECTRUM_ACCOUNT": str(ACCOUNT_FILE.resolve()),
        }
        settings = for_commands | {"ST_SPECTRUM_SENSORS": "on"}
        account = load_account(ACCOUNT_FILE, dict(os.environ) | settings)
        console.print(
            "Filling ServiceTrade with a contractor's companies, locations, jobs and time …"
        )
        console.print("Starting Dagster: code server, worker, daemon, web server …")
        filled: Future[tuple[Built, Kept]] = Future()
        dagster_yaml = (
            files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
        )
        with (
            DagsterServices(
                STATE / "dagster",
                settings,
                dagster_yaml,
                account.name,
                console.print,
                web_port=web_port,
                fill=lambda: filled.set_result(_fill(sandbox, world)),
            ) as dagster,
            open_ledger(account.ledger) as ledger,
        ):
            line = write_environment(STATE.parent, for_commands | {"DAGSTER_URL": dagster.url})
            yield Stage(sandbox, *filled.result(), dagster, account, ledger, console, line)


def _fill(sandbox: Sandbox, world: str) -> tuple[Built, Kept]:
    """Everything that the first load carries across."""
    built = build_world(WORLDS[world](), sandbox.servicetrade_url, sandbox.spectrum_url)
    kept = keep_time(sandbox.control, built, weeks_until_now())
    sandbox.control.clear_calls()
    return built, kept
