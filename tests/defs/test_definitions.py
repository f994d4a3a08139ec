"""The code location loads anywhere, and its names change only on purpose."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from st_spectrum.definitions import build, defs

NAMES = Path(__file__).with_name("names.txt")
REWRITE = "ST_SPECTRUM_REWRITE_NAMES"


def names(defs: dg.Definitions) -> str:
    """Every name that a person, a bookmark or a script may rely on, one a line."""
    repository = defs.get_repository_def()
    graph = defs.resolve_asset_graph()
    jobs = [name for name in repository.job_names if not name.startswith("__")]
    return "\n".join(
        [
            *sorted(f"asset {key.to_user_string()}" for key in graph.get_all_asset_keys()),
            *sorted(
                f"check {key.asset_key.to_user_string()}/{key.name}"
                for key in graph.asset_check_keys
            ),
            *sorted(f"job {name}" for name in jobs),
            *sorted(f"resource {name}" for name in repository.get_top_level_resources()),
            *sorted(
                f"schedule {schedule.name} {schedule.cron_schedule}"
                for schedule in repository.schedule_defs
            ),
            *sorted(
                f"sensor {sensor.name} {sensor.minimum_interval_seconds}"
                for sensor in repository.sensor_defs
            ),
            "",
        ]
    )


def test_no_name_changes_unnoticed() -> None:
    found = names(build(Path("accounts/none.yaml")))
    if os.environ.get(REWRITE):
        NAMES.write_text(found)
    assert found == NAMES.read_text(), f"If that is meant: {REWRITE}=1 pytest {__file__}"


@pytest.mark.parametrize("text", [None, "", "name: [", "name: x\nservicetrade: {base_url: 17}\n"])
def test_definitions_load_without_secrets_and_with_a_wrong_account_file(
    tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "account.yaml"
    if text is not None:
        file.write_text(text)
    dg.Definitions.validate_loadable(build(file))


def test_sensors_start_by_themselves_only_where_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def running(defs: dg.Definitions) -> set[bool]:
        repository = defs.get_repository_def()
        statuses = [
            definition.default_status.value
            for definition in (*repository.sensor_defs, *repository.schedule_defs)
        ]
        return {status == "RUNNING" for status in statuses}

    monkeypatch.delenv("ST_SPECTRUM_SENSORS", raising=False)
    assert running(build()) == {False}
    monkeypatch.setenv("ST_SPECTRUM_SENSORS", "on")
    assert running(build()) == {True}


def test_runs_of_two_accounts_in_one_instance_do_not_wait_for_one_another() -> None:
    jobs = [
        build(Path(f"accounts/{name}.yaml")).resolve_job_def("customers_job")
        for name in ("north", "south")
    ]
    assert [job.tags["flow"] for job in jobs] == ["customers", "customers"]
    assert jobs[0].tags["account"] != jobs[1].tags["account"]


def test_definitions_are_built_once_and_anew_when_the_account_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster asks for them at every run, and a warm worker has hundreds."""
    file = tmp_path / "north.yaml"
    monkeypatch.setenv("ST_SPECTRUM_ACCOUNT", str(file))
    file.write_text("name: North\n", encoding="utf-8")
    first = defs()
    assert defs() is first
    file.write_text("name: North by west\n", encoding="utf-8")
    assert defs() is not first


def test_loading_pulls_in_nothing_heavy() -> None:
    heavy = ("zeep", "boto3", "pandas", "sqlalchemy.dialects.mssql")
    code = (
        "import sys; from st_spectrum.definitions import build; build(); print([m for m in"
        f" {heavy!r} if m in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"


def test_loading_opens_no_connection_and_starts_no_thread() -> None:
    """A worker that forks afterwards would share both with its children."""
    code = (
        "import os, threading; from st_spectrum.definitions import defs; defs();open_files ="
        " [os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if"
        " os.path.exists(f'/proc/self/fd/{fd}')];print([name for name in open_files if"
        " name.startswith('socket:')], threading.active_count())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[] 1"
