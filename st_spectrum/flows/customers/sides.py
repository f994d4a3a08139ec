"""Companies and AR customers of both systems, read afresh for a comparison."""

from collections.abc import Iterable, Mapping

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.master_sides import Master, MasterSides
from st_spectrum.flows.masters_compared import MasterTable
from st_spectrum.flows.shown_compared import NOT_ASKED, as_far_as_proved
from st_spectrum.servicetrade.models import Company

TABLE = MasterTable(
    CUSTOMERS.name,
    "Customer_Code",
    frozenset(),
    frozenset({"Name", "Address_1", "City", "State", "Zip_Code"}),
)


def customer_sides(
    context: Context, flow: Flow, lists: SourceLists, rows: Iterable[Mapping[str, str]]
) -> MasterSides:
    """All of them; `rows` is the table in Spectrum. Raises a `SyncFault`."""

    def as_new(record: Master) -> Decision:
        company = context.sources.with_terms(record) if isinstance(record, Company) else None
        return decide_customer(CustomerBundle(company, is_needed=True), context.account)

    return MasterSides(context, flow, "company", TABLE, dict(lists.companies), rows, as_new)


def compare_customers(context: Context, flow: Flow, lists: SourceLists) -> FlowCompared:
    """By Info-Link's table; without it by the service that lists 500, as far as that proves
    anything. Raises a `SyncFault` when one side could not be read.
    """
    reader = context.spectrum.infolink
    if reader is not None:
        from st_spectrum.spectrum.infolink.compared_tables import all_customers

        return customer_sides(context, flow, lists, all_customers(reader)).compare()
    return _by_service(context, flow, lists)


def _by_service(context: Context, flow: Flow, lists: SourceLists) -> FlowCompared:
    from st_spectrum.spectrum.shown_masters import shown_customers

    shown = shown_customers(context.spectrum)
    if shown is None:
        return FlowCompared(CUSTOMERS.name, unseen=NOT_ASKED.format("GetCustomers", "customers"))
    compared = customer_sides(context, flow, lists, shown.rows).compare()
    return as_far_as_proved(compared, "customers", is_whole=shown.is_whole)
