"""The script that the field writes: look up the external id, post, write it back, try again.

It carries the six flows in some sixty honest lines: every call is tried three times, one bad record
does not stop the others, and what has no external id of its own is remembered in a file after it
was sent. `make campaign OF=naive` runs it through the same histories as the product; it is written
for that comparison, and for nothing else.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from st_spectrum.sandbox.callers import EVERY_JOB_STATUS, CallRefused
from st_spectrum.sandbox.callers import ServiceTradeCaller as ServiceTrade
from st_spectrum.sandbox.callers import SpectrumCaller as Spectrum
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM

Row = dict[str, Any]
TRIES = 3
TAKEN = ("already", "duplicate", "exists")
"""Words by which Spectrum says that a number was posted before."""


class SentFile(Protocol):
    """Ids of what was sent, for whatever has no external id."""

    def __contains__(self, key: str) -> bool: ...
    def add(self, key: str) -> None: ...


class Naive:
    """One run over everything that is not across yet."""

    def __init__(
        self, servicetrade: ServiceTrade, spectrum: Spectrum, orders: Callable[[], Iterable[Row]], sent: SentFile,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.st, self.sp, self.orders, self.sent, self.sleep = (
            servicetrade,
            spectrum,
            orders,
            sent,
            sleep,
        )

    def run(self, flows: Iterable[str]) -> None:
        for flow in flows:
            for row, carry in self.attempted(getattr(self, flow)) or ():
                self.attempted(lambda carry=carry, row=row: carry(row))

    def attempted(self, work: Callable[[], Any]) -> Any:
        for attempt in range(TRIES):
            try:
                return work()
            except Exception:  # noqa: BLE001 - as such scripts do
                self.sleep(2.0**attempt)
        return None

    def external_id(self, kind: str, record: int) -> str:
        return str(self.st.get(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}")["value"] or "")

    def write_back(self, kind: str, record: int, code: str) -> None:
        self.attempted(
            lambda: self.st.put(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}", value=code)
        )

    def post(self, service: str, **fields: str) -> None:
        try:
            self.sp.write(service, **fields)
        except CallRefused as refused:  # sent by an earlier run that did not come to write it back
            if not any(word in str(refused).lower() for word in TAKEN):
                raise

    def create(self, kind: str, row: Row, service: str, code: str, **fields: str) -> None:
        if not self.external_id(kind, row["id"]):
            self.sp.write(service, **fields)
            self.write_back(kind, row["id"], code)

    def customers(self) -> list[tuple[Row, Callable[[Row], None]]]:
        found = self.st.all("/company", "companies", isCustomer=1)
        return [(row, self.customer) for row in found if row["customer"]]

    def customer(self, row: Row) -> None:
        code = self.next_code("C", "customer")
        self.create("company", row, "AddCustomer", code, Customer_Code=code, Name=row["name"][:30], Terms_Code="3",
                    Sales_Tax_Code="VA", State="VA")  # fmt: skip

    def next_code(self, prefix: str, kind: str) -> str:
        """The next free number, counted in the file; a number that was taken is not used again."""
        number = next(n for n in range(9000, 99999) if f"{kind}-{n}" not in self.sent)
        self.sent.add(f"{kind}-{number}")
        return f"{prefix}{number:05d}"

    def sites(self) -> list[tuple[Row, Callable[[Row], None]]]:
        return [(row, self.site) for row in self.st.all("/location", "locations")]

    def site(self, row: Row) -> None:
        code, customer = (
            self.next_code("S", "site"),
            self.external_id("company", row["company"]["id"]),
        )
        self.create("location", row, "AddWOSiteAddress", code, Site_ID=code, Site_Name=row["name"][:30],
                    Site_Customer_Code=customer, Site_State="VA", Sales_Tax_Code="VA")  # fmt: skip

    def jobs(self) -> list[tuple[Row, Callable[[Row], None]]]:
        return [(row, self.job) for row in self.st.all("/job", "jobs", status=EVERY_JOB_STATUS)]

    def job(self, row: Row) -> None:
        if not self.external_id(
            "job", row["id"]
        ):  # the number is ServiceTrade's, so it cannot double
            customer = self.external_id("company", row["customer"]["id"])
            self.post("AddJob", Job_Number=str(row["number"]), Job_Description=row["name"][:25], Customer_Code=customer,
                      Taxable_Flag="N", Price_Method_Code="F", Tax_Class_Code="VA")  # fmt: skip
            self.write_back("job", row["id"], str(row["number"]))

    def invoices(self) -> list[tuple[Row, Callable[[Row], None]]]:
        found = self.st.all("/invoice", "invoices", status="pending_accounting")
        voided = self.st.all("/invoice", "invoices", status="void")
        return [(row, self.invoice) for row in found] + [(row, self.void) for row in voided]

    def invoice(self, row: Row) -> None:
        self.document(row, str(row["invoiceNumber"]), "I")
        self.attempted(lambda: self.st.put(f"/invoice/{row['id']}", status="processed"))
        self.sent.add(f"invoice-{row['id']}")

    def void(self, row: Row) -> None:
        if f"invoice-{row['id']}" in self.sent:
            self.document(row, f"{row['invoiceNumber']}V", "C")

    def document(self, row: Row, number: str, kind: str) -> None:
        job = row["job"]["id"]
        customer = self.external_id("company", row["customer"]["id"])
        day = datetime.fromtimestamp(row["transactionDate"], UTC)
        self.post("AddARInvoice", Invoice_Or_Transaction=number, Transaction_Type=kind, Customer_Code=customer,
                  Job_Number=self.external_id("job", job), Invoice_Date=f"{day:%m/%d/%Y}", GL_Date=f"{day:%m/%d/%Y}",
                  Terms_Code="3", Batch_Code="NAIVE", GL_Account="4010", Income_Cost_Center="100", AR_GL_Account="1200",
                  Line_Extension=f"{abs(row['totalPrice']):.2f}", Detail_Description="Service", Taxable_Flag="N")  # fmt: skip

    def timecards(self) -> list[tuple[Row, Callable[[Row], None]]]:
        cards = self.st.all("/timecard", "timeCards", status="approved")
        return [
            (dict(log, user=card["user"]), self.hours) for card in cards for log in card["dayLogs"]
        ]

    def hours(self, row: Row) -> None:
        key = f"time-{row['id']}"
        if key not in self.sent:
            day = datetime.fromtimestamp(row["date"], UTC)
            self.sp.write("PreTimeCard", Employee_Code=self.external_id("user", row["user"]["id"]), Batch_Code="NAIVE",
                          Work_Date=f"{day:%m/%d/%Y}", Hours_Employee=f"{row['duration'] / 3600:.2f}", Pay_Type="R",
                          Department_Code="100", Job_Number=self.external_id("job", row["job"]["id"]),
                          Phase_Code="001", Cost_Type="L", State="VA")  # fmt: skip
            self.sent.add(key)

    def purchase_orders(self) -> list[tuple[Row, Callable[[Row], None]]]:
        return [(row, self.line) for row in self.orders()]

    def line(self, row: Row) -> None:
        key = f"line-{row['PO_Number']}-{row['Line_Number']}"
        if key not in self.sent:
            jobs = self.st.all("/job", "jobs", status=EVERY_JOB_STATUS)
            job = next(
                job["id"]
                for job in jobs
                if self.external_id("job", job["id"]) == row["Job_Number"].strip()
            )
            self.st.post("/jobitem", jobId=job, name=row["Item_Description"].strip(),
                         quantity=float(row["PO_Quantity_List1"]), cost=float(row["Item_Price"]))  # fmt: skip
            self.sent.add(key)
