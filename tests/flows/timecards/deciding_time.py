"""Five approved hours of Ty on a repair, and what is decided about them."""

from datetime import date
from decimal import Decimal
from typing import Any

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Decision
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.bundle import TimecardBundle
from st_spectrum.flows.timecards.rules import decide_timecard
from st_spectrum.servicetrade.models import Job, Location, User
from st_spectrum.spectrum.timecards import PayrollEmployee
from tests.flows.records import account
from tests.flows.timecards.time_records import ACCOUNT, CREW, JOBS, SITES, merged

JOB = Job.model_validate(JOBS[0])
SITE = Location.model_validate(SITES[0])
USER = User.model_validate(CREW[0])
EMPLOYEE = PayrollEmployee("E1007", "Tech, Ty", "A", "100")
KEY = "20251108.timecard.1"


def rules(**timecards: Any) -> Account:
    return account(**merged(ACCOUNT, {"timecards": timecards}))


def entry(**changes: Any) -> TimeEntry:
    """Five approved hours of Ty on a repair."""
    known = {
        "key": KEY,
        "source": "timecard",
        "kind": "labor",
        "user_id": 61,
        "user_name": "Ty Tech",
        "work_date": date(2025, 11, 4),
        "hours": Decimal("5.00"),
        "job_id": JOB.id,
        "job_number": JOB.number,
        "service_line": "Sprinkler",
        "office": "Norfolk Office",
        "lib_item_code": "LAB-REG",
        "is_approved": True,
    }
    return TimeEntry(**(known | changes)).versioned()


def decide(time: TimeEntry | None, acct: Account | None = None, **changes: Any) -> Decision:
    known = {
        "user": USER,
        "employee": EMPLOYEE,
        "job": JOB,
        "location": SITE,
        "today": date(2025, 11, 10),
    }
    return decide_timecard(TimecardBundle(entry=time, **(known | changes)), acct or rules())
