"""External ids of job items that people swap or take away in ServiceTrade."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.flows.purchase_orders.links_compared import shown_links
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.servicetrade.item_models import JobItem
from tests.reconcile.planting import Month
from tests.reconcile.test_orders_compared import FEW, FLOW
from tests.world.contractor import Contractor, begun_contractor

Named = set[tuple[str, str, str, str | None, str | None]]


@pytest.fixture
def purchases(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """A dozen orders whose items stand on their jobs under their external ids."""
    folder = tmp_path_factory.mktemp("links")
    made = begun_contractor(sandbox, folder, FEW, Contractor.rounds_until_quiet)
    with closing(made) as contractor:
        yield Month(contractor)


def orders_of(purchases: Month) -> FlowCompared:
    return purchases.compared()[FLOW]


def swap_and_take_away(purchases: Month) -> tuple[str, str, str]:
    """Two swapped, and one taken away; their keys."""
    (one, first), (other, second), (bare, third) = purchases.items()[:3]
    purchases.edit_item(first, externalIds={})
    purchases.edit_item(second, externalIds={"spectrum": one})
    purchases.edit_item(first, externalIds={"spectrum": other})
    purchases.edit_item(third, externalIds={})
    return one, other, bare


def named(compared: FlowCompared) -> Named:
    return {
        (one.key, one.field, str(one.verdict), one.source, one.target)
        for one in compared.differences
    }


def test_external_ids_that_were_swapped_or_taken_away_are_named(purchases: Month) -> None:
    one, other, bare = swap_and_take_away(purchases)
    compared = orders_of(purchases)
    edited = "edited in ServiceTrade"
    assert named(compared) == {
        (one, "external id", edited, other, one),
        (other, "external id", edited, one, other),
        (bare, "external id", edited, "", bare),
    }
    assert all(difference.is_fault for difference in compared.differences)
    assert compared.unproven == ""


@pytest.mark.parametrize("listed", ["left_out", "empty_list", "null"])
def test_lists_that_never_show_external_ids_give_no_difference(
    purchases: Month, listed: str
) -> None:
    swap_and_take_away(purchases)
    purchases.contractor.control.switch("servicetrade", listed_item_ids=listed)
    compared = orders_of(purchases)
    assert [one.words for one in compared.differences] == []
    assert compared.not_seen == ""


def test_another_external_system_in_the_account_file_makes_no_difference_of_older_items(
    purchases: Month,
) -> None:
    _, row = purchases.items()[0]
    for key, item in purchases.items():
        if item["id"] != row["id"]:
            purchases.edit_item(item, externalIds={"before": key})
    assert [one.words for one in orders_of(purchases).differences] == []


def test_far_more_items_without_an_external_id_than_with_one_are_one_sentence(
    purchases: Month,
) -> None:
    items = purchases.items()
    for _, row in items[1:]:
        purchases.edit_item(row, externalIds={})
    compared = orders_of(purchases)
    assert [one.words for one in compared.differences] == []
    assert compared.unproven == (
        f"{len(items) - 1} job items of ours are shown without an external id in ServiceTrade, and"
        " 1 with theirs: nothing is concluded from that."
    )


def item(number: int, job: int, **fields: Any) -> JobItem:
    return JobItem.model_validate({"id": number, "job": {"id": job}, **fields})


def test_an_item_without_the_field_is_believed_only_beside_one_of_its_job_that_has_it() -> None:
    linked = item(1, 7, externalIds={"spectrum": "4412|1"})
    own = {"4412|1": [linked], "4412|2": [item(2, 7)], "4413|1": [item(3, 8)]}
    assert shown_links(own, "spectrum").by_item == {1: "4412|1", 2: ""}
    alone = {"4412|2": [item(2, 7)], "4413|1": [item(3, 8, externalIds={})]}
    assert shown_links(alone, "spectrum").by_item == {}


def test_a_slash_of_an_order_number_is_no_other_external_id() -> None:
    linked = item(1, 7, externalIds={"spectrum": "A%12|1"})
    assert shown_links({"A/12|1": [linked]}, "spectrum").by_item == {1: "A%12|1"}
