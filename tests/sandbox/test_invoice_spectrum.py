"""AR invoices on the Spectrum stand-in: the REST batch, AddARInvoice, and what is stored of
them.
"""

import json

import pytest

from st_spectrum.sandbox.spectrum.setup import INACTIVE_GL_ACCOUNT
from st_spectrum.sandbox.spectrum.tables import INVOICE_DETAIL_COLUMNS, INVOICE_HEADER_COLUMNS
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER
from tests.sandbox.ar_documents import (
    AS_SOAP,
    HEADER,
    LOGIN,
    document,
    errors,
    post,
    results,
    stored,
)
from tests.sandbox.spectrum_caller import Caller


@pytest.fixture
def spectrum(spectrum: Caller) -> Caller:
    """With the customer, site and job that most tests need."""
    return spectrum.with_job()


def test_an_invoice_is_stored_unposted_with_its_lines_to_the_cent(spectrum: Caller) -> None:
    sent = document(
        {}, {"Line_Extension": "0.20", "Quantity": 2, "Message": "Thank you"}, Remarks="Pump seal"
    )
    assert results(spectrum, sent) == [("10482-1", "S", [])]
    header = spectrum.record("CR_INVOICE_HEADER_MC")
    assert header["Invoice_Or_Transaction"] == "10482-1   "
    assert header["Job_Number"] == "     10482"
    assert header["Invoice_Date"] == "2026-05-04 00:00:00"
    amounts = ("Taxable_Amount", "Non_Taxable_Amount", "Sales_Tax_Amount", "Invoice_Extension")
    assert [header[name] for name in amounts] == ["1250.30", "0.00", "36.25", "1286.55"]
    assert (header["Remarks"], header["Post_Flag"]) == ("Pump seal", "N")
    details = spectrum.system.records("CR_INVOICE_DETAIL_MC")
    assert [(row["Sequence"], row["Line_Extension"], row["Item_Quantity"]) for row in details] == [
        ("001", "1250.10", " "),
        ("002", "0.20", "2"),
    ]
    assert spectrum.system.records("CR_OPEN_ITEM_MC") == []


def test_json_numbers_and_texts_are_taken_alike_and_blank_numbers_too(spectrum: Caller) -> None:
    body = json.dumps({"arInvoices": [document(Sales_Tax_Amount="", Retention_Amount="")]}).replace(
        '"1250.10"', "1250.10"
    )
    answer = spectrum.http.post(f"{spectrum.url}/customer/invoice", content=body, auth=LOGIN)
    assert answer.json()["arInvoices"][0]["status"] == "S"
    assert spectrum.record("CR_INVOICE_DETAIL_MC")["Line_Extension"] == "1250.10"


def test_defaults_come_from_customer_job_and_installation(spectrum: Caller) -> None:
    assert (
        results(spectrum, document({"Taxable_Flag": ""}, Sales_Tax_Code="", Terms_Code=""))[0][1]
        == "S"
    )
    header = spectrum.record("CR_INVOICE_HEADER_MC")
    assert (header["Terms_Code"], header["Sales_Tax_Code"], header["AR_GL_Account"]) == (
        "3",
        "VA",
        "1200",
    )
    assert header["Print_Job_Address_Flag"] == "Y"
    assert (header["Taxable_Amount"], header["Non_Taxable_Amount"]) == ("1250.10", "0.00")


@pytest.mark.parametrize(
    ("day", "tax"), [("09/30/2025", "5.30"), ("10/01/2025", "6.00"), ("01/01/2020", "5.30")]
)
def test_a_blank_tax_amount_is_worked_out_by_code_and_invoice_date(
    spectrum: Caller, day: str, tax: str
) -> None:
    lines = ({"Line_Extension": "100"}, {"Line_Extension": "50", "Taxable_Flag": "N"})
    sent = document(*lines, Sales_Tax_Amount="", Sales_Tax_Code="VANORF", Invoice_Date=day)
    spectrum.system.switch("ar_first_day", "2000-01-01")
    assert results(spectrum, sent)[0][1] == "S"
    assert spectrum.record("CR_INVOICE_HEADER_MC")["Sales_Tax_Amount"] == tax


