"""Finding records in Spectrum by their natural key: in Info-Link where there is one, else through
the Get services.

Get services have no filter by customer code or job number, answer at most 500 rows, and show only
what the operator behind the Authorization ID may see [SP 14, 1.3, 4.5]. So "not found" counts only
if the answer was complete; otherwise the look-up was not possible, which is something else than an
absent record.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.timecards import ACTIVE, NOT_ACTIVE, PayrollEmployee, StoredTimeCard
from st_spectrum.spectrum.wire import Rows, ServiceMissing

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink import GlAccount, InfoLinkReader
    from st_spectrum.spectrum.packing_lists import Packed
    from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder
    from st_spectrum.spectrum.stored_invoices import ArMasters, StoredDocument
    from st_spectrum.spectrum.timecards import Days, OurTokens

C = TypeVar("C", bound=Collection[str])
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

OH_BATCH = "Job_Oh_Batch_Code"

TEMPLATE_ADVICE = (
    "Choose another template job or none in the account file; only GetPhaseEnhanced and Info-Link"
    " tell price methods."
)

PHASE_COLUMNS = ("Job_Number", "Phase_Code", "Cost_Type", "Description", "Status_Code")


class LookupImpossible(Exception):
    """It cannot be told whether the record exists. `advice` says what would make it possible."""

    def __init__(
        self,
        message: str,
        advice: str = "Set up Info-Link for this company; then it can be looked up.",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True)
class CodesInUse:
    """Codes that exist. When `is_complete` is False there are more than could be listed, so a free
    one may be taken.
    """

    codes: frozenset[str]
    is_complete: bool


@dataclass(frozen=True)
class EmployeesShown:
    """Employees by code. When `is_complete` is False there are more than could be listed.

    `types` are the types of the status codes that these people have.
    """

    by_code: Mapping[str, PayrollEmployee]
    is_complete: bool
    types: Mapping[str, str] = field(default_factory=dict)


class Lookup:
    """The look-ups over one installation. Rows bear the names of the Add services, whichever way
    they came.

    The Get way knows fewer columns; what it does not know is absent from the row, not blank. All
    functions raise the error families for failed reads and `LookupImpossible` where no answer can
    be had.
    """

    def __init__(self, get: Get, infolink: "InfoLinkReader | None") -> None:
        self._get = get
        self._infolink = infolink

    def customer(self, code: str) -> Row | None:
        """The AR customer, whatever its status."""
        if self._infolink:
            return self._infolink.customer(code)
        rows = self._rows("GetCustomers", {"pStatus": "ALL"})
        found = _found(rows.rows, {"Customer_Code": code})
        if not found and not rows.is_complete:
            raise _capped(f"customer {code}", "GetCustomers")
        return _as_customer(found[0]) if found else None

    def customer_codes(self) -> CodesInUse:
        """All customer codes in use."""
        if self._infolink:
            return CodesInUse(self._infolink.customer_codes(), is_complete=True)
        rows = self._rows("GetCustomers", {"pStatus": "ALL"})
        return CodesInUse(
            frozenset(_cell(row, "Customer_Code") for row in rows.rows) - {""}, rows.is_complete
        )

    def site(self, site_id: str) -> Row | None:
        """The work order site; there is no Get service for sites [SP 6.3]."""
        return self._needed(f"site {site_id}").site(site_id)

    def site_ids(self) -> CodesInUse:
        """All site ids in use."""
        return CodesInUse(self._needed("the list of sites").site_ids(), is_complete=True)

    def ar_documents(self, numbers: Iterable[str]) -> "tuple[StoredDocument, ...]":
        """The AR invoices and credit memos under these numbers, posted or not; no service answers
        them [SP 6.3].
        """
        reader = self._needed("AR documents")
        from st_spectrum.spectrum import invoice_table

        return invoice_table.read(reader, numbers)

    def ar_masters(self, customers: Iterable[str], jobs: Iterable[str]) -> "ArMasters":
        """Which of these customers and jobs take no invoices; no service tells it in one question
        [SP 14].
        """
        reader = self._needed("customers and jobs of invoices")
        from st_spectrum.spectrum import ar_masters

        return ar_masters.read(reader, customers, jobs)

    def pre_time_cards(
        self, tokens: Iterable[str], days: tuple[date, date] | None = None
    ) -> dict[str, StoredTimeCard]:
        """Pre-time cards by their token; no service answers them [SP 6.3]."""
        reader = self._needed("time cards")
        from st_spectrum.spectrum import time_tables

        return time_tables.find(reader, tokens, days)

    def our_time_tokens(
        self, spans: "Sequence[Days] | None" = None, tokens: Iterable[str] = ()
    ) -> "OurTokens":
        """The tokens of ours in Payroll for these days, and of `tokens` whatever their day."""
        reader = self._needed("time cards")
        from st_spectrum.spectrum import time_tables

        return time_tables.our_tokens(reader, spans, tokens)

    def employees(self) -> "EmployeesShown":
        """Those that GetEmployee shows, whatever their status; it has no filter by code.

        Who is active tells a second list: it can be asked for a type of status, which no column
        shows [SP 14].
        """
        found = _not_empty(self._rows("GetEmployee", {}), "employees", "GetEmployee")
        active = self._rows("GetEmployee", {"pStatus_Type": ACTIVE})
        types = _types_of_statuses(found, active)
        people = (_as_employee(row, types) for row in found.rows)
        return EmployeesShown({person.code: person for person in people}, found.is_complete, types)

    def employee(self, code: str, shown: "EmployeesShown | None" = None) -> PayrollEmployee | None:
        """The employee, whatever the status, found among those `shown` before or else asked for
        anew. A company with more people than are shown needs Info-Link, where the columns of status
        and department are assumed to be called as in GetEmployee.
        """
        shown = shown or self.employees()
        known = shown.by_code.get(code.strip())
        if known is not None or shown.is_complete:
            return known
        if self._infolink is None:
            raise _capped(f"employee {code}", "GetEmployee")
        from st_spectrum.spectrum import time_tables

        return time_tables.employee(self._infolink, code, shown.types)

    def pay_types(self) -> dict[str, str]:
        """The pay types."""
        found = _not_empty(self._rows("GetPayType", {}), "pay types", "GetPayType")
        if not found.is_complete:
            raise _capped("the list of pay types", "GetPayType")
        return {_cell(row, "Pay_Type"): _cell(row, "Pay_Type_Desc") for row in found.rows}

    def gl_accounts(self) -> "dict[str, GlAccount]":
        """The general ledger accounts by code; no service answers them [SP 6.3]."""
        return _some(self._needed("the list of GL accounts").gl_accounts(), "GL accounts")

    def ar_terms(self) -> frozenset[str]:
        """The AR terms codes; no service answers them [SP 6.3]."""
        return _some(self._needed("the list of AR terms").terms_codes(), "AR terms")

    def po_headers(self, closed_since: date) -> "tuple[PoHeader, ...]":
        """One poll of the purchase orders; no service answers them [SP 15.1]."""
        reader = self._needed("the list of purchase orders")
        from st_spectrum.spectrum import order_tables

        return order_tables.scan(reader, closed_since)

    def purchase_orders(self, numbers: Iterable[str]) -> "tuple[PurchaseOrder, ...]":
        """Purchase orders with their lines; no service answers them [SP 15.1]."""
        reader = self._needed("purchase orders")
        from st_spectrum.spectrum import order_tables

        return order_tables.read(reader, numbers)

    def packed(self, numbers: Iterable[str]) -> "Packed":
        """What came of these orders by packing lists; no service answers them [SP 15.3]."""
        reader = self._needed("packing lists")
        from st_spectrum.spectrum import packing_lists

        return packing_lists.read(reader, numbers)

    def job(self, number: str, customer_code: str = "") -> Row | None:
        """The job, whatever its status. A known customer narrows the question where Get services
        must be used.
        """
        if self._infolink:
            return self._infolink.job(number)
        for status in JOB_STATUSES:
            if row := self._job_row("GetJobMain", number, customer_code, status):
                return row
        return None

    def oh_batch(self, job_number: str) -> str | None:
        """The job's overhead batch, None without such a job; only Info-Link shows it [SP 10.1]."""
        row = self._needed(f"the overhead batch of job {job_number}").job(job_number)
        if row is not None and OH_BATCH not in row:
            advice = f"Grant {OH_BATCH} of JC_JOB_MASTER_MC in Info-Link."
            raise LookupImpossible(f"Info-Link does not show {OH_BATCH} of jobs", advice)
        return None if row is None else row[OH_BATCH]

    def job_udf1(self, job_number: str, customer_code: str = "") -> str | None:
        """The job's first user-defined field, None without such a job; Info-Link's table for it is
        not known [SP 16].
        """
        statuses: tuple[str, ...] = JOB_STATUSES
        if self._infolink:
            job = self._infolink.job(job_number)
            if job is None:
                return None
            customer_code = job["Customer_Code"]
            statuses = (job["Status_Code"],)
        for status in statuses:
            if row := self._job_row("GetJobUDF", job_number, customer_code, status):
                return _cell(row, "UDF1")
        if self._infolink:
            # The job is there, but the operator behind the Authorization ID does not see it.
            advice = "Give the operator of the Authorization ID the right to see this job."
            raise LookupImpossible(
                f"GetJobUDF does not show job {job_number}, which exists", advice
            )
        return None

    def phases(self, job_number: str) -> dict[tuple[str, str], Row]:
        """The phases of a job by phase code and cost type, whatever their status; codes without
        dashes [SP 1.8].
        """
        rows = (
            self._infolink.phases(job_number)
            if self._infolink
            else self._phase_rows("GetPhase", job_number)
        )
        named = (_as_phase(row) for row in rows)
        return {(row["Phase_Code"], row["Cost_Type"]): row for row in named}

    def template_phases(self, job_number: str) -> tuple[Row, ...]:
        """All that is known of the phases of a job that others are modelled on, in the order of
        phase and cost type.

        Asked of GetPhaseEnhanced even with Info-Link, because it tells units for certain; where it
        cannot answer, of Info-Link.
        """
        try:
            rows = [_as_phase(row) for row in self._phase_rows("GetPhaseEnhanced", job_number)]
        except LookupImpossible as impossible:
            rows = [_as_phase(row) for row in self._template_in_tables(job_number, impossible)]
        return tuple(sorted(rows, key=lambda row: (row["Phase_Code"], row["Cost_Type"])))

    def _template_in_tables(self, number: str, impossible: LookupImpossible) -> tuple[Row, ...]:
        if self._infolink is not None:
            with suppress(AccessDenied, ContractBroken):
                return self._infolink.template_phases(number)
        raise LookupImpossible(impossible.message, TEMPLATE_ADVICE) from None

    def _needed(self, noun: str) -> "InfoLinkReader":
        if self._infolink is None:
            raise LookupImpossible(
                f"Without Info-Link {noun} cannot be looked up: no service answers it"
            )
        return self._infolink

    def _rows(self, service: str, params: Mapping[str, str]) -> Rows:
        try:
            return self._get(service, params)
        except ServiceMissing as missing:
            raise LookupImpossible(missing.message) from None

    def _job_row(self, service: str, number: str, customer_code: str, status: str) -> Row | None:
        rows = self._rows(service, {"pStatus_Code": status, "pCustomer_Code": customer_code})
        found = _found(rows.rows, {"Job_Number": number})
        if not found and not rows.is_complete:
            raise _capped(f"job {number}", service)
        return found[0] if found else None

    def _phase_rows(self, service: str, job_number: str) -> tuple[Row, ...]:
        found: list[Row] = []
        for status in JOB_STATUSES:
            rows = self._rows(service, {"pJob_Number": job_number.strip(), "pStatus_Code": status})
            if not rows.is_complete:
                raise _capped(f"the phases of job {job_number}", service)
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


