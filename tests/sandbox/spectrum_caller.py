"""A Spectrum stand-in on a real port, and a caller that writes its SOAP by hand."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
import uvicorn
from lxml import etree
from starlette.types import Receive, Scope, Send

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, COMPANY_CODE
from st_spectrum.sandbox.spectrum.app import Switches, build
from st_spectrum.sandbox.spectrum.system import SpectrumSystem
from st_spectrum.sandbox.spectrum.wsdl import TYPES_NAMESPACE, element_names
from st_spectrum.spectrum.services import SERVICES

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

CUSTOMER = {
    "Customer_Code": "C00001",
    "Name": "Harbor Foods LLC",
    "Terms_Code": "3",
    "Sales_Tax_Code": "VA",
}
SITE = {"Site_ID": "S00001", "Site_Name": "Harbor Foods Plant 2", "Site_Customer_Code": "C00001"}
JOB = {
    "Job_Number": "10482",
    "Taxable_Flag": "Y",
    "Price_Method_Code": "T",
    "Customer_Code": "C00001",
}
PHASE = {
    "Job_Number": "10482",
    "Phase_Code": "001",
    "Cost_Type": "L",
    "Description": "Field labor",
    "Price_Method_Code": "J",
}


@dataclass
class EpochClock:
    """Seconds since 1970 that a test can move."""

    seconds: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.seconds


@dataclass
class SoapAnswer:
    """An answer of the SOAP address: every `response` row as a dict, values as written."""

    status: int
    text: str
    rows: list[dict[str, str]]

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Code and column of every row, whichever vocabulary it uses."""
        return [
            (
                row.get("error_code") or row.get("Error_Code", ""),
                row.get("column") or row.get("Error_Column", ""),
            )
            for row in self.rows
        ]

    @property
    def fault(self) -> str:
        root = etree.fromstring(self.text.encode())
        return "|".join(root.xpath("//faultcode/text() | //faultstring/text()"))


@dataclass
class Caller:
    """Calls a running stand-in over loopback; `system` is its inside, for looking at what was
    stored.
    """

    url: str
    system: SpectrumSystem
    clock: EpochClock
    http: httpx.Client

    def call(
        self, service: str, authorization_id: str = AUTHORIZATION_ID, token: str = "", **values: str
    ) -> SoapAnswer:
        """A call with every declared element, blank unless given."""
        company = "pCompany_Code" if service.startswith("Get") else "Company_Code"
        given = {"Authorization_ID": authorization_id, company: COMPANY_CODE, **values}
        names = element_names(SERVICES[service])
        return self.post(
            service, envelope(service, {name: given.get(name, "") for name in names}), token
        )

    def post(self, service: str, body: str, token: str = "") -> SoapAnswer:
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{self.url}/ws/{service}"',
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self.http.post(f"{self.url}/ws/{service}", content=body.encode(), headers=headers)
        return SoapAnswer(answer.status_code, answer.text, rows_of(answer.content))

    def with_job(self) -> "Caller":
        """Add the customer, its site and the job that most tests need."""
        for service, values in (
            ("AddCustomer", CUSTOMER),
            ("AddWOSiteAddress", SITE),
            ("AddJob", JOB),
        ):
            assert self.call(service, **values).rows == []
        return self

    def record(self, table: str) -> dict[str, object]:
        (only,) = self.system.records(table)
        return only


def envelope(service: str, values: dict[str, str]) -> str:
    children = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><t:{service} xmlns:t="{TYPES_NAMESPACE}">'
        f"{children}</t:{service}></soap:Body></soap:Envelope>"
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    root = etree.fromstring(content, etree.XMLParser(recover=True))
    if root is None:
        return []
    return [{str(cell.tag): cell.text or "" for cell in row} for row in root.iter("response")]


@contextmanager
def running(state_dir: Path, fault: str = "") -> Iterator[Caller]:
    """A stand-in on a free port of 127.0.0.1, stopped at the end. With `fault`, every call is
    marked by that kind.
    """
    clock = EpochClock()
    app = build(state_dir, Switches(), clock)

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "sandbox.fault": fault} if fault else scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(marked, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with httpx.Client() as http:
        while not server.started:
            time.sleep(0.005)
        try:
            yield Caller(url, app.state.sandbox, clock, http)
        finally:
            server.should_exit = True
            thread.join()
            app.state.sandbox.close()
