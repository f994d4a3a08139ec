"""What the Get services show of customers, jobs, phases, employees and pay types.

They have no filter by customer code or job number, answer at most 500 rows, and show only what the
operator behind the Authorization ID may see [SP 14, 1.3, 4.5]. So "not found" counts only if the
answer was complete.
"""

from collections.abc import Callable, Mapping

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.spectrum.lookup_answers import CodesInUse, EmployeesShown, LookupImpossible
from st_spectrum.spectrum.timecards import ACTIVE, NOT_ACTIVE, PayrollEmployee
from st_spectrum.spectrum.wire import Rows, ServiceMissing

Get = Callable[[str, Mapping[str, str]], Rows]
Row = dict[str, str]

JOB_STATUSES = ("", "C")
"""Blank answers active and inactive ones, so complete ones take a second question [SP 14]."""

CUSTOMER_NAMES: Mapping[str, str] = {"Phone_Number": "Phone", "Email1": "Customer_Email"}
"""Columns of GetCustomers that AddCustomer calls something else."""

CUSTOMER_VALUES: Mapping[str, Mapping[str, str]] = {
    "Taxable_Flag": {"Taxable": "Y", "Non-Taxable": "N", "No Default": ""},
    "Status": {"Active": "A", "Inactive": "I", "Not Used": "N"},
}
"""GetCustomers writes words where the tables hold letters [SP 14]; the letters of the status are
assumed.
"""

PHASE_COLUMNS = ("Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code")


class GetServices:
    """The Get services of one installation. They know fewer columns than Info-Link; what they do
    not know is absent from a row, not blank.
    """

    def __init__(self, get: Get) -> None:
        self._get = get

    def rows(self, service: str, params: Mapping[str, str]) -> Rows:
        """All that a service answers; `LookupImpossible` where this Spectrum lacks it."""
        try:
            return self._get(service, params)
        except ServiceMissing as missing:
            raise LookupImpossible(missing.message) from None

    def customer(self, code: str) -> Row | None:
        """The AR customer, whatever its status."""
        rows = self.rows("GetCustomers", {"pStatus": "ALL"})
        found = _found(rows.rows, {"Customer_Code": code})
        if not found and not rows.is_complete:
            raise capped(f"customer {code}", "GetCustomers")
        return as_customer(found[0]) if found else None

    def customer_codes(self) -> CodesInUse:
        """All customer codes in use."""
        rows = self.rows("GetCustomers", {"pStatus": "ALL"})
        return CodesInUse(
            frozenset(cell(row, "Customer_Code") for row in rows.rows) - {""}, rows.is_complete
        )

    def employees(self) -> EmployeesShown:
        """Those that GetEmployee shows, whatever their status; it has no filter by code.

        Who is active tells a second list: it can be asked for a type of status, which no column
        shows [SP 14].
        """
        found = _not_empty(self.rows("GetEmployee", {}), "employees", "GetEmployee")
        active = self.rows("GetEmployee", {"pStatus_Type": ACTIVE})
        types = _types_of_statuses(found, active)
        people = (_as_employee(row, types) for row in found.rows)
        return EmployeesShown({person.code: person for person in people}, found.is_complete, types)

    def pay_types(self) -> dict[str, str]:
        """The pay types."""
        found = _not_empty(self.rows("GetPayType", {}), "pay types", "GetPayType")
        if not found.is_complete:
            raise capped("the list of pay types", "GetPayType")
        return {cell(row, "Pay_Type"): cell(row, "Pay_Type_Desc") for row in found.rows}

    def job(self, service: str, number: str, customer_code: str, status: str) -> Row | None:
        """The job among those of a status that a service shows, of one customer or of all."""
        rows = self.rows(service, {"pStatus_Code": status, "pCustomer_Code": customer_code})
        found = _found(rows.rows, {"Job_Number": number})
        if not found and not rows.is_complete:
            raise capped(f"job {number}", service)
        return found[0] if found else None

    def phases(self, service: str, job_number: str) -> tuple[Row, ...]:
        """The phases of a job, whatever their status."""
        found: list[Row] = []
        for status in JOB_STATUSES:
            rows = self.rows(service, {"pJob_Number": job_number.strip(), "pStatus_Code": status})
            if not rows.is_complete:
                raise capped(f"the phases of job {job_number}", service)
            # pJob_Number also takes wildcards and lists [SP 1.8], so what came is compared.
            found += _found(rows.rows, {"Job_Number": job_number})
        return tuple(found)


def _not_empty(found: Rows, noun: str, service: str) -> Rows:
    """Every company that pays people has some: none at all means that we may not see them, and says
    nothing of a single one.
    """
    if not found.rows and found.is_complete:
        raise LookupImpossible(
            f"{service} shows no {noun} at all",
            f"Check what the operator behind {service} may see.",
        )
    return found


def capped(noun: str, service: str) -> LookupImpossible:
    """The record may be among the rows that are not shown."""
    return LookupImpossible(f"{noun} cannot be looked up: {service} has more rows than it shows")


def cell(row: Row, name: str) -> str:
    """The value of a column; raises `ContractBroken` where the row lacks it."""
    if name not in row:
        raise ContractBroken(f"a row came without the column {name}", system="spectrum")
    return row[name]


def _found(rows: tuple[Row, ...], key: Mapping[str, str]) -> list[Row]:
    return [
        row for row in rows if all(cell(row, name) == value.strip() for name, value in key.items())
    ]


def _types_of_statuses(everybody: Rows, active: Rows) -> dict[str, str]:
    """The type behind each code of status, as far as the two lists tell it.

    A list that shows nobody active says that its letter is not this company's, and nothing of
    anybody.
    """
    if not active.rows:
        return {}
    types = {cell(row, "Employment_Status"): ACTIVE for row in active.rows}
    if active.is_complete:
        others = {cell(row, "Employment_Status") for row in everybody.rows} - types.keys()
        types |= dict.fromkeys(others, NOT_ACTIVE)
    return types


def _as_employee(row: Row, types: Mapping[str, str]) -> PayrollEmployee:
    names = ("Employee_Code", "Employee_Name", "Employment_Status", "Department_Code")
    code, name, status, department = (cell(row, name) for name in names)
    return PayrollEmployee(code, name, status, department, types.get(status, ""))


def as_customer(row: Row) -> Row:
    """The row by the names and values of AddCustomer."""
    renamed = {CUSTOMER_NAMES.get(name, name): value for name, value in row.items()}
    return {
        name: CUSTOMER_VALUES.get(name, {}).get(value, value) for name, value in renamed.items()
    }


def as_phase(row: Row) -> Row:
    """The row with its phase code without dashes [SP 1.8]; `ContractBroken` where it lacks a
    column.
    """
    for name in PHASE_COLUMNS:
        cell(row, name)
    return {**row, "Phase_Code": row["Phase_Code"].replace("-", "")}
