"""Job items of the ServiceTrade stand-in: where they come from, how they change and go, and the
library behind them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.servicetrade_api import NOON, Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


@pytest.fixture
def vendor(api: Api) -> int:
    return int(
        api.company("Chesapeake Pipe Supply", customer=False, vendor=True, partsVendor=True)["id"]
    )


def item(api: Api, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.must(
        "POST", "jobitem", {"jobId": api.job()["id"], "name": "Seal kit"} | more
    )
    return made


def test_an_item_keeps_a_parts_vendor_with_order_status_and_date(api: Api, vendor: int) -> None:
    source = {
        "type": "vendor",
        "vendorId": vendor,
        "poNumber": "4412",
        "status": "ordered",
        "expectedDelivery": NOON + 86400,
    }
    made = item(api, quantity=2, cost=310.25, source=source)
    assert api.must("GET", f"jobitem/{made['id']}")["source"] == source
    bare = item(api, source={"type": "vendor", "status": "to_be_ordered", "vendorId": None})
    assert bare["source"] == {"type": "vendor", "status": "to_be_ordered"}
    assert (
        item(api, source={"type": "refnumber", "refNumber": "PO 4412 line 1"})["source"][
            "refNumber"
        ]
        == "PO 4412 line 1"
    )
    assert item(api)["source"] is None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("PO 4412", "not an object"),
        ({"type": "gift"}, "not one of tech, refnumber, vendor, warehouse"),
        ({"poNumber": "4412"}, "not one of"),
        ({"type": "vendor", "poNumber": "4412"}, "needs status"),
        (
            {"type": "vendor", "status": "lost"},
            "'lost' is not one of to_be_ordered, ordered, received",
        ),
        ({"type": "vendor", "status": "ordered", "vendorId": 1}, "there is no company 1"),
        ({"type": "vendor", "status": "ordered", "refNumber": "4412"}, "has no refNumber"),
        ({"type": "refnumber"}, "needs refNumber"),
        ({"type": "warehouse", "warehouseId": 14}, "has no warehouseId"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(api: Api, source: Any, said: str) -> None:
    status, text = api.refused(
        "POST", "jobitem", {"jobId": api.job()["id"], "name": "Seal kit", "source": source}
    )
    assert (status, said in text) == (400, True), text
    assert api.ids("jobitem") == []


def test_a_company_that_sells_no_parts_is_no_source(api: Api) -> None:
    source = {"type": "vendor", "status": "ordered", "vendorId": api.company(vendor=True)["id"]}
    assert (
        "is no parts vendor"
        in api.refused(
            "POST", "jobitem", {"jobId": api.job()["id"], "name": "x", "source": source}
        )[1]
    )


def test_a_change_leaves_alone_what_it_does_not_name_and_null_clears(api: Api) -> None:
    made = item(api, quantity=2, cost=310, source={"type": "refnumber", "refNumber": "4412"})
    api.at(60)
    changed = api.must("PUT", f"jobitem/{made['id']}", {"quantity": 3})
    assert (changed["quantity"], changed["cost"], changed["source"]["refNumber"]) == (
        3,
        310,
        "4412",
    )
    assert changed["updated"] == NOON + 60
    assert (
        api.must("PUT", f"jobitem/{made['id']}", {"source": None, "cost": None})["source"] is None
    )
    assert api.refused("PUT", f"jobitem/{made['id']}", {"jobId": made["job"]["id"]})[0] == 400
    assert api.refused("PUT", "jobitem/1", {"quantity": 3})[0] == 404


def test_an_item_goes_and_its_external_id_becomes_free(api: Api) -> None:
    made, other = item(api), item(api)
    api.must("PUT", f"externalid/jobitem/{made['id']}/spectrum", {"value": "4412|1"})
    assert api.must("GET", "externalid/jobitem/spectrum/4412|1")["id"] == made["id"]
    assert (
        api.refused("PUT", f"externalid/jobitem/{other['id']}/spectrum", {"value": "4412|1"})[0]
        == 400
    )
    api.must("DELETE", f"jobitem/{made['id']}")
    assert api.refused("GET", f"jobitem/{made['id']}")[0] == 404
    assert api.refused("DELETE", f"jobitem/{made['id']}")[0] == 404
    api.must("PUT", f"externalid/jobitem/{other['id']}/spectrum", {"value": "4412|1"})


def test_an_item_that_an_invoice_bills_stays(api: Api) -> None:
    made = item(api)
    lines = [{"description": "Seal kit", "quantity": 1, "price": 500, "jobItemId": made["id"]}]
    invoice = api.must("POST", "invoice", {"jobId": made["job"]["id"], "items": lines})
    assert "is on invoice" in api.refused("DELETE", f"jobitem/{made['id']}")[1]
    api.must("PUT", f"invoice/{invoice['id']}", {"status": "void"})
    api.must("DELETE", f"jobitem/{made['id']}")


def test_lists_are_narrowed_by_job_by_type_and_by_time(api: Api) -> None:
    part = api.must("POST", "libitem", {"name": "Seal kit", "type": "part", "code": "SK-20"})
    first = item(api, libItemId=part["id"], usedOn=NOON)
    api.at(60)
    second = item(api)
    assert api.ids("jobitem", jobId=first["job"]["id"]) == [first["id"]]
    assert api.ids("jobitem", libItemType="part,material") == [first["id"]]
    assert api.ids("jobitem", updatedAfter=NOON + 60) == [second["id"]]
    assert api.ids("jobitem", usedOnAfter=NOON) == [first["id"]]


@pytest.mark.parametrize("is_parent_touched", [True, False])
def test_whether_an_item_moves_its_job_is_a_switch(api: Api, is_parent_touched: bool) -> None:
    api.sandbox.switch("is_parent_touched", is_parent_touched)
    made = item(api)
    api.at(60)
    api.must("PUT", f"jobitem/{made['id']}", {"quantity": 9})
    job = api.must("GET", f"job/{made['job']['id']}")
    assert job["updated"] == (NOON + 60 if is_parent_touched else NOON)


def test_what_a_person_edits_is_seen_through_the_api(api: Api) -> None:
    made = item(api, quantity=2)
    api.at(60)
    api.sandbox.edit("jobitem", made["id"], {"quantity": 7})
    seen = api.must("GET", f"jobitem/{made['id']}")
    assert (seen["quantity"], seen["updated"]) == (7, NOON + 60)


def test_a_library_item_is_retired_renamed_and_taken_out(api: Api) -> None:
    part = api.must("POST", "libitem", {"name": "Seal kit", "type": "part", "code": "SK-20"})
    other = api.must("POST", "libitem", {"name": "Head", "type": "part", "code": "HD"})
    assert (
        api.must("PUT", f"libitem/{part['id']}", {"active": False, "code": "SK-20"})["active"]
        is False
    )
    assert "already" in api.refused("PUT", f"libitem/{other['id']}", {"code": "SK-20"})[1]
    api.must("DELETE", f"libitem/{other['id']}")
    assert api.ids("libitem") == [part["id"]]


@pytest.mark.parametrize(
    ("switch", "shown"), [("left_out", "nothing"), ("empty_list", []), ("null", None)]
)
def test_a_list_may_say_nothing_of_external_ids_that_the_item_itself_shows(
    api: Api, switch: str, shown: object
) -> None:
    made = item(api)
    api.must("PUT", f"externalid/jobitem/{made['id']}/spectrum", {"value": "4412|1"})
    api.sandbox.switch("listed_item_ids", switch)
    (listed,) = api.must("GET", "jobitem")["jobItems"]
    assert listed.pop("externalIds", "nothing") == shown
    whole = api.must("GET", f"jobitem/{made['id']}")
    assert whole.pop("externalIds") == {"spectrum": "4412|1"}
    assert listed == whole
