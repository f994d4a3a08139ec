"""AR invoices and credit memos: the document, the message that carries many of them, the answer to
it [SP 12].

Pure: nothing here opens a connection. Documents are judged before anything is sent, so that one
that cannot be taken never costs the others of its batch anything.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from st_spectrum.domain.ar_documents import NUMBER, ArDocument
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.spectrum.request_fields import field_problems
from st_spectrum.spectrum.rest.batch_answers import BatchAnswer, Posting
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, SERVICES, Field, Kind
from st_spectrum.spectrum.wire import SETUP_ELEMENTS, SYSTEM

PATH = "/customer/invoice"
OPERATION = f"POST {PATH}"
DETAILS = "invoiceDetails"
AMOUNTS = frozenset({"Sales_Tax_Amount", "Retention_Amount", "Total_VAT_Amount", "Line_Extension"})
"""Numeric fields that are money: whole cents, sent with two decimals."""
LOCKED = "L"
"""Code of a record that a person has open just now. Assumed, as everything about this answer
[SP 4.7].
"""

ANSWER = BatchAnswer(OPERATION, "arInvoices", NUMBER, "document", SETUP_ELEMENTS, has_lines=True)


def check(document: ArDocument, company_code: str) -> tuple[Problem, ...]:
    """All that Spectrum could not take [SP 12.1, 12.2]; each problem names the document, the line
    and the field.
    """
    name = f"document {document.number or 'without number'}"
    problems = list(_field_problems(name, _header(document, company_code), INVOICE_HEADER))
    if (given := document.header.get("Company_Code", "").strip()) not in ("", company_code):
        problems.append(
            Problem("I", f"{name}: is of company {given}, this is {company_code}", "Company_Code")
        )
    if not document.details:
        problems.append(Problem("M", f"{name}: has no line", DETAILS))
    for number, detail in enumerate(document.details, start=1):
        problems += _field_problems(f"{name}, line {number}", detail, INVOICE_DETAIL)
    return tuple(problems)


def build_invoice_body(
    documents: Sequence[ArDocument], company_code: str, authorization_id: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """The message for `documents`: every field of the tables in their order, numbers as `Decimal`,
    the rest as text.

    Blank fields are "", blank numbers too, as in the vendor's sample [SP 12.2]. `authorization_id`
    is for installations where the login header is taken by a token; that it goes into each header
    then is assumed [SP 1.4]. Raises `Rejected` with the problems of all documents.
    """
    if problems := [problem for document in documents for problem in check(document, company_code)]:
        raise Rejected(problems, system=SYSTEM, operation=OPERATION)
    login = {"Authorization_ID": authorization_id} if authorization_id else {}
    return {
        "arInvoices": [
            {
                **login,
                **_values(_header(document, company_code), INVOICE_HEADER),
                DETAILS: [_values(detail, INVOICE_DETAIL) for detail in document.details],
            }
            for document in documents
        ]
    }


def encode(value: object) -> str:
    """JSON in which a `Decimal` keeps exactly the digits it has: 1250.00 stays 1250.00."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return (
            "{"
            + ",".join(f"{json.dumps(name)}:{encode(inner)}" for name, inner in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    return json.dumps(value)


def repeated(documents: Sequence[ArDocument]) -> frozenset[int]:
    """Positions of documents whose number stands on an earlier one already."""
    first = {
        document.number: position for position, document in reversed(list(enumerate(documents)))
    }
    return frozenset(
        position
        for position, document in enumerate(documents)
        if first[document.number] != position
    )


def soap_fields(document: ArDocument) -> dict[str, str]:
    """The document as fields of the SOAP service AddARInvoice, which takes one line [SP 12.3].

    What it has no element for (quantity, unit, message) is left out. Raises `Rejected` for several
    lines: that a second call under the same number adds a line is documented for cash receipts only
    [SP 5].
    """
    layout = SERVICES["AddARInvoice"]
    if len(document.details) != 1:
        text = (
            f"document {document.number}: has {len(document.details)} lines and AddARInvoice takes"
            " one; have the REST service for invoices authorised, or put the amount on one line"
        )
        raise Rejected([Problem("I", text, DETAILS)], system=SYSTEM, operation=layout.name)
    elements = {field.name for field in layout.fields}
    header, (detail,) = document.header, document.details
    lacking = {field.name for field in INVOICE_DETAIL} - elements
    return {**header, **{name: value for name, value in detail.items() if name not in lacking}}


def read_answer(
    body: bytes, documents: Sequence[ArDocument], secrets: Iterable[str] = ()
) -> tuple[Posting, ...]:
    """What became of each of `documents`, in their order, whatever the order of the answer. Its
    shape is assumed [SP 4.7]:

        {"arInvoices": [{"Invoice_Or_Transaction": "10482-1", "status": "S"},
                        {"Invoice_Or_Transaction": "10483-1", "status": "E", "errors": [
                            {"error_code": "I", "desc": "...", "column": "GL_Account", "line":
                            0}]}]}

    with `line` counted from 0, and null or absent for the header. The documented words in another
    shape are an `UnsureRefusal` of the document that they stand with. A document that is missing,
    stands there twice, or is spoken of in a way that cannot be read is `OutcomeUnknown` for itself.
    Raises `OutcomeUnknown` when nothing can be read, and `AccessDenied` when every document was
    refused, and one for its company or the login.
    """
    return ANSWER.read(body, [document.number for document in documents], secrets)


def is_locked(refusal: Rejected) -> bool:
    """Whether a person has the record open just now; it may go out again later [SP 1.7]."""
    return any(problem.code == LOCKED for problem in refusal.problems)


def _header(document: ArDocument, company_code: str) -> dict[str, str]:
    given = dict(document.header)
    return (
        given if given.get("Company_Code", "").strip() else {**given, "Company_Code": company_code}
    )


def _field_problems(
    place: str, values: Mapping[str, str], fields: tuple[Field, ...]
) -> Iterator[Problem]:
    for name in sorted(set(values) - {field.name for field in fields}):
        yield Problem("I", f"{place}: there is no such field", name)
    for field in fields:
        value = values.get(field.name, "")
        found = list(field_problems(field, value))
        if not found and field.name in AMOUNTS and value.strip():
            written = _number(field, value)
            if written != Decimal(value):
                found = [Problem("I", f"must be in whole cents, found {value!r}", field.name)]
            elif len(format(written, "f")) > field.length:
                text = f"is too large: {written} has more than {field.length} characters"
                found = [Problem("I", text, field.name)]
        yield from (
            Problem(problem.code, f"{place}: {problem.text}", problem.field) for problem in found
        )


def _values(values: Mapping[str, str], fields: tuple[Field, ...]) -> dict[str, Any]:
    return {field.name: _value(field, values.get(field.name, "")) for field in fields}


def _value(field: Field, text: str) -> str | Decimal:
    if not text.strip():
        return ""
    return _number(field, text) if field.kind is Kind.NUMBER else text


def _number(field: Field, text: str) -> Decimal:
    number = Decimal(text)
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP) if field.name in AMOUNTS else number
