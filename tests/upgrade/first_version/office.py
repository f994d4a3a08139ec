"""The office of one small contractor, with the hands of its people and a worker that can be killed at any call."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from st_spectrum.account_file import load_account

import st_spectrum
from st_spectrum.commands.sandbox import environment
from st_spectrum.flows.session import Session, open_session
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.time_plan import moment
from st_spectrum.sandbox.world import World, build_world

ACCOUNT_FILE = Path(st_spectrum.__file__).parents[1] / "accounts" / "sandbox.yaml"
"""That of the first version."""
EMPTY = World(
    offices=1, service_lines=2, technicians=3, salespeople=0, companies=0, vendors=0, linked_companies=0, locations=0,
    jobs=0, template_phases=1, old_customers=0,
)  # fmt: skip
ADDRESS = {
    "addressStreet": "12 Granby Street", "addressCity": "Norfolk", "addressState": "VA", "addressPostalCode": "23510",
}  # fmt: skip
TODAY = datetime.now(UTC).date()
SUNDAY = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7 + 7)
"""The first day of the week before this one."""
EXTERNAL, INVOICE, AR_INVOICE = "externalid", "POST /customer/invoice", "AddARInvoice"
CARD, CARDS = "PreTimeCard", "POST /timecard/timecards"


class Killed(BaseException):
    """`kill -9`: nothing catches it, and nothing is tidied up."""


def account_on(sandbox: Sandbox, state: Path, **overrides: Any) -> Any:
    """The example account on this sandbox; `infolink=False` takes Info-Link away."""
    environ = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(state)}
    if not overrides.pop("infolink", True):
        environ["SPECTRUM_INFOLINK_URL"] = ""
    account = _read(tuple(environ.items()))
    for section, values in ({"pace": {"workers": 1}} | overrides).items():
        account = account.model_copy(
            update={section: getattr(account, section).model_copy(update=values)}
        )
    return account


@cache
def _read(environ: tuple[tuple[str, str], ...]) -> Any:
    return load_account(ACCOUNT_FILE, dict(environ))


class Office:
    """Both systems, one ledger in `state`. Every method that makes a record answers its id; `names` says what each stands for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.sandbox = Sandbox(folder / "sandbox")
        self.sandbox.start()
        self.names: dict[str, str] = {}
        built = build_world(EMPTY, self.sandbox.servicetrade_url, self.sandbox.spectrum_url)
        self.account = built.account
        self.hand = ServiceTradeCaller(self.sandbox.servicetrade_url, parallel=1)
        self.labor = int(
            self.hand.post("/libitem", name="Labor - Regular", type="labor", code="LAB-REG")["id"]
        )
        self.technicians = tuple(self.account.technicians)
        for number, user in enumerate(self.technicians, start=1):
            code = f"T{number:04d}"
            self.give("user", user, code)
            self.control.keep_employees({"Employee_Code": code, "Employee_Name": f"Tech {code}"})

    @property
    def control(self) -> Any:
        return self.sandbox.control

    def close(self) -> None:
        self.hand.close()
        self.sandbox.stop()

    @contextmanager
    def session(self, **overrides: Any) -> Iterator[Session]:
        with open_session(account_on(self.sandbox, self.state, **overrides)) as session:
            yield session

    def run(self, flow: str, key: object, name: str = "", **overrides: Any) -> Any:
        """The record once through the engine; its entry afterwards."""
        self.control.clear_faults() if not overrides.pop("keeps_faults", False) else None
        with self.session(**overrides) as session:
            session.engine.run(flow, [str(key)], run_id="first version")
        return self.entry(flow, key, name)

    def fail(
        self, flow: str, key: object, name: str, fault: dict[str, Any], **overrides: Any
    ) -> Any:
        """The record once through the engine while a fault is at work."""
        self.control.add_fault(**fault)
        entry = self.run(flow, key, name, keeps_faults=True, **overrides)
        self.control.clear_faults()
        return entry

    def kill(
        self,
        flow: str,
        key: object,
        operation: str,
        *,
        arrives: bool,
        skip: int = 0,
        **overrides: Any,
    ) -> None:
        """A worker that dies at its call of this operation: before it is made, or after it was carried out."""
        left = skip
        with suppress(Killed), self.session(**overrides) as session:
            send = session.targets.send

            def dying(step: Any, call: Any) -> None:
                nonlocal left
                if call.operation == operation:
                    left -= 1
                    if left < 0:
                        if arrives:
                            send(step, call)
                        raise Killed
                send(step, call)

            session.targets.send = dying  # type: ignore[method-assign]
            session.engine.run(flow, [str(key)], run_id="first version")
        name = f"{operation} {'carried out' if arrives else 'not carried out'}, worker killed"
        self.in_doubt(flow, key, name)

    def kill_inside(self, key: str, client: str, *, arrives: bool) -> None:
        """The same of an order's line, in the middle of the call: what was answered is not kept any more."""
        with suppress(Killed), self.session() as session:
            real = getattr(session.servicetrade, client)

            def dying(*args: Any, **more: Any) -> None:
                if arrives:
                    real(*args, **more)
                raise Killed

            setattr(session.servicetrade, client, dying)
            session.engine.run("purchase_orders", [key], run_id="first version")
        self.in_doubt(
            "purchase_orders",
            key,
            f"{client} {'' if arrives else 'not '}carried out, answer never seen",
        )

    def in_doubt(self, flow: str, key: object, name: str) -> None:
        """The entry must say so."""
        entry = self.entry(flow, key, name)
        assert entry.state == "claimed" and entry.started_steps, (name, entry)

    def entry(self, flow: str, key: object, name: str = "") -> Any:
        if name:
            self.names[f"{flow}/{key}"] = name
        with open_ledger(account_on(self.sandbox, self.state).ledger) as ledger:
            held = ledger.get(flow, str(key))
        return held.entry if held else None

    def give(self, kind: str, record: int, value: str) -> None:
        """Somebody types an external id, or takes it away."""
        self.hand.put(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}", value=value)

    def carried(self, kind: str, record: int) -> str:
        return str(self.hand.get(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}")["value"] or "")

    def company(self, name: str, **values: Any) -> int:
        return int(
            self.hand.post("/company", **({"name": name, "customer": True} | ADDRESS | values))[
                "id"
            ]
        )

    def location(self, company: int, name: str, **values: Any) -> int:
        return int(
            self.hand.post(
                "/location", **({"name": name, "companyId": company} | ADDRESS | values)
            )["id"]
        )

    def job(self, location: int, **values: Any) -> int:
        wanted = {
            "type": "repair",
            "vendorId": self.account.own_company,
            "assignedOfficeId": self.account.offices[0],
        }
        return int(self.hand.post("/job", **(wanted | {"locationId": location} | values))["id"])

    def invoice(self, job: int, *prices: int, **more: Any) -> int:
        items = [
            {"description": "Labor", "quantity": 1, "price": price} for price in prices or (100,)
        ]
        wanted = {
            "jobId": job,
            "status": "pending_accounting",
            "items": items,
            "transactionDate": moment(SUNDAY),
        }
        return int(self.hand.post("/invoice", **(wanted | more))["id"])

    def card(self, technician: int, job: int, day: date, hours: float = 1, **more: Any) -> int:
        """An approved card with one row; its id."""
        week = day - timedelta(days=(day.weekday() + 1) % 7)
        row = {
            "date": moment(day), "type": "labor", "name": "Labor - Regular", "jobId": job, "libItemId": self.labor,
            "serviceLineId": self.account.service_lines[0], "duration": int(hours * 3600), "quantity": hours,
        }  # fmt: skip
        period = {"periodStart": moment(week), "periodEnd": moment(week + timedelta(days=7)) - 1}
        wanted = {"userId": self.technicians[technician], "status": "approved", "dayLogs": [row]}
        return int(self.hand.post("/timecard", **(wanted | period | more))["id"])

    def order(self, job_number: str, *lines: dict[str, Any], **header: Any) -> str:
        """An open order at the Spectrum screen; its number."""
        known = {
            "Detail_Entry_Type": "N", "Unit_Of_Measure": "EA", "PO_Quantity": "2", "Item_Price": "10.50",
            "Item_Description": "Pump seal kit", "Delivery_Date": f"{TODAY:%m/%d/%Y}",
        }  # fmt: skip
        wanted = {
            "Vendor_Code": "V0001",
            "Job_Number": job_number,
            "PO_Order_Date": f"{SUNDAY:%m/%d/%Y}",
        }
        return str(
            self.control.make_order(*(known | line for line in lines or ({},)), **wanted | header)
        )
