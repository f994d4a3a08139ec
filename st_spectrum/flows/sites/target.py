"""Writes work-order sites and finds them again by their id."""

from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.same_record import verdict_on
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.spectrum.client import Spectrum

SAME_SITE = ("Site_Name", "Site_Customer_Code", "Site_Address1", "Site_Zip_Code")
"""Fields by which a site found under our id is told from somebody else's under the same id."""

TELLTALE_FIELDS = ("Site_Name", "Site_Address1")


def handle_sites(handlers: Handlers, spectrum: Spectrum) -> None:
    """By SOAP, one at a time."""
    handlers.add(
        AddSite,
        send=lambda command: _add(spectrum, command),
        find=lambda command: verdict_on(
            spectrum.find_site(command.key), command, SAME_SITE, TELLTALE_FIELDS
        ),
    )


def _add(spectrum: Spectrum, command: AddSite) -> None:
    spectrum.write(command.operation, command.fields)
