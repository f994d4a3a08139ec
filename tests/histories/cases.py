"""Each flow and way, with what its people do: they make records, and change them afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from st_spectrum.flows import FLOWS
from st_spectrum.sandbox.time_plan import moment
from tests.histories.history import History
from tests.histories.place import SUNDAY
from tests.world.billing_clerk import APPROVED, Line

Act = Callable[[History], None]
Change = Callable[[History, int], None]


def _nothing(history: History, which: int) -> None:
    """What is made stays as it is."""


@dataclass(frozen=True)
class Case:
    """`operations` are those of its calls for which fault rules are made, as (system,
    operation).
    """

    name: str
    flow: str
    make: Act
    operations: tuple[tuple[str, str], ...]
    change: Change = _nothing
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    has_infolink: bool = True

    @property
    def flows(self) -> tuple[str, ...]:
        """Its flow; the base world of every other one has crossed."""
        return tuple(name for name in FLOWS if name == self.flow)


def _company(history: History) -> None:
    name = f"Ghent Bakery {len(history.made)}"
    history.made.append(history.contractor.dispatcher.company(name))


def _location(history: History) -> None:
    place, name = history.place, f"Pier {len(history.made)}"
    history.made.append(place.contractor.dispatcher.location(place.base.company, name))


def _job(history: History) -> None:
    place = history.place
    history.made.append(place.contractor.dispatcher.job(place.base.location))


def _invoice(history: History) -> None:
    """The amounts differ, so that a double shows in the sums too; every third one has both signs
    where that can be sent.
    """
    number = len(history.made)
    lines: list[Line] = [{"price": 100 + number}]
    if number % 3 == 2 and history.case.settings["invoices"]["target"] == "rest":
        lines.append({"description": "Credit", "price": -50})
    job = history.place.base.jobs[number % 2]
    made = history.contractor.billing_clerk.draft(*lines, jobId=job, status=APPROVED)
    history.made.append(int(made))


def _void(history: History, which: int) -> None:
    history.contractor.billing_clerk.change(str(history.made[which]), status="void")


def _card(history: History) -> None:
    """An approved card of two rows; no two rows of a history have the same day, hours and job."""
    base, number = history.place.base, len(history.made)
    people = history.contractor.built.account
    week = SUNDAY - timedelta(days=7 * (number // 6))
    rows = [
        {
            "date": moment(week + timedelta(days=1 + number % 6)),
            "type": "labor",
            "name": "Labor - Regular",
            "jobId": base.jobs[place],
            "libItemId": base.labor,
            "serviceLineId": people.service_lines[0],
            "duration": 3600 + 180 * (2 * number + place),
            "quantity": round(1 + 0.05 * (2 * number + place), 2),
        }
        for place in range(2)
    ]
    period = {"periodStart": moment(week), "periodEnd": moment(week + timedelta(days=7)) - 1}
    made = history.contractor.office.post(
        "/timecard",
        userId=people.technicians[number % 2],
        status="approved",
        dayLogs=rows,
        **period,
    )
    history.made.append(int(made["id"]))


def _order(history: History) -> None:
    number = len(history.made)
    line = {
        "Detail_Entry_Type": "N",
        "Unit_Of_Measure": "EA",
        "Item_Description": f"Pump seal kit {number}",
        "Delivery_Date": f"{SUNDAY:%m/%d/%Y}",
    }
    lines = [
        line | {"PO_Quantity": str(2 + place), "Item_Price": f"{10 + number}.50"}
        for place in range(1 + number % 2)
    ]
    header = {
        "Vendor_Code": "V0001",
        "Job_Number": history.place.base.job_numbers[number % 2],
        "PO_Order_Date": f"{SUNDAY:%m/%d/%Y}",
    }
    history.made.append(int(history.contractor.control.make_order(*lines, **header)))


def _receive(history: History, which: int) -> None:
    history.contractor.control.order(str(history.made[which]), "receive")


SERVICETRADE_KEYS = (("servicetrade", "PUT /externalid"), ("servicetrade", "GET /externalid"))
INVOICES = (
    ("servicetrade", "PUT /invoice/{id}"),
    ("servicetrade", "GET /invoice"),
    ("servicetrade", "GET /invoice/{id}"),
)
TIME = (
    ("servicetrade", "GET /timecard"),
    ("servicetrade", "GET /job/{id}"),
    ("spectrum", "GetEmployee"),
)
REST, SOAP = {"target": "rest"}, {"target": "soap"}

CASES = {
    case.name: case
    for case in (
        Case("customers", "customers", _company, (("spectrum", "AddCustomer"), *SERVICETRADE_KEYS)),
        Case("sites", "sites", _location, (("spectrum", "AddWOSiteAddress"), *SERVICETRADE_KEYS)),
        Case(
            "jobs",
            "jobs",
            _job,
            (*(("spectrum", name) for name in ("AddJob", "AddPhase", "UpdateJob", "UpdateJob_UDF")), *SERVICETRADE_KEYS),
        ),
        Case(
            "invoices by REST", "invoices", _invoice, (("spectrum", "POST /customer/invoice"), *INVOICES), _void,
            {"invoices": REST},
        ),
        Case(
            "invoices by SOAP", "invoices", _invoice, (("spectrum", "AddARInvoice"), *INVOICES), _void,
            {"invoices": SOAP},
        ),
        Case("time by SOAP", "timecards", _card, (("spectrum", "PreTimeCard"), *TIME), settings={"timecards": SOAP}),
        Case(
            "time by REST", "timecards", _card, (("spectrum", "POST /timecard/timecards"), *TIME),
            settings={"timecards": REST},
        ),
        Case(
            "time by SOAP without Info-Link", "timecards", _card, (("spectrum", "PreTimeCard"), *TIME),
            settings={"timecards": SOAP}, has_infolink=False,
        ),
        Case(
            "time by REST without Info-Link", "timecards", _card, (("spectrum", "POST /timecard/timecards"), *TIME),
            settings={"timecards": REST}, has_infolink=False,
        ),
        Case(
            "invoices by REST without Info-Link", "invoices", _invoice,
            (("spectrum", "POST /customer/invoice"), *INVOICES), _void, {"invoices": REST}, has_infolink=False,
        ),
        Case(
            "invoices by SOAP without Info-Link", "invoices", _invoice, (("spectrum", "AddARInvoice"), *INVOICES), _void,
            {"invoices": SOAP}, has_infolink=False,
        ),
        Case(
            "purchase orders", "purchase_orders", _order,
            (("servicetrade", "POST /jobitem"), ("servicetrade", "PUT /jobitem/{id}"), ("servicetrade", "GET /jobitem"),
             ("servicetrade", "GET /job/{id}"), *SERVICETRADE_KEYS),
            _receive,
        ),
    )
}  # fmt: skip
