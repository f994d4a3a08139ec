"""What people do in both systems, from the console: make, rename, approve, void, clock, break,
mend.

An act at ServiceTrade is a call of a person's browser, so it meets the faults that are in force as
anybody's call does.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from st_spectrum.sandbox import names
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.faults import FaultKind, FaultRule
from st_spectrum.sandbox.invoice_plan import READY
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.spectrum import code_screen, payroll_screen
from st_spectrum.sandbox.timekeeping import ITEMS

Form = Mapping[str, str]
Row = dict[str, Any]

HOUR = 3600
DELAYS = {FaultKind.LATE: 5.0, FaultKind.SLOW: 5.0, FaultKind.LAGGING_LIST: 60.0}
"""Seconds, for kinds of fault that need some."""


@dataclass(frozen=True)
class Hands:
    """Who acts: a browser at ServiceTrade, and everything that surrounds both systems."""

    office: ServiceTradeCaller
    rig: Rig

    def rows(self, table: str) -> list[Row]:
        """Of ServiceTrade, the newest first."""
        found = self.rig.systems["servicetrade"].records(table)
        return sorted(found, key=lambda row: int(row["id"]), reverse=True)


def make_company(hands: Hands, form: Form) -> str:
    """A customer at a made-up address."""
    name = _needed(form, "name")
    made = hands.office.post("/company", name=name, customer=True, **_address())
    return f"Company {made['id']} {name} is made."


def make_location(hands: Hands, form: Form) -> str:
    """A location of a company."""
    name = _needed(form, "name")
    made = hands.office.post("/location", name=name, companyId=_id(form, "company"), **_address())
    return f"Location {made['id']} {name} is made."


def make_job(hands: Hands, form: Form) -> str:
    """A scheduled repair with one request for service."""
    own = int(hands.office.all("/account", "accounts")[0]["primeCompany"]["id"])
    offices = [row for row in hands.rows("location") if row.get("companyId") == own]
    where = {"assignedOfficeId": offices[-1]["id"]} if offices else {}
    made = hands.office.post(
        "/job", type="repair", vendorId=own, locationId=_id(form, "location"), status="scheduled",
        description=form.get("description", "Repair"), **where,
    )  # fmt: skip
    if line := form.get("line"):
        hands.office.post(
            "/servicerequest", description="Work", serviceLineId=int(line), jobId=made["id"]
        )
    return f"Job {made['number']} (id {made['id']}) is made."


def make_invoice(hands: Hands, form: Form) -> str:
    """An invoice over one line, handed over to accounting or not."""
    job = _record(hands, "job", _id(form, "job"))
    item = {"description": form.get("description", "Labor"), "quantity": 1, "price": _price(form)}
    status = READY if form.get("approved") else "ok"
    made = hands.office.post(
        "/invoice", jobId=job["id"], type="invoice", transactionDate=int(time.time()),
        status=status, items=[item],
    )  # fmt: skip
    word = "and approved" if form.get("approved") else "and not approved yet"
    return f"Invoice {made['invoiceNumber']} (id {made['id']}) is made {word}."


def rename(hands: Hands, form: Form) -> str:
    """A company or a location gets another name."""
    kind, name = form.get("kind", "company"), _needed(form, "name")
    hands.office.put(f"/{kind}/{_id(form, kind)}", name=name)
    return f"It is called {name} now."


def approve_invoice(hands: Hands, form: Form) -> str:
    """Hand an invoice over to accounting."""
    hands.office.put(f"/invoice/{_id(form, 'invoice')}", status=READY)
    return f"Invoice {form['invoice']} is approved."


def void_invoice(hands: Hands, form: Form) -> str:
    """Take an invoice back."""
    hands.office.put(f"/invoice/{_id(form, 'invoice')}", status="void")
    return f"Invoice {form['invoice']} is void."


def clock(hands: Hands, form: Form) -> str:
    """Hours of a technician on a job, on an approved card of last week: clocked, and once more as
    labor on the job, which is what the example account pays.
    """
    day = _last_monday()
    seconds = int(_decimal({"hours": "2"} | dict(form), "hours") * HOUR)
    start = _moment(day) + 8 * HOUR
    common = {"userId": _id(form, "technician"), "jobId": _id(form, "job"), "activity": "onsite"}
    store = hands.rig.inside("servicetrade")
    store.add("clockevent", [common | {"eventType": "in", "eventTime": start}])
    store.add("clockevent", [common | {"eventType": "out", "eventTime": start + seconds}])
    week = day - timedelta(days=1)
    row = {
        "date": _moment(day), "duration": seconds, "quantity": seconds / HOUR,
        "jobId": common["jobId"],
    }  # fmt: skip
    labor = _labor(hands, _id(form, "job"))
    booked = labor | {
        "jobId": common["jobId"], "quantity": seconds / HOUR, "usedOn": start,
        "source": {"type": "tech", "userId": common["userId"]},
    }  # fmt: skip
    (item,) = store.add("jobitem", [booked])
    rows = [
        row | {"type": "clock", "name": "onsite"},
        row | labor | {"type": "labor", "jobItemId": item},
    ]
    card = {
        "userId": common["userId"], "periodStart": _moment(week),
        "periodEnd": _moment(week + timedelta(days=7)) - 1, "status": "approved",
        "submittedOn": int(time.time()), "approvedOn": int(time.time()), "dayLogs": rows,
    }  # fmt: skip
    (number,) = store.add("timecard", [card])
    return f"Time card {number}: {seconds / HOUR:g} hours on {day:%Y-%m-%d}, approved."


def _labor(hands: Hands, job: int) -> Row:
    """An hour of regular labor as both the job item and the row of a card name it."""
    code, name = next(iter(ITEMS.items()))
    known = [row["id"] for row in hands.rows("libitem") if row.get("code") == code]
    library = known or [hands.office.post("/libitem", name=name, type="labor", code=code)["id"]]
    asked = [row for row in hands.rows("servicerequest") if row.get("jobId") == job]
    line = {"serviceLineId": asked[0]["serviceLineId"]} if asked else {}
    return {"name": name, "libItemId": library[0]} | line


def approve_time(hands: Hands, form: Form) -> str:
    """Approve a technician's week."""
    hands.office.put(f"/timecard/{_id(form, 'card')}", status="approved")
    return f"Time card {form['card']} is approved."


