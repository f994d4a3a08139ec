"""Records from before the day on which the sandbox's account goes live."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from st_spectrum.engine.report import Report
from tests.world.contractor import Contractor

BEFORE = int(datetime(2025, 6, 2, 12, tzinfo=UTC).timestamp())
"""Months before the sandbox's account goes live, which is on 2026-01-04."""
BUSINESS = ("customers", "sites", "jobs", "invoices")


def old_chain(world: Contractor, **job: Any) -> tuple[int, int, int]:
    """A company, its location and a job on it, all from before go-live; the job is done."""
    company, location, made = world.dispatcher.chain()
    world.dispatcher.change("job", made, status="completed")
    for kind, record in (("company", company), ("location", location), ("job", made)):
        world.edit(kind, record, created=BEFORE)
    world.edit("job", made, **({"completedOn": BEFORE} | job))
    world.sandbox.control.clear_calls()
    return company, location, made


def invoice(world: Contractor, job: int, **values: Any) -> int:
    """An approved invoice of 100."""
    return int(world.billing_clerk.approved(jobId=job, **values))


def counts(reports: Mapping[str, Report], result: str) -> dict[str, int]:
    """How many of each business flow came out so; those of which none did are left out."""
    return {name: found for name in BUSINESS if (found := reports[name].counts()[result])}
