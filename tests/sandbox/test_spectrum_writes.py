"""The Put services of the Spectrum stand-in: three levels of validation, and what is stored."""

from pathlib import Path

import pytest

from st_spectrum.sandbox.spectrum.setup import INACTIVE_ID, LIMITED_ID
from tests.sandbox.spectrum_caller import CUSTOMER, JOB, SITE, Caller, running


def test_the_connection_test_answers_with_its_success_row(spectrum: Caller) -> None:
    assert spectrum.call("WSTestConnection", Version="1.12").codes == [("S", "Version")]
    assert spectrum.call("WSTestConnection").codes == [("M", "Version")]
    assert spectrum.call("WSTestConnection", Version="one").codes == [("I", "Version")]


def test_an_unknown_authorization_id_aborts_with_the_documented_text(spectrum: Caller) -> None:
    reply = spectrum.call("AddCustomer", authorization_id="NOBODY", **CUSTOMER)
    assert reply.status == 200
    assert reply.rows == [
        {
            "error_code": "A",
            "desc": (
                "The Web Service is not authorized. Authorization ID is not setup in the system."
            ),
            "column": "Authorization_ID",
        }
    ]


@pytest.mark.parametrize("authorization_id", ["", INACTIVE_ID, LIMITED_ID])
def test_an_id_that_is_blank_inactive_or_lacks_the_service_may_not_add_a_job(
    spectrum: Caller, authorization_id: str
) -> None:
    reply = spectrum.call("AddJob", authorization_id=authorization_id, **JOB)
    assert reply.codes == [("A", "Authorization_ID")]


def test_an_id_may_use_the_services_built_for_it(spectrum: Caller) -> None:
    assert spectrum.call("AddCustomer", authorization_id=LIMITED_ID, **CUSTOMER).rows == []


def test_a_company_outside_the_id_aborts(spectrum: Caller) -> None:
    reply = spectrum.call("AddCustomer", **CUSTOMER, Company_Code="002")
    assert reply.codes == [("A", "Company_Code")]


def test_every_blank_required_element_gets_its_own_row_and_nothing_else_is_judged(
    spectrum: Caller,
) -> None:
    reply = spectrum.call("AddCustomer", Customer_Code="C00001", Phone="not a phone")
    assert reply.codes == [("M", "Name"), ("M", "Terms_Code"), ("M", "Sales_Tax_Code")]


def test_blanks_only_are_a_missing_value(spectrum: Caller) -> None:
    assert spectrum.call("AddCustomer", **{**CUSTOMER, "Name": "   "}).codes == [("M", "Name")]


def test_every_value_of_the_wrong_form_gets_a_row_before_codes_are_looked_up(
    spectrum: Caller,
) -> None:
    wrong = {
        "Customer_Code": "c-1",
        "Name": "Smith, Jones",
        "State": "Virginia",
        "Zip_Code": "23502-1234567",
        "Phone": "757-555-0100",
        "Taxable_Flag": "1",
        "Standard_Retention_Percent": "-5",
        "Price_Level_Labor": "7",
        "Credit_Limit": "1,000.00",
        "Date_Created": "2026-01-31",
        "Resale_Exp_Date": "02/30/2026",
        "Customer_Email": "no address",
        "Sales_Tax_Code": "NOWHERE",
    }
    reply = spectrum.call("AddCustomer", **{**CUSTOMER, **wrong})
    in_order_of_the_layout = [
        "Customer_Code",
        "Name",
        "State",
        "Zip_Code",
        "Phone",
        "Standard_Retention_Percent",
        "Taxable_Flag",
        "Resale_Exp_Date",
        "Price_Level_Labor",
        "Credit_Limit",
        "Date_Created",
        "Customer_Email",
    ]
    assert reply.codes == [("I", name) for name in in_order_of_the_layout]
    assert (
        reply.rows[0]["desc"]
        == "Customer_Code is invalid, value does not match specified field mask"
    )


def test_the_longest_value_fits_and_one_more_does_not(spectrum: Caller) -> None:
    assert spectrum.call("AddCustomer", **{**CUSTOMER, "Name": "é" * 31}).codes == [("I", "Name")]
    assert spectrum.call("AddCustomer", **{**CUSTOMER, "Name": "é" * 30}).rows == []


