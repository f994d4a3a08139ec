"""What stands in Spectrum already and a job points to: customer, site and salesperson. Pure."""

from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.flows.account_maps import Missing, hold_for_customer, hold_for_site
from st_spectrum.servicetrade.models import Company, Location, User


@dataclass(frozen=True)
class Prerequisites:
    """What stands in Spectrum already and a job points to, and the location where the site is."""

    location: Location
    customer_code: str
    site_id: str
    salesperson_code: str


def prerequisites_of(
    company: Company | None,
    location: Location | None,
    salesperson: User | None,
    site_customer: str,
    account: Account,
) -> Prerequisites:
    """Raises `Missing`. `site_customer` is the code of the customer whose site it is in Spectrum,
    "" where nobody can tell.
    """
    system = account.servicetrade.external_system
    if company is None or location is None:
        gone = "customer" if company is None else "location"
        raise Missing(
            Hold(
                f"its {gone} is no longer in ServiceTrade",
                f"Give the job a {gone} in ServiceTrade.",
            )
        )
    customer_code = company.external_ids.get(system, "")
    if not customer_code:
        raise Missing(hold_for_customer(company, account))
    site_id = location.external_ids.get(system, "")
    if not site_id:
        raise Missing(hold_for_site(location, account))
    if site_customer and site_customer != customer_code:
        raise Missing(
            _hold_for_other_customer(company, customer_code, location, site_id, site_customer)
        )
    code = salesperson.external_ids.get(system, "") if salesperson else ""
    if salesperson and account.jobs.salesperson.is_required and not code:
        raise Missing(
            Hold(
                f"its salesperson {salesperson.name} has no Spectrum code",
                "Enter the salesperson's code as external id of the user in ServiceTrade.",
                (f"servicetrade: user {salesperson.id} external id",),
                "its salesperson has no Spectrum code",
            )
        )
    return Prerequisites(location, customer_code, site_id, code)


def _hold_for_other_customer(
    company: Company, code: str, location: Location, site_id: str, owner: str
) -> Hold:
    return Hold(
        f"its location {location.name} is site {site_id} of customer {owner} in Spectrum, and the"
        f" job is for {company.name} ({code})",
        "Change the site's customer in Spectrum, or the job's in ServiceTrade; or enter the id of a"
        " site of that customer as external id of the location. Where a job may lie on another"
        " customer's site, set jobs.other_customers_sites to write in the account file.",
        (f"spectrum: customer of site {site_id}", "account: jobs.other_customers_sites"),
        "its site belongs to another customer in Spectrum",
    )
