"""A location that moves to another company: no job of one customer lands on the site of another."""

from pathlib import Path
from typing import Any

import pytest

from st_spectrum.engine.report import Result
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.billing_clerk import BillingClerk
from tests.world.contractor import Contractor, build_contractor

WORLD = World(
    offices=1, service_lines=2, technicians=0, salespeople=0, companies=2, vendors=0, linked_companies=0,
    locations=2, jobs=2, template_phases=1, old_customers=0, invoices=0,
)  # fmt: skip


@pytest.fixture
def moved(sandbox: Sandbox, tmp_path: Path) -> tuple[Contractor, int]:
    """Everything has crossed; then a location moves to the other company, and work begins there.
    With the new job's id.
    """
    made = build_contractor(sandbox, tmp_path, WORLD)
    made.rounds_until_quiet()
    control = sandbox.control
    companies = [
        row
        for row in control.records("servicetrade", "company")
        if (row.get("externalIds") or {}).get("spectrum")
    ]
    before = next(
        job
        for job in control.records("servicetrade", "job")
        if (job.get("externalIds") or {}).get("spectrum")
    )
    site = next(
        row
        for row in control.records("servicetrade", "location")
        if row["id"] == before["locationId"]
    )
    other = next(row for row in companies if row["id"] != site["companyId"])
    with ServiceTradeCaller(sandbox.servicetrade_url, parallel=1) as office:
        office.put(f"/location/{site['id']}", companyId=other["id"])
        job = office.post(
            "/job",
            locationId=site["id"],
            customerId=other["id"],
            vendorId=before["vendorId"],
            type="repair",
            description="New",
        )
    return made, int(job["id"])


@pytest.mark.parametrize("has_info_link", [True, False])
def test_a_job_at_a_location_that_moved_waits_and_names_both_customers(
    moved: tuple[Contractor, int], has_info_link: bool
) -> None:
    made, job = moved
    if not has_info_link:
        made.environ["SPECTRUM_INFOLINK_URL"] = ""
        made.overrides["timecards"] = {"first_day": ""}
    reports = made.round()

    (held,) = [outcome for outcome in reports["jobs"].outcomes if outcome.key == str(job)]
    assert held.result is Result.HELD
    codes = {
        row["Customer_Code"].strip()
        for row in made.sandbox.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    }
    assert sum(code in held.reason for code in codes) == 2
    assert any(
        "moved to" in note for outcome in reports["sites"].outcomes for note in outcome.notes
    )

    made.overrides["jobs"] = {"other_customers_sites": "write"}
    with made.session() as session:
        (written,) = session.engine.run("jobs", [str(job)], run_id="test").outcomes
    assert written.result is Result.CREATED


def test_an_invoice_for_a_job_of_another_customer_in_spectrum_waits(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = build_contractor(sandbox, tmp_path, WORLD)
    made.rounds_until_quiet()
    control = sandbox.control
    linked = {name: _linked(control.records("servicetrade", name)) for name in ("job", "company")}
    job = linked["job"][0]
    other = next(row for row in linked["company"] if row["id"] != job["customerId"])
    with ServiceTradeCaller(sandbox.servicetrade_url, parallel=1) as office:
        office.put(f"/job/{job['id']}", customerId=other["id"])
        key = BillingClerk(office).approved(jobId=job["id"])

    (held,) = [outcome for outcome in made.round()["invoices"].outcomes if outcome.key == key]

    assert held.result is Result.HELD
    assert "is one of customer" in held.reason
    assert str(other["externalIds"]["spectrum"]) in held.reason


def _linked(rows: list[Any]) -> list[Any]:
    return [row for row in rows if (row.get("externalIds") or {}).get("spectrum")]
