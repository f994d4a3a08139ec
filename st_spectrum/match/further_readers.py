"""Reads vendors, sites, jobs and employees of both systems, or those of Spectrum from what somebody
exported.

Unlike customers, each of them may be left out of the list: `CannotRead` says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.match.exports import NEEDED, Row
from st_spectrum.match.further import NumberedJob, Person
from st_spectrum.match.kinds import EMPLOYEES, JOBS, SITES, VENDORS, Kind
from st_spectrum.match.normalize import Party
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Address
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

if TYPE_CHECKING:
    from sqlalchemy import Table

Exports = Mapping[Kind, Sequence[Row]]


class CannotRead(Exception):
    """Spectrum's side of a kind cannot be read, in one sentence."""


def vendors_here(servicetrade: ServiceTrade, system: str, *, is_own_system: bool) -> list[Party]:
    """Companies that are vendors. A record has one slot in each external system, so that one that
    is a customer as well is left out where both codes would go into the same.
    """
    return [
        _located(
            Party(str(company.id), company.name, phone=company.phone_number,
                  is_active=company.status != "inactive",
                  linked_to=company.external_ids.get(system, "")),
            company.address,
        )
        for company in servicetrade.companies()
        if (company.is_vendor or company.is_parts_vendor)
        and (is_own_system or not company.is_customer)
    ]  # fmt: skip


def locations_here(servicetrade: ServiceTrade, system: str) -> list[Party]:
    """Customers' locations, each with its company."""
    return [
        _located(
            Party(str(location.id), location.name, phone=location.phone_number,
                  is_active=location.status != "inactive",
                  linked_to=location.external_ids.get(system, ""), owner=str(location.company.id)),
            location.address,
        )
        for location in servicetrade.locations()
    ]  # fmt: skip


def jobs_here(servicetrade: ServiceTrade, system: str) -> list[NumberedJob]:
    """Jobs with the numbers that they may have in Spectrum."""
    return [
        NumberedJob(
            Party(
                str(job.id),
                job.custom_name or job.name or f"Job {job.number}",
                is_active=job.status != "canceled",
                linked_to=job.external_ids.get(system, ""),
                owner=str(job.customer.id),
            ),
            frozenset({str(job.number), job.ref_number.strip().upper()} - {""}),
        )
        for job in servicetrade.jobs()
    ]


def users_here(servicetrade: ServiceTrade, system: str) -> list[Person]:
    """Everybody with a login that was not deactivated."""
    return [
        Person(
            Party(
                str(user.id),
                user.name,
                phone=user.phone,
                linked_to=user.external_ids.get(system, ""),
            ),
            frozenset({user.username.strip().casefold(), _local_part(user.email)} - {""}),
            user.email.strip().casefold(),
        )
        for user in servicetrade.users()
        if user.status != "inactive"
    ]


def vendors_there(spectrum: Spectrum, exports: Exports, here: Sequence[Party]) -> list[Party]:
    """Vendors; Info-Link is known to show their code and name alone [SP 16]."""
    from st_spectrum.spectrum.infolink.order_tables import VENDORS as TABLE

    linked = _linked(here)
    return [
        Party(
            row["Vendor_Code"],
            row["Vendor_Name"],
            street=row.get("Address_1", ""),
            city=row.get("City", ""),
            state=row.get("State", ""),
            postal_code=row.get("Zip_Code", ""),
            phone=row.get("Phone", ""),
            is_active=row.get("Status", "")[:1].upper() in ("", "A"),
            linked_to=linked.get(row["Vendor_Code"], ""),
        )
        for row in _rows(spectrum, exports, VENDORS, TABLE)
    ]


def sites_there(spectrum: Spectrum, exports: Exports, here: Sequence[Party]) -> list[Party]:
    """Work-order sites, each with its customer."""
    from st_spectrum.spectrum.infolink.tables import SITES as TABLE

    linked = _linked(here)
    return [
        Party(
            row["Site_ID"],
            row["Site_Name"],
            street=row.get("Site_Address1", ""),
            city=row.get("Site_City", ""),
            state=row.get("Site_State", ""),
            postal_code=row.get("Site_Zip_Code", ""),
            phone=row.get("Site_Phone1", ""),
            is_active=row.get("Status", "")[:1].upper() in ("", "A"),
            linked_to=linked.get(row["Site_ID"], ""),
            owner=row["Site_Customer_Code"],
        )
        for row in _rows(spectrum, exports, SITES, TABLE)
    ]


def jobs_there(spectrum: Spectrum, exports: Exports, here: Sequence[NumberedJob]) -> list[Party]:
    """Spectrum's jobs, each with its customer."""
    from st_spectrum.spectrum.infolink.tables import JOBS as TABLE

    linked = {
        number: job.party.key for job in here for number in job.party.linked_to.split(SEPARATOR)
    }
    return [
        Party(
            row["Job_Number"],
            row.get("Job_Description", ""),
            linked_to=linked.get(row["Job_Number"], ""),
            owner=row["Customer_Code"],
        )
        for row in _rows(spectrum, exports, JOBS, TABLE)
    ]


def employees_there(spectrum: Spectrum, exports: Exports, here: Sequence[Person]) -> list[Person]:
    """Payroll's employees; Spectrum is not known to show their mail, so that only a file has it."""
    linked = _linked([person.party for person in here])
    return [
        Person(
            Party(
                row["Employee_Code"],
                row["Employee_Name"],
                phone=row.get("Employee_Mobile_Phone", ""),
                linked_to=linked.get(row["Employee_Code"], ""),
            ),
            frozenset({row["Employee_Code"].casefold()}),
            row.get("Email", "").casefold(),
        )
        for row in _employee_rows(spectrum, exports)
    ]


def _employee_rows(spectrum: Spectrum, exports: Exports) -> list[Row]:
    if EMPLOYEES in exports or spectrum.infolink is not None:
        from st_spectrum.spectrum.infolink.tables import EMPLOYEES as TABLE

        return _rows(spectrum, exports, EMPLOYEES, TABLE)
    try:
        shown = spectrum.employees()
    except LookupImpossible as impossible:
        raise CannotRead(impossible.message) from None
    if not shown.is_complete:
        raise CannotRead("GetEmployee has more rows than it shows")
    return [
        {"Employee_Code": person.code, "Employee_Name": person.name}
        for person in shown.by_code.values()
    ]


def _rows(spectrum: Spectrum, exports: Exports, kind: Kind, table: "Table") -> list[Row]:
    """Those with a key; what was exported goes before what Info-Link shows."""
    from st_spectrum.spectrum.infolink.tables import SITE_NAMES

    if kind in exports:
        rows: Sequence[Row] = exports[kind]
    elif spectrum.infolink is None:
        raise CannotRead(f"without Info-Link {kind.name} are read from a file: --spectrum-csv")
    else:
        try:
            found = spectrum.infolink.masters(kind.name, table)
        except (AccessDenied, ContractBroken) as fault:
            raise CannotRead(fault.message) from None
        rows = [{SITE_NAMES.get(name, name): text for name, text in row.items()} for row in found]
    return [row for row in rows if row[NEEDED[kind][0]]]


def _located(party: Party, address: Address) -> Party:
    return replace(
        party,
        street=address.street,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
    )


def _linked(here: Sequence[Party]) -> dict[str, str]:
    return {party.linked_to.strip(): party.key for party in here if party.linked_to}


def _local_part(mail: str) -> str:
    return mail.strip().casefold().partition("@")[0]
