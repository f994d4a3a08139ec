"""Writes work-order sites and finds them again by their id."""

from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.same_record import is_same, verdict_on
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.given_keys import given_key

SAME_SITE = ("Site_Name", "Site_Customer_Code", "Site_Address1", "Site_Zip_Code")
"""Fields by which a site found under our id is told from somebody else's under the same id."""

TELLTALE_FIELDS = ("Site_Name", "Site_Address1")


def handle_sites(handlers: Handlers, spectrum: Spectrum) -> None:
    """By SOAP, one at a time."""

    def add(command: AddSite) -> str | None:
        receipt = spectrum.write(command.operation, command.fields)
        return given_key(
            receipt, command, lambda code: is_same(spectrum.find_site(code), command, SAME_SITE)
        )

    def find(command: AddSite) -> Verdict:
        return verdict_on(spectrum.find_site(command.key), command, SAME_SITE, TELLTALE_FIELDS)

    handlers.add(AddSite, add, find)
