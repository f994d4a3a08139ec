"""The files in `deploy` are read as Dagster reads them, as far as that goes without a database or a
cluster.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from st_spectrum.assets.names import LANE_TAG, OURS_TAG
from st_spectrum.workers.launcher import WarmCeleryRunLauncher
from st_spectrum.workers.worker import HANDS_PER_ACCOUNT

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
ONE_MACHINE = ROOT / "st_spectrum" / "serving" / "dagster.yaml"
"""`st-spectrum serve` puts it into a Dagster home that has none."""


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("*.yaml")), ids=lambda file: file.name)
def test_every_file_is_yaml_with_sections(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)


def test_dagster_starts_on_one_machine_with_our_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster import DagsterInstance
    from dagster._daemon.controller import create_daemon_of_type
    from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(
        ONE_MACHINE.read_text(encoding="utf-8"), encoding="utf-8"
    )
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        queue = create_daemon_of_type(QueuedRunCoordinatorDaemon.daemon_type(), instance)
        assert isinstance(queue, QueuedRunCoordinatorDaemon)
        assert queue.interval_seconds == 0.5, "less than whole seconds is not read"
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_start_timeout_seconds == 300
        assert isinstance(instance.run_launcher, WarmCeleryRunLauncher)
        assert (tmp_path / "broker").is_dir(), "where runs wait"
        assert not instance.run_monitoring_max_runtime_seconds, "it would end the runs of others"
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 0, "it would repeat the runs of others"
        limits = instance.get_concurrency_config().run_queue_config.tag_concurrency_limits
        assert {limit["key"]: limit["limit"] for limit in limits} == {
            LANE_TAG: 1,
            OURS_TAG: HANDS_PER_ACCOUNT,
        }, "a run that waits for a hand of the worker would be ended by its start limit"
        assert all(limit["value"] == {"applyLimitPerUniqueValue": True} for limit in limits)
        assert instance.get_settings("sensors") == {
            "use_threads": True,
            "num_workers": 4,
            "num_submit_workers": 4,
        }


def test_the_file_for_several_machines_uses_only_keys_that_dagster_knows() -> None:
    # Dagster's own check, without the step that looks the variables up.
    from dagster._config import validate_config
    from dagster._core.instance.config import dagster_instance_config_schema

    config = read("dagster-postgres.yaml")
    assert validate_config(dagster_instance_config_schema(), config).success
    assert not validate_config(
        dagster_instance_config_schema(), config | {"run_monitorring": {}}
    ).success


def test_both_dagster_files_agree_in_everything_but_storage_and_size() -> None:
    one, many = (
        yaml.safe_load(ONE_MACHINE.read_text(encoding="utf-8")),
        read("dagster-postgres.yaml"),
    )
    for config in (one, many):
        runs = config["concurrency"]["runs"]
        runs.pop("max_concurrent_runs")
        lane, account = runs["tag_concurrency_limits"]
        assert lane["limit"] == 1
        assert account["limit"] == HANDS_PER_ACCOUNT, "of each machine that runs a worker"
    for name in ("storage", "compute_logs"):
        del one[name]
    assert one == {key: value for key, value in many.items() if key != "storage"}


def test_the_helm_values_say_the_same_as_the_file_for_several_machines() -> None:
    helm, file = read("helm-values.yaml")["dagsterDaemon"], read("dagster-postgres.yaml")
    queue = helm["runCoordinator"]["config"]["queuedRunCoordinator"]
    lane, account = queue["tagConcurrencyLimits"]
    same_lane, same_account = file["concurrency"]["runs"]["tag_concurrency_limits"]
    assert lane == same_lane
    assert account == same_account | {"limit": account["limit"]}, "a pod waits for no hand"
    assert queue["maxConcurrentRuns"] == file["concurrency"]["runs"]["max_concurrent_runs"]
    assert helm["sensors"]["numWorkers"] == file["sensors"]["num_workers"]
    assert helm["runRetries"]["maxRetries"] == file["run_retries"]["max_retries"]
    monitoring, same = helm["runMonitoring"], file["run_monitoring"]
    assert monitoring["cancelTimeoutSeconds"] == same["cancel_timeout_seconds"] <= 45
    # A pod's launcher could go on with a broken-off run, beside the one that the ledger asks for.
    assert monitoring["maxResumeRunAttempts"] == same["max_resume_run_attempts"] == 0
    assert "maxRuntimeSeconds" not in monitoring


def test_compose_names_one_daemon_and_the_code_server_of_its_workspace() -> None:
    services = read("compose.yaml")["services"]
    [location] = read("workspace.compose.yaml")["load_from"]
    server = location["grpc_server"]
    assert [
        name for name, service in services.items() if "dagster-daemon" in service.get("command", [])
    ] == ["daemon"]
    assert str(server["port"]) in services[server["host"]]["command"]
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"]


def test_no_secret_stands_in_any_file() -> None:
    lines = [
        (file.name, line)
        for file in DEPLOY.iterdir()
        for line in file.read_text(encoding="utf-8").splitlines()
        if "password:" in line.lower()
    ]
    assert lines
    for name, line in lines:
        assert "env" in line or "${" in line, f"{name}: {line}"
