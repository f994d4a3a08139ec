"""kombu's way to Redis, with messages that come again soon after their worker was lost.

Redis hands a taken message on when nobody has settled it for so long. kombu counts from the moment
it was taken, so the time has to be longer than the longest run, and a run that a lost machine had
taken and not begun would wait for hours. Here a living worker says every few seconds that it still
has its messages, so the time can be short.
"""

import logging
import time
from typing import Any

from kombu.transport import redis

log = logging.getLogger(__name__)

RENEW_SECONDS = 5.0


class QoS(redis.QoS):
    """Keeps hold of what was taken."""

    def renew(self) -> None:
        """Say that all of it is still in hand; what another worker has meanwhile is not."""
        if self._delivered:
            now = time.time()
            with self.channel.conn_or_acquire() as client:
                client.zadd(self.unacked_index_key, dict.fromkeys(self._delivered, now), xx=True)


class Channel(redis.Channel):
    """A channel whose messages are held on to."""

    QoS = QoS


class Transport(redis.Transport):
    """What Celery is given for a Redis server."""

    Channel = Channel
    _renewing: Any = None

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """From the worker's loop, so that a worker that hangs loses what it took."""
        super().register_with_event_loop(connection, loop)
        if self._renewing is not None:  # of the connection before this one
            self._renewing.cancel()
        self._renewing = loop.call_repeatedly(RENEW_SECONDS, self._renew)

    def _renew(self) -> None:
        for channel in self.channels:
            if channel.active_queues:
                try:
                    channel.qos.renew()
                except channel.connection_errors:
                    log.debug("What is in hand could not be renewed; the loop connects again")
