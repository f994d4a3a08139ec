"""Records that look like one whose answer was lost, under whatever key they stand: an installation
may number its records itself [SP 5], and then nothing stands under the key that was sent.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Table, false, func, or_, select

from st_spectrum.spectrum.infolink.tables import (
    CUSTOMERS,
    JOBS,
    SITE_NAMES,
    SITES,
    of_company,
    optional_of,
    trimmed,
)
from st_spectrum.spectrum.infolink.values import text_of
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.soap.get_services import JOB_STATUSES, Get

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

Row = dict[str, str]

TEXTS_AT_ONCE = 400
"""Texts of a field in one statement: each stands there in two spellings, and SQL Server takes 2,100
values in all.
"""

TABLES: Mapping[str, Table] = {
    "AddCustomer": CUSTOMERS,
    "AddWOSiteAddress": SITES,
    "AddJob": JOBS,
}
"""Where the records stand that a service inserts."""


def read(
    reader: "InfoLinkReader | None",
    get: Get,
    service: str,
    alike: Mapping[str, str],
    customer_code: str = "",
) -> tuple[Row, ...]:
    """The records of the kind that `service` inserts in one of whose fields, by its names, stands
    what `alike` says, whatever the case of letters; of a job, those of that customer. Without
    Info-Link all that Get services show.

    Raises `LookupImpossible` where nobody can list them.
    """
    wanted = {name: text.strip() for name, text in alike.items() if text.strip()}
    if not wanted:
        return ()
    if reader is None:
        return _shown(get, service, customer_code)
    names = SITE_NAMES if service == "AddWOSiteAddress" else {}
    table = TABLES[service]

    def statement(without: Collection[str]) -> Select[Any]:
        asked = statement_of(table, reader.company_code, names, wanted, without)
        return asked.where(_is(table.c.Customer_Code, customer_code)) if customer_code else asked

    rows = reader.raw_without(f"like.{service}", table.name, optional_of(table), statement)
    return tuple(
        {names.get(column, column): text_of(value) for column, value in row.items()} for row in rows
    )


def read_many(
    reader: "InfoLinkReader | None",
    get: Get,
    service: str,
    fields: Sequence[str],
    alike: Mapping[str, Collection[str]],
) -> tuple[Row, ...]:
    """The records of the kind that `service` inserts in one of whose fields, by its names, one of
    its texts stands, whatever the case of letters, with these `fields`; one more than once where
    there are many texts. Without Info-Link all that Get services show.

    Raises `LookupImpossible` where nobody can list them.
    """
    wanted = {
        name: sorted({text.strip() for text in texts} - {""}) for name, texts in alike.items()
    }
    longest = max(map(len, wanted.values()), default=0)
    if not longest:
        return ()
    if reader is None:
        return _shown(get, service, "")
    names = SITE_NAMES if service == "AddWOSiteAddress" else {}
    found: list[Row] = []
    for start in range(0, longest, TEXTS_AT_ONCE):
        part = {name: texts[start : start + TEXTS_AT_ONCE] for name, texts in wanted.items()}
        statement = statement_of_many(TABLES[service], reader.company_code, names, fields, part)
        rows = reader.raw(f"like.{service}", statement)
        found += [{column: text_of(value) for column, value in row.items()} for row in rows]
    return tuple(found)


def statement_of_many(
    table: Table,
    company_code: str,
    names: Mapping[str, str],
    fields: Sequence[str],
    alike: Mapping[str, Collection[str]],
) -> Select[Any]:
    """One statement for all of the texts; its cells bear the names of the fields."""
    columns = {names.get(column.name, column.name): column for column in table.columns}
    found: list[ColumnElement[bool]] = []
    for name, texts in alike.items():
        cell = trimmed(columns[name])
        found += [cell.in_(texts), func.upper(cell).in_([text.upper() for text in texts])]
    cells = [trimmed(columns[field]).label(field) for field in fields]
    return select(*cells).where(of_company(table, company_code), or_(*found))


def statement_of(
    table: Table,
    company_code: str,
    names: Mapping[str, str],
    alike: Mapping[str, str],
    without: Collection[str] = (),
) -> Select[Any]:
    """One statement for all of the fields; `names` are those of columns that a service calls
    something else. Columns left out are neither asked for nor compared.
    """
    shown = [column for column in table.columns if column.name not in without]
    columns = {names.get(column.name, column.name): column for column in shown}
    cells = [trimmed(column).label(column.name) for column in shown]
    fields = (_is(columns[name], text) for name, text in alike.items() if name in columns)
    return select(*cells).where(of_company(table, company_code), or_(false(), *fields))


def _is(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Databases that tell letters by their case fold those of ASCII alone."""
    cell = trimmed(column)
    return or_(cell == text, func.upper(cell) == text.upper())


def _shown(get: Get, service: str, customer_code: str) -> tuple[Row, ...]:
    found: list[Row] = []
    for name, params in _questions(service, customer_code):
        rows = get(name, params)
        if not rows.is_complete:
            raise LookupImpossible(f"{name} has more rows than it shows")
        found += rows.rows
    return tuple(found)


def _questions(service: str, customer_code: str) -> list[tuple[str, Mapping[str, str]]]:
    if service == "AddCustomer":
        return [("GetCustomers", {"pStatus": "ALL"})]
    if service == "AddJob":
        return [
            ("GetJobMain", {"pStatus_Code": status, "pCustomer_Code": customer_code})
            for status in JOB_STATUSES
        ]
    raise LookupImpossible(f"Without Info-Link no service lists what {service} adds")
