"""The wire of the Spectrum stand-in: WSDLs through a real SOAP library, faults, tokens, and what
the gate asks of it.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zeep
from lxml import etree

from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    SPECTRUM_CLIENT_ID,
    SPECTRUM_CLIENT_SECRET,
)
from st_spectrum.sandbox.spectrum.app import identify
from st_spectrum.sandbox.spectrum.wsdl import element_names
from st_spectrum.spectrum.services import SERVICES
from tests.sandbox.spectrum_caller import CUSTOMER, JOB, PHASE, Caller, envelope, running

TOKEN_FORM = {
    "client_id": SPECTRUM_CLIENT_ID,
    "client_secret": SPECTRUM_CLIENT_SECRET,
    "scope": "spectrumapi",
    "grant_type": "client_credentials",
}


def zeep_client(spectrum: Caller, service: str) -> zeep.Client:
    return zeep.Client(
        f"{spectrum.url}/wsdls/{service}.jws",
        settings=zeep.Settings(strict=False, xml_huge_tree=True),
    )


def call_through_zeep(spectrum: Caller, service: str, **values: str) -> object:
    names = element_names(SERVICES[service])
    arguments = {
        **dict.fromkeys(names, ""),
        "Authorization_ID": AUTHORIZATION_ID,
        "Company_Code": "001",
        **values,
    }
    operation = zeep_client(spectrum, service).service[service]
    return operation(**{name: value for name, value in arguments.items() if name in names})


@pytest.mark.parametrize("service", SERVICES)
def test_every_wsdl_names_its_own_address_and_every_element_in_order(
    spectrum: Caller, service: str
) -> None:
    client = zeep_client(spectrum, service)
    element = client.get_element(
        f"{{http://www.northgate-is.com/proiv/webservices/types}}{service}"
    )
    assert tuple(name for name, _ in element.type.elements) == element_names(SERVICES[service])
    port = client.wsdl.services[f"{service}Service"].ports[f"{service}Port"]
    assert port.binding_options["address"] == f"{spectrum.url}/ws/{service}"
    assert port.binding.get(service).soapaction == f"{spectrum.url}/ws/{service}"


def test_a_record_crosses_through_zeep_and_its_success_is_empty(spectrum: Caller) -> None:
    assert call_through_zeep(spectrum, "AddCustomer", **CUSTOMER) is None
    assert spectrum.system.counts()["CR_CUSTOMER_MASTER_MC"] == 1
    spectrum.system.switch("success_shape", "empty_data")
    assert call_through_zeep(
        spectrum, "AddCustomer", **{**CUSTOMER, "Customer_Code": "C00002"}
    ) == [None]


def test_zeep_finds_the_second_error_row_among_the_raw_elements(spectrum: Caller) -> None:
    (data,) = call_through_zeep(spectrum, "AddCustomer", Customer_Code="C1", Name="Harbor")  # type: ignore[misc]
    rows = [data["_value_1"], *data["_raw_elements"]]
    assert [row.findtext("column") for row in rows] == ["Terms_Code", "Sales_Tax_Code"]


def test_zeep_reads_get_rows_below_one_wrapper(spectrum: Caller) -> None:
    spectrum.with_job()
    (data,) = call_through_zeep(spectrum, "GetJobMain")  # type: ignore[misc]
    wrapper = data["_value_1"]
    assert wrapper.tag == "getJobMain"
    assert [row.findtext("Job_Number") for row in wrapper] == ["     10482"]


def test_zeep_raises_the_fault_of_a_call_that_lacks_elements(spectrum: Caller) -> None:
    client = zeep_client(spectrum, "AddJob")
    body = envelope("AddJob", {"Authorization_ID": AUTHORIZATION_ID})
    answer = client.transport.post(
        f"{spectrum.url}/ws/AddJob", body.encode(), {"Content-Type": "text/xml"}
    )
    with pytest.raises(zeep.exceptions.Fault, match="Error executing Web Service"):
        client.service._binding.process_reply(client, client.service._binding.get("AddJob"), answer)


@pytest.mark.parametrize("path", ["/wsdls/NoSuch.jws", "/wsdls/ARMultiLineInvoice.jws", "/nowhere"])
def test_an_unknown_page_is_the_html_of_the_web_server(spectrum: Caller, path: str) -> None:
    answer = spectrum.http.get(spectrum.url + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "HTTP ERROR 404" in answer.text


def test_an_unknown_service_is_a_client_fault_that_names_it(spectrum: Caller) -> None:
    reply = spectrum.post("NoSuch", envelope("NoSuch", {}))
    assert reply.status == 500
    assert reply.fault.startswith("SOAP-ENV:Client|Error identifying Web Service")
    assert reply.fault.endswith("Could not find WebService named: NoSuch")
    assert spectrum.post("AddJob", envelope("AddPhase", {})).fault.endswith("named: AddPhase")


def test_a_missing_unknown_or_repeated_element_is_a_server_fault(spectrum: Caller) -> None:
    values = dict.fromkeys(element_names(SERVICES["GetCustomers"]), "")
    complete = envelope("GetCustomers", values)
    for body in (
        envelope("GetCustomers", {name: "" for name in values if name != "pStatus"}),
        envelope("GetCustomers", {**values, "pState": "VA"}),
        complete.replace("<pStatus></pStatus>", "<pStatus></pStatus><pStatus></pStatus>"),
        "this is not XML",
        complete.replace("soap:Body", "soap:Head"),
    ):
        reply = spectrum.post("GetCustomers", body)
        assert reply.status == 500
        assert reply.fault.startswith("SOAP-ENV:Server|Error executing Web Service")
    assert spectrum.post("GetCustomers", complete).status == 200


def test_elements_are_matched_by_local_name_whatever_their_namespace(spectrum: Caller) -> None:
    values = dict.fromkeys(element_names(SERVICES["AddCustomer"]), "")
    values |= {"Authorization_ID": AUTHORIZATION_ID, "Company_Code": "001", **CUSTOMER}
    body = envelope("AddCustomer", values)
    qualified = body.replace("xmlns:t=", "xmlns=").replace("<t:", "<").replace("</t:", "</")
    assert spectrum.post("AddCustomer", qualified).rows == []
    assert spectrum.system.counts()["CR_CUSTOMER_MASTER_MC"] == 1


def test_an_entity_in_a_request_is_never_read_from_disk(spectrum: Caller, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    values = dict.fromkeys(element_names(SERVICES["AddCustomer"]), "") | {
        "Authorization_ID": AUTHORIZATION_ID
    }
    body = envelope("AddCustomer", {**values, "Company_Code": "001", **CUSTOMER})
    body = body.replace(CUSTOMER["Name"], "&x;")
    attack = f'<!DOCTYPE e [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{body}'
    spectrum.post("AddCustomer", attack)
    assert "SECRET" not in json.dumps(spectrum.system.records("CR_CUSTOMER_MASTER_MC"))


def test_error_rows_stand_below_one_return_data_in_an_envelope_of_the_captured_shape(
    spectrum: Caller,
) -> None:
    root = etree.fromstring(spectrum.call("AddCustomer", Customer_Code="C1").text.encode())
    soap = "{http://schemas.xmlsoap.org/soap/envelope/}"
    assert root.tag == f"{soap}Envelope"
    assert root.get(f"{soap}encodingStyle") == "http://schemas.xmlsoap.org/soap/encoding/"
    header, body = root
    assert (header.tag, len(header)) == (f"{soap}Header", 0)
    (response,) = body
    assert (
        response.tag == "{http://www.northgate-is.com/proiv/webservices/types}AddCustomerResponse"
    )
    (array,) = response
    (data,) = array
    assert (array.tag, data.tag, {row.tag for row in data}) == (
        "returnArray",
        "returnData",
        {"response"},
    )
    assert len(data) == 3


def get_token(spectrum: Caller) -> str:
    answer = spectrum.http.post(f"{spectrum.url}/connect/token", data=TOKEN_FORM)
    assert answer.status_code == 200
    granted = answer.json()
    assert (granted["token_type"], granted["scope"], granted["expires_in"]) == (
        "Bearer",
        "spectrumapi",
        3600,
    )
    return str(granted["access_token"])


def test_in_bearer_mode_only_a_living_token_opens_and_the_id_is_still_needed(
    spectrum: Caller,
) -> None:
    spectrum.system.switch("auth_mode", "bearer")
    assert spectrum.call("WSTestConnection", Version="1").status == 401
    assert spectrum.call("WSTestConnection", Version="1", token="made-up").status == 401
    token = get_token(spectrum)
    assert spectrum.call("WSTestConnection", Version="1", token=token).codes == [("S", "Version")]
    wrong_id = spectrum.call(
        "WSTestConnection", authorization_id="NOBODY", Version="1", token=token
    )
    assert wrong_id.codes == [("A", "Authorization_ID")]
    spectrum.clock.seconds += 3601
    assert spectrum.call("WSTestConnection", Version="1", token=token).status == 401


def test_without_authorization_any_id_will_do(spectrum: Caller) -> None:
    spectrum.system.switch("auth_mode", "off")
    assert spectrum.call("WSTestConnection", authorization_id="NOBODY", Version="1").codes == [
        ("S", "Version")
    ]


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_token_is_refused_to_whoever_asks_wrongly(
    spectrum: Caller, change: dict[str, str], status: int, error: str
) -> None:
    answer = spectrum.http.post(f"{spectrum.url}/connect/token", data={**TOKEN_FORM, **change})
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_a_rotated_secret_replaces_the_old_one_until_the_reset(spectrum: Caller) -> None:
    answer = spectrum.http.post(f"{spectrum.url}/secretRotation", data=TOKEN_FORM)
    rotated = answer.json()["client_secret"]
    assert "estimated_expiration" in answer.json()
    token_url = f"{spectrum.url}/connect/token"
    assert spectrum.http.post(token_url, data=TOKEN_FORM).status_code == 401
    assert (
        spectrum.http.post(token_url, data={**TOKEN_FORM, "client_secret": rotated}).status_code
        == 200
    )
    spectrum.system.reset()
    assert spectrum.http.post(token_url, data=TOKEN_FORM).status_code == 200


def test_a_locked_record_is_refused_on_its_key_and_nothing_is_stored(tmp_path: Path) -> None:
    with running(tmp_path, fault="locked") as spectrum:
        reply = spectrum.call("AddCustomer", **CUSTOMER)
        assert reply.codes == [("I", "Customer_Code")]
        assert "locked by user" in reply.rows[0]["desc"]
        assert spectrum.system.counts()["CR_CUSTOMER_MASTER_MC"] == 0
        assert spectrum.call("GetEmployee").status == 200


def test_expired_tokens_answer_401_and_stay_dead(tmp_path: Path) -> None:
    with running(tmp_path) as spectrum:
        token = get_token(spectrum)
    with running(tmp_path, fault="expire_token") as spectrum:
        assert spectrum.call("GetCustomers", token=token).status == 401
        assert (
            spectrum.http.post(f"{spectrum.url}/connect/token", data=TOKEN_FORM).status_code == 401
        )
    with running(tmp_path) as spectrum:
        spectrum.system.switch("auth_mode", "bearer")
        assert spectrum.call("GetCustomers", token=token).status == 401
        assert spectrum.call("GetCustomers", token=get_token(spectrum)).status == 200


def test_a_call_is_named_by_its_service_and_natural_key() -> None:
    def operation(service: str, **values: str) -> tuple[str, str, bool]:
        named = identify("POST", f"/ws/{service}", "", envelope(service, values).encode())
        return named.name, named.key, named.is_write

    assert operation("AddCustomer", **CUSTOMER) == ("AddCustomer", "C00001", True)
    assert operation("AddPhase", **PHASE) == ("AddPhase", "10482|001|L", True)
    assert operation("UpdateJob", Job_Number="10482") == ("UpdateJob", "10482", True)
    assert operation("GetPhase", pCompany_Code="001", pJob_Number="10482") == (
        "GetPhase",
        "10482",
        False,
    )
    assert operation("WSTestConnection", Version="1") == ("WSTestConnection", "", False)
    broken = identify("POST", "/ws/AddJob", "", b"<no")
    assert (broken.name, broken.key, broken.is_write) == ("AddJob", "", True)
    assert identify("GET", "/wsdls/AddJob.jws", "", b"").name == "GET /wsdls/AddJob.jws"
    assert not identify("POST", "/connect/token", "", b"").is_write


def test_the_same_key_sent_by_many_at_once_is_stored_once(spectrum: Caller) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: spectrum.call("AddJob", **JOB), range(24)))
    assert sorted(len(reply.rows) for reply in replies) == [0] + [1] * 23
    assert spectrum.system.counts()["JC_JOB_MASTER_MC"] == 1
