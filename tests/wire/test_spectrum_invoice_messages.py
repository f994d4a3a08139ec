"""AR documents on their way out: complete, exact to the cent, and judged before they leave."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.errors import Rejected
from st_spectrum.spectrum.invoices import build_invoice_body, check, encode, repeated, soap_fields
from st_spectrum.spectrum.request_fields import build_fields
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, SERVICES

HEADER = {
    "GL_Date": "11/04/2025",
    "Batch_Code": "20251108",
    "Customer_Code": "HARBOR",
    "Invoice_Or_Transaction": "10482-1",
    "Transaction_Type": "I",
    "Invoice_Date": "11/04/2025",
    "Sales_Tax_Amount": "36.25",
}
LINE = {"Detail_Description": "Pump seal kit", "Line_Extension": "1250", "GL_Account": "400000"}


def document(header: dict[str, str] | None = None, *lines: dict[str, str]) -> ArDocument:
    return ArDocument({**HEADER, **(header or {})}, lines or (LINE,))


def sent(*documents: ArDocument) -> list[dict[str, Any]]:
    text = encode(build_invoice_body(documents, "001"))
    body: list[dict[str, Any]] = json.loads(text, parse_float=Decimal, parse_int=Decimal)[
        "arInvoices"
    ]
    return body


def complaints(one: ArDocument) -> dict[str, str]:
    return {problem.field: problem.text for problem in check(one, "001")}


def test_every_field_is_there_in_the_order_of_the_table_and_empty_where_nothing_is_given() -> None:
    (header,) = sent(document())
    (line,) = header.pop("invoiceDetails")

    assert list(header) == [field.name for field in INVOICE_HEADER]
    assert list(line) == [field.name for field in INVOICE_DETAIL]
    assert {name: value for name, value in header.items() if value != ""} == {
        **HEADER,
        "Company_Code": "001",
        "Sales_Tax_Amount": Decimal("36.25"),
    }
    assert line["Quantity"] == line["Message"] == header["Retention_Amount"] == ""


def test_amounts_are_numbers_with_two_decimals_and_codes_stay_texts() -> None:
    text = encode(build_invoice_body([document({"Job_Number": "0010482"})], "001"))

    assert '"Line_Extension":1250.00' in text
    assert '"Sales_Tax_Amount":36.25' in text
    assert '"Retention_Amount":""' in text
    assert '"Job_Number":"0010482"' in text
    assert '"GL_Account":"400000"' in text


@given(st.lists(st.tuples(st.integers(0, 10**12 - 1), st.booleans()), min_size=1, max_size=8))
def test_no_amount_ever_drifts_on_its_way(amounts: list[tuple[int, bool]]) -> None:
    exact = [f"{cents // 100}.{cents % 100:02}" for cents, _ in amounts]
    given = [
        text.rstrip("0").rstrip(".") if is_short else text
        for text, (_, is_short) in zip(exact, amounts, strict=True)
    ]

    (header,) = sent(document(None, *({**LINE, "Line_Extension": text} for text in given)))

    assert [str(line["Line_Extension"]) for line in header["invoiceDetails"]] == exact


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30))
def test_any_text_arrives_as_it_was_given(text: str) -> None:
    (header,) = sent(document(None, {**LINE, "Detail_Description": text}))
    (line,) = header["invoiceDetails"]

    assert line["Detail_Description"] == ("" if not text.strip() else text)


@pytest.mark.parametrize(
    "field", ["GL_Date", "Batch_Code", "Customer_Code", "Transaction_Type", "Invoice_Date"]
)
def test_a_required_field_that_is_empty_is_named(field: str) -> None:
    assert complaints(document({field: " "})) == {
        field: "document 10482-1: is required and was left empty"
    }


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ({"Invoice_Or_Transaction": "10482-1-001"}, "is 11 characters long, Spectrum allows 10"),
        ({"Invoice_Date": "2025-11-04"}, "must be a date written MM/DD/YYYY"),
        ({"Invoice_Date": "02/29/2025"}, "must be a date written MM/DD/YYYY"),
        ({"Transaction_Type": "D"}, "must be one of I, C"),
        ({"Sales_Tax_Amount": "-36.25"}, "must be a number that is not negative"),
        ({"Sales_Tax_Amount": "$36.25"}, "must be a plain number"),
        ({"Sales_Tax_Amount": "1,036.25"}, "must be a plain number"),
        ({"Sales_Tax_Amount": "36.255"}, "must be in whole cents, found '36.255'"),
        ({"Sales_Tax_Amount": "99999999999"}, "is too large"),
        ({"Print_Job_Address_Flag": "y"}, "must be Y or N"),
        ({"Sales_Tax_Ammount": "1"}, "there is no such field"),
        ({"Company_Code": "002"}, "is of company 002, this is 001"),
    ],
)
def test_what_spectrum_could_not_take_names_document_and_field(
    header: dict[str, str], found: str
) -> None:
    number = header.get("Invoice_Or_Transaction", "10482-1")
    (field,) = header

    (problem,) = check(document(header), "001")

    assert problem.field == field
    assert problem.text.startswith(f"document {number}: ")
    assert found in problem.text


def test_a_line_is_named_by_its_number_as_people_count() -> None:
    one = document(None, LINE, {**LINE, "Line_Extension": "-5.00", "Colour": "red"})

    assert complaints(one) == {
        "Line_Extension": (
            "document 10482-1, line 2: must be a number that is not negative, found '-5.00'"
        ),
        "Colour": "document 10482-1, line 2: there is no such field",
    }


def test_a_document_needs_a_line() -> None:
    assert complaints(ArDocument(HEADER, ())) == {"invoiceDetails": "document 10482-1: has no line"}


def test_a_body_with_one_bad_document_is_not_built() -> None:
    with pytest.raises(Rejected, match=r"Customer_Code: document 10483-1: is required"):
        build_invoice_body(
            [document(), document({"Invoice_Or_Transaction": "10483-1", "Customer_Code": ""})],
            "001",
        )


def test_where_a_token_takes_the_header_the_authorization_id_goes_into_the_message() -> None:
    assert "Authorization_ID" not in build_invoice_body([document()], "001")["arInvoices"][0]
    body = build_invoice_body([document(), document()], "001", "SECRET")
    assert [header["Authorization_ID"] for header in body["arInvoices"]] == ["SECRET", "SECRET"]


def test_later_documents_under_a_number_that_was_used_are_told_apart() -> None:
    other = document({"Invoice_Or_Transaction": "10483-1"})
    padded = document({"Invoice_Or_Transaction": " 10482-1"})

    assert repeated([document(), other, document(), padded, other]) == {2, 3, 4}
    assert repeated([]) == frozenset()


def test_a_document_of_one_line_fits_the_soap_service() -> None:
    line = {
        **LINE,
        "Quantity": "5",
        "Unit_Of_Measure": "HR",
        "Message": "Night",
        "Income_Cost_Center": "100",
    }
    fields = soap_fields(document(None, line))

    assert fields == {**HEADER, **LINE, "Income_Cost_Center": "100"}
    assert build_fields(SERVICES["AddARInvoice"], fields, "001")["Line_Extension"] == "1250"


def test_a_document_of_several_lines_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        Rejected, match=r"document 10482-1: has 2 lines and AddARInvoice takes one; have the REST"
    ):
        soap_fields(document(None, LINE, LINE))
