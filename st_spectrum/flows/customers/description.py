"""Customers, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription, SharedKeys

CUSTOMERS = FlowDescription(
    name="customers",
    text=(
        "ServiceTrade companies that are customers become AR customers in Spectrum. Each gets"
        " the next free customer code, and the code is noted on the company in ServiceTrade. "
        "Vendors, and companies that already carry a code, are left alone."
    ),
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    servicetrade_records="companies that are customers",
    spectrum_records="AR customers",
    written_by="AddCustomer",
    entity_type="company",
    may_vanish=True,
    is_of_companies=True,
    plural="companies",
    waiting_noun="company",
    target_noun="customer",
    noticed="New or changed in ServiceTrade.",
    rung_by=frozenset({"company"}),
    unmatched_cause="a code of our range in Spectrum that no record in ServiceTrade carries",
    shared_keys=SharedKeys(record="company", outcome="billed as one customer"),
    code_places={
        "Terms_Code": "maps.payment_terms",
        "Sales_Tax_Code": "maps.sales_tax",
        "Type": "customers.type",
    },
)
