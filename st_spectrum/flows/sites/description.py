"""Sites, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription, SharedKeys

SITES = FlowDescription(
    name="sites",
    text=(
        "ServiceTrade locations become work-order sites in Spectrum, each under the customer "
        "of its company. A location waits until its company has crossed, and then goes by "
        "itself."
    ),
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    after=("customers",),
    servicetrade_records="their locations",
    spectrum_records="work-order sites",
    written_by="AddWOSiteAddress",
    entity_type="location",
    may_vanish=True,
    is_of_companies=True,
    plural="locations",
    waiting_noun="location",
    target_noun="site",
    noticed="New or changed in ServiceTrade.",
    rung_by=frozenset({"location"}),
    unmatched_cause="a code of our range in Spectrum that no record in ServiceTrade carries",
    shared_keys=SharedKeys(record="location", outcome="one work-order site"),
    code_places={
        "Site_Sales_Tax_Code": "maps.sales_tax",
        "Sales_Tax_Code": "maps.sales_tax",
        "Work_State_Tax_Code": "maps.work_state",
    },
)
