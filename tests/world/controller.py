"""The controller at Spectrum's screen: sets codes up, types records of their own, closes
periods.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, INVOICE_HEADERS, JOBS, TAX_CLASSES

if TYPE_CHECKING:
    from tests.world.contractor import Contractor


class Controller:
    """Somebody who works in Spectrum. What is added like a record of old is no record of ours."""

    def __init__(self, contractor: "Contractor") -> None:
        self.contractor = contractor

    @cached_property
    def spectrum(self) -> SpectrumCaller:
        """What is typed in here, Spectrum checks."""
        sandbox = self.contractor.sandbox
        return SpectrumCaller(sandbox.spectrum_url, sandbox.for_people().spectrum)

    def close(self) -> None:
        if "spectrum" in vars(self):
            self.spectrum.close()

    def add_old_customer(self, code: str) -> None:
        """A customer from before Spectrum checked the letters of codes."""
        self.insert(CUSTOMERS, [{"Customer_Code": code, "Name": "Old"}])
        before = self.contractor.before
        self.contractor.before = replace(before, customers=before.customers | {code})

    def add_job(self, number: str) -> None:
        """A job of this number."""
        self._add_jobs([number])

    def add_old_jobs(self, count: int) -> None:
        """Jobs of many years, more than a Get service shows."""
        self._add_jobs([f"A{number:05d}" for number in range(count)])

    def add_tax_class(self, code: str) -> None:
        self.insert(TAX_CLASSES, [{"Tax_Class_Code": code, "Description": code}])

    def change(self, table: Table, code: str, **values: str) -> None:
        """Another value in a customer or a job."""
        self.update(table, values, **{table.key[1]: code})

    def update(self, table: Table, values: Mapping[str, str], **key: str) -> None:
        """Other values in the rows of this key."""
        with self._database.writing() as book:
            book.of(self._company_code).update(table, values, **key)

    def rows(self, table: Table, **key: str) -> list[dict[str, Any]]:
        """The rows of this key as they are kept."""
        with self._database.writing() as book:
            return [dict(row) for row in book.of(self._company_code).all(table, **key)]

    def add_document(self, number: str, amount: str, *, kind: str = "I", place: int = 0) -> None:
        """An AR document of their own under this number; `place` is that of a customer there."""
        control = self.contractor.control
        customer = control.records("spectrum", "CR_CUSTOMER_MASTER_MC")[place]
        fields = {
            "GL_Date": "06/01/2026",
            "Invoice_Date": "06/01/2026",
            "Batch_Code": "HAND",
            "Transaction_Type": kind,
        }
        self.spectrum.write(
            "AddARInvoice",
            **fields,
            Customer_Code=customer["Customer_Code"].strip(),
            Invoice_Or_Transaction=number,
            Line_Extension=amount,
            GL_Account="4010",
        )
        control.clear_calls()

    def reverse(self, number: str) -> None:
        """Update the document to the general ledger, and take it back."""
        for action in ("post", "reverse"):
            self.contractor.control.ar_document(number, action)

    def mark_reversed(self, number: str) -> None:
        """The invoice bears the mark of a reversal, and nothing else says that there was one."""
        key = {"Invoice_Or_Transaction": number, "Transaction_Type": "I"}
        self.update(INVOICE_HEADERS, {"Reversed": "Y"}, **key)

    def close_period(self) -> None:
        self.contractor.control.switch(
            "spectrum", ar_first_day="2030-01-01", ar_last_day="2030-12-31"
        )

    def open_period(self) -> None:
        """The controller opens it again and says so."""
        self.contractor.control.switch(
            "spectrum", ar_first_day="2020-01-01", ar_last_day="2030-12-31"
        )
        self.contractor.retry("invoices")

    def _add_jobs(self, numbers: list[str]) -> None:
        rows = [{"Job_Number": n, "Status_Code": "A", "Customer_Code": "OLD"} for n in numbers]
        self.insert(JOBS, rows)
        before = self.contractor.before
        self.contractor.before = replace(before, jobs=before.jobs | set(numbers))

    def delete(self, table: Table, **key: str) -> None:
        """These rows are gone, and nothing says that they were there."""
        with self._database.writing() as book:
            book.of(self._company_code).delete(table, **key)

    def insert(self, table: Table, rows: Iterable[dict[str, str]]) -> None:
        """Rows as they are, unchecked."""
        with self._database.writing() as book:
            for row in rows:
                book.of(self._company_code).insert(table, row)

    @property
    def _database(self) -> Any:
        return self.contractor.system("spectrum").database

    @property
    def _company_code(self) -> str:
        return self.contractor.account.spectrum.company_code
