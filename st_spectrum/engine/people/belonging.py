"""Whose a record of ServiceTrade is: its company and location, and its office."""

from dataclasses import dataclass

from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Job, Location, Record, Reference


@dataclass(frozen=True)
class Belonging:
    """`location` is None and `office` "" where the record itself does not name one."""

    company: Reference
    location: Reference | None = None
    office: str = ""


def belonging_of(record: Record) -> Belonging | None:
    """None for a record that names no company, or could not be read."""
    if isinstance(record, Company):
        return Belonging(Reference(id=record.id, name=record.name))
    if isinstance(record, Location):
        return Belonging(record.company, Reference(id=record.id, name=record.name))
    if isinstance(record, Job):
        return Belonging(record.customer, record.location, _name(record.assigned_office))
    if isinstance(record, Invoice):
        company = Reference(id=record.customer.id, name=record.customer.name)
        return Belonging(company, None, _name(record.assigned_office))
    return None


def _name(office: Reference | None) -> str:
    return office.name if office else ""
