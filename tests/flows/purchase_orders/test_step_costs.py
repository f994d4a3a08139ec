"""What each step of a line did to the cost that stands on its job."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues, Memory
from st_spectrum.flows.purchase_orders.step_costs import costs_of_steps
from st_spectrum.ledger.entry import Entry, SentCall, State
from st_spectrum.servicetrade.item_models import ItemSource

AT = datetime(2026, 3, 2, tzinfo=UTC)
VALUES = ItemValues("Valve", Decimal(3), Decimal("10.005"), None, None, None, ItemSource())


def entry(**calls: str) -> Entry:
    """With a done step for each call and what the call says that the item costs."""
    names = {name: name.replace("_", " ") for name in calls}
    return Entry(
        "purchase_orders", "4412|1", State.CONFIRMED, AT, AT,
        done_steps=tuple(names.values()),
        calls=tuple(
            SentCall(AT, names[name], "", "4412|1", "taken", amount=amount)
            for name, amount in calls.items()
        ),
    )  # fmt: skip


def test_a_change_bears_the_difference_and_a_removal_takes_back_what_stood_there() -> None:
    line = entry(item_1="50.00", external_id_1="", change_2="62.50", remove_2="", item_3="7.00")
    assert costs_of_steps(line, None) == {
        "item 1": Decimal("50.00"),
        "change 2": Decimal("12.50"),
        "remove 2": Decimal("-62.50"),
        "item 3": Decimal("7.00"),
    }


def test_of_calls_that_kept_no_cost_the_last_write_bears_what_is_remembered() -> None:
    older = entry(item_1="", external_id_1="", change_2="")
    memory = Memory(version=2, made=1, job_id=7, sent=VALUES, item_id=9)
    assert costs_of_steps(older, memory) == {"change 2": Decimal("30.02")}
    unseen = replace(memory, sent=replace(VALUES, cost=None))
    assert costs_of_steps(older, unseen) == {}
