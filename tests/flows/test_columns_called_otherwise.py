"""Where Spectrum calls columns of Info-Link otherwise, the account file names them, and time and
orders go on as everywhere: what stands in payroll is found, what came by packing lists is seen.
"""

from pathlib import Path

import pytest

from st_spectrum.sandbox.dialect import COLUMNS_OTHERWISE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes
from tests.world.buyer import Buyer, part
from tests.world.contractor import Contractor
from tests.world.infolink_tables import called_otherwise
from tests.world.timekeeper import Timekeeper, build_timekeeper


@pytest.fixture
def timekeeper(sandbox: Sandbox, tmp_path: Path) -> Timekeeper:
    """Three technicians and one week of time."""
    return build_timekeeper(sandbox, tmp_path, TimeSizes(weeks=1))


def name_them(contractor: Contractor) -> None:
    """What a person does whom `check` told of it."""
    infolink = contractor.account.spectrum.infolink
    assert infolink is not None
    named = infolink.model_copy(update={"columns": {**COLUMNS_OTHERWISE}})
    contractor.overrides["spectrum"] = {"infolink": named}


def test_time_crosses_once_and_lost_answers_are_found(timekeeper: Timekeeper) -> None:
    name_them(timekeeper.contractor)
    keys = timekeeper.keys()
    timekeeper.control.add_fault(
        system="spectrum", operation="PreTimeCard", kind="drop_answer", count=len(keys)
    )
    with called_otherwise(COLUMNS_OTHERWISE):
        timekeeper.carry(keys)
        timekeeper.control.clear_faults()
        timekeeper.carry(keys)
        last = timekeeper.carry(keys)

    timekeeper.assert_exact()
    assert (last.stopped_by, last.writes) == (None, 0)


def test_without_the_names_time_waits_and_crosses_once_they_are_given(
    timekeeper: Timekeeper,
) -> None:
    with called_otherwise(COLUMNS_OTHERWISE):
        before = timekeeper.contractor.writes()
        timekeeper.carry()
        untold = timekeeper.contractor.writes()
        name_them(timekeeper.contractor)
        timekeeper.carry()

    assert untold == before
    timekeeper.assert_exact()


def test_goods_on_packing_lists_are_seen(buyer: Buyer) -> None:
    buyer.contractor.overrides["purchase_orders"] = {"receiving": "packing_lists"}
    name_them(buyer.contractor)
    with called_otherwise(COLUMNS_OTHERWISE):
        number = buyer.order(part("4", "12.50"))
        buyer.round()
        buyer.control.order(number, "pack", line=1, quantity="4")
        buyer.round()

    (item,) = buyer.items()
    assert item["source"]["status"] == "received"
