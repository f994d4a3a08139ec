"""Codes that a customer and a job have in Spectrum at the moment of asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from st_spectrum.account import Account

SALES_TAX, TAXABLE = "Sales_Tax_Code", "Taxable_Flag"
CENTER, TAX_CLASS, PRICE_METHOD = "Cost_Center", "Tax_Class_Code", "Price_Method_Code"


@dataclass(frozen=True)
class CustomerCodes:
    """Of an AR customer. `taxable` is Y or N, or "" where the customer has no default [SP 14]."""

    sales_tax: str = ""
    taxable: str = ""


@dataclass(frozen=True)
class JobCodes:
    """Of a job; "" for what it does not have."""

    cost_center: str = ""
    tax_class: str = ""
    sales_tax: str = ""
    price_method: str = ""


@dataclass(frozen=True)
class LiveCodes:
    """By customer code and by job number, in capitals; whoever is missing does not stand there."""

    customers: Mapping[str, CustomerCodes] = field(default_factory=dict)
    jobs: Mapping[str, JobCodes] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveColumns:
    """The columns that an account file has read of customers and of jobs; without those in
    `optional` a record goes on where the tables do not show them.
    """

    customers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


def columns_of_jobs(account: Account) -> LiveColumns:
    """What a new job takes from its customer and from the template job."""
    rules = account.jobs
    of_template = {CENTER: rules.cost_center_from, PRICE_METHOD: rules.price_method_from}
    return LiveColumns(
        (SALES_TAX, TAXABLE) if rules.tax_from == "spectrum" else (),
        tuple(name for name, source in of_template.items() if source == "spectrum"),
    )


def columns_of_invoices(account: Account) -> LiveColumns:
    """What an invoice takes from its customer and its job. An offset is compared with what they
    have now also where the account file has taken tax codes back to itself since.
    """
    rules = account.invoices
    if not rules.reads_spectrum:
        return LiveColumns()
    centers = (CENTER,) if rules.cost_center_from == "spectrum" else ()
    if rules.tax_from == "spectrum":
        return LiveColumns((SALES_TAX, TAXABLE), (*centers, TAX_CLASS, SALES_TAX))
    optional = frozenset({TAX_CLASS, SALES_TAX})
    return LiveColumns((SALES_TAX,), (*centers, TAX_CLASS, SALES_TAX), optional)
