"""An order with a value that is none in a row of Spectrum's tables waits alone; the orders beside
it go on.
"""

import pytest

from st_spectrum.engine.report import Result
from tests.world.buyer import FLOW, Buyer, part
from tests.world.infolink_tables import spoiled

HEADERS, LINES = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        (LINES, "PO_Quantity_List1 = 'many'", "PO_Quantity_List1 'many' is not a number"),
        (LINES, "Item_Price = 'NaN'", "Item_Price 'NaN' is not a number"),
        (LINES, "Delivery_Date = 'soon'", "Delivery_Date 'soon' is not a date"),
        (LINES, "Line_Number = ''", "Line_Number '' of order"),
        (HEADERS, "PO_Date_List1 = 'soon'", "PO_Date_List1 'soon' is not a date"),
        (HEADERS, "Status_Flag = 'FINISH'", "'FINISH' is none of open, proposed and closed"),
    ],
)
def test_an_order_that_cannot_be_read_waits_alone_and_crosses_once_it_is_right(
    buyer: Buyer, table: str, change: str, words: str
) -> None:
    bad = buyer.order(part("3"))
    buyer.order(part("5"))
    with spoiled(
        buyer.contractor.sandbox,
        table,
        f"UPDATE \"{table}\" SET {change} WHERE TRIM(PO_Number) = '{bad}'",
    ):
        report = buyer.round()

        assert report.stopped_by is None
        assert [item["quantity"] for item in buyer.items()] == [5]
        (held,) = [outcome for outcome in report.outcomes if outcome.result is Result.HELD]
        assert held.key.startswith(f"{bad}|")
        assert words in held.reason
    buyer.round()
    assert sorted(item["quantity"] for item in buyer.items()) == [3, 5]
    buyer.assert_exact()
    with buyer.contractor.session() as session:
        assert list(session.ledger.open_keys(FLOW)) == []


def test_an_item_stays_as_it_is_while_its_order_cannot_be_read(buyer: Buyer) -> None:
    bad = buyer.order(part("3"))
    buyer.order(part("5"))
    buyer.round()
    change = f"UPDATE \"{LINES}\" SET PO_Quantity_List1 = 'many' WHERE TRIM(PO_Number) = '{bad}'"
    with spoiled(buyer.contractor.sandbox, LINES, change):
        report = buyer.round()

    assert report.stopped_by is None
    assert report.writes == 0
    assert sorted(item["quantity"] for item in buyer.items()) == [3, 5]


def test_a_status_of_another_word_means_what_the_account_file_says(buyer: Buyer) -> None:
    number = buyer.order(part("3"))
    buyer.round()
    buyer.contractor.overrides["purchase_orders"] = {"statuses": {"Finish": "closed"}}
    change = f"UPDATE \"{HEADERS}\" SET Status_Flag = 'FINISH' WHERE TRIM(PO_Number) = '{number}'"
    with spoiled(buyer.contractor.sandbox, HEADERS, change):
        buyer.round()

    assert buyer.items() == [], "nothing of it came before it was closed"
