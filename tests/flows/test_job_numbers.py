"""A job number belongs to the ServiceTrade job for which the ledger reserved it."""

from st_spectrum.ledger.entry import State
from tests.flows.little import Little


def test_two_jobs_that_the_format_gives_one_number_are_not_one_job(little: Little) -> None:
    company = little.company()
    site = little.location(company)
    pier = little.location(little.built.account.own_company, "Pier Office")
    offices = {
        row["id"]: row["name"] for row in little.sandbox.control.records("servicetrade", "location")
    }
    first_office = offices[little.built.account.offices[0]]
    little.overrides |= {
        "jobs": {"number_format": "{office}{number}"},
        "maps": {
            **little.overrides.get("maps", {}),
            "offices": {first_office: "12", "Pier Office": "1"},
        },
    }
    first, second = little.job(site), little.job(site, assignedOfficeId=pier)
    little.edit("job", first, number=5001)
    little.edit("job", second, number=25001)
    for job in (first, second):
        little.change("job", job, customName="Pump")

    little.rounds_until_quiet()

    entries = {
        entry.state: entry for key in (first, second) if (entry := little.entry("jobs", key))
    }
    held, crossed = entries[State.HELD], entries[State.CONFIRMED]
    assert f"125001 was given to ServiceTrade record {crossed.key} " in held.reason
    assert "number format" in held.advice
    assert not little.carried("job", int(held.key))
    assert (
        len(
            [
                call
                for call in little.sandbox.control.calls("spectrum", "AddJob")
                if "125001" in call.key
            ]
        )
        == 1
    )
