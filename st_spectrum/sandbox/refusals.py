"""The answers of calls that go wrong before a system did anything, worded as that system words
them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Headers = list[tuple[bytes, bytes]]

SOAP_FAULT = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/><SOAP-ENV:Body>
<SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode><faultstring>Error executing Web Service</faultstring>
</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"""


@dataclass(frozen=True)
class Refusal:
    """One finished HTTP answer."""

    status: int
    headers: Headers
    body: bytes


def with_status(system: str, status: int, text: str = "") -> Refusal:
    """`status` in the clothes of `system`: an envelope [ST 1.4] or a page of HTML [SP 1.1]."""
    text = text or _phrase(status)
    if system == "servicetrade":
        envelope = {"data": None, "messages": {"success": [], "error": [text]}}
        return Refusal(
            status, [(b"content-type", b"application/json")], json.dumps(envelope).encode()
        )
    page = (
        f"<html><head><title>Error {status}</title></head><body><h2>HTTP ERROR"
        f" {status}</h2><p>{text}</p></body></html>"
    )
    return Refusal(status, [(b"content-type", b"text/html; charset=utf-8")], page.encode())


def failed_before(system: str) -> Refusal:
    """HTTP 500 although nothing was done; the client cannot know that."""
    return with_status(system, 500, "Internal Server Error")


def rate_limited(system: str, retry_after: float) -> Refusal:
    """HTTP 429. Retry-After is whole seconds in the wild; a broken number here is for tests in a
    hurry.
    """
    refusal = with_status(system, 429, "Too Many Requests")
    return Refusal(
        429, [*refusal.headers, (b"retry-after", f"{retry_after:g}".encode())], refusal.body
    )


def middle_box(status: int, retry_after: float) -> Refusal:
    """The page of a firewall or proxy, the same for both systems; a 429 says when to come back, a
    3xx where to go.
    """
    page = (
        f"<html><head><title>{_phrase(status)}</title></head><body><h1>Blocked by"
        " policy</h1></body></html>"
    )
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers.append((b"retry-after", f"{retry_after:g}".encode()))
    if 300 <= status < 400:
        headers.append((b"location", b"https://login.example.com/"))
    return Refusal(status, headers, page.encode())


def not_xml() -> Refusal:
    """HTTP 200 with a page for people, such as a proxy's log-in page."""
    page = (
        b"<html><body><h1>Sign in</h1><p>Your session has ended. Please sign in to"
        b" continue.<br></body></html>"
    )
    return Refusal(200, [(b"content-type", b"text/html; charset=utf-8")], page)


def soap_fault() -> Refusal:
    """The fault of a busy server [SP 4.6]; HTTP 500 is assumed there."""
    return Refusal(500, [(b"content-type", b"text/xml; charset=utf-8")], SOAP_FAULT.encode())


def without_records(body: bytes) -> bytes:
    """A JSON answer of ServiceTrade with nothing in its lists."""
    return _thinned(body, lambda _: [], {"totalPages": 1, "totalCount": 0})


def without_first(body: bytes) -> bytes:
    """The same without the first record of each list; the counts stay."""
    return _thinned(body, lambda records: records[1:])


def without_newer(body: bytes, moment: float) -> bytes:
    """The same without the records that changed since; the counts stay."""

    def older(records: list[Any]) -> list[Any]:
        return [
            record
            for record in records
            if not isinstance(record, dict) or record.get("updated", 0) <= moment
        ]

    return _thinned(body, older)


def _thinned(
    body: bytes, thin: Callable[[list[Any]], list[Any]], counts: Mapping[str, int] | None = None
) -> bytes:
    content = json.loads(body)
    data = content.get("data") if isinstance(content, dict) else None
    if isinstance(data, dict):
        thinned = {
            name: thin(value) if isinstance(value, list) else value for name, value in data.items()
        }
        content["data"] = thinned | {
            name: count for name, count in (counts or {}).items() if name in data
        }
    return json.dumps(content).encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
