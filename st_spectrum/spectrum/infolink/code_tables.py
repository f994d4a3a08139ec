"""Where Spectrum keeps the codes of its set-up, of which no service and no published table tells
[SP 16.5]: sought in the dictionary inside the database, and read with their texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, column, func, or_, select, table

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import DICTIONARY, of_company, trimmed
from st_spectrum.spectrum.infolink.values import text_of

COMPANY = "COMPANY_CODE"
NO_SETUP = ("_HIST", "_DETAIL", "_TRAN", "_IMPORT", "_RATE", "_XREF", "_USER_FIELDS")
"""Parts of the names of tables that hold something else than set-up."""


@dataclass(frozen=True)
class Sought:
    """How a table is recognised: what its code may be called, and a part of its name."""

    columns: tuple[str, ...]
    words: tuple[str, ...]


SOUGHT: Mapping[str, Sought] = {
    "sales_tax_codes": Sought(("Sales_Tax_Code",), ("SALES_TAX",)),
    "tax_classes": Sought(("Tax_Class_Code", "Tax_Class"), ("TAX_CLASS",)),
    "cost_centers": Sought(("Cost_Center", "Cost_Center_Code"), ("COST_CENTER",)),
    "oh_batches": Sought(("Oh_Batch_Code", "OH_Batch", "Batch_Code"), ("_OH_", "OVERHEAD")),
    "departments": Sought(("Department_Code", "Department"), ("DEPARTMENT", "_DEPT_")),
}
"""Guesses, each of which only finds a table or does not [SP 16.5]."""
KNOWN: Mapping[str, tuple[str, str]] = {
    "terms": ("CR_TERMS_MASTER_MC", "Terms_Code"),
    "cost_types": ("JC_COST_TYPE_MASTER_MC", "Cost_Type"),
    "gl_accounts": ("GL_MASTER_MC", "GL_Account"),
}
"""Tables whose names are known [SP 16], with the column of their code."""


@dataclass(frozen=True)
class CodesFound:
    """Codes with their texts, and the table they came from; several `candidates` where nobody could
    choose one.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    candidates: tuple[str, ...] = ()


def find_codes(reader: InfoLinkReader, kind: str, named: str = "") -> CodesFound:
    """The codes of a kind of `SOUGHT` or `KNOWN`, from the table that is named, or else from the
    only one that looks like it. Nothing where none is found, or none may be read.
    """
    if kind in KNOWN:
        return _read(reader, *KNOWN[kind], described_columns(reader, [KNOWN[kind][0]]))
    sought = SOUGHT[kind]
    listed = described_columns(reader, [named]) if named else _look_for(reader, sought)
    found = [name for name, columns in listed.items() if _code_of(sought, columns)]
    if len(found) != 1:
        return CodesFound(candidates=tuple(sorted(found)))
    columns = listed[found[0]]
    return _read(reader, found[0], _code_of(sought, columns), listed)


def described_columns(reader: InfoLinkReader, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The columns of these tables in the dictionary's spelling, by table."""
    wanted = sorted(names)
    name = trimmed(DICTIONARY.c.TABLE_NAME)
    return _columns(reader, _dictionary().where(func.upper(name).in_([n.upper() for n in wanted])))


def _look_for(reader: InfoLinkReader, sought: Sought) -> dict[str, tuple[str, ...]]:
    """Tables of set-up with a name and columns like these; of a table and its view, the table of
    all companies.
    """
    name = func.upper(trimmed(DICTIONARY.c.TABLE_NAME))
    likes = [name.contains(word, autoescape=True) for word in sought.words]
    found = {
        table: columns
        for table, columns in _columns(reader, _dictionary().where(or_(*likes))).items()
        if _code_of(sought, columns)
        and COMPANY in map(str.upper, columns)
        and _text_column(columns)
        and not any(part in table.upper() for part in NO_SETUP)
    }
    return {table: columns for table, columns in found.items() if f"{table}_MC" not in found}


def _dictionary() -> Select[Any]:
    names = DICTIONARY.c
    return select(trimmed(names.TABLE_NAME).label("a"), trimmed(names.COLUMN_NAME).label("b"))


def _columns(reader: InfoLinkReader, statement: Select[Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in reader.raw("dictionary", statement):
        name = text_of(row["a"])
        found[name] = (*found.get(name, ()), text_of(row["b"]))
    return found


def _code_of(sought: Sought, columns: Iterable[str]) -> str:
    by_name = {name.upper(): name for name in columns}
    return next((by_name[one.upper()] for one in sought.columns if one.upper() in by_name), "")


def _text_column(columns: Iterable[str]) -> str:
    """The first that says what a code means."""
    endings = ("DESCRIPTION", "_DESC", "_NAME")
    return next((name for name in columns if name.upper().endswith(endings)), "")


def _read(
    reader: InfoLinkReader, name: str, code: str, listed: Mapping[str, tuple[str, ...]]
) -> CodesFound:
    text = _text_column(listed.get(name, ()))
    source = table(name, column("Company_Code"), column(code), *([column(text)] if text else []))
    cells = [trimmed(source.c[code]).label("code")]
    cells += [trimmed(source.c[text]).label("text")] if text else []
    statement = select(*cells).where(of_company(source, reader.company_code))
    try:
        rows = reader.raw(f"codes_of.{name}", statement)
    except (AccessDenied, ContractBroken):
        return CodesFound(candidates=(name,))
    codes = {text_of(row["code"]): text_of(row.get("text")) for row in rows}
    return CodesFound({code: text for code, text in codes.items() if code}, name)
