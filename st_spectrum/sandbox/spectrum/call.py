"""What a service is given, and what a service is: a check and a store, or a list of rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.rows import Row, invalid
from st_spectrum.sandbox.spectrum.switches import Switches
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.spectrum.services import UDF_NAMES, Kind, Service


@dataclass(frozen=True)
class Call:
    """One call whose form is right. `values` has every element of the layout, blank or not; `book`
    is on its company.
    """

    service: Service
    values: Mapping[str, str]
    book: Book
    switches: Switches
    today: str
    udf_kinds: Mapping[str, Kind]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def udfs(self) -> dict[str, str]:
        return {name: self.values[name] for name in UDF_NAMES if name in self.values}


@dataclass(frozen=True)
class Write:
    """A Put service. `check` is the third level of validation [SP 2]; `store` runs only when it
    found nothing.

    Both run in one transaction; the rows that `store` returns are notes, not errors.
    """

    check: Callable[[Call], list[Row]]
    store: Callable[[Call], list[Row]]


@dataclass(frozen=True)
class Read:
    """A Get service: its data rows in order, at most one more than a reply can hold."""

    rows: Callable[[Call], list[dict[str, str]]]


Handler = Write | Read


class Checks:
    """Collects what the company's own tables have against a call. All texts here are assumed, the
    codes are not [SP 18].
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.rows: list[Row] = []

    def refuse(self, field: str, text: str) -> None:
        self.rows.append(invalid(field, text))

    def is_new(self, field: str, table: Table, column: str = "") -> None:
        """The natural key may not exist yet [SP 5]."""
        if self.call.book.has(table, **{column or field: self.call[field]}):
            self.refuse(field, f"{field} {self.call[field]} already exists")

    def exists(self, field: str, table: Table, column: str = "") -> bool:
        """A value that is given must be in the table."""
        value = self.call[field]
        if not value or self.call.book.has(table, **{column or field: value}):
            return True
        self.refuse(field, f"{field} {value} is not on file")
        return False

    def differ(self, *fields: str) -> None:
        """Values that are given must differ from one another."""
        seen: set[str] = set()
        for field in fields:
            value = self.call[field]
            if value and value in seen:
                self.refuse(field, f"{field} must differ from the other work tax codes")
            seen.add(value)
