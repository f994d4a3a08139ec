"""The door in process: whoever goes through it meets what it would meet on the wire, only
sooner.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import stamina

from st_spectrum.account.connections import ServiceTradeConnection, SpectrumConnection
from st_spectrum.domain.errors import SyncFault
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, CLIENT_ID, CLIENT_SECRET, COMPANY_CODE
from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.exchange import Asked
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.timecards import REST_NAMES
from st_spectrum.transports import NETWORK, Transports
from tests.world.stores import Killed

CUSTOMER = {"Name": "Granby Theater", "Terms_Code": "3", "Sales_Tax_Code": "VA", "State": "VA"}
CARD = {
    "Batch_Code": "26W19", "Employee_Code": "1001", "Department_Code": "FIELD", "Pay_Type": "R", "Hours_Employee": "7.35",
    "Work_Date": "05/04/2026", "Message": "ST1",
}  # fmt: skip
TIMEOUT = 0.25


@dataclass
class Way:
    """Both clients, over the wire or through the door. `wait` lets seconds go by."""

    sandbox: Any
    transports: Transports
    folder: Path
    wait: Callable[[float], None]
    company: int = 0

    def tried(self, call: str) -> str:
        """What a new client says of one call, without what differs from run to run."""
        with (
            self.servicetrade() as servicetrade,
            self.spectrum() as spectrum,
            stamina.set_testing(True, attempts=2),
        ):
            try:
                CALLS[call](servicetrade, spectrum, self.company)
            except SyncFault as fault:
                text = re.sub(r"127\.0\.0\.1:\d+", "host", f"{type(fault).__name__}: {fault}")
                return re.sub(r"\d{16}", "id", text)
        return "taken"

    def servicetrade(self) -> ServiceTrade:
        connection = ServiceTradeConnection(
            base_url=self.sandbox.servicetrade_url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET,
            timeout_seconds=TIMEOUT,
        )  # fmt: skip
        return ServiceTrade(connection, transport=self.transports.servicetrade)

    def spectrum(self) -> Spectrum:
        connection = SpectrumConnection(
            base_url=self.sandbox.spectrum_url, company_code=COMPANY_CODE, authorization_id=AUTHORIZATION_ID,
            timeout_seconds=TIMEOUT,
        )  # fmt: skip
        return Spectrum(connection, self.folder, self.transports)

    def log(self) -> list[tuple[object, ...]]:
        calls = self.sandbox.control.calls()
        return [
            (call.operation, call.status, call.is_committed, call.is_answered, call.fault)
            for call in calls
        ]

    def freshen(self) -> None:
        self.sandbox.control.clear_faults()
        self.sandbox.control.clear_calls()


CALLS: dict[str, Callable[[ServiceTrade, Spectrum, int], object]] = {
    "read of ServiceTrade": lambda servicetrade, _, company: servicetrade.company(company),
    "write to ServiceTrade": lambda servicetrade, _, company: servicetrade.set_external_id(
        "company", company, "C00001"
    ),
    "read by SOAP": lambda _, spectrum, __: spectrum.get("GetCustomers", {}),
    "write by SOAP": lambda _, spectrum, __: spectrum.write(
        "AddCustomer", {"Customer_Code": "C00001", **CUSTOMER}
    ),
    "write by REST": lambda _, spectrum, __: posted(spectrum),
}


def posted(spectrum: Spectrum) -> None:
    """One pre-time card by REST; raises what became of it where it was not taken."""
    (posting,) = spectrum.post_timecards(
        [{REST_NAMES[name]: value for name, value in CARD.items()}]
    )
    if isinstance(posting, Exception):
        raise posting


SYSTEMS = {call: "servicetrade" if "ServiceTrade" in call else "spectrum" for call in CALLS}
SKIPPED = {"write to ServiceTrade": 1, "write by SOAP": 0, "write by REST": 0}
"""Calls of the same system before the one that is meant: a new client logs in."""
FAULTS: dict[str, dict[str, object]] = {
    "none": {},
    "fail_before": {},
    "drop_answer": {},
    "refuse": {},
    "status": {"status": 403},
    "rate_limit": {"retry_after": 900},
    "slow": {"delay": 0.01},
    "locked": {},
    "truncate": {},
    "not_xml": {},
    "soap_fault": {},
    "expire_token": {},
}


@pytest.fixture(scope="module")
def wire(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    running_sandbox.control.reset()
    yield begun(Way(running_sandbox, NETWORK, tmp_path_factory.mktemp("wire"), time.sleep))
    running_sandbox.control.reset()


@pytest.fixture(scope="module")
def through_the_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    with Door(tmp_path_factory.mktemp("door")) as door:
        yield begun(Way(door, door.transports(), tmp_path_factory.mktemp("wsdl"), door.clock.move))
        assert door.mistakes == []


def begun(way: Way) -> Way:
    """One company is there, and the descriptions of services are at hand."""
    with ServiceTradeCaller(
        way.sandbox.servicetrade_url, transport=way.transports.servicetrade
    ) as office:
        way.company = int(office.post("/company", name="Granby Theater", customer=True)["id"])
    for call in CALLS:
        way.tried(call)
    return way


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_client_says_the_same_of_every_fault_on_the_wire_and_through_the_door(
    wire: Way, through_the_door: Way, call: str, kind: str
) -> None:
    results = []
    for way in (wire, through_the_door):
        way.freshen()
        if kind != "none":
            operation = {"write to ServiceTrade": "PUT /externalid"}.get(call, "*")
            way.sandbox.control.add_fault(
                system=SYSTEMS[call], kind=kind, operation=operation, **FAULTS[kind]
            )
        results.append((way.tried(call), way.log()))
    assert results[0] == results[1]
    assert kind == "none" or any(entry[-1] == kind for entry in results[0][1]), results


@pytest.mark.parametrize("call", ["write to ServiceTrade", "write by SOAP", "write by REST"])
def test_a_write_that_takes_longer_than_the_time_out_is_carried_out_later_on_the_wire_and_through_the_door(
    wire: Way, through_the_door: Way, call: str
) -> None:
    results = []
    for way in (wire, through_the_door):
        way.freshen()
        way.tried("read of ServiceTrade")
        before = len(way.log())
        way.sandbox.control.add_fault(
            system=SYSTEMS[call], kind="slow", delay=TIMEOUT * 2, skip=SKIPPED[call]
        )
        said = way.tried(call)
        assert said.startswith("OutcomeUnknown"), said
        then = [entry for entry in way.log()[before:] if entry[-1] == "slow"]
        way.wait(TIMEOUT * 1.5)
        results.append((said, then, way.log()[before:]))
    assert results[0] == results[1]
    assert results[1][1] == [] and results[1][2][-1][-2:] == (False, "slow")


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_door_is_a_refused_connection(wire: Way, through_the_door: Way, call: str) -> None:
    results = []
    for way in (wire, through_the_door):
        way.sandbox.control.pause(SYSTEMS[call])
        results.append(way.tried(call))
        way.sandbox.control.resume(SYSTEMS[call])
    assert results[0] == results[1]
    assert results[0].startswith("Unavailable")


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_worker_can_be_killed_just_before_or_just_after_a_call_is_carried_out(
    through_the_door: Way, is_carried_out: bool
) -> None:
    door: Door = through_the_door.sandbox

    def kill(system: str, asked: Asked) -> None:
        if asked.method == "PUT":
            raise Killed

    through_the_door.freshen()
    watched = door.transports(after=kill) if is_carried_out else door.transports(before=kill)
    way = Way(door, watched, through_the_door.folder, door.clock.move, through_the_door.company)
    with pytest.raises(Killed):
        way.tried("write to ServiceTrade")
    written = [entry for entry in door.control.calls(writes=True) if entry.is_committed]
    assert len(written) == is_carried_out


def test_the_time_of_both_systems_is_that_of_the_hand(through_the_door: Way) -> None:
    door: Door = through_the_door.sandbox
    before = door.clock().timestamp()
    door.clock.move(7200)
    with through_the_door.servicetrade() as servicetrade:
        servicetrade.company(through_the_door.company)
        assert 7195 < servicetrade.now() - before < 7230
