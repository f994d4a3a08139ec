"""Companies and AR customers of both systems, read afresh for a comparison."""

from typing import TYPE_CHECKING

from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.master_sides import Master, MasterSides
from st_spectrum.flows.masters_compared import MasterTable
from st_spectrum.servicetrade.models import Company

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink import InfoLinkReader

TABLE = MasterTable(
    CUSTOMERS.name,
    "Customer_Code",
    frozenset(),
    frozenset({"Name", "Address_1", "City", "State", "Zip_Code"}),
)


def customer_sides(
    context: Context, flow: Flow, lists: SourceLists, reader: "InfoLinkReader"
) -> MasterSides:
    """All of them. Raises a `SyncFault` when one side could not be read."""
    from st_spectrum.spectrum.compared_tables import all_customers

    def as_new(record: Master) -> Decision:
        company = context.sources.with_terms(record) if isinstance(record, Company) else None
        return decide_customer(CustomerBundle(company, is_needed=True), context.account)

    return MasterSides(
        context, flow, "company", TABLE, dict(lists.companies), all_customers(reader), as_new
    )
