"""What the REST services that take records have in common: who calls, the list in the body, the
form of each record [SP 1.4].

Numbers may come as JSON numbers or as text, an empty one as "" [SP 12.2].
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_spectrum.sandbox.spectrum import tokens
from st_spectrum.sandbox.spectrum.auth import Authorization, authorize, refuse_company
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.rows import Row, invalid
from st_spectrum.sandbox.spectrum.tables import COMPANIES
from st_spectrum.sandbox.spectrum.validation import generic, required
from st_spectrum.sandbox.threads import in_thread
from st_spectrum.spectrum.services import Service

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

IN_THE_LOGIN = frozenset({"Authorization_ID", "GUID"})
"""Listed among the fields, absent from the vendor's sample; taken and not looked at (assumed)
[SP 12.2].
"""

LOCKED = "L"
"""Code of a record that somebody has open (assumed); the documented codes have none of their own
for it [SP 1.7].
"""


class Unreadable(ValueError):
    """The body as a whole is not what the page shows; its text is the answer."""


@dataclass
class Outcome:
    """One record that has lines: its number as sent, and what is wrong with it. `rows` pair the
    complaint with its line, None = header.
    """

    number: str
    rows: list[tuple[Row, int | None]] = field(default_factory=list)


def post_route(
    system: "SpectrumSystem",
    path: str,
    take: Callable[["SpectrumSystem", str, bytes, str], Response],
) -> Route:
    """The one route of a service: `take` gets the header of the login, the body, and the fault that
    it is to act.
    """

    async def post(request: Request) -> Response:
        fault = request.scope.get("sandbox.fault", "")
        header = request.headers.get("authorization", "")
        return await in_thread(take, system, header, await request.body(), fault)

    return Route(path, post, methods=["POST"])


def log_in(system: "SpectrumSystem", service: Service, header: str) -> Authorization | None:
    """Company and Authorization ID as Basic login [SP 1.4], or a living token, whose ID is that of
    its client (assumed).
    """
    mode = system.switches.auth_mode
    scheme, _, credentials = header.partition(" ")
    company, code = "", ""
    if mode == "bearer":
        code = tokens.authorization_of(system, header)
    elif mode == "basic" and scheme.lower() == "basic":
        try:
            company, _, code = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
    with system.database.reading() as book:
        authorization = authorize(book, service, code, system.switches)
    if isinstance(authorization, Row) or (
        mode == "basic" and company not in authorization.companies
    ):
        return None
    return authorization


def records_of(body: bytes, name: str, lines_name: str) -> list[dict[str, Any]]:
    """The records in the list `name`, each with its lines in `lines_name`."""
    try:
        content = json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    records = content.get(name) if isinstance(content, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise Unreadable(f"The body must be an object with a list {name} of objects")
    if not all(
        isinstance(line, dict) for record in records for line in lines_of(record, lines_name)
    ):
        raise Unreadable(f"{lines_name} must be a list of objects")
    return records


def lines_of(record: Mapping[str, Any], lines_name: str) -> list[Any]:
    """The lines of one record; none where the list is missing."""
    lines = record.get(lines_name)
    if lines is not None and not isinstance(lines, list):
        raise Unreadable(f"{lines_name} must be a list of objects")
    return lines or []


def values_of(
    layout: Service, record: Mapping[str, Any], lines_name: str
) -> tuple[dict[str, str], list[Row]]:
    """Every field of the layout as text, blank where it is absent, and what is wrong with the form
    of the record.

    A name that the layout does not have is refused (assumed): a misspelt one would be lost without
    a word.
    """
    names = [field.name for field in layout.fields]
    wrong = [
        invalid(name, f"{name} is no field of this record")
        for name in record
        if name not in names and name not in IN_THE_LOGIN and name != lines_name
    ]
    values = {}
    for name in names:
        value = record.get(name)
        if isinstance(value, bool | list | dict):
            wrong.append(invalid(name, f"{name} is neither text nor number"))
            value = ""
        values[name] = (
            ""
            if value is None
            else format(value, "f" if isinstance(value, Decimal) else "").strip()
        )
    return values, wrong + required(layout, values) + generic(layout, values, {})


def in_rows(answers: list[dict[str, Any]], naming: str) -> dict[str, Any]:
    """The same answers in the shape `rows`: every error with the name of its record, and no word
    about what was taken.
    """
    rows = [
        {
            naming: answer[naming],
            "ErrorCode": row["error_code"],
            "Desc": row["desc"],
            "Column": row["column"],
        }
        for answer in answers
        for row in answer["errors"]
    ]
    return {"ReturnData": {"Response": rows}}


def refuse_other_company(book: Book, authorization: Authorization, company: str) -> Row | None:
    """A company that the login may not use, or that does not exist."""
    if row := refuse_company(authorization, "Company_Code", company):
        return row
    return (
        None
        if book.of(company).has(COMPANIES)
        else invalid("Company_Code", f"Company {company} is not on file")
    )
