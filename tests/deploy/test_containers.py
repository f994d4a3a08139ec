"""The files for containers and clusters, as far as that goes without an engine."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
FINAL_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
CHECKER = Path(sys.executable).parent / "check-jsonschema"

CHART_KEYS = {
    "": {
        "dagsterWebserver", "dagster-user-deployments", "postgresql", "generatePostgresqlPasswordSecret",
        "generateCeleryConfigSecret", "rabbitmq", "redis", "flower", "ingress", "imagePullSecrets", "computeLogManager",
        "scheduler", "runLauncher", "pythonLogs", "dagsterDaemon", "busybox", "migrate", "telemetry", "serviceAccount",
        "global", "retention", "concurrency", "additionalInstanceConfig",
    },
    "dagsterWebserver": {
        "dbStatementTimeout", "dbPoolRecycle", "logLevel", "schedulerName", "volumeMounts", "volumes", "pathPrefix",
        "replicaCount", "image", "nameOverride", "service", "workspace", "env", "envConfigMaps", "envSecrets",
        "deploymentLabels", "labels", "nodeSelector", "affinity", "tolerations", "podSecurityContext", "securityContext",
        "resources", "readinessProbe", "livenessProbe", "startupProbe", "annotations", "enableReadOnly",
    },
    "dagsterDaemon": {
        "schedulerName", "volumeMounts", "volumes", "enabled", "image", "runCoordinator", "heartbeatTolerance", "env",
        "envConfigMaps", "envSecrets", "deploymentLabels", "labels", "nodeSelector", "affinity", "tolerations",
        "podSecurityContext", "securityContext", "resources", "livenessProbe", "readinessProbe", "startupProbe",
        "annotations", "runMonitoring", "runRetries", "sensors", "schedules",
    },
    "dagsterDaemon.runCoordinator": {"enabled", "type", "config"},
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator": {
        "maxConcurrentRuns", "tagConcurrencyLimits", "dequeueIntervalSeconds", "dequeueNumWorkers", "dequeueUseThreads",
    },
    "dagsterDaemon.sensors": {"numWorkers", "numSubmitWorkers", "useThreads"},
    "dagsterDaemon.schedules": {"numWorkers", "numSubmitWorkers", "useThreads"},
    "retention": {"enabled", "sensor", "schedule", "autoMaterialize"},
    "retention.sensor.purgeAfterDays": {"skipped", "success", "failure", "started"},
    "postgresql": {
        "postgresqlScheme", "image", "enabled", "postgresqlHost", "postgresqlUsername", "postgresqlPassword",
        "postgresqlDatabase", "postgresqlParams", "service",
    },
    "global": {
        "postgresqlSecretName", "dagsterHome", "serviceAccountName", "celeryConfigSecretName", "dagsterInstanceConfigMap",
    },
    "runLauncher": {"type", "config"},
    "runLauncher.config": {"k8sRunLauncher", "celeryK8sRunLauncher", "customRunLauncher"},
    "runLauncher.config.k8sRunLauncher": {
        "image", "imagePullPolicy", "jobNamespace", "loadInclusterConfig", "kubeconfigFile", "envConfigMaps",
        "envSecrets", "envVars", "volumeMounts", "volumes", "labels", "failPodOnRunFailure", "resources",
        "schedulerName", "securityContext", "runK8sConfig",
    },
    "computeLogManager": {"type", "config"},
    "computeLogManager.config": {
        "azureBlobComputeLogManager", "gcsComputeLogManager", "s3ComputeLogManager", "customComputeLogManager",
    },
    "computeLogManager.config.s3ComputeLogManager": {
        "bucket", "localDir", "prefix", "useSsl", "verify", "verifyCertPath", "endpointUrl", "skipEmptyFiles",
        "uploadInterval", "uploadExtraArgs", "showUrlOnly", "region",
    },
}  # fmt: skip
"""Sections of Dagster's chart and the keys that it knows there. A list of our own, read off the
chart's description of its values (helm/dagster/schema in Dagster's repository), as no package
brings it.
"""


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def test_compose_is_what_the_compose_specification_describes(tmp_path: Path) -> None:
    assert complaints(DEPLOY / "compose.yaml") == []

    broken = read("compose.yaml")
    broken["services"]["web"]["helthcheck"] = broken["services"]["web"].pop("healthcheck")
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(broken), encoding="utf-8")
    assert complaints(tmp_path / "compose.yaml") != []


def complaints(file: Path) -> list[str]:
    done = subprocess.run(
        [CHECKER, "--builtin-schema", "vendor.compose-spec", "--output-format", "json", file],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return [error["message"] for error in json.loads(done.stdout)["errors"]]


def test_every_container_of_ours_has_a_health_check_and_sees_the_account_read_only() -> None:
    services = read("compose.yaml")["services"]
    for name in ("code", "daemon", "web", "worker"):
        assert "healthcheck" in services[name], name
        assert "../accounts:/accounts:ro" in services[name]["volumes"], name


def test_a_warm_worker_is_asked_for_by_name_and_meets_the_others_at_one_redis() -> None:
    services = read("compose.yaml")["services"]
    assert {name for name, service in services.items() if service.get("profiles") == ["warm"]} == {
        "worker",
        "redis",
    }
    assert services["worker"]["command"] == ["st-spectrum", "worker"]
    brokers = {
        name: services[name]["environment"]["ST_SPECTRUM_BROKER"]
        for name in ("code", "daemon", "web", "worker")
    }
    assert set(brokers.values()) == {"redis://redis:6379/0"}


def test_a_container_finds_every_variable_that_its_dagster_file_names() -> None:
    named = set(
        re.findall(
            r"^[^#\n]*\{env: (\w+)\}",
            (DEPLOY / "dagster-postgres.yaml").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert named == {
        f"DAGSTER_PG_{part}" for part in ("HOST", "PORT", "USERNAME", "PASSWORD", "DB")
    }
    assert named <= set(read("compose.yaml")["services"]["code"]["environment"])


def test_helm_values_use_only_keys_that_the_chart_has() -> None:
    values = read("helm-values.yaml")
    for path, known in CHART_KEYS.items():
        section = values
        for key in filter(None, path.split(".")):
            section = section[key]
        assert set(section) <= known, path


def test_a_deployment_of_the_code_uses_only_keys_that_the_chart_has() -> None:
    known = {
        "name", "image", "port", "dagsterApiGrpcArgs", "codeServerArgs", "includeConfigInLaunchedRuns", "env",
        "envConfigMaps", "envSecrets", "annotations", "nodeSelector", "affinity", "tolerations", "podSecurityContext",
        "securityContext", "resources", "livenessProbe", "readinessProbe", "startupProbe", "labels", "volumeMounts",
        "volumes", "schedulerName",
    }  # fmt: skip
    for deployment in read("helm-values.yaml")["dagster-user-deployments"]["deployments"]:
        assert set(deployment) <= known
        assert {"name", "image", "port"} <= set(deployment)


def test_where_the_chart_wants_all_of_a_section_the_helm_values_give_it() -> None:
    """Of ticks, that of each kind; of a limit, its key and its size."""
    values = read("helm-values.yaml")
    assert (
        set(values["retention"]["sensor"]["purgeAfterDays"])
        == CHART_KEYS["retention.sensor.purgeAfterDays"]
    )
    queue = values["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]
    for limit in queue["tagConcurrencyLimits"]:
        assert {"key", "limit"} <= set(limit) <= {"key", "limit", "value"}
        assert limit["value"] == {"applyLimitPerUniqueValue": True}


def test_what_runs_in_a_cluster_has_limits_and_keeps_its_logs() -> None:
    values = read("helm-values.yaml")
    [deployment] = values["dagster-user-deployments"]["deployments"]
    launcher = values["runLauncher"]["config"]["k8sRunLauncher"]
    for section in (deployment, launcher, values["dagsterWebserver"], values["dagsterDaemon"]):
        assert section["resources"]["limits"]["memory"]
        assert section["resources"]["requests"]["cpu"]
    assert values["computeLogManager"]["config"]["s3ComputeLogManager"]["bucket"]


def test_the_examples_agree_in_names_and_ports() -> None:
    services = read("compose.yaml")["services"]
    [compose] = read("workspace.compose.yaml")["load_from"]
    [deployment] = read("helm-values.yaml")["dagster-user-deployments"]["deployments"]
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    workspace = (ROOT / "workspace.yaml").read_text(encoding="utf-8")
    unit = (DEPLOY / "st-spectrum@.service").read_text(encoding="utf-8")

    assert compose["grpc_server"] == {"host": "code", "port": 4000, "location_name": "northwind"}
    assert services["code"]["command"][-4:] == ["--port", "4000", "--location-name", "northwind"]
    assert services["code"]["environment"]["ST_SPECTRUM_ACCOUNT"] == "/accounts/northwind.yaml"
    assert (deployment["name"], deployment["port"]) == ("northwind", 4000)
    assert {"name": "ST_SPECTRUM_ACCOUNT", "value": "/accounts/northwind.yaml"} in deployment["env"]
    assert all(text in readme for text in ("accounts/northwind.yaml", "port 4000", "port 3000"))
    assert set(re.findall(r"port:? (\d+)", workspace)) == {"4000"}
    assert set(re.findall(r"(?:location_name:|--location-name) (\w+)", workspace)) == {
        "sandbox",
        "northwind",
    }
    assert "northwind" in unit


def test_the_image_holds_what_runs_and_nothing_else() -> None:
    assert re.findall(r"^COPY (?!--from)(.*)$", FINAL_STAGE, re.MULTILINE) == [
        "requirements.lock /install/"
    ]
    assert "requirements-dev.lock" not in FINAL_STAGE
    assert "--require-hashes" in FINAL_STAGE
    assert not re.search(r"accounts/ |COPY.*accounts", FINAL_STAGE)
    assert re.search(r"^USER st-spectrum$", FINAL_STAGE, re.MULTILINE)
    assert re.search(
        r'^HEALTHCHECK .* CMD \["st-spectrum", "serve", "--health"\]$', FINAL_STAGE, re.MULTILINE
    )


def test_the_image_builds_with_the_uv_of_make_setup() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"uv==([\d.]+)", DOCKERFILE) == re.findall(r"uv==([\d.]+)", makefile)


def test_what_the_build_copies_is_let_through_by_dockerignore() -> None:
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for name in line.split()
    }
    assert copied == allowed


@pytest.mark.slow
def test_a_wheel_of_what_the_build_copies_holds_every_file_of_the_program(tmp_path: Path) -> None:
    source = tmp_path / "src"
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        source.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "st_spectrum", source / "st_spectrum", ignore=shutil.ignore_patterns("__pycache__")
    )
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        [uv, "build", "-q", "--offline", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", tmp_path],
        cwd=source, check=True,
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("st_spectrum/")}
    assert inside == {
        file.relative_to(source).as_posix()
        for file in (source / "st_spectrum").rglob("*")
        if file.is_file()
    }


def test_versions_named_in_deploy_are_those_of_the_project() -> None:
    assert version("dagster") in (DEPLOY / "helm-values.yaml").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert f"dagster-postgres=={version('dagster-aws')}" in extras["postgres"]
    assert version("dagster-postgres") == version("dagster-aws")
