"""What we use of Dagster beyond what it promises: each has its reason, and a test that breaks when
it goes.
"""

import re
from importlib import import_module
from pathlib import Path

import dagster as dg
import pytest
from dagster._annotations import is_public
from dagster._core.storage import tags

from st_spectrum.assets.failures import MAX_RETRIES_TAG
from st_spectrum.assets.jobs import run_tags
from st_spectrum.assets.names import AccountNames
from st_spectrum.sensors.failures import WILL_RETRY_TAG
from st_spectrum.sensors.runs import LOCATION_TAG

ROOT = Path(__file__).parents[2]
PRIVATE_MODULE = re.compile(r"^\s*from (dagster[\w.]*\._[\w.]+) import", re.MULTILINE)

STORAGE = ("tests/workers/test_sqlite_storage.py", "files that are opened without their migrations")
RUN_LOGS = ("tests/workers/test_run_logs.py", "what runs print, without processes for it")
IMPORTED = {
    "dagster._cli.api": ("tests/workers/test_run_task.py", "a run on an instance that is kept"),
    "dagster._core.definitions.unresolved_asset_job_definition": (
        "tests/defs/test_private_dagster.py",
        "what a job is",
    ),
    "dagster._core.scheduler.instigation": ("tests/defs/test_alerts.py", "ticks that fail"),
    "dagster._core.storage.event_log": (
        "tests/defs/test_retention.py",
        "event files that a deleted run leaves",
    ),
    "dagster._core.storage.event_log.sqlite.sqlite_event_log": STORAGE,
    "dagster._core.storage.runs": STORAGE,
    "dagster._core.storage.schedules": STORAGE,
    "dagster._core.storage.sqlite_storage": STORAGE,
    "dagster._core.execution.compute_logs": RUN_LOGS,
    "dagster._core.storage.compute_log_manager": RUN_LOGS,
    "dagster._core.storage.local_compute_log_manager": RUN_LOGS,
    "dagster._core.launcher": ("tests/workers/test_launcher.py", "a launcher of our own"),
    "dagster._grpc.types": ("tests/workers/test_run_task.py", "what a worker is handed"),
    "dagster._serdes": ("tests/workers/test_run_task.py", "how it is written"),
}
ASKED_OF_THE_INSTANCE = {
    "add_run_tags": "tests/defs/test_main_button.py",
    "all_instigator_state": "tests/defs/test_alerts.py",
    "compute_log_manager": "tests/defs/test_retention.py",
    "daemon_cursor_storage": "tests/defs/test_ledger_check.py",
    "event_log_storage": "tests/defs/test_retention.py",
    "get_records_for_run": "tests/defs/test_failures.py",
    "get_ticks": "tests/defs/test_alerts.py",
    "report_run_canceled": "tests/workers/test_run_task.py",
    "report_run_canceling": "tests/workers/test_launcher.py",
    "report_run_failed": "tests/workers/test_run_task.py",
    "run_launcher": "tests/workers/test_launcher.py",
    "schedule_storage": "tests/defs/test_alerts.py",
}


def sources() -> str:
    return "\n".join(file.read_text() for file in sorted((ROOT / "st_spectrum").rglob("*.py")))


def asked_of_the_instance() -> set[str]:
    """What our code asks of Dagster's instance and Dagster does not call public."""
    attributes = vars(dg.DagsterInstance)
    inherited = {name for base in dg.DagsterInstance.__mro__ for name in vars(base)}
    asked = set(re.findall(r"\b_?instance\.(\w+)", sources())) & inherited
    return {name for name in asked if not is_public(attributes.get(name))}


def test_every_private_module_is_named_here_with_the_test_that_breaks() -> None:
    assert set(PRIVATE_MODULE.findall(sources())) == set(IMPORTED)
    assert asked_of_the_instance() == set(ASKED_OF_THE_INSTANCE)
    for test in (*(test for test, _ in IMPORTED.values()), *ASKED_OF_THE_INSTANCE.values()):
        assert (ROOT / test).exists()


@pytest.mark.parametrize("name", IMPORTED)
def test_it_is_still_there(name: str) -> None:
    assert import_module(name)


@pytest.mark.parametrize("name", ASKED_OF_THE_INSTANCE)
def test_the_instance_still_answers_to_it(name: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert hasattr(instance, name)


def test_its_tags_are_still_called_so() -> None:
    assert tags.REPOSITORY_LABEL_TAG == LOCATION_TAG
    assert tags.MAX_RETRIES_TAG == MAX_RETRIES_TAG
    assert tags.WILL_RETRY_TAG == WILL_RETRY_TAG
    assert {tags.MAX_RETRIES_TAG, tags.MAX_RUNTIME_SECONDS_TAG} <= set(
        run_tags(AccountNames("north"), "customers")
    )
