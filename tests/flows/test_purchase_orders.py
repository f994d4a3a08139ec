"""Purchase orders on their way to the job: once, exactly, and never against what people did in
ServiceTrade.
"""

from pathlib import Path

import pytest

from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.purchase_orders.notice import notice_orders, remember
from tests.world.buyer import FLOW, Buyer, part


def test_a_line_becomes_an_item_with_unit_cost_source_and_external_id(buyer: Buyer) -> None:
    number = buyer.order(part("250", "8.75", Unit_Of_Measure="C", Item_Discount_Percent="10"))

    report = buyer.round()

    (item,) = buyer.items()
    assert report.counts()["created"] == 1
    assert (item["quantity"], item["cost"]) == (250, 0.07875)
    assert item["externalIds"] == {"spectrum": f"{number}|1"}
    assert item["source"]["poNumber"] == number
    assert item["source"]["status"] == "ordered"
    assert buyer.assert_exact().matched == 1


def test_an_idle_round_writes_nothing_and_reads_two_tables_at_most(buyer: Buyer) -> None:
    buyer.order(part(), part("2"))
    buyer.round()
    before = buyer.contractor.writes()

    with buyer.contractor.session() as session:
        report = run_round(session, (FLOW,), "idle")[FLOW]
        reads = {name: count for name, count in session.spectrum.calls.items() if count}

    assert report.outcomes == ()
    assert buyer.contractor.writes() == before
    assert reads == {"infolink.po_headers": 1}
    assert not session.servicetrade.calls


def test_the_item_follows_the_line_through_its_life(buyer: Buyer) -> None:
    number = buyer.order(part("4", "12.50"), part("1", "100"))
    buyer.round()
    buyer.control.order(number, "change_line", line=1, quantity="6", price="11.25")
    buyer.control.order(
        number, "add_line", quantity="3", price="2", description="Gasket", unit="EA"
    )
    buyer.round()
    assert buyer.assert_exact().matched == 3

    buyer.control.order(number, "receive", line=1)
    buyer.control.order(number, "cancel_line", line=2)
    buyer.control.order(number, "delete_line", line=3)
    buyer.round()

    (item,) = buyer.items()
    assert (item["quantity"], item["cost"], item["source"]["status"]) == (6, 11.25, "received")
    assert buyer.assert_exact().matched == 1


@pytest.mark.parametrize("action", ["cancel", "delete", "close"])
def test_an_order_that_ends_with_nothing_received_takes_its_items_along(
    buyer: Buyer, action: str
) -> None:
    number = buyer.order(part(), part())
    buyer.round()
    buyer.control.order(number, action)

    buyer.round()

    assert buyer.items() == []
    assert buyer.round().outcomes == ()


def test_what_comes_back_after_its_cancellation_is_made_anew(buyer: Buyer) -> None:
    number = buyer.order(part("4"))
    for quantity in ("0", "5", "0", "7"):
        buyer.round()
        buyer.control.order(number, "change_line", line=1, quantity=quantity)

    buyer.round()

    (item,) = buyer.items()
    assert item["quantity"] == 7
    assert buyer.assert_exact().matched == 1


def test_a_price_that_returns_to_what_it_was_is_followed_each_time(buyer: Buyer) -> None:
    number = buyer.order(part("4", "10"))
    for price in ("12", "10", "12", "10"):
        buyer.round()
        buyer.control.order(number, "change_line", line=1, price=price)
        buyer.round()
        assert buyer.items()[0]["cost"] == float(price)


def test_a_closed_order_keeps_what_came_of_it(buyer: Buyer) -> None:
    number = buyer.order(part("10"))
    buyer.round()
    buyer.control.order(number, "receive", line=1, quantity="4")
    buyer.round()
    assert buyer.items()[0]["source"]["status"] == "ordered"
    buyer.control.order(number, "close")

    buyer.round()

    (item,) = buyer.items()
    assert (item["quantity"], item["source"]["status"]) == (4, "received")


def test_what_a_person_changed_is_not_overwritten_but_told_with_both_values(buyer: Buyer) -> None:
    number = buyer.order(part("4"))
    buyer.round()
    (item,) = buyer.items()
    office = buyer.contractor.office
    office.put(f"/jobitem/{item['id']}", quantity=9)
    assert buyer.round().outcomes == (), "nothing changed in Spectrum"
    buyer.control.order(number, "change_line", line=1, quantity="5")

    report = buyer.round()

    (outcome,) = report.outcomes
    assert outcome.result == "held"
    assert "quantity from 4 to 9" in outcome.reason
    assert "quantity is 5 in Spectrum and 9 in ServiceTrade" in outcome.reason
    assert buyer.items()[0]["quantity"] == 9
    office = buyer.contractor.office
    office.put(f"/jobitem/{item['id']}", quantity=5)
    buyer.round()
    assert buyer.assert_exact().matched == 1
    with buyer.contractor.session() as session:
        held = session.ledger.get(FLOW, f"{number}|1")
        assert held and held.entry.state == "confirmed"


