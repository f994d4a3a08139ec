"""Accounts that make one Spectrum job per cost center: every part can fail, and more parts can come
later.
"""

import pytest

from st_spectrum.sandbox.servicetrade.job import OLD_SERVICE_LINE
from tests.world.contractor import Contractor
from tests.world.processes import killed_during


@pytest.fixture
def several(contractor: Contractor) -> Contractor:
    """HVAC is cost center 200, Sprinkler 100, Fire Alarm 100, and each gets a job of its own."""
    contractor.account_uses_service_lines()
    contractor.overrides |= {
        "jobs": {"is_multi_cost_center": True, "number_format": "{number}-{cost_center}"},
        "pace": {"retry_held_after_seconds": 0.001},
    }
    return contractor


def numbers(contractor: Contractor) -> list[str]:
    rows = contractor.control.records("spectrum", "JC_JOB_MASTER_MC")
    return sorted(
        str(row["Job_Number"]).strip()
        for row in rows
        if str(row["Job_Number"]).strip() not in contractor.before.jobs
    )


def test_a_job_gets_one_spectrum_job_for_each_cost_center(several: Contractor) -> None:
    _, _, job = several.dispatcher.chain("HVAC", "Sprinkler", "Fire Alarm")

    several.rounds_until_quiet()

    assert len(numbers(several)) == 2
    assert several.dispatcher.external_id("job", job) == "|".join(numbers(several))
    several.assert_exact({})


@pytest.mark.parametrize(
    "operation", ["AddJob", "UpdateJob", "UpdateJob_UDF", "AddPhase", "PUT /externalid"]
)
@pytest.mark.parametrize("skip", [0, 1])
def test_killed_anywhere_between_the_two_jobs_both_are_completed_once(
    several: Contractor, operation: str, skip: int
) -> None:
    several.dispatcher.chain("HVAC", "Sprinkler")
    system = "servicetrade" if operation.startswith("PUT") else "spectrum"
    killed_during(several, operation, system, skip + (1 if system == "servicetrade" else 0))

    several.rounds_until_quiet()

    assert len(numbers(several)) == 2
    assert several.doubled() == []
    several.assert_exact({})


@pytest.mark.parametrize("operation", ["AddJob", "UpdateJob", "AddPhase", "PUT /externalid"])
def test_dropped_answers_cost_no_second_job(several: Contractor, operation: str) -> None:
    several.dispatcher.chain("HVAC", "Sprinkler")
    several.sandbox.control.clear_calls()
    system = "servicetrade" if operation.startswith("PUT") else "spectrum"
    several.fault(system=system, operation=operation, kind="drop_answer", count=4)

    several.rounds_until_quiet()

    assert several.committed_twice() == []
    several.assert_exact({})


def test_a_service_line_added_later_adds_its_job(several: Contractor) -> None:
    _, _, job = several.dispatcher.chain("HVAC")
    several.rounds_until_quiet()
    several.a_minute_passes_in_servicetrade()
    several.dispatcher.service_request(job, "Sprinkler")

    several.rounds_until_quiet()

    assert len(numbers(several)) == 2
    assert set(several.dispatcher.external_id("job", job).split("|")) == set(numbers(several))
    several.assert_exact({})


@pytest.mark.parametrize("operation", ["AddJob", "UpdateJob", "AddPhase", "PUT /externalid"])
def test_killed_while_a_job_is_added_later_it_is_completed_once(
    several: Contractor, operation: str
) -> None:
    _, _, job = several.dispatcher.chain("HVAC")
    several.rounds_until_quiet()
    several.a_minute_passes_in_servicetrade()
    several.dispatcher.service_request(job, "Sprinkler")
    killed_during(several, operation, "servicetrade" if operation.startswith("PUT") else "spectrum")

    several.rounds_until_quiet()

    assert len(numbers(several)) == 2
    assert set(several.dispatcher.external_id("job", job).split("|")) == set(numbers(several))
    assert several.doubled() == []
    several.assert_exact({})


def test_a_line_that_goes_while_another_is_added_leaves_both_numbers(several: Contractor) -> None:
    _, location, _ = several.dispatcher.chain()
    job = several.dispatcher.job(location)
    first = several.dispatcher.service_request(job, "HVAC")
    several.rounds_until_quiet()
    before = several.dispatcher.external_id("job", job)
    several.a_minute_passes_in_servicetrade()
    several.office.put(
        f"/servicerequest/{first}", serviceLineId=several.built.account.service_lines[0]
    )
    killed_during(several, "AddJob")

    several.rounds_until_quiet()

    assert before in several.dispatcher.external_id("job", job).split("|")
    assert several.doubled() == []
    several.assert_exact({})


def test_a_second_job_that_was_refused_may_be_dropped_again(several: Contractor) -> None:
    _, location, _ = several.dispatcher.chain()
    job = several.dispatcher.job(location)
    several.dispatcher.service_request(job, "HVAC")
    second = several.dispatcher.service_request(job, "Sprinkler")
    several.fault(system="spectrum", operation="AddJob", key="-200", kind="locked", count=9)
    several.overrides["pace"] |= {"retry_rejected_after_seconds": 0.001}
    several.round()
    several.sandbox.control.clear_faults()
    several.a_minute_passes_in_servicetrade()
    several.office.put(
        f"/servicerequest/{second}", serviceLineId=several.built.account.service_lines[0]
    )

    several.rounds_until_quiet()

    several.assert_exact({})
    assert several.doubled() == []


def test_another_number_format_after_jobs_have_crossed_makes_no_second_jobs(
    several: Contractor,
) -> None:
    _, _, job = several.dispatcher.chain("HVAC")
    several.rounds_until_quiet()
    before = numbers(several)
    several.overrides["jobs"] |= {"number_format": "{cost_center}{number}"}
    several.dispatcher.change("job", job, description="edited")

    several.rounds_until_quiet()

    assert numbers(several) == before
    entry = several.entry_of("jobs", job)
    assert "number format" in entry.reason
    several.overrides["jobs"] |= {"number_format": "{number}-{cost_center}"}
    several.rounds_until_quiet()
    entry = several.entry_of("jobs", job)
    assert entry.state == "confirmed"


def test_the_old_service_line_of_a_job_gives_no_cost_center(contractor: Contractor) -> None:
    contractor.account_uses_service_lines()
    centers = contractor.overrides["maps"]["cost_centers"]
    named = {**centers.by_service_line, OLD_SERVICE_LINE: "300"}
    without_office = centers.model_copy(
        update={"by_service_line": named, "by_office": {}, "default": ""}
    )
    contractor.overrides = contractor.overrides | {"maps": {"cost_centers": without_office}}
    _, _, job = contractor.dispatcher.chain("Boiler")

    reports = contractor.round()

    held = next(outcome for outcome in reports["jobs"].outcomes if outcome.key == str(job))
    assert "no cost center for service line 'Boiler'" in held.reason
    contractor.dispatcher.service_request(job, "HVAC")
    contractor.rounds_until_quiet()
    row = next(
        row
        for row in contractor.control.records("spectrum", "JC_JOB_MASTER_MC")
        if _is(row, contractor, job)
    )
    assert str(row["Cost_Center"]).strip() == "200"


def _is(row: dict[str, object], contractor: Contractor, job: int) -> bool:
    return str(row["Job_Number"]).strip() == contractor.dispatcher.external_id("job", job)
