"""Writes AR customers and finds them again by their code."""

from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.same_record import verdict_on
from st_spectrum.spectrum.client import Spectrum

SAME_CUSTOMER = ("Name", "Address_1", "City", "State", "Zip_Code")
"""Fields by which a customer found under our code is told from somebody else's under the same
code."""

TELLTALE_FIELDS = ("Name", "Address_1")


def handle_customers(handlers: Handlers, spectrum: Spectrum) -> None:
    """By SOAP, one at a time."""
    handlers.add(
        AddCustomer,
        send=lambda command: _add(spectrum, command),
        find=lambda command: verdict_on(
            spectrum.find_customer(command.key), command, SAME_CUSTOMER, TELLTALE_FIELDS
        ),
    )


def _add(spectrum: Spectrum, command: AddCustomer) -> None:
    spectrum.write(command.operation, command.fields)
