"""`POST /purchaseOrders`: orders with their lines, each taken or refused as a whole; proposed ones
are replaced [SP 15.2].

Only the request is documented. The answer's shape, made after that of the invoices, and that it
comes with HTTP 200 whatever became of the records, is assumed and made in `_answer` alone.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.spectrum import tokens
from st_spectrum.sandbox.spectrum.auth import Authorization
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.order_layout import DETAIL, HEADER
from st_spectrum.sandbox.spectrum.rest_records import (
    LOCKED,
    Outcome,
    Unreadable,
    lines_of,
    log_in,
    post_route,
    records_of,
    refuse_other_company,
    values_of,
)
from st_spectrum.sandbox.spectrum.rows import Row, invalid, missing
from st_spectrum.sandbox.spectrum.services.order_rules import (
    LINES_MOST,
    check_detail,
    check_header,
    store,
)

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

PATH = "/purchaseOrders"
ORDERS = "purchaseOrders"
DETAILS = "poDetails"
NUMBER = "PO_Number"


def routes(system: "SpectrumSystem") -> list[Route]:
    """The one route of this service."""
    return [post_route(system, PATH, _post)]


def numbers_of(body: bytes) -> list[str]:
    """The order numbers that a request names, for logs and fault rules; nothing when it cannot be
    read.
    """
    try:
        return [str(order.get(NUMBER) or "") for order in records_of(body, ORDERS, DETAILS)]
    except Unreadable:
        return []


def _post(system: "SpectrumSystem", header: str, body: bytes, fault: str) -> Response:
    authorization = log_in(system, HEADER, header)
    if authorization is None:
        return tokens.unauthorized()
    try:
        orders = records_of(body, ORDERS, DETAILS)
    except Unreadable as error:
        return JSONResponse({"error": str(error)}, 400)
    with system.database.writing() as book:
        outcomes = [take(system, book, authorization, order, fault) for order in orders]
    return JSONResponse({ORDERS: [_answer(outcome) for outcome in outcomes]})


def take(
    system: "SpectrumSystem",
    book: Book,
    authorization: Authorization,
    order: Mapping[str, Any],
    fault: str = "",
) -> Outcome:
    """Store one order, or say everything that is wrong with it: form first, codes of what has the
    right form.
    """
    values, wrong = values_of(HEADER, order, DETAILS)
    outcome = Outcome(values[NUMBER], [(row, None) for row in wrong])
    lines = []
    for place, line in enumerate(lines_of(order, DETAILS)):
        line_values, wrong = values_of(DETAIL, line, DETAILS)
        lines.append(line_values)
        outcome.rows += [(row, place) for row in wrong]
    if not lines:
        outcome.rows.append((missing(DETAILS), None))
    if len(lines) > LINES_MOST:
        outcome.rows.append(
            (invalid(DETAILS, f"{DETAILS} has {len(lines)} lines, {LINES_MOST} fit"), None)
        )
    company = values["Company_Code"]
    if company and (row := refuse_other_company(book, authorization, company)):
        outcome.rows.append((row, None))
    if outcome.rows:
        return outcome
    header = system.call(HEADER, book, authorization, values, company)
    details = [system.call(DETAIL, book, authorization, line, company) for line in lines]
    outcome.rows += [(row, None) for row in check_header(header, details)]
    for place, detail in enumerate(details):
        outcome.rows += [(row, place) for row in check_detail(header, detail)]
    if not outcome.rows and fault == "locked":
        outcome.rows.append((Row(LOCKED, "Record is locked by user JSMITH", NUMBER), None))
    if not outcome.rows:
        outcome.number = store(header, details)
    return outcome


def _answer(outcome: Outcome) -> dict[str, Any]:
    """What became of one order (assumed): S or E, its number, and every error with the place of its
    line from 0 on.
    """
    return {
        NUMBER: outcome.number,
        "status": "E" if outcome.rows else "S",
        "errors": [
            {"error_code": row.code, "desc": row.desc, "column": row.column, "line": place}
            for row, place in outcome.rows
        ],
    }
