"""The six ways a record can cross; `engine` runs any, the other modules know a flow or a part."""

from collections.abc import Mapping

from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.jobs.description import JOBS
from st_spectrum.flows.purchase_orders.description import PURCHASE_ORDERS
from st_spectrum.flows.sites.description import SITES
from st_spectrum.flows.timecards.description import TIMECARDS

FLOWS: Mapping[str, FlowDescription] = {
    flow.name: flow for flow in (CUSTOMERS, SITES, JOBS, INVOICES, TIMECARDS, PURCHASE_ORDERS)
}
"""By name, in the order in which one must be complete before the next can be."""
