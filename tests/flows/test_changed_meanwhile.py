"""Records that somebody changes between two steps of their crossing: the first steps are found
again, and none is repeated.
"""

import pytest

from tests.flows.little import Little, killed_during


@pytest.mark.parametrize(
    "change", [{"name": "Another Name"}, {"addressStreet": "1 New Street", "addressCity": "Paris"}]
)
def test_a_company_that_is_renamed_or_moves_after_a_lost_answer_is_not_made_again(
    little: Little, change: dict[str, str]
) -> None:
    company = little.company("Harbor Foods")
    killed_during(little, "AddCustomer")
    little.change("company", company, **change)

    little.rounds_until_quiet()

    assert little.customers() == {"C00001": "Harbor Foods"}
    assert little.carried("company", company) == "C00001"


def test_a_location_that_moves_to_another_company_after_a_lost_answer_is_not_made_again(
    little: Little,
) -> None:
    one, other = little.company(), little.company()
    location = little.location(one)
    killed_during(little, "AddWOSiteAddress")
    little.change("location", location, companyId=other)

    little.rounds_until_quiet()

    assert len(little.sandbox.control.records("spectrum", "WO_ADDRESS_MC")) == 1
    assert little.carried("location", location) == "S00001"


def test_a_job_whose_text_changes_after_a_lost_answer_is_completed_without_a_person(
    little: Little,
) -> None:
    _, _, job = little.chain()
    killed_during(little, "AddJob")
    little.change("job", job, customName="Replace the pump")

    little.rounds_until_quiet()

    assert little.carried("job", job)
    assert little.doubled() == []
    little.assert_exact({})


@pytest.mark.parametrize("operation", ["UpdateJob", "AddPhase"])
@pytest.mark.parametrize("change", [{"status": "canceled"}, {"customName": "Other"}])
def test_a_job_that_is_half_made_is_completed_whatever_becomes_of_it(
    little: Little, operation: str, change: dict[str, str]
) -> None:
    _, _, job = little.chain()
    killed_during(little, operation)
    little.change("job", job, **change)

    little.rounds_until_quiet()

    assert little.doubled() == []
    little.assert_exact({})


def test_a_company_made_inactive_half_way_is_completed(little: Little) -> None:
    company = little.company()
    killed_during(little, "PUT /externalid", "servicetrade")
    little.give("company", company, "")
    little.change("company", company, status="inactive")

    little.rounds_until_quiet()

    assert little.carried("company", company) == "C00001"
    assert little.doubled() == []


def test_a_location_merged_away_half_way_leaves_a_word_about_its_site(little: Little) -> None:
    company = little.company()
    location, replacement = little.location(company), little.location(company)
    killed_during(little, "AddWOSiteAddress")
    made = [
        row["Ship_To_ID"].strip()
        for row in little.sandbox.control.records("spectrum", "WO_ADDRESS_MC")
        if row["Ship_To_Name"].strip() == "Site 2"
    ]
    little.servicetrade.post(f"/location/{location}/merge", replacementId=replacement)

    little.rounds_until_quiet()

    entry = little.entry("sites", location)
    assert entry is not None
    assert not made or made[0] in entry.reason + entry.advice, entry
    assert little.doubled() == []


def test_a_site_whose_location_went_before_it_got_its_id_is_told_and_not_just_skipped(
    little: Little,
) -> None:
    location = little.location(little.company())
    replacement = little.location(little.company())
    little.fault(
        system="servicetrade",
        operation="PUT /externalid",
        key=str(location),
        kind="status",
        status=503,
        count=9,
    )
    little.round()
    little.sandbox.control.clear_faults()
    little.servicetrade.post(f"/location/{location}/merge", replacementId=replacement)

    little.rounds_until_quiet()

    entry = little.entry("sites", location)
    assert entry is not None
    assert entry.target_key
    assert entry.target_key in entry.reason


def test_a_location_that_becomes_inactive_after_a_refusal_is_left_alone_and_not_in_doubt(
    little: Little,
) -> None:
    location = little.location(little.company())
    little.fault(system="spectrum", operation="AddWOSiteAddress", kind="locked")
    little.round()
    little.change("location", location, status="inactive")

    little.rounds_until_quiet()

    entry = little.entry("sites", location)
    assert entry is not None
    assert (entry.state, entry.reason) == ("skipped", "is inactive in ServiceTrade")


def test_a_canceled_job_that_is_taken_up_again_crosses(little: Little) -> None:
    _, _, job = little.chain()
    little.change("job", job, status="canceled")
    little.rounds_until_quiet()
    assert not little.carried("job", job)
    little.change("job", job, status="scheduled")

    little.rounds_until_quiet()

    little.assert_exact({})
