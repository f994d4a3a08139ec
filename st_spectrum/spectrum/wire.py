"""What comes back from Spectrum's SOAP services, as pure functions on bytes; `request_fields` is
the way there.

Nothing here opens a connection. Answers become a `Receipt` (Add and Update), `Rows` (Get) or one of
the error families. Rows are judged by their code and the element they blame, never by wording
[SP 4.3, 4.4, 19].
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from lxml import etree

from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    Problem,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum import envelope
from st_spectrum.spectrum.services import Service

SYSTEM = "spectrum"


@dataclass(frozen=True)
class Receipt:
    """A write that Spectrum took. `notes` are its remarks: warnings, and values it generated, by
    element [SP 4.3].
    """

    service: str
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of a Get, all values stripped. `is_complete` is False when Spectrum cut the list off
    [SP 4.5].
    """

    rows: tuple[dict[str, str], ...]
    is_complete: bool


@dataclass(frozen=True)
class Fault:
    """A SOAP fault: the server did not come as far as an answer [SP 4.6]."""

    code: str
    text: str


class ServiceMissing(AccessDenied):
    """This Spectrum does not offer the service: an older release, or a wrong base address. Nothing
    was carried out.
    """

    advice = (
        "Check the base address, and whether this release of Spectrum offers the service in its"
        " Data Exchange."
    )


class Verdict(Enum):
    """What a row means for the call."""

    REFUSED = "refused"
    REMARK = "remark"
    DONE = "done"


CODES: Mapping[str, Verdict] = {
    "A": Verdict.REFUSED,
    "I": Verdict.REFUSED,
    "M": Verdict.REFUSED,
    "E": Verdict.REFUSED,
    "G": Verdict.REMARK,
    "W": Verdict.REMARK,
    "S": Verdict.DONE,
}
"""Every error_code that the vendor documents [SP 4.3]; one that is not in here stops the run,
loudly.

That the absence of a refusal means success is assumed [SP 4.4].
"""

SETUP_ELEMENTS = frozenset({"Authorization_ID", "Company_Code", "pCompany_Code"})
"""A refusal of one of these is never a record's fault, they come from the account file. For the
company: assumed.
"""

FAULT_SERVICE_MISSING = "Could not find WebService"
FAULT_EXECUTION = "Error executing Web Service"

ALIASES: Mapping[str, str] = {
    "Current_Estimated_Dollars": "Current_Estimate_Dollars",
    "Current_Estimate_Dollars": "Current_Estimated_Dollars",
    "Work_Local_Tax_Code": "Work_Local_Tax_Cod",
}
"""Names whose spelling differs between documents and wire; the field table's one is ours
[SP 4.5, 10].
"""

_ERROR_PARTS = {
    "error_code": "code",
    "desc": "text",
    "error_description": "text",
    "column": "field",
    "error_column": "field",
}


def parse_put(body: bytes, service: Service, secrets: Iterable[str] = ()) -> Receipt:
    """The answer of an Add, an Update or the connection test [SP 4.2 to 4.4]; `secrets` are kept
    out of all texts.

    Raises `Rejected` or `AccessDenied` for any refusing row, `ContractBroken` for a code nobody
    documented, and the family of a lost answer when there is no complete answer to read; for a
    write that means nobody knows what happened.
    """
    secrets = tuple(secrets)
    raise_fault(parse_fault(body), service, secrets)
    root = envelope.read(body)
    responses = None if root is None else _responses(root, service)
    if responses is None:
        raise lost_answer(
            service, f"answered with {envelope.describe(body)} instead of its answer in XML"
        )
    rows = [_as_problem(response, secrets) for response in responses]
    _raise_refusals(rows, service)
    if Problem("", "") in rows:
        raise lost_answer(service, "answered with an empty row, which says neither yes nor no")
    for row in rows:
        if row.code not in CODES:
            raise _unknown_code(row, service)
    return Receipt(service.name, tuple(row for row in rows if CODES[row.code] is Verdict.REMARK))


def parse_get(body: bytes, service: Service, secrets: Iterable[str] = ()) -> Rows:
    """The rows of a Get answer, stripped, under the column names of the table [SP 4.2, 4.5].

    A body that merely lost closing tags after its last row is read; one that was cut inside the
    list raises `Unavailable`, so that it is asked for again. A refusing row raises `AccessDenied`
    or `Rejected`, what is not XML `ContractBroken`. A warning row is never data: it makes the
    result incomplete.
    """
    secrets = tuple(secrets)
    raise_fault(parse_fault(body), service, secrets)
    responses = _responses(_read_root(body, service), service)
    if responses is None:
        raise _not_an_answer(body, service)
    judged = [
        (_as_problem(response, secrets), _as_row(response, service)) for response in responses
    ]
    _raise_refusals([problem for problem, _ in judged], service)
    rows: list[dict[str, str]] = []
    is_complete = True
    for problem, row in judged:
        if problem.code == "W":
            is_complete = False
        elif problem.code:
            raise _unknown_code(problem, service)
        elif not any(row.values()):
            # Seen on one tenant in place of data [SP 1.6]; taken for an empty list it would hide
            # records.
            raise Unavailable(
                "answered with a blank row instead of data", system=SYSTEM, operation=service.name
            )
        else:
            rows.append(row)
    return Rows(tuple(rows), is_complete)


