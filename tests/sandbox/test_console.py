"""The console page: right numbers, nothing unescaped, nothing fetched from elsewhere."""

import re
import smtplib
from email.message import EmailMessage

import httpx
import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller, SpectrumCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from tests.world.console_page import words_of

NASTY = "<script>alert('x')</script> & \"Söhne\""


def page(sandbox: Sandbox, query: str = "") -> str:
    answer = httpx.get(sandbox.console_url + "/" + query, trust_env=False)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def two_companies(sandbox: Sandbox) -> Sandbox:
    """One company that has crossed, one that has not, and a customer that nobody here knows."""
    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade,
        SpectrumCaller(sandbox.spectrum_url) as spectrum,
    ):
        crossed = servicetrade.post("/company", name="Harbor Foods", customer=True)["id"]
        servicetrade.post("/company", name=NASTY, customer=True)
        servicetrade.put(f"/externalid/company/{crossed}/{EXTERNAL_SYSTEM}", value="C00001")
        for code, name in (("C00001", "Harbor Foods"), ("C00002", "Ghent Bakery")):
            spectrum.write(
                "AddCustomer", Customer_Code=code, Name=name, Terms_Code="3", Sales_Tax_Code="VA"
            )
    return sandbox


def test_a_crossed_company_stands_beside_its_customer_and_the_other_is_marked(
    two_companies: Sandbox,
) -> None:
    section = words_of(page(two_companies), "Customers")
    assert "Harbor Foods no address C00001 Harbor Foods" in section
    assert "not in Spectrum" in section
    assert "1 in Spectrum that belong to no company here" in section
    assert "C00002 Ghent Bakery" in section


def test_the_counts_stand_on_top(two_companies: Sandbox) -> None:
    assert (
        "Customers 1 of 2 1 not in Spectrum Spectrum holds 2, of which 1 not from here"
        in words_of(page(two_companies))
    )


def test_only_what_has_not_crossed_can_be_asked_for(two_companies: Sandbox) -> None:
    section = words_of(page(two_companies, "?show=waiting"), "Customers")
    assert "alert" in section
    assert "Harbor Foods no address" not in section


def test_an_external_id_that_points_at_nothing_is_told_from_one_that_does(
    two_companies: Sandbox,
) -> None:
    with ServiceTradeCaller(two_companies.servicetrade_url) as servicetrade:
        made = servicetrade.post("/company", name="Ghost", customer=True)["id"]
        servicetrade.put(f"/externalid/company/{made}/{EXTERNAL_SYSTEM}", value="C09999")
    assert "external id C09999 , which Spectrum does not know" in words_of(
        page(two_companies), "Customers"
    )


def test_a_flow_has_a_page_whatever_its_case_and_another_name_is_told_where_to_go(
    two_companies: Sandbox,
) -> None:
    assert "Harbor Foods" in words_of(page(two_companies, "flows/customers"), "Customers")
    address = two_companies.console_url + "/flows/timecards"
    unknown = httpx.get(address, trust_env=False)
    assert unknown.status_code == 404
    assert "There is no such page" in words_of(unknown.text)
    assert "/flows/Time" in unknown.text


def test_whatever_people_type_is_shown_as_text(two_companies: Sandbox) -> None:
    two_companies.control.add_fault(system="spectrum", operation=NASTY, key=NASTY, kind="slow")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "<b>bold</b>", "a@example.com", "b@example.com"
    mail.set_content(NASTY)
    with smtplib.SMTP("127.0.0.1", two_companies.smtp_port) as server:
        server.send_message(mail)
    httpx.get(two_companies.servicetrade_url + "/" + "<i>x", trust_env=False)
    text = page(two_companies)
    for raw in ("<script>alert", "<b>bold", "<i>x"):
        assert raw not in text
    assert NASTY in words_of(text, "Faults")
    assert "<b>bold</b>" in words_of(text, "Mails")


def test_a_fault_a_call_and_a_pause_are_told_in_plain_words(two_companies: Sandbox) -> None:
    two_companies.control.add_fault(system="spectrum", operation="AddCustomer", kind="drop_answer")
    with (
        SpectrumCaller(two_companies.spectrum_url) as spectrum,
        pytest.raises(httpx.TransportError),
    ):
        spectrum.write(
            "AddCustomer", Customer_Code="C00003", Name="Third", Terms_Code="3", Sales_Tax_Code="VA"
        )
    two_companies.control.add_fault(system="servicetrade", kind="rate_limit", count=3, skip=2)
    two_companies.control.pause("servicetrade")
    text = page(two_companies)
    assert "ServiceTrade is switched off" in words_of(text)
    assert "ServiceTrade every call any rate limit 3 more, after 2 that pass" in words_of(
        text, "Faults"
    )
    assert (
        "AddCustomer (write) C00003 done, answer lost (HTTP 200, fault: drop answer)"
        in words_of(text, "Calls")
    )


def test_a_job_of_several_cost_centers_stands_beside_all_its_spectrum_jobs(
    sandbox: Sandbox,
) -> None:
    with (
        ServiceTradeCaller(sandbox.servicetrade_url) as servicetrade,
        SpectrumCaller(sandbox.spectrum_url) as spectrum,
    ):
        own = servicetrade.get("/account")["accounts"][0]["primeCompany"]["id"]
        company = servicetrade.post("/company", name="Harbor Foods", customer=True)["id"]
        site = servicetrade.post(
            "/location", name="Pier", companyId=company, addressStreet="1 Pier St"
        )["id"]
        job = servicetrade.post("/job", locationId=site, vendorId=own, type="repair")
        for number in ("10001-100", "10001-200"):
            spectrum.write(
                "AddJob",
                Job_Number=number,
                Job_Description="Repair",
                Taxable_Flag="N",
                Price_Method_Code="F",
            )
        for cost_type in ("L", "M"):
            phase = {
                "Job_Number": "10001-100",
                "Phase_Code": "0100",
                "Description": "Rough",
                "Cost_Type": cost_type,
            }
            spectrum.write("AddPhase", **phase, Price_Method_Code="J")
        servicetrade.put(
            f"/externalid/job/{job['id']}/{EXTERNAL_SYSTEM}", value="10001-100|10001-200"
        )
    section = words_of(page(sandbox), "Jobs")
    assert (
        "10001-100, 10001-200 Repair · phases: 1, with cost types: 2; Repair · phases: 0" in section
    )
    assert "in Spectrum that belong" not in section


def test_the_page_fetches_nothing_from_elsewhere(two_companies: Sandbox) -> None:
    text = page(two_companies)
    fetched = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?([^\"'>]*)", text)
    assert fetched == ["data:,"]
    assert "http://" not in text.replace(two_companies.console_url, "")
    assert "https://" not in text
