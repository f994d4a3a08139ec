"""Company -> AR customer, rule by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.decisions import Create, Hold, Skip
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.services import SERVICES
from tests.flows.records import CROSSED, account, company


def fields_of(decision):
    assert isinstance(decision, Create), decision
    return decision.steps[0].calls[0].fields


def test_a_new_company_becomes_a_customer_and_gets_its_code_back_as_external_id():
    decision = decide_customer(CustomerBundle(company()), account())

    assert [step.name for step in decision.steps] == ["customer", "external id"]
    assert fields_of(decision)["Name"] == "Harbor Foods LLC"
    finished = decision.with_code("C00017")
    assert finished.target_key == "C00017"
    assert finished.steps[0].calls[0].fields["Customer_Code"] == "C00017"
    assert finished.steps[1].calls[0].fields == {
        "entity_type": "company",
        "entity_id": "1201",
        "value": "C00017",
    }


def test_a_company_called_like_the_placeholder_keeps_its_name():
    decision = decide_customer(CustomerBundle(company(name="x{code}x")), account())

    assert fields_of(decision.with_code("C00017"))["Name"] == "x{code}x"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"customer": False, "vendor": True}, "is a vendor, not a customer"),
        ({"customer": False, "partsVendor": True}, "is a vendor, not a customer"),
        ({"customer": False}, "is not a customer"),
        ({"status": "inactive"}, "is inactive in ServiceTrade"),
        (CROSSED, "already carries an AR customer code"),
    ],
)
def test_what_is_not_to_cross_is_skipped_and_says_why(changes, reason):
    decision = decide_customer(CustomerBundle(company(**changes)), account())

    assert isinstance(decision, Skip)
    assert decision.reason == reason


def test_a_vendor_who_also_is_a_customer_crosses():
    assert isinstance(decide_customer(CustomerBundle(company(vendor=True)), account()), Create)


def test_a_company_on_credit_hold_still_crosses_because_its_open_work_must_be_billed():
    assert isinstance(decide_customer(CustomerBundle(company(status="on_hold")), account()), Create)


def test_terms_come_from_the_map_and_else_are_the_default():
    known = fields_of(
        decide_customer(
            CustomerBundle(company(paymentTerms={"id": 3, "name": " net 30 "})), account()
        )
    )
    unknown = fields_of(decide_customer(CustomerBundle(company()), account()))

    assert known["Terms_Code"] == "3"
    assert unknown["Terms_Code"] == "1"


def test_sales_tax_goes_by_state_unless_it_is_fixed():
    by_state = fields_of(decide_customer(CustomerBundle(company()), account()))
    fixed = fields_of(
        decide_customer(CustomerBundle(company()), account(maps={"sales_tax": {"fixed": "ONE"}}))
    )

    assert by_state["Sales_Tax_Code"] == "VAST"
    assert fixed["Sales_Tax_Code"] == "ONE"


def test_a_state_without_a_tax_code_holds_the_company_and_says_where_to_add_it():
    decision = decide_customer(CustomerBundle(company(address={"state": "TX"})), account())

    assert isinstance(decision, Hold)
    assert "TX" in decision.reason
    assert "maps.sales_tax" in decision.advice


def test_a_name_of_sixty_characters_with_commas_is_made_fit_and_the_report_says_how():
    long = "Ångström, Müller & Söhne, Fire Protection of the Old Dominion"
    decision = decide_customer(CustomerBundle(company(name=long)), account())

    assert fields_of(decision)["Name"] == "Ångström Müller & Söhne Fire P"
    assert any("commas" in note for note in decision.notes)
    assert any("shortened" in note and "30 characters" in note for note in decision.notes)


def test_a_name_of_nothing_but_commas_holds_the_company():
    assert isinstance(decide_customer(CustomerBundle(company(name=" ,,, ")), account()), Hold)


def test_half_way_work_goes_on_even_when_the_company_became_inactive():
    half_way = Progress(target_key="C00004", started_steps=("customer",))

    assert isinstance(
        decide_customer(CustomerBundle(company(status="inactive"), half_way), account()), Create
    )


def test_a_crossed_company_is_left_alone_and_a_foreign_external_id_is_told():
    crossed = Progress(target_key="C00004", is_confirmed=True)
    decision = decide_customer(CustomerBundle(company(**CROSSED), crossed), account())

    assert isinstance(decision, Skip)
    assert "C00001" in decision.notes[0] and "C00004" in decision.notes[0]


@given(
    name=st.text(max_size=80),
    street=st.text(max_size=90),
    city=st.text(max_size=40),
    postal_code=st.text(max_size=20),
    phone=st.text(max_size=40),
)
def test_whatever_people_type_fits_the_layout_or_holds(name, street, city, postal_code, phone):
    address = {"street": street, "city": city, "state": "VA", "postalCode": postal_code}
    decision = decide_customer(
        CustomerBundle(company(name=name, address=address, phoneNumber=phone)), account()
    )

    if isinstance(decision, Hold):
        assert "name" in decision.reason
        return
    sent = fields_of(decision.with_code("C00001"))
    build_fields(
        SERVICES["AddCustomer"], sent, "001"
    )  # raises when anything is too long or of the wrong kind
    assert "," not in sent["Name"]
    assert "\x00" not in "".join(sent.values())
