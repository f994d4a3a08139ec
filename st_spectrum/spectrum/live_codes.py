"""Codes that a customer and a job have in Spectrum at the moment of asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
