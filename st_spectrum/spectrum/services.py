"""Field tables of the Spectrum services, in wire order, transcribed from the vendor's layout pages.

Only data: the client builds requests from these tables, the sandbox serves WSDLs and validates from them, the field map in
the docs is generated from them. `[SP 8]` is the section of the reference that a table was taken from.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value is written on the wire: text, plain decimal, `MM/DD/CCYY` date, or one of Y and N."""

    TEXT = "T"
    NUMBER = "N"
    DATE = "D"
    FLAG = "F"


@dataclass(frozen=True)
class Field:
    """One element of a layout: its exact spelling, kind, maximum length, whether it must be filled, and closed value list."""

    name: str
    kind: Kind
    length: int
    is_required: bool = False
    values: str = ""
    note: str = ""


@dataclass(frozen=True)
class Service:
    """One SOAP service. `source` cites the reference. `key` lists the fields of the natural key, empty where none exists.

    `refuses_duplicates` says that a second insert of the same key is an error; `is_idempotent` that repeating it does no harm.
    """

    name: str
    source: str
    fields: tuple[Field, ...]
    returns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    refuses_duplicates: bool = False
    is_idempotent: bool = False
    has_guid: bool = True

    @property
    def is_read(self) -> bool:
        """Get services answer rows of data and may be repeated freely."""
        return bool(self.returns)
