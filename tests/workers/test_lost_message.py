"""A message that is lost on its way to the worker costs a delay and no record.

A real Dagster whose worker stands still for a moment, while somebody removes the file in which a
run waits for it.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from tests.workers.plant import Plant, dagster_yaml, plant, wait_for
from tests.workers.test_warm_runs import PATIENCE, crossed
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

START_SECONDS = 20
"""In place of the 300 of the shipped files, so that the test does not wait so long."""


@pytest.fixture
def site(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Plant]:
    running_sandbox.control.reset()
    shipped = dagster_yaml()
    impatient = shipped.replace("timeout_seconds: 300", f"timeout_seconds: {START_SECONDS}")
    assert impatient != shipped
    with plant(tmp_path / "plant", running_sandbox, impatient) as made:
        made.worker(PATIENCE)
        yield made


def lose_the_next_message(site: Plant, company: str) -> str:
    """Enter a company, and remove the file in which its run waits. The run's id."""
    worker = site.worker(PATIENCE)
    with ServiceTradeCaller(site.sandbox.servicetrade_url) as office:
        os.kill(worker, signal.SIGSTOP)  # what is sent now waits
        try:
            Dispatcher(office).company(company)
            (file,) = wait_for(
                lambda: list((site.folder / "broker").glob("queues/*/*.json")),
                PATIENCE,
                "a message waits",
            )
            file.unlink()
        finally:
            os.kill(worker, signal.SIGCONT)
    (run,) = (run for run in site.runs() if run.job_name == "customers_job")
    return run.run_id


def test_a_run_whose_message_is_lost_is_failed_and_its_record_crosses_in_another_one(
    site: Plant,
) -> None:
    lost = lose_the_next_message(site, "Harbor Foods LLC")
    wait_for(lambda: crossed(site, "Harbor Foods LLC"), PATIENCE, "the company is a customer")
    time.sleep(2 * START_SECONDS)
    assert crossed(site, "Harbor Foods LLC") == 1
    runs = [run for run in site.runs() if run.job_name == "customers_job"]
    (failed,) = (run for run in runs if run.status is dg.DagsterRunStatus.FAILURE)
    assert failed.run_id == lost
    again = [run for run in runs if run.tags.get("attempt") == "2"]
    assert [run.status for run in again] == [dg.DagsterRunStatus.SUCCESS]
