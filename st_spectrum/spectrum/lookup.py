"""Finding records in Spectrum by their natural key: in Info-Link where there is one, else through
the Get services.

"Not found" counts only if the answer was complete; otherwise the look-up was not possible, which is
something else than an absent record.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.lookup_answers import CodesInUse, EmployeesShown, LookupImpossible
from st_spectrum.spectrum.soap.get_services import (
    JOB_STATUSES,
    Get,
    GetServices,
    Row,
    as_phase,
    capped,
    cell,
)
from st_spectrum.spectrum.timecards import PayrollEmployee, StoredTimeCard

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.packing_lists import Packed
    from st_spectrum.spectrum.infolink.reader import GlAccount, InfoLinkReader
    from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder
    from st_spectrum.spectrum.stored_invoices import ArMasters, StoredDocument
    from st_spectrum.spectrum.timecards import Days, OurTokens

C = TypeVar("C", bound=Collection[str])

OH_BATCH = "Job_Oh_Batch_Code"

TEMPLATE_ADVICE = (
    "Choose another template job or none in the account file; only GetPhaseEnhanced and Info-Link"
    " tell price methods."
)


class Lookup:
    """The look-ups over one installation. Rows bear the names of the Add services, whichever way
    they came.

    All functions raise the error families for failed reads and `LookupImpossible` where no answer
    can be had.
    """

    def __init__(self, get: Get, infolink: "InfoLinkReader | None") -> None:
        self._services = GetServices(get)
        self._infolink = infolink

    def customer(self, code: str) -> Row | None:
        """The AR customer, whatever its status."""
        if self._infolink:
            return self._infolink.customer(code)
        return self._services.customer(code)

    def customer_codes(self) -> CodesInUse:
        """All customer codes in use."""
        if self._infolink:
            return CodesInUse(self._infolink.customer_codes(), is_complete=True)
        return self._services.customer_codes()

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
        from st_spectrum.spectrum.infolink import invoice_table

        return invoice_table.read(reader, numbers)

    def ar_masters(self, customers: Iterable[str], jobs: Iterable[str]) -> "ArMasters":
        """Which of these customers and jobs take no invoices; no service tells it in one question
        [SP 14].
        """
        reader = self._needed("customers and jobs of invoices")
        from st_spectrum.spectrum.infolink import ar_masters

        return ar_masters.read(reader, customers, jobs)

    def pre_time_cards(
        self, tokens: Iterable[str], days: tuple[date, date] | None = None
    ) -> dict[str, StoredTimeCard]:
        """Pre-time cards by their token; no service answers them [SP 6.3]."""
        reader = self._needed("time cards")
        from st_spectrum.spectrum.infolink import time_tables

        return time_tables.find(reader, tokens, days)

    def our_time_tokens(
        self, spans: "Sequence[Days] | None" = None, tokens: Iterable[str] = ()
    ) -> "OurTokens":
        """The tokens of ours in Payroll for these days, and of `tokens` whatever their day."""
        reader = self._needed("time cards")
        from st_spectrum.spectrum.infolink import time_tables

        return time_tables.our_tokens(reader, spans, tokens)

    def employees(self) -> EmployeesShown:
        """Those that GetEmployee shows, whatever their status."""
        return self._services.employees()

    def employee(self, code: str, shown: EmployeesShown | None = None) -> PayrollEmployee | None:
        """The employee, whatever the status, found among those `shown` before or else asked for
        anew. A company with more people than are shown needs Info-Link, where the columns of status
        and department are assumed to be called as in GetEmployee.
        """
        shown = shown or self.employees()
        known = shown.by_code.get(code.strip())
        if known is not None or shown.is_complete:
            return known
        if self._infolink is None:
            raise capped(f"employee {code}", "GetEmployee")
        from st_spectrum.spectrum.infolink import time_tables

        return time_tables.employee(self._infolink, code, shown.types)

    def pay_types(self) -> dict[str, str]:
        """The pay types."""
        return self._services.pay_types()

    def gl_accounts(self) -> "dict[str, GlAccount]":
        """The general ledger accounts by code; no service answers them [SP 6.3]."""
        return _some(self._needed("the list of GL accounts").gl_accounts(), "GL accounts")

    def ar_terms(self) -> frozenset[str]:
        """The AR terms codes; no service answers them [SP 6.3]."""
        return _some(self._needed("the list of AR terms").terms_codes(), "AR terms")

    def po_headers(self, closed_since: date) -> "tuple[PoHeader, ...]":
        """One poll of the purchase orders; no service answers them [SP 15.1]."""
        reader = self._needed("the list of purchase orders")
        from st_spectrum.spectrum.infolink import order_records

        return order_records.scan(reader, closed_since)

    def purchase_orders(self, numbers: Iterable[str]) -> "tuple[PurchaseOrder, ...]":
        """Purchase orders with their lines; no service answers them [SP 15.1]."""
        reader = self._needed("purchase orders")
        from st_spectrum.spectrum.infolink import order_records

        return order_records.read(reader, numbers)

    def packed(self, numbers: Iterable[str]) -> "Packed":
        """What came of these orders by packing lists; no service answers them [SP 15.3]."""
        reader = self._needed("packing lists")
        from st_spectrum.spectrum.infolink import packing_lists

        return packing_lists.read(reader, numbers)

    def job(self, number: str, customer_code: str = "") -> Row | None:
        """The job, whatever its status. A known customer narrows the question where Get services
        must be used.
        """
        if self._infolink:
            return self._infolink.job(number)
        for status in JOB_STATUSES:
            if row := self._services.job("GetJobMain", number, customer_code, status):
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
            if row := self._services.job("GetJobUDF", job_number, customer_code, status):
                return cell(row, "UDF1")
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
            else self._services.phases("GetPhase", job_number)
        )
        named = (as_phase(row) for row in rows)
        return {(row["Phase_Code"], row["Cost_Type"]): row for row in named}

    def template_phases(self, job_number: str) -> tuple[Row, ...]:
        """All that is known of the phases of a job that others are modelled on, in the order of
        phase and cost type.

        Asked of GetPhaseEnhanced even with Info-Link, because it tells units for certain; where it
        cannot answer, of Info-Link.
        """
        try:
            rows = [as_phase(row) for row in self._services.phases("GetPhaseEnhanced", job_number)]
        except LookupImpossible as impossible:
            rows = [as_phase(row) for row in self._template_in_tables(job_number, impossible)]
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


def _some(found: C, noun: str) -> C:
    """Every company has some: none at all means that we may not see them."""
    if not found:
        raise LookupImpossible(
            f"Info-Link shows no {noun} at all", "Check what the Info-Link login may see."
        )
    return found