def test_an_item_that_a_person_changed_stays_when_its_line_is_cancelled(buyer: Buyer) -> None:
    number = buyer.order(part("4"))
    buyer.round()
    (item,) = buyer.items()
    office = buyer.contractor.office
    office.put(f"/jobitem/{item['id']}", name="Seal kit, used two")
    buyer.control.order(number, "cancel")

    (outcome,) = buyer.round().outcomes

    assert outcome.result == "held"
    assert "changed in ServiceTrade" in outcome.reason
    assert len(buyer.items()) == 1


def test_what_a_person_deleted_is_not_made_again(buyer: Buyer) -> None:
    number = buyer.order(part("4"))
    buyer.round()
    (item,) = buyer.items()
    office = buyer.contractor.office
    office._call("DELETE", f"/jobitem/{item['id']}")
    buyer.control.order(number, "change_line", line=1, quantity="5")

    (outcome,) = buyer.round().outcomes

    assert outcome.result == "held"
    assert "deleted in ServiceTrade" in outcome.reason
    assert buyer.items() == []


def test_items_that_people_add_are_never_touched(buyer: Buyer) -> None:
    office = buyer.contractor.office
    theirs = office.post("/jobitem", name="Shop supplies", jobId=buyer.job, quantity=1)
    number = buyer.order(part())
    buyer.round()
    buyer.control.order(number, "delete")

    buyer.round()

    (item,) = buyer.items()
    assert item["id"] == theirs["id"]


def test_a_line_that_moves_to_another_job_takes_its_item_along(buyer: Buyer) -> None:
    number = buyer.order(part())
    buyer.round()
    buyer.control.order(number, "change_line", line=1, job=buyer.other_number)

    buyer.round()

    assert buyer.items() == []
    assert len(buyer.items(buyer.other_job)) == 1
    assert buyer.assert_exact().matched == 1


def test_a_line_without_its_job_waits_and_goes_as_soon_as_the_job_has_its_number(
    buyer: Buyer,
) -> None:
    office = buyer.contractor.office
    office.put(f"/externalid/job/{buyer.job}/spectrum", value="")
    buyer.order(part())
    (waits,) = buyer.round().outcomes
    office = buyer.contractor.office
    office.put(f"/externalid/job/{buyer.job}/spectrum", value=buyer.job_number)

    buyer.round()

    assert waits.result == "held"
    assert waits.needs == (f"jobs/{buyer.job}",)
    assert buyer.assert_exact().matched == 1


def test_one_of_several_numbers_of_a_job_is_enough(buyer: Buyer) -> None:
    office = buyer.contractor.office
    office.put(
        f"/externalid/job/{buyer.job}/spectrum", value=f"9{buyer.job_number}|{buyer.job_number}"
    )
    buyer.order(part())

    buyer.round()

    assert buyer.assert_exact().matched == 1


def test_purchases_for_the_warehouse_are_skipped(buyer: Buyer) -> None:
    buyer.order(part(), Job_Number="", Warehouse_Code="MAIN")

    (outcome,) = buyer.round().outcomes

    assert outcome.result == "skipped"
    assert "warehouse MAIN" in outcome.reason


@pytest.mark.parametrize("rule", ["hold", "skip", "write"])
def test_a_completed_job_is_dealt_with_by_rule(buyer: Buyer, rule: str) -> None:
    buyer.contractor.overrides[FLOW] = {"completed_job": rule}
    buyer.control.edit("job", buyer.job, status="completed")
    buyer.order(part())

    (outcome,) = buyer.round().outcomes

    assert outcome.result == {"hold": "held", "skip": "skipped", "write": "created"}[rule]


@pytest.mark.parametrize(
    ("kind", "operation", "source"),
    [
        ("drop_answer", "POST /jobitem", "vendor"),
        *(
            (kind, operation, source)
            for kind in ("drop_answer", "truncate")
            for operation in ("PUT /jobitem/{id}", "PUT /externalid", "DELETE /jobitem/{id}")
            for source in ("vendor", "refnumber")
        ),
    ],
)
def test_a_lost_answer_doubles_nothing_and_loses_nothing(
    buyer: Buyer, operation: str, kind: str, source: str
) -> None:
    buyer.contractor.overrides[FLOW] = {"source": source}
    buyer.control.add_fault(system="servicetrade", operation=operation, kind=kind, count=3)
    number = buyer.order(*(part(str(number)) for number in range(1, 13)))
    for _ in range(3):
        buyer.round()
    buyer.control.order(number, "change_line", line=2, quantity="20")
    buyer.control.order(number, "change_line", line=3, price="20")
    buyer.control.order(number, "receive", line=4)
    for line in (5, 6, 7):
        buyer.control.order(number, "cancel_line", line=line)

    for _ in range(4):
        buyer.round()

    assert buyer.control.faults() == ()
    assert len(buyer.items()) == 9
    assert {item["externalIds"].get("spectrum") for item in buyer.items()} == {
        f"{number}|{line}" for line in (1, 2, 3, 4, 8, 9, 10, 11, 12)
    }
    if source == "vendor":
        assert buyer.assert_exact().matched == 9
    assert buyer.round().writes == 0