def parse_fault(body: bytes) -> Fault | None:
    """The SOAP fault in an answer, even if the tail of the body is missing; None when there is none
    [SP 4.6].
    """
    root = envelope.read_leniently(body) if b"Fault" in body else None
    if root is None or envelope.local_name(root) != "Envelope":
        return None
    inside = [
        found for body_part in envelope.children(root) for found in envelope.children(body_part)
    ]
    if not inside or envelope.local_name(inside[0]) != "Fault":
        return None
    parts = {
        envelope.local_name(child): envelope.text_of(child)
        for child in envelope.children(inside[0])
    }
    return Fault(parts.get("faultcode", ""), parts.get("faultstring", ""))


def is_page(body: bytes) -> bool:
    """Whether a body is something for people, or for nobody, and not even a part of an answer of
    Spectrum.
    """
    return bool(body.strip()) and b"Envelope" not in body


def has_refusal(body: bytes) -> bool:
    """Whether a body is an answer in which a row refuses the call."""
    root = envelope.read(body)
    if root is None or envelope.local_name(root) != "Envelope":
        return False
    codes = (_as_problem(response, ()).code for response in envelope.named(root, "response"))
    return any(CODES.get(code) is Verdict.REFUSED for code in codes)


def raise_fault(fault: Fault | None, service: Service, secrets: Iterable[str] = ()) -> None:
    """Raise the family of a fault. Faults carry no code of their own, so the vendor's fixed phrases
    decide [SP 4.6].
    """
    if fault is None:
        return
    if FAULT_SERVICE_MISSING in fault.text:
        raise ServiceMissing(
            f"Spectrum has no service {service.name}", system=SYSTEM, operation=service.name
        )
    text = redact(fault.text, secrets) or "no text"
    is_about_our_call = (
        fault.code.rpartition(":")[2] == "Client" and FAULT_EXECUTION not in fault.text
    )
    if is_about_our_call and not service.is_write:
        raise ContractBroken(
            f"Spectrum did not accept the call: {text}", system=SYSTEM, operation=service.name
        )
    raise lost_answer(service, f"answered with a fault: {text}")


def lost_answer(service: Service, message: str) -> SyncFault:
    """What no usable answer means: for a write its outcome is unknown, anything else may simply be
    asked again.
    """
    family = OutcomeUnknown if service.is_write else Unavailable
    return family(f"Spectrum {message}", system=SYSTEM, operation=service.name)


_HIDDEN = "***"
_SECRET_SHAPES = (
    re.compile(r"(<(?:[\w-]+:)?Authorization_ID\b[^>]*>)[^<]*", re.IGNORECASE),
    re.compile(r"(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE),
    re.compile(
        r"(\b(?:client_secret|access_token|password|pwd)\b[\"']?\s*[=:]\s*[\"']?)[^\s\"'&<>,;}]+",
        re.IGNORECASE,
    ),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without Authorization IDs, tokens and passwords; `secrets` are further values to hide
    wherever they stand.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    for shape in _SECRET_SHAPES:
        text = shape.sub(rf"\g<1>{_HIDDEN}", text)
    return text


def _responses(root: etree._Element, service: Service) -> list[etree._Element] | None:
    """All `response` elements of the answer, however wrapped [SP 4.2]; None when this is not an
    answer of the service.
    """
    answers = envelope.named(root, f"{service.name}Response")
    if (
        envelope.local_name(root) != "Envelope"
        or not answers
        or not envelope.named(answers[0], "returnArray")
    ):
        return None
    return envelope.named(answers[0], "response")


def _read_root(body: bytes, service: Service) -> etree._Element:
    root = envelope.read(body)
    if root is not None:
        return root
    tail = envelope.tail_of(body)
    if tail is envelope.Tail.ROWS_LOST:
        raise Unavailable(
            "the answer breaks off before its end", system=SYSTEM, operation=service.name
        )
    root = envelope.read_leniently(body) if tail is envelope.Tail.ONLY_CLOSING_TAGS_LOST else None
    if root is None:
        raise _not_an_answer(body, service)
    return root


def _not_an_answer(body: bytes, service: Service) -> ContractBroken:
    text = (
        f"Spectrum answered {service.name} with {envelope.describe(body)} instead of its answer"
        " in XML"
    )
    return ContractBroken(text, system=SYSTEM, operation=service.name)


def _raise_refusals(rows: list[Problem], service: Service) -> None:
    refusals = [row for row in rows if CODES.get(row.code) is Verdict.REFUSED]
    if denials := [row for row in refusals if row.field in SETUP_ELEMENTS]:
        raise AccessDenied("; ".join(map(str, denials)), system=SYSTEM, operation=service.name)
    if refusals:
        raise Rejected(refusals, system=SYSTEM, operation=service.name)


def _unknown_code(row: Problem, service: Service) -> ContractBroken:
    doubt = "; whether the record was stored is not known" if service.is_write else ""
    text = f"answered with a code that is not documented, {row.code!r} ({row}){doubt}"
    return ContractBroken(text, system=SYSTEM, operation=service.name)


def _as_problem(response: etree._Element, secrets: tuple[str, ...]) -> Problem:
    parts = {"code": "", "text": "", "field": ""}
    for child in envelope.children(response):
        if part := _ERROR_PARTS.get(envelope.local_name(child).lower()):
            parts[part] = envelope.text_of(child)
    return Problem(parts["code"], redact(parts["text"], secrets), parts["field"])


def _as_row(response: etree._Element, service: Service) -> dict[str, str]:
    row = {}
    for child in envelope.children(response):
        name = envelope.local_name(child)
        if name.lower() in _ERROR_PARTS and name not in service.returns:
            continue
        alias = ALIASES.get(name, "")
        row[alias if name not in service.returns and alias in service.returns else name] = (
            envelope.text_of(child)
        )
    return row
