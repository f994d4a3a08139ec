"""The world builder and the life that goes on in it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.sandbox.life import EVENTS, Life
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import Built, World, build_world


def build(sandbox: Sandbox, world: World) -> Built:
    return build_world(world, sandbox.servicetrade_url, sandbox.spectrum_url)


def codes(sandbox: Sandbox, table: str, *columns: str) -> list[tuple[str, ...]]:
    return [
        tuple(row[name].strip() for name in columns)
        for row in sandbox.control.records("spectrum", table)
    ]


def test_a_world_has_the_sizes_that_were_asked_for(sandbox: Sandbox) -> None:
    world = World.small()
    fresh = sandbox.control.counts()
    built = build(sandbox, world)
    counts = sandbox.control.counts()
    made = {
        kind: counts["servicetrade"][kind] - fresh["servicetrade"][kind]
        for kind in ("company", "location", "job")
    }
    assert made == {
        "company": world.companies,
        "location": world.locations + world.offices,
        "job": world.jobs,
    }
    assert (len(built.companies), len(built.locations), len(built.jobs)) == (10, 14, 20)
    assert (
        counts["spectrum"]["CR_CUSTOMER_MASTER_MC"] == world.old_customers + world.linked_companies
    )
    assert counts["spectrum"]["WO_ADDRESS_MC"] == 0


def test_the_same_seed_makes_the_same_world_and_another_seed_another(sandbox: Sandbox) -> None:
    def contents(seed: int) -> dict[str, list[Any]]:
        sandbox.control.reset()
        build(sandbox, World.small(seed))
        companies = sandbox.control.records("servicetrade", "company")
        jobs = sandbox.control.records("servicetrade", "job")
        return {
            "companies": [
                (company["id"], company["name"], company["address"], company["externalIds"])
                for company in companies
            ],
            "jobs": [
                (job["number"], job["locationId"], job["type"], job["status"], job["salesId"])
                for job in jobs
            ],
            "customers": codes(sandbox, "CR_CUSTOMER_MASTER_MC", "Customer_Code", "Name"),
        }

    first = contents(1)
    assert contents(1) == first
    assert contents(2) != first


def test_the_template_job_has_its_phases_with_their_cost_types(sandbox: Sandbox) -> None:
    built = build(sandbox, World.small())
    assert built.template_job == "TEMPLATE"
    assert codes(sandbox, "JC_JOB_MASTER_MC", "Job_Number") == [("TEMPLATE",)]
    phases = codes(sandbox, "JC_PHASE_MASTER_MC", "Job_Number", "Phase_Code", "Cost_Type")
    assert {phase for _, phase, _ in phases} == {"0100", "0200", "0300"}
    assert len(phases) == len(set(phases)) > 3


def test_the_first_code_of_the_range_is_taken_and_linked_companies_have_their_customers(
    sandbox: Sandbox,
) -> None:
    built = build(sandbox, World.small())
    held = {code for (code,) in codes(sandbox, "CR_CUSTOMER_MASTER_MC", "Customer_Code")}
    assert "C00001" in built.old_codes
    assert set(built.old_codes) <= held
    linked = [
        company["externalIds"]["spectrum"]
        for company in sandbox.control.records("servicetrade", "company")
        if company["externalIds"]
    ]
    assert len(linked) == 1
    assert set(linked) | set(built.old_codes) == held


def test_a_world_has_what_makes_a_sync_stumble(sandbox: Sandbox) -> None:
    build(sandbox, World())
    companies = sandbox.control.records("servicetrade", "company")
    names = [company["name"] for company in companies]
    assert any("," in name for name in names)
    assert any(len(name) >= 50 for name in names)
    assert any(not name.isascii() for name in names)
    assert any(name != name.strip() for name in names)
    assert any(
        company["vendor"] and not company["customer"] and not company["primeContractor"]
        for company in companies
    )
    jobs = sandbox.control.records("servicetrade", "job")
    statuses = Counter(job["status"] for job in jobs)
    assert statuses["canceled"]
    assert statuses["scheduled"] > statuses["canceled"]
    assert any(job["type"] == "administrative" for job in jobs)
    assert any(job["assignedOfficeId"] for job in jobs)
    tags = {tag["id"]: tag["name"] for tag in sandbox.control.records("servicetrade", "tag")}
    assert any(name.startswith("pm-") for name in tags.values())
    lines = Counter(
        request["jobId"] for request in sandbox.control.records("servicetrade", "servicerequest")
    )
    assert {1, 2} <= set(lines.values())
    sites = Counter(
        location["companyId"] for location in sandbox.control.records("servicetrade", "location")
    )
    assert max(sites.values()) > 2


def test_the_world_is_built_by_calls_that_all_succeed(sandbox: Sandbox) -> None:
    build(sandbox, World.small())
    assert not [entry for entry in sandbox.control.calls() if not entry.is_committed]


@pytest.mark.parametrize("seed", [1, 2])
def test_life_goes_on_one_event_at_a_time(sandbox: Sandbox, seed: int) -> None:
    built = build(sandbox, World.small(seed))
    with Life(built, seed=seed) as life:
        before = sandbox.control.counts()["servicetrade"]
        events = [life.step() for _ in range(120)]
        after = sandbox.control.counts()["servicetrade"]
    kinds = Counter(event.kind for event in events)
    assert set(kinds) == set(EVENTS)
    grown = {kind: after[kind] - before[kind] for kind in ("company", "location", "job")}
    assert grown == {kind: kinds[kind] for kind in grown}
    canceled = {event.id for event in events if event.kind == "cancel"}
    found = {job["id"]: job for job in sandbox.control.records("servicetrade", "job")}
    assert {found[number]["status"] for number in canceled} == {"canceled"}
    assert {event.text for event in events if event.kind == "cancel"} == {
        f"Job {found[number]['number']} is canceled" for number in canceled
    }
    assert all(event.text for event in events)


def test_a_load_world_is_the_size_of_a_first_load() -> None:
    world = World.load()
    assert (world.companies, world.locations, world.jobs, world.template_phases) == (
        300,
        500,
        1000,
        12,
    )


def test_the_state_folder_holds_the_world(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        build(sandbox, World.small())
        counts = sandbox.control.counts()
    with Sandbox(tmp_path) as again:
        assert again.control.counts() == counts
