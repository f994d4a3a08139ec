"""Purchase orders, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription

PURCHASE_ORDERS = FlowDescription(
    name="purchase_orders",
    text=(
        "Spectrum purchase orders come back as job items in ServiceTrade: each line on the "
        "job it was bought for, with unit cost, vendor, part status and expected date. The "
        "item follows the line; one that a person has changed is left alone and put before a "
        "person."
    ),
    source=System.SPECTRUM,
    target=System.SERVICETRADE,
    after=("jobs",),
    servicetrade_records="job items with cost, vendor, status and date",
    spectrum_records="lines of purchase orders, read through Info-Link",
    written_by="the other way: POST, PUT and DELETE /jobitem",
    plural="lines of purchase orders",
    singular="line of a purchase order",
    key_heading="line",
    noticed="New or changed in Spectrum.",
    may_vanish=True,
    costs_jobs=True,
    # The job that an order names stands in Spectrum already: made anew it would be a second one.
    makes_needed=False,
    doubles_corrected_by="The office, in ServiceTrade",
)
