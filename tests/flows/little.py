"""A world so little that a test can make one of its own: a template of two phases, and what the
test types in.
"""

import itertools
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.entry import Entry
from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS, TAX_CLASSES
from st_spectrum.sandbox.world import World
from tests.flows.contractor import Contractor, contractor

INSERTS = ("AddCustomer", "AddWOSiteAddress", "AddJob")
ADDRESS = {
    "addressStreet": "12 Granby Street",
    "addressCity": "Norfolk",
    "addressState": "VA",
    "addressPostalCode": "23510",
}


@dataclass
class Little(Contractor):
    """A contractor whose people type in what the test says. Every method that makes a record
    answers its id.
    """

    servicetrade: ServiceTradeCaller = field(kw_only=True)
    spectrum: SpectrumCaller = field(kw_only=True)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def company(self, name: str = "", **values: Any) -> int:
        """A customer, unless `values` say otherwise."""
        name = name or f"Company {next(self.numbers)}"
        made = self.servicetrade.post(
            "/company", **({"name": name, "customer": True} | ADDRESS | values)
        )
        return int(made["id"])

    def location(self, company: int, name: str = "", **values: Any) -> int:
        name = name or f"Site {next(self.numbers)}"
        made = self.servicetrade.post(
            "/location", **({"name": name, "companyId": company} | ADDRESS | values)
        )
        return int(made["id"])

    def job(self, location: int, *service_lines: str, **values: Any) -> int:
        """A job of the one office, with one service request for each service line."""
        account = self.built.account
        wanted = {
            "type": "repair",
            "vendorId": account.own_company,
            "assignedOfficeId": account.offices[0],
        }
        job = int(
            self.servicetrade.post("/job", **(wanted | {"locationId": location} | values))["id"]
        )
        for name in service_lines:
            self.service_request(job, name)
        return job

    def service_request(self, job: int, service_line: str) -> int:
        lines = {
            line["name"]: line["id"]
            for line in self.servicetrade.all("/serviceline", "servicelines")
        }
        made = self.servicetrade.post(
            "/servicerequest", description="Work", serviceLineId=lines[service_line], jobId=job
        )
        return int(made["id"])

    def chain(self, *service_lines: str) -> tuple[int, int, int]:
        """A company with a location with a job."""
        company = self.company()
        location = self.location(company)
        return company, location, self.job(location, *service_lines)

    def change(self, kind: str, record: int, **values: Any) -> None:
        """Somebody edits a record in ServiceTrade."""
        self.servicetrade.put(f"/{kind}/{record}", **values)

    def carried(self, kind: str, record: int) -> str:
        """The external id that a record carries in ServiceTrade; "" for none."""
        return str(
            self.servicetrade.get(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}")["value"] or ""
        )

    def give(self, kind: str, record: int, value: str) -> None:
        """Somebody types an external id, or takes it away with ""."""
        self.servicetrade.put(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}", value=value)

    def edit(self, kind: str, record: int, **values: Any) -> None:
        """What is stored becomes something that the API would not have taken."""
        self._servicetrade_itself.edit(kind, record, values)

    def address(self, company: int) -> Any:
        """A company's address as it is stored."""
        rows = self.sandbox.control.records("servicetrade", "company")
        return next(row["address"] for row in rows if row["id"] == company)

    def forget_everything_in_servicetrade(self) -> None:
        """As when somebody restores an empty account."""
        self._servicetrade_itself.reset()

    def insert_customer_as_it_is(self, code: str) -> None:
        """A customer from before Spectrum checked the letters of codes."""
        self._insert(CUSTOMERS, [{"Customer_Code": code, "Name": "Old"}])
        self.before = replace(self.before, customers=self.before.customers | {code})

    def insert_old_jobs(self, count: int) -> None:
        """Jobs of many years, more than a Get service shows."""
        numbers = [f"A{number:05d}" for number in range(count)]
        self._insert(
            JOBS,
            [
                {"Job_Number": number, "Status_Code": "A", "Customer_Code": "OLD"}
                for number in numbers
            ],
        )
        self.before = replace(self.before, jobs=self.before.jobs | set(numbers))

    def spectrum_itself_knows_tax_class(self, code: str) -> None:
        """Somebody sets the code up in Spectrum."""
        self._insert(TAX_CLASSES, [{"Tax_Class_Code": code, "Description": code}])

    def spectrum_has_job(self, number: str) -> None:
        """Somebody has entered a job of this number at Spectrum's screen."""
        self._insert(JOBS, [{"Job_Number": number, "Status_Code": "A", "Customer_Code": "OLD"}])
        self.before = replace(self.before, jobs=self.before.jobs | {number})

    def round_of(self, *flows: str) -> None:
        """A round of some flows alone."""
        with self.session() as session:
            run_round(session, flows, "test")

    def _insert(self, table: Table, rows: Iterable[dict[str, str]]) -> None:
        spectrum = self.sandbox._rig.systems["spectrum"].app.state.sandbox
        with spectrum.database.writing() as book:
            for row in rows:
                book.of(self.account.spectrum.company_code).insert(table, row)

    @property
    def _servicetrade_itself(self) -> Any:
        return self.sandbox._rig.systems["servicetrade"].app.state.sandbox

    def a_minute_passes_in_servicetrade(self) -> None:
        """What is done from here on bears a later time than what was done before."""
        self.sandbox.control.switch("servicetrade", frozen_time=int(time.time()) + 60)

    def account_uses_service_lines(self) -> None:
        """The cost center comes from the service lines of a job, which have to be read for it."""
        maps = self.account.maps
        centers = maps.cost_centers.model_copy(update={"precedence": ("service_line", "office")})
        self.overrides = self.overrides | {"maps": {"cost_centers": centers}}

    def fault(self, **rule: Any) -> None:
        self.sandbox.control.add_fault(**rule)

    def entry(self, flow: str, key: int) -> Entry | None:
        with self.session() as session:
            held = session.ledger.get(flow, str(key))
        return held.entry if held else None

    def doubled(self) -> list[tuple[str, str]]:
        """Inserts that Spectrum carried out more than once under one key, or for one ServiceTrade
        record.
        """
        return [name for name in self.committed_twice() if name[0] in INSERTS]

    def customers(self) -> dict[str, str]:
        """Name by code of all AR customers that were not there from the start."""
        rows = self.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        named = {str(row["Customer_Code"]).strip(): str(row["Name"]).strip() for row in rows}
        return {code: name for code, name in named.items() if code not in self.before.customers}