def test_a_customer_is_stored_active_with_its_contact_padded_code_and_single_blanks(
    spectrum: Caller,
) -> None:
    reply = spectrum.call(
        "AddCustomer", **CUSTOMER, Contact_1="Jane van Dyke", Phone="7575550100", Taxable_Flag="Y"
    )
    assert (reply.status, reply.rows) == (200, [])
    customer = spectrum.record("CR_CUSTOMER_MASTER_MC")
    assert customer["Customer_Code"] == "C00001    "
    assert (customer["Status"], customer["Statement_Flag"], customer["Alpha_Sort"]) == (
        "A",
        "Y",
        "HARBORFO",
    )
    assert customer["Address_2"] == " "
    contact = spectrum.record("CR_CUSTOMER_CONTACTS_MC")
    assert (contact["First_Name"], contact["Last_Name"]) == ("Jane van", "Dyke")


def test_a_natural_key_is_refused_twice_together_with_all_else_that_is_not_on_file(
    spectrum: Caller,
) -> None:
    spectrum.with_job()
    again = {**CUSTOMER, "Terms_Code": "9", "Sales_Tax_Code": "XX"}
    assert spectrum.call("AddCustomer", **again).codes == [
        ("I", "Customer_Code"),
        ("I", "Terms_Code"),
        ("I", "Sales_Tax_Code"),
    ]
    assert spectrum.call("AddWOSiteAddress", **SITE).codes == [("I", "Site_ID")]
    assert spectrum.call("AddJob", **JOB).codes == [("I", "Job_Number")]
    assert spectrum.call("AddJob", **{**JOB, "Job_Number": "     10482"}).codes == [
        ("I", "Job_Number")
    ]
    counts = spectrum.system.counts()
    assert (
        counts["CR_CUSTOMER_MASTER_MC"],
        counts["WO_ADDRESS_MC"],
        counts["JC_JOB_MASTER_MC"],
    ) == (1, 1, 1)


def test_a_site_needs_its_customer_and_takes_the_tax_code_from_it(spectrum: Caller) -> None:
    assert spectrum.call("AddWOSiteAddress", **SITE).codes == [("I", "Site_Customer_Code")]
    spectrum.call("AddCustomer", **CUSTOMER)
    assert spectrum.call("AddWOSiteAddress", **SITE).rows == []
    site = spectrum.record("WO_ADDRESS_MC")
    assert site["Ship_To_ID"] == "S00001    "
    assert site["Ship_To_Customer_Code"] == "C00001    "
    assert (site["Sales_Tax_Code"], site["Taxable_Flag"], site["Status"]) == ("VA", "N", "A")


def test_a_site_refuses_unknown_codes_equal_work_taxes_and_a_bill_to_that_is_missing(
    spectrum: Caller,
) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    wrong = {
        "Sales_Tax_Code": "ZZ",
        "Work_State_Tax_Code": "VA",
        "Work_County_Tax_Code": "VA",
        "Cost_Center": "999",
        "Alternate_Address": "Y",
    }
    assert spectrum.call("AddWOSiteAddress", **SITE, **wrong).codes == [
        ("I", "Sales_Tax_Code"),
        ("I", "Work_County_Tax_Code"),
        ("I", "Cost_Center"),
        ("M", "Billto_Code"),
    ]


def test_a_cost_center_is_only_taken_by_a_company_that_uses_them(spectrum: Caller) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    spectrum.system.switch("uses_cost_centers", value=False)
    assert spectrum.call("AddWOSiteAddress", **SITE, Cost_Center="100").codes == [
        ("I", "Cost_Center")
    ]


def test_a_job_is_stored_right_justified_with_contract_and_user_fields(spectrum: Caller) -> None:
    spectrum.with_job()
    job = spectrum.record("JC_JOB_MASTER_MC")
    assert (job["Job_Number"], job["Status_Code"], job["Job_Oh_Batch_Code"]) == (
        "     10482",
        "A",
        " ",
    )
    assert job["Sales_Tax_Code"] == "VA"
    contract = spectrum.record("CR_CONTRACT_MASTER_MC")
    assert (contract["Customer_Code"], contract["TM_Billing_Flag"]) == ("C00001    ", "Y")
    assert spectrum.call("AddJob", **{**JOB, "Job_Number": "10483"}, UDF1="NOR").rows == []
    assert [row["UDF1"] for row in spectrum.system.records("JC_JOB_USER_FIELDS_DET_MC")] == [
        " ",
        "NOR",
    ]


