"""Location -> work-order site, rule by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold, Skip
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.customers.target import KIND as CUSTOMER
from st_spectrum.flows.sites.rules import SiteBundle, decide_site
from st_spectrum.flows.sites.target import KIND as SITE
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.services import SERVICES
from tests.flows.records import CROSSED, STANDS, account, company, location


def decide(*, where=None, owner=None, rules=None, progress=None):
    bundle = SiteBundle(where or location(), owner or company(**CROSSED), progress or Progress())
    return decide_site(bundle, rules or account())


def fields_of(decision):
    assert isinstance(decision, Create), decision
    return decision.steps[0].calls[0].fields


def test_a_location_is_tied_to_the_customer_code_of_its_company():
    sent = fields_of(decide())

    assert sent["Site_Customer_Code"] == "C00001"
    assert (sent["Site_Name"], sent["Site_Address1"], sent["Work_State_Tax_Code"]) == (
        "Harbor Foods #3",
        "40 Pier St",
        "VA",
    )


def test_a_location_waits_for_its_company_and_names_it():
    decision = decide(owner=company())

    assert isinstance(decision, Hold)
    assert decision.needs == ("customers/1201",)
    assert "Harbor Foods LLC" in decision.reason


@pytest.mark.parametrize(
    ("where", "tax", "flag"),
    [
        ({}, "VAST", "Y"),
        ({"taxGroup": {"id": 9, "name": "Norfolk City", "code": "VANORF"}}, "NORF", "Y"),
        ({"taxable": False}, "EXEMPT", "N"),
        ({"taxable": None}, "VAST", "Y"),
    ],
)
def test_the_tax_code_follows_tax_group_then_state_and_knows_what_is_not_taxable(where, tax, flag):
    sent = fields_of(decide(where=location(**where)))

    assert (sent["Sales_Tax_Code"], sent["Taxable_Flag"]) == (tax, flag)


def test_a_work_state_that_nobody_mapped_holds_the_site_before_wages_go_wrong():
    rules = account(maps={"sales_tax": {"default": "ANY"}})
    decision = decide(where=location(address={"state": "TX"}), rules=rules)

    assert isinstance(decision, Hold)
    assert "maps.work_state" in decision.advice


@pytest.mark.parametrize(
    ("where", "owner", "reason"),
    [
        (location(**STANDS), company(**CROSSED), "already carries a site id"),
        (location(status="inactive"), company(**CROSSED), "is inactive in ServiceTrade"),
    ],
)
def test_what_is_no_customer_site_is_skipped(where, owner, reason):
    decision = decide(where=where, owner=owner)

    assert isinstance(decision, Skip)
    assert decision.reason == reason


def test_a_merged_location_is_no_longer_there_and_its_site_stays():
    decision = decide_site(
        SiteBundle(None, None, Progress(target_key="S00009", is_confirmed=True)), account()
    )

    assert decision == Skip("deleted or merged in ServiceTrade", "S00009", is_gone=True)


def test_an_extension_goes_into_its_own_field():
    sent = fields_of(decide(where=location(phoneNumber="(757) 555-0100 ext. 42")))

    assert (sent["Site_Phone1"], sent["Telephone_Ext_1"]) == ("7575550100", "42")


def test_an_address_too_long_for_one_line_is_parted_between_words():
    sent = fields_of(
        decide(
            where=location(
                address={"street": "1200 Commonwealth Avenue Northwest Suite 500", "state": "VA"}
            )
        )
    )

    assert (sent["Site_Address1"], sent["Site_Address2"]) == (
        "1200 Commonwealth Avenue",
        "Northwest Suite 500",
    )


def test_an_email_too_long_is_left_out_rather_than_sent_to_somebody_else():
    decision = decide(where=location(email="a" * 80 + "@example.com"))

    assert fields_of(decision)["Work_Site_Email"] == ""
    assert any("email" in note.lower() for note in decision.notes)


@given(
    name=st.text(max_size=80),
    street=st.text(max_size=120),
    phone=st.text(max_size=40),
    email=st.text(max_size=120),
)
def test_whatever_people_type_fits_the_layout_or_holds(name, street, phone, email):
    where = location(
        name=name, address={"street": street, "state": "VA"}, phoneNumber=phone, email=email
    )
    decision = decide(where=where)

    if isinstance(decision, Hold):
        assert "name" in decision.reason
        return
    build_fields(SERVICES["AddWOSiteAddress"], fields_of(decision.with_code("S00001")), "001")


def test_a_site_of_another_customer_is_never_taken_for_one_whose_answer_was_lost():
    sent = decide().steps[0].calls[0]

    assert SITE.is_of_one_owner({"Site_Customer_Code": "C00001"}, sent)
    assert not SITE.is_of_one_owner({"Site_Customer_Code": "C00002"}, sent)


def test_a_customer_belongs_to_nobody():
    assert CUSTOMER.is_of_one_owner({}, AddCustomer({"Name": "Harbor Foods"}))