def _some(found: C, noun: str) -> C:
    """The same of a table."""
    if not found:
        raise LookupImpossible(
            f"Info-Link shows no {noun} at all", "Check what the Info-Link login may see."
        )
    return found


def _capped(noun: str, service: str) -> LookupImpossible:
    return LookupImpossible(f"{noun} cannot be looked up: {service} has more rows than it shows")


def _cell(row: Row, name: str) -> str:
    if name not in row:
        raise ContractBroken(f"a row came without the column {name}", system="spectrum")
    return row[name]


def _found(rows: tuple[Row, ...], key: Mapping[str, str]) -> list[Row]:
    return [
        row for row in rows if all(_cell(row, name) == value.strip() for name, value in key.items())
    ]


def _types_of_statuses(everybody: Rows, active: Rows) -> dict[str, str]:
    """The type behind each code of status, as far as the two lists tell it.

    A list that shows nobody active says that its letter is not this company's, and nothing of
    anybody.
    """
    if not active.rows:
        return {}
    types = {_cell(row, "Employment_Status"): ACTIVE for row in active.rows}
    if active.is_complete:
        others = {_cell(row, "Employment_Status") for row in everybody.rows} - types.keys()
        types |= dict.fromkeys(others, NOT_ACTIVE)
    return types


def _as_employee(row: Row, types: Mapping[str, str]) -> PayrollEmployee:
    names = ("Employee_Code", "Employee_Name", "Employment_Status", "Department_Code")
    code, name, status, department = (_cell(row, name) for name in names)
    return PayrollEmployee(code, name, status, department, types.get(status, ""))


def _as_customer(row: Row) -> Row:
    renamed = {CUSTOMER_NAMES.get(name, name): value for name, value in row.items()}
    return {
        name: CUSTOMER_VALUES.get(name, {}).get(value, value) for name, value in renamed.items()
    }


def _as_phase(row: Row) -> Row:
    for name in PHASE_COLUMNS:
        _cell(row, name)
    return {**row, "Phase_Code": row["Phase_Code"].replace("-", "")}