def test_a_job_refuses_every_code_that_is_not_on_file(spectrum: Caller) -> None:
    wrong = {
        "Customer_Code": "C99999",
        "Tax_Class_Code": "MOON",
        "WO_Site": "S99999",
        "Work_State_Tax_Code": "XX",
        "Cost_Center": "999",
        "Standard_Phase_Category": "NONE",
        "Master_Job": "1",
        "Track_Davis_Bacon": "Y",
        "Track_Prevailing_Wage": "Y",
        "Est_Start_Date": "05/02/2026",
        "Est_Complete_Date": "05/01/2026",
    }
    assert spectrum.call("AddJob", **{**JOB, **wrong}).codes == [
        ("I", "Customer_Code"),
        ("I", "Tax_Class_Code"),
        ("I", "WO_Site"),
        ("I", "Work_State_Tax_Code"),
        ("I", "Cost_Center"),
        ("I", "Standard_Phase_Category"),
        ("I", "Master_Job"),
        ("I", "Track_Davis_Bacon"),
        ("I", "Est_Complete_Date"),
    ]


def test_the_tax_of_a_job_is_a_class_or_a_sales_tax_code_as_the_installation_says(
    spectrum: Caller,
) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    spectrum.system.switch("job_tax_is_class", value=False)
    assert spectrum.call("AddJob", **JOB, Tax_Class_Code="NC").rows == []
    assert spectrum.record("JC_JOB_MASTER_MC")["Sales_Tax_Code"] == "NC"
    assert spectrum.call("UpdateJob", Job_Number="10482", Tax_Class_Code="MD").rows == []
    assert spectrum.record("JC_JOB_MASTER_MC")["Sales_Tax_Code"] == "MD"


def test_a_project_manager_is_only_checked_where_the_installation_validates_it(
    spectrum: Caller,
) -> None:
    spectrum.call("AddCustomer", **CUSTOMER)
    spectrum.system.switch("validates_project_manager", value=True)
    assert spectrum.call("AddJob", **JOB, Project_Manager="NOBODY").codes == [
        ("I", "Project_Manager")
    ]
    assert spectrum.call("AddJob", **JOB, Project_Manager="JSMITH").rows == []


def test_a_user_field_needs_its_mapping_and_has_its_own_kind(spectrum: Caller) -> None:
    spectrum.with_job()
    values = {
        "Job_Number": "10482",
        "UDF1": "any text",
        "UDF2": "not a number",
        "UDF3": "tomorrow",
        "UDF4": "unmapped",
    }
    reply = spectrum.call("UpdateJob_UDF", **values)
    assert reply.codes == [("I", "UDF2"), ("I", "UDF3"), ("I", "UDF4")]


def test_user_fields_are_changed_and_a_blank_leaves_them(spectrum: Caller) -> None:
    spectrum.with_job()
    assert spectrum.call("UpdateJob_UDF", Job_Number="10482", UDF1="NOR", UDF2="5").rows == []
    assert spectrum.call("UpdateJob_UDF", Job_Number="10482", UDF2="6").rows == []
    udfs = spectrum.record("JC_JOB_USER_FIELDS_DET_MC")
    assert (udfs["UDF1"], udfs["UDF2"]) == ("NOR", "6")
    assert spectrum.call("UpdateJob_UDF", Job_Number="1", UDF1="NOR").codes == [("I", "Job_Number")]


def test_only_an_update_sets_the_overhead_batch_and_blanks_change_nothing(spectrum: Caller) -> None:
    spectrum.with_job()
    before = spectrum.record("JC_JOB_MASTER_MC")
    assert spectrum.call("UpdateJob", Job_Number="10482", Job_Oh_Batch_Code="OHSVC").rows == []
    assert spectrum.record("JC_JOB_MASTER_MC") == {**before, "Job_Oh_Batch_Code": "OHSVC"}
    assert spectrum.call("UpdateJob", Job_Number="10482", Job_Oh_Batch_Code="NONE").codes == [
        ("I", "Job_Oh_Batch_Code")
    ]
    assert spectrum.call("UpdateJob", Job_Number="9").codes == [("I", "Job_Number")]


