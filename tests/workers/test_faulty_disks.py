"""A worker whose disk fails it, or in whose folder somebody has been: it tells, goes on, and takes
runs again when it can.
"""

import errno
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu import Connection, Exchange, Queue

from st_spectrum.commands.worker import start_worker
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.workers.broker import read_broker
from st_spectrum.workers.celery_app import configure
from st_spectrum.workers.folder import MessageFolder

QUEUE = Queue("dagster", Exchange("dagster"), routing_key="dagster")


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    return configure(
        Celery("test", set_as_current=False),
        read_broker(str(tmp_path / "Büro 7%20#1;2" / "broker")),
    )


@pytest.fixture
def messages(app: Celery) -> MessageFolder:
    return MessageFolder(Path(app.conf.broker_transport_options["folder"]))


class Loop:
    """The worker's event loop, turned by hand."""

    def __init__(self) -> None:
        self._looks: list[Callable[[], None]] = []

    def call_repeatedly(self, _seconds: float, look: Callable[[], None]) -> None:
        self._looks.append(look)

    def look(self) -> None:
        for look in self._looks:
            look()

    def call_soon(self, look: Callable[[], None]) -> None:
        look()


class Hand:
    """A worker with room for one message."""

    def __init__(self, connection: Connection) -> None:
        self.got: list[Any] = []
        self.loop = Loop()
        connection.default_channel.basic_qos(0, 1, False)
        consumer = connection.Consumer(
            [QUEUE], callbacks=[lambda _, message: self.got.append(message)]
        )
        consumer.consume()
        self.transport = connection.transport
        self.transport.register_with_event_loop(connection.connection, self.loop)


@pytest.fixture
def hand(app: Celery) -> Iterator[Hand]:
    with app.connection_for_read() as connection:
        yield Hand(connection)


def fails(number: int) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(number, "the disk is out of order")

    return fail


def test_a_message_that_cannot_be_forgotten_does_not_keep_the_worker_from_the_next_one(
    app: Celery,
    messages: MessageFolder,
    hand: Hand,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(2):
        app.send_task("arrive", (number,))
    hand.loop.look()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fails(errno.EROFS))
        hand.got[0].ack()
    hand.loop.look()

    assert len(hand.got) == 2
    assert "comes again after the next start" in caplog.text
    hand.got[1].ack()
    assert len(list(messages.in_hand_folder("dagster").iterdir())) == 1


def test_a_disk_that_lets_nothing_be_taken_is_told_once_in_a_while_and_asked_again(
    app: Celery, hand: Hand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.send_task("arrive", (1,))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fails(errno.EROFS))
        for _ in range(50):
            hand.loop.look()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert not hand.got

    hand.transport.clock = lambda: float("inf")
    hand.loop.look()
    assert len(hand.got) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"properties": []},
        {"properties": {}},
        {"properties": {"delivery_tag": None}},
        {"body": 7},
        {"body": "a"},
        {"properties": {"delivery_tag": "x", "body_encoding": "of an older release"}},
    ],
)
def test_what_only_looks_like_a_message_is_set_aside_and_told_and_the_next_one_is_taken(
    app: Celery,
    messages: MessageFolder,
    hand: Hand,
    changes: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.send_task("arrive", (1,))
    (real,) = messages.waiting("dagster").iterdir()
    rubbish = json.loads(real.read_text()) | changes
    (messages.waiting("dagster") / "0000-rubbish.json").write_text(json.dumps(rubbish))

    hand.loop.look()

    assert [place.name for place in messages.bad.iterdir()] == ["0000-rubbish.json"]
    assert "could not be read" in caplog.text
    assert len(hand.got) == 1


def test_things_that_are_no_files_are_set_aside(
    app: Celery, messages: MessageFolder, hand: Hand
) -> None:
    app.send_task("arrive", (1,))
    (messages.waiting("dagster") / "0000-folder" / "inside").mkdir(parents=True)
    (messages.waiting("dagster") / "0001-link").symlink_to("/nowhere")
    (messages.waiting("dagster") / ("0002-" + "ö" * 120)).write_text("")

    hand.loop.look()

    assert len(list(messages.bad.iterdir())) == 3
    assert len(hand.got) == 1


def test_a_folder_that_somebody_removed_whole_takes_messages_again(
    app: Celery, messages: MessageFolder
) -> None:
    app.send_task("arrive", (1,))
    for place in sorted(messages.folder.rglob("*"), reverse=True):
        place.rmdir() if place.is_dir() else place.unlink()
    messages.folder.rmdir()

    app.send_task("arrive", (2,), retry=False)

    assert messages.size("dagster") == 1


def test_a_second_worker_of_a_folder_is_refused_in_one_sentence_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    readable, writable = os.pipe()
    if not (first := os.fork()):
        MessageFolder(tmp_path / "broker").consume()
        os.write(writable, b"taken")
        signal.pause()
    try:
        os.read(readable, 5)
        with pytest.raises(SettingsInvalid) as refused:
            start_worker(1, lock_seconds=0.0)
    finally:
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
    assert refused.value.problems == (
        f"Another worker takes messages from {tmp_path / 'broker'}; it has to end first.",
    )
