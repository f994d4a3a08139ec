"""What a run prints is in its files, and no process is started for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from st_spectrum.workers.run_logs import RunLogs

SETTINGS = """
telemetry: {enabled: false}
compute_logs: {module: st_spectrum.workers.run_logs, class: RunLogs, config: {base_dir: {env: DAGSTER_HOME}}}
"""


@dg.op
def speak() -> None:
    print("printed")
    print("complained", file=sys.stderr)


@dg.op
def stumble() -> None:
    print("before")
    raise ValueError("as it happens")


@dg.job(executor_def=dg.in_process_executor)
def speaking() -> None:
    speak()


@dg.job(executor_def=dg.in_process_executor)
def stumbling() -> None:
    stumble()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that are started for what runs print."""
    begun: list[Any] = []

    def start(command: Any, **options: Any) -> Any:
        begun.append(command)
        return original(command, **options)

    original = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    return begun


def printed(instance: dg.DagsterInstance, run_id: str) -> tuple[str, str]:
    """As the run's page asks for it."""
    (event,) = [
        entry.dagster_event.logs_captured_data
        for entry in instance.all_logs(run_id, dg.DagsterEventType.LOGS_CAPTURED)
        if entry.dagster_event
    ]
    key = [run_id, "compute_logs", event.file_key]
    data = instance.compute_log_manager.get_log_data(key)
    assert instance.compute_log_manager.is_capture_complete(key)
    return (data.stdout or b"").decode(), (data.stderr or b"").decode()


def test_what_a_run_prints_is_on_its_page_and_in_the_worker_s_log(
    instance: dg.DagsterInstance, started: list[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(instance.compute_log_manager, RunLogs)
    run_id = speaking.execute_in_process(instance=instance).run_id
    out, err = printed(instance, run_id)
    assert out == "printed\n" and "complained\n" in err
    seen = capfd.readouterr()
    assert "printed\n" in seen.out and "complained\n" in seen.err
    assert started == []


def test_a_run_that_fails_keeps_what_it_printed(instance: dg.DagsterInstance) -> None:
    run = stumbling.execute_in_process(instance=instance, raise_on_error=False)
    assert not run.success
    assert printed(instance, run.run_id)[0] == "before\n"


def test_dagster_s_own_manager_starts_processes_and_has_the_same_files(
    instance: dg.DagsterInstance, tmp_path: Path, started: list[Any]
) -> None:
    """Breaks when Dagster keeps them in another way than we know, or needs this no more."""
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}", encoding="utf-8")
    ours = speaking.execute_in_process(instance=instance).run_id
    with dg.DagsterInstance.from_config(str(tmp_path)) as stock:
        assert type(stock.compute_log_manager) is LocalComputeLogManager
        assert printed(stock, ours)[0] == "printed\n"
        theirs = speaking.execute_in_process(instance=stock).run_id
    assert len(started) == 4
    assert printed(instance, theirs)[0] == "printed\n"


def test_a_worker_s_log_that_is_gone_fails_no_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        run_id = speaking.execute_in_process(instance=instance).run_id
    assert printed(instance, run_id)[0] == "printed\n"
