"""The one postal address that a company and a location have: one street line, city, state, postal
code [ST 3].
"""

from typing import Any

from st_spectrum.sandbox.servicetrade.call import Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field, text

PARTS = ("street", "city", "state", "postalCode")
NOWHERE: Document = dict.fromkeys(PARTS)


def _address(_call: Call, value: Any) -> Document:
    if not isinstance(value, dict) or value.keys() - set(PARTS):
        raise ValueError(f"must be an object with {', '.join(PARTS)}")
    if wrong := [
        key for key, part in value.items() if part is not None and not isinstance(part, str)
    ]:
        raise ValueError(f"{', '.join(wrong)} must be text")
    return value


FIELDS = (
    Field("address", _address, is_nullable=False),
    *(
        Field(f"address{part[0].upper()}{part[1:]}", text(), store=f"address.{part}")
        for part in PARTS
    ),
)
"""An `address` object, or its parts as keys of their own [ST 4.1, 4.2]; the object for a company is
assumed.
"""


def merge(changes: Document, current: Document) -> None:
    """Fold whatever address keys `changes` holds into one complete `address`; parts left out stay
    as they are.
    """
    parts = changes.pop("address", None) or {}
    parts |= {
        part: changes.pop(f"address.{part}") for part in PARTS if f"address.{part}" in changes
    }
    changes["address"] = {**NOWHERE, **current, **parts}


def require(address: Document) -> None:
    """A location needs an address, of which at least the street is given (assumed) [ST 4.2]."""
    if not (address["street"] or "").strip():
        raise Refused(400, "address is required: give at least a street")
