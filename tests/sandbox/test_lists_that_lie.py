"""Lists that shift under the reader, and lists of a copy that is behind."""

from pathlib import Path

import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.door import Door
from tests.world.dispatcher import Dispatcher


@pytest.mark.parametrize(
    ("kind", "delay", "names"),
    [
        ("shifted_list", 0.0, ["Second"]),
        ("lagging_list", 60.0, ["First"]),
        ("lagging_list", 7200.0, []),
        ("empty_list", 0.0, []),
    ],
)
def test_a_list_that_lies_shows_less_than_there_is_and_the_next_one_shows_all(
    tmp_path: Path, kind: str, delay: float, names: list[str]
) -> None:
    with Door(tmp_path) as door:
        office = ServiceTradeCaller(door.servicetrade_url, transport=door.transports().servicetrade)
        with office:
            dispatcher = Dispatcher(office)
            dispatcher.company("First")
            door.clock.move(3600)
            dispatcher.company("Second")
            rule = {"system": "servicetrade", "operation": "GET /company", "kind": kind}
            door.control.add_fault(**rule, delay=delay)
            seen = [
                [row["name"] for row in office.all("/company", "companies", isCustomer=1)]
                for _ in range(2)
            ]
        assert seen == [names, ["First", "Second"]]
