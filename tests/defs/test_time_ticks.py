"""Time tick by tick: approved, requested once in batches, in payroll; held time goes by itself when
what it lacks is there.
"""

import time
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import Kept, TimeSizes, hours, keep_time
from st_spectrum.sandbox.world import World, build_world
from tests.world.dagster_daemon import DagsterDaemon
from tests.world.timekeeper import SUNDAY

pytestmark = pytest.mark.slow

SENSOR, JOB = "timecards_changes", "timecards_job"
WORLD = World(
    companies=3, vendors=1, locations=2, jobs=3, technicians=1, invoices=2, template_phases=1
)


@pytest.fixture
def kept(daemon: DagsterDaemon, sandbox: Sandbox) -> Kept:
    """One technician with a week of time that nobody has approved; the jobs are in Spectrum."""
    built = build_world(WORLD, sandbox.servicetrade_url, sandbox.spectrum_url)
    kept = keep_time(sandbox.control, built, TimeSizes(weeks=1, first_week=SUNDAY, approved=0))
    daemon.settle("customers", "sites", "jobs", rounds=30)
    return kept


def keys(answer: Any) -> list[str]:
    requests = answer.run_requests or []
    return [
        key
        for request in requests
        for key in request.run_config["ops"]["timecards"]["config"]["keys"]
    ]


def in_payroll(sandbox: Sandbox) -> list[str]:
    rows = sandbox.control.records("spectrum", "PR_PRE_TC_IMPORT_ERR_MC")
    return sorted(f"{float(row['Hours']):.2f}" for row in rows)


def approved(kept: Kept) -> list[str]:
    (card,) = kept.cards
    return sorted(f"{hours(entry.seconds):.2f}" for entry in card.entries if entry.kind != "clock")


def test_what_nobody_approved_is_not_asked_for_and_what_is_approved_goes_out_once(
    daemon: DagsterDaemon, office: ServiceTradeCaller, sandbox: Sandbox, kept: Kept
) -> None:
    assert str(daemon.tick(SENSOR).skip_message).startswith("Nothing new")
    office.put(f"/timecard/{kept.ids[0]}", status="approved")
    answer = daemon.tick(SENSOR)
    assert len(keys(answer)) == 3, "a batch of the account"
    assert daemon.run(JOB, answer.run_requests[0]).success
    daemon.settle("timecards", rounds=30)
    assert in_payroll(sandbox) == approved(kept)
    assert daemon.run(JOB, answer.run_requests[0]).success, "re-executed in the UI"
    assert in_payroll(sandbox) == approved(kept)


def test_time_of_a_technician_without_employee_code_goes_by_itself_once_it_is_entered(
    daemon: DagsterDaemon,
    office: ServiceTradeCaller,
    sandbox: Sandbox,
    kept: Kept,
    account_file: Path,
) -> None:
    account_file.write_text(
        account_file.read_text().replace("held_after_seconds: 30", "held_after_seconds: 0.1")
    )
    person = kept.technicians[0]
    office.put(f"/externalid/user/{person.user}/spectrum", value="")
    office.put(f"/timecard/{kept.ids[0]}", status="approved")
    for _ in range(10):
        daemon.tick_and_run(SENSOR)
    assert in_payroll(sandbox) == []
    office.put(f"/externalid/user/{person.user}/spectrum", value=person.employee_code)
    for _ in range(60):
        daemon.tick_and_run("timecards_redrive")
        if in_payroll(sandbox) == approved(kept):
            break
        time.sleep(0.1)
    assert in_payroll(sandbox) == approved(kept)


def test_a_failed_read_skips_and_keeps_what_was_seen(
    daemon: DagsterDaemon, office: ServiceTradeCaller, sandbox: Sandbox, kept: Kept
) -> None:
    daemon.tick(SENSOR)
    office.put(f"/timecard/{kept.ids[0]}", status="approved")
    before = daemon.cursors[SENSOR]
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /timecard", kind="truncate", count=9
    )
    answer = daemon.tick(SENSOR)
    assert keys(answer) == []
    assert "servicetrade" in answer.skip_message
    assert daemon.cursors[SENSOR] in (before, None)
    sandbox.control.clear_faults()
    assert len(keys(daemon.tick(SENSOR))) == 3


def test_a_quiet_system_is_asked_once_a_tick_and_what_was_taken_back_starts_no_run_after_run(
    daemon: DagsterDaemon, office: ServiceTradeCaller, sandbox: Sandbox, kept: Kept
) -> None:
    office.put(f"/timecard/{kept.ids[0]}", status="approved")
    daemon.settle("timecards", rounds=30)
    office.put(f"/timecard/{kept.ids[0]}", status="open")
    for _ in range(6):
        daemon.tick_and_run(SENSOR)
    assert in_payroll(sandbox) == approved(kept)
    sandbox.control.clear_calls()
    asked = [
        *keys(daemon.tick(SENSOR)),
        *keys(daemon.tick("timecards_redrive")),
        *keys(daemon.tick(SENSOR)),
    ]
    assert asked == []
    calls = [
        call.operation
        for call in sandbox.control.calls(system="servicetrade")
        if "auth" not in call.operation
    ]
    assert calls == ["GET /timecard"] * 2
