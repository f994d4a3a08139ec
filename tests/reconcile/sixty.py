"""Sixty differences of all kinds, planted by hand in both systems of a month that has crossed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.flows.timecards.payroll_week import week_from
from tests.reconcile.planting import Month
from tests.world.billing_clerk import BillingClerk

HEADER, LINES = "INVOICE_HEADERS", "INVOICE_DETAILS"
STRAY_CARD = "ST0123456789ABCDEF"
STRAY_ITEM = "999999|1"
IN_SPECTRUM, IN_SERVICETRADE = "edited in Spectrum", "edited in ServiceTrade"

NamedDifference = tuple[str, str, str, str]
"""Flow, key, field and verdict."""


def document(number: str, kind: str = "I") -> dict[str, str]:
    """The key of an AR document, but for its customer."""
    return {"Invoice_Or_Transaction": number, "Transaction_Type": kind}


def credit(month: Month, number: str) -> None:
    """A clerk credits an invoice under its number, with no word to ServiceTrade."""
    for table in (LINES, HEADER):
        for row in month.rows(table, **document(number)):
            month.insert(table, row | {"Transaction_Type": "C"})


def edit_line(month: Month, key: str) -> None:
    """Somebody changes a line of an invoice in ServiceTrade, behind its status."""
    rows = month.contractor.control.records("servicetrade", "invoice")
    invoice: dict[str, Any] = next(row for row in rows if str(row["id"]) == key)
    items = [dict(item) for item in invoice["items"]]
    for name in ("price", "subtotal", "totalPrice"):
        if name in items[0]:
            items[0][name] = fifty_more(items[0][name])
    sums = {name: fifty_more(invoice[name]) for name in ("subtotal", "totalPrice")}
    month.contractor.control.edit("invoice", int(key), items=items, **sums)


def fifty_more(amount: object) -> str:
    """As an amount is kept."""
    more = Decimal(str(amount)) + 50
    return f"{more:.0f}" if more == more.to_integral() else str(more)


@dataclass
class Sixty:
    """Hands that edit, and a list of what they did. Those that a repair may send are `unsent`."""

    month: Month
    planted: set[NamedDifference] = field(default_factory=set)
    unsent: set[tuple[str, str]] = field(default_factory=set)

    def plant(self) -> None:
        """All of them; each touches records of its own."""
        self._masters()
        self._jobs()
        self._invoices_in_spectrum()
        self._invoices_in_servicetrade()
        self._cards()
        self._time()
        self._items()

    def _note(self, flow: str, key: str, name: str, verdict: str) -> None:
        self.planted.add((flow, key, name, verdict))

    def _never(self, flow: str, key: str) -> None:
        self._note(flow, key, "", "missing")
        self.unsent.add((flow, key))

    def _masters(self) -> None:
        month, control = self.month, self.month.contractor.control
        customers, sites = self._untouched("customers"), self._untouched("sites")
        there, here, city, gone = (next(customers) for _ in range(4))
        month.in_spectrum("CUSTOMERS", {"Name": "Renamed There"}, Customer_Code=there[1])
        self._note("customers", there[0], "Name", IN_SPECTRUM)
        control.edit("company", int(here[0]), name="Renamed Here")
        self._note("customers", here[0], "Name", IN_SERVICETRADE)
        month.in_spectrum("CUSTOMERS", {"City": "Elsewhere"}, Customer_Code=city[1])
        self._note("customers", city[0], "City", IN_SPECTRUM)
        month.delete("CUSTOMERS", Customer_Code=gone[1])
        self._note("customers", gone[0], "", "missing")
        dispatcher = month.contractor.dispatcher
        company = dispatcher.company("Never Noticed LLC")
        self._never("customers", str(company))
        known = int(next(customers)[0])
        self._never("sites", str(dispatcher.location(known, "Never Noticed Pier")))
        named, moved, unlinked, lost = (next(sites) for _ in range(4))
        month.in_spectrum("SITES", {"Ship_To_Name": "Other Site"}, Ship_To_ID=named[1])
        self._note("sites", named[0], "Site_Name", IN_SPECTRUM)
        (site,) = month.rows("SITES", Ship_To_ID=moved[1])
        other = next(
            code
            for _, code in month.confirmed("customers")
            if code != str(site["Ship_To_Customer_Code"]).strip()
        )
        month.in_spectrum("SITES", {"Ship_To_Customer_Code": other}, Ship_To_ID=moved[1])
        self._note("sites", moved[0], "Site_Customer_Code", IN_SPECTRUM)
        control.edit("location", int(unlinked[0]), externalIds={})
        self._note("sites", unlinked[0], "external id", IN_SERVICETRADE)
        month.delete("SITES", Ship_To_ID=lost[1])
        self._note("sites", lost[0], "", "missing")

    def _jobs(self) -> None:
        month, jobs = self.month, self._untouched("jobs")
        for table_field, value in (
            ("Job_Description", "Other Work"),
            ("Cost_Center", "20"),
            ("WO_Site", "S99999"),
            ("Customer_Code", "C99999"),
        ):
            key, number = next(jobs)
            month.in_spectrum("JOBS", {table_field: value}, Job_Number=number)
            self._note("jobs", key, table_field, IN_SPECTRUM)
        key, _ = next(jobs)
        month.contractor.control.edit("job", int(key), customName="New Name Of The Work")
        self._note("jobs", key, "Job_Description", IN_SERVICETRADE)
        key, number = next(jobs)
        month.delete("JOBS", Job_Number=number)
        self._note("jobs", key, "", "missing")
        key, number = next(jobs)
        phase = month.rows("PHASES", Job_Number=number)[0]
        month.delete("PHASES", Job_Number=number, Phase_Code=str(phase["Phase_Code"]).strip())
        self._note("jobs", key, "phases", IN_SPECTRUM)

    def _invoices_in_spectrum(self) -> None:
        month, single = self.month, self._single_documents()
        for _ in range(3):
            key, number = next(single)
            line = month.rows(LINES, **document(number))[0]
            month.in_spectrum(
                LINES, {"Line_Extension": "999.99"}, **document(number), Sequence=line["Sequence"]
            )
            self._note("invoices", key, "amount before tax", IN_SPECTRUM)
        for _ in range(3):
            key, number = next(single)
            for row in month.rows(LINES, **document(number)):
                month.in_spectrum(
                    LINES, {"GL_Account": "9999"}, **document(number), Sequence=row["Sequence"]
                )
            self._note("invoices", key, "GL accounts", IN_SPECTRUM)
        for _ in range(3):
            key, number = next(single)
            month.delete(HEADER, **document(number))
            self._note("invoices", key, "", "missing")
        for _ in range(2):
            key, number = next(single)
            credit(month, number)
            self._note("invoices", key, "", "extra")
        for name, value in (
            ("Invoice_Date", "01/02/2020"),
            ("Invoice_Date", "01/03/2020"),
            ("Sales_Tax_Amount", "77.77"),
            ("Job_Number", "STRAY"),
        ):
            key, number = next(single)
            month.in_spectrum(HEADER, {name: value}, **document(number))
            self._note("invoices", key, name, IN_SPECTRUM)
        for key, number in self._voided(2):
            month.delete(HEADER, **document(number, "C"))
            self._note("invoices", key, "", "missing")
        self._single = single

    def _invoices_in_servicetrade(self) -> None:
        month, single = self.month, self._single
        for _ in range(2):
            key, _number = next(single)
            edit_line(month, key)
            self._note("invoices", key, "amount before tax", IN_SERVICETRADE)
        key, number = next(single)
        edit_line(month, key)
        month.in_spectrum(LINES, {"Line_Extension": "1.11"}, **document(number), Sequence="001")
        self._note("invoices", key, "amount before tax", "edited in both")
        key, _number = next(single)
        month.contractor.control.edit("invoice", int(key), totalPrice="1", subtotal="1")
        self._note("invoices", key, "total with tax", IN_SERVICETRADE)
        clerk = BillingClerk(month.contractor.office)
        company = next(self._untouched("customers", 10))[0]
        location = next(
            row["id"]
            for row in month.contractor.control.records("servicetrade", "location")
            if str(row["companyId"]) == company
        )
        late = clerk.draft({"price": 120}, customerId=int(company), locationId=location)
        clerk.submit(late)
        self._never("invoices", late)

    def _cards(self) -> None:
        month = self.month
        cards = iter([one for one in month.cards() if str(one[1]["Job_Number"]).strip()])
        for values in (
            {"Hours": "1.25"},
            {"Hours": "17.75"},
            {"Hours": "0.75"},
            {"Pay_Type": "X"},
            {"Job_Number": "STRAY"},
            {"Employee_Code": "T9999"},
            {"Work_Date": "07/04/2026"},
        ):
            key, row = next(cards)
            month.edit_card(row, **values)
            self._note("timecards", key, *values, IN_SPECTRUM)
        for _ in range(2):
            key, row = next(cards)
            month.take_out(row)
            self._note("timecards", key, "", "missing")
        key, row = next(cards)
        month.copy_card(row)
        self._note("timecards", key, "", "doubled")
        key, row = next(cards)
        month.copy_card(row, Message=STRAY_CARD)
        self._note("timecards", STRAY_CARD, "", "extra")
        self._rest = cards

    def _time(self) -> None:
        month = self.month
        key, _ = next(self._rest)
        month.edit_time(key, duration=1800, quantity=0.5)
        self._note("timecards", key, "Hours", IN_SERVICETRADE)
        key, _ = next(self._rest)
        month.edit_time(key)
        self._note("timecards", key, "", "extra")
        key, _ = next(self._rest)
        before = self._time_keys()
        month.forget_to_send(key)
        (late,) = self._time_keys() - before
        self._never("timecards", late)

    def _time_keys(self) -> set[str]:
        with self.month.contractor.session() as session:
            week = time_context(session.flows).times.weeks_with_other_cards
            ends = sorted({key.partition(".")[0] for key in session.ledger.keys("timecards")})
            return {
                entry.key
                for entries in week([week_from(end) for end in ends]).values()
                for entry in entries
            }

    def _items(self) -> None:
        month, items = self.month, iter(self.month.items()[::2])
        key, row = next(items)
        month.edit_item(row, quantity=99.0)
        self._note("purchase_orders", key, "quantity", IN_SERVICETRADE)
        key, row = next(items)
        month.edit_item(row, cost=1234.5)
        self._note("purchase_orders", key, "cost", IN_SERVICETRADE)
        key, row = next(items)
        other = next(one["jobId"] for _, one in month.items() if one["jobId"] != row["jobId"])
        month.edit_item(row, jobId=other)
        self._note("purchase_orders", key, "job", IN_SERVICETRADE)
        key, row = next(items)
        month.contractor.office.remove(f"/jobitem/{row['id']}")
        self._note("purchase_orders", key, "", "missing")
        key, row = next(items)
        month.copy_item(row, key)
        self._note("purchase_orders", key, "", "doubled")
        key, row = next(items)
        month.change_line(key, price="77.7")
        self._note("purchase_orders", key, "cost", IN_SPECTRUM)
        key, row = next(items)
        number, _, line = key.rpartition("|")
        month.contractor.control.order(number, "cancel_line", line=line)
        self._note("purchase_orders", key, "", "extra")

    def _untouched(self, flow: str, start: int = 0) -> Iterator[tuple[str, str]]:
        return iter(self.month.confirmed(flow)[start:])

    def _single_documents(self) -> Iterator[tuple[str, str]]:
        """Invoices that became one document, and nothing else under their number."""
        kinds: dict[str, set[str]] = {}
        for row in self.month.rows(HEADER):
            number = str(row["Invoice_Or_Transaction"]).strip()
            kinds.setdefault(number, set()).add(str(row["Transaction_Type"]).strip())
        return iter([one for one in self.month.confirmed("invoices") if kinds.get(one[1]) == {"I"}])

    def _voided(self, count: int) -> list[tuple[str, str]]:
        """Invoices that were taken back by one document, and the number of that."""
        suffix = self.month.contractor.account.invoices.number.void_suffix
        numbers = {
            str(row["id"]): f"{str(row['invoiceNumber']).strip().upper()}{suffix}"
            for row in self.month.contractor.control.records("servicetrade", "invoice")
        }
        taken_back = {str(row["Invoice_Or_Transaction"]).strip() for row in self.month.rows(HEADER)}
        with self.month.contractor.session() as session:
            voided = [one for one in session.ledger.entries("invoices") if one.state == "voided"]
        return [(one.key, numbers[one.key]) for one in voided if numbers[one.key] in taken_back][
            :count
        ]