def test_every_error_of_a_record_is_told_with_its_line(spectrum: Caller) -> None:
    wrong = {
        "Batch_Code": "",
        "Invoice_Date": "2026-05-04",
        "Transaction_Type": "X",
        "Sales_Tax_Amount": "-1.00",
        "Remarks": "x" * 66,
        "Remark": "misspelt",
    }
    lines = (
        {"Line_Extension": ""},
        {"GL_Account": "9999"},
        {"Taxable_Flag": True, "Message": "m" * 251},
    )
    assert errors(spectrum, document(*lines, **wrong)) == [
        ("I", "Remark", None),
        ("M", "Batch_Code", None),
        ("I", "Transaction_Type", None),
        ("I", "Invoice_Date", None),
        ("I", "Sales_Tax_Amount", None),
        ("I", "Remarks", None),
        ("M", "Line_Extension", 0),
        ("I", "Taxable_Flag", 2),
        ("I", "Message", 2),
        ("I", "GL_Account", 1),
    ]
    assert stored(spectrum) == []


def test_codes_that_are_not_on_file_are_refused_all_at_once(spectrum: Caller) -> None:
    wrong = {
        "Customer_Code": "C99999",
        "Job_Number": "99999",
        "Terms_Code": "9",
        "Salesperson_Code": "ZZZ",
        "Sales_Tax_Code": "MOON",
        "AR_GL_Account": "1",
        "Asset_Cost_Center": "999",
    }
    found = errors(spectrum, document({"Income_Cost_Center": "999"}, **wrong))
    assert found == [*(("I", name, None) for name in wrong), ("I", "Income_Cost_Center", 0)]


@pytest.mark.parametrize(
    ("account", "code"),
    [("5100", "I"), (INACTIVE_GL_ACCOUNT, "I"), ("40-10", "I"), ("9999", "I"), ("", "M")],
)
def test_only_an_active_account_that_is_no_direct_cost_takes_a_line(
    spectrum: Caller, account: str, code: str
) -> None:
    assert errors(spectrum, document({}, {"GL_Account": account})) == [(code, "GL_Account", 1)]


def test_a_job_must_be_a_contract_too(spectrum: Caller) -> None:
    spectrum.call("AddJob", Job_Number="555", Taxable_Flag="N", Price_Method_Code="F")
    assert errors(spectrum, document(Job_Number="555")) == [("I", "Job_Number", None)]
    assert results(spectrum, document(Job_Number=""))[0][1] == "S"


def test_dates_lie_in_the_processing_range_which_a_switch_moves(spectrum: Caller) -> None:
    early = document(GL_Date="12/31/2024", Invoice_Date="12/31/2024")
    assert errors(spectrum, early) == [("I", "GL_Date", None), ("I", "Invoice_Date", None)]
    spectrum.system.switch("ar_first_day", "2024-12-31")
    spectrum.system.switch("ar_last_day", "2024-12-31")
    assert results(spectrum, early)[0][1] == "S"
    assert errors(spectrum, document(Invoice_Or_Transaction="2", Invoice_Date="12/31/2024")) == [
        ("I", "GL_Date", None)
    ]
    with pytest.raises(ValueError, match="ar_first_day"):
        spectrum.system.switch("ar_first_day", "soon")


def test_an_installation_can_want_both_dates_in_one_period(spectrum: Caller) -> None:
    spectrum.system.switch("forces_one_gl_period", value=True)
    assert errors(spectrum, document(GL_Date="06/01/2026")) == [("I", "GL_Date", None)]


def test_without_processing_dates_nothing_can_be_entered(spectrum: Caller) -> None:
    with spectrum.system.database.writing() as book:
        book.connection.execute("DELETE FROM CR_INSTALLATION_MC")
    assert post(spectrum, document()).status_code == 500
    assert spectrum.call("AddARInvoice", **AS_SOAP).codes == [("I", "GL_Date")]


