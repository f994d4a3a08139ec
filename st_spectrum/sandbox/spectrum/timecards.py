"""`POST /timecard/timecards`: pre-time cards in one call, each taken or refused for itself
[SP 13.3].

Only the request is documented. The answer's shape, made after that of the invoices, and that it
comes with HTTP 200 whatever became of the records, is assumed and made in `_answer` alone. So is
that the cards are looked at as those of the SOAP service are, and the name under which the service
is built for an Authorization ID.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_spectrum.sandbox.spectrum import tokens
from st_spectrum.sandbox.spectrum.auth import Authorization
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.rest_records import (
    LOCKED,
    Unreadable,
    in_rows,
    log_in,
    post_route,
    refuse_other_company,
    values_of,
)
from st_spectrum.sandbox.spectrum.rows import Row
from st_spectrum.sandbox.spectrum.services.time_rules import check, store
from st_spectrum.spectrum.services import SERVICES, Service
from st_spectrum.spectrum.timecards import ANSWERS, MESSAGE, REST_FIELDS, REST_NAMES

if TYPE_CHECKING:
    from st_spectrum.sandbox.spectrum.system import SpectrumSystem

PATH = "/timecard/timecards"

CARD = Service("PreTimeCardBatch", "SP 13.3", REST_FIELDS)

LOGIN = "authorizationID"
"""Taken and not looked at (assumed), as in the other REST services."""

SAMPLE_KEYS = frozenset(
    (
        *(
            "serviceUniqueID",
            "systemKey",
            "checkType",
            "checkNumber",
            "dayOfWeek",
            "certifiedFlag",
            "payExtension",
        ),
        *(
            "burdenAmount",
            "updateFlag",
            "equipmentRate",
            "billRate",
            "equipmentBillRate",
            "laborBillCode",
        ),
        *(
            "equipmentBillCode",
            "tmUpdateFlag",
            "unionFringe",
            "workerCompBurden",
            "workerCompDeduct",
            "statusFlag",
        ),
        *(
            "equipmentRateType",
            "certifiedJobNumber",
            "quantityFlag",
            "compRate",
            "prevailingWageRate",
            "userID",
        ),
        *("incentivePayFlag", "companyCode2", "companyCode3"),
    )
)
"""Keys of the vendor's sample that nothing explains [SP 13.3]; taken and not looked at (assumed).
"""


def routes(system: "SpectrumSystem") -> list[Route]:
    """The one route of this service."""
    return [post_route(system, PATH, _post)]


def tokens_of(body: bytes) -> list[str]:
    """The messages of the cards in a request, for logs and fault rules; nothing when it cannot be
    read.
    """
    try:
        return [str(card.get(MESSAGE) or "") for card in _cards(body)]
    except Unreadable:
        return []


def _cards(body: bytes) -> list[dict[str, Any]]:
    try:
        cards = json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(cards, list) or not all(isinstance(card, dict) for card in cards):
        raise Unreadable("The body must be a list of objects")
    return cards


def _post(system: "SpectrumSystem", header: str, body: bytes, fault: str) -> Response:
    authorization = log_in(system, CARD, header)
    if authorization is None:
        return tokens.unauthorized()
    try:
        cards = _cards(body)
    except Unreadable as error:
        return JSONResponse({"error": str(error)}, 400)
    with system.database.writing() as book:
        answers = [_answer(card, _take(system, book, authorization, card, fault)) for card in cards]
    if system.switches.refusal_shape == "rows" and any(answer["errors"] for answer in answers):
        return JSONResponse(in_rows(answers, MESSAGE), 422)
    return JSONResponse({ANSWERS: answers})


def _take(
    system: "SpectrumSystem",
    book: Book,
    authorization: Authorization,
    card: Mapping[str, Any],
    fault: str,
) -> list[Row]:
    """Store one card, or say everything that is wrong with it, by the names of this service."""
    known = {
        name: value for name, value in card.items() if name not in SAMPLE_KEYS and name != LOGIN
    }
    values, wrong = values_of(CARD, known, "")
    company = values["companyCode"] or authorization.companies[0]
    if row := refuse_other_company(book, authorization, company):
        wrong.append(row)
    if wrong:
        return [_renamed(row) for row in wrong]
    given = {name: values[rest] for name, rest in REST_NAMES.items()} | {"Company_Code": company}
    call = system.call(SERVICES["PreTimeCard"], book, authorization, given, company)
    rows = check(call)
    if not rows and fault == "locked":
        rows = [Row(LOCKED, "Record is locked by user JSMITH", "Batch_Code")]
    return [_renamed(row) for row in rows or store(call)]


def _renamed(row: Row) -> Row:
    return Row(row.code, row.desc, REST_NAMES.get(row.column, row.column))


def _answer(card: Mapping[str, Any], rows: list[Row]) -> dict[str, Any]:
    """What became of one card (assumed): its message, S or E, and every error with its column."""
    return {
        MESSAGE: card.get(MESSAGE),
        "status": "E" if rows else "S",
        "errors": [
            {"error_code": row.code, "desc": row.desc, "column": row.column} for row in rows
        ],
    }
