"""What is done with a job item: made, kept in step with its order line, taken off, or put before a
person.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from st_spectrum.domain.decisions import Create, Hold, Skip, Update
from st_spectrum.domain.progress import Progress
from st_spectrum.flows.purchase_orders.commands import AdoptJobItem, LinkJobItem
from st_spectrum.flows.purchase_orders.desired import NoItem, WantedItem
from st_spectrum.flows.purchase_orders.job_item_memory import Memory
from st_spectrum.flows.purchase_orders.job_item_steps import ItemBundle, decide_item, needs_item
from st_spectrum.flows.purchase_orders.kept import from_document, to_document
from st_spectrum.ledger.documents.orders import WrittenItem
from tests.flows.purchase_orders.orders import item, memory, values
from tests.flows.records import job

KEY = "4412|1"
DONE = Progress("job 10482", done_steps=("item 1", "external id 1"), is_confirmed=True)


def wants(**changes: Any) -> WantedItem:
    return WantedItem(job(externalIds={"spectrum": "10482"}), values(**changes))


def decided(
    wanted: Any, known: Memory | None = None, stands: Any = None, progress: Progress = DONE
) -> Any:
    found = item(stands, item_id=71002) if stands is not None else None
    return decide_item(ItemBundle(KEY, wanted, known, found, progress))


def steps(decision: Any) -> list[str]:
    assert isinstance(decision, Create | Update), decision
    return [step.name for step in decision.steps]


def test_what_stands_as_written_is_not_even_looked_at() -> None:
    assert not needs_item(wants(), memory(values()))
    assert isinstance(decided(wants(), memory(values())), Skip)


def test_a_new_line_makes_an_item_and_marks_it() -> None:
    assert steps(decided(wants(), progress=Progress())) == ["item 1", "external id 1"]


def test_a_change_is_written_under_a_name_of_its_own_each_time() -> None:
    known = memory(values(), version=3)

    assert steps(decided(wants(quantity=Decimal(5)), known, values())) == ["change 4"]


def test_a_change_whose_answer_is_missing_keeps_its_name() -> None:
    known = memory(values()).changing(2, values(quantity=Decimal(5)))

    for stands in (values(), values(quantity=Decimal(5))):
        assert steps(decided(wants(quantity=Decimal(6)), known, stands)) == ["change 2"]


def test_a_persons_change_is_a_conflict_with_both_values() -> None:
    found = decided(wants(quantity=Decimal(5)), memory(values()), values(quantity=Decimal(9)))

    assert isinstance(found, Hold)
    assert "quantity is 5 in Spectrum and 9 in ServiceTrade" in found.reason
    assert found.cause == "changed by people in ServiceTrade"


def test_a_person_who_enters_what_the_order_says_is_no_conflict() -> None:
    new = values(quantity=Decimal(5))

    assert steps(decided(wants(quantity=Decimal(5)), memory(values()), new)) == ["change 2"]


@pytest.mark.parametrize("field", ["name", "quantity", "cost", "source"])
def test_a_cancelled_line_takes_only_an_untouched_item_along(field: str) -> None:
    changed: Any = {
        "name": "Used two", "quantity": Decimal(2), "cost": Decimal(1), "source": replace_status(values(), "received")
    }[field]  # fmt: skip
    gone = NoItem("the line was deleted in Spectrum")

    assert steps(decided(gone, memory(values()), values())) == ["remove 1"]
    assert isinstance(decided(gone, memory(values()), values(**{field: changed})), Hold)


def replace_status(of: Any, status: str) -> Any:
    return of.source.model_copy(update={"status": status})


def test_a_deleted_item_is_not_made_again_but_a_removed_one_is() -> None:
    new = wants(quantity=Decimal(5))

    assert isinstance(decided(new, memory(values())), Hold)
    assert steps(decided(new, memory(values()).removed())) == ["item 2", "external id 2"]


def test_a_line_that_moves_to_another_job_is_taken_off_and_made_there() -> None:
    moved = replace(wants(), job=job(id=2500000000010483, number=10483))

    assert steps(decided(moved, memory(values()), values())) == [
        "remove 1",
        "item 2",
        "external id 2",
    ]


def test_a_lost_item_that_is_found_is_finished_before_anything_else() -> None:
    lost = memory(values(), item_id=None, seen=None)
    begun = Progress(started_steps=("item 1",))

    assert steps(decided(wants(), lost, values(), begun)) == ["item 1", "external id 1"]
    changed = decided(wants(quantity=Decimal(5)), lost, values(), begun)
    assert steps(changed) == ["item 1", "external id 1", "change 2"]
    gone = decided(NoItem("cancelled"), lost, values(), begun)
    assert steps(gone) == ["item 1", "external id 1", "remove 1"]


def test_a_lost_item_that_never_arrived_is_sent_as_the_same_step() -> None:
    lost = memory(values(), item_id=None, seen=None)
    begun = Progress(started_steps=("item 1",))

    assert steps(decided(wants(), lost, None, begun)) == ["item 1", "external id 1"]
    assert steps(decided(NoItem("cancelled"), lost, None, begun)) == []


def test_an_item_that_nobody_remembers_is_taken_over_only_if_it_says_the_same() -> None:
    linked = item(values()).model_copy(update={"external_ids": {"spectrum": "4412|1"}})
    same = decide_item(ItemBundle(KEY, wants(), None, linked, Progress()))
    without_id = decided(wants(), None, values(), Progress())
    other = decided(wants(), None, values(quantity=Decimal(9)), Progress())

    assert [type(call) for step in same.steps for call in step.calls] == [AdoptJobItem]
    assert [type(call) for step in without_id.steps for call in step.calls] == [
        AdoptJobItem,
        LinkJobItem,
    ]
    assert isinstance(other, Hold)


def test_an_item_without_its_external_id_gets_it_even_if_nothing_else_changes() -> None:
    half = Progress(done_steps=("item 1",))

    assert steps(decided(wants(), memory(values()), None, half)) == ["external id 1"]


def test_what_the_ledger_keeps_comes_back_as_it_was() -> None:
    known = memory(values(cost=None), before=(values(), values(used_on=1762190000)), seen=None)

    kept = WrittenItem.read(to_document(known).as_text(), "x")

    assert from_document(kept) == known


def test_costs_that_our_login_does_not_see_are_no_conflict() -> None:
    hidden = values(cost=None)

    assert steps(decided(wants(cost=Decimal(13)), memory(values(), seen=hidden), hidden)) == [
        "change 2"
    ]
