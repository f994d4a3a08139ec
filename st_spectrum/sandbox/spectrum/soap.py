"""SOAP in and out: requests read leniently as Spectrum reads them, answers written the way it
writes them [SP 3.1, 4].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from st_spectrum.sandbox.spectrum.rows import (
    ERROR_OF_GET,
    GOOD,
    SUCCESS,
    TOO_MANY_ROWS,
    WARNING,
    Row,
)
from st_spectrum.sandbox.spectrum.switches import BlankStyle, SuccessShape
from st_spectrum.sandbox.spectrum.wsdl import TYPES_NAMESPACE, element_names
from st_spectrum.spectrum.services import Service

ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"

ROW_LIMIT = 500
"""Data rows of one Get reply; a warning row follows when there were more [SP 1.7]."""

LARGE = 50_000
"""Characters from which a reply may lose its tail; the number is assumed [SP 4.5]."""

UNKNOWN_SERVICE = (
    "Error identifying Web Service: class"
    " com.northgateis.proiv.ws.servlet.WebServiceIdentificationException: Could not find WebService"
    " named: {name}"
)
CANNOT_EXECUTE = "Error executing Web Service"


class Unreadable(Exception):
    """The request is no SOAP call, or lacks an element that the layout declares."""


@dataclass(frozen=True)
class Answer:
    """An HTTP status and an XML body."""

    status: int
    body: str


@dataclass(frozen=True)
class Request:
    """The name of the element called and the values of its children by local name, blanks
    stripped.
    """

    operation: str
    values: dict[str, str]

    def require_layout(self, service: Service) -> None:
        """Every declared element must be there [SP 3.1]; that undeclared ones are refused too is
        assumed.
        """
        declared = set(element_names(service))
        if declared != self.values.keys():
            wrong = sorted(declared.symmetric_difference(self.values))
            raise Unreadable(f"{service.name}: missing or undeclared elements {', '.join(wrong)}")


def parse(body: bytes) -> Request:
    """The call in an envelope, matched by local names [SP 3.1]. `Unreadable` when there is none or
    an element repeats.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(str(error)) from None
    call = next((child[0] for child in root if _local(child) == "Body" and len(child)), None)
    if call is None:
        raise Unreadable("no call in the body of the envelope")
    values: dict[str, str] = {}
    for element in call:
        name = _local(element)
        if name in values:
            raise Unreadable(f"{name} is there twice")
        values[name] = (element.text or "").strip()
    return Request(_local(call), values)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def put_answer(service: Service, rows: Sequence[Row], shape: SuccessShape, key: str) -> Answer:
    """Errors or notes as `response` rows of one returnData; a success without notes in the shape
    asked for [SP 4.2, 4.4].
    """
    if not rows and shape == "g_row":
        rows = [Row(GOOD, key, service.key[0] if service.key else "")]
    elif not rows and shape == "s_row":
        rows = [Row(SUCCESS, "Successful", "")]
    if rows:
        listed = "".join(
            f"<response><error_code>{row.code}</error_code><desc>{escape(row.desc)}</desc>"
            f"<column>{row.column}</column></response>"
            for row in rows
        )
        return _enveloped(service, f"<returnArray><returnData>{listed}</returnData></returnArray>")
    return _enveloped(
        service,
        "<returnArray/>" if shape == "empty_array" else "<returnArray><returnData/></returnArray>",
    )


def get_answer(
    service: Service, rows: Sequence[Mapping[str, str]], style: BlankStyle, *, loses_tail: bool
) -> Answer:
    """Up to 500 data rows and, if there were more, the warning row [SP 4.2, 4.5]."""
    parts = [_data_row(service, row, number, style) for number, row in enumerate(rows[:ROW_LIMIT])]
    if len(rows) > ROW_LIMIT:
        parts.append(_blank_row(service, Row(WARNING, TOO_MANY_ROWS, "")))
    answer = _enveloped(service, _wrapped(service, "".join(parts)))
    if loses_tail and len(answer.body) > LARGE:
        return Answer(answer.status, answer.body[: answer.body.rindex("</nis:")])
    return answer


def get_refusal(service: Service, rows: Sequence[Row]) -> Answer:
    """Errors of a Get service as `E` rows without data [SP 4.3]; that every kind of error comes as
    `E` is assumed.
    """
    parts = (_blank_row(service, Row(ERROR_OF_GET, row.desc, row.column)) for row in rows)
    return _enveloped(service, _wrapped(service, "".join(parts)))


def fault(code: str, text: str) -> Answer:
    """A SOAP fault; `code` is Client or Server. HTTP 500 is assumed, nobody recorded it
    [SP 4.6].
    """
    return Answer(
        500,
        '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope'
        f' xmlns:SOAP-ENV="{ENVELOPE_NAMESPACE}">'
        f"<SOAP-ENV:Header/><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>SOAP-ENV:{code}</faultcode>"
        f"<faultstring>{escape(text)}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>",
    )


def _enveloped(service: Service, content: str) -> Answer:
    name = f"nis:{service.name}Response"
    return Answer(
        200,
        '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope'
        f' SOAP-ENV:encodingStyle="{ENCODING}"'
        f' xmlns:SOAP-ENV="{ENVELOPE_NAMESPACE}"><SOAP-ENV:Header/><SOAP-ENV:Body><{name}'
        f' xmlns:nis="{TYPES_NAMESPACE}">{content}</{name}></SOAP-ENV:Body></SOAP-ENV:Envelope>',
    )


def _wrapped(service: Service, content: str) -> str:
    wrapper = service.name[0].lower() + service.name[1:]
    return f"<returnArray><returnData><{wrapper}>{content}</{wrapper}></returnData></returnArray>"


def _data_row(service: Service, row: Mapping[str, str], number: int, style: BlankStyle) -> str:
    cells = "".join(
        _cell(name, row[name], number + place, style) for place, name in enumerate(service.returns)
    )
    return f"<response>{cells}<Error_Code/><Error_Description/><Error_Column/></response>"


def _cell(name: str, value: str, turn: int, style: BlankStyle) -> str:
    if value.strip():
        return f"<{name}>{escape(value)}</{name}>"
    if style == "space" or (style == "mixed" and turn % 3 == 2):
        return f"<{name}> </{name}>"
    return f"<{name}></{name}>" if style == "mixed" and turn % 3 == 1 else f"<{name}/>"


def _blank_row(service: Service, row: Row) -> str:
    cells = "".join(f"<{name}> </{name}>" for name in service.returns)
    return (
        f"<response>{cells}<Error_Code>{row.code}</Error_Code><Error_Description>{escape(row.desc)}</Error_Description>"
        f"<Error_Column>{row.column}</Error_Column></response>"
    )