def give_employee(hands: Hands, form: Form) -> str:
    """Payroll enters an employee, and the office types the code at the technician."""
    code = _needed(form, "code")
    employee = {"Employee_Code": code, "Employee_Name": form.get("name", code)}
    payroll_screen.keep_employees(hands.rig.inside("spectrum"), [employee])
    if user := form.get("technician"):
        hands.office.put(f"/externalid/user/{int(user)}/{EXTERNAL_SYSTEM}", value=code)
    return f"Employee {code} is entered."


def give_code(hands: Hands, form: Form) -> str:
    """Somebody enters a code of the set-up at the Spectrum screen."""
    kind, code = form.get("kind", ""), _needed(form, "code")
    system = hands.rig.inside("spectrum")
    code_screen.enter(system, kind, code, form.get("name", code))
    return f"Spectrum knows the {kind} {code} now."


def take_code(hands: Hands, form: Form) -> str:
    """Somebody removes a code of the set-up, so that what uses it is refused."""
    kind, code = form.get("kind", ""), _needed(form, "code")
    code_screen.remove(hands.rig.inside("spectrum"), kind, code)
    return f"Spectrum does not know the {kind} {code} any more."


def set_account(hands: Hands, form: Form) -> str:
    """Somebody makes a GL account active or inactive at the Spectrum screen."""
    code, status = _needed(form, "account"), form.get("status", "A")
    code_screen.set_account(hands.rig.inside("spectrum"), code, status)
    return f"GL account {code} is {code_screen.STATUSES[status]} now."


