"""The Get services of the Spectrum stand-in, and the same records seen by read-only SQL."""

import re

import pytest
import sqlalchemy

from st_spectrum.sandbox.spectrum.setup import LIMITED_ID
from st_spectrum.sandbox.spectrum.tables import INFO_LINK
from st_spectrum.spectrum.services import SERVICES
from tests.sandbox.spectrum_caller import CUSTOMER, JOB, PHASE, SITE, Caller


def stripped(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name].strip() for name in names) for row in rows]


def test_a_get_without_a_match_has_its_wrapper_and_no_row(spectrum: Caller) -> None:
    reply = spectrum.call("GetCustomers")
    assert (reply.status, reply.rows) == (200, [])
    assert "<getCustomers></getCustomers>" in reply.text


@pytest.mark.parametrize("service", [name for name, service in SERVICES.items() if service.is_read])
def test_a_row_has_every_column_in_order_and_the_three_error_columns_last(
    spectrum: Caller, service: str
) -> None:
    spectrum.with_job()
    spectrum.call("AddPhase", **PHASE)
    row = spectrum.call(service).rows[0]
    assert tuple(row) == (
        *SERVICES[service].returns,
        "Error_Code",
        "Error_Description",
        "Error_Column",
    )


def test_an_id_without_the_service_gets_an_error_row_in_place_of_data(spectrum: Caller) -> None:
    reply = spectrum.call("GetCustomers", authorization_id=LIMITED_ID)
    assert reply.status == 200
    (row,) = reply.rows
    assert (row["Error_Code"], row["Error_Column"]) == ("E", "Authorization_ID")
    assert row["Error_Description"] == "The web service is not Authorized"
    assert row["Customer_Code"] == " "


def test_a_wrong_parameter_gets_an_error_row(spectrum: Caller) -> None:
    assert spectrum.call("GetCustomers", pStatus="X").codes == [("E", "pStatus")]
    assert spectrum.call("GetCustomers", pCompany_Code="002").codes == [("E", "pCompany_Code")]


def test_a_blank_company_is_the_default_of_the_id(spectrum: Caller) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    assert len(spectrum.call("GetCustomers", pCompany_Code="").rows) == 1


def test_customers_come_in_words_with_their_first_contact(spectrum: Caller) -> None:
    spectrum.call(
        "AddCustomer", **CUSTOMER, Contact_1="Jane Smith", Phone="7575550100", Taxable_Flag="Y"
    )
    spectrum.call("AddCustomer", **{**CUSTOMER, "Customer_Code": "C00002"}, Phone="7575550101")
    rows = spectrum.call("GetCustomers").rows
    columns = ("Customer_Code", "First_Name", "Last_Name", "Phone_Number", "Taxable_Flag", "Status")
    assert stripped(rows, *columns) == [
        ("C00001", "Jane", "Smith", "7575550100", "Taxable", "Active"),
        ("C00002", "", "", "7575550101", "No Default", "Active"),
    ]


def test_blanks_come_in_three_styles_unless_one_is_chosen(spectrum: Caller) -> None:
    spectrum.with_job()
    styles = {"space": r"<(\w+)> </\1>", "closed": r"<\w+/>", "paired": r"<(\w+)></\1>"}
    mixed = spectrum.call("GetJobMain").text.partition("<response>")[2].partition("<Error_Code")[0]
    assert {name for name, style in styles.items() if re.search(style, mixed)} == set(styles)
    spectrum.system.switch("blank_style", "space")
    assert "<City> </City>" in spectrum.call("GetJobMain").text
    spectrum.system.switch("blank_style", "empty")
    assert "<City/>" in spectrum.call("GetJobMain").text


def test_numbers_have_fixed_decimals_and_codes_come_padded(spectrum: Caller) -> None:
    spectrum.with_job()
    spectrum.call("AddPhase", **PHASE, Original_Est_Cost="1234.5", Original_Est_Hours="-0.25")
    (phase,) = spectrum.call("GetPhaseEnhanced").rows
    assert phase["Job_Number"] == "     10482"
    assert phase["Cost_Type"] == "L  "
    shown = ("Current_Estimate_Dollars", "Estimated_Hours", "JTD_Quantity", "Price_Method_Code")
    assert stripped([phase], *shown) == [("1234.50", "-.25", ".00", "T")]


def test_jobs_are_found_by_their_filters_and_complete_ones_only_when_asked_for(
    spectrum: Caller,
) -> None:
    spectrum.with_job()
    others = (
        ("10483", {"Project_Manager": "JSMITH", "Cost_Center": "100"}),
        ("10484", {"Status_Code": "C", "Division": "2"}),
        ("10485", {"Status_Code": "I", "Customer_Code": ""}),
    )
    for number, values in others:
        assert spectrum.call("AddJob", **{**JOB, "Job_Number": number, **values}).rows == []

    def numbers(**parameters: str) -> list[str]:
        return [row["Job_Number"].strip() for row in spectrum.call("GetJobMain", **parameters).rows]

    assert numbers() == ["10482", "10483", "10485"]
    assert numbers(pStatus_Code="C") == ["10484"]
    assert numbers(pStatus_Code="C", pDivision="2") == ["10484"]
    assert numbers(pProject_Manager="JSMITH") == ["10483"]
    assert numbers(pCost_Center="100") == ["10483"]
    assert numbers(pCustomer_Code="C00001") == ["10482", "10483"]
    assert numbers(pSort_By="P")[-1] == "10483"
    (row,) = spectrum.call("GetJobMain", pProject_Manager="JSMITH").rows
    assert row["Customer_Name"] == CUSTOMER["Name"]


