"""Pre-time cards on the Spectrum stand-in: SOAP and REST, what is looked at and what is not, and
the payroll clerk.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, COMPANY_CODE
from st_spectrum.sandbox.spectrum import payroll_screen
from st_spectrum.sandbox.spectrum.app import identify
from st_spectrum.sandbox.spectrum.setup import EMPLOYEES_GONE, INACTIVE_ID, LIMITED_ID, PAY_TYPES
from st_spectrum.sandbox.spectrum.tables import JOBS
from st_spectrum.sandbox.spectrum.timecards import PATH
from st_spectrum.spectrum import timecards
from st_spectrum.spectrum.timecards import REST_NAMES
from tests.sandbox.spectrum_caller import PHASE, Caller, running

LOGIN = (COMPANY_CODE, AUTHORIZATION_ID)
QUEUE = "PR_PRE_TC_IMPORT_ERR_MC"
CARD = {
    "Batch_Code": "26W19",
    "Employee_Code": "1001",
    "Department_Code": "FIELD",
    "Pay_Type": "R",
    "Hours_Employee": "7.25",
    "Job_Number": "10482",
    "Phase_Code": "001",
    "Cost_Type": "L",
    "Work_Date": "05/04/2026",
    "Message": "7K2QXW",
    "State": "VA",
}


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with running(tmp_path) as caller:
        caller.with_job()
        assert caller.call("AddPhase", **PHASE).rows == []
        yield caller


def rest(**changes: Any) -> dict[str, Any]:
    return {REST_NAMES[name]: value for name, value in CARD.items()} | changes


def post(caller: Caller, *cards: Any, auth: Any = LOGIN) -> httpx.Response:
    return caller.http.post(f"{caller.url}{PATH}", json=list(cards), auth=auth)


def results(caller: Caller, *cards: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
    answer = post(caller, *cards)
    assert answer.status_code == 200, answer.text
    return [
        (
            card["message"],
            card["status"],
            [(error["error_code"], error["column"]) for error in card["errors"]],
        )
        for card in answer.json()["timecards"]
    ]


def test_a_card_waits_in_the_queue_of_imports_as_it_was_sent(caller: Caller) -> None:
    assert caller.call("PreTimeCard", **CARD).rows == []
    stored = caller.record(QUEUE)
    assert (stored["Employee_Code"], stored["Job_Number"]) == ("1001       ", "     10482")
    assert (stored["Hours"], stored["Work_Date"]) == ("7.25", "2026-05-04 00:00:00")
    assert (stored["Message"], stored["Batch_Code"], stored["Review_Text"]) == (
        "7K2QXW",
        "26W19",
        " ",
    )


def test_the_same_card_again_is_there_twice(caller: Caller) -> None:
    for _ in range(2):
        assert caller.call("PreTimeCard", **CARD).rows == []
    assert results(caller, rest(), rest()) == [("7K2QXW", "S", [])] * 2
    stored = caller.system.records(QUEUE)
    assert len(stored) == 4
    assert len({row["Record_Number"] for row in stored}) == 4


def test_the_company_is_the_one_of_the_login_when_none_is_named(caller: Caller) -> None:
    assert caller.call("PreTimeCard", **CARD, Company_Code="").rows == []
    assert results(caller, rest(companyCode="")) == [("7K2QXW", "S", [])]
    assert {row["Company_Code"] for row in caller.system.records(QUEUE)} == {COMPANY_CODE}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"Pay_Type": "XX"}, ("I", "Pay_Type")),
        ({"Pay_Type": ""}, ("M", "Pay_Type")),
        ({"Batch_Code": ""}, ("M", "Batch_Code")),
        ({"Batch_Code": "2026-W190"}, ("I", "Batch_Code")),
        ({"Work_Date": "05/04/2019"}, ("I", "Work_Date")),
        ({"Work_Date": "2026-05-04"}, ("I", "Work_Date")),
        ({"Hours_Employee": "7,5"}, ("I", "Hours_Employee")),
        ({"Phase_Code": "001-00"}, ("I", "Phase_Code")),
    ],
)
def test_form_work_date_and_pay_type_are_looked_at(
    caller: Caller, changes: dict[str, str], found: tuple[str, str]
) -> None:
    assert caller.call("PreTimeCard", **{**CARD, **changes}).codes == [found]
    renamed = {REST_NAMES[name]: value for name, value in changes.items()}
    assert results(caller, rest(**renamed)) == [("7K2QXW", "E", [(found[0], REST_NAMES[found[1]])])]
    assert caller.system.records(QUEUE) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Employee_Code": "9999"}, "Employee 9999"),
        ({"Employee_Code": ""}, "Employee missing"),
        ({"Employee_Code": next(iter(EMPLOYEES_GONE))}, "is not active"),
        ({"Job_Number": "77777"}, "Job 77777"),
        ({"Phase_Code": "999"}, "Phase 999"),
        ({"Cost_Type": "Z"}, "Cost type Z"),
        ({"Department_Code": "NONE"}, "Department NONE"),
        ({"Department_Code": "ADMIN"}, "takes no job"),
        ({"Pay_Type": "U"}, "Pay type U needs a department that is not direct"),
    ],
)
def test_nothing_else_is_looked_at_before_somebody_reviews_it(
    caller: Caller, changes: dict[str, str], text: str
) -> None:
    assert caller.call("PreTimeCard", **{**CARD, **changes}).rows == []
    assert text in str(caller.record(QUEUE)["Review_Text"])


def test_salaried_people_have_no_overtime(caller: Caller) -> None:
    salaried = [{"Employee_Code": CARD["Employee_Code"], "Wage_Class": "SAL"}]
    payroll_screen.keep_employees(caller.system, salaried)

    assert caller.call("PreTimeCard", **{**CARD, "Pay_Type": "O"}).rows == []

    assert "is salaried and has no overtime" in str(caller.record(QUEUE)["Review_Text"])


def test_on_direct_lines_the_cost_center_of_the_job_takes_the_place_of_ours(caller: Caller) -> None:
    with caller.system.database.writing() as every_company:
        book = every_company.of(COMPANY_CODE)
        book.update(JOBS, {"Cost_Center": "200"}, Job_Number=CARD["Job_Number"])

    assert caller.call("PreTimeCard", **{**CARD, "Cost_Center": "100"}).rows == []

    assert str(caller.record(QUEUE)["Cost_Center"]).strip() == "200"


def test_time_off_in_a_department_that_is_not_direct_passes_review(caller: Caller) -> None:
    off = {
        "Department_Code": "ADMIN",
        "Pay_Type": "V",
        "Job_Number": "",
        "Phase_Code": "",
        "Cost_Type": "",
    }
    assert caller.call("PreTimeCard", **{**CARD, **off}).rows == []
    assert caller.record(QUEUE)["Review_Text"] == " "


def test_a_closed_payroll_period_takes_no_card(caller: Caller) -> None:
    caller.system.switch("payroll_first_day", "2026-05-05")
    assert caller.call("PreTimeCard", **CARD).codes == [("I", "Work_Date")]
    caller.system.switch("payroll_first_day", "2026-05-04")
    assert caller.call("PreTimeCard", **CARD).codes == []
    caller.system.switch("payroll_last_day", "2026-05-03")
    assert results(caller, rest()) == [("7K2QXW", "E", [("I", "dayOfMonth")])]


def test_a_bad_card_costs_the_others_of_its_batch_nothing(caller: Caller) -> None:
    found = results(
        caller, rest(message="A"), rest(message="B", payType="XX"), rest(message="C", hours=8.5)
    )
    assert found == [("A", "S", []), ("B", "E", [("I", "payType")]), ("C", "S", [])]
    assert [row["Hours"] for row in caller.system.records(QUEUE)] == ["7.25", "8.5"]


def test_keys_that_nothing_explains_are_taken_and_a_misspelt_one_is_not(caller: Caller) -> None:
    found = results(
        caller, rest(serviceUniqueID="1", certifiedFlag="N", authorizationID="x"), rest(paytype="R")
    )
    assert found == [("7K2QXW", "S", []), ("7K2QXW", "E", [("I", "paytype")])]


def test_only_a_login_for_which_the_service_was_built_gets_in(caller: Caller) -> None:
    for code in (LIMITED_ID, INACTIVE_ID, "nobody"):
        assert post(caller, rest(), auth=(COMPANY_CODE, code)).status_code == 401
        assert caller.call("PreTimeCard", code, **CARD).codes == [("A", "Authorization_ID")]
    assert results(caller, rest(companyCode="999")) == [("7K2QXW", "E", [("A", "companyCode")])]
    assert (
        caller.http.post(f"{caller.url}{PATH}", json={"cards": []}, auth=LOGIN).status_code == 400
    )
    assert caller.http.post(f"{caller.url}{PATH}", content=b"[", auth=LOGIN).status_code == 400


def test_a_call_is_named_by_the_messages_of_its_cards(caller: Caller) -> None:
    operation = identify("POST", PATH, "", b'[{"message": "A"}, {"message": "B"}]')
    assert (operation.name, operation.key, operation.is_write) == (timecards.OPERATION, "A,B", True)
    assert identify("POST", PATH, "", b"{").key == ""


def test_the_clerk_moves_a_batch_through_payroll_and_its_cards_keep_their_message(
    caller: Caller,
) -> None:
    results(caller, rest(message="A"), rest(message="B", batchCode="26W20"))
    assert payroll_screen.act(caller.system, "approve", "26W19") == 1
    assert [row["Message"] for row in caller.system.records("PR_PRE_TIME_CARD_MC")] == ["A"]
    assert payroll_screen.act(caller.system, "post", "") == 1
    (posted,) = caller.system.records("PR_TIME_CARD_HISTORY_MC")
    assert (posted["Message"], posted["Hours"]) == ("A", "7.25")
    assert posted.keys() >= {"Work_State", "Company_Code_2", "Cost_Category", "PM_WO_Number"}
    assert "Batch_Code" not in posted, "the history keeps no batch"
    results(caller, rest(message="C"))
    numbers = [row["Record_Number"] for row in caller.system.records(QUEUE)]
    assert posted["Record_Number"] not in numbers
    assert payroll_screen.act(caller.system, "delete", "26W20") == 1
    assert [row["Message"] for row in caller.system.records(QUEUE)] == ["C"]
    with pytest.raises(ValueError, match="approve, post, delete"):
        payroll_screen.act(caller.system, "pay", "")


def test_lines_of_a_transfer_that_is_reversed_stand_in_two_tables(caller: Caller) -> None:
    results(caller, rest(message="A"))
    payroll_screen.act(caller.system, "approve", "")
    assert payroll_screen.act(caller.system, "transfer", "") == 1
    assert payroll_screen.act(caller.system, "reverse", "") == 1
    for table in ("PR_PRE_TIME_CARD_MC", "PR_TIME_CARD_DETAIL_MC"):
        assert [row["Message"] for row in caller.system.records(table)] == ["A"]
    assert payroll_screen.act(caller.system, "transfer", "") == 1
    payroll_screen.act(caller.system, "post", "")
    assert [row["Message"] for row in caller.system.records("PR_TIME_CARD_HISTORY_MC")] == ["A"]


def test_employees_are_hired_and_leave_and_only_those_on_file_are_answered(caller: Caller) -> None:
    payroll_screen.keep_employees(
        caller.system, [{"Employee_Code": "2001", "Employee_Name": "Ty Tech"}]
    )
    payroll_screen.keep_employees(
        caller.system, [{"Employee_Code": "1001", "Employment_Status": "I"}]
    )
    found = {row["Employee_Code"].strip(): row for row in caller.call("GetEmployee").rows}
    assert (found["2001"]["Employment_Status"], found["1001"]["Employment_Status"]) == ("A", "I")
    assert found["1001"]["Employee_Name"].strip() == "Tom Baker"
    assert {code for code, (_, _, status) in EMPLOYEES_GONE.items() if status == "I"} <= set(found)
    for wrong in ({"Employee_Name": "x"}, {"Employee_Code": "1", "Wage": "1"}):
        with pytest.raises(ValueError, match=r"Employee_Code|Wage"):
            payroll_screen.keep_employees(caller.system, [wrong])


def test_pay_types_are_listed_and_filtered(caller: Caller) -> None:
    found = {row["Pay_Type"]: row["Pay_Type_Desc"] for row in caller.call("GetPayType").rows}
    assert found == PAY_TYPES
    (overtime,) = caller.call("GetPayType", pPay_Type="O").rows
    assert overtime["Pay_Type_Desc"] == "Overtime"
    texts = [row["Pay_Type_Desc"] for row in caller.call("GetPayType", pSort_By="T").rows]
    assert texts == sorted(texts)
