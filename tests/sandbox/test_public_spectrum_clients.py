"""Two public clients of Spectrum are served as there: one writes its envelopes by hand, one uses a
lenient zeep.
"""

import base64
import re
import uuid

import httpx
import pytest
import requests
from lxml import etree
from zeep import Client, Settings
from zeep.helpers import serialize_object
from zeep.transports import Transport

from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    COMPANY_CODE,
)
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world

FORM = "application/x-www-form-urlencoded"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


JOB_FILTERS = (
    "pDivision", "pStatus_Code", "pProject_Manager", "pSuperintendent", "pEstimator",
    "pCustomer_Code", "pCost_Center",
)  # fmt: skip

PARAMETERS = {
    "GetCustomers": ["pCompany_Code", "pStatus"],
    "GetPayType": ["pCompany_Code", "pPay_Type", "pSort_By"],
    "GetJob": ["pCompany_Code", *JOB_FILTERS, "pSort_By"],
    "GetJobDates": ["pCompany_Code", *JOB_FILTERS, "pSort_By"],
    "GetJobUDF": ["pCompany_Code", *JOB_FILTERS],
    "GetPhaseEnhanced": [
        "pCompany_Code", "pCost_Type", "pJob_Number", "pStatus_Code", "pCost_Center", "pSort_By",
    ],
    "GetEmployee": [
        "pCompany_Code", "pWage_Class", "pUnion_Code", "pOccupation", "pTrade", "pStatus_Type",
        "pCost_Center", "pSort_By",
    ],
}  # fmt: skip
"""What the client written by hand asks for, in its own order of parameters."""


@pytest.fixture
def filled(sandbox: Sandbox) -> Sandbox:
    build_world(World.small(), sandbox.servicetrade_url, sandbox.spectrum_url)
    return sandbox


def by_hand(sandbox: Sandbox, service: str, **given: str) -> list[dict[str, str]]:
    """An envelope out of text with a default namespace, an empty GUID and a basic login; its rows
    found by regular expression, since long answers may lose their tail.
    """
    fields = "\n".join(
        f"<{name}>{COMPANY_CODE if name == 'pCompany_Code' else given.get(name, '')}</{name}>"
        for name in PARAMETERS[service]
    )
    envelope = f"""<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <{service} xmlns="http://www.northgate-is.com/proiv/webservices/types">
      <Authorization_ID>{AUTHORIZATION_ID}</Authorization_ID>
      <GUID></GUID>
{fields}
    </{service}>
  </soap:Body>
</soap:Envelope>"""
    address = f"{sandbox.spectrum_url}/ws/{service}"
    login = base64.b64encode(f"{COMPANY_CODE}:{AUTHORIZATION_ID}".encode()).decode()
    answer = httpx.post(
        address,
        content=envelope,
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": address,
            "Authorization": f"Basic {login}",
        },
    )
    if answer.status_code != 200 or ":Fault>" in answer.text:
        raise ConnectionError(f"{answer.status_code} {answer.text[:200]}")
    cell = re.compile(r"<([A-Za-z_][\w.-]*)>([\s\S]*?)</\1>|<([A-Za-z_][\w.-]*)\s*/>")
    return [
        {found[3] or found[1]: found[2] or "" for found in cell.finditer(block)}
        for block in re.findall(r"<response>([\s\S]*?)</response>", answer.text)
    ]


@pytest.mark.parametrize("service", PARAMETERS)
def test_a_client_that_writes_its_envelopes_by_hand_is_served(
    filled: Sandbox, service: str
) -> None:
    rows = by_hand(filled, service)
    assert rows
    assert not any(row["Error_Code"].strip() in ("E", "I", "M") for row in rows)


def test_a_client_that_writes_its_envelopes_by_hand_asks_again_after_a_fault(
    filled: Sandbox,
) -> None:
    filled.control.add_fault(system="spectrum", operation="GetCustomers", kind="soap_fault")
    with pytest.raises(ConnectionError, match="SOAP-ENV:Server"):
        by_hand(filled, "GetCustomers")
    assert by_hand(filled, "GetCustomers")


def test_an_answer_without_its_tail_keeps_its_rows(filled: Sandbox) -> None:
    whole = by_hand(filled, "GetPhaseEnhanced")
    filled.control.add_fault(system="spectrum", operation="GetPhaseEnhanced", kind="truncate")
    left = by_hand(filled, "GetPhaseEnhanced")
    assert left == whole[: len(left)]
    assert left


def with_zeep(sandbox: Sandbox, service: str, **given: str) -> list[dict[str, str]]:
    """A lenient zeep over requests, which looks for the WSDL in four places and takes the rows out
    of the one untyped element.
    """
    transport = Transport(session=requests.Session(), timeout=30)
    settings = Settings(strict=False, xml_huge_tree=True)
    base = sandbox.spectrum_url
    client, faults = None, []
    for address in (
        f"{base}/ws/{service}.jws?wsdl",
        f"{base}/wsdls/{service}.jws?wsdl",
        f"{base}/wsdls/{service}.jws",
    ):
        try:
            client = Client(address, transport=transport, settings=settings)
            break
        except Exception as fault:  # noqa: BLE001 - whatever it is, the next address is tried
            faults.append(fault)
    assert client is not None, faults
    answer = getattr(client.service, service)(
        Authorization_ID=AUTHORIZATION_ID, GUID=str(uuid.uuid4()), **given
    )
    found = serialize_object(answer)
    while isinstance(found, list):
        found = found[0]
    if isinstance(found, dict):
        found = found.get("_value_1", found.get("value", found))
    root = etree.fromstring(etree.tostring(found))
    return [
        {cell.tag.rpartition("}")[2]: (cell.text or "").strip() for cell in row}
        for row in root.iter()
        if row.tag.rpartition("}")[2] == "response" and len(row)
    ]


@pytest.mark.parametrize("service", ["GetJob", "GetJobMain", "GetJobDates", "GetJobUDF"])
def test_a_client_that_uses_a_lenient_zeep_is_served(filled: Sandbox, service: str) -> None:
    given = {"pCompany_Code": COMPANY_CODE, **dict.fromkeys(JOB_FILTERS, "")}
    if service != "GetJobUDF":
        given["pSort_By"] = ""
    rows = with_zeep(filled, service, **given)
    assert rows
    assert all(row["Job_Number"] for row in rows)


def test_dates_of_jobs_come_as_that_client_reads_them(filled: Sandbox) -> None:
    dates = [row["Create_Date"].strip() for row in by_hand(filled, "GetJobDates")]
    assert all(re.fullmatch(r"\d{2}/\d{2}/\d{4}|", date) for date in dates)


def test_a_service_that_is_not_installed_is_a_fault_as_there(filled: Sandbox) -> None:
    with pytest.raises(AssertionError, match="404"):
        with_zeep(filled, "GetJobContact", pCompany_Code=COMPANY_CODE)
