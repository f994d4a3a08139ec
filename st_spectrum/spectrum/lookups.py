"""What is looked up in Spectrum by those who hold its client; how each is found, by SOAP or in
Info-Link's tables, is `lookup`'s to know.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from st_spectrum.spectrum.lookup import Lookup
from st_spectrum.spectrum.lookup_answers import CodesInUse, EmployeesShown
from st_spectrum.spectrum.timecards import Days, OurTokens, PayrollEmployee, StoredTimeCard
from st_spectrum.spectrum.wire import Rows

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.packing_lists import Packed
    from st_spectrum.spectrum.infolink.reader import GlAccount, InfoLinkReader
    from st_spectrum.spectrum.purchase_orders import PoHeader, PurchaseOrder
    from st_spectrum.spectrum.stored_invoices import ArMasters, DatedDocument, StoredDocument


class SpectrumLookups(ABC):
    """Each function raises only families of `domain.errors`, and `LookupImpossible` besides."""

    infolink: "InfoLinkReader | None"
    _lookup: Lookup

    @abstractmethod
    def get(self, service: str, params: Mapping[str, str]) -> Rows:
        """Call a Get service."""

    def find_customer(self, code: str) -> dict[str, str] | None:
        """The AR customer with this code, or None."""
        return self._lookup.customer(code)

    def customer_codes(self) -> CodesInUse:
        """The customer codes in use."""
        return self._lookup.customer_codes()

    def find_site(self, site_id: str) -> dict[str, str] | None:
        """The work order site with this id, or None."""
        return self._lookup.site(site_id)

    def site_ids(self) -> CodesInUse:
        """The site ids in use."""
        return self._lookup.site_ids()

    def find_job(self, number: str, customer_code: str = "") -> dict[str, str] | None:
        """The job with this number, or None; a known customer helps where Info-Link is missing."""
        return self._lookup.job(number, customer_code)

    def find_phases(self, job_number: str) -> dict[tuple[str, str], dict[str, str]]:
        """The phases of a job by (phase code, cost type); empty without such a job."""
        return self._lookup.phases(job_number)

    def find_job_udf1(self, job_number: str, customer_code: str = "") -> str | None:
        """The job's UDF1, or None without such a job."""
        return self._lookup.job_udf1(job_number, customer_code)

    def find_oh_batch(self, job_number: str) -> str | None:
        """The job's overhead batch code, or None without such a job."""
        return self._lookup.oh_batch(job_number)

    def look_alikes(
        self, service: str, alike: Mapping[str, str], customer_code: str = ""
    ) -> tuple[dict[str, str], ...]:
        """Records such as `service` adds that agree with one of these fields, under any key."""
        from st_spectrum.spectrum import look_alikes

        return look_alikes.read(self.infolink, self.get, service, alike, customer_code)

    def find_alike(
        self, service: str, fields: Sequence[str], alike: Mapping[str, Collection[str]]
    ) -> tuple[dict[str, str], ...]:
        """Records such as `service` adds in one of whose fields one of its texts stands, with the
        `fields` that are wanted. One statement for all, or one for each 400.
        """
        from st_spectrum.spectrum import look_alikes

        return look_alikes.read_many(self.infolink, self.get, service, fields, alike)

    def template_phases(self, job_number: str) -> tuple[dict[str, str], ...]:
        """The phases of a template job with all columns of GetPhaseEnhanced."""
        return self._lookup.template_phases(job_number)

    def find_ar_documents(self, numbers: Iterable[str]) -> "tuple[StoredDocument, ...]":
        """Every AR invoice and credit memo under these numbers, of whatever customer, posted or
        not, in one statement.

        A document is unique by customer, number and type, so one number may have several.
        """
        return self._lookup.ar_documents(numbers)

    def find_ar_documents_on(
        self, customers_and_days: "Iterable[tuple[str, date]]"
    ) -> "tuple[DatedDocument, ...]":
        """The AR invoices and credit memos of these customers on these invoice dates, under
        whatever number, and perhaps more, in one statement; none without Info-Link.
        """
        from st_spectrum.spectrum.infolink import alike_invoices

        return alike_invoices.read(self.infolink, customers_and_days) if self.infolink else ()

    def find_ar_masters(self, customers: Iterable[str], jobs: Iterable[str]) -> "ArMasters":
        """Which of these AR customers and jobs take no invoices, in one statement for each of the
        two tables.
        """
        return self._lookup.ar_masters(customers, jobs)

    def find_pre_time_cards(
        self, tokens: Iterable[str], days: tuple[date, date] | None = None
    ) -> dict[str, StoredTimeCard]:
        """The pre-time cards whose `Message` is one of `tokens`, wherever they stand in Payroll; a
        missing one is left out.

        A card that was deleted at the screen is not found either. For the many cards of a week name
        its first and last day: then its cards are read at once, and only what is not among them is
        looked up.
        """
        return self._lookup.pre_time_cards(tokens, days)

    def our_time_tokens(
        self, spans: Sequence[Days] | None = None, tokens: Iterable[str] = ()
    ) -> OurTokens:
        """The tokens of ours that stand in Payroll for one of these spans of days, or without a
        day, and those of `tokens` whatever their day; without spans every one.

        One statement for each of its tables, and one more wherever an answer would grow too long.
        """
        return self._lookup.our_time_tokens(spans, tokens)

    def employees(self) -> EmployeesShown:
        """The employees, active and inactive, in one read; of a big company not all are shown."""
        return self._lookup.employees()

    def find_employee(
        self, code: str, shown: EmployeesShown | None = None
    ) -> PayrollEmployee | None:
        """The employee with this code, active or inactive, or None; a terminated one may be None
        too.

        With those `shown` by `employees` only who is not among them is asked for.
        """
        return self._lookup.employee(code, shown)

    def pay_types(self) -> dict[str, str]:
        """The pay types by code with their texts."""
        return self._lookup.pay_types()

    def gl_accounts(self) -> "dict[str, GlAccount]":
        """The general ledger accounts by code."""
        return self._lookup.gl_accounts()

    def ar_terms(self) -> frozenset[str]:
        """The AR terms codes."""
        return self._lookup.ar_terms()

    def po_headers(self, closed_since: date) -> "tuple[PoHeader, ...]":
        """Every purchase order that may still change, in one statement: what is not closed, and
        what was closed of those ordered or received on or after `closed_since`.

        An order that was here before and is missing now was closed or deleted: ask
        `purchase_orders` for it by its number.
        """
        return self._lookup.po_headers(closed_since)

    def purchase_orders(self, numbers: Iterable[str]) -> "tuple[PurchaseOrder, ...]":
        """The purchase orders of these numbers with their lines, closed ones too; one that was
        deleted is left out.
        """
        return self._lookup.purchase_orders(numbers)

    def packed(self, numbers: Iterable[str]) -> "Packed":
        """What came of these purchase orders by packing lists, by order and line; empty where these
        cannot be read.
        """
        return self._lookup.packed(numbers)