def open_period(hands: Hands, form: Form) -> str:
    """Somebody sets the AR processing range in Spectrum's installation screen."""
    first, last = (
        date.fromisoformat(_needed(form, name)).isoformat() for name in ("first", "last")
    )
    hands.rig.systems["spectrum"].switch({"ar_first_day": first, "ar_last_day": last})
    return f"Spectrum takes AR documents from {first} to {last} now."


def change_hours(hands: Hands, form: Form) -> str:
    """Somebody corrects the hours of a pre-time card at the Spectrum screen."""
    card, hours = _needed(form, "piece"), _hours(form)
    payroll_screen.change_hours(hands.rig.inside("spectrum"), card, hours)
    return f"Pre-time card {card} has {hours} hours now."


def set_external_id(hands: Hands, form: Form) -> str:
    """Somebody types a Spectrum code at a record, or takes it off."""
    kind, code = form.get("kind", "user"), form.get("code", "").strip()
    hands.office.put(f"/externalid/{kind}/{_id(form, 'id')}/{EXTERNAL_SYSTEM}", value=code)
    return f"It carries {code} now." if code else "It carries no Spectrum code any more."


def set_status(hands: Hands, form: Form) -> str:
    """Somebody makes a company or a location active or inactive."""
    kind, status = form.get("kind", "company"), _needed(form, "status")
    hands.office.put(f"/{kind}/{_id(form, 'id')}", status=status)
    return f"It is {status} now."


def break_calls(hands: Hands, form: Form) -> str:
    """The next calls go wrong, in one of the ways that are known to happen."""
    kind = FaultKind(form.get("fault", ""))
    count = max(1, int(form.get("count", "1")))
    rule = FaultRule(
        system=form.get("system", "*"), kind=kind, operation=form.get("operation", "*") or "*",
        count=count, delay=DELAYS.get(kind, 0.0),
    )  # fmt: skip
    hands.rig.faults.add(rule)
    calls = "call" if count == 1 else "calls"
    return f"{count} {calls} will go wrong: {kind.value.replace('_', ' ')}."


def mend(hands: Hands, _form: Form) -> str:
    """Nothing goes wrong any more."""
    hands.rig.faults.clear()
    return "Nothing goes wrong any more."


ACTS: Mapping[str, Callable[[Hands, Form], str]] = {
    "company": make_company,
    "location": make_location,
    "job": make_job,
    "invoice": make_invoice,
    "rename": rename,
    "approve": approve_invoice,
    "void": void_invoice,
    "clock": clock,
    "approve_time": approve_time,
    "employee": give_employee,
    "code": give_code,
    "remove_code": take_code,
    "account": set_account,
    "period": open_period,
    "hours": change_hours,
    "external_id": set_external_id,
    "status": set_status,
    "break": break_calls,
    "mend": mend,
}
"""By the last word of the address that a form posts to. Each answers with what was done, and raises
`ValueError`, `KeyError` or `CallRefused`."""


def _needed(form: Form, name: str) -> str:
    if not (value := form.get(name, "").strip()):
        raise ValueError(f"{name} is missing")
    return value


def _id(form: Form, name: str) -> int:
    return int(_needed(form, name))


def _hours(form: Form) -> str:
    return f"{_decimal(form, 'hours'):.2f}"


def _price(form: Form) -> float:
    return float(_decimal(form, "price"))


def _decimal(form: Form, name: str) -> Decimal:
    text = _needed(form, name)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"the {name} {text!r} cannot be read: a number such as 2.50 is needed")
    return number


def _record(hands: Hands, table: str, number: int) -> Row:
    found = [row for row in hands.rows(table) if row["id"] == number]
    if not found:
        raise KeyError(f"there is no {table} {number}")
    return found[0]


def _address() -> Row:
    _, street, city, state, postal_code = names.OFFICES[0]
    return {
        "addressStreet": street,
        "addressCity": city,
        "addressState": state,
        "addressPostalCode": postal_code,
    }


def _last_monday() -> date:
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday() + 7)


def _moment(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 5, tzinfo=UTC).timestamp())
