"""Writes work-order sites and finds them again by their id."""

from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.same_record import is_same, looks_like, verdict_on
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.flows.sites.description import SITES
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.given_keys import given_key

SAME_SITE = ("Site_Name", "Site_Customer_Code", "Site_Address1", "Site_Zip_Code")
"""Fields by which a site found under our id is told from somebody else's under the same id."""

TELLTALE_FIELDS = ("Site_Name", "Site_Address1")

PLACE_FIELDS = (*TELLTALE_FIELDS, "Site_City", "Site_Zip_Code")
"""Fields by which one of the same customer under another id may be ours."""


class SiteTargets:
    """By SOAP, one at a time."""

    def __init__(self, spectrum: Spectrum, others: OtherKeys) -> None:
        self._spectrum = spectrum
        self._others = others

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        handlers.add(AddSite, self._add, self._find)

    def _add(self, command: AddSite) -> str | None:
        receipt = self._spectrum.write(command.operation, command.fields)
        return given_key(
            receipt,
            command,
            lambda code: is_same(self._spectrum.find_site(code), command, SAME_SITE),
        )

    def _find(self, command: AddSite) -> Verdict:
        found = self._spectrum.find_site(command.key)
        if found is not None:
            return verdict_on(found, command, SAME_SITE, TELLTALE_FIELDS)
        telltale = TELLTALE_FIELDS if self._others.are_given(command) else ("Site_Name",)
        alike = {name: command.fields[name] for name in telltale}
        rows = self._spectrum.look_alikes(command.operation, alike)
        return self._others.verdict(
            SITES.name,
            SITES.entity_type,
            command.key,
            (
                row["Site_ID"]
                for row in rows
                if row["Site_Customer_Code"] == command.customer_code
                and looks_like(row, command, PLACE_FIELDS, telltale)
            ),
        )
