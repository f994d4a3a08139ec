"""The pictures of a payroll week: its page in Dagster, and the mail about it. `screenshots.py`
takes them with the others.

A small crew has kept time. Most of it crossed within seconds; then one technician turns out to have
no employee code, one row is corrected after it was sent, and a few pieces were never noticed. The
weekly run finds all of it.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.alerts.deliver import alert
from st_spectrum.commands.sandbox import environment
from st_spectrum.commands.services import DagsterServices
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import Kept, TimeSizes, keep_time
from st_spectrum.sandbox.world import World, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ACCOUNT = Path(__file__).parents[1] / "accounts" / "sandbox.yaml"
WORLD = World(
    companies=8, vendors=1, locations=8, jobs=10, technicians=5, invoices=8, template_phases=2
)
TIME = TimeSizes(weeks=1, without_id=1, approved=1.0)
NOT_NOTICED = 3
ELSEWHERE = (
    "([here, there]) => {document.body.innerHTML = document.body.innerHTML.replaceAll(here, there)}"
)
"""No picture shows a folder of the machine that it was taken on."""

LAUNCH = "mutation($params: ExecutionParams!) {launchRun(executionParams: $params) {__typename}}"


def take_payroll_pictures(images: Path, browser: "Browser") -> None:
    """payroll-week, payroll-rows and mail-payroll."""
    with (
        tempfile.TemporaryDirectory(prefix="st_spectrum-") as folder,
        _payroll_week(Path(folder)) as (week, mail),
    ):
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(mail)
        page.evaluate(ELSEWHERE, [folder, "/var/lib/st_spectrum"])
        page.screenshot(path=images / "mail-payroll.png", full_page=True)
        page = browser.new_page(viewport={"width": 1440, "height": 1500})
        page.goto(week)
        page.get_by_text("verdict").first.wait_for()
        page.get_by_role("button", name="Hide navigation").click()
        page.wait_for_timeout(2000)
        page.screenshot(path=images / "payroll-week.png")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_text("[Show Markdown]").first.click()
        page.get_by_role("columnheader", name="Technician").last.scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        page.screenshot(path=images / "payroll-rows.png")


@contextmanager
def _payroll_week(folder: Path) -> Iterator[tuple[str, str]]:
    """A reconciled week: the addresses of its page in Dagster and of the mail about it."""
    with Sandbox(folder / "sandbox") as sandbox:
        built = build_world(WORLD, sandbox.servicetrade_url, sandbox.spectrum_url)
        settings = environment(sandbox) | {
            "ST_SPECTRUM_STATE_DIR": str(folder),
            "ST_SPECTRUM_ACCOUNT": str(ACCOUNT),
        }
        os.environ.update(settings)
        account = load_account(ACCOUNT)
        with open_session(account) as session:
            run_round(session, FLOWS, "screenshots")
        kept = keep_time(sandbox.control, built, TIME)
        first = kept.cards[0].week
        _cross(account, kept, sandbox)
        dagster_yaml = (
            files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
        )
        with DagsterServices(folder / "dagster", settings, dagster_yaml, account.name) as dagster:
            _run_week(dagster, account.name, f"{first}")
            with open_ledger(account.ledger) as ledger:
                alert(account, ledger)
            yield (
                f"{dagster.url}/assets/{account.name}/payroll_week?view=partitions&partition={first}",
                f"{sandbox.console_url}/mails/{_about_payroll(sandbox)}",
            )


def _cross(account: Account, kept: Kept, sandbox: Sandbox) -> None:
    """What the sensors have done by the end of the week, and what people did after that."""
    end = kept.cards[0].week + timedelta(days=6)
    with open_session(account) as session:
        entries = session.times.week(end)
        last = kept.technicians[-2].user
        not_noticed = [entry.key for entry in entries if entry.user_id == last][:NOT_NOTICED]
        keys = [entry.key for entry in entries if entry.key not in not_noticed]
        session.engine.run("timecards", keys, run_id="screenshots")
    number = kept.ids[0]
    rows = next(
        record
        for record in sandbox.control.records("servicetrade", "timecard")
        if record["id"] == number
    )["dayLogs"]
    row = next(record for record in rows if record["type"] == "labor")
    row |= {"quantity": row["quantity"] + 1.5, "duration": row["duration"] + 5400}
    sandbox.control.edit("timecard", number, dayLogs=rows)


def _run_week(dagster: DagsterServices, location: str, week: str) -> None:
    """The job as a person starts it in Dagster."""
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": location,
        "jobName": "reconcile_payroll",
    }
    tags = [{"key": "dagster/partition", "value": week}]
    params = {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags}}
    answer = httpx.post(
        f"{dagster.url}/graphql",
        json={"query": LAUNCH, "variables": {"params": params}},
        timeout=60,
    )
    if answer.json()["data"]["launchRun"]["__typename"] != "LaunchRunSuccess":
        raise RuntimeError(f"Dagster did not start the week: {answer.text}")
    while dagster.runs_in_flight() != 0:
        time.sleep(1)


def _about_payroll(sandbox: Sandbox) -> int:
    return max(
        place
        for place, mail in enumerate(sandbox.control.mails())
        if "Payroll week" in mail.subject
    )
