"""The same over a Redis server, where there is one to start."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from kombu import Connection

from st_spectrum.ledger.owner import new_owner
from st_spectrum.serving.ports import free_port
from st_spectrum.workers.beats import RUNS, WORKERS, Beats, Sign, open_beats
from st_spectrum.workers.broker import Broker, read_broker
from st_spectrum.workers.celery_app import configure


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(
            "no `redis-server` program here (Debian redis-server), so nothing is tried on a"
            " real one"
        )
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        made = read_broker(f"redis://127.0.0.1:{port}/0")
        with Connection(made.url) as connection:
            connection.ensure_connection(max_retries=50, interval_start=0.1, interval_step=0)
        yield made
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def beats(broker: Broker) -> Beats:
    return open_beats(broker)


def test_signs_of_life_end_by_themselves(beats: Beats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_spectrum.workers.beats.ALIVE_SECONDS", 1.0)
    sign = Sign(owner=new_owner(), started_at=time.time())
    beats.put(WORKERS, "somebody", sign)
    assert beats.living(WORKERS) == {"somebody": sign}
    time.sleep(1.1)
    assert not beats.living(WORKERS)
    assert beats.last(WORKERS, "somebody") == sign
    beats.renew(WORKERS, "somebody", sign)
    assert beats.living(WORKERS)
    beats.drop(WORKERS, "somebody")
    assert (beats.living(WORKERS), beats.last(WORKERS, "somebody")) == ({}, None)
    assert beats.last(RUNS, "nobody") is None


def test_a_task_waits_there_beside_what_others_keep_in_the_same_server(
    broker: Broker, tmp_path: Path
) -> None:
    app = configure(Celery("test", set_as_current=False), broker)
    app.send_task("arrive", (1,))
    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get("dagster")
        assert message
        message.ack()
    with Connection(broker.url) as plain:
        names = [key.decode() for key in plain.channel().client.scan_iter("*")]
    assert all(name.startswith("st_spectrum:") for name in names)
