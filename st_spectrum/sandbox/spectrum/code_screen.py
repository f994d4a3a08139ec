"""What people do to the set-up at the Spectrum screen: enter a code that was missing, or remove
one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from st_spectrum.sandbox.credentials import COMPANY_CODE
from st_spectrum.sandbox.spectrum import tables
from st_spectrum.sandbox.spectrum.table import Table

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

KINDS: Mapping[str, tuple[Table, str]] = {
    "payment terms": (tables.TERMS, "Terms_Code"),
    "tax class": (tables.TAX_CLASSES, "Tax_Class_Code"),
    "sales tax": (tables.SALES_TAXES, "Sales_Tax_Code"),
    "cost center": (tables.COST_CENTERS, "Cost_Center"),
    "cost type": (tables.COST_TYPES, "Cost_Type"),
    "GL account": (tables.GL_ACCOUNTS, "GL_Account"),
    "OH batch": (tables.OH_BATCHES, "Oh_Batch_Code"),
    "salesperson": (tables.SALESPEOPLE, "Salesperson_Code"),
}
"""Kinds of code by what people call them: the table and its column."""

STATUSES = {"A": "active", "I": "inactive"}
"""Of a GL account, and how people say it."""

INCOME = {"Account_Type_Code": "I", "Direct_Cost_Flag": "N", "Status": "A"}
"""What is true of a new GL account; other tables have no such columns."""


def codes(system: "SpectrumSystem") -> dict[str, list[str]]:
    """What there is, by kind."""
    with system.database.reading() as every_company:
        book = every_company.of(COMPANY_CODE)
        return {
            kind: sorted(str(row[column]).strip() for row in book.all(table))
            for kind, (table, column) in KINDS.items()
        }


def enter(system: "SpectrumSystem", kind: str, code: str, text: str) -> None:
    """A new code. ValueError for a kind that is none, for a code that is too long or there."""
    table, column = _kind(kind)
    longest = table.columns[column].length
    if not code or len(code) > longest:
        raise ValueError(f"a {kind} has up to {longest} characters, and {code!r} has {len(code)}")
    with system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        if book.has(table, **{column: code}):
            raise ValueError(f"there is a {kind} {code} already")
        book.insert(table, INCOME | {column: code, "Description": text})


def remove(system: "SpectrumSystem", kind: str, code: str) -> None:
    """Take a code away. KeyError when there is none."""
    table, column = _kind(kind)
    with system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        if not book.has(table, **{column: code}):
            raise KeyError(f"there is no {kind} {code}")
        book.delete(table, **{column: code})


def accounts(system: "SpectrumSystem") -> list[tuple[str, str]]:
    """The GL accounts, each with what it says of itself."""
    with system.database.reading() as every_company:
        rows = every_company.of(COMPANY_CODE).all(tables.GL_ACCOUNTS)
        return sorted(
            (code := str(row["GL_Account"]).strip(), f"{code} · {STATUSES[row['Status']]}")
            for row in rows
            if row["Status"] in STATUSES
        )


def set_account(system: "SpectrumSystem", code: str, status: str) -> None:
    """Make a GL account active or inactive. KeyError when there is none."""
    if status not in STATUSES:
        raise ValueError(f"{status!r} is no status; these are: {', '.join(STATUSES)}")
    with system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        if not book.has(tables.GL_ACCOUNTS, GL_Account=code):
            raise KeyError(f"there is no GL account {code}")
        book.update(tables.GL_ACCOUNTS, {"Status": status}, GL_Account=code)


def _kind(kind: str) -> tuple[Table, str]:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of code; these are: {', '.join(KINDS)}")
    return KINDS[kind]
