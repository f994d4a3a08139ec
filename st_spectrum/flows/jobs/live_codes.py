"""What a new job takes from records that stand in Spectrum: tax from its customer, cost center and
price method from the template job. Pure.
"""

from dataclasses import dataclass

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.engine.retries.code_places import SpectrumPlace
from st_spectrum.flows.account_maps import Missing
from st_spectrum.flows.live_codes import Answer, customer_of, hold_without, job_of

PRICE_METHODS = frozenset("FTCU")
"""What a job may have [SP 10]."""


@dataclass(frozen=True)
class LiveJobCodes:
    """ "" for what the account file says. `has_tax_of_customer`: the tax class is left to Spectrum,
    which takes the customer's [SP 10].
    """

    has_tax_of_customer: bool = False
    taxable: str = ""
    cost_center: str = ""
    price_method: str = ""


FROM_ACCOUNT = LiveJobCodes()
"""Nothing comes from Spectrum."""


def live_codes_of_job(live: Answer | None, customer_code: str, account: Account) -> LiveJobCodes:
    """Raises `Missing` where Spectrum lacks what the file takes from there, or cannot be asked."""
    rules = account.jobs
    if not rules.reads_spectrum:
        return FROM_ACCOUNT
    if live is None:
        raise ValueError("the codes of a job were not asked for")
    if isinstance(live, Hold):
        raise Missing(live)
    taxable = ""
    if rules.tax_from == "spectrum":
        customer = customer_of(live, customer_code)
        if customer is None or not customer.sales_tax:
            raise Missing(
                hold_without(
                    "sales tax code", f"its customer {customer_code}", f"customer {customer_code}"
                )
            )
        taxable = customer.taxable if customer.taxable in ("Y", "N") else ""
    template = job_of(live, rules.template_job)
    center = template.cost_center if template else ""
    method = template.price_method if template else ""
    if rules.cost_center_from == "spectrum" and not center:
        raise Missing(_template_without("cost center", account))
    if rules.price_method_from == "spectrum" and method not in PRICE_METHODS:
        raise Missing(_template_without("price method", account))
    return LiveJobCodes(
        rules.tax_from == "spectrum",
        taxable,
        center if rules.cost_center_from == "spectrum" else "",
        method if rules.price_method_from == "spectrum" else "",
    )


def places_in_spectrum(account: Account) -> dict[str, SpectrumPlace]:
    """Where the codes of a new job come from that the account file leaves to Spectrum, by field of
    AddJob."""
    rules, template = account.jobs, f"template job {account.jobs.template_job}"
    found: dict[str, SpectrumPlace] = {}
    if rules.tax_from == "spectrum":
        place = SpectrumPlace("jobs.tax_from", "sales tax code of its customer")
        found["Tax_Class_Code"] = place
    if rules.cost_center_from == "spectrum":
        place = SpectrumPlace("jobs.cost_center_from", f"cost center of {template}")
        found["Cost_Center"] = place
    if rules.price_method_from == "spectrum":
        place = SpectrumPlace("jobs.price_method_from", f"price method of {template}")
        found["Price_Method_Code"] = place
    return found


def _template_without(code: str, account: Account) -> Hold:
    return hold_without(code, f"template job {account.jobs.template_job}", "template job")
