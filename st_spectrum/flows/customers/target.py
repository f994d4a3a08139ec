"""Writes AR customers and finds them again by their code."""

from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.same_record import is_same, verdict_on
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.given_keys import given_key

SAME_CUSTOMER = ("Name", "Address_1", "City", "State", "Zip_Code")
"""Fields by which a customer found under our code is told from somebody else's under the same
code."""

TELLTALE_FIELDS = ("Name", "Address_1")


def handle_customers(handlers: Handlers, spectrum: Spectrum) -> None:
    """By SOAP, one at a time."""

    def add(command: AddCustomer) -> str | None:
        receipt = spectrum.write(command.operation, command.fields)
        return given_key(
            receipt,
            command,
            lambda code: is_same(spectrum.find_customer(code), command, SAME_CUSTOMER),
        )

    def find(command: AddCustomer) -> Verdict:
        found = spectrum.find_customer(command.key)
        return verdict_on(found, command, SAME_CUSTOMER, TELLTALE_FIELDS)

    handlers.add(AddCustomer, add, find)
