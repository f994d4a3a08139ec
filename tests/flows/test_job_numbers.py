"""A job number belongs to the ServiceTrade job for which the ledger reserved it."""

from st_spectrum.ledger.entry import State
from tests.world.contractor import Contractor


def test_two_jobs_that_the_format_gives_one_number_are_not_one_job(contractor: Contractor) -> None:
    company = contractor.dispatcher.company()
    site = contractor.dispatcher.location(company)
    pier = contractor.dispatcher.location(contractor.built.account.own_company, "Pier Office")
    offices = {
        row["id"]: row["name"] for row in contractor.control.records("servicetrade", "location")
    }
    first_office = offices[contractor.built.account.offices[0]]
    contractor.overrides |= {
        "jobs": {"number_format": "{office}{number}"},
        "maps": {
            **contractor.overrides.get("maps", {}),
            "offices": {first_office: "12", "Pier Office": "1"},
        },
    }
    first, second = (
        contractor.dispatcher.job(site),
        contractor.dispatcher.job(site, assignedOfficeId=pier),
    )
    contractor.edit("job", first, number=5001)
    contractor.edit("job", second, number=25001)
    for job in (first, second):
        contractor.dispatcher.change("job", job, customName="Pump")

    contractor.rounds_until_quiet()

    entries = {
        entry.state: entry for key in (first, second) if (entry := contractor.entry("jobs", key))
    }
    held, crossed = entries[State.HELD], entries[State.CONFIRMED]
    assert f"125001 was given to ServiceTrade record {crossed.key} " in held.reason
    assert "number format" in held.advice
    assert not contractor.dispatcher.external_id("job", int(held.key))
    assert (
        len(
            [
                call
                for call in contractor.control.calls("spectrum", "AddJob")
                if "125001" in call.key
            ]
        )
        == 1
    )
