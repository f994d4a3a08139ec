"""Bare callers of the two systems for the world builder: no retries, no mapping, a refusal is an
error at once.

They share no code with the product's clients, so that a mistake there cannot hide itself in the
world it is tested on.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import uuid4

import httpx
from lxml import etree

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, CLIENT_ID, CLIENT_SECRET, COMPANY_CODE
from st_spectrum.sandbox.loopback import loopback_client

XSD = "{http://www.w3.org/2001/XMLSchema}"
TYPES = "http://www.northgate-is.com/proiv/webservices/types"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
REFUSALS = ("A", "I", "M", "E")

EVERY_JOB_STATUS = "new,scheduled,canceled,bidding,completed,pending_invoice,sending_invoice,closed"
"""Without this list a job list shows scheduled jobs alone [ST 5.1]."""


class CallRefused(Exception):
    """A system said no; the text says to what and why."""


def _read(response: httpx.Response, call: str) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise CallRefused(f"{call}: unreadable answer {response.text[:500]!r}") from error


def _text(element: etree._Element) -> str:
    return str(element.text or "").strip()


class ServiceTradeCaller:
    """The REST API behind one OAuth2 client [ST 2.2]; may be shared by threads."""

    def __init__(
        self, base_url: str, parallel: int = 8, transport: httpx.BaseTransport | None = None
    ) -> None:
        limits = httpx.Limits(max_connections=parallel, max_keepalive_connections=parallel)
        self._http = loopback_client(base_url, transport=transport, limits=limits)
        self._lock = threading.Lock()
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, query=query)

    def post(self, path: str, **body: Any) -> Any:
        return self._call("POST", path, body=body)

    def put(self, path: str, **body: Any) -> Any:
        return self._call("PUT", path, body=body)

    def remove(self, path: str) -> None:
        """Delete a record."""
        self._call("DELETE", path)

    def all(self, path: str, plural: str, **query: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            data = self.get(path, page=page, **query)
            found += data[plural]
            if page >= int(data.get("totalPages") or 1):
                return found
            page += 1

    def _call(self, method: str, path: str, query: Any = None, body: Any = None) -> Any:
        response = self._send(method, path, query, body)
        if response.status_code == 401:
            self._token = ""
            response = self._send(method, path, query, body)
        if response.is_error:
            raise CallRefused(
                f"{method} {path} {body or query or ''}: {response.status_code}"
                f" {response.text[:500]}"
            )
        return _read(response, f"{method} {path}")["data"] if response.content else None

    def _send(self, method: str, path: str, query: Any, body: Any) -> httpx.Response:
        with self._lock:
            if not self._token:
                self._token = self._log_in()
            token = self._token
        headers = {"Authorization": f"Bearer {token}"}
        return self._http.request(method, path, params=query, json=body, headers=headers)

    def _log_in(self) -> str:
        login = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        response = self._http.post("/oauth2/token", json=login)
        if response.is_error:
            raise CallRefused(
                f"log-in at ServiceTrade: {response.status_code} {response.text[:500]}"
            )
        return str(response.json()["access_token"])


class SpectrumCaller:
    """Data Exchange by hand-made envelopes; the elements of a service are taken from its WSDL
    [SP 3].
    """

    def __init__(
        self,
        base_url: str,
        transport: httpx.BaseTransport | None = None,
        company: str = COMPANY_CODE,
    ) -> None:
        self._http = loopback_client(base_url, transport=transport)
        self._company = company
        self._elements: dict[str, tuple[str, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def write(self, service: str, **fields: str) -> None:
        """One Put; elements not named are sent blank, as all of them have to be there [SP 3.1]."""
        given = {
            "Authorization_ID": AUTHORIZATION_ID,
            "GUID": str(uuid4()),
            "Company_Code": self._company,
        } | fields
        names = self._names(service)
        if unknown := given.keys() - set(names):
            raise CallRefused(f"{service} has no {', '.join(sorted(unknown))}")
        envelope = etree.Element(
            f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE, "types": TYPES}
        )
        call = etree.SubElement(
            etree.SubElement(envelope, f"{{{ENVELOPE}}}Body"), f"{{{TYPES}}}{service}"
        )
        for name in names:
            etree.SubElement(call, name).text = given.get(name, "")
        response = self._http.post(
            f"/ws/{service}",
            content=etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"),
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{self._http.base_url}/ws/{service}"',
            },
        )
        self._refuse(service, fields, response)

    def post_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[str]:
        """Purchase orders in one REST message [SP 15.2]; their numbers, in the order given."""
        records = [{"Company_Code": self._company, **order} for order in orders]
        response = self._http.post(
            "/purchaseOrders",
            json={"purchaseOrders": records},
            auth=(self._company, AUTHORIZATION_ID),
        )
        if response.is_error:
            raise CallRefused(f"POST /purchaseOrders: {response.status_code} {response.text[:500]}")
        answers = _read(response, "POST /purchaseOrders")["purchaseOrders"]
        if refused := [answer for answer in answers if answer["status"] != "S"]:
            raise CallRefused(f"POST /purchaseOrders: {refused[:3]}")
        return [str(answer["PO_Number"]) for answer in answers]

    def _names(self, service: str) -> tuple[str, ...]:
        if service not in self._elements:
            response = self._http.get(f"/wsdls/{service}.jws")
            if response.is_error:
                raise CallRefused(f"WSDL of {service}: {response.status_code}")
            root = etree.fromstring(response.content)
            elements = root.findall(f".//{XSD}schema/{XSD}element[@name='{service}']//{XSD}element")
            self._elements[service] = tuple(str(element.attrib["name"]) for element in elements)
        return self._elements[service]

    @staticmethod
    def _refuse(service: str, fields: dict[str, str], response: httpx.Response) -> None:
        if response.is_error:
            raise CallRefused(f"{service} {fields}: {response.status_code} {response.text[:500]}")
        try:
            found = etree.fromstring(response.content).iter("response")
        except etree.XMLSyntaxError as error:
            raise CallRefused(f"{service} {fields}: unreadable answer, {error}") from error
        rows = [{str(cell.tag): _text(cell) for cell in row} for row in found]
        if refused := [row for row in rows if row.get("error_code") in REFUSALS]:
            raise CallRefused(f"{service} {fields}: {refused}")
