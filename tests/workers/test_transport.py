"""What Celery and kombu see of the folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError, OperationalError

from st_spectrum.workers.broker import read_broker
from st_spectrum.workers.celery_app import configure
from st_spectrum.workers.folder import MessageFolder

QUEUE = Queue("dagster", Exchange("dagster"), routing_key="dagster")


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    return configure(Celery("test", set_as_current=False), read_broker(str(tmp_path / "broker")))


@pytest.fixture
def messages(tmp_path: Path) -> MessageFolder:
    return MessageFolder(tmp_path / "broker")


@pytest.fixture
def connection(app: Celery) -> Iterator[Connection]:
    with app.connection_for_read() as made:
        yield made


def test_a_task_that_was_sent_waits_as_one_file(app: Celery, messages: MessageFolder) -> None:
    app.send_task("arrive", (7,))
    assert messages.size("dagster") == 1


def test_what_is_acknowledged_is_gone_and_what_is_not_comes_again(
    app: Celery, connection: Connection, messages: MessageFolder
) -> None:
    for number in range(3):
        app.send_task("arrive", (number,))
    taken = [connection.default_channel.basic_get("dagster") for _ in range(3)]
    taken[0].ack()
    taken[1].reject()
    taken[2].requeue()
    assert messages.size("dagster") == 1
    assert not list(messages.in_hand_folder("dagster").iterdir())
    connection.default_channel.basic_get("dagster")
    connection.close()
    assert messages.size("dagster") == 1, "a connection that ends puts back what it had in hand"


def test_a_message_that_was_taken_and_not_noted_waits_again_and_one_in_hand_does_not(
    app: Celery, connection: Connection, messages: MessageFolder
) -> None:
    """A fault came between the two; its run would wait for its start limit."""
    channel, noted = connection.default_channel, []
    for number in range(2):
        app.send_task("arrive", (number,))
    with connection.Consumer([QUEUE], callbacks=[lambda _, message: noted.append(message)]) as made:
        made.qos(prefetch_count=1)
        connection.drain_events(timeout=1)
        (in_hand,) = messages.in_hand("dagster")
        messages.take("dagster")
        assert messages.size("dagster") == 0

        channel.put_back_forgotten()

        assert messages.size("dagster") == 1
        assert messages.in_hand("dagster") == {in_hand}
        noted[0].ack()
        connection.drain_events(timeout=1)
        noted[1].ack()
    assert not messages.in_hand("dagster")


def test_a_message_that_no_queue_takes_is_a_fault(connection: Connection) -> None:
    channel = connection.default_channel
    with pytest.raises(ChannelError, match="No queue takes"):
        connection.Producer(channel).publish({}, exchange="nobody", routing_key="listens")


def test_what_nobody_acknowledges_is_not_handed_out(connection: Connection) -> None:
    with pytest.raises(ChannelError, match="lost with its worker"):
        connection.Consumer([QUEUE], no_ack=True).consume()


def test_a_sender_is_told_that_its_message_could_not_be_written(
    app: Celery, messages: MessageFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.send_task("arrive", (1,))
    messages.writing.rmdir()
    messages.writing.write_text("a file in its place")
    with pytest.raises((ChannelError, OperationalError), match="could not be written"):
        app.send_task("arrive", (2,), retry=False)
    assert messages.size("dagster") == 1


def test_bindings_are_nothing_that_a_folder_could_forget(
    app: Celery, messages: MessageFolder
) -> None:
    """kombu's own file transport keeps them in a file; without it, messages vanish without a
    word.
    """
    with app.connection_for_write() as connection:
        producer = connection.Producer()
        producer.publish({}, exchange=QUEUE.exchange, routing_key="dagster", declare=[QUEUE])
        for place in messages.folder.rglob("*"):
            if place.is_file():
                place.unlink()
        producer.publish({}, exchange=QUEUE.exchange, routing_key="dagster", declare=[QUEUE])
    assert messages.size("dagster") == 1
