"""What a table of the sandbox and its columns are, and how Spectrum fills them up [SP 16]."""

from collections.abc import Iterable
from dataclasses import dataclass

from st_spectrum.spectrum.services import SERVICES, UDF_NAMES, Field, Kind

LEFT = "left"
RIGHT = "right"

PADDED = {
    "Job_Number": RIGHT,
    "Master_Job": RIGHT,
    "Customer_Code": LEFT,
    "Ship_To_Customer_Code": LEFT,
    "Ship_To_ID": LEFT,
    "WO_Site": LEFT,
    "Phase_Code": LEFT,
    "Cost_Type": LEFT,
    "Employee_Code": LEFT,
    "Invoice_Or_Transaction": LEFT,
    "PO_Number": LEFT,
    "Vendor_Code": LEFT,
}
"""How code columns are filled up with blanks. Job numbers are right-justified [SP 4.5], customers,
vendors, orders and AR documents have trailing blanks; that the rest is padded like these is
assumed.
"""

BLANK = " "
"""What a text column holds when it holds nothing [SP 16]."""


@dataclass(frozen=True)
class Column:
    """One column. Text is never NULL; a number defaults to 0, a date is stored as ISO text or NULL
    (assumed).
    """

    name: str
    kind: Kind = Kind.TEXT
    length: int = 30
    note: str = ""

    @property
    def type(self) -> str:
        match self.kind:
            case Kind.NUMBER:
                return "DECIMAL(14,4)"
            case Kind.DATE:
                return "DATETIME"
            case _:
                return f"CHAR({self.length})" if self.name in PADDED else f"VARCHAR({self.length})"

    @property
    def definition(self) -> str:
        default = {Kind.NUMBER: "NOT NULL DEFAULT 0", Kind.DATE: ""}.get(
            self.kind, "NOT NULL DEFAULT ' '"
        )
        return f'"{self.name}" {self.type} {default}'.strip()

    def stored(self, value: str) -> str | None:
        """The value of a service's element as the column holds it."""
        value = value.strip()
        if self.kind is Kind.NUMBER:
            return value or "0"
        if self.kind is Kind.DATE:
            return f"{value[6:]}-{value[:2]}-{value[3:5]} 00:00:00" if value else None
        if not value:
            return BLANK
        justify = PADDED.get(self.name)
        if justify is None:
            return value
        return value.rjust(self.length) if justify == RIGHT else value.ljust(self.length)


@dataclass(frozen=True)
class Table:
    """One table; `key` holds the columns that are unique together."""

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    is_name_assumed: bool = False
    indexes: tuple[str, ...] = ()
    """Columns that have an index after the company; which ones Spectrum has is not known."""


def table_of(
    name: str,
    columns: Iterable[Column],
    key: str,
    *,
    is_name_assumed: bool = False,
    indexes: str = "",
) -> Table:
    """A table with its key and its indexes as names between blanks."""
    by_name = {column.name: column for column in columns}
    return Table(name, by_name, tuple(key.split()), is_name_assumed, tuple(indexes.split()))


def text(name: str, length: int, note: str = "") -> Column:
    """A column of text."""
    return Column(name, Kind.TEXT, length, note)


COMPANY = text("Company_Code", 3)

# Kept as text, although the layouts call them numeric, because they are codes, counters or
# positions rather than amounts.
_WHOLE = frozenset({"Division", "Latitude", "Longitude"})


def of_field(field: Field, name: str = "") -> Column:
    """The column that a field of a service fills."""
    is_amount = (
        field.kind is Kind.NUMBER
        and not field.values
        and field.length > 2
        and field.name not in _WHOLE
    )
    kind = field.kind if field.kind is Kind.DATE else Kind.NUMBER if is_amount else Kind.TEXT
    return Column(name or field.name, kind, field.length, field.note)


def of_service(name: str, without: Iterable[str] = ()) -> list[Column]:
    """The columns that the fields of a service fill, user-defined ones left out."""
    left_out = {*UDF_NAMES, *without}
    return [of_field(field) for field in SERVICES[name].fields if field.name not in left_out]


def listed(names: str) -> list[Column]:
    """Text columns written `name:length`."""
    return [text(name, int(length)) for name, length in (pair.split(":") for pair in names.split())]


def of_kind(kind: Kind, names: str) -> list[Column]:
    """Columns of one kind, their names between blanks."""
    return [Column(name, kind, 14) for name in names.split()]


AMOUNT_LENGTH = 15


def exact(field: Field) -> Column:
    """A column of an invoice. Amounts are text, so that no cent is lost in a binary number; in
    Spectrum they are decimals.
    """
    if field.kind is Kind.DATE:
        return Column(field.name, Kind.DATE, 10, field.note)
    return text(
        field.name, AMOUNT_LENGTH if field.kind is Kind.NUMBER else field.length, field.note
    )
