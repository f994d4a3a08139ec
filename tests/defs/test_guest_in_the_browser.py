"""What people see in the UI of a Dagster that is not ours alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from tests.defs.somebodys_dagster import somebodys_dagster
from tests.world.browser import browser_page
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def page() -> Iterator[Any]:
    with browser_page() as page:
        yield page


def test_two_accounts_and_somebody_elses_jobs_side_by_side(
    page: Any, sandbox: Sandbox, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    dispatcher.company("Harbor Foods LLC")
    with somebodys_dagster(tmp_path, environment(sandbox)) as dagster:
        # Nothing is to be filled in: the button of the asset's page starts the run.
        page.goto(f"{dagster.url}/assets/north/customers", wait_until="domcontentloaded")
        page.get_by_role("button", name="Materialize").first.click()
        theirs = dagster.launch("theirs", "their_job")
        runs = dagster.wait_until_quiet(2)
        assert {run["status"] for run in runs.values()} == {"SUCCESS"}
        (ours,) = (run_id for run_id in runs if run_id != theirs)
        assert "Harbor Foods LLC" in [
            row["Name"].strip()
            for row in sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        ]
        photograph(page, "customers", f"{dagster.url}/assets/north/customers", "north")
        photograph(page, "run", f"{dagster.url}/runs/{ours}", "RUN_SUCCESS")
        photograph(page, "automation", f"{dagster.url}/automation", "north_alerts")

        for key, location in (("south/customers", "ours"), ("customers", "theirs")):
            page.goto(f"{dagster.url}/assets/{key}", wait_until="domcontentloaded")
            page.get_by_text(location, exact=True).first.wait_for()
            assert page.get_by_text("north", exact=True).count() == 0

        dagster.let_a_year_pass()
        retention = dagster.launch("ours", "north_retention")
        left = dagster.wait_until_quiet(2)
        assert left[retention]["status"] == "SUCCESS"
        assert theirs in left and ours not in left
        page.goto(f"{dagster.url}/runs", wait_until="domcontentloaded")
        page.get_by_text("their_job").first.wait_for()
        assert page.get_by_text("__ASSET_JOB").count() == 0
        photograph(page, "runs")


def photograph(page: Any, name: str, url: str = "", text: str = "") -> None:
    """Into the folder of `ST_SPECTRUM_PICTURES`, for whoever wants to look."""
    folder = os.environ.get("ST_SPECTRUM_PICTURES")
    if not folder:
        return
    if url:
        page.goto(url, wait_until="domcontentloaded")
        page.get_by_text(text).first.wait_for()
    page.wait_for_timeout(3000)
    page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
