"""The field tables of Spectrum against the numbers and rules printed on the vendor's pages."""

import pytest

from st_spectrum.spectrum.services import (
    INVOICE_DETAIL,
    INVOICE_HEADER,
    SERVICES,
    UDF_NAMES,
    Field,
    Kind,
    Service,
)


def number_of(service: str, name: str) -> int:
    """A field's number as the layouts print it: Authorization_ID is 1, GUID is 2."""
    return [field.name for field in SERVICES[service].fields].index(name) + 3


def field_of(service: str, name: str) -> Field:
    return next(field for field in SERVICES[service].fields if field.name == name)


def test_the_services_of_the_integration_are_all_there() -> None:
    writes = {
        "AddCustomer",
        "AddWOSiteAddress",
        "AddJob",
        "UpdateJob",
        "UpdateJob_UDF",
        "AddPhase",
        "AddARInvoice",
    }
    writes |= {"PreTimeCard"}
    reads = {
        "GetCustomers",
        "GetJobMain",
        "GetJobUDF",
        "GetPhase",
        "GetPhaseEnhanced",
        "GetEmployee",
        "GetPayType",
    }
    assert set(SERVICES) == {"WSTestConnection"} | writes | reads
    assert {name for name, service in SERVICES.items() if service.is_write} == writes
    assert {name for name, service in SERVICES.items() if service.is_read} == reads


@pytest.mark.parametrize(
    ("service", "name", "number"),
    [
        ("AddCustomer", "Company_Code", 3),
        ("AddCustomer", "Terms_Code", 19),
        ("AddCustomer", "Sales_Tax_Code", 22),
        ("AddCustomer", "Markup_Code", 33),
        ("AddCustomer", "UDF1", 34),
        ("AddCustomer", "UDF20", 53),
        ("AddWOSiteAddress", "Site_Customer_Code", 16),
        ("AddWOSiteAddress", "Work_State_Tax_Code", 29),
        ("AddWOSiteAddress", "Cost_Center", 40),
        ("AddJob", "Project_Manager", 17),
        ("AddJob", "Tax_Class_Code", 21),
        ("AddJob", "Price_Method_Code", 28),
        ("AddJob", "WO_Site", 37),
        ("AddJob", "Create_Date", 42),
        ("AddJob", "UDF1", 43),
        ("AddJob", "Cost_Center", 63),
        ("AddJob", "Status_Code", 72),
        ("UpdateJob", "Create_Date", 42),
        ("UpdateJob", "Cost_Center", 43),
        ("UpdateJob", "Status_Code", 52),
        ("UpdateJob", "Owner_Name", 53),
        ("UpdateJob", "Job_Oh_Batch_Code", 59),
        ("UpdateJob", "Sunday_OT", 94),
        ("UpdateJob_UDF", "UDF20", 24),
        ("AddPhase", "Cost_Type", 7),
        ("AddPhase", "Price_Method_Code", 15),
        ("AddPhase", "Status_Code", 20),
        ("AddARInvoice", "Invoice_Or_Transaction", 8),
        ("AddARInvoice", "Taxable_Flag", 14),
        ("AddARInvoice", "Line_Extension", 21),
        ("AddARInvoice", "Sales_Tax_Amount", 23),
        ("AddARInvoice", "Income_Cost_Center", 28),
        ("PreTimeCard", "Batch_Code", 4),
        ("PreTimeCard", "Work_Date", 12),
        ("PreTimeCard", "Message", 13),
        ("PreTimeCard", "Pay_Rate", 25),
        ("PreTimeCard", "Cost_Center", 33),
    ],
)
def test_a_field_stands_at_its_printed_number(service: str, name: str, number: int) -> None:
    assert number_of(service, name) == number


@pytest.mark.parametrize(
    ("service", "required"),
    [
        ("AddCustomer", {"Company_Code", "Customer_Code", "Name", "Terms_Code", "Sales_Tax_Code"}),
        ("AddWOSiteAddress", {"Company_Code", "Site_ID", "Site_Name"}),
        ("AddJob", {"Company_Code", "Job_Number", "Taxable_Flag", "Price_Method_Code"}),
        ("UpdateJob", {"Job_Number"}),
        ("UpdateJob_UDF", {"Job_Number"}),
        ("AddPhase", {"Job_Number", "Phase_Code", "Cost_Type", "Price_Method_Code"}),
        ("WSTestConnection", {"Version"}),
        ("PreTimeCard", {"Batch_Code", "Pay_Type", "Work_Date"}),
        (
            "AddARInvoice",
            {
                "Company_Code",
                "GL_Date",
                "Batch_Code",
                "Customer_Code",
                "Invoice_Or_Transaction",
                "Transaction_Type",
                "Invoice_Date",
                "Line_Extension",
            },
        ),
    ],
)
def test_the_required_fields_are_the_printed_ones(service: str, required: set[str]) -> None:
    assert {field.name for field in SERVICES[service].fields if field.is_required} == required


