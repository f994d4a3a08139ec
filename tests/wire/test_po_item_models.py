"""Job items and their sources as they come over the wire and go out on it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from st_spectrum.servicetrade.item_models import (
    ORDERED,
    ItemSource,
    JobItem,
    JobItemFields,
    LibraryItem,
)

SEAL: dict[str, Any] = {
    "id": 71002,
    "name": "Pump seal kit",
    "quantity": 1,
    "cost": 310,
    "usedOn": 1762174800,
    "job": {"id": 2500000000010482, "number": 10482},
    "libItem": {"id": 540, "name": "Seal kit", "type": "part", "code": "SK-20", "externalIds": {}},
    "serviceLine": {"id": 12, "name": "Sprinkler", "abbr": "SP"},
    "user": {"id": 51, "name": "Office Person"},
    "source": {
        "type": "vendor",
        "vendorId": 1300,
        "poNumber": "4412",
        "status": "ordered",
        "expectedDelivery": 1762400000,
    },
    "externalIds": {"spectrum": "4412|1"},
    "created": 1762000000,
    "updated": 1762100000,
}


def test_an_item_is_read_with_source_job_and_external_id() -> None:
    item = JobItem.model_validate(SEAL)
    assert (item.name, item.quantity, item.cost) == ("Pump seal kit", Decimal(1), Decimal(310))
    assert item.job and item.job.id == 2500000000010482
    assert item.lib_item and item.lib_item.code == "SK-20"
    assert item.service_line and item.service_line.abbr == "SP"
    assert item.external_ids == {"spectrum": "4412|1"}
    assert item.source == ItemSource.of_vendor(
        po_number="4412", status=ORDERED, vendor_id=1300, expected_delivery=1762400000
    )


def test_an_item_with_nothing_but_a_name_is_read() -> None:
    empty = dict.fromkeys(
        ("quantity", "cost", "usedOn", "libItem", "serviceLine", "user", "source")
    )
    item = JobItem.model_validate(
        {"id": 1, "name": "Fee", "externalIds": [], "job": 10482, **empty}
    )
    assert (item.quantity, item.cost, item.used_on, item.source) == (None, None, 0, None)
    assert item.external_ids == {}
    assert item.job and item.job.id == 10482


def test_a_source_is_read_in_either_form_of_its_vendor() -> None:
    flat = ItemSource.model_validate({"type": "vendor", "vendorId": 1300, "status": "received"})
    nested = ItemSource.model_validate(
        {"type": "vendor", "vendor": {"id": 1300, "name": "x"}, "status": "received"}
    )
    assert flat == nested
    assert ItemSource.model_validate({"type": "tech", "user": {"id": 61}}).user_id == 61
    assert (
        ItemSource.model_validate({"type": "vendor", "expectedDelivery": 0}).expected_delivery
        is None
    )


def test_a_source_goes_out_with_the_keys_of_its_type_that_are_known() -> None:
    source = ItemSource.of_vendor(po_number="4412", status=ORDERED)
    assert source.as_wire() == {"type": "vendor", "poNumber": "4412", "status": "ordered"}
    assert ItemSource.of_reference("PO 4412 line 1").as_wire() == {
        "type": "refnumber",
        "refNumber": "PO 4412 line 1",
    }
    assert ItemSource(type="vendor", status=ORDERED, ref_number="x").as_wire() == {
        "type": "vendor",
        "status": "ordered",
    }


def test_a_change_says_only_what_was_given() -> None:
    assert JobItemFields(quantity=Decimal(3)).as_wire() == {"quantity": 3}
    assert JobItemFields(cost=None, source=None).as_wire() == {"cost": None, "source": None}
    assert JobItemFields().as_wire() == {}


def test_a_new_item_goes_out_under_the_vendors_names() -> None:
    fields = JobItemFields(
        name="Seal kit",
        job_id=10482,
        quantity=Decimal("2.50"),
        cost=Decimal("310.0000"),
        used_on=1762174800,
        lib_item_id=540,
        service_line_id=12,
        source=ItemSource.of_reference("4412"),
    )
    assert fields.as_wire() == {
        "name": "Seal kit",
        "jobId": 10482,
        "quantity": 2.5,
        "cost": 310,
        "usedOn": 1762174800,
        "libItemId": 540,
        "serviceLineId": 12,
        "source": {"type": "refnumber", "refNumber": "4412"},
    }


def test_a_misspelt_field_is_an_error_at_once() -> None:
    with pytest.raises(ValidationError):
        JobItemFields(price=Decimal(1))  # type: ignore[call-arg]


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.9999"), places=4))
def test_an_amount_comes_back_as_it_went_out(amount: Decimal) -> None:
    sent = JobItemFields(cost=amount).as_wire()["cost"]
    read = JobItem.model_validate({"id": 1, "cost": sent})
    assert read.cost == amount


def test_a_source_comes_back_as_it_went_out() -> None:
    for source in (
        ItemSource.of_reference("PO 4412"),
        ItemSource.of_vendor(
            po_number="4412", status=ORDERED, vendor_id=7, expected_delivery=1762400000
        ),
    ):
        assert ItemSource.model_validate(source.as_wire()) == source


def test_a_library_item_tells_whether_it_is_still_sold() -> None:
    item = LibraryItem.model_validate(
        {"id": 540, "name": "Seal kit", "code": "SK-20", "active": False, "cost": 12.5}
    )
    assert (item.is_active, item.cost, item.code) == (False, Decimal("12.5"), "SK-20")
