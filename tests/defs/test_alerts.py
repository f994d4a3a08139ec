"""What goes wrong in Dagster reaches the support contacts: failed runs, failing ticks, and a ledger
that is away.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    TickData,
    TickStatus,
)

from st_spectrum.alerts.failures import failures
from st_spectrum.alerts.last_resort import Memory
from st_spectrum.assets.names import AccountNames
from st_spectrum.definitions import build
from st_spectrum.domain.errors import Unavailable
from st_spectrum.ledger.documents.mails import Failures
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sensors.alerts import watch
from st_spectrum.sensors.watchdog import Watched
from tests.world.dagster_daemon import DagsterDaemon

CONFIG = {"ops": {"customers": {"config": {"keys": ["1201", "1202"]}}}}


@pytest.fixture
def daemon(
    account_file: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    instance: dg.DagsterInstance,
) -> DagsterDaemon:
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(sandbox.smtp_port))
    sandbox.control.clear_mails()
    return DagsterDaemon(build(account_file), instance)


@pytest.fixture
def ledger(daemon: DagsterDaemon) -> Iterator[Ledger]:
    account = (daemon.defs.resources or {})["account"].load()
    with open_ledger(account.ledger) as ledger:
        yield ledger


def run(daemon: DagsterDaemon, **tags: str) -> dg.ExecuteInProcessResult:
    job = daemon.defs.resolve_job_def("customers_job")
    return job.execute_in_process(
        run_config=CONFIG, instance=daemon.instance, tags=tags, raise_on_error=False
    )


def see(daemon: DagsterDaemon, ended: dg.ExecuteInProcessResult) -> None:
    """The run-failure sensor hears of a run."""
    repository = daemon.defs.get_repository_def()
    context = dg.build_run_status_sensor_context(
        "failed_runs",
        ended.get_run_failure_event(),
        daemon.instance,
        ended.dagster_run,
        repository_def=repository,
        resources=dict(daemon.defs.resources or {}),
    )
    with context.for_run_failure() as seen:
        repository.get_sensor_def("failed_runs")(seen)


def age(ledger: Ledger, **time: float) -> None:
    """Let everything that failed have failed so much earlier."""
    earlier = timedelta(**time)
    for key, failure in failures(ledger).items():
        latest = replace(failure.latest, at=failure.latest.at - earlier)
        ledger.put(replace(failure, latest=latest, first_at=failure.first_at - earlier), key)


def kept(ledger: Ledger) -> list[Failures]:
    return list(failures(ledger).values())


def subjects(sandbox: Sandbox) -> list[str]:
    return [mail.subject for mail in sandbox.control.mails()]


def test_a_failed_run_is_noted_once_however_many_saw_it(
    daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox
) -> None:
    sandbox.control.pause("servicetrade")
    try:
        ended = run(daemon)
    finally:
        sandbox.control.resume("servicetrade")
    see(daemon, ended)
    daemon.tick("alerts")
    (failure,) = kept(ledger)
    assert failure.count == 1
    assert failure.latest.keys == ("1201", "1202")
    assert (failure.latest.cause, failure.latest.family) == (
        "ServiceTrade does not answer",
        "Unavailable",
    )
    assert subjects(sandbox) == [], "it may pass within minutes"


@pytest.mark.slow
def test_a_system_that_stays_away_is_told_once_and_named_when_it_is_back(
    daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox
) -> None:
    sandbox.control.pause("servicetrade")
    try:
        run(daemon)
        daemon.tick("alerts")
        age(ledger, minutes=6)
        run(daemon)
    finally:
        sandbox.control.resume("servicetrade")
    daemon.tick("alerts")
    daemon.tick("alerts")
    assert subjects(sandbox) == [
        "[sandbox] integration: 2 failed attempts: ServiceTrade does not answer"
    ]
    (mail,) = sandbox.control.mails()
    assert "Records: 1201, 1202." in mail.text
    assert f"http://127.0.0.1:3000/runs/{kept(ledger)[0].latest.run_id}" in mail.text
    assert run(daemon).success
    daemon.tick("alerts")
    assert kept(ledger) == []
    assert len(subjects(sandbox)) == 1


def test_a_fault_that_does_not_pass_is_told_at_once(
    daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICETRADE_CLIENT_SECRET", "another-secret")
    run(daemon)
    daemon.tick("alerts")
    assert subjects(sandbox) == [
        "[sandbox] integration: 1 failed attempt: ServiceTrade denies access"
    ]


def test_a_run_whose_process_died_is_found_by_the_alert_sensor(
    daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox
) -> None:
    dead = daemon.make_run("customers", dg.DagsterRunStatus.STARTED)
    daemon.instance.report_run_failed(dead, "The process ended unexpectedly.")
    daemon.tick("alerts")
    assert subjects(sandbox) == [
        "[sandbox] integration: 1 failed attempt: The process ended unexpectedly."
    ]


def test_a_run_that_dagster_tries_again_is_not_noted(daemon: DagsterDaemon, ledger: Ledger) -> None:
    dead = daemon.make_run("customers", dg.DagsterRunStatus.STARTED, {"dagster/will_retry": "true"})
    daemon.instance.report_run_failed(dead)
    daemon.tick("alerts")
    assert kept(ledger) == []


def watched(location: str | None) -> Watched:
    """What the account's own alert sensor watches over."""
    names = frozenset({"customers_changes", "jobs_changes", "sites_redrive"})
    return Watched(AccountNames("sandbox"), names, location)


