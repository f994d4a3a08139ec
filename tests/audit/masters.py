"""Compares both systems record by record, from their raw records and by rules of its own.

It shares no code with the engine, the mapping or the clients: what they have in common with it is
the account file and the reference only. So a mistake of theirs shows here as a difference instead
of repeating itself.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.account import Account
from tests.audit import Records

Row = Mapping[str, Any]


@dataclass
class Side:
    """One flow compared. `waiting` is id -> title of what should cross and has not; `problems` are
    plain sentences.
    """

    servicetrade: int = 0
    spectrum: int = 0
    matched: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Baseline:
    """Keys that stood in Spectrum before anything crossed: entered there by people."""

    customers: frozenset[str]
    sites: frozenset[str]
    jobs: frozenset[str]


def baseline(tables: Records) -> Baseline:
    """What Spectrum holds at this moment."""
    return Baseline(
        frozenset(
            _key(row["Customer_Code"])
            for row in tables.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        ),
        frozenset(_key(row["Ship_To_ID"]) for row in tables.records("spectrum", "WO_ADDRESS_MC")),
        frozenset(
            _key(row["Job_Number"]) for row in tables.records("spectrum", "JC_JOB_MASTER_MC")
        ),
    )


def compare(tables: Records, account: Account, before: Baseline) -> dict[str, Side]:
    """Every company, location and job against every customer, site and job; nothing may be missing,
    double or different.
    """
    system = account.servicetrade.external_system
    companies = {row["id"]: row for row in tables.records("servicetrade", "company")}
    locations = {row["id"]: row for row in tables.records("servicetrade", "location")}
    jobs = tables.records("servicetrade", "job")
    return {
        "customers": _customers(tables, companies, before, system),
        "sites": _sites(tables, companies, locations, before, system),
        "jobs": _jobs(tables, companies, locations, jobs, before, account),
    }


def _customers(
    tables: Records, companies: Mapping[int, Row], before: Baseline, system: str
) -> Side:
    by_code, side = _stored(tables, "CR_CUSTOMER_MASTER_MC", "Customer_Code", "customer")
    carried = Counter(code for company in companies.values() if (code := _carried(company, system)))
    for company in companies.values():
        if not company.get("customer") or company.get("status") == "inactive":
            continue
        side.servicetrade += 1
        code = _carried(company, system)
        if not code:
            side.waiting[str(company["id"])] = company["name"]
        elif code not in by_code:
            side.problems.append(f"{company['name']}: carries {code}, which is no customer")
        elif code not in before.customers and (
            wrong := _differs(by_code[code], "Name", company["name"], 30)
        ):
            side.problems.append(f"{company['name']}: {wrong}")
        else:
            side.matched += 1
    _carried_by_one(by_code, carried, before.customers, "customer", side)
    return side


def _sites(
    tables: Records,
    companies: Mapping[int, Row],
    locations: Mapping[int, Row],
    before: Baseline,
    system: str,
) -> Side:
    by_id, side = _stored(tables, "WO_ADDRESS_MC", "Ship_To_ID", "site")
    carried = Counter(
        code for location in locations.values() if (code := _carried(location, system))
    )
    for location in locations.values():
        company = companies[location["companyId"]]
        if not company.get("customer") or location.get("status") == "inactive":
            continue
        side.servicetrade += 1
        code = _carried(location, system)
        if not code:
            side.waiting[str(location["id"])] = location["name"]
        elif code not in by_id:
            side.problems.append(f"{location['name']}: carries {code}, which is no site")
        elif _key(by_id[code]["Ship_To_Customer_Code"]) != _carried(company, system):
            side.problems.append(
                f"{location['name']}: site {code} belongs to {by_id[code]['Ship_To_Customer_Code']}"
            )
        elif wrong := _differs(by_id[code], "Ship_To_Name", location["name"], 30):
            side.problems.append(f"{location['name']}: {wrong}")
        else:
            side.matched += 1
    _carried_by_one(by_id, carried, before.sites, "site", side)
    return side


def _jobs(
    tables: Records,
    companies: Mapping[int, Row],
    locations: Mapping[int, Row],
    jobs: list[dict[str, Any]],
    before: Baseline,
    account: Account,
) -> Side:
    system = account.servicetrade.external_system
    by_number, side = _stored(tables, "JC_JOB_MASTER_MC", "Job_Number", "job")
    phases: dict[str, set[tuple[str, str]]] = {}
    for row in tables.records("spectrum", "JC_PHASE_MASTER_MC"):
        phases.setdefault(_key(row["Job_Number"]), set()).add(
            (_key(row["Phase_Code"]), _key(row["Cost_Type"]))
        )
    carried = Counter(
        number for job in jobs for number in _carried(job, system).split("|") if number
    )
    for job in jobs:
        numbers = [number for number in _carried(job, system).split("|") if number]
        if not numbers and (
            job["status"] == "canceled" or job["type"] in account.jobs.ignored_types
        ):
            continue
        side.servicetrade += 1
        title = f"Job {job['number']}"
        if not numbers:
            side.waiting[str(job["id"])] = title
            continue
        customer = _carried(companies[job["customerId"]], system)
        site = _carried(locations[job["locationId"]], system)
        wrong = [
            text
            for number in numbers
            if (text := _job_differs(by_number, phases, number, customer, site, account))
        ]
        if wrong and not set(numbers) <= before.jobs:
            side.problems.append(f"{title}: {wrong[0]}")
        else:
            side.matched += 1
    _carried_by_one(by_number, carried, before.jobs, "job", side)
    return side


def _job_differs(
    by_number: Mapping[str, Row],
    phases: Mapping[str, set[tuple[str, str]]],
    number: str,
    customer: str,
    site: str,
    account: Account,
) -> str:
    row = by_number.get(number)
    if row is None:
        return f"carries {number}, which is no job"
    wanted = {
        "Customer_Code": customer,
        "WO_Site": site,
        "Job_Oh_Batch_Code": account.jobs.oh_batch_code,
    }
    for column, value in wanted.items():
        if _key(row[column]) != value:
            return f"{number} has {column} {_key(row[column])!r} instead of {value!r}"
    template = phases.get(account.jobs.template_job, set()) if account.jobs.template_job else set()
    if template - phases.get(number, set()):
        return (
            f"{number} lacks {len(template - phases.get(number, set()))} of the {len(template)}"
            " template phases"
        )
    return ""


def _differs(row: Row, column: str, name: str, length: int) -> str:
    letters = (
        " " if unicodedata.category(char).startswith("C") or char == "," else char
        for char in unicodedata.normalize("NFC", name)
    )
    wanted = " ".join("".join(letters).split())[:length].strip()
    found = str(row[column]).strip()
    return "" if found == wanted else f"Spectrum says {found!r} instead of {wanted!r}"


def _stored(tables: Records, table: str, column: str, noun: str) -> tuple[dict[str, Row], Side]:
    """What Spectrum holds by its key, counted; a key that stands there twice is a problem."""
    rows = tables.records("spectrum", table)
    side = Side(spectrum=len(rows))
    _only_once((_key(row[column]) for row in rows), noun, side)
    return {_key(row[column]): row for row in rows}, side


def _carried_by_one(
    stored: Mapping[str, Row],
    carried: Counter[str],
    before: frozenset[str],
    noun: str,
    side: Side,
) -> None:
    """A record of Spectrum that none or several of ServiceTrade carry is a problem."""
    _nobodys((key for key in stored if key not in carried), before, noun, side)
    _shared(carried, noun, side)


def _only_once(keys: Iterable[str], noun: str, side: Side) -> None:
    side.problems += [
        f"{noun} {key} stands {count} times in Spectrum"
        for key, count in Counter(keys).items()
        if count > 1
    ]


def _nobodys(keys: Iterable[str], before: frozenset[str], noun: str, side: Side) -> None:
    side.problems += [
        f"{noun} {key} stands in Spectrum, but no ServiceTrade record carries it"
        for key in keys
        if key not in before
    ]


def _shared(carried: Counter[str], noun: str, side: Side) -> None:
    side.problems += [
        f"{noun} {key} is carried by {count} ServiceTrade records"
        for key, count in carried.items()
        if count > 1
    ]


def _carried(record: Row, system: str) -> str:
    ids = record.get("externalIds") or {}
    return str(ids.get(system, "")) if isinstance(ids, Mapping) else ""


def _key(value: Any) -> str:
    return str(value if value is not None else "").strip()