def test_user_fields_show_only_where_the_id_has_them_mapped(spectrum: Caller) -> None:
    spectrum.with_job()
    spectrum.call("UpdateJob_UDF", Job_Number="10482", UDF1="NOR")
    (row,) = spectrum.call("GetJobUDF").rows
    assert stripped([row], "Job_Number", "UDF1", "UDF20") == [("10482", "NOR", "")]
    with spectrum.system.database.writing() as book:
        book.connection.execute(
            "UPDATE SANDBOX_AUTHORIZED_SERVICES SET Udfs = ' ' WHERE Service = 'GetJobUDF'"
        )
    assert stripped(spectrum.call("GetJobUDF").rows, "UDF1") == [("",)]


def test_phases_are_found_by_job_cost_type_and_status(spectrum: Caller) -> None:
    spectrum.with_job()
    for phase, cost_type, status in (("001", "L", "A"), ("001", "M", "I"), ("002", "L", "C")):
        values = {**PHASE, "Phase_Code": phase, "Cost_Type": cost_type, "Status_Code": status}
        assert spectrum.call("AddPhase", **values).rows == []

    def found(**parameters: str) -> list[tuple[str, ...]]:
        return stripped(spectrum.call("GetPhase", **parameters).rows, "Phase_Code", "Cost_Type")

    assert found(pJob_Number="10482") == [("001", "L"), ("001", "M")]
    assert found(pCost_Type="L", pStatus_Code="C") == [("002", "L")]
    assert found(pJob_Number="1") == []


def test_employees_are_the_seeded_ones_sorted_as_asked(spectrum: Caller) -> None:
    codes = [row["Employee_Code"].strip() for row in spectrum.call("GetEmployee").rows]
    assert "JSMITH" in codes
    assert codes == sorted(codes)
    last_names = [row["Last_Name"] for row in spectrum.call("GetEmployee", pSort_By="L").rows]
    assert last_names == sorted(last_names)
    assert len(spectrum.call("GetEmployee", pCost_Center="300").rows) < len(codes)


def fill_customers(spectrum: Caller, count: int) -> None:
    with spectrum.system.database.writing() as book:
        for number in range(count):
            values = {**CUSTOMER, "Customer_Code": f"C{number:05}", "Status": "A"}
            book.of("001").insert(INFO_LINK["CR_CUSTOMER_MASTER_MC"], values)


def test_five_hundred_rows_are_all_and_one_more_adds_a_warning_row_of_blanks(
    spectrum: Caller,
) -> None:
    fill_customers(spectrum, 500)
    rows = spectrum.call("GetCustomers").rows
    assert len(rows) == 500
    assert {row["Error_Code"] for row in rows} == {""}
    spectrum.call("AddCustomer", **{**CUSTOMER, "Customer_Code": "Z1"})
    rows = spectrum.call("GetCustomers").rows
    assert len(rows) == 501
    warning = rows[-1]
    assert warning["Error_Code"] == "W"
    assert warning["Error_Description"].startswith("WARNING - Number of returnable records exceeds")
    assert {warning[name] for name in SERVICES["GetCustomers"].returns} == {" "}


def test_a_large_reply_may_lose_the_end_of_its_envelope_but_no_row(spectrum: Caller) -> None:
    fill_customers(spectrum, 400)
    spectrum.system.switch("truncate_large", value=True)
    reply = spectrum.call("GetCustomers")
    assert not reply.text.endswith("</SOAP-ENV:Envelope>")
    assert len(reply.rows) == 400
    assert spectrum.call("GetEmployee").text.endswith("</SOAP-ENV:Envelope>")


def test_read_only_sql_finds_records_by_trimmed_codes_through_an_index(spectrum: Caller) -> None:
    spectrum.with_job()
    engine = sqlalchemy.create_engine(f"sqlite:///{spectrum.system.database.path}")
    job = (
        "SELECT * FROM JC_JOB_MASTER_MC WHERE Company_Code = '001' AND LTRIM(RTRIM(Job_Number)) ="
        " '10482'"
    )
    site = (
        "SELECT LTRIM(RTRIM(Ship_To_Name)) FROM WO_ADDRESS_MC WHERE LTRIM(RTRIM(Ship_To_ID)) ="
        " 'S00001'"
    )
    with engine.connect() as connection:
        assert (
            connection.execute(sqlalchemy.text(job)).mappings().one()["Customer_Code"]
            == "C00001    "
        )
        assert connection.execute(sqlalchemy.text(site)).scalar_one() == SITE["Site_Name"]
        plan = connection.execute(sqlalchemy.text(f"EXPLAIN QUERY PLAN {job}")).all()
        assert "JC_JOB_MASTER_MC_TRIMMED" in str(plan)
        known = sqlalchemy.text(
            "SELECT COLUMN_NAME FROM PA_COLUMN_NAMES WHERE TABLE_NAME = 'JC_JOB_MASTER_MC'"
        )
        assert "Job_Oh_Batch_Code" in set(connection.execute(known).scalars())
    engine.dispose()
