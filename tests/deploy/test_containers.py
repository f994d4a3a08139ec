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

CHART = Path(__file__).with_name("chart_values.schema.yaml")


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def test_compose_is_what_the_compose_specification_describes(tmp_path: Path) -> None:
    assert compose_complaints(DEPLOY / "compose.yaml") == []

    broken = read("compose.yaml")
    broken["services"]["web"]["helthcheck"] = broken["services"]["web"].pop("healthcheck")
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(broken), encoding="utf-8")
    assert compose_complaints(tmp_path / "compose.yaml") != []


def compose_complaints(file: Path) -> list[str]:
    return complaints(file, "--builtin-schema", "vendor.compose-spec")


def complaints(file: Path, *schema: str | Path) -> list[str]:
    done = subprocess.run(
        [CHECKER, *schema, "--output-format", "json", file], capture_output=True, encoding="utf-8"
    )
    return [f"{error['path']}: {error['message']}" for error in json.loads(done.stdout)["errors"]]


def test_every_container_of_ours_has_a_health_check_and_sees_the_account_read_only() -> None:
    services = read("compose.yaml")["services"]
    for name in ("code", "daemon", "web", "worker"):
        assert "healthcheck" in services[name], name
        assert "../accounts:/accounts:ro" in services[name]["volumes"], name


def test_a_warm_worker_starts_with_the_others_and_meets_them_at_one_redis() -> None:
    services = read("compose.yaml")["services"]
    assert {name for name, service in services.items() if "profiles" in service} == {
        "web-read-only",
        "doorbell",
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


def test_the_helm_values_are_such_as_the_chart_takes() -> None:
    assert complaints(DEPLOY / "helm-values.yaml", "--schemafile", CHART) == []


DEPLOYMENT = "dagster-user-deployments.deployments.0"
QUEUE = "dagsterDaemon.runCoordinator.config.queuedRunCoordinator"
MISTAKES: dict[str, object] = {
    "dagsterDeamon": {},
    "dagsterDaemon.sensors.numWorkers": "four",
    "dagsterDaemon.runMonitoring.startTimeoutSecond": 180,
    "dagsterDaemon.runCoordinator.type": "QueuedRunCordinator",
    f"{QUEUE}.tagConcurrencyLimits.0": {"key": "st_spectrum/lane", "limits": 1},
    f"{QUEUE}.maxConcurrentRuns": "25",
    "runLauncher.type": "K8sLauncher",
    "runLauncher.config": {"k8sRunLuncher": {}},
    "runLauncher.config.k8sRunLauncher.resources.limits.memory": "1 GB",
    "computeLogManager.config.s3ComputeLogManager": {"prefix": "st-spectrum"},
    "retention.sensor.purgeAfterDays": {"skipped": 1, "success": 30},
    "postgresql": {"enabled": False},
    f"{DEPLOYMENT}.port": "4000",
    f"{DEPLOYMENT}.image": {"repository": "st-spectrum"},
    f"{DEPLOYMENT}.env": [{"value": "on"}],
    f"{DEPLOYMENT}.envSecrets": ["st-spectrum"],
    f"{DEPLOYMENT}.volumeMounts": [{"name": "accounts", "path": "/accounts"}],
}
"""Mistakes of somebody who fills in the values, each by its place."""


def test_a_mistake_in_the_helm_values_is_seen_before_a_cluster_is(tmp_path: Path) -> None:
    files = []
    for number, (place, mistake) in enumerate(MISTAKES.items()):
        values = read("helm-values.yaml")
        *above, last = [int(word) if word.isdigit() else word for word in place.split(".")]
        section = values
        for word in above:
            section = section[word]
        section[last] = mistake
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text(yaml.safe_dump(values), encoding="utf-8")
    done = subprocess.run(
        [CHECKER, "--schemafile", CHART, "--output-format", "json", *files],
        capture_output=True,
        encoding="utf-8",
    )
    found = {error["filename"] for error in json.loads(done.stdout)["errors"]}
    assert {str(file) for file in files} == found


def test_limits_of_the_helm_values_are_per_account_and_per_lane() -> None:
    """Each limit of ours counts each account, or each of its flows, by itself."""
    queue = read("helm-values.yaml")["dagsterDaemon"]["runCoordinator"]["config"][
        "queuedRunCoordinator"
    ]
    for limit in queue["tagConcurrencyLimits"]:
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
