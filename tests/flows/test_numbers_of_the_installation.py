"""An installation that numbers its records itself: what it answers is what ServiceTrade carries."""

import pytest

from st_spectrum.flows import FLOWS
from tests.world.contractor import Contractor


@pytest.mark.parametrize("has_infolink", [True, False])
def test_records_that_spectrum_numbered_are_linked_by_its_numbers_and_never_made_again(
    small_contractor: Contractor, has_infolink: bool
) -> None:
    small_contractor.sandbox.control.switch("spectrum", numbers_itself=True)
    if not has_infolink:
        small_contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    small_contractor.round_of("customers", "sites", "jobs")

    written = small_contractor.writes()
    small_contractor.round_of("customers", "sites", "jobs")

    made = [
        row
        for row in small_contractor.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
        if row["Customer_Code"].strip().startswith("7")
    ]
    codes = {row["Customer_Code"].strip() for row in made}
    assert small_contractor.writes() == written
    for flow, noun in (("customers", "company"), ("sites", "location"), ("jobs", "job")):
        entries = [
            small_contractor.entry(flow, row["id"]) for row in records(small_contractor, noun)
        ]
        crossed = [entry for entry in entries if entry and entry.state == "confirmed"]
        assert crossed, FLOWS[flow].name
        assert all(entry.target_key.startswith("70") for entry in crossed)
        carried = {
            row["externalIds"].get("spectrum")
            for row in records(small_contractor, noun)
            if row.get("externalIds")
        }
        assert {entry.target_key for entry in crossed} <= carried
        if flow == "customers":
            assert {entry.target_key for entry in crossed} == codes


def records(small_contractor: Contractor, noun: str) -> list[dict[str, object]]:
    return small_contractor.sandbox.control.records("servicetrade", noun)