def add_tick(
    instance: dg.DagsterInstance, name: str, status: TickStatus, at: datetime, **fields: Any
) -> None:
    """What Dagster's daemon keeps of a tick of a running sensor."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("north"), "repository")
    state = InstigatorState(
        RemoteInstigatorOrigin(repository, name),
        InstigatorType.SENSOR,
        InstigatorStatus.RUNNING,
        None,
    )
    if instance.get_instigator_state(state.instigator_origin_id, state.selector_id) is None:
        instance.add_instigator_state(state)
    tick = TickData(
        state.instigator_origin_id,
        name,
        InstigatorType.SENSOR,
        status,
        at.timestamp(),
        run_ids=[],
        selector_id=state.selector_id,
        **fields,
    )
    instance.create_tick(tick)


def test_a_sensor_that_cannot_read_for_minutes_is_told_and_then_forgotten(
    tmp_path: Path, daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox
) -> None:
    now = datetime.now(UTC)
    reason = f"servicetrade GET /company: cannot be reached {Unavailable.advice}"
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        add_tick(
            instance,
            "customers_changes",
            TickStatus.SKIPPED,
            now - timedelta(minutes=7),
            skip_reason=reason,
        )
        add_tick(instance, "jobs_changes", TickStatus.SKIPPED, now, skip_reason="Nothing new.")
        watch(instance, ledger, watched("north"), now)
        watch(instance, ledger, watched("south"), now)  # another account's code location
        assert kept(ledger) == []
        watch(instance, ledger, watched("north"), now)
        (failure,) = kept(ledger)
        assert (failure.latest.job, failure.latest.family) == ("customers_changes", "Unavailable")
        daemon.tick("alerts")
        assert subjects(sandbox) == [
            "[sandbox] integration: 1 failed attempt: servicetrade GET /company: cannot be reached"
        ]
        add_tick(instance, "customers_changes", TickStatus.SUCCESS, now)
        watch(instance, ledger, watched("north"), now)
        assert kept(ledger) == []


def test_a_failed_tick_is_noted_with_its_error(tmp_path: Path, ledger: Ledger) -> None:
    from dagster_shared.error import SerializableErrorInfo

    now = datetime.now(UTC)
    error = SerializableErrorInfo(
        "SensorExecutionError: outer",
        [],
        "X",
        SerializableErrorInfo("KeyError: 4711\n", [], "KeyError"),
    )
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        add_tick(instance, "sites_redrive", TickStatus.FAILURE, now, error=error)
        watch(instance, ledger, watched(None), now)
    (failure,) = kept(ledger)
    assert (failure.latest.cause, failure.latest.said) == (
        "ticks fail: KeyError: #",
        "KeyError: 4711",
    )


def test_a_ledger_that_stays_away_is_told_without_it(
    daemon: DagsterDaemon, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "no-folder"
    broken.write_text("a file where a folder should be")
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(broken))
    answer = daemon.tick("alerts")
    assert "ledger" in str(answer.skip_message)
    assert subjects(sandbox) == []
    memory = json.loads(daemon.cursors["alerts"] or "")
    memory["outage"]["since"] = (datetime.now(UTC) - timedelta(minutes=6)).isoformat()
    daemon.cursors["alerts"] = json.dumps(memory)
    daemon.tick("alerts")
    daemon.tick("alerts")
    assert len(subjects(sandbox)) == 1
    assert subjects(sandbox)[0].startswith("[sandbox] ledger: ")
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(tmp_path / "state"))
    daemon.tick("alerts")
    assert subjects(sandbox)[1:] == ["[sandbox] all solved: 1 cause"]
    assert Memory.open(daemon.cursors["alerts"], datetime.now(UTC)).outage is None


def test_more_than_a_tick_can_read_is_read_by_a_run(
    daemon: DagsterDaemon, ledger: Ledger, sandbox: Sandbox, account_file: Path
) -> None:
    from st_spectrum.ledger.entry import State
    from st_spectrum.ledger.judgement import Judgement

    ledger.record(
        "customers",
        "1",
        Judgement(State.HELD, "b"),
        title="A",
        run_id="",
        cause="b",
        retry_at=datetime.now(UTC),
    )
    text = account_file.read_text()
    account_file.write_text(
        text.replace("tick_budget_seconds: 20", "tick_budget_seconds: 0.000001")
    )
    (request,) = daemon.tick("alerts").run_requests
    account_file.write_text(text)
    assert daemon.run("alerts_now", request).success
    assert subjects(sandbox) == ["[sandbox] customers: 1 record: b"]
