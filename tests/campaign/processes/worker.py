"""What happens in the process of one worker: a round or a night, and its death by `kill -9` at a
call.
"""

import logging
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import httpx
import stamina

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.rounds.reconciliation import run_reconciliation
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows.session import open_session
from st_spectrum.transports import Transports


@dataclass(frozen=True)
class Orders:
    """What one worker is to do, and when it dies; see `tests/histories/life.py`. `now` is its clock
    in epoch seconds, which stands still.
    """

    account: Account
    flows: Sequence[str]
    now: float
    is_night: bool = False
    dies_at: int = 0
    is_carried_out: bool = False
    is_seen_dead: bool = True
    meets_at: int = 0


@dataclass(frozen=True)
class Said:
    """What a report of the worker's said, as far as the history asks."""

    writes: int
    stopped_by: str
    text: str

    def as_json(self) -> str:
        return self.text


class MortalTransport(httpx.BaseTransport):
    """The network, with this worker's death at one of its calls."""

    def __init__(self, inner: httpx.BaseTransport, life: "ProcessLife") -> None:
        self._inner, self._life = inner, life

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._life.before()
        try:
            answer = self._inner.handle_request(request)
            answer.read()
        finally:
            self._life.after()
        return answer

    def close(self) -> None:
        self._inner.close()


class ProcessLife:
    """Counts the calls of both systems."""

    def __init__(self, orders: Orders, wire: Connection) -> None:
        self._orders, self._wire, self._calls = orders, wire, 0

    def before(self) -> None:
        self._calls += 1
        if self._calls == self._orders.meets_at:
            self._wire.send("meets")
            self._wire.recv()
        if self._calls == self._orders.dies_at and not self._orders.is_carried_out:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self) -> None:
        if self._calls == self._orders.dies_at and self._orders.is_carried_out:
            os.kill(os.getpid(), signal.SIGKILL)


def work(orders: Orders, wire: Connection) -> None:
    """The process of one worker; what it has to say goes through the wire."""
    if not orders.is_seen_dead:
        socket.gethostname = lambda: "another machine"
    logging.disable(logging.CRITICAL)
    life = ProcessLife(orders, wire)
    through = Transports(*(MortalTransport(httpx.HTTPTransport(), life) for _ in range(2)))
    moment = datetime.fromtimestamp(orders.now, UTC)
    said: dict[str, Said] | None = None
    with (
        stamina.set_testing(True, attempts=2, cap=True),
        suppress(SyncFault),
        open_session(orders.account, transports=through, clock=lambda: moment) as session,
    ):
        said = {name: _said(report) for name, report in _reports(session, orders).items()}
    wire.send(said)


def _reports(session: Any, orders: Orders) -> dict[str, Any]:
    if orders.is_night:
        nights = run_reconciliation(session, orders.flows, "night")
        return {reconciled.flow: reconciled.report for reconciled in nights}
    return dict(run_round(session, orders.flows, "history"))


def _said(report: Any) -> Said:
    return Said(report.writes, str(report.stopped_by or ""), str(report.as_json()))
