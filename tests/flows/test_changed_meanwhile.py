"""Records that somebody changes between two steps of their crossing: the first steps are found
again, and none is repeated.
"""

import pytest

from tests.world.contractor import Contractor
from tests.world.processes import killed_during


@pytest.mark.parametrize(
    "change", [{"name": "Another Name"}, {"addressStreet": "1 New Street", "addressCity": "Paris"}]
)
def test_a_company_that_is_renamed_or_moves_after_a_lost_answer_is_not_made_again(
    contractor: Contractor, change: dict[str, str]
) -> None:
    company = contractor.dispatcher.company("Harbor Foods")
    killed_during(contractor, "AddCustomer")
    contractor.dispatcher.change("company", company, **change)

    contractor.rounds_until_quiet()

    assert contractor.customers() == {"C00001": "Harbor Foods"}
    assert contractor.dispatcher.external_id("company", company) == "C00001"


def test_a_location_that_moves_to_another_company_after_a_lost_answer_is_not_made_again(
    contractor: Contractor,
) -> None:
    one, other = contractor.dispatcher.company(), contractor.dispatcher.company()
    location = contractor.dispatcher.location(one)
    killed_during(contractor, "AddWOSiteAddress")
    contractor.dispatcher.change("location", location, companyId=other)

    contractor.rounds_until_quiet()

    assert len(contractor.control.records("spectrum", "WO_ADDRESS_MC")) == 1
    assert contractor.dispatcher.external_id("location", location) == "S00001"


def test_a_job_whose_text_changes_after_a_lost_answer_is_completed_without_a_person(
    contractor: Contractor,
) -> None:
    _, _, job = contractor.dispatcher.chain()
    killed_during(contractor, "AddJob")
    contractor.dispatcher.change("job", job, customName="Replace the pump")

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("job", job)
    assert contractor.doubled() == []
    contractor.assert_exact({})


@pytest.mark.parametrize("operation", ["UpdateJob", "AddPhase"])
@pytest.mark.parametrize("change", [{"status": "canceled"}, {"customName": "Other"}])
def test_a_job_that_is_half_made_is_completed_whatever_becomes_of_it(
    contractor: Contractor, operation: str, change: dict[str, str]
) -> None:
    _, _, job = contractor.dispatcher.chain()
    killed_during(contractor, operation)
    contractor.dispatcher.change("job", job, **change)

    contractor.rounds_until_quiet()

    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_a_company_made_inactive_half_way_is_completed(contractor: Contractor) -> None:
    company = contractor.dispatcher.company()
    killed_during(contractor, "PUT /externalid", "servicetrade")
    contractor.dispatcher.set_external_id("company", company, "")
    contractor.dispatcher.change("company", company, status="inactive")

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("company", company) == "C00001"
    assert contractor.doubled() == []


def test_a_location_merged_away_half_way_leaves_a_word_about_its_site(
    contractor: Contractor,
) -> None:
    contractor.overrides["pace"] = {"workers": 1}  # the older location's site is the first one
    company = contractor.dispatcher.company()
    location, replacement = (
        contractor.dispatcher.location(company),
        contractor.dispatcher.location(company),
    )
    killed_during(contractor, "AddWOSiteAddress")
    made = [
        row["Ship_To_ID"].strip()
        for row in contractor.control.records("spectrum", "WO_ADDRESS_MC")
        if row["Ship_To_Name"].strip() == "Site 2"
    ]
    assert len(made) == 1
    contractor.office.post(f"/location/{location}/merge", replacementId=replacement)

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("sites", location)
    assert made[0] in entry.reason + entry.advice, entry
    assert contractor.doubled() == []


def test_a_site_whose_location_went_before_it_got_its_id_is_told_and_not_just_skipped(
    contractor: Contractor,
) -> None:
    location = contractor.dispatcher.location(contractor.dispatcher.company())
    replacement = contractor.dispatcher.location(contractor.dispatcher.company())
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        key=str(location),
        kind="status",
        status=503,
        count=9,
    )
    contractor.round()
    contractor.control.clear_faults()
    contractor.office.post(f"/location/{location}/merge", replacementId=replacement)

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("sites", location)
    assert entry.target_key
    assert entry.target_key in entry.reason


def test_a_location_that_becomes_inactive_after_a_refusal_is_left_alone_and_not_in_doubt(
    contractor: Contractor,
) -> None:
    location = contractor.dispatcher.location(contractor.dispatcher.company())
    contractor.fault(system="spectrum", operation="AddWOSiteAddress", kind="locked")
    contractor.round()
    contractor.dispatcher.change("location", location, status="inactive")

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("sites", location)
    assert (entry.state, entry.reason) == ("skipped", "is inactive in ServiceTrade")


def test_a_canceled_job_that_is_taken_up_again_crosses(contractor: Contractor) -> None:
    _, _, job = contractor.dispatcher.chain()
    contractor.dispatcher.change("job", job, status="canceled")
    contractor.rounds_until_quiet()
    assert not contractor.dispatcher.external_id("job", job)
    contractor.dispatcher.change("job", job, status="scheduled")

    contractor.rounds_until_quiet()

    contractor.assert_exact({})
