"""Reads what there is to match from both systems, or from a file that Spectrum exported."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.match.normalize import Party
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Company
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink_tables import CUSTOMERS, rows_of
from st_spectrum.spectrum.infolink_values import text_of
from st_spectrum.spectrum.lookup import CUSTOMER_NAMES, CUSTOMER_VALUES

NEEDED = ("Customer_Code", "Name")
"""Columns without which an exported file tells nothing."""
TOO_MANY = (
    "GetCustomers shows no more than 500 customers: set up Info-Link, or export the customers from"
    " Spectrum and name the file with --spectrum-csv"
)


def companies_of(servicetrade: ServiceTrade, external_system: str) -> list[Party]:
    """Every company that is a customer. Raises a `SyncFault` when they could not all be read."""
    return [
        _company(company, company.external_ids.get(external_system, ""))
        for company in servicetrade.companies()
        if company.is_customer
    ]


def customers_of(
    spectrum: Spectrum, csv_file: Path | None, companies: Iterable[Party]
) -> list[Party]:
    """Every AR customer, each with the company that carries its code. Raises a `SyncFault` when they
    could not all be read.
    """
    linked = {company.linked_to: company.key for company in companies if company.linked_to}
    rows = _exported(csv_file) if csv_file else _listed(spectrum)
    customers = [_customer(row, linked) for row in rows]
    return [customer for customer in customers if customer.key]


def _company(company: Company, linked_to: str) -> Party:
    address = company.address
    return Party(
        key=str(company.id),
        name=company.name,
        street=address.street,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        phone=company.phone_number,
        is_active=company.status != "inactive",
        linked_to=linked_to,
    )


def _customer(row: Mapping[str, str], linked: Mapping[str, str]) -> Party:
    code = row["Customer_Code"].strip()
    return Party(
        key=code,
        name=row.get("Name", "").strip(),
        street=row.get("Address_1", "").strip(),
        city=row.get("City", "").strip(),
        state=row.get("State", "").strip(),
        postal_code=row.get("Zip_Code", "").strip(),
        phone=row.get("Phone", "").strip(),
        is_active=row.get("Status", "").strip().upper()[:1] in ("", "A"),
        linked_to=linked.get(code, ""),
    )


def _listed(spectrum: Spectrum) -> list[dict[str, str]]:
    if spectrum.infolink is not None:
        statement = rows_of(CUSTOMERS, spectrum.infolink.company_code)
        found = spectrum.infolink.raw("customers", statement)
        return [{name: text_of(value) for name, value in row.items()} for row in found]
    shown = spectrum.get("GetCustomers", {"pStatus": "ALL"})
    if not shown.is_complete:
        raise SettingsInvalid([TOO_MANY])
    renamed = ({CUSTOMER_NAMES.get(name, name): row[name] for name in row} for row in shown.rows)
    return [
        {name: CUSTOMER_VALUES.get(name, {}).get(value, value) for name, value in row.items()}
        for row in renamed
    ]


def _exported(path: Path) -> list[dict[str, str]]:
    """Columns by their names in Spectrum, whatever their letters, blanks or underscores."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names = {_bare(column.name): column.name for column in CUSTOMERS.columns}
        named = {
            head: names[_bare(head)] for head in table.fieldnames or () if _bare(head) in names
        }
        if missing := [name for name in NEEDED if name not in named.values()]:
            raise ArgumentInvalid([f"{path.name} lacks the column {name}" for name in missing])
        return [{name: row[head] or "" for head, name in named.items()} for row in table]


def _bare(name: str) -> str:
    return name.replace("_", "").replace(" ", "").casefold()
