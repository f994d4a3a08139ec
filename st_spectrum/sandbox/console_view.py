"""What the console shows, as values: both systems side by side, matched by external id, invoices by
number, time by week.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from st_spectrum.sandbox import console_time
from st_spectrum.sandbox.console_invoices import by_invoice, read_documents, should_cross, totals
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.rig import Rig

SHOWN = 50
SEPARATOR = "|"
"""Between the Spectrum jobs of one ServiceTrade job, where cost centers have jobs of their own."""

CUSTOMERS = """SELECT TRIM(Customer_Code), RTRIM(TRIM(Name) || ' · ' || TRIM(City) || ' ' || TRIM(State), ' ·')
  FROM CR_CUSTOMER_MASTER_MC"""
SITES = """SELECT TRIM(Ship_To_ID), TRIM(Ship_To_Name) || ' · customer ' || TRIM(Ship_To_Customer_Code)
  FROM WO_ADDRESS_MC"""
JOBS = """SELECT TRIM(job.Job_Number), TRIM(job.Job_Description) || ' · phases: ' || COUNT(DISTINCT phase.Phase_Code)
    || ', with cost types: ' || COUNT(phase.Phase_Code)
  FROM JC_JOB_MASTER_MC AS job LEFT JOIN JC_PHASE_MASTER_MC AS phase
    ON phase.Company_Code = job.Company_Code AND phase.Job_Number = job.Job_Number
  GROUP BY job.Company_Code, job.Job_Number"""
"""Codes and one line of text each; code columns come padded [SP 16]."""


@dataclass(frozen=True)
class Pair:
    """One ServiceTrade record and what carries its external id in Spectrum; `there` is empty when
    nothing does.

    `code` may be given although `there` is empty: then an external id points at nothing, and
    `is_external_id` says that the code is one. A week of time has no external id of its own. It
    `has_crossed` once all of it is there: every piece of a week, each of a job's Spectrum jobs.
    """

    here: str
    detail: str
    code: str
    there: str
    has_crossed: bool
    is_external_id: bool = False


@dataclass(frozen=True)
class Shown:
    """Which records a page lists; `search` is folded, "" for all."""

    only_waiting: bool
    search: str

    def has(self, pair: Pair) -> bool:
        """Whether the text of a pair has what is sought."""
        text = f"{pair.here} {pair.detail} {pair.code} {pair.there}"
        return self.search in text.casefold()


@dataclass(frozen=True)
class Section:
    """One kind of record. `pairs` and `alone` hold what is shown, newest first; the numbers count
    everything.
    """

    title: str
    here_title: str
    there_title: str
    pairs: tuple[Pair, ...]
    alone: tuple[tuple[str, str], ...]
    here_count: int
    there_count: int
    crossed_count: int
    alone_count: int
    note: str = ""
    """What else there is to say about the whole, such as its sums."""

    @property
    def waiting_count(self) -> int:
        return self.here_count - self.crossed_count


def sections(
    rig: Rig, infolink: Path, *, only_waiting: bool = False, search: str = ""
) -> tuple[Section, ...]:
    """Companies, locations, jobs, invoices and approved weeks of time; `only_waiting` leaves out
    what has crossed, `search` what does not have it in its text.
    """
    shown = Shown(only_waiting, search.casefold().strip())
    servicetrade = rig.systems["servicetrade"]
    companies = {record["id"]: record for record in servicetrade.records("company")}
    locations = {record["id"]: record for record in servicetrade.records("location")}
    own = {record.get("primeCompanyId") for record in servicetrade.records("account")}

    def company(record: Mapping[str, Any]) -> str:
        roles = [
            word
            for key, word in (("vendor", "vendor"), ("partsVendor", "parts vendor"))
            if record.get(key)
        ]
        role = (
            []
            if record.get("customer")
            else [f"not a customer, {' and '.join(roles) or 'no role'}"]
        )
        return " · ".join([_place(record), *_unless_active(record), *role])

    def location(record: Mapping[str, Any]) -> str:
        owner = companies.get(record.get("companyId"), {})
        return " · ".join(
            [f"of {owner.get('name', 'nobody')}", _place(record), *_unless_active(record)]
        )

    def job(record: Mapping[str, Any]) -> str:
        site = locations.get(record.get("locationId"), {})
        return (
            f"{_words(record['type'])} · {_words(record['status'])} · {site.get('name', 'nowhere')}"
        )

    def invoice(record: Mapping[str, Any]) -> str:
        customer = companies.get(record["customerId"], {}).get("name", "nobody")
        return (
            f"{record['invoiceNumber']} · {_words(record['status'])} · {customer} ·"
            f" {record['totalPrice']:,.2f}"
        )

    def numbers_of(record: Mapping[str, Any]) -> str:
        return SEPARATOR.join(numbers.get(record["invoiceNumber"], ()))

    def is_ours(record: Mapping[str, Any]) -> bool:
        return record["id"] in own or record.get("companyId") in own

    weeks_here = console_time.with_names(
        servicetrade.records("timecard"), servicetrade.records("user")
    )
    with closing(sqlite3.connect(f"file:{infolink}?mode=ro", uri=True)) as database:
        customers, sites, jobs = (
            dict(database.execute(query)) for query in (CUSTOMERS, SITES, JOBS)
        )
        documents = read_documents(database)
        weeks, hours = console_time.read_weeks(database), console_time.totals(weeks_here, database)
        is_week_whole = console_time.whole_weeks(weeks_here, database)
    numbers = by_invoice(documents)
    invoices = servicetrade.records("invoice")
    kept = (
        [company for company in companies.values() if not is_ours(company)],
        [location for location in locations.values() if not is_ours(location)],
        [invoice for invoice in invoices if should_cross(invoice, numbers)],
    )
    posted = {number: document.text for number, document in documents.items()}
    billing = _section(
        ("Invoices", "Invoice", "AR document"), kept[2], invoice, posted, shown, numbers_of
    )
    titles = ("Time", "Technician's week", "Pre-time cards")
    time = _section(
        titles, weeks_here, console_time.detail_of, weeks, shown, console_time.code_of,
        is_week_whole,
    )  # fmt: skip
    return (
        _section(("Customers", "Company", "AR customer"), kept[0], company, customers, shown),
        _section(("Sites", "Location", "Work-order site"), kept[1], location, sites, shown),
        _section(("Jobs", "Job", "Job"), servicetrade.records("job"), job, jobs, shown),
        replace(billing, note=totals(invoices, documents.values())),
        replace(time, note=hours),
    )


def _external_id(record: Mapping[str, Any]) -> str:
    return str((record.get("externalIds") or {}).get(EXTERNAL_SYSTEM, ""))


def _section(
    titles: tuple[str, str, str],
    records: Iterable[Mapping[str, Any]],
    detail: Callable[[Mapping[str, Any]], str],
    there: Mapping[str, str],
    shown: Shown,
    code_of: Callable[[Mapping[str, Any]], str] = _external_id,
    is_whole: Callable[[Mapping[str, Any]], bool] = lambda _: True,
) -> Section:
    newest = sorted(records, key=lambda record: (record["created"], record["id"]), reverse=True)
    codes = {record["id"]: code_of(record) for record in newest}
    taken = {code for joined in codes.values() for code in joined.split(SEPARATOR) if code}
    crossed = {
        record["id"]
        for record in newest
        if all(code in there for code in codes[record["id"]].split(SEPARATOR)) and is_whole(record)
    }
    pairs = (
        _pair(record, detail, codes[record["id"]], there, has_crossed=record["id"] in crossed)
        for record in newest
        if not (shown.only_waiting and record["id"] in crossed)
    )
    chosen = islice((pair for pair in pairs if shown.has(pair)), SHOWN)
    alone = [(code, text) for code, text in there.items() if code not in taken]
    return Section(
        *titles,
        pairs=tuple(chosen),
        alone=tuple(alone[-SHOWN:][::-1]),
        here_count=len(newest),
        there_count=len(there),
        crossed_count=len(crossed),
        alone_count=len(alone),
    )


def _pair(
    record: Mapping[str, Any],
    detail: Callable[[Mapping[str, Any]], str],
    joined: str,
    there: Mapping[str, str],
    *,
    has_crossed: bool,
) -> Pair:
    number = f"{record['number']} " if "number" in record else ""
    texts = [there[code] for code in joined.split(SEPARATOR) if code in there]
    return Pair(
        f"{number}{record['name']}",
        detail(record),
        joined.replace(SEPARATOR, ", "),
        "; ".join(texts),
        has_crossed,
        is_external_id=bool(joined) and joined == _external_id(record),
    )


def _place(record: Mapping[str, Any]) -> str:
    address = record.get("address") or {}
    return (
        " ".join(str(address.get(key) or "") for key in ("city", "state")).strip() or "no address"
    )


def _unless_active(record: Mapping[str, Any]) -> list[str]:
    status = str(record.get("status", "active"))
    return [] if status == "active" else [_words(status)]


def _words(name: str) -> str:
    return name.replace("_", " ")
