"""`POST /customer/invoice`: many AR invoices and credit memos in one call, each taken or refused as
a whole [SP 12.2].

Only the request is documented. The answer's shape, and that it comes with HTTP 200 whatever became
of the records, is assumed and made in `_answer` alone.
"""

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.spectrum import tokens
from st_spectrum.sandbox.spectrum.auth import Authorization
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.rest_records import (
    LOCKED,
    Outcome,
    Unreadable,
    in_rows,
    lines_of,
    log_in,
    post_route,
    records_of,
    refuse_other_company,
    values_of,
)
from st_spectrum.sandbox.spectrum.rows import Row, missing
from st_spectrum.sandbox.spectrum.services.invoice_rules import (
    NotSetUp,
    check_detail,
    check_header,
    store,
)
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, Service

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

PATH = "/customer/invoice"
DETAILS = "invoiceDetails"
DOCUMENTS = "arInvoices"

HEADER = Service("ARMultiLineInvoice", "SP 12.2", INVOICE_HEADER)
"""Under this name the service is built for an Authorization ID [SP 6.2]."""
DETAIL = Service("ARMultiLineInvoice", "SP 12.2", INVOICE_DETAIL)


def routes(system: "SpectrumSystem") -> list[Route]:
    """The one route of this service."""
    return [post_route(system, PATH, _post)]


def numbers_of(body: bytes) -> list[str]:
    """The invoice numbers that a request is about, for logs and fault rules; nothing when it cannot
    be read.
    """
    try:
        return [
            str(document.get("Invoice_Or_Transaction", ""))
            for document in records_of(body, DOCUMENTS, DETAILS)
        ]
    except Unreadable:
        return []


def _post(system: "SpectrumSystem", header: str, body: bytes, fault: str) -> Response:
    authorization = log_in(system, HEADER, header)
    if authorization is None:
        return tokens.unauthorized()
    try:
        documents = records_of(body, DOCUMENTS, DETAILS)
    except Unreadable as error:
        return JSONResponse({"error": str(error)}, 400)
    try:
        with system.database.writing() as book:
            outcomes = [
                _take(system, book, authorization, document, fault) for document in documents
            ]
    except NotSetUp:
        # Reported by a vendor of connectors [SP 4.7].
        return JSONResponse(
            {"error": "There was an error processing your request. It has been logged"}, 500
        )
    answers = [_answer(outcome) for outcome in outcomes]
    if system.switches.refusal_shape == "rows" and any(outcome.rows for outcome in outcomes):
        return JSONResponse(in_rows(answers, "Invoice_Or_Transaction"), 422)
    return JSONResponse({DOCUMENTS: answers})


def _take(
    system: "SpectrumSystem",
    book: Book,
    authorization: Authorization,
    document: dict[str, Any],
    fault: str,
) -> Outcome:
    """Store one document, or say everything that is wrong with it: form first, codes of what has
    the right form.
    """
    values, wrong = values_of(HEADER, document, DETAILS)
    outcome = Outcome(values["Invoice_Or_Transaction"], [(row, None) for row in wrong])
    lines = []
    for place, line in enumerate(lines_of(document, DETAILS)):
        line_values, wrong = values_of(DETAIL, line, DETAILS)
        lines.append(line_values)
        outcome.rows += [(row, place) for row in wrong]
    if not lines:
        outcome.rows.append((missing(DETAILS), None))
    company = values["Company_Code"]
    if company and (row := refuse_other_company(book, authorization, company)):
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
        outcome.rows.append(
            (Row(LOCKED, "Record is locked by user JSMITH", "Invoice_Or_Transaction"), None)
        )
    if not outcome.rows:
        store(header, details)
    return outcome


def _answer(outcome: Outcome) -> dict[str, Any]:
    """What became of one document (assumed): S or E, and every error with its column and the place
    of its line from 0 on.
    """
    return {
        "Invoice_Or_Transaction": outcome.number,
        "status": "E" if outcome.rows else "S",
        "errors": [
            {"error_code": row.code, "desc": row.desc, "column": row.column, "line": place}
            for row, place in outcome.rows
        ],
    }
