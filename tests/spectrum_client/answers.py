"""Answers of Spectrum as bytes, in the shapes that were captured or documented."""

from collections.abc import Sequence
from xml.sax.saxutils import escape


def envelope(service: str, inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
        ' xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/><SOAP-ENV:Body>'
        f'<nis:{service}Response xmlns:nis="http://www.northgate-is.com/proiv/webservices/types">'
        f"{inside}</nis:{service}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def put(*rows: tuple[str, str, str], service: str = "AddJob") -> bytes:
    inside = "".join(
        f"<response><error_code>{code}</error_code><desc>{escape(text)}</desc><column>{column}</column></response>"
        for code, text, column in rows
    )
    return envelope(service, f"<returnArray><returnData>{inside}</returnData></returnArray>")


def get_row(values: dict[str, str], error: tuple[str, str, str] = ("", "", "")) -> str:
    cells = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    names = ("Error_Code", "Error_Description", "Error_Column")
    errors = "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in zip(names, error, strict=True)
    )
    return f"<response>{cells}{errors}</response>"


def get(rows: Sequence[str], service: str = "GetJobMain") -> bytes:
    wrapper = service[0].lower() + service[1:]
    inside = f"<returnArray><returnData><{wrapper}>{''.join(rows)}</{wrapper}></returnData></returnArray>"
    return envelope(service, inside)


def fault(code: str, text: str) -> bytes:
    return (
        "<SOAP-ENV:Envelope"
        ' xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>SOAP-ENV:{code}</faultcode><faultstring>{escape(text)}</faultstring>"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


MISSING = (
    "Error identifying Web Service: class"
    " com.northgateis.proiv.ws.servlet.WebServiceIdentificationException: Could not find WebService"
    " named: AddJob"
)
