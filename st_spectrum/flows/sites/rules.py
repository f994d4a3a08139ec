"""Location -> work-order site, tied to the AR customer of its company."""

from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step
from st_spectrum.domain.fitting import Fitting
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.account_maps import (
    Missing,
    hold_for_customer,
    sales_tax_code,
    with_state,
    work_state_code,
)
from st_spectrum.flows.external_ids import (
    changed_external_id,
    external_id_step,
    gone,
    hold_for_other_external_id,
)
from st_spectrum.flows.go_live import SCOPE, master_left_out
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.servicetrade.models import Company, Location


@dataclass(frozen=True)
class SiteBundle:
    """`location` or `company` is None when ServiceTrade knows no such id any more: deleted, or
    merged into another [ST 4.2].
    """

    location: Location | None
    company: Company | None = None
    progress: Progress = NEW
    went_to: str = ""
    """The customer code with which the site went out, as far as the ledger knows."""
    is_needed: bool = False
    """Whether a record that crosses needs it, so that its age does not count."""


def decide_site(bundle: SiteBundle, account: Account) -> Decision:
    """Whether and how this location becomes a work-order site. It waits for its company, and
    crosses once.
    """
    location, company, progress = bundle.location, bundle.company, bundle.progress
    system = account.servicetrade.external_system
    if location is None:
        return gone("deleted or merged in ServiceTrade", progress)
    carried = location.external_ids.get(system, "")
    if progress.is_confirmed:
        return Skip(
            "already a work-order site",
            progress.target_key,
            (
                *changed_external_id("location", progress.target_key, carried),
                *_moved(bundle, system),
            ),
        )
    if not progress.is_half_done:
        if carried:
            return Skip("already carries a site id", carried, is_typed=True)
        if location.status == "inactive":
            return Skip("is inactive in ServiceTrade")
        if left_out := _left_out(bundle, location, account):
            return left_out
        if company is not None and not company.is_customer:
            return hold_for_customer(company, account)
    elif other := hold_for_other_external_id("site", progress.target_key, carried):
        return other
    if company is None:
        return Hold(
            "its company is no longer in ServiceTrade",
            "Give the location a company in ServiceTrade.",
        )
    customer_code = company.external_ids.get(system, "")
    if not customer_code:
        return hold_for_customer(company, account)
    return _create(location, customer_code, account)


def to_wo_site(
    location: Location, customer_code: str, account: Account, fit: Fitting
) -> dict[str, str]:
    """AddWOSiteAddress's fields [SP 9] for a location [ST 4.2], but for the id, allocated later."""
    state = fit.state("Site_State", location.address.state)
    address_1, address_2 = fit.street("Site_Address", location.address.street)
    phone, extension = fit.phone("Site_Phone1", location.phone_number, keeps_extension=True)
    contact = location.primary_contact
    return {
        "Site_Name": fit.text("Site_Name", location.name, 30, has_commas=False),
        "Site_Address1": address_1,
        "Site_Address2": address_2,
        "Site_City": fit.text("Site_City", location.address.city, 25),
        "Site_State": state,
        "Site_Zip_Code": fit.zip("Site_Zip_Code", location.address.postal_code),
        "Site_Phone1": phone,
        "Telephone_Ext_1": extension,
        "Site_Contact_Person": (
            fit.text("Site_Contact_Person", contact.name, 20, has_commas=False) if contact else ""
        ),
        "Site_Customer_Code": customer_code,
        "Sales_Tax_Code": sales_tax_code(
            account.maps, state, location.tax_group, is_taxable=location.is_taxable
        ),
        "Taxable_Flag": "Y" if location.is_taxable else "N",
        "Work_State_Tax_Code": work_state_code(account.maps, state, location.address.state),
        "Work_Site_Email": _email(location.email, fit),
    }


def _left_out(bundle: SiteBundle, location: Location, account: Account) -> Skip | None:
    rule = account.sites.before_go_live
    is_served = any(account.scope.has(office.name) for office in location.offices)
    is_ours = bool(account.scope.offices) and is_served
    left_out = master_left_out(location.created, rule, account, is_needed=bundle.is_needed)
    is_left_to_others = left_out is not None and left_out.by_setting == SCOPE
    return None if is_left_to_others and is_ours else left_out


def _create(location: Location, customer_code: str, account: Account) -> Decision:
    fit = Fitting()
    try:
        record = to_wo_site(location, customer_code, account, fit)
    except Missing as missing:
        return with_state(missing.hold, fit)
    if not record["Site_Name"]:
        return Hold(
            "the location has no name that Spectrum can take",
            "Give the location a name in ServiceTrade.",
        )
    site = Step("site", (AddSite(record),))
    return Create(
        "",
        (site, external_id_step("location", location.id)),
        reserve=account.sites.codes.as_range("sites"),
        notes=fit.notes,
    )


def _moved(bundle: SiteBundle, system: str) -> tuple[str, ...]:
    now = bundle.company.external_ids.get(system, "") if bundle.company else ""
    if not (bundle.company and bundle.went_to and now and now != bundle.went_to):
        return ()
    story = (
        f"moved to {bundle.company.name} ({now}) after it crossed; site"
        f" {bundle.progress.target_key} went out as one of customer {bundle.went_to}: change it in"
        " Spectrum"
    )
    return (story,)


def _email(text: str, fit: Fitting) -> str:
    # A cut address would reach somebody else, so what is too long stays away.
    if len(text.strip()) > 80:
        fit.add_note(
            f"Work_Site_Email: {text.strip()!r} is longer than 80 characters and was left out"
        )
        return ""
    return fit.text("Work_Site_Email", text, 80)
