"""A batch of AR invoices on the Spectrum stand-in: log-in, faults, the log of calls, amounts."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_spectrum.sandbox.credentials import (
    AUTHORIZATION_ID,
    COMPANY_CODE,
    SPECTRUM_CLIENT_ID,
    SPECTRUM_CLIENT_SECRET,
)
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.app import identify
from st_spectrum.sandbox.spectrum.setup import INACTIVE_ID, LIMITED_ID
from tests.sandbox.ar_documents import (
    LOGIN,
    document,
    post,
    results,
    stored,
)
from tests.sandbox.spectrum_caller import Caller


@pytest.fixture
def spectrum(spectrum: Caller) -> Caller:
    """With the customer, site and job that most tests need."""
    return spectrum.with_job()


def test_good_records_of_a_batch_are_kept_and_bad_ones_leave_nothing(spectrum: Caller) -> None:
    bad = document({}, {"GL_Account": "5100"}, Invoice_Or_Transaction="BAD")
    last = document(Invoice_Or_Transaction="LAST")
    assert [result[:2] for result in results(spectrum, document(), bad, last)] == [
        ("10482-1", "S"),
        ("BAD", "E"),
        ("LAST", "S"),
    ]
    assert stored(spectrum) == ["10482-1", "LAST"]
    assert {
        row["Invoice_Or_Transaction"].strip()
        for row in spectrum.system.records("CR_INVOICE_DETAIL_MC")
    } == {
        "10482-1",
        "LAST",
    }


@pytest.mark.parametrize(
    "content",
    ["no json", "[]", "{}", '{"arInvoices": [1]}', '{"arInvoices": [{"invoiceDetails": 1}]}'],
)
def test_a_body_that_is_not_what_the_page_shows_is_refused_as_a_whole(
    spectrum: Caller, content: str
) -> None:
    answer = spectrum.http.post(f"{spectrum.url}/customer/invoice", content=content, auth=LOGIN)
    assert (answer.status_code, "error" in answer.json()) == (400, True)


@pytest.mark.parametrize(
    "auth",
    [
        None,
        (COMPANY_CODE, "NOBODY"),
        ("002", AUTHORIZATION_ID),
        (COMPANY_CODE, INACTIVE_ID),
        (COMPANY_CODE, LIMITED_ID),
    ],
)
def test_a_wrong_login_is_answered_401_and_nothing_is_read(spectrum: Caller, auth: Any) -> None:
    assert post(spectrum, "anything", auth=auth).status_code == 401


def test_bearer_mode_wants_a_living_token(spectrum: Caller) -> None:
    spectrum.system.switch("auth_mode", "bearer")
    assert post(spectrum, document()).status_code == 401
    form = {
        "client_id": SPECTRUM_CLIENT_ID,
        "client_secret": SPECTRUM_CLIENT_SECRET,
        "scope": "spectrumapi",
    }
    grant = spectrum.http.post(
        f"{spectrum.url}/connect/token", data=form | {"grant_type": "client_credentials"}
    ).json()
    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    assert (
        post(spectrum, document(), auth=None, headers=bearer).json()["arInvoices"][0]["status"]
        == "S"
    )
    spectrum.clock.seconds += grant["expires_in"] + 1
    assert post(spectrum, document(), auth=None, headers=bearer).status_code == 401
    spectrum.clock.seconds -= grant["expires_in"] + 1


def test_a_batch_is_named_by_the_numbers_in_it() -> None:
    body = json.dumps({"arInvoices": [document(), document(Invoice_Or_Transaction="2")]}).encode()
    named = identify("POST", "/customer/invoice", "", body)
    assert (named.name, named.key, named.is_write) == ("POST /customer/invoice", "10482-1,2", True)
    assert identify("POST", "/customer/invoice", "", b"{").key == ""


def test_faults_work_on_a_batch(sandbox: Sandbox) -> None:
    def send(number: str, **more: Any) -> httpx.Response:
        body = {"arInvoices": [document(Invoice_Or_Transaction=number, Job_Number="", **more)]}
        return httpx.post(
            f"{sandbox.spectrum_url}/customer/invoice", json=body, auth=LOGIN, trust_env=False
        )

    from st_spectrum.sandbox.callers import SpectrumCaller

    with SpectrumCaller(sandbox.spectrum_url) as caller:
        caller.write(
            "AddCustomer",
            Customer_Code="C00001",
            Name="Harbor",
            Terms_Code="3",
            Sales_Tax_Code="VA",
        )
    operation = "POST /customer/invoice"
    sandbox.control.add_fault(system="spectrum", operation=operation, key="L1", kind="locked")
    sandbox.control.add_fault(system="spectrum", operation=operation, key="D1", kind="drop_answer")
    (error,) = send("L1").json()["arInvoices"][0]["errors"]
    assert (error["error_code"], error["column"], error["line"]) == (
        "L",
        "Invoice_Or_Transaction",
        None,
    )
    with pytest.raises(httpx.TransportError):
        send("D1")
    assert send("B1", Customer_Code="C9").json()["arInvoices"][0]["status"] == "E"
    calls = sandbox.control.calls(system="spectrum", operation=operation)
    assert [(call.key, call.is_write, call.is_committed, call.is_answered) for call in calls] == [
        ("L1", True, False, True),
        ("D1", True, True, False),
        ("B1", True, False, True),
    ]
    assert [
        row["Invoice_Or_Transaction"].strip()
        for row in sandbox.control.records("spectrum", "CR_INVOICE_HEADER_MC")
    ] == ["D1"]


CENTS = st.integers(0, 99_999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(CENTS, min_size=1, max_size=8), tax=CENTS)
def test_whatever_the_amounts_they_are_kept_to_the_cent(
    spectrum: Caller, amounts: list[str], tax: str
) -> None:
    spectrum.system.reset()
    spectrum.with_job()
    lines = [{"Line_Extension": amount} for amount in amounts]
    assert results(spectrum, document(*lines, Sales_Tax_Amount=tax))[0][1] == "S"
    header = spectrum.record("CR_INVOICE_HEADER_MC")
    kept = [str(row["Line_Extension"]) for row in spectrum.system.records("CR_INVOICE_DETAIL_MC")]
    assert kept == amounts
    before_tax = Decimal(str(header["Taxable_Amount"])) + Decimal(str(header["Non_Taxable_Amount"]))
    assert before_tax == sum(map(Decimal, amounts), Decimal(0))
    assert header["Sales_Tax_Amount"] == tax


def test_the_call_log_says_which_records_of_a_batch_were_taken(sandbox: Sandbox) -> None:
    from st_spectrum.sandbox.callers import SpectrumCaller

    with SpectrumCaller(sandbox.spectrum_url) as caller:
        caller.write(
            "AddCustomer",
            Customer_Code="C00001",
            Name="Harbor",
            Terms_Code="3",
            Sales_Tax_Code="VA",
        )
    one, unknown, other = (
        document(Invoice_Or_Transaction=number, Job_Number="", **more)
        for number, more in (("T1", {}), ("T2", {"Customer_Code": "C9"}), ("T3", {}))
    )
    body = {"arInvoices": [one, unknown, other]}
    httpx.post(f"{sandbox.spectrum_url}/customer/invoice", json=body, auth=LOGIN, trust_env=False)
    (call,) = sandbox.control.calls(system="spectrum", operation="POST /customer/invoice")
    assert (call.key, call.is_committed, call.taken) == ("T1,T2,T3", True, ("T1", "T3"))
