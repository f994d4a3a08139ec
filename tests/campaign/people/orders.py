"""Purchase orders and their job items under the hands of people."""

from collections.abc import Callable
from typing import Any

from tests.campaign.people.touched import (
    LEFT_ALONE,
    TOLD,
    Act,
    Allowance,
    New,
    Touched,
    acts,
    nothing_new,
)
from tests.histories.history import History

LINES = "PO_PURCHASE_ORDER_DETAIL_MC"
Do = Callable[[History, int, Touched], New | None]


def text_of(place: int) -> str:
    """What each line of the order says, and the item that stands for it."""
    return f"Pump seal kit {place}"


def items_of(part: History, place: int) -> list[dict[str, Any]]:
    """Items that bear the text of the order, on whatever job."""
    items = part.records("servicetrade", "jobitem")
    wanted = text_of(place)
    return [row for row in items if row["name"] == wanted or row["name"].startswith(f"{wanted} ")]


def untouched(_part: History, place: int) -> Touched:
    return Touched((frozenset({text_of(place)}),), most=1 + place % 2)


def at_the_screen(action: str, **values: Any) -> Do:
    def do(part: History, place: int, _before: Touched) -> New:
        part.contractor.control.order(str(part.made[place]), action, **values)
        return nothing_new()

    return do


def reprice(part: History, place: int, before: Touched) -> New:
    """Another price and quantity of the first line, each time others."""
    turn = len(before.acts)
    number = str(part.made[place])
    part.contractor.control.order(
        number, "change_line", line=1, price=f"{40 + turn}.25", quantity=str(7 + turn)
    )
    return nothing_new()


def add_line(part: History, place: int, _before: Touched) -> New:
    part.contractor.control.order(
        str(part.made[place]), "add_line", type="N", description=text_of(place), unit="EA", quantity="9", price="3.75"
    )  # fmt: skip
    return nothing_new()


def other_job(part: History, place: int, _before: Touched) -> New:
    """The whole order moves to the other job."""
    one, other = part.place.base.job_numbers
    now = other if place % 2 == 0 else one
    part.contractor.control.order(str(part.made[place]), "change", job=now)
    return nothing_new()


def delete(part: History, place: int, _before: Touched) -> New | None:
    """Not the newest one, whose number the stand-in would give to the next order."""
    if part.made[place] == max(part.made):
        return None
    part.contractor.control.order(str(part.made[place]), "delete")
    return nothing_new()


def on_the_item(work: Callable[[History, int], None]) -> Do:
    """What somebody in ServiceTrade does to the first item, where there is one."""

    def do(part: History, place: int, _before: Touched) -> New | None:
        items = items_of(part, place)
        if not items:
            return None
        work(part, int(items[0]["id"]))
        return nothing_new()

    return do


def _edit(part: History, item: int) -> None:
    part.contractor.office.put(f"/jobitem/{item}", cost=77.75)


def _delete(part: History, item: int) -> None:
    part.contractor.office.remove(f"/jobitem/{item}")


ORDER_ACTS: dict[str, Act] = acts(
    untouched,
    {
        "gets another price": (reprice, TOLD),
        "gets another line": (add_line, Allowance(more=1)),
        "moves to another job": (other_job, TOLD),
        "loses what has not come": (at_the_screen("cancel_line", line=1), TOLD),
        "loses a line": (at_the_screen("delete_line", line=1), TOLD),
        "is canceled": (at_the_screen("cancel"), TOLD),
        "is closed": (at_the_screen("close"), TOLD),
        "is deleted": (delete, TOLD),
        "its item is edited": (on_the_item(_edit), LEFT_ALONE),
        "its item is deleted": (on_the_item(_delete), LEFT_ALONE),
    },
)
