"""`POST /customer/invoice`: many AR invoices and credit memos in one call, each taken or refused as a whole [SP 12.2].

Only the request is documented. The answer's shape, and that it comes with HTTP 200 whatever became of the records, is assumed
and made in `_answer` alone.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.spectrum import tokens
from st_spectrum.sandbox.spectrum.auth import Authorization, authorize, refuse_company
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.rows import Row, invalid, missing
from st_spectrum.sandbox.spectrum.services.invoice_rules import NotSetUp, check_detail, check_header, store
from st_spectrum.sandbox.spectrum.tables import COMPANIES
from st_spectrum.sandbox.spectrum.validation import generic, required
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, Service

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

PATH = "/customer/invoice"
DETAILS = "invoiceDetails"
IN_THE_LOGIN = frozenset({"Authorization_ID", "GUID"})
"""Listed among the fields, absent from the vendor's sample; taken and not looked at (assumed) [SP 12.2]."""

HEADER = Service("ARMultiLineInvoice", "SP 12.2", INVOICE_HEADER)
"""Under this name the service is built for an Authorization ID [SP 6.2]."""
DETAIL = Service("ARMultiLineInvoice", "SP 12.2", INVOICE_DETAIL)

LOCKED = "L"
"""Code of a record that somebody has open (assumed); the documented codes have none of their own for it [SP 1.7]."""


class Unreadable(ValueError):
    """The body as a whole is not what the page shows; its text is the answer."""


@dataclass
class Outcome:
    """One document: its number as sent, and what is wrong with it. `rows` pair the complaint with its line, None = header."""

    number: str
    rows: list[tuple[Row, int | None]] = field(default_factory=list)


def routes(system: "SpectrumSystem") -> list[Route]:
    """The one route of this service."""

    async def post(request: Request) -> Response:
        fault = request.scope.get("sandbox.fault", "")
        header = request.headers.get("authorization", "")
        return await run_in_threadpool(_post, system, header, await request.body(), fault)

    return [Route(PATH, post, methods=["POST"])]


def numbers_of(body: bytes) -> list[str]:
    """The invoice numbers that a request is about, for logs and fault rules; nothing when it cannot be read."""
    try:
        return [str(document.get("Invoice_Or_Transaction", "")) for document in _documents(body)]
    except Unreadable:
        return []


def _post(system: "SpectrumSystem", header: str, body: bytes, fault: str) -> Response:
    authorization = _log_in(system, header)
    if authorization is None:
        return tokens.unauthorized()
    try:
        documents = _documents(body)
    except Unreadable as error:
        return JSONResponse({"error": str(error)}, 400)
    try:
        with system.database.writing() as book:
            outcomes = [_take(system, book, authorization, document, fault) for document in documents]
    except NotSetUp:
        # Reported by a vendor of connectors [SP 4.7].
        return JSONResponse({"error": "There was an error processing your request. It has been logged"}, 500)
    return JSONResponse({"arInvoices": [_answer(outcome) for outcome in outcomes]})


def _log_in(system: "SpectrumSystem", header: str) -> Authorization | None:
    """Company and Authorization ID as Basic login [SP 1.4], or a living token, whose ID is that of its client (assumed)."""
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
        authorization = authorize(book, HEADER, code, system.switches)
    if isinstance(authorization, Row) or (mode == "basic" and company not in authorization.companies):
        return None
    return authorization


def _documents(body: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    documents = content.get("arInvoices") if isinstance(content, dict) else None
    if not isinstance(documents, list) or not all(isinstance(each, dict) for each in documents):
        raise Unreadable("The body must be an object with a list arInvoices of objects")
    if not all(isinstance(line, dict) for document in documents for line in _lines(document)):
        raise Unreadable(f"{DETAILS} must be a list of objects")
    return documents


def _lines(document: Mapping[str, Any]) -> list[Any]:
    lines = document.get(DETAILS)
    if lines is not None and not isinstance(lines, list):
        raise Unreadable(f"{DETAILS} must be a list of objects")
    return lines or []


def _take(
    system: "SpectrumSystem", book: Book, authorization: Authorization, document: dict[str, Any], fault: str
) -> Outcome:
    """Store one document, or say everything that is wrong with it: form first, codes of what has the right form."""
    values, wrong = _values(HEADER, document)
    outcome = Outcome(values["Invoice_Or_Transaction"], [(row, None) for row in wrong])
    lines = []
    for place, line in enumerate(_lines(document)):
        line_values, wrong = _values(DETAIL, line)
        lines.append(line_values)
        outcome.rows += [(row, place) for row in wrong]
    if not lines:
        outcome.rows.append((missing(DETAILS), None))
    company = values["Company_Code"]
    if company and (row := _refuse_company(book, authorization, company)):
        outcome.rows.append((row, None))
        return outcome
    header = system.call(HEADER, book, authorization, values, company)
    details = [system.call(DETAIL, book, authorization, line, company) for line in lines]
    ill_formed = {place for _, place in outcome.rows}
    if None not in ill_formed:
        outcome.rows += [(row, None) for row in check_header(header)]
    for place, detail in enumerate(details):
        if place not in ill_formed:
            outcome.rows += [(row, place) for row in check_detail(detail)]
    if not outcome.rows and fault == "locked":
        outcome.rows.append((Row(LOCKED, "Record is locked by user JSMITH", "Invoice_Or_Transaction"), None))
    if not outcome.rows:
        store(header, details)
    return outcome


def _refuse_company(book: Book, authorization: Authorization, company: str) -> Row | None:
    if row := refuse_company(authorization, "Company_Code", company):
        return row
    return None if book.of(company).has(COMPANIES) else invalid("Company_Code", f"Company {company} is not on file")


def _values(layout: Service, record: Mapping[str, Any]) -> tuple[dict[str, str], list[Row]]:
    """Every field of the layout as text, blank where it is absent, and what is wrong with the form of the record.

    Numbers may come as JSON numbers or as text, an empty one as "" [SP 12.2]. A name that the layout does not have is refused
    (assumed): a misspelt one would be lost without a word.
    """
    names = [each.name for each in layout.fields]
    wrong = [
        invalid(name, f"{name} is no field of this record")
        for name in record
        if name not in names and name not in IN_THE_LOGIN and name != DETAILS
    ]
    values = {}
    for name in names:
        value = record.get(name)
        if isinstance(value, bool | list | dict):
            wrong.append(invalid(name, f"{name} is neither text nor number"))
            value = ""
        values[name] = "" if value is None else format(value, "f" if isinstance(value, Decimal) else "").strip()
    return values, wrong + required(layout, values) + generic(layout, values, {})


def _answer(outcome: Outcome) -> dict[str, Any]:
    """What became of one document (assumed): S or E, and every error with its column and the place of its line from 0 on."""
    return {
        "Invoice_Or_Transaction": outcome.number,
        "status": "E" if outcome.rows else "S",
        "errors": [
            {"error_code": row.code, "desc": row.desc, "column": row.column, "line": place}
            for row, place in outcome.rows
        ],
    }
