"""Writes AR customers and finds them again by their code."""

from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.same_record import is_same, looks_like, verdict_on
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.given_keys import given_key

SAME_CUSTOMER = ("Name", "Address_1", "City", "State", "Zip_Code")
"""Fields by which a customer found under our code is told from somebody else's under it."""

TELLTALE_FIELDS = ("Name", "Address_1")

PLACE_FIELDS = (*TELLTALE_FIELDS, "City", "Zip_Code")
"""Fields by which one under another code may be ours; many customers share a state."""


class CustomerTargets:
    """By SOAP, one at a time."""

    def __init__(self, spectrum: Spectrum, others: OtherKeys) -> None:
        self._spectrum = spectrum
        self._others = others

    def handle(self, handlers: Handlers) -> None:
        """Take the commands of the flow."""
        handlers.add(AddCustomer, self._add, self._find)

    def _add(self, command: AddCustomer) -> str | None:
        receipt = self._spectrum.write(command.operation, command.fields)
        return given_key(
            receipt,
            command,
            lambda code: is_same(self._spectrum.find_customer(code), command, SAME_CUSTOMER),
        )

    def _find(self, command: AddCustomer) -> Verdict:
        found = self._spectrum.find_customer(command.key)
        if found is not None:
            return verdict_on(found, command, SAME_CUSTOMER, TELLTALE_FIELDS)
        telltale = TELLTALE_FIELDS if self._others.are_given(command) else ("Name",)
        alike = {name: command.fields[name] for name in telltale}
        rows = self._spectrum.look_alikes(command.operation, alike)
        return self._others.verdict(
            CUSTOMERS.name,
            CUSTOMERS.entity_type,
            command.key,
            (
                row["Customer_Code"]
                for row in rows
                if looks_like(row, command, PLACE_FIELDS, telltale)
            ),
        )
