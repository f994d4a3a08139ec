"""Locations and sites of both systems, read afresh for a comparison."""

from typing import TYPE_CHECKING

from st_spectrum.domain.decisions import Decision
from st_spectrum.engine.flow import Flow
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.context import Context
from st_spectrum.flows.master_sides import Master, MasterSides
from st_spectrum.flows.masters_compared import MasterTable
from st_spectrum.flows.sites.description import SITES
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.flows.sites.site_customers import kept_customer
from st_spectrum.ledger.documents.records import SiteCustomer
from st_spectrum.servicetrade.models import Location

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

TABLE = MasterTable(
    SITES.name,
    "Site_ID",
    frozenset({"Site_Customer_Code"}),
    frozenset({"Site_Name", "Site_Address1", "Site_City", "Site_State", "Site_Zip_Code"}),
)


def site_sides(
    context: Context, flow: Flow, lists: SourceLists, reader: "InfoLinkReader"
) -> MasterSides:
    """All of them. Raises a `SyncFault` when one side could not be read."""
    from st_spectrum.spectrum.infolink.compared_tables import all_sites

    def as_new(record: Master) -> Decision:
        location = record if isinstance(record, Location) else None
        company = lists.companies.get(location.company.id) if location else None
        return decide_site(SiteBundle(location, company, is_needed=True), context.account)

    def known(key: str) -> dict[str, str]:
        code = kept_customer(context.ledger, SiteCustomer, key)
        return {"Site_Customer_Code": code} if code else {}

    return MasterSides(
        context, flow, "location", TABLE, dict(lists.locations), all_sites(reader), as_new, known
    )
