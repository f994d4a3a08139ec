"""Where goods are entered on packing lists, an item is received when they came, and not when the
vendor sends the invoice.
"""

import pytest

from st_spectrum.check.receiving import check_receiving
from tests.world.buyer import Buyer, part


@pytest.fixture
def two_steps(buyer: Buyer) -> Buyer:
    """The account file says that goods come on packing lists."""
    buyer.contractor.overrides["purchase_orders"] = {"receiving": "packing_lists"}
    return buyer


def status_of(buyer: Buyer) -> str:
    (item,) = buyer.items()
    return str(item["source"]["status"])


def test_goods_on_a_packing_list_are_received_before_the_order_moves(two_steps: Buyer) -> None:
    number = two_steps.order(part("4", "12.50"))
    two_steps.round()
    two_steps.control.order(number, "pack", line=1, quantity="3")
    two_steps.round()
    some = status_of(two_steps)
    two_steps.control.order(number, "pack", line=1, quantity="1")

    report = two_steps.round()

    assert some == "ordered"
    assert status_of(two_steps) == "received"
    assert report.writes == 1
    assert two_steps.round().outcomes == ()


def test_the_invoice_that_follows_counts_no_goods_a_second_time(two_steps: Buyer) -> None:
    number = two_steps.order(part("4", "12.50"))
    two_steps.control.order(number, "pack", line=1, quantity="2")
    two_steps.round()
    two_steps.control.order(number, "receive", line=1, quantity="2")

    two_steps.round()

    (item,) = two_steps.items()
    assert (item["quantity"], item["source"]["status"]) == (4, "ordered")


def test_where_packing_lists_cannot_be_read_the_order_alone_tells(two_steps: Buyer) -> None:
    number = two_steps.order(part("4", "12.50"))
    system = two_steps.contractor.system("spectrum")
    kept = system.database.kept()
    with system.database.writing() as book:
        book.connection.execute(
            'ALTER TABLE "PO_PACK_LIST_DETAIL_MC" RENAME COLUMN "Quantity" TO "Packed"'
        )
    two_steps.control.order(number, "receive", line=1)

    two_steps.round()

    assert status_of(two_steps) == "received"
    system.database.put_back(kept)


def test_orders_of_two_steps_are_told_where_the_account_file_does_not_say_so(buyer: Buyer) -> None:
    account = buyer.contractor.account
    buyer.order(part(), PO_Method="2")
    with buyer.contractor.session() as session:
        (found,) = check_receiving(account, session.spectrum)
        orders = account.purchase_orders.model_copy(update={"receiving": "packing_lists"})
        quiet = list(
            check_receiving(
                account.model_copy(update={"purchase_orders": orders}), session.spectrum
            )
        )

    assert found.problem.startswith("1 order, received in two steps")
    assert "purchase_orders.receiving" in found.advice
    assert quiet == []
