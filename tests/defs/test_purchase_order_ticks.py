"""Purchase orders tick by tick: noticed in Spectrum, requested once, remembered only after they
were carried.
"""

from typing import Any

import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.purchasing import buy
from st_spectrum.sandbox.server import Sandbox
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.dispatcher import Dispatcher

SENSOR = "purchase_orders_changes"
JOB = "purchase_orders_job"
LINE = {
    "Detail_Entry_Type": "N",
    "PO_Quantity": "2",
    "Item_Description": "Valve",
    "Item_Price": "5",
}


@pytest.fixture
def number(
    daemon: DagsterDaemon, office: ServiceTradeCaller, dispatcher: Dispatcher, sandbox: Sandbox
) -> str:
    """A Spectrum job that a ServiceTrade job carries."""
    location = dispatcher.location(dispatcher.company("Harbor Foods LLC"), "Pier 3")
    jobs = [dispatcher.job(location) for _ in range(2)]
    with SpectrumCaller(sandbox.spectrum_url) as spectrum:
        bought = buy(1, 2, office, spectrum, jobs, "")
    for made in bought.orders:
        sandbox.control.order(made.number, "delete")
    daemon.settle("customers", "sites", "jobs")
    return bought.linked[0][0]


def keys(answer: Any) -> list[str]:
    requests = answer.run_requests or []
    return [
        key
        for request in requests
        for key in request.run_config["ops"]["purchase_orders"]["config"]["keys"]
    ]


def order(sandbox: Sandbox, number: str, lines: int = 1) -> str:
    return sandbox.control.make_order(*[LINE] * lines, Vendor_Code="V0001", Job_Number=number)


def test_a_new_order_is_asked_for_once_and_a_change_again(
    daemon: DagsterDaemon, sandbox: Sandbox, number: str
) -> None:
    po = order(sandbox, number)
    answer = daemon.tick(SENSOR)
    assert keys(answer) == [f"{po}|1"]
    assert daemon.run(JOB, answer.run_requests[0]).success
    assert daemon.tick(SENSOR).skip_message == "Nothing new."

    sandbox.control.order(po, "change_line", line=1, quantity="3")
    daemon.settle("purchase_orders")

    (item,) = sandbox.control.records("servicetrade", "jobitem")
    assert item["quantity"] == 3


def test_orders_larger_than_a_batch_come_as_a_whole_the_oldest_and_the_newest_first(
    daemon: DagsterDaemon, sandbox: Sandbox, number: str
) -> None:
    first, second, third = (order(sandbox, number, 4) for _ in range(3))

    answer = daemon.tick(SENSOR)
    assert keys(answer) == [f"{po}|{line}" for po in (first, third) for line in range(1, 5)]
    assert daemon.run(JOB, answer.run_requests[0]).success
    assert keys(daemon.tick(SENSOR)) == [f"{second}|{line}" for line in range(1, 5)]


def test_what_changes_between_tick_and_run_is_asked_for_again(
    daemon: DagsterDaemon, sandbox: Sandbox, number: str
) -> None:
    po = order(sandbox, number)
    answer = daemon.tick(SENSOR)
    sandbox.control.order(po, "add_line", quantity="1", price="2", description="Gasket")

    assert daemon.run(JOB, answer.run_requests[0]).success

    assert keys(daemon.tick(SENSOR)) == [f"{po}|1", f"{po}|2"]


def test_a_failed_read_skips_and_asks_for_nothing(
    daemon: DagsterDaemon, sandbox: Sandbox, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    po = order(sandbox, number)
    daemon.settle("purchase_orders")
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", "sqlite:////nowhere/at/all.sqlite")

    answer = daemon.tick(SENSOR)

    assert keys(answer) == []
    assert "spectrum" in answer.skip_message
    assert "nowhere" not in answer.skip_message
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", sandbox.infolink_url)
    assert daemon.tick(SENSOR).skip_message == "Nothing new.", po


def test_without_infolink_the_tick_says_why_nothing_happens(
    daemon: DagsterDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECTRUM_INFOLINK_URL", "")

    assert "Info-Link" in daemon.tick(SENSOR).skip_message


def test_a_held_line_is_asked_for_when_its_job_has_its_number(
    daemon: DagsterDaemon, office: ServiceTradeCaller, sandbox: Sandbox, number: str
) -> None:
    jobs = {
        row["externalIds"].get("spectrum"): row["id"]
        for row in sandbox.control.records("servicetrade", "job")
    }
    office.put(f"/externalid/job/{jobs[number]}/spectrum", value="")
    order(sandbox, number)
    daemon.settle("purchase_orders")
    assert sandbox.control.records("servicetrade", "jobitem") == []

    office.put(f"/externalid/job/{jobs[number]}/spectrum", value=number)
    sandbox.control.order(
        sandbox.control.records("spectrum", "PO_PURCHASE_ORDER_HEADER_MC")[0]["PO_Number"].strip(),
        "change",
        remarks="now",
    )
    daemon.settle("purchase_orders")

    assert len(sandbox.control.records("servicetrade", "jobitem")) == 1
