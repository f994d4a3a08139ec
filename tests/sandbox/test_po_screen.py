"""What people do to purchase orders at the Spectrum screen, through the control API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.sandbox.callers import SpectrumCaller
from st_spectrum.sandbox.control_client import Control, ControlRefused
from st_spectrum.sandbox.server import Sandbox

HEADERS, DETAILS = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"
PIPE = {
    "PO_Quantity": "100",
    "Item_Description": "Pipe",
    "Unit_Of_Measure": "C",
    "Item_Price": "250.5",
}
HEAD = {
    "PO_Quantity": "4",
    "Item_Description": "Head",
    "Unit_Of_Measure": "EA",
    "Item_Price": "14.85",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def control(running: Sandbox) -> Control:
    running.control.reset()
    return running.control


@pytest.fixture
def number(control: Control) -> str:
    return control.make_order(PIPE, HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN")


def header(control: Control) -> dict[str, Any]:
    (only,) = control.records("spectrum", HEADERS)
    return only


def lines(control: Control) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Line number -> ordered, received, price."""
    columns = ("PO_Quantity_List1", "PO_Quantity_List2", "Item_Price")
    return {
        row["Line_Number"]: tuple(Decimal(str(row[column])) for column in columns)  # type: ignore[misc]
        for row in control.records("spectrum", DETAILS)
    }


def test_an_order_made_at_the_screen_is_open_and_its_total_knows_prices_per_hundred(
    control: Control, number: str
) -> None:
    assert header(control)["PO_Number"].strip() == number
    assert header(control)["Status_Flag"] == "OPEN"
    assert Decimal(str(header(control)["PO_Total_Amount"])) == Decimal("250.50") + Decimal("59.40")


def test_goods_come_in_part_by_part_and_then_all_of_them(control: Control, number: str) -> None:
    control.order(number, "receive", line=1, quantity="40")
    assert lines(control)["001"][:2] == (100, 40)
    assert header(control)["PO_Date_List3"][:10] == datetime.now(UTC).date().isoformat()
    control.order(number, "receive", line=1)
    assert lines(control)["001"][:2] == (100, 100)
    assert lines(control)["002"][:2] == (4, 0)
    control.order(number, "receive")
    assert lines(control)["002"][:2] == (4, 4)


def test_price_and_quantity_are_changed_and_the_total_follows(
    control: Control, number: str
) -> None:
    control.order(
        number, "change_line", line=2, price="20", quantity="5", delivery_date="2026-06-30"
    )
    assert lines(control)["002"] == (5, 0, 20)
    assert Decimal(str(header(control)["PO_Total_Amount"])) == Decimal("350.50")
    (row,) = (row for row in control.records("spectrum", DETAILS) if row["Line_Number"] == "002")
    assert row["Delivery_Date"] == "2026-06-30 00:00:00"


def test_a_field_can_be_emptied_and_a_job_is_stored_padded(control: Control, number: str) -> None:
    control.order(number, "change", remarks="Urgent", job="10482")
    assert (header(control)["Remarks"], header(control)["Job_Number"]) == ("Urgent", "     10482")
    control.order(number, "change", remarks="", job="")
    assert (header(control)["Remarks"], header(control)["Job_Number"].strip()) == (" ", "")


def test_a_line_is_added_cancelled_and_deleted(control: Control, number: str) -> None:
    control.order(
        number, "add_line", description="Seal kit", quantity="1", price="310", job="10482"
    )
    assert lines(control)["003"] == (1, 0, 310)
    control.order(number, "receive", line=1, quantity="40")
    control.order(number, "cancel_line", line=1)
    assert lines(control)["001"][:2] == (40, 40)
    control.order(number, "delete_line", line=2)
    assert set(lines(control)) == {"001", "003"}


def test_a_cancelled_order_is_closed_with_nothing_left_to_come(
    control: Control, number: str
) -> None:
    control.order(number, "receive", line=2, quantity="1")
    control.order(number, "cancel")
    assert header(control)["Status_Flag"] == "CLOSED"
    assert {line[:2] for line in lines(control).values()} == {(0, 0), (1, 1)}


def test_an_order_is_closed_opened_again_and_deleted(control: Control, number: str) -> None:
    for action, status in (("close", "CLOSED"), ("open", "OPEN"), ("propose", "PROP")):
        control.order(number, action)
        assert header(control)["Status_Flag"] == status
    control.order(number, "delete")
    assert control.records("spectrum", HEADERS) == control.records("spectrum", DETAILS) == []


@pytest.mark.parametrize(
    ("action", "values", "said"),
    [
        ("burn", {}, "can"),
        ("receive", {"line": 9}, "no line 9"),
        ("change_line", {"price": "5"}, "no line"),
        ("change_line", {"line": 1, "colour": "red"}, "colour"),
        ("change_line", {"line": 1, "price": "dear"}, "dear"),
        ("change", {"job": "12345678901"}, "10 characters"),
    ],
)
def test_what_makes_no_sense_is_said(
    control: Control, number: str, action: str, values: dict[str, Any], said: str
) -> None:
    before = lines(control)
    with pytest.raises(ControlRefused, match=said):
        control.order(number, action, **values)
    assert lines(control) == before


def test_an_unknown_order_and_a_bad_new_one_are_said(control: Control) -> None:
    with pytest.raises(ControlRefused, match="no purchase order 77"):
        control.order("77", "close")
    with pytest.raises(ControlRefused, match="Vendor_Code V7 is not on file"):
        control.make_order(HEAD, Vendor_Code="V7", Warehouse_Code="MAIN")


def test_old_orders_come_in_bulk_closed_and_before_the_day_named(control: Control) -> None:
    newest = datetime.now(UTC).date() - timedelta(days=100)
    control.add_old_orders(300, lines=2, newest=newest)
    control.add_old_orders(200, lines=2, newest=newest)
    rows = control.records("spectrum", HEADERS)
    assert len({row["PO_Number"] for row in rows}) == 500
    assert {row["Status_Flag"] for row in rows} == {"CLOSED"}
    assert max(row["PO_Date_List3"] for row in rows)[:10] <= newest.isoformat()
    assert control.counts()["spectrum"][DETAILS] == 1000
    with pytest.raises(ControlRefused, match="count"):
        control.add_old_orders(-1)
    assert control.make_order(HEAD, Vendor_Code="V0001", Warehouse_Code="MAIN") == "4001"


def test_somebody_in_the_office_changes_a_servicetrade_record(
    running: Sandbox, control: Control
) -> None:
    company = control.records("servicetrade", "company")[0]
    control.edit("company", company["id"], name="Renamed by hand")
    assert control.records("servicetrade", "company")[0]["name"] == "Renamed by hand"
    with pytest.raises(ControlRefused):
        control.edit("company", 1, name="Nobody")


def test_orders_are_for_jobs_that_spectrum_holds(running: Sandbox, control: Control) -> None:
    with SpectrumCaller(running.spectrum_url) as spectrum:
        spectrum.write(
            "AddJob",
            Job_Number="S1",
            Job_Description="Job",
            Price_Method_Code="F",
            Taxable_Flag="N",
        )
    control.make_order(HEAD, Vendor_Code="V0001", Job_Number="S1")
    assert header(control)["Job_Number"] == "        S1"
