"""Signs of life of workers and of the runs in their hands, kept where the messages are kept.

A sign is a small document under a name. Whoever is alive renews it every few seconds. In a folder a
renewal only touches the
file, so that a full disk does not make a living worker look dead; in Redis the sign ends by itself.
"""

import os
import time
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.ledger.owner import is_certainly_alive, is_certainly_dead, is_process_here
from st_spectrum.private_files import write_private_text
from st_spectrum.workers.broker import BROKER_VARIABLE, REDIS_PREFIX, Broker
from st_spectrum.workers.folder import make_private

ALIVE_SECONDS = 25.0
"""A sign older than this says nothing any more."""

RUNS, WORKERS, SENDERS = "runs", "workers", "senders"
KEPT_SECONDS = 24 * 3600.0
ANSWER_SECONDS = 5.0
"""How long a server of signs may take to answer."""


class Sign(BaseModel):
    """Who lives. `owner` lets the same machine see at once that a process is gone, see
    `ledger.owner`.
    """

    model_config = ConfigDict(frozen=True)

    owner: str
    started_at: float
    environment: str = ""
    accounts: tuple[str, ...] = ()
    """Of a worker: whose runs it takes."""

    @property
    def is_dead(self) -> bool:
        """True only when its process is certainly gone."""
        return is_certainly_dead(self.owner)

    @property
    def is_alive(self) -> bool:
        """True only if its process certainly runs, if too busy to renew its sign."""
        return is_certainly_alive(self.owner)


class Beats(Protocol):
    """Where signs are kept. All methods raise OSError or the server's errors when the place is
    away.
    """

    def put(self, kind: str, name: str, sign: Sign) -> None:
        """Write a sign."""

    def renew(self, kind: str, name: str, sign: Sign) -> None:
        """Say that it is still true."""

    def drop(self, kind: str, name: str) -> None:
        """Take it away."""

    def living(self, kind: str) -> dict[str, Sign]:
        """All signs that were renewed lately, but for those of processes certainly gone."""

    def last(self, kind: str, name: str) -> Sign | None:
        """The newest sign under a name, however old it is, as long as it is kept."""


class FolderBeats:
    """Files under `beats/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "beats"

    def put(self, kind: str, name: str, sign: Sign) -> None:
        make_private(self._folder / kind)
        # Dagster's daemon launches runs in several threads at once, all with the same name.
        write_private_text(self._place(kind, name), sign.model_dump_json())

    def renew(self, kind: str, name: str, sign: Sign) -> None:
        try:
            os.utime(self._place(kind, name))
        except FileNotFoundError:
            self.put(kind, name, sign)

    def drop(self, kind: str, name: str) -> None:
        self._place(kind, name).unlink(missing_ok=True)

    def living(self, kind: str) -> dict[str, Sign]:
        found = {}
        for place in sorted(self._folder.glob(f"{kind}/*.json")):
            with suppress(FileNotFoundError):
                age = abs(time.time() - place.stat().st_mtime)
                sign = _read(place)
                if age < ALIVE_SECONDS and sign and not sign.is_dead:
                    found[unquote(place.stem)] = sign
                elif age > KEPT_SECONDS:
                    place.unlink(missing_ok=True)
        return found

    def last(self, kind: str, name: str) -> Sign | None:
        return _read(self._place(kind, name))

    def _place(self, kind: str, name: str) -> Path:
        return self._folder / kind / f"{quote(name, safe='')}.json"


class RedisBeats:
    """Keys that end by themselves, and beside each the same document for as long as somebody may
    ask for it.
    """

    def __init__(self, url: str, alive_seconds: float = ALIVE_SECONDS) -> None:
        self._client = _redis(url)
        self._alive_seconds = int(alive_seconds)

    def put(self, kind: str, name: str, sign: Sign) -> None:
        text = sign.model_dump_json()
        self._client.set(self._key("last", kind, name), text, ex=int(KEPT_SECONDS))
        self._client.set(self._key("alive", kind, name), text, ex=self._alive_seconds)

    def renew(self, kind: str, name: str, sign: Sign) -> None:
        self.put(kind, name, sign)

    def drop(self, kind: str, name: str) -> None:
        self._client.delete(self._key("alive", kind, name), self._key("last", kind, name))

    def living(self, kind: str) -> dict[str, Sign]:
        start = self._key("alive", kind, "")
        found = {}
        for key in self._client.scan_iter(match=f"{start}*"):
            text = self._client.get(key)
            if text and not (sign := Sign.model_validate_json(text)).is_dead:
                found[key.decode().removeprefix(start)] = sign
        return found

    def last(self, kind: str, name: str) -> Sign | None:
        text = self._client.get(self._key("last", kind, name))
        return Sign.model_validate_json(text) if text else None

    @staticmethod
    def _key(noun: str, kind: str, name: str) -> str:
        return f"{REDIS_PREFIX}{noun}:{kind}:{name}"


def worker_gives_signs(broker: Broker, pid: int) -> bool:
    """Whether the worker that is this process gave a sign of life lately. Raises as `Beats` do."""
    signs = _kept_beats(broker).living(WORKERS).values()
    return any(is_process_here(sign.owner, pid) for sign in signs)


def open_beats(broker: Broker) -> Beats:
    """The place that goes with the broker."""
    return RedisBeats(broker.url) if broker.folder is None else FolderBeats(broker.folder)


@cache
def _kept_beats(broker: Broker) -> Beats:
    return open_beats(broker)


def _read(place: Path) -> Sign | None:
    try:
        return Sign.model_validate_json(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _redis(url: str) -> Any:
    try:
        module = import_module("redis")
    except ModuleNotFoundError:
        raise SettingsInvalid(
            [f"{BROKER_VARIABLE}: the package `redis` is missing; install st-spectrum[redis]"]
        ) from None
    # A machine that is gone answers nothing: without a limit, a tick would wait for minutes.
    return module.Redis.from_url(
        url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS
    )
