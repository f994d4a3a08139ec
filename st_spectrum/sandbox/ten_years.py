"""A contractor with ten years of history in both systems, typed by two offices that never agreed on
a spelling: what `init` and `match` are tried on.

    fill_ten_years(TenYears(), sandbox)

Written into the stand-ins directly, because a year of it by their APIs would take an hour. What the
codes of one system have to do with those of the other, its clerks know, and now and then get wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Self
from zoneinfo import ZoneInfo

from st_spectrum.sandbox import names
from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.matching_world import MatchingWorld, Record, build_matching_world
from st_spectrum.sandbox.rig import Rig
from st_spectrum.sandbox.servicetrade import company as companies
from st_spectrum.sandbox.servicetrade import job as jobs
from st_spectrum.sandbox.servicetrade import location as locations
from st_spectrum.sandbox.servicetrade import servicerequest as requests
from st_spectrum.sandbox.servicetrade.documents import Document, Documents
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from st_spectrum.sandbox.spectrum import payroll_tables, tables
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.ten_years_invoices import approve_invoice
from st_spectrum.sandbox.ten_years_setup import (
    CONTRACT_TYPES,
    COST_CENTERS,
    DEPARTMENTS,
    LINES,
    NEVER_THERE,
    OFFICE_OF_CITY,
    TAXES,
    TECHNICIANS,
    set_up_servicetrade,
    set_up_spectrum,
)

DAYS = 3650
ZONE = ZoneInfo("America/Denver")
NOT_TYPED_YET = timedelta(days=14)
"""Jobs of so many days nobody has typed into Spectrum yet: these are what would cross."""
SLIP = 0.004
"""How often a clerk takes another code than the usual one."""
TERMS = {"Due on Receipt": "6", "Net 10": "1", "Net 30": "3", "Net 45": "4", "Net 60": "5"}
TYPES = (*CONTRACT_TYPES, *NEVER_THERE)
SHARES = (40, 10, 20, 16, 8, 6, 2, 2)


@dataclass(frozen=True)
class TenYears:
    """How much of everything."""

    seed: int = 1
    companies: int = 2000
    traps: int = 300
    jobs: int = 12000
    cards: int = 8000

    @classmethod
    def small(cls, seed: int = 1) -> Self:
        """For tests: filled in a second or two."""
        return cls(seed, companies=200, traps=30, jobs=3000, cards=2400)


@dataclass
class TenYearsBuilt:
    """What stands there, and what only this world knows."""

    matching: MatchingWorld
    made: dict[str, int]
    company_ids: dict[str, int] = field(default_factory=dict)
    """ServiceTrade's id by the key of `matching`."""


@dataclass(frozen=True)
class _Site:
    location: Document
    company: Record
    is_linked: bool


def fill_ten_years(size: TenYears, rig: Rig, now: datetime | None = None) -> TenYearsBuilt:
    """Both systems must hold nothing but their fixed set-up."""
    today = now or datetime.now(UTC)
    random = Random(size.seed)  # noqa: S311  a reproducible world, no secret
    servicetrade, spectrum = (rig.inside(name) for name in ("servicetrade", "spectrum"))
    world = build_matching_world(size.companies, size.traps, seed=size.seed + 6)
    documents: Documents = servicetrade.documents
    with documents.lock, spectrum.database.writing() as book:
        filling = _Filling(size, world, random, documents, book.of(COMPANY_CODE), today)
        usual = documents.now
        try:
            filling.fill()
        finally:
            documents.now = usual
        documents.commit()
    return filling.built


def first_new_day(now: datetime) -> date:
    """The day from which on nobody typed jobs into Spectrum: that of going live."""
    return now.astimezone(ZONE).date() - NOT_TYPED_YET


