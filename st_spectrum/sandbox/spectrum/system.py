"""Spectrum as one object: its records, its switches, and how it carries out a call."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from st_spectrum.sandbox.spectrum import soap
from st_spectrum.sandbox.spectrum.auth import (
    Authorization,
    authorize,
    is_timed_out,
    refuse_company,
    remember_group,
)
from st_spectrum.sandbox.spectrum.call import Call, Handler, Read, Write
from st_spectrum.sandbox.spectrum.database import FILE_NAME, Book, Database, Record
from st_spectrum.sandbox.spectrum.layouts import LAYOUTS
from st_spectrum.sandbox.spectrum.own_tables import OWN
from st_spectrum.sandbox.spectrum.rows import GET_NOT_AUTHORIZED, GOOD, Row, invalid
from st_spectrum.sandbox.spectrum.services import HANDLERS
from st_spectrum.sandbox.spectrum.setup import add_company, seed
from st_spectrum.sandbox.spectrum.switches import Switches
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import (
    COLUMN_NAMES,
    COMPANIES,
    CUSTOMERS,
    INFO_LINK,
    JOBS,
    SITES,
)
from st_spectrum.sandbox.spectrum.validation import DATE_FORMAT, generic, required
from st_spectrum.spectrum.services import Service

NUMBERED: Mapping[str, tuple[Table, str]] = {
    "AddCustomer": (CUSTOMERS, "Customer_Code"),
    "AddWOSiteAddress": (SITES, "Ship_To_ID"),
    "AddJob": (JOBS, "Job_Number"),
}
"""Table and column of the records that an installation may number itself."""


class SpectrumSystem:
    """State and behaviour of the stand-in. All state is in `<state_dir>/infolink.sqlite` and
    survives a restart.

    `now` gives seconds since 1970.
    """

    def __init__(
        self, state_dir: Path, switches: Switches, now: Callable[[], float] = time.time
    ) -> None:
        self.database = Database(state_dir / FILE_NAME)
        self.switches = switches
        self.now = now
        self._fresh: sqlite3.Connection | None = None
        with self.database.reading() as book:
            is_empty = not book.has(COLUMN_NAMES)
        if is_empty:
            self.reset()

    def reset(self) -> None:
        """Forget every record, token and group; only the fixed set-up remains. Switches stay as
        they are. It is typed in once and put back from then on, which takes a tenth of that.
        """
        if self._fresh is not None:
            self.database.put_back(self._fresh)
            return
        with self.database.writing() as book:
            for table in (*INFO_LINK.values(), *OWN):
                book.connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608
            seed(book)
        self._fresh = self.database.kept()

    def add_company(self, code: str, name: str) -> None:
        """A second company of the installation, set up as the first one, until `reset`."""
        with self.database.writing() as book:
            add_company(book, code, name)

    def counts(self) -> dict[str, int]:
        """Records per Info-Link table, the data dictionary left out."""
        with self.database.reading() as book:
            return {
                name: (book.connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0])  # noqa: S608
                for name in INFO_LINK
                if name != COLUMN_NAMES.name
            }

    def records(self, table: str) -> list[Record]:
        """The raw rows of one Info-Link table, padding and blanks as stored. KeyError names the
        tables there are.
        """
        if table not in INFO_LINK:
            raise KeyError(f"there is no table {table}; there are {', '.join(sorted(INFO_LINK))}")
        with self.database.reading() as book:
            return [dict(record) for record in book.connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608

    def switch(self, name: str, value: Any) -> None:
        """Change one switch from now on. ValueError when there is no such switch or the value does
        not fit.
        """
        setattr(self.switches, name, value)

    def close(self) -> None:
        self.database.close()
        if self._fresh is not None:
            self._fresh.close()

    def execute(self, name: str, body: bytes, fault: str = "") -> soap.Answer:
        """Carry out one SOAP call [SP 2, 4]. `fault` "locked" stops a write because a person has
        the record open.
        """
        if name not in HANDLERS:
            return soap.fault("Client", soap.UNKNOWN_SERVICE.format(name=name))
        service, handler = LAYOUTS[name], HANDLERS[name]
        try:
            request = soap.parse(body)
            if request.operation != name:
                return soap.fault("Client", soap.UNKNOWN_SERVICE.format(name=request.operation))
            request.require_layout(service)
        except soap.Unreadable as error:
            return soap.fault("Server", f"{soap.CANNOT_EXECUTE}: {error}")
        with self.database.reading() as book:
            authorization, values, rows = self._first_levels(book, service, request.values)
        if rows or authorization is None:
            return _refused(service, rows)
        return self._execute(service, handler, authorization, values, fault)

    def _first_levels(
        self, book: Book, service: Service, values: dict[str, str]
    ) -> tuple[Authorization | None, dict[str, str], list[Row]]:
        """Authorization, company, group, required elements, form: the first step that fails ends
        the call [SP 2].
        """
        authorization = authorize(book, service, values["Authorization_ID"], self.switches)
        if isinstance(authorization, Row):
            return None, values, [authorization]
        field = _company_field(service)
        declared = next((one for one in service.fields if one.name == field), None)
        if declared and not declared.is_required:
            values = {**values, field: values[field] or authorization.companies[0]}
        if (
            declared
            and values[field]
            and (row := refuse_company(authorization, field, values[field]))
        ):
            return authorization, values, [row]
        if row := is_timed_out(book, service, authorization, values.get("GUID", ""), self.now()):
            return authorization, values, [row]
        rows = required(service, values) or generic(service, values, authorization.udf_kinds)
        if not rows and declared and not book.of(values[field]).has(COMPANIES):
            rows = [invalid(field, f"Company {values[field]} is not on file")]
        return authorization, values, rows

    def _execute(
        self,
        service: Service,
        handler: Handler,
        authorization: Authorization,
        values: dict[str, str],
        fault: str,
    ) -> soap.Answer:
        guid = values.get("GUID", "")
        if isinstance(handler, Read):
            if guid:
                with self.database.writing() as book:
                    remember_group(book, service, authorization, guid, self.now())
            with self.database.reading() as book:
                found = handler.rows(self.call(service, book, authorization, values))
            style, loses_tail = self.switches.blank_style, self.switches.truncate_large
            return soap.get_answer(service, found, style, loses_tail=loses_tail)
        with self.database.writing() as book:
            remember_group(book, service, authorization, guid, self.now())
            call = self.call(service, book, authorization, values)
            if self.switches.numbers_itself and service.name in NUMBERED:
                return self._numbered(handler, call)
            return self._write(handler, call, is_locked=fault == "locked")

    def _numbered(self, handler: Write, call: Call) -> soap.Answer:
        """Under the next number of the installation, which the answer tells in a remark; its words
        are assumed.
        """
        name, (table, column) = call.service.key[0], NUMBERED[call.service.name]
        number = next(str(n) for n in count(700001) if not call.book.has(table, **{column: str(n)}))
        call = replace(call, values={**call.values, name: number})
        if rows := handler.check(call):
            return _refused(call.service, rows)
        handler.store(call)
        text = f"{name} {number} was assigned"
        return soap.put_answer(call.service, [Row(GOOD, text, name)], "g_row", number)

    def _write(self, handler: Write, call: Call, *, is_locked: bool) -> soap.Answer:
        service = call.service
        rows = handler.check(call)
        if not rows and is_locked and service.key:
            rows = [locked(service.key[0])]
        if rows:
            return _refused(service, rows)
        key = call[service.key[0]] if service.key else ""
        return soap.put_answer(service, handler.store(call), self.switches.success_shape, key)

    def call(
        self,
        service: Service,
        book: Book,
        authorization: Authorization,
        values: dict[str, str],
        company: str = "",
    ) -> Call:
        """A call as its handler sees it, on the company that is named, or else on the one that
        `values` name.
        """
        company = company or values.get(_company_field(service)) or authorization.companies[0]
        today = datetime.fromtimestamp(self.now(), UTC).strftime(DATE_FORMAT)
        return Call(
            service, values, book.of(company), self.switches, today, authorization.udf_kinds
        )


def locked(field: str) -> Row:
    """A user with the entry screen open locks the record [SP 1.7]; that it shows as an `I` row is
    assumed.
    """
    return invalid(field, "Record is locked by user JSMITH")


def _company_field(service: Service) -> str:
    return "pCompany_Code" if service.is_read else "Company_Code"


def _refused(service: Service, rows: list[Row]) -> soap.Answer:
    if not service.is_read:
        return soap.put_answer(service, rows, "empty_array", "")
    if rows[0].code == "A":
        rows = [
            Row(row.code, GET_NOT_AUTHORIZED, row.column)
            for row in rows
            if row.column == "Authorization_ID"
        ] or rows
    return soap.get_refusal(service, rows)
