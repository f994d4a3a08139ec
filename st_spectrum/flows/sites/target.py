"""Writes work-order sites and finds them again by their id."""

from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.coded_targets import CodedTargets
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.flows.sites.description import SITES
from st_spectrum.flows.stored_masters import MasterKind
from st_spectrum.spectrum.client import Spectrum

KIND = MasterKind(
    SITES.name,
    SITES.entity_type,
    "Site_ID",
    same=("Site_Name", "Site_Customer_Code", "Site_Address1", "Site_Zip_Code"),
    telltale=("Site_Name", "Site_Address1"),
    places=("Site_Name", "Site_Address1", "Site_City", "Site_Zip_Code"),
    owner="Site_Customer_Code",
)


def handle(handlers: Handlers, spectrum: Spectrum, others: OtherKeys) -> None:
    """Take the command of the flow."""
    CodedTargets(spectrum, others, KIND, spectrum.find_site).handle(handlers, AddSite)
