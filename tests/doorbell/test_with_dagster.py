"""A change rings, and its run carries it, in a real Dagster whose sensors would look again in an
hour.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import httpx
import pytest

from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.commands.services import LOG, DagsterServices
from st_spectrum.doorbell.dagster_api import RUN_KEY_TAG, SENSOR_TAG, DagsterApi
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.serving.part_life import State
from st_spectrum.serving.ports import free_port
from st_spectrum.serving.status import read_status
from tests.world.dispatcher import Dispatcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
SECRET = "s" * 40
PATIENCE = 240


@dataclass
class Site:
    """Everything at work; `port` is the doorbell's."""

    sandbox: Sandbox
    services: DagsterServices
    dispatcher: Dispatcher
    api: DagsterApi
    port: int

    def crossed(self, name: str) -> int:
        rows = self.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        return [row["Name"].strip() for row in rows].count(name)

    def runs(self) -> list[dg.DagsterRun]:
        home = str(self.services.home)
        with (
            patch.dict(os.environ, DAGSTER_HOME=home),
            dg.DagsterInstance.from_config(home) as instance,
        ):
            return list(instance.get_runs(dg.RunsFilter(job_name="customers_job")))

    def said(self) -> str:
        return (self.services.home / LOG).read_text(encoding="utf-8")


def soon(holds: Callable[[], object], expected: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, expected
        time.sleep(0.3)


@pytest.fixture(scope="module")
def site(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running_sandbox.control.reset()
    folder, port = tmp_path_factory.mktemp("doorbell"), free_port()
    account = folder / "sandbox.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "poll_seconds: 4" in text
    account.write_text(text.replace("poll_seconds: 4", "poll_seconds: 3600"), encoding="utf-8")
    settings = environment(running_sandbox) | {
        "ST_SPECTRUM_STATE_DIR": str(folder / "state"),
        "ST_SPECTRUM_ACCOUNT": str(account),
        "ST_SPECTRUM_SENSORS": "on",
        "ST_SPECTRUM_BROKER": str(folder / "broker"),
        "DOORBELL_URL": f"http://127.0.0.1:{port}/bell",
        "DOORBELL_SECRET": SECRET,
        "DOORBELL_PORT": str(port),
    }
    name = load_account(account, dict(os.environ) | settings).name
    yaml = files("st_spectrum").joinpath("demo_dagster.yaml").read_text(encoding="utf-8")
    services = DagsterServices(
        folder / "dagster", settings, yaml, name, doorbell=("127.0.0.1", port)
    )
    with services, ServiceTradeCaller(running_sandbox.servicetrade_url) as office:
        api = DagsterApi(services.url, name, name)
        made = Site(running_sandbox, services, Dispatcher(office), api, port)
        soon(lambda: api.change_sensor("customers").cursor, "the first tick")
        soon(lambda: office.get("/webhook")["webhooks"], "the webhook is set up")
        yield made
        api.close()


def test_a_change_rings_and_its_run_carries_it(site: Site) -> None:
    site.dispatcher.company("Rung Foods")
    soon(lambda: site.crossed("Rung Foods"), site.said())
    [run, *_] = site.runs()
    assert run.tags[SENSOR_TAG] == "customers_changes"
    assert run.tags[RUN_KEY_TAG] == run.tags["request"]
    assert run.tags["st_spectrum/lane"] == "sandbox/customers"
    assert "customers: rung; run" in site.said()


def test_the_sensor_takes_the_run_for_its_own(site: Site) -> None:
    soon(lambda: not site.api.change_sensor("customers").is_in_flight, "no run is going")
    site.dispatcher.company("Own Foods")
    soon(lambda: site.crossed("Own Foods"), site.said())
    soon(lambda: not site.api.change_sensor("customers").is_in_flight, "no run is going")
    time.sleep(2)
    sensor = site.api.change_sensor("customers")
    assert site.api.evaluate(sensor).runs == ()


def test_forged_doubled_and_odd_rings_change_nothing(site: Site) -> None:
    soon(lambda: not site.api.change_sensor("customers").is_in_flight, "no run is going")
    time.sleep(2)
    before = len(site.runs())
    door = f"http://127.0.0.1:{site.port}/bell"
    forged = json.dumps({"data": [{"entity": {"type": "company", "id": 4711}}] * 3})
    assert httpx.post(f"{door}/{'t' * 40}", content=forged).status_code == 404
    for _ in range(20):
        assert httpx.post(f"{door}/{SECRET}", content=forged).status_code == 200
    assert httpx.post(f"{door}/{SECRET}", content=b"nonsense").status_code == 400
    time.sleep(5)
    assert len(site.runs()) == before


def test_the_doorbell_is_a_part_that_is_looked_after_and_keeps_its_secret(site: Site) -> None:
    status = read_status(site.services.home)
    assert status is not None
    [bell] = [part for part in status.parts if part.name == "doorbell"]
    assert (bell.state, bell.port) == (State.UP, site.port)
    assert SECRET not in site.said()