EMPTY = World(
    offices=1,
    service_lines=4,
    technicians=0,
    salespeople=0,
    companies=0,
    vendors=0,
    linked_companies=0,
    locations=0,
    jobs=0,
    template_phases=2,
    old_customers=0,
)


@contextmanager
def little_world(sandbox: Sandbox, state_dir: Path) -> Iterator[Little]:
    """Both systems emptied, the template and one office entered; ends the callers that typed it
    in.
    """
    sandbox.control.reset()
    empty = contractor(sandbox, state_dir, EMPTY)
    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade,
        SpectrumCaller(sandbox.spectrum_url) as spectrum,
    ):
        yield Little(**vars(empty), servicetrade=servicetrade, spectrum=spectrum)


FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(
    [
        "st_spectrum.engine.round",
        "st_spectrum.spectrum.infolink",
        "st_spectrum.spectrum.soap",
        *(f"st_spectrum.flows.{flow}.flow" for flow in FLOWS),
    ]
)
"""A process with the heavy modules loaded, from which the ones to be killed are forked in
milliseconds.
"""


def _one_round(account: Account) -> None:
    with suppress(SyncFault), open_session(account) as session:
        run_round(session, FLOWS, "to be killed")


@contextmanager
def other_process(little: Little) -> Iterator[BaseProcess]:
    """A round in a process of its own, which is killed at the end if it still runs."""
    process = FORKSERVER.Process(target=_one_round, args=(little.account,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def killed_after(little: Little, writes: int) -> None:
    """One round that is killed as soon as so many writes have arrived anywhere, or that came to its
    end before.
    """
    control, newest, seen = little.sandbox.control, 0, 0
    with other_process(little) as process:
        while seen < writes and process.is_alive():
            calls = control.calls(writes=True, after=newest)
            newest, seen = (calls[-1].seq if calls else newest), seen + len(calls)


def killed_during(little: Little, operation: str, system: str = "spectrum", skip: int = 0) -> None:
    """One round that is killed while it waits for the answer to one call, which is carried out a
    moment later.
    """
    control = little.sandbox.control
    before = len(control.calls(operation=operation))
    little.fault(system=system, operation=operation, kind="slow", delay=0.3, skip=skip)
    with other_process(little) as process:
        while control.faults():
            assert process.is_alive(), f"the round ended without call {skip + 1} of {operation}"
            time.sleep(0.005)
    while len(control.calls(operation=operation)) <= before + skip:
        time.sleep(0.01)
