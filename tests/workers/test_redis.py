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
from st_spectrum.serving.ports import free_port, is_answering
from st_spectrum.workers.beats import RUNS, WORKERS, RedisBeats, Sign
from st_spectrum.workers.broker import Broker, read_broker
from st_spectrum.workers.celery_app import configure
from st_spectrum.workers.redis_transport import Transport


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
        deadline = time.monotonic() + 30
        while not is_answering("127.0.0.1", port):
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        yield made
    finally:
        server.kill()
        server.wait()


def test_signs_of_life_end_by_themselves(broker: Broker) -> None:
    beats = RedisBeats(broker.url, alive_seconds=1.0)
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


def test_our_own_transport_speaks_with_the_server_and_encrypts_where_the_address_says_so() -> None:
    for address, is_encrypted in (("redis://nowhere:1/0", False), ("rediss://nowhere:1/0", True)):
        app = configure(Celery("test", set_as_current=False), read_broker(address))
        connection = app.connection_for_write()
        assert connection.get_transport_cls() is Transport
        assert bool(connection.ssl) is is_encrypted


def test_what_a_living_worker_holds_stays_with_it_and_what_a_lost_one_held_comes_again(
    broker: Broker,
) -> None:
    app = configure(Celery("test", set_as_current=False), broker)
    app.conf.broker_transport_options |= {"visibility_timeout": 1}
    app.send_task("arrive", (1,), queue="dagster.north")
    with app.connection_for_read() as first, app.connection_for_read() as second:
        holder, other = first.default_channel, second.default_channel
        assert holder.basic_get("dagster.north")
        for _ in range(2):
            time.sleep(0.6)
            holder.qos.renew()
            other.qos.restore_visible(interval=1)
            assert other.basic_get("dagster.north") is None
        time.sleep(1.1)
        other.qos.restore_visible(interval=1)
        holder.qos.renew()
        message = other.basic_get("dagster.north")
        assert message
        message.ack()
        assert other.client.zcard("unacked_index") == 0, "who lost it does not hold it again"
