"""Purchase orders on the Spectrum stand-in: `POST /purchaseOrders`, and what is stored of them."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, COMPANY_CODE
from st_spectrum.sandbox.spectrum.app import identify
from st_spectrum.sandbox.spectrum.setup import LIMITED_ID, VENDOR_NOT_USED
from tests.sandbox.spectrum_caller import Caller, running

LOGIN = (COMPANY_CODE, AUTHORIZATION_ID)
HEADERS, DETAILS = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"

HEADER = {
    "Company_Code": COMPANY_CODE,
    "Vendor_Code": "V0001",
    "Job_Number": "10482",
    "Status_Flag": "O",
}
LINE = {
    "PO_Quantity": "2",
    "Item_ID": "HD-155",
    "Item_Description": "Head",
    "Unit_Of_Measure": "EA",
    "Item_Price": "14.85",
}


def order(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    return HEADER | header | {"poDetails": [LINE | line for line in lines or ({},)]}


def post(caller: Caller, *orders: Any, auth: Any = LOGIN) -> httpx.Response:
    return caller.http.post(
        f"{caller.url}/purchaseOrders", json={"purchaseOrders": orders}, auth=auth
    )


def results(
    caller: Caller, *orders: Any
) -> list[tuple[str, str, list[tuple[str, str, int | None]]]]:
    answer = post(caller, *orders)
    assert answer.status_code == 200, answer.text
    return [
        (
            order["PO_Number"],
            order["status"],
            [(error["error_code"], error["column"], error["line"]) for error in order["errors"]],
        )
        for order in answer.json()["purchaseOrders"]
    ]


def errors(caller: Caller, *orders: Any) -> list[tuple[str, str, int | None]]:
    ((_, status, found),) = results(caller, *orders)
    assert status == "E"
    return found


@pytest.fixture
def spectrum(spectrum: Caller) -> Caller:
    """With the customer, site and job that most tests need."""
    return spectrum.with_job()


def test_an_order_is_stored_with_padded_keys_and_numbered_lines(spectrum: Caller) -> None:
    message = {
        "Detail_Entry_Type": "M",
        "Message": "Rear dock",
        "PO_Quantity": "",
        "Item_ID": "",
        "Item_Description": "",
    }
    special = {"Detail_Entry_Type": "N", "Item_ID": "SEAL"}
    assert results(
        spectrum, order({}, message, special, PO_Number="4412", PO_Order_Date="05/04/2026")
    ) == [("4412", "S", [])]
    header = spectrum.record(HEADERS)
    assert (header["PO_Number"], header["Job_Number"]) == ("4412      ", "     10482")
    assert (header["Status_Flag"], header["PO_Date_List1"], header["Remarks"]) == (
        "OPEN",
        "2026-05-04 00:00:00",
        " ",
    )
    assert Decimal(str(header["PO_Total_Amount"])) == Decimal("59.40")
    lines = spectrum.system.records(DETAILS)
    assert [line["Line_Number"] for line in lines] == ["001", "002", "003"]
    assert [line["Line_Type"] for line in lines] == ["D", "M", "N"]
    assert [line["Item_Code"] for line in lines] == ["HD-155", " ", "!SEAL"]
    assert lines[1]["Message"] == "Rear dock"
    assert {line["Job_Number"] for line in lines} == {"     10482"}


def test_an_order_without_a_number_gets_the_next_one(spectrum: Caller) -> None:
    first, second = (results(spectrum, order())[0][0] for _ in range(2))
    assert int(second) == int(first) + 1
    results(spectrum, order(PO_Number="9000"))
    assert results(spectrum, order())[0][0] == "9001"


def test_a_proposed_order_is_replaced_and_an_open_one_is_not(spectrum: Caller) -> None:
    assert results(spectrum, order({}, {}, PO_Number="4412", Status_Flag="")) == [("4412", "S", [])]
    assert spectrum.record(HEADERS)["Status_Flag"] == "PROP"
    assert results(spectrum, order(PO_Number="4412")) == [("4412", "S", [])]
    assert len(spectrum.system.records(DETAILS)) == 1
    assert errors(spectrum, order(PO_Number="4412")) == [("I", "PO_Number", None)]


@pytest.mark.parametrize(
    ("header", "line", "expected"),
    [
        ({"Vendor_Code": ""}, {}, ("M", "Vendor_Code", None)),
        ({"Vendor_Code": "V7777"}, {}, ("I", "Vendor_Code", None)),
        ({"Vendor_Code": VENDOR_NOT_USED}, {}, ("I", "Vendor_Code", None)),
        ({"Job_Number": "99999"}, {}, ("I", "Job_Number", None)),
        ({"Job_Number": ""}, {}, ("M", "Warehouse_Code", None)),
        ({"Job_Number": "", "Warehouse_Code": "NOWHERE"}, {}, ("I", "Warehouse_Code", None)),
        (
            {"Job_Number": "", "Warehouse_Code": "MAIN"},
            {"Cost_Type": "M"},
            ("M", "Job_Number", None),
        ),
        ({"Status_Flag": "X"}, {}, ("I", "Status_Flag", None)),
        ({"PO_Delivery_Date": "2026-05-04"}, {}, ("I", "PO_Delivery_Date", None)),
        ({"Company_Code": "999"}, {}, ("A", "Company_Code", None)),
        ({"Colour": "red"}, {}, ("I", "Colour", None)),
        ({}, {"PO_Quantity": ""}, ("M", "PO_Quantity", 0)),
        ({}, {"Item_Description": "x" * 36}, ("I", "Item_Description", 0)),
        ({}, {"Item_Price": "dear"}, ("I", "Item_Price", 0)),
        ({}, {"Detail_Entry_Type": "M"}, ("M", "Message", 0)),
        ({}, {"GL_Account": "5300", "Cost_Type": "M"}, ("I", "GL_Account", 0)),
        ({}, {"GL_Account": "1"}, ("I", "GL_Account", 0)),
        ({}, {"Phase_Code": "777", "Cost_Type": "M"}, ("I", "Phase_Code", 0)),
    ],
)
def test_what_spectrum_would_not_take_is_refused_whole(
    spectrum: Caller,
    header: dict[str, str],
    line: dict[str, str],
    expected: tuple[str, str, int | None],
) -> None:
    assert expected in errors(spectrum, order(line, **header))
    assert spectrum.system.records(HEADERS) == spectrum.system.records(DETAILS) == []


def test_an_order_for_a_complete_job_is_refused(spectrum: Caller) -> None:
    spectrum.call("UpdateJob", Job_Number="10482", Status_Code="C", Complete_Date="05/04/2026")
    assert ("I", "Job_Number", None) in errors(spectrum, order())


def test_one_bad_order_does_not_stop_the_others_of_the_message(spectrum: Caller) -> None:
    found = results(
        spectrum,
        order(PO_Number="1"),
        order(PO_Number="2", Vendor_Code="V7777"),
        order(PO_Number="3"),
    )
    assert [(number, status) for number, status, _ in found] == [("1", "S"), ("2", "E"), ("3", "S")]


def test_a_login_without_the_service_is_turned_away(spectrum: Caller) -> None:
    assert post(spectrum, order(), auth=(COMPANY_CODE, LIMITED_ID)).status_code == 401
    assert post(spectrum, order(), auth=None).status_code == 401


def test_a_body_that_is_no_list_of_orders_is_refused_as_a_whole(spectrum: Caller) -> None:
    answer = spectrum.http.post(f"{spectrum.url}/purchaseOrders", json={"orders": []}, auth=LOGIN)
    assert (answer.status_code, "purchaseOrders" in answer.json()["error"]) == (400, True)


def test_a_locked_order_is_refused_and_not_stored(tmp_path: Any) -> None:
    with running(tmp_path, fault="locked") as caller:
        assert errors(caller, order(Job_Number="", Warehouse_Code="MAIN")) == [
            ("L", "PO_Number", None)
        ]
        assert caller.system.records(HEADERS) == []


def test_a_call_is_logged_under_the_numbers_of_its_orders() -> None:
    body = b'{"purchaseOrders": [{"PO_Number": "4412"}, {"PO_Number": "4413"}]}'
    operation = identify("POST", "/purchaseOrders", "", body)
    assert (operation.name, operation.key, operation.is_write) == (
        "POST /purchaseOrders",
        "4412,4413",
        True,
    )


def test_the_data_dictionary_describes_the_order_tables(spectrum: Caller) -> None:
    described = {row["TABLE_NAME"] for row in spectrum.system.records("PA_COLUMN_NAMES")}
    assert {HEADERS, DETAILS, "VN_VENDOR_MASTER_MC"} <= described
