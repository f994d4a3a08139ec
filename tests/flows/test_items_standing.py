"""Job items that stand on a job while the ledger knows nothing of them: taken over, never made a
second time.
"""

from tests.world.buyer import Buyer, part
from tests.world.ledger_file import copy_ledger, lose_witness, put_back


def test_a_ledger_put_back_from_a_copy_makes_no_item_twice_that_has_no_external_id_yet(
    buyer: Buyer,
) -> None:
    copy = copy_ledger(buyer.contractor)
    number = buyer.order(part(), part("5"))
    buyer.control.add_fault(
        system="servicetrade", operation="PUT /externalid", kind="fail_before", count=50
    )
    buyer.round()
    assert len(buyer.items()) == 2
    buyer.control.clear_faults()
    lose_witness(buyer.contractor)
    put_back(buyer.contractor, copy)
    before = len(buyer.control.calls(operation="GET /jobitem"))

    buyer.round()

    assert len(buyer.items()) == 2
    assert len(buyer.control.calls(operation="GET /jobitem")) - before == 1
    assert {item["externalIds"].get("spectrum") for item in buyer.items()} == {
        f"{number}|1",
        f"{number}|2",
    }
    assert buyer.round().writes == 0
