"""Where workers get their runs from: one address, from which everything that Celery wants to know
follows.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from st_spectrum.domain.errors import SettingsInvalid

BROKER_VARIABLE = "ST_SPECTRUM_BROKER"
HOME_VARIABLE = "DAGSTER_HOME"
QUEUE = "dagster"
"""The queue that Dagster's launcher knows. Runs of an account wait in one of its own, see
`addressing`; what others keep in the same Redis has another prefix.
"""

REDIS_PREFIX = "st_spectrum:"
VISIBLE_SECONDS = 45
"""A message that its worker has not spoken of for so long is given to another one, see
`redis_transport`.
"""

LOOK_SECONDS = 10
"""How often each worker looks for such messages."""
RESULT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Broker:
    """What follows from the address. `folder` is None when a server keeps the messages."""

    url: str
    folder: Path | None

    @property
    def result_backend(self) -> str:
        """Where Celery notes how a task ended. Never `rpc://`: what another process has not seen
        counts as lost there.
        """
        return self.url if self.folder is None else f"file://{self.folder / 'results'}"

    @property
    def transport_options(self) -> dict[str, Any]:
        """Options of kombu's transport."""
        if self.folder is not None:
            return {"folder": str(self.folder)}
        return {
            "visibility_timeout": VISIBLE_SECONDS,
            "unacked_restore_interval": LOOK_SECONDS,
            "unacked_restore_throttle": 1,
            # Who is killed while it looks keeps the others from it for this long.
            "unacked_mutex_expire": LOOK_SECONDS,
            "global_keyprefix": REDIS_PREFIX,
            "socket_keepalive": True,
        }

    @property
    def celery_settings(self) -> dict[str, Any]:
        """Settings of the one Celery app, in the launcher and in the worker.

        A message is acknowledged when its run has ended, so that one whose worker was killed comes
        again; who gets it looks first whether the run still has to be done.
        """
        return {
            "broker_url": self.url,
            "broker_transport_options": self.transport_options,
            "broker_connection_retry_on_startup": True,
            "result_backend": self.result_backend,
            "result_backend_transport_options": {"global_keyprefix": REDIS_PREFIX}
            if self.folder is None
            else {},
            "result_expires": RESULT_SECONDS,
            "task_default_queue": QUEUE,
            "task_acks_late": True,
            "task_reject_on_worker_lost": True,
            "task_track_started": True,
            "worker_prefetch_multiplier": 1,
            "worker_enable_remote_control": False,
            "worker_send_task_events": False,
            "worker_hijack_root_logger": False,
            "worker_redirect_stdouts": False,
        }


def broker_in_force(environment: Mapping[str, str] = os.environ) -> Broker:
    """The broker that the environment names, else a folder in `DAGSTER_HOME`. Raises
    `SettingsInvalid`.
    """
    text = environment.get(BROKER_VARIABLE, "").strip()
    if text:
        return read_broker(text)
    if home := environment.get(HOME_VARIABLE):
        return read_broker(str(Path(home) / "broker"))
    raise SettingsInvalid(
        [f"{BROKER_VARIABLE} says where workers get their runs: a folder, or redis://host:6379/0"]
    )


def read_broker(text: str) -> Broker:
    """A folder (a path, or folder:///path), or the address of a Redis server. Raises
    `SettingsInvalid`.
    """
    scheme = urlsplit(text).scheme
    if scheme in ("redis", "rediss"):
        return Broker(text, None)
    if scheme not in ("", "folder"):
        raise SettingsInvalid(
            [f"{BROKER_VARIABLE}: {scheme}:// is not known; a folder, redis:// or rediss:// is"]
        )
    return Broker("folder://", Path(text.removeprefix("folder://")).resolve())