@pytest.mark.parametrize(
    ("service", "name", "kind", "length"),
    [
        ("AddCustomer", "Name", Kind.TEXT, 30),
        ("AddCustomer", "Customer_Email", Kind.TEXT, 70),
        ("AddCustomer", "Credit_Limit", Kind.NUMBER, 14),
        ("AddWOSiteAddress", "Work_Site_Email", Kind.TEXT, 80),
        ("AddWOSiteAddress", "Latitude", Kind.NUMBER, 11),
        ("AddJob", "Job_Description", Kind.TEXT, 25),
        ("AddJob", "Taxable_Flag", Kind.FLAG, 1),
        ("AddJob", "Start_Date", Kind.DATE, 10),
        ("UpdateJob", "Legal_Desc", Kind.TEXT, 350),
        ("AddPhase", "Description", Kind.TEXT, 25),
        ("AddPhase", "Original_Est_Cost", Kind.NUMBER, 12),
        ("GetCustomers", "pStatus", Kind.TEXT, 3),
        ("PreTimeCard", "Batch_Code", Kind.TEXT, 8),
        ("PreTimeCard", "Hours_Employee", Kind.NUMBER, 8),
        ("PreTimeCard", "Work_Date", Kind.DATE, 10),
        ("PreTimeCard", "Message", Kind.TEXT, 30),
    ],
)
def test_a_field_has_its_printed_kind_and_length(
    service: str, name: str, kind: Kind, length: int
) -> None:
    field = field_of(service, name)
    assert (field.kind, field.length) == (kind, length)


def test_the_overhead_batch_is_set_by_an_update_only() -> None:
    assert [
        name for name, s in SERVICES.items() if "Job_Oh_Batch_Code" in {f.name for f in s.fields}
    ] == ["UpdateJob"]
    assert not {"Job_Oh_Batch_Code", "Tax_Class_Code"} & set(SERVICES["GetJobMain"].returns)


def test_an_update_has_no_user_fields_and_asks_for_nothing_but_the_job() -> None:
    names = [field.name for field in SERVICES["UpdateJob"].fields]
    assert not set(UDF_NAMES) & set(names)
    assert (
        field_of("UpdateJob", "Price_Method_Code").values
        == field_of("AddJob", "Price_Method_Code").values
    )


def test_natural_keys_name_fields_and_only_inserts_refuse_them_twice() -> None:
    for service in SERVICES.values():
        assert set(service.key) <= {field.name for field in service.fields}
    refusing = {name for name, service in SERVICES.items() if service.refuses_duplicates}
    assert refusing == {"AddCustomer", "AddWOSiteAddress", "AddJob", "AddARInvoice"}
    assert {name for name, s in SERVICES.items() if s.is_write and s.is_idempotent}.isdisjoint(
        refusing
    )
    assert not SERVICES["PreTimeCard"].key
    assert not SERVICES["PreTimeCard"].is_idempotent
    assert SERVICES["AddPhase"].key == ("Job_Number", "Phase_Code", "Cost_Type")


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
def test_no_name_stands_twice_in_one_layout(service: Service) -> None:
    names = [field.name for field in service.fields]
    assert len(names) == len(set(names))
    assert len(service.returns) == len(set(service.returns))
    assert service.source.startswith("SP ")


def test_the_enhanced_phases_begin_with_the_plain_ones() -> None:
    plain, enhanced = SERVICES["GetPhase"].returns, SERVICES["GetPhaseEnhanced"].returns
    assert enhanced[: len(plain)] == plain
    assert enhanced[len(plain) :] == (
        "Price_Method_Code",
        "Complete_Date",
        "Start_Date",
        "End_Date",
        "Comment",
    )


def test_header_and_detail_of_an_invoice_are_the_printed_ones() -> None:
    header, detail = ([field.name for field in table] for table in (INVOICE_HEADER, INVOICE_DETAIL))
    assert (len(header), header[0], header[-1]) == (21, "Company_Code", "Asset_Cost_Center")
    assert (len(detail), detail[3]) == (8, "Line_Extension")
    amounts = {
        field.name
        for table in (INVOICE_HEADER, INVOICE_DETAIL)
        for field in table
        if field.is_positive
    }
    assert {"Line_Extension", "Sales_Tax_Amount", "Retention_Amount"} <= amounts
    only_rest = {"Quantity", "Unit_Of_Measure", "Message"}
    assert {*header, *detail} - {
        field.name for field in SERVICES["AddARInvoice"].fields
    } == only_rest