def test_a_post_that_was_lost_while_its_line_was_cancelled_leaves_nothing(buyer: Buyer) -> None:
    number = buyer.order(part(), part())
    buyer.control.add_fault(
        system="servicetrade", operation="POST /jobitem", kind="drop_answer", count=2
    )
    buyer.control.add_fault(
        system="servicetrade", operation="GET /jobitem", kind="fail_before", count=50, skip=1
    )
    buyer.round()
    buyer.control.clear_faults()
    assert buyer.items(), "it was made, and nobody knows"
    buyer.control.order(number, "cancel")

    for _ in range(3):
        buyer.round()

    assert buyer.items() == []


def test_a_post_that_was_lost_while_its_line_changed_ends_with_the_new_values(buyer: Buyer) -> None:
    number = buyer.order(part("4"))
    buyer.control.add_fault(
        system="servicetrade", operation="POST /jobitem", kind="drop_answer", count=1
    )
    buyer.control.add_fault(
        system="servicetrade", operation="GET /jobitem", kind="fail_before", count=50, skip=1
    )
    buyer.round()
    buyer.control.clear_faults()
    buyer.control.order(number, "change_line", line=1, quantity="7")

    for _ in range(2):
        buyer.round()

    (item,) = buyer.items()
    assert item["quantity"] == 7
    assert buyer.assert_exact().matched == 1


def test_a_failed_read_is_not_an_empty_list(buyer: Buyer) -> None:
    buyer.order(part())
    buyer.round()
    buyer.contractor.environ["SPECTRUM_INFOLINK_URL"] = "sqlite:////nowhere/at/all.sqlite"

    assert "infolink" in str(buyer.round().stopped_by)

    del buyer.contractor.environ["SPECTRUM_INFOLINK_URL"]
    assert len(buyer.items()) == 1
    assert buyer.round().outcomes == ()


def test_when_many_orders_vanish_at_once_nothing_is_removed(buyer: Buyer) -> None:
    buyer.contractor.overrides[FLOW] = {"most_deleted_at_once": 2}
    numbers = [buyer.order(part()) for _ in range(4)]
    buyer.round()
    for number in numbers:
        buyer.control.order(number, "delete")

    assert "4 purchase orders with 4 job items are gone" in str(buyer.round().stopped_by)

    assert len(buyer.items()) == 4


def test_a_lost_ledger_finds_its_items_again_and_makes_none_twice(
    buyer: Buyer, tmp_path: Path
) -> None:
    number = buyer.order(part("4"), part("5"))
    buyer.round()
    before = buyer.contractor.writes()
    buyer.contractor.state_dir = tmp_path / "anew"

    buyer.round()

    assert buyer.contractor.writes() == before
    buyer.control.order(number, "change_line", line=1, quantity="6")
    buyer.round()
    assert buyer.assert_exact().matched == 2


def test_the_nightly_comparison_finds_what_was_remembered_but_never_carried(buyer: Buyer) -> None:
    number = buyer.order(part(), part())
    with buyer.contractor.session() as session:
        remember(
            session.ledger, notice_orders(session.spectrum, session.ledger, session.account).digests
        )
        assert run_round(session, (FLOW,), "blind")[FLOW].outcomes == ()
        (night,) = run_reconciliation(session, (FLOW,), "night")
        (again,) = run_reconciliation(session, (FLOW,), "night")

    assert night.missed == (f"{number}|1", f"{number}|2")
    assert buyer.assert_exact().matched == 2
    assert (again.missed, again.report.writes) == ((), 0)


def test_message_lines_are_noted_on_the_item_before_where_the_account_says_so(buyer: Buyer) -> None:
    buyer.contractor.overrides[FLOW] = {"message_lines": "note"}
    buyer.order(part(), {"Detail_Entry_Type": "M", "Message": "Deliver to rear dock"})

    buyer.round()

    (item,) = buyer.items()
    assert item["name"].startswith("Pump seal kit: Deliver to rear dock (PO ")


def test_an_order_recoded_to_an_ignored_job_leaves_nothing_on_the_old_one(buyer: Buyer) -> None:
    number = buyer.order(part())
    buyer.round()
    (item,) = buyer.items()
    rules = buyer.contractor.account.purchase_orders
    buyer.contractor.overrides["purchase_orders"] = {
        "ignored_jobs": [*rules.ignored_jobs, buyer.other_number]
    }
    buyer.control.order(number, "change_line", line=1, job=buyer.other_number)

    buyer.round()

    assert item["name"].startswith("Pump seal kit")
    assert buyer.items() == buyer.items(buyer.other_job) == []
