"""Vendors, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription

VENDORS = FlowDescription(
    name="vendors",
    text="Vendors of ServiceTrade get a number there.",
    source=System.SERVICETRADE,
    target=System.SERVICETRADE,
    folder="tests.flows.vendors",
    servicetrade_records="companies that are vendors",
    spectrum_records="nothing",
    written_by="PUT /externalid",
    entity_type="company",
    noticed="A vendor is new.",
)
