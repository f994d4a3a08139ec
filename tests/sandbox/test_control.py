"""The control API: what it sets shows at once in the systems, and what it cannot understand it
says.
"""

import threading
import time

import httpx
import pytest

from st_spectrum.sandbox.callers import CallRefused, ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.control_client import ControlRefused
from st_spectrum.sandbox.faults import FaultKind
from st_spectrum.sandbox.server import Sandbox

CUSTOMER = {
    "Customer_Code": "C00001",
    "Name": "Harbor Foods",
    "Terms_Code": "3",
    "Sales_Tax_Code": "VA",
}


def customers(sandbox: Sandbox) -> list[str]:
    return [
        row["Customer_Code"].strip()
        for row in sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    ]


def test_a_dropped_answer_leaves_the_customer_in_spectrum_and_one_committed_call_in_the_log(
    sandbox: Sandbox,
) -> None:
    sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", key="C00001", kind="drop_answer"
    )
    with SpectrumCaller(sandbox.spectrum_url) as spectrum, pytest.raises(httpx.TransportError):
        spectrum.write("AddCustomer", **CUSTOMER)
    assert customers(sandbox) == ["C00001"]
    (entry,) = sandbox.control.calls(system="spectrum", writes=True)
    assert (entry.operation, entry.key, entry.fault) == ("AddCustomer", "C00001", "drop_answer")
    assert (entry.is_committed, entry.is_answered) == (True, False)
    assert sandbox.control.faults() == ()


def test_a_call_that_spectrum_refuses_is_answered_but_not_committed(sandbox: Sandbox) -> None:
    with SpectrumCaller(sandbox.spectrum_url) as spectrum:
        spectrum.write("AddCustomer", **CUSTOMER)
        with pytest.raises(CallRefused):
            spectrum.write("AddCustomer", **CUSTOMER)
    outcomes = [(entry.status, entry.is_committed) for entry in sandbox.control.calls(writes=True)]
    assert outcomes == [(200, True), (200, False)]


def test_a_locked_record_is_an_error_row_and_nothing_is_stored(sandbox: Sandbox) -> None:
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="locked")
    with SpectrumCaller(sandbox.spectrum_url) as spectrum:
        with pytest.raises(CallRefused, match="ocked"):
            spectrum.write("AddCustomer", **CUSTOMER)
        assert customers(sandbox) == []
        spectrum.write("AddCustomer", **CUSTOMER)
    assert customers(sandbox) == ["C00001"]


def test_an_expired_token_is_a_401_and_a_new_login_goes_on(sandbox: Sandbox) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
        servicetrade.get("/account")
        sandbox.control.add_fault(
            system="servicetrade", operation="POST /company", kind="expire_token"
        )
        servicetrade.post("/company", name="Harbor Foods")
    statuses = [entry.status for entry in sandbox.control.calls(operation="POST /company")]
    assert statuses == [401, 200]
    names = [record["name"] for record in sandbox.control.records("servicetrade", "company")]
    assert names.count("Harbor Foods") == 1


def test_a_rule_shows_what_is_left_of_it(sandbox: Sandbox) -> None:
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /account", kind="status", status=502, skip=1, count=2
    )
    with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
        servicetrade.get("/account")
        with pytest.raises(CallRefused, match="502"):
            servicetrade.get("/account")
    (left,) = sandbox.control.faults()
    assert (left.kind, left.skip, left.count) == (FaultKind.STATUS, 0, 1)
    sandbox.control.clear_faults()
    assert sandbox.control.faults() == ()


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"system": "spectrum", "kind": "explode"}, "kind"),
        ({"system": "sage", "kind": "refuse"}, "sage"),
        ({"system": "spectrum", "kind": "refuse", "how_often": 3}, "how_often"),
        ({"system": "spectrum", "kind": "status", "status": 99}, "status"),
        ({"kind": "refuse"}, "system"),
        ({"system": "spectrum", "kind": "refuse", "count": 0}, "count"),
        ({"system": "spectrum", "kind": "slow", "delay": -1}, "delay"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_reason(
    sandbox: Sandbox, rule: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ControlRefused, match=complaint):
        sandbox.control.add_fault(**rule)
    assert sandbox.control.faults() == ()


def test_an_unknown_switch_table_or_system_is_refused_and_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.control.switches()
    with pytest.raises(ControlRefused, match="colour"):
        sandbox.control.switch("spectrum", success_shape="s_row", colour="green")
    with pytest.raises(ControlRefused):
        sandbox.control.switch("servicetrade", token_seconds="soon")
    assert sandbox.control.switches() == before
    with pytest.raises(ControlRefused, match="invoices"):
        sandbox.control.records("servicetrade", "invoices")
    with pytest.raises(ControlRefused, match="sage"):
        sandbox.control.pause("sage")  # type: ignore[arg-type]


def test_a_switch_changes_the_running_system(sandbox: Sandbox) -> None:
    sandbox.control.switch("servicetrade", created_status=201)
    with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
        servicetrade.post("/company", name="Harbor Foods")
    assert sandbox.control.calls(operation="POST /company")[0].status == 201


def test_latency_holds_for_one_system_and_can_be_taken_back(sandbox: Sandbox) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade:
        servicetrade.get("/account")
        sandbox.control.latency(servicetrade=0.15)
        started = time.monotonic()
        servicetrade.get("/account")
        assert time.monotonic() - started >= 0.15
        sandbox.control.latency()
        started = time.monotonic()
        servicetrade.get("/account")
        assert time.monotonic() - started < 0.15


def test_slow_calls_of_many_clients_wait_side_by_side(sandbox: Sandbox) -> None:
    sandbox.control.latency(spectrum=0.3)
    threads = [
        threading.Thread(
            target=httpx.get,
            args=(sandbox.spectrum_url + "/wsdls/AddJob.jws",),
            kwargs={"trust_env": False},
        )
        for _ in range(20)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 5
    assert len(sandbox.control.calls(system="spectrum")) == 20


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_page_of_another_site_can_press_no_button_and_read_nothing(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    for method, path in (("POST", "/control/reset"), ("GET", "/control/calls"), ("GET", "/")):
        assert httpx.request(method, sandbox.console_url + path, headers=headers).status_code == 403
    own = {"Origin": sandbox.console_url.rstrip("/")}
    assert httpx.get(sandbox.console_url + "/control/faults", headers=own).status_code == 200
