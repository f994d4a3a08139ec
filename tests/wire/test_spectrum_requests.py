"""What is sent to Spectrum: complete, in order, and judged before it leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import ContractBroken, Rejected
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.wire import redact

CUSTOMER = {
    "Customer_Code": "C00001",
    "Name": "Harbor Foods LLC",
    "Terms_Code": "A",
    "Sales_Tax_Code": "NC",
}
JOB = {"Job_Number": "10482", "Taxable_Flag": "Y", "Price_Method_Code": "T"}


def problems_of(service: str, fields: dict[str, str]) -> dict[str, str]:
    with pytest.raises(Rejected) as refusal:
        build_fields(SERVICES[service], fields, "001")
    return {problem.field: problem.text for problem in refusal.value.problems}


def test_every_element_is_there_in_the_order_of_the_layout_and_blank_where_nothing_is_given() -> (
    None
):
    built = build_fields(SERVICES["AddCustomer"], CUSTOMER, "001")
    assert list(built) == [field.name for field in SERVICES["AddCustomer"].fields]
    assert {name: value for name, value in built.items() if value} == {
        "Company_Code": "001",
        **CUSTOMER,
    }


def test_a_get_carries_the_company_under_its_own_name() -> None:
    assert build_fields(SERVICES["GetPhase"], {"pJob_Number": "1"}, "001")["pCompany_Code"] == "001"


def test_a_company_that_is_given_is_kept() -> None:
    assert (
        build_fields(SERVICES["AddCustomer"], {**CUSTOMER, "Company_Code": "002"}, "001")[
            "Company_Code"
        ]
        == "002"
    )


def test_an_element_that_the_layout_does_not_have_is_named() -> None:
    with pytest.raises(ContractBroken, match=r"AddCustomer: .*no element Favourite_Colour, Nmae"):
        build_fields(
            SERVICES["AddCustomer"], {**CUSTOMER, "Nmae": "x", "Favourite_Colour": ""}, "001"
        )


def test_a_text_that_is_too_long_names_field_length_found_and_length_allowed() -> None:
    problems = problems_of("AddCustomer", {**CUSTOMER, "Name": "x" * 31})
    assert list(problems) == ["Name"]
    assert "is 31 characters long, Spectrum allows 30" in problems["Name"]


def test_thirty_characters_are_allowed_where_the_layout_allows_thirty() -> None:
    assert (
        build_fields(SERVICES["AddCustomer"], {**CUSTOMER, "Name": "é" * 30}, "001")["Name"]
        == "é" * 30
    )


def test_all_problems_are_reported_at_once() -> None:
    wrong = {
        **JOB,
        "Job_Number": " ",
        "Taxable_Flag": "yes",
        "Est_Start_Date": "2026-01-31",
        "Total_Units": "1,000",
    }
    assert set(problems_of("AddJob", wrong)) == {
        "Job_Number",
        "Taxable_Flag",
        "Est_Start_Date",
        "Total_Units",
    }


@pytest.mark.parametrize(
    "value", ["02/30/2026", "2/3/2026", "13/01/2026", "31/12/2026", "٠١/٠١/٢٠٢٦"]
)
def test_what_is_not_a_us_date_is_refused(value: str) -> None:
    assert "MM/DD/YYYY" in problems_of("AddJob", {**JOB, "Est_Start_Date": value})["Est_Start_Date"]


@pytest.mark.parametrize("value", ["$5", "1e5", "1,5", ".", "-", "5-", "NaN", "½"])
def test_what_is_not_a_plain_number_is_refused(value: str) -> None:
    assert (
        "plain number"
        in problems_of("AddJob", {**JOB, "Original_Contract": value})["Original_Contract"]
    )


@pytest.mark.parametrize("value", ["0", ".00", "-1.5", "1234.50", "12."])
def test_plain_numbers_are_taken(value: str) -> None:
    assert (
        build_fields(SERVICES["AddJob"], {**JOB, "Original_Contract": value}, "001")[
            "Original_Contract"
        ]
        == value
    )


def test_a_minus_is_refused_where_only_positive_numbers_go() -> None:
    assert "not negative" in problems_of("AddJob", {**JOB, "Total_Units": "-1"})["Total_Units"]


def test_a_closed_list_of_values_is_kept_to() -> None:
    assert (
        "one of F, T, C, U"
        in problems_of("AddJob", {**JOB, "Price_Method_Code": "J"})["Price_Method_Code"]
    )


@pytest.mark.parametrize("value", ["a\x00b", "a\x1fb", "a\ud800b", "a\ufffeb"])
def test_a_character_that_xml_cannot_carry_is_refused_before_anything_is_sent(value: str) -> None:
    assert "cannot be sent" in problems_of("AddCustomer", {**CUSTOMER, "Name": value})["Name"]


@given(
    st.dictionaries(
        st.sampled_from([f.name for f in SERVICES["AddJob"].fields]), st.text(max_size=40)
    )
)
def test_whatever_is_given_either_goes_out_unchanged_or_is_refused_by_name(
    fields: dict[str, str],
) -> None:
    layout = SERVICES["AddJob"]
    try:
        built = build_fields(layout, fields, "001")
    except Rejected as refusal:
        assert refusal.problems
        assert {problem.field for problem in refusal.problems} <= {
            field.name for field in layout.fields
        }
        return
    assert all(
        len(built[field.name]) <= field.length or not built[field.name].strip()
        for field in layout.fields
    )
    assert all(built[name] == value for name, value in fields.items() if name != "Company_Code")


@pytest.mark.parametrize(
    "text",
    [
        "<Authorization_ID>SECRET99</Authorization_ID>",
        "<ns:Authorization_ID xmlns:ns='x'>SECRET99</ns:Authorization_ID>",
        "Authorization: Bearer SECRET99.abc",
        "Authorization: Basic SECRET99==",
        "client_id=me&client_secret=SECRET99&scope=x",
        '{"access_token": "SECRET99", "expires_in": 5}',
        "mssql+pymssql://u@h/db?password=SECRET99",
    ],
)
def test_logins_are_hidden_wherever_they_stand(text: str) -> None:
    assert "SECRET99" not in redact(text)
    assert "***" in redact(text)


def test_a_known_secret_is_hidden_without_any_name_in_front_of_it() -> None:
    assert redact("ID SANDBOX-AUTH is not set up", ["SANDBOX-AUTH", ""]) == "ID *** is not set up"
