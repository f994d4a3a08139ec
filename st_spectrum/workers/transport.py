"""kombu's way into a `MessageFolder`, so that Celery works on one machine without a server.

kombu's own file transport writes a message under its final name and moves it without a lock: a busy
reader loses some. This one also gives Celery an event loop. Without one, its pool shares one locked
pipe, and a child that is killed while it waits keeps the lock: all other children then wait for
ever.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import virtual

from st_spectrum.workers.folder import MessageFolder

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
FAULT_SECONDS = 10.0
"""How long to wait after a disk did not let a message be taken; a tenth of a second would fill the
log.
"""

FORGOTTEN_SECONDS = 10.0
"""So often the worker looks whether it knows of all messages that lie in its hand."""


class QoS(virtual.QoS):
    """Settles what was taken: acknowledged messages are forgotten, the others wait again."""

    def ack(self, delivery_tag: str) -> None:
        """Its task has ended."""
        self.channel.settle(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Its task did not end: it waits again, or nobody wants it."""
        if requeue:
            self.channel.let_wait_again(delivery_tag)
        else:
            self.channel.settle(delivery_tag)
        super().ack(delivery_tag)


class Channel(virtual.Channel):
    """Virtual channel over a folder. Every message has to be acknowledged."""

    QoS = QoS
    supports_fanout = False

    def __init__(self, connection: Any, **options: Any) -> None:
        super().__init__(connection, **options)
        self._messages = MessageFolder(Path(connection.client.transport_options["folder"]))
        self._taken: dict[str, tuple[str, str]] = {}
        self._consumed: set[str] = set()
        self._stuck: set[str] = set()

    def basic_consume(self, queue: str, no_ack: bool, *arguments: Any, **options: Any) -> Any:
        """Raises `FolderTaken` when another process consumes."""
        if no_ack:
            raise ChannelError("A message that nobody acknowledges would be lost with its worker.")
        self._messages.consume()
        self._consumed.add(queue)
        return super().basic_consume(queue, no_ack, *arguments, **options)

    def settle(self, delivery_tag: str) -> None:
        """A message is done with."""
        if place := self._taken.pop(delivery_tag, None):
            self._leave_hand(self._messages.done, place)
            self.connection.look_soon()

    def let_wait_again(self, delivery_tag: str) -> None:
        """A message goes back to where it waited."""
        if place := self._taken.pop(delivery_tag, None):
            self._leave_hand(self._messages.put_back, place)

    def put_back_forgotten(self) -> None:
        """Let messages wait again that lie in the hand and that nobody here knows of: a fault came
        between their being taken and their being noted. Nothing would settle them before the next
        start, and their runs would wait for their start limit.

        To be called from the worker's loop, in which a message is taken and noted in one turn.
        """
        for queue in self._consumed:
            known = {name for tag, (_, name) in self._taken.items() if self._is_noted(tag)}
            for name in self._messages.in_hand(queue) - known - self._stuck:
                log.error("Message %s was taken and not noted; it waits again.", name)
                self._leave_hand(self._messages.put_back, (queue, name))
        self._taken = {tag: place for tag, place in self._taken.items() if self._is_noted(tag)}

    def _is_noted(self, delivery_tag: str) -> bool:
        try:
            self.qos.get(delivery_tag)
        except KeyError:
            return False
        return True

    def _leave_hand(self, move: Callable[[str, str], None], place: tuple[str, str]) -> None:
        try:
            move(*place)
        except OSError as error:
            # A fault here would leave one hand of the worker full for ever. Whoever gets a run
            # twice looks whether it is done.
            self._stuck.add(place[1])
            log.error(
                "Message %s cannot leave the hand and comes again after the next start: %s",
                place[1],
                error,
            )

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        try:
            self._messages.put(queue, message)
        except OSError as error:
            raise ChannelError(f"The message could not be written: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002 - as kombu calls it
        while taken := self._messages.take(queue):
            name, payload = taken
            try:
                self.decode_body(payload["body"], payload["properties"].get("body_encoding"))
            except (
                ValueError,
                AttributeError,
            ) as error:  # not base64; an encoding that nobody knows
                self._messages.set_aside(queue, name, str(error))
                continue
            self._taken[payload["properties"]["delivery_tag"]] = (queue, name)
            return payload
        raise Empty

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        """kombu drops a message for which there is no queue. Here that is a fault."""
        found = super()._lookup(exchange, routing_key, default)
        if not found:
            raise ChannelError(
                f"No queue takes messages of {exchange or 'the default exchange'} for"
                f" {routing_key}."
            )
        return list(found)

    def _restore(self, message: Any) -> None:
        self.let_wait_again(message.delivery_tag)

    def _purge(self, queue: str) -> int:
        return self._messages.purge(queue)

    def _size(self, queue: str) -> int:
        return self._messages.size(queue)


class Transport(virtual.Transport):
    """What Celery is given. Bindings are those that each process declares: nothing is kept that
    could be forgotten.
    """

    Channel = Channel
    driver_type = driver_name = "folder"
    can_parse_url = True
    default_port = 0
    polling_interval = POLL_SECONDS
    implements = virtual.Transport.implements.extend(asynchronous=True)
    clock: Callable[[], float] = staticmethod(time.monotonic)
    _loop: Any = None
    _look_again_at = 0.0

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:  # noqa: ARG002 - as kombu calls it
        """Look for messages from the worker's loop, which has no thread besides."""
        self._loop = loop
        loop.call_repeatedly(self.polling_interval, self._deliver_what_waits)
        loop.call_repeatedly(FORGOTTEN_SECONDS, self._put_back_forgotten)

    def look_soon(self) -> None:
        """A hand is free: do not wait for the next look."""
        if self._loop is not None:
            self._loop.call_soon(self._deliver_what_waits)

    def _put_back_forgotten(self) -> None:
        for channel in self.channels:
            channel.put_back_forgotten()

    def _deliver_what_waits(self) -> None:
        while self.channels and self.clock() >= self._look_again_at:
            try:
                self.cycle.get(self._deliver)
            except Empty:
                return
            except OSError as error:
                log.error(
                    "No message can be taken, looking again in %.0f s: %s", FAULT_SECONDS, error
                )
                self._look_again_at = self.clock() + FAULT_SECONDS
