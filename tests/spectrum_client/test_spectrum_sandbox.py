"""The client against the stateful stand-in: every service, both ways of looking up, and answers
that went missing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    Rejected,
    SyncFault,
)
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import LookupImpossible

from .conftest import connection_to

CUSTOMER = {
    "Customer_Code": "C00001",
    "Name": "Harbor Foods & Söhne <Main>",
    "Address_1": "1 Pier Rd",
    "City": "Norfolk",
    "State": "VA",
    "Zip_Code": "23510",
    "Phone": "7575551212",
    "Terms_Code": "1",
    "Sales_Tax_Code": "VA",
    "Taxable_Flag": "Y",
}
SITE = {
    "Site_ID": "S00001",
    "Site_Name": "Pier 4",
    "Site_Customer_Code": "C00001",
    "Site_City": "Norfolk",
}
JOB = {
    "Job_Number": "10482",
    "Job_Description": "Freezer repair",
    "Customer_Code": "C00001",
    "WO_Site": "S00001",
    "Taxable_Flag": "Y",
    "Price_Method_Code": "T",
}
PHASE = {
    "Job_Number": "10482",
    "Phase_Code": "0100",
    "Cost_Type": "L",
    "Description": "Labor",
    "Price_Method_Code": "C",
}

Connect = Callable[..., Spectrum]


@pytest.fixture
def connect(sandbox: Sandbox, tmp_path: Path, no_waiting: None) -> Iterator[Connect]:
    opened: list[Spectrum] = []

    def open_one(*, has_infolink: bool = True, **changes: Any) -> Spectrum:
        values = {
            "authorization_id": SecretStr(credentials.AUTHORIZATION_ID),
            "infolink": InfoLink(url=SecretStr(sandbox.infolink_url)) if has_infolink else None,
            **changes,
        }
        opened.append(Spectrum(connection_to(sandbox.spectrum_url, **values), tmp_path / "wsdl"))
        return opened[-1]

    yield open_one
    for spectrum in opened:
        spectrum.close()


def fill(spectrum: Spectrum) -> None:
    spectrum.write("AddCustomer", CUSTOMER)
    spectrum.write("AddWOSiteAddress", SITE)
    spectrum.write("AddJob", JOB)
    spectrum.write("AddPhase", PHASE)
    spectrum.write("AddPhase", {**PHASE, "Cost_Type": "M", "Price_Method_Code": "F"})


@pytest.mark.parametrize("shape", ["empty_array", "empty_data", "g_row", "s_row"])
def test_what_is_written_is_found_whatever_way_spectrum_says_yes(
    sandbox: Sandbox, connect: Connect, shape: str
) -> None:
    sandbox.control.switch("spectrum", success_shape=shape)
    spectrum = connect()
    spectrum.test_connection()
    fill(spectrum)
    spectrum.write("UpdateJob", {"Job_Number": "10482", "Job_Oh_Batch_Code": "OHSVC"})
    spectrum.write("UpdateJob_UDF", {"Job_Number": "10482", "UDF1": "NOR"})
    customer, site, job = (
        spectrum.find_customer("C00001"),
        spectrum.find_site("S00001"),
        spectrum.find_job("10482"),
    )
    assert customer is not None
    assert site is not None
    assert job is not None
    assert {name: customer[name] for name in CUSTOMER} == CUSTOMER
    assert {name: site[name] for name in SITE} == SITE
    assert {
        name: job[name] for name in ("Job_Number", "Job_Description", "Customer_Code", "WO_Site")
    } == {name: JOB[name] for name in ("Job_Number", "Job_Description", "Customer_Code", "WO_Site")}
    assert set(spectrum.find_phases("10482")) == {("0100", "L"), ("0100", "M")}
    assert spectrum.find_oh_batch("10482") == "OHSVC"
    assert spectrum.find_job_udf1("10482") == "NOR"
    assert [
        (row["Cost_Type"], row["Price_Method_Code"]) for row in spectrum.template_phases("10482")
    ] == [
        ("L", "C"),
        ("M", "F"),
    ]
    assert spectrum.customer_codes().codes == {"C00001"}
    assert spectrum.site_ids().codes == {"S00001"}


@pytest.mark.parametrize("has_infolink", [True, False])
def test_both_ways_of_looking_up_agree_on_what_they_both_know(
    connect: Connect, has_infolink: bool
) -> None:
    spectrum = connect(has_infolink=has_infolink)
    assert spectrum.find_customer("C00001") is None
    assert spectrum.find_job("10482") is None
    assert spectrum.find_job_udf1("10482") is None
    assert spectrum.find_phases("10482") == {}
    fill(spectrum)
    spectrum.write("UpdateJob", {"Job_Number": "10482", "Status_Code": "C"})
    customer, job = spectrum.find_customer("C00001"), spectrum.find_job("10482")
    assert customer is not None
    assert job is not None
    known = (
        "Customer_Code",
        "Name",
        "Address_1",
        "City",
        "State",
        "Zip_Code",
        "Phone",
        "Taxable_Flag",
    )
    assert {name: customer[name] for name in known} == {name: CUSTOMER[name] for name in known}
    assert customer["Status"] == "A"
    assert (job["Customer_Code"], job["WO_Site"], job["Status_Code"]) == ("C00001", "S00001", "C")
    assert job["Job_Description"] == "Freezer repair"
    assert spectrum.find_job("10482", "C00001") == job
    assert spectrum.find_job_udf1("10482") == ""
    phases = spectrum.find_phases("10482")
    assert phases["0100", "L"]["Description"] == "Labor"
    assert set(phases) == {("0100", "L"), ("0100", "M")}
    assert spectrum.customer_codes().is_complete
    assert spectrum.customer_codes().codes == {"C00001"}


def test_without_infolink_what_no_service_answers_cannot_be_looked_up(connect: Connect) -> None:
    spectrum = connect(has_infolink=False)
    for lookup in (spectrum.find_site, spectrum.find_oh_batch):
        with pytest.raises(LookupImpossible, match="Without Info-Link") as raised:
            lookup("10482")
        assert "Info-Link" in raised.value.advice
    with pytest.raises(LookupImpossible):
        spectrum.site_ids()


def test_a_list_that_spectrum_cuts_off_proves_presence_but_not_absence(connect: Connect) -> None:
    spectrum = connect(has_infolink=False)
    for number in range(501):
        spectrum.write("AddCustomer", {**CUSTOMER, "Customer_Code": f"C{number:05d}"})
    shown = spectrum.customer_codes()
    assert len(shown.codes) == 500
    assert not shown.is_complete
    assert spectrum.find_customer(min(shown.codes)) is not None
    with pytest.raises(LookupImpossible, match="GetCustomers has more rows than it shows"):
        spectrum.find_customer("D00001")
    assert connect().customer_codes().is_complete
    assert connect().find_customer("D00001") is None


def test_a_large_list_that_loses_its_closing_tags_is_read_whole(
    sandbox: Sandbox, connect: Connect
) -> None:
    spectrum = connect()
    for number in range(150):
        spectrum.write("AddCustomer", {**CUSTOMER, "Customer_Code": f"C{number:05d}"})
    sandbox.control.switch("spectrum", truncate_large=True)
    rows = spectrum.get("GetCustomers", {"pStatus": "ALL"})
    assert (len(rows.rows), rows.is_complete) == (150, True)
    assert spectrum.calls["GetCustomers"] == 1


def test_a_second_record_under_the_same_key_is_refused_on_its_key(connect: Connect) -> None:
    spectrum = connect()
    fill(spectrum)
    for service, fields, key in (
        ("AddCustomer", CUSTOMER, "Customer_Code"),
        ("AddWOSiteAddress", SITE, "Site_ID"),
        ("AddJob", JOB, "Job_Number"),
    ):
        with pytest.raises(Rejected) as refusal:
            spectrum.write(service, fields)
        assert refusal.value.blames_only(key)


@pytest.mark.parametrize("kind", ["drop_answer", "truncate"])
def test_a_write_whose_answer_is_lost_has_been_carried_out_and_can_be_found(
    sandbox: Sandbox, connect: Connect, kind: str
) -> None:
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind=kind)
    spectrum = connect()
    with pytest.raises(OutcomeUnknown):
        spectrum.write("AddCustomer", CUSTOMER)
    assert spectrum.find_customer("C00001") is not None
    assert spectrum.calls["AddCustomer"] == 1


@pytest.mark.parametrize(
    ("rule", "family"),
    [
        ({"kind": "fail_before"}, OutcomeUnknown),
        ({"kind": "not_xml"}, ForeignAnswer),
        ({"kind": "soap_fault"}, OutcomeUnknown),
        ({"kind": "refuse"}, OutcomeUnknown),
        ({"kind": "rate_limit", "retry_after": 9}, ForeignAnswer),
        ({"kind": "status", "status": 403}, ForeignAnswer),
        ({"kind": "middle_box_before", "status": 401}, ForeignAnswer),
        ({"kind": "locked"}, Rejected),
    ],
)
def test_every_fault_on_a_write_has_its_family_and_is_not_repeated(
    sandbox: Sandbox, connect: Connect, rule: dict[str, Any], family: type[SyncFault]
) -> None:
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", **rule)
    spectrum = connect()
    with pytest.raises(family) as raised:
        spectrum.write("AddCustomer", CUSTOMER)
    assert type(raised.value) is family
    assert len(sandbox.control.calls("spectrum", "AddCustomer")) == 1
    assert spectrum.find_customer("C00001") is None


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 429])
def test_a_record_that_was_stored_behind_a_firewalls_page_is_in_doubt_and_can_be_found(
    sandbox: Sandbox, connect: Connect, status: int
) -> None:
    spectrum = connect()
    sandbox.control.add_fault(
        system="spectrum", operation="AddCustomer", kind="middle_box", status=status
    )
    with pytest.raises(ForeignAnswer):
        spectrum.write("AddCustomer", CUSTOMER)
    assert spectrum.find_customer("C00001") is not None
    assert spectrum.calls["AddCustomer"] == 1


@pytest.mark.parametrize(
    "kind", ["fail_before", "drop_answer", "truncate", "refuse", "soap_fault", "rate_limit"]
)
def test_every_passing_fault_on_a_read_is_outlived(
    sandbox: Sandbox, connect: Connect, kind: str
) -> None:
    spectrum = connect()
    spectrum.write("AddCustomer", CUSTOMER)
    sandbox.control.add_fault(
        system="spectrum", operation="GetCustomers", kind=kind, count=2, retry_after=0
    )
    assert len(spectrum.get("GetCustomers", {}).rows) == 1
    assert spectrum.calls["GetCustomers"] == 3


def test_a_wrong_authorization_id_is_denied_and_never_shown(connect: Connect) -> None:
    spectrum = connect(authorization_id=SecretStr("WRONG-SECRET-ID"))
    for act in (
        spectrum.test_connection,
        lambda: spectrum.write("AddCustomer", CUSTOMER),
        lambda: spectrum.get("GetCustomers", {}),
    ):
        with pytest.raises(AccessDenied, match="Authorization_ID") as raised:
            act()
        assert "WRONG-SECRET-ID" not in str(raised.value)


def test_a_wrong_company_is_denied(connect: Connect) -> None:
    with pytest.raises(AccessDenied):
        connect(company_code="999").write("AddCustomer", CUSTOMER)


def test_a_page_in_place_of_an_answer_is_one_sentence(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.control.add_fault(system="spectrum", operation="GetCustomers", kind="not_xml", count=9)
    with pytest.raises(ContractBroken, match="Spectrum answered GetCustomers with an HTML page"):
        connect().get("GetCustomers", {})


def test_a_token_that_dies_on_the_way_is_replaced_for_the_next_call(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.control.switch("spectrum", auth_mode="bearer")
    spectrum = connect(
        auth="bearer",
        client_id=credentials.SPECTRUM_CLIENT_ID,
        client_secret=SecretStr(credentials.SPECTRUM_CLIENT_SECRET),
    )
    spectrum.test_connection()
    sandbox.control.add_fault(system="spectrum", operation="AddCustomer", kind="expire_token")
    with pytest.raises(OutcomeUnknown):
        spectrum.write("AddCustomer", CUSTOMER)
    spectrum.write("AddCustomer", CUSTOMER)
    assert spectrum.calls["token"] == 2
    assert spectrum.calls["AddCustomer"] == 2
    assert spectrum.find_customer("C00001") is not None
    with pytest.raises(OutcomeUnknown):
        connect().write("AddCustomer", CUSTOMER)
    with pytest.raises(AccessDenied):
        connect().test_connection()


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=24
)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=printable)
def test_any_text_arrives_as_it_was_sent_and_comes_back_both_ways(
    connect: Connect, text: str
) -> None:
    spectrum = connect()
    if spectrum.find_job("10482") is None:
        fill(spectrum)
    spectrum.write("UpdateJob", {"Job_Number": "10482", "Job_Description": "x" + text})
    expected = ("x" + text).strip()
    by_sql, by_soap = spectrum.find_job("10482"), connect(has_infolink=False).find_job("10482")
    assert by_sql is not None
    assert by_soap is not None
    assert by_sql["Job_Description"] == by_soap["Job_Description"] == expected