def test_an_update_knows_which_amounts_go_together_and_says_that_the_contract_stays(
    spectrum: Caller,
) -> None:
    spectrum.with_job()
    wrong = {
        "Reports_Calc_Override": "Y",
        "Under_Billed": "5",
        "Earned_Calc_Type": "C",
        "Phone": "757-555-0100",
    }
    assert spectrum.call("UpdateJob", Job_Number="10482", **wrong).codes == [
        ("M", "Entered_Percent_Complete"),
        ("I", "Under_Billed"),
    ]
    reply = spectrum.call("UpdateJob", Job_Number="10482", Customer_Code="C00001")
    assert reply.codes == [("G", "Customer_Code")]


@pytest.mark.parametrize(
    ("shape", "rows", "marker"),
    [
        ("empty_array", [], "<returnArray/>"),
        ("empty_data", [], "<returnData/>"),
        ("g_row", [("G", "Customer_Code")], "<desc>C00001</desc>"),
        ("s_row", [("S", "")], "<error_code>S</error_code>"),
    ],
)
def test_a_stored_record_is_acknowledged_in_each_of_the_four_shapes(
    spectrum: Caller, shape: str, rows: list[tuple[str, str]], marker: str
) -> None:
    spectrum.system.switch("success_shape", shape)
    reply = spectrum.call("AddCustomer", **CUSTOMER)
    assert reply.codes == rows
    assert marker in reply.text
    assert spectrum.system.counts()["CR_CUSTOMER_MASTER_MC"] == 1


def test_a_guid_is_no_idempotency_key_and_its_group_ends_after_a_day_of_silence(
    spectrum: Caller,
) -> None:
    assert spectrum.call("AddCustomer", GUID="one-group", **CUSTOMER).rows == []
    assert spectrum.call("AddCustomer", GUID="one-group", **CUSTOMER).codes == [
        ("I", "Customer_Code")
    ]
    spectrum.clock.seconds += 24 * 3600 - 60
    assert (
        spectrum.call(
            "AddCustomer", GUID="one-group", **{**CUSTOMER, "Customer_Code": "C00002"}
        ).rows
        == []
    )
    spectrum.clock.seconds += 24 * 3600 + 60
    late = {**CUSTOMER, "Customer_Code": "C00003"}
    reply = spectrum.call("AddCustomer", GUID="one-group", **late)
    assert (reply.codes, reply.rows[0]["desc"]) == ([("A", "GUID")], "Time out has occurred")
    assert spectrum.call("AddWOSiteAddress", GUID="one-group", **SITE).rows == []
    assert spectrum.call("AddCustomer", **late).rows == []


def test_a_switch_takes_only_known_names_and_values(spectrum: Caller) -> None:
    with pytest.raises(ValueError, match="success_shape"):
        spectrum.system.switch("success_shape", "party")
    with pytest.raises(ValueError, match="no_such"):
        spectrum.system.switch("no_such", value=True)
    assert spectrum.system.switches.success_shape == "empty_array"


def test_everything_survives_a_restart_and_a_reset_leaves_only_the_set_up(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.with_job()
        before = {
            name: first.system.records(name)
            for name in ("CR_CUSTOMER_MASTER_MC", "JC_JOB_MASTER_MC")
        }
    with running(tmp_path) as second:
        assert {name: second.system.records(name) for name in before} == before
        assert second.call("AddCustomer", **CUSTOMER).codes == [("I", "Customer_Code")]
        second.system.reset()
        counts = second.system.counts()
        assert (counts["CR_CUSTOMER_MASTER_MC"], counts["JC_JOB_MASTER_MC"]) == (0, 0)
        assert counts["CR_TERMS_MASTER_MC"] > 0
        with pytest.raises(KeyError, match="there are"):
            second.system.records("SANDBOX_TOKENS")