class _Filling:
    def __init__(
        self,
        size: TenYears,
        world: MatchingWorld,
        random: Random,
        documents: Documents,
        book: Book,
        today: datetime,
    ) -> None:
        self._size, self._world, self._random = size, world, random
        self._documents, self._book, self._today = documents, book, today
        self._codes: dict[str, str] = {}
        for here, there in sorted(world.truth):
            self._codes.setdefault(here, there)
        self._terms: dict[str, str] = {}

    def fill(self) -> None:
        self._at(DAYS + 30)
        set_up_spectrum(self._book)
        self._made = set_up_servicetrade(self._documents)
        self.built = TenYearsBuilt(self._world, self._made)
        sites = list(self._sites())
        self._customers()
        self._jobs(sites)

    def _at(self, days_ago: float) -> datetime:
        at = self._today - timedelta(days=days_ago)
        epoch = int(at.timestamp())
        self._documents.now = lambda: epoch
        return at

    def _sites(self) -> Iterator[_Site]:
        """Companies one after another over the years, each with its first location and often
        more.
        """
        number = 0
        for place, record in enumerate(self._world.here):
            self._at(DAYS - place * (DAYS - 20) / len(self._world.here))
            company = self._company(record)
            self.built.company_ids[record.key] = company["id"]
            for further in range(self._random.choice((1, 1, 1, 2, 3))):
                made = self._location(record, company, further)
                is_linked = record.key in self._codes
                if is_linked and self._random.random() < 0.8:
                    number += 1
                    self._work_order_site(f"S{number:05d}", made, self._codes[record.key])
                yield _Site(made, record, is_linked)

    def _company(self, record: Record) -> Document:
        terms = self._random.choices(
            (None, "Net 30", "Due on Receipt", "Net 45", "Net 60", "Net 10"), (30, 40, 12, 8, 6, 4)
        )[0]
        self._terms[record.key] = terms or "Net 30"
        values = {
            "name": record.full_name,
            "customer": True,
            "phoneNumber": record.phone,
            "address": _address(record),
            "paymentTermsId": self._made[terms] if terms else None,
        }
        return self._documents.insert("company", companies.DEFAULTS | values)

    def _location(self, record: Record, company: Document, further: int) -> Document:
        """The first is where the company has its address, others are elsewhere in its city."""
        _, group, _ = TAXES[record.city]
        is_taxable = self._random.random() < 0.93
        name, address = record.full_name, _address(record)
        if further:
            tail = names.SITE_TAILS[(further * 7 + int(record.key)) % len(names.SITE_TAILS)]
            name = f"{name} - {tail}"
            road = self._random.choice(("Peoria", "Yosemite", "Simms", "Santa Fe", "Smith"))
            address["street"] = f"{self._random.randrange(100, 9900)} {road} Road"
        values = {
            "name": name,
            "companyId": company["id"],
            "address": address,
            "officeIds": [self._made[OFFICE_OF_CITY[record.city]]],
            "phoneNumber": record.phone,
            "taxable": is_taxable,
            "taxGroupId": self._made[group] if is_taxable else None,
        }
        return self._documents.insert("location", locations.DEFAULTS | values)

    def _work_order_site(self, code: str, location: Document, customer: str) -> None:
        address = location["address"]
        row = {
            "Ship_To_ID": code,
            "Ship_To_Name": location["name"][:30],
            "Ship_To_Customer_Code": customer,
            "Ship_To_Address1": address["street"][:30],
            "Ship_To_City": address["city"],
            "Ship_To_State": address["state"],
            "Ship_To_Zip_Code": address["postalCode"],
            "Status": "A",
        }
        self._book.insert(tables.SITES, row)

    def _customers(self) -> None:
        """As the other office typed them, with the terms and tax code that it gave them."""
        owners = {there: here for here, there in sorted(self._world.truth)}
        for customer in self._world.there:
            terms = TERMS[self._terms.get(owners.get(customer.key, ""), "Net 30")]
            code, _, _ = TAXES[customer.city]
            row = {
                "Customer_Code": customer.key,
                "Name": customer.full_name[:30],
                "Address_1": customer.street[:30],
                "City": customer.city,
                "State": customer.state,
                "Zip_Code": customer.postal_code[:10],
                "Phone": customer.phone[:14],
                "Terms_Code": self._slip(terms, "3"),
                "Sales_Tax_Code": code,
                "Taxable_Flag": "Y",
                "Status": "A" if customer.is_active else "I",
            }
            self._book.insert(tables.CUSTOMERS, row)

    def _slip(self, usual: str, other: str) -> str:
        return other if self._random.random() < SLIP else usual

    def _jobs(self, sites: list[_Site]) -> None:
        """Over the years on customers of both systems, and in the last days on anybody."""
        old = [site for site in sites if site.is_linked]
        typed: list[tuple[Document, str, datetime]] = []
        for place in range(self._size.jobs):
            days_ago = DAYS - place * DAYS / self._size.jobs
            at = self._at(days_ago)
            is_new = at.astimezone(ZONE).date() >= first_new_day(self._today)
            site = self._random.choice(sites if is_new else old)
            line = self._random.choices(list(LINES), (34, 8, 22, 20, 6, 10))[0]
            job = self._job(site, line, days_ago)
            if job["type"] in NEVER_THERE:
                continue
            if not is_new:
                self._spectrum_job(job, site, line, at)
                typed.append((job, line, at))
            elif job["completedOn"]:
                cents = self._random.randrange(9_000, 900_000)
                group = site.location["taxGroupId"]
                approve_invoice(self._documents, job, line, self._made[line], group, cents)
        for number in range(self._size.cards):
            self._card(number + 1, typed, self._random)

    def _job(self, site: _Site, line: str, days_ago: float) -> Document:
        kind = self._random.choices(TYPES, SHARES)[0]
        office = self._made[OFFICE_OF_CITY[site.company.city]]
        number = self._documents.next("job")
        is_open = days_ago < 20 and self._random.random() < 0.5
        values = {
            "number": number,
            "name": f"{kind.replace('_', ' ').title()} Job #{number}",
            "type": kind,
            "status": "scheduled" if is_open else "completed",
            "completedOn": None if is_open else self._documents.now(),
            "locationId": site.location["id"],
            "customerId": site.location["companyId"],
            "vendorId": PRIME_COMPANY_ID,
            "officeIds": [office],
            "assignedOfficeId": office,
            "description": f"{line}: {kind.replace('_', ' ')}",
        }
        job = self._documents.insert("job", jobs.DEFAULTS | values)
        request = {"description": f"{line} work", "serviceLineId": self._made[line]}
        request |= {"jobId": job["id"], "status": "open" if is_open else "closed"}
        self._documents.insert("servicerequest", requests.DEFAULTS | request)
        return job

    def _spectrum_job(self, job: Document, site: _Site, line: str, at: datetime) -> None:
        center, _ = LINES[line]
        center = self._slip(center, "410")
        _, account, price = COST_CENTERS[center]
        state, number = site.company.state, str(job["number"])
        customer = self._codes[site.company.key]
        tax = TAXES[site.company.city][0] if site.location["taxable"] else "EXEMPT"
        row = {
            "Job_Number": number,
            "Job_Description": job["description"][:25],
            "Customer_Code": customer,
            "Job_Type": self._slip(CONTRACT_TYPES[job["type"]], "SVC"),
            "Cost_Center": center,
            "Price_Method_Code": self._slip(price, "T"),
            "Tax_Class_Code": state if site.location["taxable"] else "EXEMPT",
            "Taxable_Flag": "Y" if site.location["taxable"] else "N",
            "Work_State_Tax_Code": state,
            "Job_Oh_Batch_Code": self._slip("OHSVC", "OHCON"),
            "State": state,
            "Status_Code": "A" if at > self._today - timedelta(days=120) else "C",
            "Create_Date": _day(at),
        }
        self._book.insert(tables.JOBS, row)
        self._ar_document(number, customer, center, self._slip(account, "4100"), tax, at)

    def _ar_document(
        self, job: str, customer: str, center: str, account: str, tax: str, at: datetime
    ) -> None:
        amount = self._random.randrange(9_000, 900_000)
        percent = next((rate for code, _, rate in TAXES.values() if code == tax), "0.0000")
        cents = round(amount * float(percent) / 100)
        key = {
            "Customer_Code": customer,
            "Invoice_Or_Transaction": f"{job}-1",
            "Transaction_Type": "I",
        }
        row = {
            **key,
            "Job_Number": job,
            "Invoice_Date": _day(at + timedelta(days=5)),
            "GL_Date": _day(at + timedelta(days=5)),
            "Batch_Code": f"{at:%y%m}",
            "Terms_Code": "3",
            "Sales_Tax_Code": tax,
            "Sales_Tax_Amount": _money(cents),
            "Taxable_Amount": _money(amount if cents else 0),
            "Non_Taxable_Amount": _money(0 if cents else amount),
            "Sales_Tax_Percent": percent,
            "Invoice_Extension": _money(amount + cents),
            "Post_Flag": "Y",
            "Print_Flag": "Y",
        }
        self._book.insert(tables.INVOICE_HEADERS, row)
        line = {"Sequence": "001", "Detail_Description": "Work", "Line_Extension": _money(amount)}
        line |= {"GL_Account": account, "Cost_Center": center}
        self._book.insert(tables.INVOICE_DETAILS, {**key, **line})

    def _card(
        self, number: int, typed: list[tuple[Document, str, datetime]], random: Random
    ) -> None:
        """Paid time on jobs, mostly of the last years, and now and then without one."""
        row = {
            "Record_Number": str(number),
            "Employee_Code": f"{2001 + random.randrange(TECHNICIANS)}",
            "Pay_Type": random.choices(("R", "O"), (9, 1))[0],
            "Hours": f"{random.randrange(1, 17) / 2:.2f}",
        }
        if random.random() < 0.05:
            at = self._today - timedelta(days=random.randrange(15, 900))
            row |= {"Department_Code": "SHOP", "Pay_Type": random.choice("VHS")}
        else:
            job, line, at = typed[int(len(typed) * (1 - 0.4 * random.random()))]
            office = self._documents.get("location", job["assignedOfficeId"]) or {}
            _, phase = LINES[line]
            row |= {
                "Job_Number": str(job["number"]),
                "Department_Code": self._slip(DEPARTMENTS[str(office["name"])], "SHOP"),
                "Phase_Code": phase,
                "Cost_Type": "L",
            }
        row["Work_Date"] = _day(at)
        self._book.insert(payroll_tables.TIME_CARD_HISTORY, row)


def _address(record: Record) -> Document:
    return {
        "street": record.street,
        "city": record.city,
        "state": record.state,
        "postalCode": record.postal_code,
    }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _day(at: datetime) -> str:
    return f"{at:%m/%d/%Y}"
