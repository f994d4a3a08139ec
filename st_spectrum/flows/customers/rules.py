"""Company -> AR customer. The rules belong to the controller; every one of them reads the account
file or the record, nothing else.
"""

from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, Skip, Step
from st_spectrum.domain.fitting import Fitting, known
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.flows.account_maps import Missing, sales_tax_code, with_state
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.external_ids import (
    changed_external_id,
    external_id_step,
    gone,
    hold_for_other_external_id,
)
from st_spectrum.flows.go_live import master_left_out
from st_spectrum.servicetrade.models import Company


@dataclass(frozen=True)
class CustomerBundle:
    """All that one decision needs. `company` is None when ServiceTrade knows no such id."""

    company: Company | None
    progress: Progress = NEW
    is_needed: bool = False
    """Whether a record that crosses needs it, so that its age does not count."""


def decide_customer(bundle: CustomerBundle, account: Account) -> Decision:
    """Whether and how this company becomes an AR customer. A company crosses once; later changes
    stay with Spectrum's owner.
    """
    company, progress = bundle.company, bundle.progress
    if company is None:
        return gone("no longer in ServiceTrade", progress)
    carried = company.external_ids.get(account.servicetrade.external_system, "")
    if progress.is_confirmed:
        return Skip(
            "already an AR customer",
            progress.target_key,
            changed_external_id("company", progress.target_key, carried),
        )
    if progress.is_half_done:
        return hold_for_other_external_id("customer", progress.target_key, carried) or _create(
            company, account
        )
    if carried:
        return Skip("already carries an AR customer code", carried, is_typed=True)
    if not company.is_customer:
        return Skip(
            "is a vendor, not a customer"
            if company.is_vendor or company.is_parts_vendor
            else "is not a customer"
        )
    if company.status == "inactive":
        return Skip("is inactive in ServiceTrade")
    rule, is_needed = account.customers.before_go_live, bundle.is_needed
    left_out = master_left_out(company.created, rule, account, is_needed=is_needed)
    return left_out or _create(company, account)


def to_ar_customer(company: Company, account: Account, fit: Fitting) -> dict[str, str]:
    """AddCustomer's fields [SP 8] for a company [ST 4.1], but for the code, allocated later."""
    state = fit.state("State", company.address.state)
    address_1, address_2 = fit.street("Address", company.address.street)
    phone, _ = fit.phone("Phone", company.phone_number)
    terms = company.payment_terms.name if company.payment_terms else None
    return {
        "Name": fit.text("Name", company.name, 30, has_commas=False),
        "Type": account.customers.type,
        "Address_1": address_1,
        "Address_2": address_2,
        "City": fit.text("City", company.address.city, 25),
        "State": state,
        "Zip_Code": fit.zip("Zip_Code", company.address.postal_code),
        "Phone": phone,
        "Terms_Code": known(account.maps.payment_terms.by_name, terms)
        or account.maps.payment_terms.default,
        "Sales_Tax_Code": sales_tax_code(account.maps, state),
    }


def _create(company: Company, account: Account) -> Decision:
    fit = Fitting()
    try:
        record = to_ar_customer(company, account, fit)
    except Missing as missing:
        return with_state(missing.hold, fit)
    if not record["Name"]:
        return Hold(
            "the company has no name that Spectrum can take",
            "Give the company a name in ServiceTrade.",
        )
    customer = Step("customer", (AddCustomer(record),))
    return Create(
        "",
        (customer, external_id_step("company", company.id)),
        reserve=account.customers.codes.as_range("customers"),
        notes=fit.notes,
    )