@pytest.mark.parametrize("posts_at_once", [False, True])
def test_a_number_is_taken_once_by_a_customer_and_type_whether_posted_or_not(
    spectrum: Caller, posts_at_once: bool
) -> None:
    spectrum.system.switch("posts_at_once", posts_at_once)
    sent = (document(), document(), document(Transaction_Type="C"))
    assert [result[1] for result in results(spectrum, *sent)] == ["S", "E", "S"]
    spectrum.system.switch("posts_at_once", not posts_at_once)
    assert errors(spectrum, document()) == [("I", "Invoice_Or_Transaction", None)]
    assert spectrum.call("AddARInvoice", **AS_SOAP).codes == [("I", "Invoice_Or_Transaction")]
    assert len(spectrum.system.records("CR_INVOICE_DETAIL_MC")) == 2


def test_an_installation_can_want_a_number_once_in_the_company(spectrum: Caller) -> None:
    spectrum.system.switch("has_unique_invoice_numbers", value=True)
    sent = (document(), document(Transaction_Type="C"))
    assert [result[1] for result in results(spectrum, *sent)] == ["S", "E"]


def test_posted_at_once_it_stays_with_its_flag_and_is_an_open_item_besides(
    spectrum: Caller,
) -> None:
    spectrum.system.switch("posts_at_once", value=True)
    credit = document(
        {"Line_Extension": "50"}, Invoice_Or_Transaction="10482-1V", Transaction_Type="C"
    )
    results(spectrum, document(), credit | {"Sales_Tax_Amount": "0.50"})
    rows = spectrum.system.records("CR_OPEN_ITEM_MC")
    assert [(row["Transaction_Type"], row["Invoice_Balance"]) for row in rows] == [
        ("I", "1286.35"),
        ("C", "-50.50"),
    ]
    assert [row["Post_Flag"] for row in spectrum.system.records("CR_INVOICE_HEADER_MC")] == [
        "Y",
        "Y",
    ]
    assert stored(spectrum) == ["10482-1", "10482-1V"]


def test_an_invoice_without_lines_is_refused(spectrum: Caller) -> None:
    assert errors(spectrum, HEADER) == [("M", "invoiceDetails", None)]
    assert errors(spectrum, HEADER | {"invoiceDetails": []}) == [("M", "invoiceDetails", None)]


def test_parts_of_a_cent_are_refused(spectrum: Caller) -> None:
    assert errors(spectrum, document({"Line_Extension": "10.005"})) == [("I", "Line_Extension", 0)]
    assert results(spectrum, document({"Line_Extension": "10.500"}))[0][1] == "S"


def test_another_company_is_refused(spectrum: Caller) -> None:
    assert errors(spectrum, document(Company_Code="002")) == [("A", "Company_Code", None)]


def test_soap_takes_one_line_by_the_same_rules(spectrum: Caller) -> None:
    assert spectrum.call("AddARInvoice", **AS_SOAP, Detail_Description="Labor").rows == []
    assert stored(spectrum) == ["10482-1"]
    detail = spectrum.record("CR_INVOICE_DETAIL_MC")
    assert (detail["Line_Extension"], detail["GL_Account"], detail["Detail_Description"]) == (
        "1250.10",
        "4010",
        "Labor",
    )
    assert spectrum.call("AddARInvoice").codes[0] == ("M", "GL_Date")
    negative = AS_SOAP | {"Line_Extension": "-5", "Invoice_Or_Transaction": "2"}
    assert spectrum.call("AddARInvoice", **negative).codes == [("I", "Line_Extension")]
    direct = AS_SOAP | {
        "GL_Account": "5100",
        "Sales_Tax_Amount": "1.234",
        "Invoice_Or_Transaction": "2",
    }
    assert spectrum.call("AddARInvoice", **direct).codes == [
        ("I", "Sales_Tax_Amount"),
        ("I", "GL_Account"),
    ]


def test_every_field_of_the_two_layouts_has_its_column(spectrum: Caller) -> None:
    assert results(spectrum, document())[0][1] == "S"
    header, detail = (
        spectrum.record("CR_INVOICE_HEADER_MC"),
        spectrum.record("CR_INVOICE_DETAIL_MC"),
    )
    assert {
        INVOICE_HEADER_COLUMNS.get(field.name, field.name) for field in INVOICE_HEADER
    } <= header.keys()
    names = {INVOICE_DETAIL_COLUMNS.get(field.name, field.name) for field in INVOICE_DETAIL}
    assert names - detail.keys() == {"Taxable_Flag"}
