"""Writes AR customers and finds them again by their code."""

from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.coded_targets import CodedTargets
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.stored_masters import MasterKind
from st_spectrum.spectrum.client import Spectrum

KIND = MasterKind(
    CUSTOMERS.name,
    CUSTOMERS.entity_type,
    "Customer_Code",
    same=("Name", "Address_1", "City", "State", "Zip_Code"),
    telltale=("Name", "Address_1"),
    places=("Name", "Address_1", "City", "Zip_Code"),  # many customers share a state
)


def handle(handlers: Handlers, spectrum: Spectrum, others: OtherKeys) -> None:
    """Take the command of the flow."""
    CodedTargets(spectrum, others, KIND, spectrum.find_customer).handle(handlers, AddCustomer)
