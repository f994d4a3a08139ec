"""One address, and what follows from it."""

from pathlib import Path

import pytest

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.workers.broker import broker_in_force, read_broker
from st_spectrum.workers.redis_transport import RENEW_SECONDS


@pytest.mark.parametrize("address", ["{}", "folder://{}"])
def test_a_folder_keeps_messages_and_results(tmp_path: Path, address: str) -> None:
    broker = broker_in_force(
        {"ST_SPECTRUM_BROKER": address.format(tmp_path / "queue"), "DAGSTER_HOME": "/elsewhere"}
    )
    assert broker.folder == tmp_path / "queue"
    assert broker.result_backend == f"file://{tmp_path / 'queue' / 'results'}"
    assert broker.transport_options == {"folder": str(tmp_path / "queue")}


def test_without_an_address_it_lies_in_dagsters_own_folder(tmp_path: Path) -> None:
    assert broker_in_force({"DAGSTER_HOME": str(tmp_path)}).folder == tmp_path / "broker"


def test_a_server_keeps_both_and_hands_on_what_a_lost_worker_had_within_a_minute() -> None:
    broker = read_broker("redis://host:6379/0")
    assert (broker.folder, broker.url, broker.result_backend) == (
        None,
        "redis://host:6379/0",
        "redis://host:6379/0",
    )
    options = broker.transport_options
    assert options["visibility_timeout"] + options["unacked_restore_interval"] < 60
    assert options["visibility_timeout"] > 5 * RENEW_SECONDS, "a busy loop is no lost worker"
    assert options["unacked_restore_throttle"] == 1, "or only each tenth look would look"


@pytest.mark.parametrize(
    "environment", [{}, {"ST_SPECTRUM_BROKER": "amqp://host"}, {"ST_SPECTRUM_BROKER": "rpc://"}]
)
def test_any_other_address_is_refused_in_words(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match="ST_SPECTRUM_BROKER"):
        broker_in_force(environment)


def test_a_message_stays_until_its_run_has_ended() -> None:
    settings = read_broker("/somewhere").celery_settings
    assert settings["task_acks_late"]
    assert settings["task_reject_on_worker_lost"]
    assert settings["worker_prefetch_multiplier"] == 1
    assert not settings["worker_enable_remote_control"], (
        "signs of life and Dagster's own storage do its work"
    )
