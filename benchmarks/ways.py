"""A contractor with a few jobs that have crossed, and as many new records as a way of sending is to
carry.

with near() as ground:            # both systems in this process; `far` has them in another one, over loopback
    WAYS["invoices by REST"].make(ground, 10, True)
    WAYS["invoices by REST"].make(ground, 250, False)
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.stage import ACCOUNT_FILE, environ_of, open_stage
from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import open_session
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.door import Door
from st_spectrum.sandbox.exchange import Asked
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.time_plan import moment
from st_spectrum.sandbox.world import World, build_world
from st_spectrum.transports import NETWORK, Transports

JOBS = 10
TECHNICIANS = 11
ROWS_A_DAY = 5
WORK_DAYS = 5
LINES_OF_AN_ORDER = 10
MOST = (TECHNICIANS - 1) * ROWS_A_DAY * WORK_DAYS
"""Records of one way: more rows would need more technicians."""
SUNDAY = datetime.now(ZONE).date() - timedelta(days=(datetime.now(ZONE).weekday() + 1) % 7 + 7)
"""The first day of the week before this one."""
ADDRESS = {
    "addressStreet": "12 Granby Street",
    "addressCity": "Norfolk",
    "addressState": "VA",
    "addressPostalCode": "23510",
}
WORLD = World(
    offices=1, service_lines=2, technicians=TECHNICIANS, salespeople=0, companies=0, vendors=0, linked_companies=0,
    locations=0, jobs=0, template_phases=1, old_customers=0,
)  # fmt: skip

Hook = Callable[[str, Asked], None]


@dataclass(frozen=True)
class Ground:
    """Both systems, and how they are reached: by the product through `transports`, by people
    through `office`.
    """

    account: Account
    control: Control
    office: ServiceTradeCaller
    jobs: tuple[int, ...]
    job_numbers: tuple[str, ...]
    technicians: tuple[int, ...]
    service_line: int
    labor: int
    transports: Callable[[Hook, Hook], Transports]
    renew: Callable[[], None]
    """Puts both systems and the state folder back to how they were at first; only near by."""


@dataclass(frozen=True)
class Way:
    """One way of sending. `settings` change sections of the account file."""

    flow: str
    make: Callable[[Ground, int, bool], None]
    """People make as many records; the first ones of all where the last value is True."""
    settings: Mapping[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def near() -> Iterator[Ground]:
    """Both systems in this process; they take no time to reach."""
    with (
        TemporaryDirectory(prefix="st-spectrum-bench-") as name,
        Door(Path(name) / "sandbox") as door,
    ):
        urls = {
            "servicetrade_url": door.servicetrade_url,
            "spectrum_url": door.spectrum_url,
            "infolink_url": door.infolink_url,
        }
        ground = _settled(
            environ_of(urls, Path(name)), door.control, door.for_people(), door.transports
        )
        world, state, kept = door.rig.kept(), ground.account.state_dir, Path(name) / "kept"
        shutil.copytree(state, kept)

        def renew() -> None:
            door.put_back(world)
            shutil.rmtree(state)
            shutil.copytree(kept, state)

        yield replace(ground, renew=renew)


@contextmanager
def far(latency_ms: int) -> Iterator[Ground]:
    """Both systems in a process of their own, over loopback."""
    with open_stage() as stage:
        ground = _settled(stage.environ, stage.control, NETWORK, lambda _before, _after: NETWORK)
        stage.control.latency(servicetrade=latency_ms / 1000, spectrum=latency_ms / 1000)
        yield ground


def with_settings(account: Account, changes: Mapping[str, dict[str, Any]]) -> Account:
    """The account file with some values changed."""
    for section, values in changes.items():
        account = account.model_copy(
            update={section: getattr(account, section).model_copy(update=values)}
        )
    return account


def _settled(
    environ: dict[str, str],
    control: Control,
    people: Transports,
    transports: Callable[[Hook, Hook], Transports],
) -> Ground:
    """The contractor, typed in, with customer, site and jobs in Spectrum."""
    servicetrade_url, spectrum_url = environ["SERVICETRADE_URL"], environ["SPECTRUM_URL"]
    built = build_world(WORLD, servicetrade_url, spectrum_url, 1, people)
    office = ServiceTradeCaller(servicetrade_url, parallel=1, transport=people.servicetrade)
    made = built.account
    company = int(office.post("/company", name="Granby Theater", customer=True, **ADDRESS)["id"])
    location = int(
        office.post("/location", name="Granby Theater", companyId=company, **ADDRESS)["id"]
    )
    wanted = {"type": "repair", "vendorId": made.own_company, "assignedOfficeId": made.offices[0]}
    jobs = tuple(int(office.post("/job", locationId=location, **wanted)["id"]) for _ in range(JOBS))
    codes = {user: f"T{number:04d}" for number, user in enumerate(made.technicians, start=1)}
    for user, code in codes.items():
        office.put(f"/externalid/user/{user}/{EXTERNAL_SYSTEM}", value=code)
    control.keep_employees(
        *({"Employee_Code": code, "Employee_Name": f"Tech {code}"} for code in codes.values())
    )
    labor = int(office.post("/libitem", name="Labor - Regular", type="labor", code="LAB-REG")["id"])
    account = load_account(ACCOUNT_FILE, environ)
    with open_session(account, transports=transports(_pass, _pass)) as session:
        run_round(session, ("customers", "sites", "jobs"), "base")
    rows = {
        row["id"]: row["externalIds"][EXTERNAL_SYSTEM]
        for row in control.records("servicetrade", "job")
    }
    numbers = tuple(rows[job] for job in jobs)
    technicians = tuple(made.technicians)
    lines = made.service_lines
    return Ground(
        account,
        control,
        office,
        jobs,
        numbers,
        technicians,
        lines[0],
        labor,
        transports,
        lambda: None,
    )


def _pass(_system: str, _asked: Asked) -> None:
    """Nobody looks."""


def _companies(ground: Ground, count: int, is_first: bool) -> None:  # noqa: ARG001 - of all makers
    for number in range(count):
        ground.office.post("/company", name=f"Ghent Bakery {number}", customer=True, **ADDRESS)


def _invoices(ground: Ground, count: int, is_first: bool) -> None:  # noqa: ARG001 - of all makers
    for number in range(count):
        items = [{"description": "Labor", "quantity": 1, "price": 100 + number}]
        job = ground.jobs[number % JOBS]
        ground.office.post("/invoice", jobId=job, status="pending_accounting", items=items)


def _cards(ground: Ground, count: int, is_first: bool) -> None:
    """Approved cards of one week, as many rows in all; no two rows of a technician have both day
    and job in common.
    """
    rows_of_a_card = ROWS_A_DAY * WORK_DAYS
    technicians = iter(ground.technicians[:1] if is_first else ground.technicians[1:])
    for first in range(0, count, rows_of_a_card):
        rows = [_row(ground, place) for place in range(min(rows_of_a_card, count - first))]
        period = {
            "periodStart": moment(SUNDAY),
            "periodEnd": moment(SUNDAY + timedelta(days=7)) - 1,
        }
        ground.office.post(
            "/timecard", userId=next(technicians), status="approved", dayLogs=rows, **period
        )


def _row(ground: Ground, place: int) -> dict[str, Any]:
    day, index = divmod(place, ROWS_A_DAY)
    return {
        "date": moment(SUNDAY + timedelta(days=1 + day)),
        "type": "labor",
        "name": "Labor - Regular",
        "jobId": ground.jobs[index % JOBS],
        "libItemId": ground.labor,
        "serviceLineId": ground.service_line,
        "duration": 3600,
        "quantity": 1.0,
    }


def _orders(ground: Ground, count: int, is_first: bool) -> None:  # noqa: ARG001 - of all makers
    """Orders of ten lines, as many lines in all."""
    day = f"{SUNDAY:%m/%d/%Y}"
    for first in range(0, count, LINES_OF_AN_ORDER):
        lines = [
            {
                "Detail_Entry_Type": "N",
                "Unit_Of_Measure": "EA",
                "Item_Description": f"Pump seal kit {place}",
                "Delivery_Date": day,
                "PO_Quantity": "2",
                "Item_Price": "10.50",
            }
            for place in range(min(LINES_OF_AN_ORDER, count - first))
        ]
        number = ground.job_numbers[first // LINES_OF_AN_ORDER % JOBS]
        ground.control.make_order(*lines, Vendor_Code="V0001", Job_Number=number, PO_Order_Date=day)


WAYS = {
    "time by SOAP": Way("timecards", _cards, {"timecards": {"target": "soap"}}),
    "time by REST": Way("timecards", _cards, {"timecards": {"target": "rest"}}),
    "invoices by SOAP": Way("invoices", _invoices, {"invoices": {"target": "soap"}}),
    "invoices by REST": Way("invoices", _invoices, {"invoices": {"target": "rest"}}),
    "job items": Way("purchase_orders", _orders),
    "customers": Way("customers", _companies),
}
