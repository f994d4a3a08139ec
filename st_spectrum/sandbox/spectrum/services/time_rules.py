"""What a pre-time card has to satisfy, how it is stored, and what its review would say; alike for
SOAP and REST [SP 13].
"""

from datetime import date, datetime

from st_spectrum.sandbox.spectrum.call import Call, Checks
from st_spectrum.sandbox.spectrum.database import Book, Record
from st_spectrum.sandbox.spectrum.payroll_tables import (
    DEPARTMENTS,
    EMPLOYEE_STATUSES,
    EMPLOYEES,
    PAY_TYPES,
    PAYROLL_INSTALLATION,
    PRE_TIME_IMPORTS,
    TIME_TABLES,
)
from st_spectrum.sandbox.spectrum.rows import Row
from st_spectrum.sandbox.spectrum.tables import COST_TYPES, JOBS, PHASES
from st_spectrum.sandbox.spectrum.validation import DATE_FORMAT

QUANTITY = "Q"
"""Pay type of a quantity record, which has neither employee nor hours [SP 13.2]."""
UNPAID = "U"
OVERTIME = frozenset({"O", "D"})
"""Pay types that salaried people cannot have [SP 13.1]."""
SALARIED = "SAL"
"""Wage class of salaried people in this company; by what payroll tells them is assumed."""


def check(call: Call) -> list[Row]:
    """Work date and pay type; with the company, which was checked before, the only three things
    looked at [SP 13.1].
    """
    checks = Checks(call)
    first, last = processing_range(call)
    if not first <= _day(call["Work_Date"]) <= last:
        checks.refuse(
            "Work_Date", f"Work_Date {call['Work_Date']} is outside the payroll processing range"
        )
    checks.exists("Pay_Type", PAY_TYPES)
    return checks.rows


def store(call: Call) -> list[Row]:
    """Into the queue of imports that wait for approval, every time anew: a repeated card is there
    twice [SP 5].
    """
    call.book.insert(
        PRE_TIME_IMPORTS,
        {
            **call.values,
            **_cost_center_of_job(call),
            "Hours": call["Hours_Employee"],
            "Record_Number": str(_next_number(call.book)),
            "Review_Text": "; ".join(review(call)),
        },
    )
    return []


def review(call: Call) -> list[str]:
    """What the review screen has against the card before somebody approves it; which texts it has
    is assumed [SP 13.1].
    """
    found = []
    if call["Pay_Type"] != QUANTITY:
        employee = (
            call.book.find(EMPLOYEES, Employee_Code=call["Employee_Code"])
            if call["Employee_Code"]
            else None
        )
        if employee is None:
            found.append(f"Employee {call['Employee_Code'] or 'missing'}")
        elif not is_at_work(call.book, employee):
            found.append(f"Employee {call['Employee_Code']} is not active")
        elif call["Pay_Type"] in OVERTIME and str(employee["Wage_Class"] or "").strip() == SALARIED:
            found.append(f"Employee {call['Employee_Code']} is salaried and has no overtime")
    department = (
        call.book.find(DEPARTMENTS, Department=call["Department_Code"])
        if call["Department_Code"]
        else None
    )
    if call["Department_Code"] and department is None:
        found.append(f"Department {call['Department_Code']}")
    if department and department["Direct_Flag"] != "Y" and call["Job_Number"]:
        found.append(f"Department {call['Department_Code']} is not direct and takes no job")
    if call["Pay_Type"] == UNPAID and (department is None or department["Direct_Flag"] == "Y"):
        found.append("Pay type U needs a department that is not direct")
    if call["Job_Number"]:
        found += _review_job(call)
    return found


def _cost_center_of_job(call: Call) -> dict[str, str]:
    """On direct lines the job's cost center takes the place of a given one [SP 13.1]."""
    department = call.book.find(DEPARTMENTS, Department=call["Department_Code"])
    job = call.book.find(JOBS, Job_Number=call["Job_Number"]) if call["Job_Number"] else None
    if department is None or department["Direct_Flag"] != "Y" or job is None:
        return {}
    center = str(job["Cost_Center"] or "").strip()
    return {"Cost_Center": center} if center else {}


def is_at_work(book: Book, employee: Record) -> bool:
    """Whether the type of the employee's status is active."""
    status = book.find(EMPLOYEE_STATUSES, Employment_Status=str(employee["Employment_Status"]))
    return status is not None and status["Status_Type"] == "A"


def _review_job(call: Call) -> list[str]:
    phase = {
        "Job_Number": call["Job_Number"],
        "Phase_Code": call["Phase_Code"],
        "Cost_Type": call["Cost_Type"],
    }
    if not call.book.has(JOBS, Job_Number=call["Job_Number"]):
        return [f"Job {call['Job_Number']}"]
    if not call.book.has(COST_TYPES, Cost_Type=call["Cost_Type"]):
        return [f"Cost type {call['Cost_Type'] or 'missing'}"]
    return (
        []
        if call.book.has(PHASES, **phase)
        else [f"Phase {call['Phase_Code'] or 'missing'} of the job"]
    )


def processing_range(call: Call) -> tuple[date, date]:
    """First and last day of the payroll processing range: the switches, else the payroll
    installation.
    """
    installed = call.book.find(PAYROLL_INSTALLATION) or {}
    pairs = (
        (call.switches.payroll_first_day, installed.get("Processing_Start_Date")),
        (call.switches.payroll_last_day, installed.get("Processing_End_Date")),
    )
    first, last = (date.fromisoformat((switch or str(stored))[:10]) for switch, stored in pairs)
    return first, last


def _day(text: str) -> date:
    return datetime.strptime(text, DATE_FORMAT).date()  # noqa: DTZ007 (a calendar day has no zone)


def _next_number(book: Book) -> int:
    """Numbers go on over all tables that a card wanders through, so that it keeps its own."""
    highest = (
        book.connection.execute(
            f'SELECT MAX("Record_Number") FROM "{table.name}" WHERE "Company_Code" = ?',  # noqa: S608
            (book.company,),
        ).fetchone()[0]
        for table in TIME_TABLES
    )
    return 1 + max(int(number or 0) for number in highest)
