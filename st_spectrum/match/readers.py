"""Reads companies and customers from both systems, or customers from what Spectrum exported."""

from collections.abc import Iterable, Mapping, Sequence

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.match.exports import Row
from st_spectrum.match.normalize import Party
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Company
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink.tables import CUSTOMERS
from st_spectrum.spectrum.soap.get_services import as_customer

TOO_MANY = (
    "GetCustomers shows no more than 500 customers: set up Info-Link, or export the customers from"
    " Spectrum and name the file with --spectrum-csv"
)


def companies_of(servicetrade: ServiceTrade, external_system: str) -> list[Party]:
    """Every company that is a customer. Raises a `SyncFault` when they could not all be read."""
    return [
        party_of_company(company, company.external_ids.get(external_system, ""))
        for company in servicetrade.companies()
        if company.is_customer
    ]


def customers_of(
    spectrum: Spectrum, exported: Sequence[Row] | None, companies: Iterable[Party]
) -> list[Party]:
    """Every AR customer, each with the company that carries its code. Raises a `SyncFault` when
    they could not all be read.
    """
    linked = {company.linked_to: company.key for company in companies if company.linked_to}
    if exported is None:
        exported, is_complete = shown_customers(spectrum)
        if not is_complete:
            raise SettingsInvalid([TOO_MANY])
    customers = [party_of_customer(row, linked) for row in exported]
    return [customer for customer in customers if customer.key]


def party_of_company(company: Company, linked_to: str) -> Party:
    """A company as it is compared."""
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


def party_of_customer(row: Row, linked: Mapping[str, str]) -> Party:
    """A customer as it is compared; `linked` are companies by the codes that they carry."""
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


def shown_customers(spectrum: Spectrum) -> tuple[Sequence[Row], bool]:
    """The AR customers that can be read, and whether these are all."""
    if spectrum.infolink is not None:
        found = spectrum.infolink.masters("customers", CUSTOMERS)
        return found, True
    shown = spectrum.get("GetCustomers", {"pStatus": "ALL"})
    return [as_customer(row) for row in shown.rows], shown.is_complete
